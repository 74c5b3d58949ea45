#include "transform/context/context.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "transform/python/modules.h"
#include "value/json_reader.h"
#include "value/json_writer.h"
#include "value/yaml_reader.h"
#include "value/yaml_writer.h"

/* ---- Environment and variables ---- */

static Error *fn_env_var(JinjaState *s, const JCall *call, JValue *out)
{
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &name));
    if (str_starts_with(name, STR("DBT_ENV_SECRET")) && context_of(s)->phase != PHASE_YAML) {
        return jraise("ParsingError",
                      "Secret env vars are allowed only in profiles.yml and packages.yml. Found "
                      "'" STR_FMT "' referenced elsewhere.",
                      STR_ARG(name));
    }
    const Value *override = unit_scope_env_var(context_of(s)->unit, name);
    if (override != NULL) {
        *out = convert_to_jinja(jinja_heap(s), override);
        return NULL;
    }
    const char *value = getenv(str_to_c(jinja_scratch(s), name));
    if (value != NULL) {
        *out = jstr_value(jinja_heap(s), str_from(value));
        return NULL;
    }
    if (jarg_given(call, 1) && call->args[1].type != J_NONE) {
        *out = call->args[1];
        return NULL;
    }
    return jraise("ParsingError", "Env var required but not provided: '" STR_FMT "'",
                  STR_ARG(name));
}

static Error *missing_var(const Context *ctx, Str name)
{
    JsonStyle style = json_style_python;
    style.item_separator = ",";
    style.indent = 4;
    style.sort_keys = true;
    Value vars = session_vars(ctx->session, ctx->arena, ctx->package);
    Str json = json_text(ctx->arena, &vars, &style);
    const Node *node = ctx->node != NULL ? ctx->node : ctx->operation;
    Str owner = node != NULL ? node->name : STR("<Configuration>");
    return jraise("CompilationError",
                  "Required var '" STR_FMT "' not found in config:\nVars supplied to " STR_FMT
                  " = " STR_FMT,
                  STR_ARG(name), STR_ARG(owner), STR_ARG(json));
}

/* NULL when it is not set. */
static const Value *find_var(const Context *ctx, Str name)
{
    const Value *override = unit_scope_var(ctx->unit, name);
    return override != NULL ? override : session_var(ctx->session, ctx->package, name);
}

static Error *var_call(JinjaState *s, const JCall *call, JValue *out)
{
    Context *ctx = context_of(s);
    JValue fallback = call->argc > 1         ? call->args[1]
                      : call->kwargs != NULL ? jdict_get_text(call->kwargs, STR("default"))
                                             : JMISSING;
    if (call->argc < 1 || call->argc > 2) {
        return jraise("TypeError", "var() takes 1 or 2 arguments (%zu given)", call->argc);
    }
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &name));
    const Value *value = find_var(ctx, name);
    if (value_is(value, VALUE_STRING)) {
        return context_render_text(s, ctx, value->as.text, out); /* texts may be templates */
    }
    if (value != NULL) {
        *out = convert_to_jinja(jinja_heap(s), value);
    } else if (!jis_absent(fallback)) {
        *out = fallback;
    } else if (ctx->vars_optional) {
        *out = JNONE;
    } else {
        return missing_var(ctx, name);
    }
    return NULL;
}

static Error *var_has_var(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    Str name;
    TRY(object_text_arg(call, 1, &name));
    *out = jbool(find_var(ctx, name) != NULL);
    return NULL;
}

static const JBuiltin var_methods[] = {
    {"has_var", var_has_var, 2, 2, "self var_name", JB_CONTEXT, NULL},
    {0},
};

static const ObjectClass var_class = {.name = "Var", .methods = var_methods, .call = var_call};

/* ---- Control ---- */

static Error *fn_return(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    return jinja_unwind(s, jarg_or(call, 0, JNONE));
}

/* ---- Documents ---- */

static Error *fn_tojson(JinjaState *s, const JCall *call, JValue *out)
{
    Value value;
    TRY(convert_from_jinja(s, jinja_scratch(s), call->args[0], &value));
    if (convert_has_decimal(call->args[0])) {
        return jraise("TypeError", "Object of type Decimal is not JSON serializable");
    }
    JsonStyle style = json_style_python;
    style.sort_keys = jarg_bool(call, 2, false);
    *out = jstr_value(jinja_heap(s), json_text(jinja_scratch(s), &value, &style));
    return NULL;
}

static Error *fn_toyaml(JinjaState *s, const JCall *call, JValue *out)
{
    Value value;
    TRY(convert_from_jinja(s, jinja_scratch(s), call->args[0], &value));
    if (convert_has_decimal(call->args[0])) {
        *out = jarg_or(call, 1, JNONE);
        return NULL;
    }
    YamlStyle style = yaml_style_python;
    style.sort_keys = jarg_bool(call, 2, false);
    *out = jstr_value(jinja_heap(s), yaml_text(jinja_scratch(s), &value, &style));
    return NULL;
}

/* What cannot be read gives the default, none without one. */
static Error *read_document(JinjaState *s, const JCall *call,
                            Error *(*read)(Arena *, Str, const ReadOptions *, const Value **),
                            JValue *out)
{
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &text));
    const Value *value = NULL;
    ReadOptions options = {.no_positions = true};
    Error *err = read(jinja_scratch(s), text, &options, &value);
    if (err != NULL) {
        error_discard(err, "the default stands for what cannot be read");
        *out = jarg_or(call, 1, JNONE);
        return NULL;
    }
    *out = convert_to_jinja(jinja_heap(s), value);
    return NULL;
}

static Error *fn_fromjson(JinjaState *s, const JCall *call, JValue *out)
{
    return read_document(s, call, json_read, out);
}

static Error *fn_fromyaml(JinjaState *s, const JCall *call, JValue *out)
{
    return read_document(s, call, yaml_read, out);
}

/* ---- Collections ---- */

static Error *make_set(JinjaState *s, JValue items, JValue *out)
{
    JList *list = NULL;
    TRY(jcollect(s, items, &list));
    JSet *set = jset_new(jinja_heap(s));
    for (size_t i = 0; i < jlist_len(list); i++) {
        TRY(jset_add(set, jlist_at(list, i)));
    }
    *out = jset_value(set);
    return NULL;
}

static Error *fn_set_strict(JinjaState *s, const JCall *call, JValue *out)
{
    return make_set(s, call->args[0], out);
}

static Error *fn_set(JinjaState *s, const JCall *call, JValue *out)
{
    Error *err = make_set(s, call->args[0], out);
    if (err != NULL && error_kind(err) == ERR_TEMPLATE) {
        error_discard(err, "the default stands for what cannot be a set");
        *out = jarg_or(call, 1, JNONE);
        return NULL;
    }
    return err;
}

static Error *make_zip(JinjaState *s, const JCall *call, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    JList **lists = ARENA_ARRAY(jinja_scratch(s), JList *, call->argc);
    size_t shortest = call->argc > 0 ? SIZE_MAX : 0;
    for (size_t i = 0; i < call->argc; i++) {
        TRY(jcollect(s, call->args[i], &lists[i]));
        size_t len = jlist_len(lists[i]);
        shortest = len < shortest ? len : shortest;
    }
    JList *zipped = jlist_new(heap, shortest);
    for (size_t row = 0; row < shortest; row++) {
        JTuple *tuple = jtuple_new(heap, call->argc);
        for (size_t i = 0; i < call->argc; i++) {
            tuple->items[i] = jlist_at(lists[i], row);
        }
        jlist_append(zipped, jtuple_value(tuple));
    }
    *out = jlist_value(zipped);
    return NULL;
}

static Error *fn_zip(JinjaState *s, const JCall *call, JValue *out)
{
    Error *err = make_zip(s, call, out);
    if (err != NULL && error_kind(err) == ERR_TEMPLATE) {
        error_discard(err, "the default stands for what cannot be zipped");
        JValue given =
            call->kwargs != NULL ? jdict_get_text(call->kwargs, STR("default")) : JMISSING;
        *out = jis_absent(given) ? JNONE : given;
        return NULL;
    }
    return err;
}

/* Puts those of `items` into `out` that `other` does not hold. */
static Error *add_missing(JinjaState *s, JValue items, JValue other, JList *out)
{
    JList *list = NULL;
    TRY(jcollect(s, items, &list));
    for (size_t i = 0; i < jlist_len(list); i++) {
        bool there = false;
        if (!jis_absent(other)) {
            TRY(jcontains(s, other, jlist_at(list, i), &there));
        }
        if (!there) {
            jlist_append(out, jlist_at(list, i));
        }
    }
    return NULL;
}

static Error *fn_diff_of_two_dicts(JinjaState *s, const JCall *call, JValue *out)
{
    JDict *diff = jdict_new(jinja_heap(s));
    if (call->args[0].type != J_DICT || call->args[1].type != J_DICT) {
        return jraise("TypeError", "diff_of_two_dicts() takes two dicts of lists");
    }
    size_t position = 0;
    JValue key, items;
    while (jdict_next(call->args[0].dict, &position, &key, &items)) {
        JValue other = JMISSING;
        TRY(jdict_get(call->args[1].dict, key, &other));
        JList *missing = jlist_new(jinja_heap(s), 0);
        TRY(add_missing(s, items, other, missing));
        if (jlist_len(missing) > 0) {
            TRY(jdict_set(diff, key, jlist_value(missing)));
        }
    }
    *out = jdict_value(diff);
    return NULL;
}

static Error *fn_local_md5(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &text));
    *out = jstr_value(jinja_heap(s), digest_md5(jinja_scratch(s), text));
    return NULL;
}

/* ---- Output ---- */

static Error *fn_log(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &text));
    bool info = jarg_bool(call, 1, false);
    report_text(ctx->session, info ? LOG_INFO : LOG_DEBUG, info ? "JinjaLogInfo" : "JinjaLogDebug",
                text);
    *out = jstr_value(jinja_heap(s), STR(""));
    return NULL;
}

static Error *fn_print(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &text));
    if (flag_on(ctx->session->flags, DBT_PRINT)) {
        report_print(ctx->session, text);
    }
    *out = jstr_value(jinja_heap(s), STR(""));
    return NULL;
}

const JBuiltin context_base_functions[] = {
    {"env_var", fn_env_var, 1, 2, "var default", JB_CONTEXT, NULL},
    {"return", fn_return, 0, 1, "data", JB_CONTEXT, NULL},
    {"tojson", fn_tojson, 1, 3, "value default sort_keys", JB_CONTEXT, NULL},
    {"fromjson", fn_fromjson, 1, 2, "string default", JB_CONTEXT, NULL},
    {"toyaml", fn_toyaml, 1, 3, "value default sort_keys", JB_CONTEXT, NULL},
    {"fromyaml", fn_fromyaml, 1, 2, "value default", JB_CONTEXT, NULL},
    {"set", fn_set, 1, 2, "value default", JB_CONTEXT, NULL},
    {"set_strict", fn_set_strict, 1, 1, "value", JB_CONTEXT, NULL},
    {"zip", fn_zip, 0, JARGS_ANY, NULL, JB_CONTEXT | JB_KWARGS, NULL},
    {"zip_strict", make_zip, 0, JARGS_ANY, NULL, JB_CONTEXT, NULL},
    {"diff_of_two_dicts", fn_diff_of_two_dicts, 2, 2, "dict_a dict_b", JB_CONTEXT, NULL},
    {"local_md5", fn_local_md5, 1, 1, "value", JB_CONTEXT, NULL},
    {"log", fn_log, 1, 2, "msg info", JB_CONTEXT, NULL},
    {"print", fn_print, 1, 1, "msg", JB_CONTEXT, NULL},
    {0},
};

/* ---- Values ---- */

static Error *value_var(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &var_class);
    return NULL;
}

static Error *value_dbt_version(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = jstr_value(jinja_heap(s), STR(TRANSFORM_DBT_VERSION));
    return NULL;
}

static Error *value_invocation_id(JinjaState *s, Context *ctx, JValue *out)
{
    *out = jstr_value(jinja_heap(s), ctx->session->invocation_id);
    return NULL;
}

static Error *value_run_started_at(JinjaState *s, Context *ctx, JValue *out)
{
    *out = python_utc_object(jinja_heap(s), ctx->session->started_us);
    return NULL;
}

static Error *value_thread_id(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = jstr_value(jinja_heap(s), STR("MainThread"));
    return NULL;
}

static Error *value_target(JinjaState *s, Context *ctx, JValue *out)
{
    if (ctx->session->profile != NULL) {
        *out = convert_to_jinja(jinja_heap(s), ctx->session->profile->target_dict);
    }
    return NULL;
}

/* ---- flags ---- */

/* `flags.FULL_REFRESH`, also in small letters. */
static Error *flags_find(JinjaState *s, JStr *name, JValue *out)
{
    const Session *session = context_of(s)->session;
    Str key = str_lower_ascii(jinja_scratch(s), jstr_str(name));
    const Value *value = value_find(session->flag_values, key);
    if (value != NULL) {
        *out = convert_to_jinja(jinja_heap(s), value);
    }
    return NULL;
}

static const ObjectClass flags_class = {.name = "Flags", .find = flags_find};

static Error *value_flags(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &flags_class);
    return NULL;
}

/* ---- modules ---- */

static Error *modules_find(JinjaState *s, JStr *name, JValue *out)
{
    static const struct {
        const char *name;
        const ObjectClass *module;
    } known[] = {{"datetime", &python_datetime_module},
                 {"pytz", &python_pytz_module},
                 {"re", &python_re_module},
                 {"itertools", &python_itertools_module}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_is(jstr_str(name), known[i].name)) {
            *out = object_new(jinja_heap(s), known[i].module);
        }
    }
    return NULL;
}

static const ObjectClass modules_class = {.name = "modules", .find = modules_find};

static Error *value_modules(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &modules_class);
    return NULL;
}

/* ---- builtins and context ---- */

static Error *builtins_find(JinjaState *s, JStr *name, JValue *out)
{
    return context_find_builtin(s, context_of(s), jstr_str(name), out);
}

static Error *builtins_get(JinjaState *s, const JCall *call, JValue *out)
{
    Str name;
    TRY(object_text_arg(call, 1, &name));
    JValue found = JMISSING;
    TRY(context_find_builtin(s, context_of(s), name, &found));
    *out = jis_absent(found) ? jarg_or(call, 2, JNONE) : found;
    return NULL;
}

static const JBuiltin builtins_methods[] = {
    {"get", builtins_get, 2, 3, "self key default", JB_CONTEXT, NULL},
    {0},
};

static const ObjectClass builtins_class = {
    .name = "builtins", .methods = builtins_methods, .find = builtins_find};

static Error *value_builtins(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &builtins_class);
    return NULL;
}

/* All names as a mapping: context['name'], 'name' in context, context.get('name'). */
static Error *find_name(JinjaState *s, JValue key, JValue *out)
{
    *out = JMISSING;
    return jis_str(key) ? context_find(s, context_of(s), key.str, out) : NULL;
}

static Error *context_get(JinjaState *s, const JCall *call, JValue *out)
{
    JValue found = JMISSING;
    TRY(find_name(s, call->args[1], &found));
    *out = jis_absent(found) ? jarg_or(call, 2, JNONE) : found;
    return NULL;
}

static const JBuiltin context_methods[] = {
    {"get", context_get, 2, 3, "self key default", JB_CONTEXT, NULL},
    {0},
};

static Error *context_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    (void)self;
    return find_name(s, key, out);
}

static Error *context_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(context_methods, jstr_str(name));
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
        return NULL;
    }
    return find_name(s, (JValue){.type = J_STR, .str = name}, out);
}

static Error *context_contains(JinjaState *s, JHost *self, JValue item, bool *out)
{
    (void)self;
    JValue found = JMISSING;
    TRY(find_name(s, item, &found));
    *out = !jis_absent(found);
    return NULL;
}

static const JHostClass context_class = {
    .name = "dict",
    .get_attr = context_get_attr,
    .get_item = context_get_item,
    .contains = context_contains,
    .is_mapping = true,
};

static Error *value_context(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = jhost_new(jinja_heap(s), &context_class, NULL);
    return NULL;
}

const ContextValue context_base_values[] = {
    {"var", value_var},
    {"dbt_version", value_dbt_version},
    {"invocation_id", value_invocation_id},
    {"run_started_at", value_run_started_at},
    {"thread_id", value_thread_id},
    {"target", value_target},
    {"env", value_target},
    {"flags", value_flags},
    {"modules", value_modules},
    {"builtins", value_builtins},
    {"context", value_context},
    {0},
};
