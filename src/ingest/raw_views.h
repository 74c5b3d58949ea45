/* ingest/raw_views.h - the views by which raw tables are also reached (dango.md 5.2, rules 4 to 6),
 * remade in the transaction of a load that changes tables or columns. */
#ifndef INGEST_RAW_VIEWS_H
#define INGEST_RAW_VIEWS_H

#include "warehouse/warehouse.h"

/* Makes the views of a source whose tables lie in `schema`: raw_<source>.<table> for each where
 * that is another schema, raw.<source> where there is one data table only, and raw._dlt_loads over
 * all sources. */
MUST_CHECK Error *raw_views_make(Connection *connection, Str source, Str schema);

/* How messages call a table: "raw.sales" where the short view exists, else "raw_shop.orders". */
Str raw_shown_name(Arena *arena, Str source, Str schema, Str table, size_t table_count);

/* The data tables of a raw schema: all but those of the bookkeeping. */
MUST_CHECK Error *raw_list_tables(Connection *connection, Arena *arena, Str schema, StrVec *out);
/* Rows of all data tables of a raw schema; 0 when there is none. */
MUST_CHECK Error *raw_count_rows(Connection *connection, Str schema, int64_t *out_rows);

#endif
