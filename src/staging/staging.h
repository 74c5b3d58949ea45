/* staging/staging.h - `dango generate`: for every raw table a clean model, and beside it the
 * property files that declare sources and tests (dango.md 6). Reads the warehouse, writes below
 * dbt/models/staging/. Files that people edited are kept unless forced. */
#ifndef STAGING_STAGING_H
#define STAGING_STAGING_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"
#include "project/project.h"
#include "staging/model_sql.h"
#include "staging/strategy.h"
#include "warehouse/warehouse.h"

/* What the configuration says of one source. Text is borrowed. */
typedef struct StagingSource {
    Str name;      /* as configured */
    Str namespace; /* raw_<namespace>; the name of the dbt source */
    Str description;
    const Strategy *strategy; /* NULL = nothing configured */
    StrVec key;               /* configured primary key; may be empty */
    Str change_column;        /* timestamp_column; may be empty */
    bool change_ascending;
} StagingSource;
typedef VEC(StagingSource) StagingSourceVec;
/* What sources.yml says. ERR_CONFIG, with the place, for a strategy that does not exist. */
MUST_CHECK Error *staging_source_of(Arena *arena, const SourceConfig *config, StagingSource *out);

typedef struct StagingModel {
    Str table;
    Str name; /* "stg_stripe_charges" */
    Str path; /* of the file, from the project's root */
    Str full_path;
    const Strategy *strategy;
    size_t columns;          /* selected */
    StagingFileState before; /* what the file was */
    bool fell_back;          /* scd_type2 without a key */
    StagingSql sql;
    ColumnInfoVec raw_columns;
} StagingModel;
typedef VEC(StagingModel) StagingModelVec;

typedef struct StagingGroup {
    const StagingSource *source;
    StagingModelVec models;
    Str sources_file; /* base name */
    Str schema_file;
    StrVec vanished; /* our models whose table is gone */
} StagingGroup;
typedef VEC(StagingGroup) StagingGroupVec;

typedef struct StagingPlan {
    Arena *arena;
    Str directory;          /* dbt/models/staging, absolute */
    Str shown_directory;    /* the same from the project's root */
    StagingGroupVec groups; /* sources that have tables, in the order given */
    StrVec without;         /* names of those that have none */
} StagingPlan;

typedef struct StagingOptions {
    const char *project_root;
    Str dbt_directory;        /* from the project's root: "dbt" */
    Str materialized;         /* "view" */
    const Strategy *strategy; /* --dedup-strategy, or NULL */
    bool with_children;       /* also tables made of nested lists */
} StagingOptions;
/* What project.yml says. */
StagingOptions staging_options_of(Arena *arena, const Project *project);

/* Looks at the warehouse and at the files that are there; writes nothing. */
MUST_CHECK Error *staging_plan(Arena *arena, Connection *connection,
                               const StagingSourceVec *sources, const StagingOptions *options,
                               StagingPlan *out_plan);
typedef enum StagingWrite {
    STAGING_WRITTEN,
    STAGING_UNCHANGED, /* the file says that already and was not touched */
    STAGING_KEPT,      /* it is edited, and nothing forces */
} StagingWrite;
/* Writes one model. */
MUST_CHECK Error *staging_write_model(const StagingModel *model, bool force, StagingWrite *out);
/* Writes the two property files of a group; descriptions and tests that are in them stay, and so
 * does a file that says it all already. */
MUST_CHECK Error *staging_write_properties(const StagingPlan *plan, const StagingGroup *group);

#endif
