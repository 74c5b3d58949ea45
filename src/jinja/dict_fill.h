/* jinja/dict_fill.h - what dict(), namespace() and dict.update() take: a mapping or pairs, and
 * keywords. */
#ifndef JINJA_DICT_FILL_H
#define JINJA_DICT_FILL_H

#include "jinja/state.h"

/* Sets the entries of `from` (MISSING: none), then those of `kwargs` (NULL: none), in `dict`. */
MUST_CHECK Error *dict_fill(JinjaState *s, JDict *dict, JValue from, JDict *kwargs);

#endif
