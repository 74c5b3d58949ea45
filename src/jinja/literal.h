/* jinja/literal.h - Python literals in text, as ast.literal_eval reads them: numbers, strings,
 * None, True, False, and tuples, lists, dicts and sets of such. */
#ifndef JINJA_LITERAL_H
#define JINJA_LITERAL_H

#include "base/str.h"
#include "jinja/heap.h"
#include "jinja/value.h"

/* False, and *out untouched, when the whole text is not one literal. */
bool literal_read(JHeap *heap, Str text, JValue *out);

#endif
