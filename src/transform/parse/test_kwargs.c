#include "transform/parse/test_kwargs.h"

#include "transform/parse/yaml_render.h"

/* "ref('x')" is meant as "{{ ref('x') }}". */
static bool is_bare_call(Str text)
{
    static const char *const functions[] = {"ref", "source", "var", "env_var", "doc"};
    Str trimmed = str_trim(text);
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        Str name = str_from(functions[i]);
        if (str_starts_with(trimmed, name) && trimmed.len > name.len + 1 &&
            str_trim_start(str_from_offset(trimmed, name.len)).data[0] == '(' &&
            trimmed.data[trimmed.len - 1] == ')') {
            return true;
        }
    }
    return false;
}

static Error *render_text(JinjaState *s, Context *ctx, const Value *text, JValue *out)
{
    Str source = text->as.text;
    if (is_bare_call(source)) {
        source = str_printf(ctx->arena, "{{ " STR_FMT " }}", STR_ARG(source));
    }
    if (!yaml_has_jinja(source)) {
        *out = jstr_value(jinja_heap(s), source);
        return NULL;
    }
    const JinjaTemplate *tpl = NULL;
    TRY(jinja_compile_passing(s, STR("<test argument>"), source, &tpl));
    JinjaScope scope = context_scope(ctx);
    return jinja_render_native(s, tpl, &scope, JINJA_NATIVE_MARKED, out);
}

static Error *render_value(JinjaState *s, Context *ctx, const Value *value, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    if (value_is(value, VALUE_STRING)) {
        return render_text(s, ctx, value, out);
    }
    if (value_is(value, VALUE_LIST)) {
        JList *list = jlist_new(heap, value_len(value));
        for (VALUE_EACH(item, value)) {
            JValue rendered = JNONE;
            TRY(render_value(s, ctx, item, &rendered));
            jlist_append(list, rendered);
        }
        *out = jlist_value(list);
        return NULL;
    }
    if (value_is(value, VALUE_MAP)) {
        JDict *dict = jdict_new(heap);
        for (VALUE_EACH_ENTRY(entry, value)) {
            JValue rendered = JNONE;
            TRY(render_value(s, ctx, &entry->value, &rendered));
            TRY(jdict_set(dict, convert_to_jinja(heap, &entry->key), rendered));
        }
        *out = jdict_value(dict);
        return NULL;
    }
    *out = convert_to_jinja(heap, value);
    return NULL;
}

Error *test_kwargs_render(JinjaState *s, Context *ctx, const Node *node, JValue *out)
{
    context_enter(s, ctx);
    JHeap *heap = jinja_heap(s);
    JDict *dict = jdict_new(heap);
    for (VALUE_EACH_ENTRY(entry, node->test->kwargs)) {
        Str key = value_text_or(&entry->key, (Str){0});
        JValue rendered = JNONE;
        if (str_is(key, "column_name")) {
            rendered = convert_to_jinja(heap, &entry->value);
        } else {
            TRY(render_value(s, ctx, &entry->value, &rendered));
        }
        jdict_set_text(heap, dict, key, rendered);
    }
    *out = jdict_value(dict);
    return NULL;
}
