/* ingest/load/rejected_rows.h - the rows that a contract refused, in a table that outlives the
 * load: main._dango_rejected_rows, made with the first of them. Of each source the newest
 * LIMIT_REJECTED_LOADS loads that have any stay. */
#ifndef INGEST_LOAD_REJECTED_ROWS_H
#define INGEST_LOAD_REJECTED_ROWS_H

#include "ingest/load/commit.h"

/* Within the transaction of the load. */
MUST_CHECK Error *rejected_rows_write(Connection *connection, Arena *arena,
                                      const LoadCommit *commit);

#endif
