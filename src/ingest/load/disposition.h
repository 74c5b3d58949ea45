/* ingest/load/disposition.h - the statements that bring the staged rows of a chain into its tables
 * (spec of dlt, 5). All run in the transaction of the load, so a reader sees the tables before or
 * after, never between. */
#ifndef INGEST_LOAD_DISPOSITION_H
#define INGEST_LOAD_DISPOSITION_H

#include "ingest/load/chain.h"
#include "warehouse/warehouse.h"

/* As the root table's write_disposition and its options say. */
MUST_CHECK Error *disposition_run(Connection *connection, Arena *arena, const Chain *chain);

#endif
