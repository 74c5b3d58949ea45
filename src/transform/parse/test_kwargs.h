/* transform/parse/test_kwargs.h - the arguments of a generic test as its macro gets them: texts are
 * rendered and keep the type of what they name, the column's name stays text. */
#ifndef TRANSFORM_PARSE_TEST_KWARGS_H
#define TRANSFORM_PARSE_TEST_KWARGS_H

#include "transform/context/context.h"

/* A dict on the heap of `s`, rendered for `ctx`, whose node is a generic test. */
MUST_CHECK Error *test_kwargs_render(JinjaState *s, Context *ctx, const Node *node, JValue *out);

#endif
