/* jinja/sequence.h - operators on texts, lists, tuples and sets. */
#ifndef JINJA_SEQUENCE_H
#define JINJA_SEQUENCE_H

#include "jinja/ops.h"

/* a + b, a * n, n * a, set - set. MISSING when the operator does not apply to these types. */
MUST_CHECK Error *jsequence_binary(JinjaState *s, JBinaryOp op, JValue a, JValue b, JValue *out);

#endif
