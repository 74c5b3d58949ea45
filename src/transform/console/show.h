/* transform/console/show.h - rows and failures as dbt show prints them. */
#ifndef TRANSFORM_CONSOLE_SHOW_H
#define TRANSFORM_CONSOLE_SHOW_H

#include "transform/graph/node.h"
#include "transform/transform.h"
#include "warehouse/warehouse.h"

/* All rows of the result as a table, or as JSON with `node` (empty: none) as its key "node". The
 * text lives in `arena`. ERR_LIMIT for more rows than can be shown. */
MUST_CHECK Error *show_result(Result *result, Arena *arena, Str node, bool json, Str *out_text);

/* The first `limit` rows as a table, with a row of "..." behind them when there are more. */
MUST_CHECK Error *show_sample(Result *result, Arena *arena, size_t limit, Str *out_text);

/* dbt prints those of the selected nodes whose name stands in the first word of --select. */
bool show_wants(const TransformOptions *options, const Node *node);

/* "Runtime Error" with the text of a node's failure below. */
MUST_CHECK Error *show_failure(Str message);

#endif
