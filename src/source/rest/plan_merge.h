/* source/rest/plan_merge.h - the short forms of a resource written out, and defaults beneath it, so
 * that a plan is read from one form only. */
#ifndef SOURCE_REST_PLAN_MERGE_H
#define SOURCE_REST_PLAN_MERGE_H

#include "base/error.h"
#include "value/value.h"

/* `resource` (a name or a map) as a map with `name` and an `endpoint` that is a map with `path`,
 * over `defaults` (NULL: none): resources merge key by key, endpoints one level more, `params`,
 * `json` and `columns` yet one more. In `arena`. ERR_CONFIG. */
MUST_CHECK Error *rest_resource_whole(Arena *arena, const Value *resource, const Value *defaults,
                                      const Value **out);

#endif
