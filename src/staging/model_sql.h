/* staging/model_sql.h - the text of a generated staging model. */
#ifndef STAGING_MODEL_SQL_H
#define STAGING_MODEL_SQL_H

#include <stdbool.h>

#include "base/str.h"
#include "base/vec.h"
#include "staging/strategy.h"

/* What the text says. Names are as the database has them; they are quoted where SQL needs it. */
typedef struct StagingSql {
    Str model;        /* "stg_stripe_charges" */
    Str materialized; /* "view" */
    Str source;       /* source('<source>', '<table>') */
    Str table;
    const Strategy *strategy;
    StrVec columns;    /* selected, in order, loader's columns last */
    StrVec key;        /* empty: no deduplication is possible */
    Str change_column; /* the row's own time of change, or empty */
    bool change_ascending;
    bool has_extracted_at; /* _dlt_extracted_at exists */
    bool has_row_id;       /* _dlt_id exists */
    bool has_deleted;      /* _dango_deleted exists: rows of files that are gone */
} StagingSql;

/* The whole file, with the two lines of comment that tell generated from edited. */
Str staging_sql_text(Arena *arena, const StagingSql *sql);

typedef enum StagingFileState {
    STAGING_FILE_ABSENT,
    STAGING_FILE_GENERATED, /* ours and untouched */
    STAGING_FILE_EDITED,    /* by hand, or not ours at all */
} StagingFileState;

/* Whether the text of a file is what some run of ours wrote. */
StagingFileState staging_sql_state(Str text);

#endif
