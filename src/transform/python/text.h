/* transform/python/text.h - values as Python prints them: names of tests and messages contain such
 * text. */
#ifndef TRANSFORM_PYTHON_TEXT_H
#define TRANSFORM_PYTHON_TEXT_H

#include "value/value.h"

/* repr(value), appended. */
void python_repr(const Value *value, StrBuf *out);
/* str(value): texts as they are. */
Str python_str(const Value *value, Arena *arena);
/* type(value).__name__: "int", "NoneType". */
const char *python_type_name(const Value *value);

#endif
