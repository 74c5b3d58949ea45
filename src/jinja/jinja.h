/* jinja/jinja.h - the Jinja engine, for those who embed it.
 *
 *     env = jinja_env_new(&options);                     once per process
 *     jinja_compile(env, name, source, &template)        once per file; immutable, any thread
 *     s = jinja_state_new(env, shared);                  once per worker
 *     jinja_render(s, template, &scope, arena, &text)    as often as needed
 *
 * Failures are ERR_TEMPLATE with Python's class name (error_class) in a chain: outermost the place
 * in the template that was rendered, then one link per macro on the way, innermost Python's
 * message. */
#ifndef JINJA_JINJA_H
#define JINJA_JINJA_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/thread.h"
#include "jinja/builtin.h"
#include "jinja/heap.h"
#include "jinja/object.h"
#include "jinja/value.h"

typedef struct JinjaEnv JinjaEnv;
typedef struct JinjaTemplate JinjaTemplate;

/* How source becomes tokens; all false is Jinja2's default. */
typedef struct JinjaSyntax {
    bool trim_blocks;
    bool lstrip_blocks;
    bool keep_trailing_newline;
} JinjaSyntax;

/* A block tag of the embedder that defines a macro: `{% test unique(model) %} ... {% endtest %}`.
 */
typedef struct JinjaTag {
    const char *name;         /* "test"; NULL ends the table */
    const char *end_name;     /* "endtest" */
    const char *macro_prefix; /* put before the name: "test_" */
    bool has_params;          /* false: a name alone, as `{% docs overview %}` */
    bool has_adapter;         /* `{% materialization view, adapter='duckdb' %}` appends "_duckdb" */
} JinjaTag;

typedef struct JinjaOptions {
    JinjaSyntax syntax;
    const JinjaTag *tags;           /* may be NULL */
    const JBuiltin *const *filters; /* further tables, ending with NULL; may be NULL */
    const JBuiltin *const *tests;
    const JBuiltin *const *globals;
    const char *macro_prefix; /* put before the name of every {% macro %}; may be NULL */
    /* The template of this name, or *out NULL when there is none. NULL: import, include and extends
     * fail. Called on the thread that renders. */
    MUST_CHECK Error *(*load)(void *data, Str name, const JinjaTemplate **out);
    void *load_data;
} JinjaOptions;

void jinja_env_free(JinjaEnv *env);
/* The tables must outlive the environment. Immutable afterwards; any thread. */
OWNED_UNTIL(jinja_env_free) JinjaEnv *jinja_env_new(const JinjaOptions *options);
DEFINE_AUTO_FREE(jinja_env, JinjaEnv)

/* ---- Templates ---- */

void jinja_template_free(JinjaTemplate *tpl);
/* Copies what it keeps of `name` and `source`, which must be valid UTF-8. */
MUST_CHECK Error *jinja_compile(const JinjaEnv *env, Str name, Str source, JinjaTemplate **out);
DEFINE_AUTO_FREE(jinja_template, JinjaTemplate)
/* One expression, as in `{{ }}` without the braces; render it with jinja_evaluate. */
MUST_CHECK Error *jinja_compile_expression(const JinjaEnv *env, Str name, Str source,
                                           JinjaTemplate **out);
Str jinja_template_name(const JinjaTemplate *tpl);
/* The instructions as text. */
void jinja_disassemble(const JinjaTemplate *tpl, StrBuf *out);

/* A macro defined at the top level of a template, in order; a tag of the embedder counts as one. */
typedef struct JinjaMacroInfo {
    Str name; /* with its prefix */
    Str tag;  /* "macro", or the embedder's */
    uint32_t line;
} JinjaMacroInfo;
size_t jinja_macro_count(const JinjaTemplate *tpl);
JinjaMacroInfo jinja_macro_info(const JinjaTemplate *tpl, size_t index);

/* Calls in the source whose callee is a name or an attribute of one, such as ref('a') and
 * adapter.dispatch('b'): for finding dependencies without rendering. `constant` tells whether all
 * arguments are; then they stand in args and kwargs. */
typedef struct JinjaStaticCall {
    Str name;
    uint32_t line;
    bool constant;
    const JValue *args;
    size_t argc;
    const Str *kwarg_names; /* of the last kwarg_count of args */
    size_t kwarg_count;
} JinjaStaticCall;
size_t jinja_static_call_count(const JinjaTemplate *tpl);
JinjaStaticCall jinja_static_call(const JinjaTemplate *tpl, size_t index);

/* ---- Rendering ---- */

/* Where names come from that the template does not set itself; environment globals come after. */
typedef struct JinjaScope {
    /* MISSING when unknown. May be NULL. */
    MUST_CHECK Error *(*find)(JinjaState *s, void *data, JStr *name, JValue *out);
    void *data;
    JDict *vars; /* looked at before `find`; may be NULL */
} JinjaScope;

typedef enum JinjaNative {
    JINJA_TEXT,          /* output is text */
    JINJA_NATIVE,        /* as Jinja2's NativeEnvironment: text is read as a Python literal */
    JINJA_NATIVE_MARKED, /* only text marked by as_native, as_bool, as_number is */
} JinjaNative;

typedef struct JinjaRunOptions {
    bool permissive_undefined; /* unknown names and all that is done with them are silent */
    int64_t max_steps;         /* 0 = LIMIT_RENDER_STEPS */
    size_t max_output_bytes;   /* 0 = LIMIT_RENDER_BYTES */
    size_t max_heap_bytes;     /* 0 = LIMIT_RENDER_HEAP_BYTES */
    const Cancel *cancel;      /* may be NULL */
    void *user;                /* the embedder's, see jinja_user */
} JinjaRunOptions;

void jinja_state_free(JinjaState *s);
/* `shared` may be NULL. One thread; reusable for any number of renders. */
OWNED_UNTIL(jinja_state_free) JinjaState *jinja_state_new(const JinjaEnv *env, JSharedHeap *shared);
DEFINE_AUTO_FREE(jinja_state, JinjaState)
/* Ceilings and policy of the renders to come. */
void jinja_configure(JinjaState *s, const JinjaRunOptions *options);
/* Drops all values of earlier renders; those the caller still holds become invalid. */
void jinja_reset(JinjaState *s);
/* Compiles what is rendered once, by this state: constants and macros of the template may stay in
 * values, so it lives until jinja_reset(), and as long as the shared heap when the render stored
 * something there. */
MUST_CHECK Error *jinja_compile_passing(JinjaState *s, Str name, Str source,
                                        const JinjaTemplate **out);
void *jinja_user(JinjaState *s);

/* The text is copied into `arena`. */
MUST_CHECK Error *jinja_render(JinjaState *s, const JinjaTemplate *tpl, const JinjaScope *scope,
                               Arena *arena, Str *out_text);
/* The value lives on the state's heap until jinja_reset. */
MUST_CHECK Error *jinja_render_native(JinjaState *s, const JinjaTemplate *tpl,
                                      const JinjaScope *scope, JinjaNative mode, JValue *out);
MUST_CHECK Error *jinja_evaluate(JinjaState *s, const JinjaTemplate *expression,
                                 const JinjaScope *scope, JValue *out);
/* Calls macro number `index` of a template. May be used while `s` renders, from a host function;
 * then `scope` decides what the macro sees. An unwind (jinja_unwind) inside ends here with its
 * value. */
MUST_CHECK Error *jinja_call_macro(JinjaState *s, const JinjaTemplate *tpl, size_t index,
                                   const JinjaScope *scope, const JCall *call, JValue *out);
/* Leaves the innermost jinja_call_macro with `value` as its result: return this from a host
 * function. */
MUST_CHECK Error *jinja_unwind(JinjaState *s, JValue value);

#endif
