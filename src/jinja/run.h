/* jinja/run.h - the objects that belong to running templates: macros, loops, modules, blocks. Their
 * bodies are in run.c and vm.c; here is what heap, printing and attribute access need of them. */
#ifndef JINJA_RUN_H
#define JINJA_RUN_H

#include "jinja/object.h"

void jrun_mark(JMarker *marker, JObj *obj);
MUST_CHECK Error *jrun_repr(JinjaState *s, JValue value, StrBuf *out);
/* str() of a module or a block: its text. */
MUST_CHECK Error *jrun_print(JinjaState *s, JValue value, StrBuf *out);
/* MISSING when there is no such attribute. */
MUST_CHECK Error *jrun_get_attr(JinjaState *s, JValue value, JStr *name, JValue *out);
MUST_CHECK Error *jrun_get_item(JinjaState *s, JValue value, JValue key, JValue *out);

/* A loop object walked from inside the loop: the items it has not reached yet. */
MUST_CHECK Error *jloop_iterate(JinjaState *s, JIterator *it, JValue *out_item);
MUST_CHECK Error *jloop_length(JinjaState *s, JValue loop, size_t *out);

#endif
