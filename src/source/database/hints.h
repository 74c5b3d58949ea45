/* source/database/hints.h - what the engine is told of a table: dlt's hints, made of what the
 * database says of it and of what the user says over that. */
#ifndef SOURCE_DATABASE_HINTS_H
#define SOURCE_DATABASE_HINTS_H

#include "source/database/client.h"
#include "value/value.h"

typedef struct TableHints {
    Str reflection_level;     /* "minimal", "full", "full_with_precision" */
    Str write_disposition;    /* empty: replace; merge or append where there is a cursor */
    const Value *incremental; /* of this table; NULL: none */
    const Value *own;         /* the user's hints for this table, over all others; NULL: none */
} TableHints;

/* The map of hints, in `arena`. ERR_CONFIG for a cursor that is no column of the table. */
MUST_CHECK Error *table_hints_make(Arena *arena, const DatabaseTable *table,
                                   const TableHints *options, const Value **out);

#endif
