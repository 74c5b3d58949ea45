/* transform/run/microbatch.h - incremental models that are built batch by batch: each part of time
 * is compiled, run and told by itself, so that one that failed can be done again alone. */
#ifndef TRANSFORM_RUN_MICROBATCH_H
#define TRANSFORM_RUN_MICROBATCH_H

#include "transform/run/compile.h"
#include "transform/run/result.h"

/* Whether projects have batches at all: one with a strategy of its own has to say that it wants
 * them. */
bool microbatch_is_on(const Session *session);
/* Whether the node is configured to be built so. */
bool microbatch_is_configured(const Node *node);
/* Both. */
bool microbatch_applies(const Session *session, const Node *node);

/* Builds the model's batches one after the other; when the first one fails, the others are skipped.
 * Never fails as a whole: what went wrong is in the result. */
void microbatch_run(Worker *worker, const Node *node, NodeResult *out);

#endif
