/* source/database/query.h - the statement that reads a table, or those of its rows that are new. */
#ifndef SOURCE_DATABASE_QUERY_H
#define SOURCE_DATABASE_QUERY_H

#include "source/database/client.h"
#include "source/stream.h"

/* `incremental` is the hint of that name, or NULL; the request says where it begins and ends. */
MUST_CHECK Error *table_query(Arena *arena, char quote, const DatabaseTable *table,
                              const Value *incremental, const StreamRequest *request, Str *out);

#endif
