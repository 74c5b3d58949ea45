/* transform/parse/external_source.h - sources that are files: `external_location` says what stands
 * in a query in place of the table. */
#ifndef TRANSFORM_PARSE_EXTERNAL_SOURCE_H
#define TRANSFORM_PARSE_EXTERNAL_SOURCE_H

#include "base/error.h"
#include "transform/graph/node.h"

/* The text for a configured source, "'data/orders.csv'" or "read_csv('...')"; empty when it is a
 * table. ERR_CONFIG for a placeholder that means nothing, and an unknown `formatter`. */
MUST_CHECK Error *external_source_text(Arena *arena, const Node *source, Str *out);

#endif
