#include "transform/context/context.h"

#include "base/limits.h"
#include "base/number.h"
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
    if (err != NULL && ctx->trace.len < LIMIT_CALL_DEPTH) {
        VEC_PUSH(ctx->arena, &ctx->trace, macro);
    }
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

/* ---- Failures ---- */

/* The word before "Error": dbt tells by class what ours tell by kind. */
static Str failure_type(const Error *err)
{
    const char *given = error_class(err);
    if (strcmp(given, "ParsingError") == 0 || strcmp(given, "NodeParsingError") == 0) {
        return STR("Parsing");
    }
    if (strcmp(given, "DbtRuntimeError") == 0) {
        return STR("Runtime");
    }
    if (strcmp(given, "DbtDatabaseError") == 0) {
        return STR("Database");
    }
    switch (error_kind(err)) {
    case ERR_STORE:
    case ERR_LOCKED:
    case ERR_IO:
    case ERR_CANCELLED:
    case ERR_USAGE:
    case ERR_LIMIT:
    case ERR_CONFIG:
    case ERR_NOT_FOUND:
    case ERR_UNSUPPORTED:
        return STR("Runtime");
    case ERR_INPUT:
    case ERR_SCHEMA:
    case ERR_TEMPLATE:
    case ERR_AUTH:
    case ERR_RATE_LIMIT:
    case ERR_NETWORK:
    case ERR_SOURCE:
    case ERR_FAILED:
    case ERR_BUG:
        break;
    }
    return STR("Compilation");
}

static void add_indented(Str text, StrBuf *out)
{
    Str line;
    for (Str rest = text; str_next_piece(&rest, '\n', &line);) {
        strbuf_add_c(out, "\n  ");
        strbuf_add(out, line);
    }
}

/* Line `number` of a text, from 1; empty beyond its end. */
static Str line_of(Str text, int64_t number)
{
    Str line = {0};
    for (Str rest = text; number > 0; number--) {
        if (!str_next_line(&rest, &line)) {
            return (Str){0};
        }
    }
    return line;
}

/* "line 3" and the line itself, where the template cannot be read. `place` ends with ":3". */
static void add_syntax_line(const Context *ctx, Str place, StrBuf *out)
{
    size_t colon = str_find_last(place, STR(":"));
    int64_t number = 0;
    if (ctx->node == NULL || colon == SIZE_MAX ||
        !number_parse_int64(str_from_offset(place, colon + 1), &number)) {
        return;
    }
    Str line = line_of(ctx->node->raw_code, number);
    strbuf_printf(out, "\n    line %lld\n      " STR_FMT, (long long)number, STR_ARG(line));
}

/* What dbt adds to a use of something undefined. */
static const char undefined_advice[] =
    ". This can happen when calling a macro that does not exist. Check for typos and/or install "
    "package dependencies with \"dbt deps\".";

/* A name, or a macro of a package: "'dict object' has no attribute 'x'". */
static bool is_about_undefined(Str message)
{
    return str_ends_with(message, STR(" is undefined")) ||
           str_starts_with(message, STR("'dict object' has no attribute "));
}

static void add_trace(const Context *ctx, StrBuf *out)
{
    const char *relation = "> in";
    if (ctx->trace.len > 0) {
        strbuf_add_c(out, "\n  ");
    }
    for (VEC_EACH(const MacroRef, it, &ctx->trace)) {
        strbuf_printf(out, "\n  %s macro " STR_FMT " (" STR_FMT ")", relation, STR_ARG((*it)->name),
                      STR_ARG((*it)->path));
        relation = "> called by";
    }
    const Node *caller = ctx->unit != NULL && ctx->blamed != NULL ? ctx->blamed : ctx->node;
    if (ctx->trace.len > 0 && caller != NULL) {
        Str label = node_label(caller, ctx->arena);
        strbuf_printf(out, "\n  > called by " STR_FMT, STR_ARG(label));
    }
}

Str context_failure_text(const Context *ctx, Arena *arena, const Error *err)
{
    const Error *root = error_root(err);
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    Str type = failure_type(root);
    strbuf_printf(&text, STR_FMT " Error", STR_ARG(type));
    const Node *node = ctx->blamed != NULL ? ctx->blamed : ctx->node;
    bool names_none = strcmp(error_class(root), "ParsingError") == 0;
    if (node != NULL && (!names_none || node_is_unit_test(node))) {
        Str label = node_label(node, arena);
        strbuf_printf(&text, " in " STR_FMT, STR_ARG(label));
    }
    Str message = error_message(root);
    add_indented(message, &text);
    if (is_about_undefined(message)) {
        strbuf_add_c(&text, undefined_advice);
    }
    if (strcmp(error_class(root), "TemplateSyntaxError") == 0) {
        add_syntax_line(ctx, error_message(err), &text);
    }
    if (str_is(type, "Compilation")) {
        add_trace(ctx, &text); /* what the database refuses needs no way through the macros */
    }
    return strbuf_str(&text);
}
