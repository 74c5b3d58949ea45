/* transform/run/ephemeral.h - ephemeral models inside the queries that read them. Each is rendered
 * once per invocation, by whichever worker needs it first, and kept with the ephemeral models that
 * it reads itself; so long chains cost little more than the text that has to be written. */
#ifndef TRANSFORM_RUN_EPHEMERAL_H
#define TRANSFORM_RUN_EPHEMERAL_H

#include "transform/run/compile.h"

/* Guards itself. What it hands out lives as long as the cache. */
EphemeralCache *ephemeral_cache_new(void);
void ephemeral_cache_free(EphemeralCache *cache);

/* The text of the ephemeral model of `ctx` and what it reads, rendered unless that was done. */
MUST_CHECK Error *ephemeral_render(Worker *worker, Context *ctx, Str *out_sql, CteVec *out_reads);

/* All that `reads` stand for, each once and behind what it reads itself, in `arena`; the texts
 * belong to the cache. What is rendered on the way is also written below compiled/. An error of one
 * of them is blamed on it in `root`, the context of the node that is compiled. ERR_LIMIT beyond
 * LIMIT_EPHEMERAL_DEPTH. */
MUST_CHECK Error *ephemeral_expand(Worker *worker, Context *root, const CteVec *reads, Arena *arena,
                                   CteVec *out);

#endif
