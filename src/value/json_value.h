/* value/json_value.h - a parsed JSON value as a Value: for the few values of rows that
 * go into a state, a hash or a request. */
#ifndef VALUE_JSON_VALUE_H
#define VALUE_JSON_VALUE_H

#include <yyjson.h>

#include "value/value.h"

/* Texts are borrowed from the document; all else lives in `arena`. Marked texts stay marked. */
Value json_value(Arena *arena, yyjson_val *value);

#endif
