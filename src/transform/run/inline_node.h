/* transform/run/inline_node.h - a query given on the command line, compiled as if it were a model.
 */
#ifndef TRANSFORM_RUN_INLINE_NODE_H
#define TRANSFORM_RUN_INLINE_NODE_H

#include "transform/run/compile.h"
#include "transform/run/runner.h"

/* To be made in the session's arena, for results refer to it. The node's code is the option
 * --inline. */
typedef struct InlineNode {
    Node node;
    NodeRun run;
} InlineNode;

/* Fills in the node and compiles it on the worker, whose connection may be missing; the SQL in
 * `arena`. The error has the text that users see. */
MUST_CHECK Error *inline_node_compile(Worker *worker, InlineNode *out, Arena *arena, Str *out_sql);

/* The result of a query that went well. */
void inline_node_result(Session *session, const InlineNode *query, RunOutcome *outcome);

#endif
