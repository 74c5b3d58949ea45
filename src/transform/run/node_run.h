/* transform/run/node_run.h - one node being executed by one worker: its connection, whether a
 * transaction is open, what its statements gave. */
#ifndef TRANSFORM_RUN_NODE_RUN_H
#define TRANSFORM_RUN_NODE_RUN_H

#include "transform/context/context.h"
#include "transform/context/query_comment.h"
#include "transform/run/table_diff.h"

/* The last result that was fetched, as texts. */
typedef struct FetchedTexts {
    Arena *arena;
    TextTable table;
} FetchedTexts;

struct NodeRun {
    Connection *connection;
    bool in_transaction;
    bool autonomous;   /* no transactions are made */
    bool asks_nothing; /* only what is listed already is known of the warehouse */
    QueryComment comment;
    JDict *results; /* name -> {response, data, table}; in the context's vars, which protect it */
    StrMap loaded;  /* names that load_result gave away already */
    Str written;    /* what write() was called with: the text for target/run/ */
    bool has_written;
    FetchedTexts *texts; /* NULL: nobody asks for them */
};

/* ERR_UNSUPPORTED for a run that asks nothing. */
MUST_CHECK Error *node_run_check_asking(const NodeRun *run);
/* Begins a transaction unless one is open. */
MUST_CHECK Error *node_run_begin(NodeRun *run);
MUST_CHECK Error *node_run_commit(NodeRun *run);
/* Ends what an error left open; what fails meanwhile is of no interest any more. */
void node_run_rollback(NodeRun *run);

/* A failure of the connection as the database's own text, which is what users of dbt know; any
 * other error as it is. */
MUST_CHECK Error *node_run_failure(const NodeRun *run, TAKES Error *err);

/* Runs SQL. With `fetch` *out_table is the table of its rows, else an empty one. */
MUST_CHECK Error *node_run_execute(JinjaState *s, NodeRun *run, Str sql, bool auto_begin,
                                   bool fetch, JValue *out_table);
/* Runs a statement whose question marks stand for `bindings`. */
MUST_CHECK Error *node_run_execute_bound(JinjaState *s, NodeRun *run, Str sql, bool auto_begin,
                                         JList *bindings);

#endif
