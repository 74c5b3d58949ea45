/* source/database/query.h - the statement that reads a table, or those of its rows that are new. */
#ifndef SOURCE_DATABASE_QUERY_H
#define SOURCE_DATABASE_QUERY_H

#include "source/database/client.h"
#include "source/stream.h"

typedef struct TableQuery {
    char quote; /* around names */
    const DatabaseTable *table;
    const Value *incremental;     /* the hint of that name; NULL: the whole table */
    const StreamRequest *request; /* where the cursor begins and ends */
    const DatabaseWindow *window; /* what the database knows of new rows; may be NULL */
} TableQuery;
/* ERR_CONFIG for a bound that no cursor can be compared with. */
MUST_CHECK Error *table_query(Arena *arena, const TableQuery *asked, Str *out);
/* A value of a cursor without quotes. ERR_CONFIG for what no cursor is: lists, maps and others. */
MUST_CHECK Error *cursor_text(Arena *arena, const Value *value, Str *out);

#endif
