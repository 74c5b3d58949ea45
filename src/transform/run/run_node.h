/* transform/run/run_node.h - one node from beginning to end on one worker: compile, materialise or
 * test, write its files. */
#ifndef TRANSFORM_RUN_RUN_NODE_H
#define TRANSFORM_RUN_RUN_NODE_H

#include "transform/run/compile.h"
#include "transform/run/result.h"

/* A run on the worker's connection with no statement done yet; `node` may be NULL. */
NodeRun run_begin(Worker *worker, const Node *node);
typedef enum NodeWork {
    NODE_COMPILE,
    NODE_BUILD, /* compile, then materialise or test */
    NODE_CLONE, /* the node's relation of another project, by the materialisation `clone` */
} NodeWork;
/* Never fails as a whole: what went wrong is in the result. */
void run_node(Worker *worker, const Node *node, NodeWork work, NodeResult *out);
/* Builds one batch of a microbatch model, likewise. */
void run_batch(Worker *worker, const Node *node, const BatchStep *batch, NodeResult *out);
/* Makes a schema in which nodes will be built. */
MUST_CHECK Error *run_create_schema(Worker *worker, Str database, Str schema);

#endif
