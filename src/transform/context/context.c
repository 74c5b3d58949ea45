#include "transform/context/context.h"

#include "transform/context/failure.h"
#include "transform/parse/yaml_render.h"

Context *context_of(JinjaState *s)
{
    return jinja_user(s);
}

JinjaScope context_scope(Context *ctx)
{
    return (JinjaScope){.find = context_find, .data = ctx, .vars = ctx->vars};
}

void context_enter(JinjaState *s, Context *ctx)
{
    JinjaRunOptions options = {.permissive_undefined = ctx->phase == PHASE_PARSE,
                               .cancel = &ctx->session->stop,
                               .user = ctx};
    jinja_configure(s, &options);
}

Error *context_render_text(JinjaState *s, Context *ctx, Str text, JValue *out)
{
    if (!yaml_has_jinja(text)) {
        *out = jstr_value(jinja_heap(s), text);
        return NULL;
    }
    /* As the body of a macro, since a render may call macros but not begin another render. A
     * template loses the line break at its end. */
    Str body = str_ends_with(text, STR("\n")) ? str_slice(text, 0, text.len - 1) : text;
    Str pieces[] = {STR("{% macro text() %}"), body, STR("{% endmacro %}")};
    Str source = str_join(jinja_scratch(s), pieces, ARRAY_LEN(pieces), STR(""));
    const JinjaTemplate *tpl = NULL;
    TRY(jinja_compile_passing(s, STR("<render>"), source, &tpl));
    JinjaScope scope = context_scope(ctx);
    return jinja_call_macro(s, tpl, 0, &scope, &(JCall){0}, out);
}

/* ---- Macros as values ---- */

static void note_call(Context *ctx, const Macro *macro)
{
    if (ctx->capture != NULL && ctx->macro_depth == 0) {
        strmap_set(&ctx->capture->macros, macro->unique_id, NULL);
    }
}

/* A macro sees the names of whoever is rendered now, not those of the file it stands in. */
static Error *macro_call(JinjaState *s, JHost *self, const JCall *call, JValue *out)
{
    const Macro *macro = self->data;
    Context *ctx = context_of(s);
    note_call(ctx, macro);
    JinjaScope scope = context_scope(ctx);
    ctx->macro_depth++;
    Error *err = jinja_call_macro(s, macro->tpl, macro->tpl_index, &scope, call, out);
    ctx->macro_depth--;
    failure_left_macro(ctx, macro, err);
    return err;
}

static Error *macro_str(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    const Macro *macro = self->data;
    strbuf_printf(out, "<macro " STR_FMT ">", STR_ARG(macro->name));
    return NULL;
}

static bool same_data(JHost *self, JValue other)
{
    return other.type == J_HOST && ((const JHost *)other.obj)->data == self->data;
}

static const JHostClass macro_class = {
    .name = "MacroGenerator",
    .call = macro_call,
    .str = macro_str,
    .repr = macro_str,
    .equal = same_data,
};

/* Hosts hold their data as plain pointers; these classes never write to it. */
static void *as_data(const void *constant)
{
    union {
        const void *constant;
        void *plain;
    } data = {.constant = constant};
    return data.plain;
}

JValue context_macro(JHeap *heap, const Macro *macro)
{
    return jhost_new(heap, &macro_class, as_data(macro));
}

/* ---- Values that a unit test puts in place of macros ---- */

static Error *override_call(JinjaState *s, JHost *self, const JCall *call, JValue *out)
{
    (void)call;
    *out = convert_to_jinja(jinja_heap(s), self->data);
    return NULL;
}

static const JHostClass override_class = {.name = "MacroOverride", .call = override_call};

/* The macro, or what a unit test puts in its place; `package` is empty for a bare name. */
static JValue macro_or_override(JinjaState *s, Str package, const Macro *macro)
{
    const Value *value = unit_scope_macro(context_of(s)->unit, package, macro->name);
    return value != NULL ? jhost_new(jinja_heap(s), &override_class, as_data(value))
                         : context_macro(jinja_heap(s), macro);
}

/* ---- The macros of a package, behind its name ---- */

static Error *package_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const PackageMacros *package = self->data;
    const Macro *macro = macro_in(package, jstr_str(name));
    *out = macro != NULL ? macro_or_override(s, package->name, macro) : JMISSING;
    return NULL;
}

static Error *package_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    *out = JMISSING;
    return jis_str(key) ? package_get_attr(s, self, key.str, out) : NULL;
}

static Error *package_contains(JinjaState *s, JHost *self, JValue item, bool *out)
{
    (void)s;
    *out = jis_str(item) && macro_in(self->data, jtext(item)) != NULL;
    return NULL;
}

static const JHostClass package_class = {
    .name = "dict", /* what dbt holds them in, which messages tell */
    .get_attr = package_get_attr,
    .get_item = package_get_item,
    .contains = package_contains,
    .equal = same_data,
    .is_mapping = true,
};

/* ---- Names ---- */

static Error *find_in_tables(JinjaState *s, Context *ctx, Str name,
                             const JBuiltin *const *functions, const ContextValue *values,
                             JValue *out)
{
    *out = JMISSING;
    for (const JBuiltin *const *table = functions; *table != NULL; table++) {
        const JBuiltin *row = object_method(*table, name);
        if (row != NULL) {
            *out = jfunction_new(jinja_heap(s), row, JMISSING);
            return NULL;
        }
    }
    for (const ContextValue *value = values; value->name != NULL; value++) {
        if (str_is(name, value->name)) {
            return value->get(s, ctx, out);
        }
    }
    return NULL;
}

Error *context_find_builtin(JinjaState *s, Context *ctx, Str name, JValue *out)
{
    static const JBuiltin *const base[] = {context_base_functions, NULL};
    static const JBuiltin *const node[] = {context_node_functions, context_result_functions, NULL};
    *out = JMISSING;
    if (ctx->phase != PHASE_YAML) {
        TRY(find_in_tables(s, ctx, name, node, context_node_values, out));
    }
    if (jis_absent(*out)) {
        TRY(find_in_tables(s, ctx, name, base, context_base_values, out));
    }
    return NULL;
}

Error *context_find(JinjaState *s, void *data, JStr *name, JValue *out)
{
    Context *ctx = data;
    if (ctx->phase != PHASE_YAML && ctx->session->macros != NULL) {
        const Macro *macro = macro_find(ctx->session->macros, ctx->package, jstr_str(name));
        if (macro != NULL) {
            *out = macro_or_override(s, (Str){0}, macro);
            return NULL;
        }
        const PackageMacros *package = macro_namespace(ctx->session->macros, jstr_str(name));
        if (package != NULL) {
            *out = jhost_new(jinja_heap(s), &package_class, as_data(package));
            return NULL;
        }
    }
    return context_find_builtin(s, ctx, jstr_str(name), out);
}
