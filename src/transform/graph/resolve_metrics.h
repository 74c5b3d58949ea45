/* transform/graph/resolve_metrics.h - what metrics and semantic models are made from. */
#ifndef TRANSFORM_GRAPH_RESOLVE_METRICS_H
#define TRANSFORM_GRAPH_RESOLVE_METRICS_H

#include "base/error.h"
#include "transform/graph/manifest.h"

/* Gives semantic models the relation of their model, metrics the semantic models or metrics they
 * read and the measures behind them. After manifest_resolve. ERR_CONFIG in dbt's words for a
 * measure or metric that is missing. */
MUST_CHECK Error *manifest_resolve_metrics(Manifest *manifest);

#endif
