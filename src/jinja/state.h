/* jinja/state.h - a render, as C functions see it: where to allocate, how to fail, how to call back
 * into the language. One thread uses a JinjaState. */
#ifndef JINJA_STATE_H
#define JINJA_STATE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/str.h"
#include "jinja/object.h"

/* ---- Failing ---- */

/* return jraise("TypeError", "unhashable type: '%s'", name); */
#define jraise(class_name, ...) error_as(error_new(ERR_TEMPLATE, __VA_ARGS__), (class_name))

/* ERR_LIMIT when a text of `bytes`, or a list of `items`, would pass the ceiling. Ask before making
 * anything whose size the template chose. */
MUST_CHECK Error *jinja_check_bytes(size_t bytes);
MUST_CHECK Error *jinja_check_items(size_t items);

/* ---- Making ---- */

JHeap *jinja_heap(JinjaState *s);

/* A text under construction in the render's scratch memory; jbuild_take makes it a value and
 * releases the memory. Builds nest like brackets. After an error just return: the render cleans up.
 */
typedef struct JBuild {
    StrBuf buf;
    ArenaMark mark;
} JBuild;

JBuild jbuild_begin(JinjaState *s);
MUST_CHECK Error *jbuild_take(JinjaState *s, JBuild *build, JValue *out);

/* Scratch memory that lasts until the end of the running builtin at least. */
Arena *jinja_scratch(JinjaState *s);

/* ---- Calling ---- */

/* Calls anything callable: macro, function, method, host object. `kwargs` may be NULL. Nothing has
 * to be protected from the collector: see heap.h. */
MUST_CHECK Error *jinja_call(JinjaState *s, JValue callee, const JValue *args, size_t argc,
                             JDict *kwargs, JValue *out);
/* Runs a filter or test that was looked up by name, with args[0] the subject. */
MUST_CHECK Error *jinja_call_builtin(JinjaState *s, const JBuiltin *builtin, const JValue *args,
                                     size_t argc, JDict *kwargs, JValue *out);
/* NULL when there is none of that name. */
const JBuiltin *jinja_find_filter(JinjaState *s, Str name);
const JBuiltin *jinja_find_test(JinjaState *s, Str name);
/* The row of the builtin that runs now. */
const JBuiltin *jinja_callee(JinjaState *s);

/* A name of the running template's context: variables, then globals; MISSING when unknown. */
MUST_CHECK Error *jinja_resolve(JinjaState *s, JStr *name, JValue *out);

/* True if the environment escapes output. */
bool jinja_autoescape(JinjaState *s);

#endif
