/* transform/run/runner.h - a selection from the first node to the last, on several workers. */
#ifndef TRANSFORM_RUN_RUNNER_H
#define TRANSFORM_RUN_RUNNER_H

#include "transform/run/result.h"
#include "transform/session.h"

typedef enum RunMode {
    RUN_EXECUTE, /* compile, then build or test */
    RUN_GATED,   /* as RUN_EXECUTE, and what stands behind a failed test is skipped */
    RUN_COMPILE, /* render only; lines for nodes are not printed */
    RUN_CLONE,   /* make what another project built visible here; the same */
} RunMode;

typedef struct RunOutcome {
    NodeResultVec results;    /* in order of completion; in the session's arena and the workers' */
    NodeResultVec ephemerals; /* compiled on the way, without being results */
    TransformCounts counts;
    int64_t elapsed_us;
    bool cancelled;
} RunOutcome;

/* Runs what is selected. What a node does wrong is in its result; errors mean that the work did not
 * begin. The session's warehouse must be open, save for RUN_COMPILE. */
MUST_CHECK Error *runner_run(Session *session, const NodeSet *selected, RunMode mode,
                             RunOutcome *out);

#endif
