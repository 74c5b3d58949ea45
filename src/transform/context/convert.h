/* transform/context/convert.h - document values as values of a running template, and back. */
#ifndef TRANSFORM_CONTEXT_CONVERT_H
#define TRANSFORM_CONTEXT_CONVERT_H

#include "jinja/jinja.h"
#include "value/value.h"

/* A copy on the heap: maps become dicts, dates their ISO text. NULL becomes none. */
JValue convert_to_jinja(JHeap *heap, const Value *value);

/* A copy in `arena`: dicts become maps, lists, tuples, sets and everything else that can be walked
 * become lists, undefined becomes null, objects of the embedder their text. ERR_TEMPLATE for a dict
 * whose keys are no scalars, ERR_LIMIT for what is nested too deep (a list within itself). */
MUST_CHECK Error *convert_from_jinja(JinjaState *s, Arena *arena, JValue value, Value *out);

/* Whether there is a Decimal in it, which neither JSON nor YAML can hold for dbt: here
 * convert_from_jinja() makes floats of them. The value must be one that it takes. */
bool convert_has_decimal(JValue value);

/* str(value), copied into `arena`. */
MUST_CHECK Error *convert_to_text(JinjaState *s, Arena *arena, JValue value, Str *out);

#endif
