/* A manifest of a few models for tests of graph and selection:
 *
 *     source raw.events -> staging.stg_events -> marts.finance.revenue -> marts.finance.report
 *                          staging.stg_users  -> marts.finance.revenue, marts.marketing.leads
 *
 * with not_null on stg_events and relationships(stg_events, stg_users), and a disabled model `old`.
 */
#ifndef TESTS_TRANSFORM_SMALL_MANIFEST_H
#define TESTS_TRANSFORM_SMALL_MANIFEST_H

#include "transform/graph/manifest.h"

Manifest *small_manifest(Arena *arena);
/* A model of package "x" at models/<path>.sql; `parents` are unique ids, one per word. */
Node *small_model(Arena *arena, Manifest *manifest, const char *path, const char *parents);

#endif
