/* transform/run/freshness.h - how old the newest row of a source is, and whether that is too old.
 */
#ifndef TRANSFORM_RUN_FRESHNESS_H
#define TRANSFORM_RUN_FRESHNESS_H

#include "transform/run/compile.h"
#include "transform/run/result.h"

/* What was found out about a source. The base's status is PASS, WARN, FAIL (too old) or ERROR (it
 * could not be asked, and the times are not known). */
typedef struct FreshnessResult {
    NodeResult base;
    int64_t max_loaded_us; /* since 1970 UTC; the year 1 for an empty table */
    int64_t snapshotted_us;
} FreshnessResult;
typedef VEC(FreshnessResult) FreshnessResultVec;

/* Whether the source has a threshold. */
bool freshness_is_watched(const Node *node);
/* Asks the source. Never fails as a whole. */
void freshness_check(Worker *worker, const Node *node, FreshnessResult *out);

#endif
