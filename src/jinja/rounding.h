/* jinja/rounding.h - Python's round(), ceil and floor on any value. */
#ifndef JINJA_ROUNDING_H
#define JINJA_ROUNDING_H

#include "jinja/state.h"

/* round(value, digits): to the nearest, ties to even, judged on the exact decimal expansion.
 * `digits` NONE gives an int. */
MUST_CHECK Error *rounding_round(JinjaState *s, JValue value, JValue digits, JValue *out);
/* The int next above or below; `value` is a number or a host object that makes one. */
MUST_CHECK Error *rounding_ceil(JinjaState *s, JValue value, JValue *out);
MUST_CHECK Error *rounding_floor(JinjaState *s, JValue value, JValue *out);
/* int(value) of a float: towards zero. OverflowError or ValueError unless it is finite. */
MUST_CHECK Error *rounding_to_int(JinjaState *s, double value, JValue *out);

#endif
