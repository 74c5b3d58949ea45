/* transform/run/result.h - how a node ended. Filled by the worker that ran it; its texts live in
 * that worker's arena, which lasts until the invocation ends. */
#ifndef TRANSFORM_RUN_RESULT_H
#define TRANSFORM_RUN_RESULT_H

#include "transform/run/batch.h"
#include "transform/run/cte.h"

/* Status, its name in artifacts. */
#define NODE_STATUSES(X) \
    X(SUCCESS, "success") \
    X(PARTIAL, "partial success") \
    X(ERROR, "error") \
    X(SKIPPED, "skipped") \
    X(PASS, "pass") \
    X(WARN, "warn") \
    X(FAIL, "fail") \
    X(NO_OP, "no-op")

typedef enum NodeStatus {
#define X(name, text) STATUS_##name,
    NODE_STATUSES(X)
#undef X
} NodeStatus;

Str node_status_text(NodeStatus status);

/* Numbers of the workers that run hooks, and macros called by the user; the others count from 0. */
#define WORKER_MAIN SIZE_MAX
#define WORKER_OPERATION (SIZE_MAX - 1)

typedef struct NodeResult {
    const Node *node;
    NodeStatus status;
    bool interrupted;            /* while it was worked on; then it counts as skipped */
    Str message;                 /* empty for none */
    Str hint;                    /* where and what to do; empty for none */
    const BatchResults *batches; /* of a microbatch model; NULL for all else */
    const Value *response;       /* map of what the database said, or NULL */
    int64_t failures; /* rows a test found, 1 for a hook that failed; -1 = does not apply */
    size_t worker;
    int64_t compile_started_us, compile_ended_us; /* 0 = did not happen */
    int64_t execute_started_us, execute_ended_us;
    int64_t elapsed_us;
    bool compiled;
    Str compiled_code;
    CteVec ctes;       /* of ephemeral models in that code */
    Str compiled_path; /* as shown: "target/compiled/x/models/a.sql" */
} NodeResult;
typedef VEC(NodeResult) NodeResultVec;

#endif
