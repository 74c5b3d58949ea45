/* jinja/pretty.h - values over several lines of at most 80 columns, as Python's pprint lays them
 * out. */
#ifndef JINJA_PRETTY_H
#define JINJA_PRETTY_H

#include "jinja/state.h"

MUST_CHECK Error *pretty_print(JinjaState *s, JValue value, StrBuf *out);

#endif
