/* jinja/step.h - the instructions that need more than a line of the loop in vm.c. `sp` is the first
 * free value of the stack; *out_pushed tells that the loop is to go on with a new frame. */
#ifndef JINJA_STEP_H
#define JINJA_STEP_H

#include "jinja/vm.h"

MUST_CHECK Error *step_compare(JinjaState *s, CompareOperator op, JValue a, JValue b, bool *out);
/* The items of an iterable onto the stack, the first on top. */
MUST_CHECK Error *step_unpack(JinjaState *s, JValue value, size_t count, JValue *sp);
/* The next item of what a loop walks: an iterator or a loop object. MISSING at the end. */
MUST_CHECK Error *step_next(JinjaState *s, JValue walk, JValue *out);
/* The next item of two onto the stack, the second on top. */
MUST_CHECK Error *step_next_pair(JinjaState *s, JValue walk, JValue *sp, bool *out_more);
/* Of keys and values in turn. */
MUST_CHECK Error *step_dict(JinjaState *s, const JValue *items, size_t count, JValue *out);
MUST_CHECK Error *step_namespace_check(JValue namespace);
MUST_CHECK Error *step_namespace_set(JValue namespace, JStr *name, JValue value);
/* Fails when text is rendered and the value is none. */
MUST_CHECK Error *step_text_check(const JinjaState *s, JValue value);
/* A FILTER or TEST that is not FILTER_EXACT. */
MUST_CHECK Error *step_filter(JinjaState *s, const Instr *in, const Site *site, JValue *args,
                              JValue *out);
JValue step_macro(JinjaState *s, const Frame *frame, uint32_t index);
JCells *step_cells(JinjaState *s, JCells *parent, uint32_t count);
/* A method of a value, called where the value and its arguments stand. */
MUST_CHECK Error *step_method(JinjaState *s, JValue *self, size_t argc, JStr *name,
                              bool *out_pushed);
/* `self` of the template, or `super` of the block that runs. */
JValue step_self(JinjaState *s, const Frame *frame, bool super);
/* Runs a block where it stands: the newest of its name, unless a template is extended. */
MUST_CHECK Error *step_block(JinjaState *s, const Frame *frame, JStr *name, JValue locals,
                             bool *out_pushed);
/* What a parameter is that was not given and has no default. */
JValue step_missing_param(JinjaState *s, JStr *name);

#endif
