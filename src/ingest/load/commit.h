/* ingest/load/commit.h - a package becomes part of the warehouse: tables are made or widened, rows
 * written as their dispositions say, schema, state and the note that the load is done added, all in
 * one transaction. */
#ifndef INGEST_LOAD_COMMIT_H
#define INGEST_LOAD_COMMIT_H

#include "ingest/bookkeeping.h"
#include "ingest/package/package.h"

/* What a kind of source does in the transaction of its load, beside it; members may be NULL. */
typedef struct LoadHook {
    void *context;
    /* The tables are there, no row of this load is. */
    MUST_CHECK Error *(*before_rows)(void *context, Connection *connection, const Schema *schema);
    MUST_CHECK Error *(*after_rows)(void *context, Connection *connection);
} LoadHook;

typedef struct LoadCommit {
    Connection *connection; /* without a transaction */
    Str dataset;
    Str load_id;
    Schema *schema;
    State *state; /* NULL: none is kept */
    const Package *package;
    /* Root tables that are written to although no row of them came: those of a `replace` that
     * brought nothing. */
    StrVec emptied;
    StrVec dropped;        /* tables that go, before the rows come */
    StrVec truncated;      /* tables whose rows go */
    bool forgets_versions; /* the schema's earlier versions go */
    LoadHook hook;
    Str viewed_source; /* whose views are made anew; empty: none */
    Arena *arena;      /* of what is set: */
    LoadedTableVec tables;
} LoadCommit;

/* On failure the warehouse is as it was. */
MUST_CHECK Error *load_commit(LoadCommit *commit);

#endif
