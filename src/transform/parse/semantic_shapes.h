/* transform/parse/semantic_shapes.h - what entries of `metrics:`, `semantic_models:` and
 * `saved_queries:` and a model's `time_spine:` may say, in the order of manifest.json. */
#ifndef TRANSFORM_PARSE_SEMANTIC_SHAPES_H
#define TRANSFORM_PARSE_SEMANTIC_SHAPES_H

#include "transform/parse/shape.h"

extern const Shape shape_metric;
extern const Shape shape_semantic_model;
extern const Shape shape_saved_query;
extern const Shape shape_time_spine;

#endif
