/* jinja/compare.h - what dict.c needs of equality. */
#ifndef JINJA_COMPARE_H
#define JINJA_COMPARE_H

#include "jinja/value.h"

/* Equality of two hashable values; tuples beyond the depth ceiling are unequal. */
bool jkeys_equal(JValue a, JValue b);

#endif
