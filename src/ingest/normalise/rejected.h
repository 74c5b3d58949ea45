/* ingest/normalise/rejected.h - what a contract refuses, rows (`discard_row`) and single values
 * (`discard_value`): the row is kept as it came, with where it stood and why it, or the value, is
 * missing. The threads of a load keep them beside the rows of tables; together no more than
 * LIMIT_REJECTED_ROWS and LIMIT_REJECTED_BYTES, beyond which they are only counted. */
#ifndef INGEST_NORMALISE_REJECTED_H
#define INGEST_NORMALISE_REJECTED_H

#include <stdatomic.h>

#include "base/vec.h"
#include "value/column.h"

/* Where the row of a source stood; borrowed like the row itself. */
typedef struct RowOrigin {
    Str resource;
    Str place;       /* the file, or again the resource */
    uint64_t number; /* of the line, or of the row in its stream; from 1 */
    Str text;        /* as it came; empty: it is written anew from what was parsed */
} RowOrigin;

/* Names, and a member of RejectedRow, for each column of those that are texts. */
#define REJECTED_TEXTS(X) \
    X(resource) X(table_name) X(place) X(column_name) X(key) X(value) X(reason) X(row_text)

typedef struct RejectedRow {
    int64_t number; /* of the row of the source that it is, or is in */
#define X(name) Str name;
    REJECTED_TEXTS(X)
#undef X
} RejectedRow;
typedef VEC(RejectedRow) RejectedRowVec;

/* Of a whole load; threads add to it. */
typedef struct RejectedCount {
    _Atomic uint64_t rows;   /* refused as a whole, nested ones counted each */
    _Atomic uint64_t values; /* of rows that came in */
    _Atomic uint64_t kept;   /* of both */
    _Atomic uint64_t kept_bytes;
} RejectedCount;

enum { REJECTED_COLUMNS = 9 };
/* The rows as columns; with no rows, only names and types. What they point to lives in `arena` or
 * as long as the rows. */
void rejected_columns(Arena *arena, const RejectedRowVec *rows, Column out[REJECTED_COLUMNS]);

#endif
