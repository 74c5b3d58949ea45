/* project/project.h - a project as its files describe it: where it is, what it is called, what it
 * loads, with which settings. Loaded once per command into one arena; afterwards it never changes,
 * so threads may share it. Secrets are read on demand (secret.h) and never stand in these structs.
 *
 * A file that cannot be parsed at all is an error of loading, except that one wrong source entry is
 * not: it is kept with its `error`, so that the other sources work. What is merely odd (an unknown
 * key, two ports alike) is a ProjectProblem: told, not fatal. */
#ifndef PROJECT_PROJECT_H
#define PROJECT_PROJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"
#include "value/value.h"

typedef enum ProblemSeverity { PROBLEM_WARNING, PROBLEM_ERROR } ProblemSeverity;

/* Something to tell about a file. */
typedef struct ProjectProblem {
    ProblemSeverity severity;
    Str place;   /* "path:line:column", from the project's root; or empty */
    Str message; /* lower case, no full stop, with the value */
    Str hint;    /* what to do; may be empty */
} ProjectProblem;
typedef VEC(ProjectProblem) ProjectProblemVec;

/* One entry of .dango/sources.yml. */
typedef struct SourceConfig {
    Str name; /* lower-cased */
    Str type; /* "csv" */
    bool enabled;
    Str description;
    StrVec tags;
    int64_t lookback_days; /* -1 = not given */
    bool allow_empty;      /* empty_sync_policy: allow */
    Str deduplication;     /* as written, or empty; dango.md 6.3 */
    Str namespace;         /* as the rule of dango.md 5.2 has it, never empty: raw_<namespace> */
    bool namespace_is_settled; /* stored by an earlier sync, or written in the entry */
    const Value *entry;        /* the whole entry */
    const Value *block; /* the type's options, merged by the rule of 3.2, `_env` and ${VAR} not yet
                         * replaced; an empty map when there are none */
    Str place;          /* ".dango/sources.yml:4:5" */
    ProjectProblem *error; /* why this entry cannot be used, or NULL */
} SourceConfig;
typedef VEC(SourceConfig) SourceConfigVec;

/* [runtime] and [schema] of .dlt/config.toml, and what belongs to them. */
typedef struct LoadSettings {
    bool allow_new_columns;    /* true */
    bool allow_column_removal; /* false */
    int64_t request_max_attempts;
    double request_backoff_factor; /* seconds */
    int64_t workers;               /* 4 */
    Str log_level;                 /* "WARNING" */
} LoadSettings;

/* Who builds the models. */
typedef enum TransformEngine { ENGINE_OWN, ENGINE_DBT } TransformEngine;

typedef struct Project {
    Arena *arena;
    Str root; /* absolute */
    Str name;
    Str organization;
    Str id;
    Str warehouse_path;         /* absolute */
    Str dbt_directory;          /* absolute */
    Str data_directory;         /* absolute */
    Str staging_materialized;   /* "view" */
    TransformEngine engine;     /* transform.engine: a dbt found on PATH, or this program */
    bool auto_dbt;              /* true: generate and run after a sync */
    int64_t memory_limit_bytes; /* of the warehouse; 0 = DuckDB's default */
    double min_free_gb;         /* a sync fails below this much free disk; 1 */
    const Value *settings;      /* project.yml whole */
    const Value *secrets;       /* never print: secrets.toml whole, for secret.h; NULL without */
    const Value *config;        /* config.toml whole; NULL without */
    const Value *env;           /* the .env file as a map of texts; NULL without */
    LoadSettings load;
    SourceConfigVec sources;
    ProjectProblemVec problems;
} Project;

/* Finds the project at or above `start` (NULL: the current directory; a directory given must itself
 * hold
 * `.dango/project.yml`) and reads its files. ERR_NOT_FOUND outside a project, with the message of
 * dango.md 4.1. */
MUST_CHECK Error *project_load(Arena *arena, const char *start, Project **out_project);
/* Only the search: the absolute root, or ERR_NOT_FOUND. */
MUST_CHECK Error *project_find_root(Arena *arena, const char *start, Str *out_root);

/* NULL when there is no such source. Names compare without letter case. */
const SourceConfig *project_find_source(const Project *project, Str name);
/* "Source 'x' not found" with the nearest name, or the error of a broken entry. */
MUST_CHECK Error *project_get_source(const Project *project, Str name, const SourceConfig **out);

/* A path from the project's root made absolute; ERR_CONFIG when it leads out of the project and may
 * not. */
typedef enum PathScope { PATH_ANYWHERE, PATH_INSIDE } PathScope;
MUST_CHECK Error *project_path(const Project *project, Arena *arena, Str path, PathScope scope,
                               Str *out_path);
/* The same path as users write it: from the project's root where it lies below it. */
Str project_shown_path(const Project *project, Str path);

/* Keeps the namespaces of `names` as they are now (.dango/state/namespaces.json), so that later
 * sources do not take them. Called by the first sync of a source. */
MUST_CHECK Error *project_settle_namespaces(const Project *project, const StrVec *names);

#endif
