#include "jinja/step.h"

Error *step_compare(JinjaState *s, CompareOperator op, JValue a, JValue b, bool *out)
{
    switch (op) {
    case COMPARE_EQ:
        return jequal(a, b, out);
    case COMPARE_NE:
        TRY(jequal(a, b, out));
        *out = !*out;
        return NULL;
    case COMPARE_LT:
    case COMPARE_LE:
    case COMPARE_GT:
    case COMPARE_GE:
        return jcompare(s, (JCompareOp)(op - COMPARE_LT), a, b, out);
    case COMPARE_IN:
        return jcontains(s, b, a, out);
    case COMPARE_NOT_IN:
        TRY(jcontains(s, b, a, out));
        *out = !*out;
        return NULL;
    }
    return NULL;
}

Error *step_unpack(JinjaState *s, JValue value, size_t count, JValue *sp)
{
    if (value.type == J_TUPLE && value.tuple->len == count) {
        for (size_t i = 0; i < count; i++) {
            sp[count - 1 - i] = value.tuple->items[i];
        }
        return NULL;
    }
    JIterator *it = NULL;
    if (!jis_iterable(value)) {
        return jraise("TypeError", "cannot unpack non-iterable %s object", jtype_name(value));
    }
    TRY(jiterate(s, value, &it));
    for (size_t i = 0; i <= count; i++) {
        JValue item = JMISSING;
        TRY(jnext(s, it, &item));
        if (i == count && !jis_absent(item)) {
            return jraise("ValueError", "too many values to unpack (expected %zu)", count);
        }
        if (i < count && jis_absent(item)) {
            return jraise("ValueError", "not enough values to unpack (expected %zu, got %zu)",
                          count, i);
        }
        if (i < count) {
            sp[count - 1 - i] = item;
        }
    }
    return NULL;
}

Error *step_next(JinjaState *s, JValue walk, JValue *out)
{
    if (walk.type == J_ITERATOR) {
        return jnext(s, (JIterator *)walk.obj, out);
    }
    return jloop_next(s, (JLoop *)walk.obj, out);
}

Error *step_next_pair(JinjaState *s, JValue walk, JValue *sp, bool *out_more)
{
    JValue item = JMISSING;
    TRY(step_next(s, walk, &item));
    *out_more = !jis_absent(item);
    if (!*out_more) {
        return NULL;
    }
    JValue both[2];
    TRY(step_unpack(s, item, 2, both));
    sp[0] = both[1];
    sp[1] = both[0];
    return NULL;
}

Error *step_dict(JinjaState *s, const JValue *items, size_t count, JValue *out)
{
    JDict *dict = jdict_new(s->heap);
    for (size_t i = 0; i < count; i += 2) {
        if (!jis_absent(items[i + 1])) {
            TRY(jdict_set(dict, items[i], items[i + 1]));
        }
    }
    *out = jdict_value(dict);
    return NULL;
}

Error *step_namespace_check(JValue namespace)
{
    if (namespace.type != J_NAMESPACE) {
        return jraise("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
    }
    return NULL;
}

/* Jinja2 joins what a template puts out and fails on what is no text; it prints all but the result
 * of a filter block. */
Error *step_text_check(const JinjaState *s, JValue value)
{
    if (s->native == JINJA_TEXT && value.type != J_STR) {
        return jraise("TypeError", "sequence item 0: expected str instance, %s found",
                      jtype_name(value));
    }
    return NULL;
}

Error *step_namespace_set(JValue namespace, JStr *name, JValue value)
{
    TRY(step_namespace_check(namespace));
    jdict_set_str(((JNamespace *)namespace.obj)->dict, name, value);
    return NULL;
}

Error *step_filter(JinjaState *s, const Instr *in, const Site *site, JValue *args, JValue *out)
{
    return in->c == FILTER_PLAIN ? vm_call_builtin(s, site->builtin, args, in->b, NULL, out)
                                 : vm_call_site(s, site, args, in->b, out);
}

JValue step_macro(JinjaState *s, const Frame *frame, uint32_t index)
{
    JMacro *macro = jheap_alloc(s->heap, J_MACRO, sizeof(JMacro));
    macro->proto = frame->proto->tpl->protos.data[index];
    macro->cells = frame->cells;
    macro->context = frame->context;
    macro->depth = 0;
    return jobj(macro);
}

JCells *step_cells(JinjaState *s, JCells *parent, uint32_t count)
{
    JCells *cells = jheap_alloc_zeroed(s->heap, J_CELLS, sizeof(JCells) + count * sizeof(JValue));
    cells->count = count;
    cells->parent = parent;
    return cells;
}

Error *step_method(JinjaState *s, JValue *self, size_t argc, JStr *name, bool *out_pushed)
{
    const JBuiltin *method = jinja_env_method(s->env, self->type, name);
    *out_pushed = false;
    if (method != NULL) {
        JValue result = JNONE;
        TRY(vm_call_builtin(s, method, self, argc + 1, NULL, &result));
        *self = result;
        return NULL;
    }
    JValue callee = JMISSING;
    s->sp = self + argc + 1;
    TRY(jget_attr(s, *self, name, &callee));
    *self = callee;
    return vm_call_value(s, self + 1, argc, NULL, out_pushed);
}

JValue step_self(JinjaState *s, const Frame *frame, bool super)
{
    if (!super) {
        return jobj(frame->context);
    }
    if (frame->block != NULL && frame->block->super != NULL) {
        return jobj(frame->block->super);
    }
    JBuild build = jbuild_begin(s);
    strbuf_printf(&build.buf, "there is no parent block called '" STR_FMT "'.",
                  STR_ARG(jstr_str(frame->proto->name)));
    JValue value = jundefined_message(s, strbuf_str(&build.buf));
    arena_rewind(s->scratch, build.mark);
    return value;
}

Error *step_block(JinjaState *s, const Frame *frame, JStr *name, JValue locals, bool *out_pushed)
{
    *out_pushed = false;
    JContext *context = frame->context;
    if (context->parent != NULL && frame->proto->kind == PROTO_ROOT) {
        return NULL;
    }
    JValue block = context->blocks != NULL ? jdict_get_str(context->blocks, name) : JMISSING;
    CHECK(block.type == J_BLOCK);
    if (((JBlock *)block.obj)->proto->required) {
        return jraise("TemplateRuntimeError", "Required block '" STR_FMT "' not found",
                      STR_ARG(jstr_str(name)));
    }
    if (locals.type == J_DICT) {
        JContext *inner = jcontext_new(s, context->tpl, &context->scope);
        inner->locals = locals.dict;
        inner->outer = context;
        inner->blocks = context->blocks;
        context = inner;
    }
    Frame pushed = {.proto = ((JBlock *)block.obj)->proto,
                    .base = s->sp,
                    .context = context,
                    .block = (JBlock *)block.obj};
    *out_pushed = true;
    return vm_push_frame(s, &pushed, 0);
}

JValue step_missing_param(JinjaState *s, JStr *name)
{
    JBuild build = jbuild_begin(s);
    strbuf_printf(&build.buf, "parameter '" STR_FMT "' was not provided", STR_ARG(jstr_str(name)));
    JValue value = jundefined_message(s, strbuf_str(&build.buf));
    ((JUndefined *)value.obj)->name = jobj(name);
    arena_rewind(s->scratch, build.mark);
    return value;
}
