#include "jinja/state.h"

#include <stdlib.h>

#include "jinja/vm.h"

enum {
    STACK_VALUES = 256 * 1024,        /* taken from the system as it is touched */
    CONSTANT_STACK_VALUES = 4 * 1024, /* for the compiler's small sums */
};

/* ---- What builtins ask for ---- */

Error *jinja_check_bytes(size_t bytes)
{
    return bytes <= LIMIT_STRING_BYTES
               ? NULL
               : error_new(ERR_LIMIT, "a text would be larger than %zu bytes", LIMIT_STRING_BYTES);
}

Error *jinja_check_items(size_t items)
{
    return items <= LIMIT_LIST_ITEMS
               ? NULL
               : error_new(ERR_LIMIT, "a list would have more than %d items", LIMIT_LIST_ITEMS);
}

JHeap *jinja_heap(JinjaState *s)
{
    return s->heap;
}

Arena *jinja_scratch(JinjaState *s)
{
    return s->scratch;
}

JBuild jbuild_begin(JinjaState *s)
{
    ArenaMark mark = arena_mark(s->scratch);
    return (JBuild){.buf = strbuf_init(s->scratch, LIMIT_STRING_BYTES), .mark = mark};
}

Error *jbuild_take(JinjaState *s, JBuild *build, JValue *out)
{
    if (build->buf.overflowed) {
        return jinja_check_bytes(SIZE_MAX);
    }
    *out = jstr_value(s->heap, strbuf_str(&build->buf));
    arena_rewind(s->scratch, build->mark);
    return NULL;
}

const JBuiltin *jinja_find_filter(JinjaState *s, Str name)
{
    return jinja_env_filter(s->env, name);
}

const JBuiltin *jinja_find_test(JinjaState *s, Str name)
{
    return jinja_env_test(s->env, name);
}

const JBuiltin *jinja_find_method(JinjaState *s, JType type, JStr *name)
{
    return jinja_env_method(s->env, type, name);
}

const JBuiltin *jinja_callee(JinjaState *s)
{
    return s->callee;
}

bool jinja_is_permissive(JinjaState *s)
{
    return s->options.permissive_undefined;
}

bool jinja_autoescape(JinjaState *s)
{
    (void)s;
    return false;
}

void *jinja_user(JinjaState *s)
{
    return s->options.user;
}

/* ---- Life ---- */

/* Empties the scratch memory, but keeps its first chunk in use: builds that rewind to the beginning
 * would otherwise give it back to the system and take it again, each time. */
static void reset_scratch(JinjaState *s)
{
    arena_reset(s->scratch);
    arena_alloc_raw(s->scratch, 1);
}

void jinja_configure(JinjaState *s, const JinjaRunOptions *options)
{
    s->options = *options;
    if (s->options.max_steps == 0) {
        s->options.max_steps = LIMIT_RENDER_STEPS;
    }
    if (s->options.max_output_bytes == 0) {
        s->options.max_output_bytes = LIMIT_RENDER_BYTES;
    }
    if (s->options.max_heap_bytes == 0) {
        s->options.max_heap_bytes = LIMIT_RENDER_HEAP_BYTES;
    }
}

static JinjaState *new_state(const JinjaEnv *env, JHeap *heap, size_t stack)
{
    JinjaState *s = memory_alloc(sizeof(*s));
    *s = (JinjaState){.env = env,
                      .heap = heap,
                      .scratch = arena_new("jinja scratch"),
                      .out_arena = arena_new("jinja output"),
                      .frames = memory_alloc(LIMIT_CALL_DEPTH * sizeof(Frame)),
                      .stack = memory_alloc(stack * sizeof(JValue))};
    reset_scratch(s);
    s->stack_end = s->stack + stack;
    s->sp = s->stack;
    jinja_configure(s, &(JinjaRunOptions){0});
    s->steps_left = s->options.max_steps;
    return s;
}

JinjaState *jinja_state_new(const JinjaEnv *env, JSharedHeap *shared)
{
    JinjaState *s = new_state(env, jheap_new(JHEAP_RENDER, shared), STACK_VALUES);
    s->shared = shared;
    return s;
}

JinjaState *jinja_state_for_constants(const JinjaEnv *env, JHeap *constants)
{
    JinjaState *s = new_state(env, constants, CONSTANT_STACK_VALUES);
    s->constants = true;
    s->out = strbuf_init(s->out_arena, LIMIT_RENDER_BYTES);
    return s;
}

static void free_template(void *object)
{
    jinja_template_free(object);
}

/* Those of passing templates whose constants may have got onto the shared heap stay with it. */
static void release_kept(JinjaState *s)
{
    bool stored = jshared_stores(s->shared) != s->stores_before;
    JinjaTemplate *next;
    for (JinjaTemplate *tpl = s->kept; tpl != NULL; tpl = next) {
        next = tpl->next_kept;
        if (stored) {
            jshared_on_free(s->shared, free_template, tpl);
        } else {
            jinja_template_free(tpl);
        }
    }
    s->kept = NULL;
}

void jinja_state_free(JinjaState *s)
{
    if (s == NULL) {
        return;
    }
    release_kept(s);
    if (!s->constants) {
        jheap_free(s->heap);
    }
    arena_free(s->scratch);
    arena_free(s->out_arena);
    free(s->frames);
    free(s->stack);
    free(s);
}

Error *jinja_compile_passing(JinjaState *s, Str name, Str source, const JinjaTemplate **out)
{
    JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(s->env, name, source, &tpl));
    if (s->kept == NULL) {
        s->stores_before = jshared_stores(s->shared);
    }
    tpl->next_kept = s->kept;
    s->kept = tpl;
    *out = tpl;
    return NULL;
}

void jinja_reset(JinjaState *s)
{
    CHECK(s->depth == 0);
    release_kept(s);
    jheap_free(s->heap);
    s->heap = jheap_new(JHEAP_RENDER, s->shared);
    s->parts = NULL;
    s->modules = NULL;
    s->unwind_value = JMISSING;
    s->sp = s->stack;
    reset_scratch(s);
}

/* ---- Rendering ---- */

static void begin(JinjaState *s, JinjaNative native)
{
    CHECK(s->depth == 0);
    arena_reset(s->out_arena);
    reset_scratch(s);
    s->out = strbuf_init(s->out_arena, s->options.max_output_bytes);
    s->steps_left = s->options.max_steps;
    s->native = native;
    s->parts = native != JINJA_TEXT ? jlist_new(s->heap, 0) : NULL;
    s->modules = NULL;
    s->sp = s->stack;
    s->frame_count = 0;
    s->located = false;
    s->unwinding = false;
}

Error *jinja_render(JinjaState *s, const JinjaTemplate *tpl, const JinjaScope *scope, Arena *arena,
                    Str *out_text)
{
    begin(s, JINJA_TEXT);
    TRY(vm_run_template(s, jcontext_new(s, tpl, scope)));
    if (s->out.overflowed) {
        return error_new(ERR_LIMIT, "the output is larger than %zu bytes", s->out.limit);
    }
    *out_text = str_dup(arena, strbuf_str(&s->out));
    return NULL;
}

Error *jinja_render_native(JinjaState *s, const JinjaTemplate *tpl, const JinjaScope *scope,
                           JinjaNative mode, JValue *out)
{
    begin(s, mode);
    TRY(vm_run_template(s, jcontext_new(s, tpl, scope)));
    return native_concat(s, s->parts, 0, out);
}

Error *jinja_evaluate(JinjaState *s, const JinjaTemplate *expression, const JinjaScope *scope,
                      JValue *out)
{
    begin(s, JINJA_TEXT);
    JContext *context = jcontext_new(s, expression, scope);
    Frame frame = {.proto = expression->protos.data[0], .context = context};
    return vm_call(s, &frame, NULL, 0, out);
}

Error *jinja_call_macro(JinjaState *s, const JinjaTemplate *tpl, size_t index,
                        const JinjaScope *scope, const JCall *call, JValue *out)
{
    if (s->depth == 0) {
        begin(s, JINJA_TEXT);
    }
    size_t frames = s->frame_count;
    JValue *sp = s->sp;
    JMacro *macro = JHEAP_NEW(s->heap, J_MACRO, JMacro);
    macro->proto = tpl->protos.data[tpl->macro_protos.data[index]];
    macro->context = jcontext_new(s, tpl, scope);
    Error *err = jinja_call(s, jobj(macro), call->args, call->argc, call->kwargs, out);
    if (err == NULL || !s->unwinding) {
        return err;
    }
    error_discard(err, "jinja_unwind ends here, with a value");
    s->unwinding = false;
    s->frame_count = frames;
    s->sp = sp;
    *out = s->unwind_value;
    s->unwind_value = JMISSING;
    jheap_adopt(s->heap, *out);
    return NULL;
}

Error *jinja_unwind(JinjaState *s, JValue value)
{
    s->unwinding = true;
    s->unwind_value = value;
    return jraise("TemplateRuntimeError", "return outside of a macro call");
}
