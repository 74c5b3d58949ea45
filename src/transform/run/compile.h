/* transform/run/compile.h - from a node's template to the SQL that runs. */
#ifndef TRANSFORM_RUN_COMPILE_H
#define TRANSFORM_RUN_COMPILE_H

#include "transform/run/node_run.h"

/* What one thread works with. */
typedef struct Worker {
    Session *session;
    size_t number;
    JinjaState *state;
    Connection *connection;     /* NULL: nothing can be asked of the warehouse */
    Arena *arena;               /* lasts as long as the invocation */
    Arena *scratch;             /* per node */
    EphemeralCache *ephemerals; /* the session's, unless what is rendered is not to last */
} Worker;

/* Worker number `number` of the session, with a connection of its own where there is a warehouse.
 */
MUST_CHECK Error *worker_open(Worker *worker, Session *session, size_t number);
/* Also what was opened half or, being all zeroes, not at all. */
void worker_close(Worker *worker);

/* The context of a node at run time. Its texts live in the worker's scratch arena. */
Context compile_context(Worker *worker, const Node *node, NodeRun *run);

/* The text of the node of `ctx`, in its arena. */
MUST_CHECK Error *compile_render(Worker *worker, Context *ctx, Str *out);

/* What rendering a node gives: the SQL, and the ephemeral models that were put into it. */
typedef struct CompiledNode {
    Str sql;
    CteVec ctes;
} CompiledNode;

/* Renders the node, with ephemeral models put in. The result lives in `arena`, the texts of
 * ephemeral models in their cache. The error is the bare one; see failure_text. */
MUST_CHECK Error *compile_node(Worker *worker, Context *ctx, Arena *arena, CompiledNode *out);

/* Where the node's files are written: below compiled/ or run/ of the target directory, as shown to
 * users. */
Str compile_path(const Session *session, Arena *arena, const char *folder, const Node *node);
/* The same for a batch of it (may be NULL): "models/orders/orders_2024-01-01.sql". */
Str compile_batch_path(const Session *session, Arena *arena, const char *folder, const Node *node,
                       const BatchStep *batch);
/* Writes a file of the target directory. */
MUST_CHECK Error *compile_write(const Session *session, Arena *scratch, Str shown_path, Str text);

#endif
