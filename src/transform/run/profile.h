/* transform/run/profile.h - profiles.yml: which warehouse a target is. Only the chosen target's
 * block is rendered. Lives in the arena it was read into. */
#ifndef TRANSFORM_RUN_PROFILE_H
#define TRANSFORM_RUN_PROFILE_H

#include "base/error.h"
#include "jinja/jinja.h"
#include "value/value.h"

typedef struct Profile {
    Str name;
    Str target;
    Str database; /* "warehouse" of data/warehouse.duckdb */
    Str schema;
    Str path; /* as written; ":memory:" for none */
    Str file; /* of profiles.yml; empty for one made up */
    int64_t threads;
    const Value *settings;       /* map; NULL without */
    const Value *config_options; /* map of settings that hold from the opening on; NULL without */
    const Value *extensions;     /* list; NULL without */
    const Value *secrets;        /* list of maps; NULL without */
    const Value *attach;         /* list of maps; NULL without */
    bool without_transactions;   /* each statement counts by itself */
    const Value *target_dict;    /* what templates see as `target` */
    bool target_was_missing;     /* the profile has no `target:`; "default" was taken */
} Profile;

typedef struct ProfileSearch {
    Str directory; /* --profiles-dir; empty: searched for */
    Str project_directory;
    Str fallback_directory; /* may be empty */
    Str made_up_path; /* of the warehouse, for a profile to make up where there is no file; or empty
                       */
    Str name;         /* of the profile */
    Str target;       /* --target; empty = as the profile says */
    int64_t threads;  /* 0 = as the profile says */
} ProfileSearch;

/* Text of a string with Jinja rendered; see yaml_render.h. */
typedef struct YamlRenderer YamlRenderer;

/* The profiles.yml: in the given directory, else in the current one, the project's, the fallback or
 * ~/.dbt. ERR_CONFIG without one. */
MUST_CHECK Error *profile_find_file(Arena *arena, const ProfileSearch *search, Str *out_path);
/* ERR_CONFIG "Could not find profile named 'p'" and the like. */
MUST_CHECK Error *profile_load(Arena *arena, const ProfileSearch *search, YamlRenderer *renderer,
                               const Profile **out);
/* The target "dev" of a project of ours that has no profiles.yml. */
Value profile_made_up(Arena *arena, Str warehouse_path);

#endif
