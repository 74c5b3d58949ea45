#include "transform/context/context.h"

#include "base/clock.h"
#include "base/limits.h"
#include "transform/context/runtime_config.h"
#include "transform/graph/node_value.h"
#include "transform/graph/ref_list.h"
#include "transform/graph/resolve.h"
#include "transform/parse/yaml_render.h"
#include "transform/run/defer.h"
#include "transform/run/node_run.h"

/* ---- Relations of nodes ---- */

RelationName context_node_relation(const Session *session, const Node *node)
{
    RelationName relation = relation_name(node->database, node->schema, node->alias);
    if (node->type == RESOURCE_SOURCE) {
        relation.identifier = node->source->identifier;
        relation.external = node->source->external;
        relation.quoted = (node->source->quote_database ? (unsigned)PART_DATABASE : 0) |
                          (node->source->quote_schema ? (unsigned)PART_SCHEMA : 0) |
                          (node->source->quote_identifier ? (unsigned)PART_IDENTIFIER : 0);
        return relation;
    }
    const ProjectFileDef *root = session_project(session, session->manifest->root_package);
    relation.quoted = root != NULL ? root->quoting : PARTS_ALL;
    return relation;
}

/* At parse a reference stands for the node itself: nothing else is known yet. */
static JValue own_relation(JinjaState *s, const Context *ctx)
{
    if (ctx->node == NULL) {
        return JNONE;
    }
    RelationName relation = context_node_relation(ctx->session, ctx->node);
    return relation_object(jinja_heap(s), &relation);
}

/* ---- ref ---- */

static Error *read_ref(JinjaState *s, const JCall *call, RefCall *out)
{
    Arena *arena = context_of(s)->arena;
    JValue version = JMISSING;
    if (call->kwargs != NULL) {
        version = jdict_get_text(call->kwargs, STR("v"));
        if (jis_absent(version)) {
            version = jdict_get_text(call->kwargs, STR("version"));
        }
    }
    if (call->argc < 1 || call->argc > 2) {
        return jraise("CompilationError", "ref() takes at most two arguments (%zu given)",
                      call->argc);
    }
    for (size_t i = 0; i < call->argc; i++) {
        if (!jis_str(call->args[i])) {
            return jraise("CompilationError", "The name argument to ref() must be a string, got %s",
                          jtype_name(call->args[i]));
        }
    }
    *out = (RefCall){.name = str_dup(arena, jtext(call->args[call->argc - 1]))};
    if (call->argc == 2) {
        out->package = str_dup(arena, jtext(call->args[0]));
    }
    if (!jis_absent(version) && version.type != J_NONE) {
        return convert_to_text(s, arena, version, &out->version);
    }
    return NULL;
}

static bool depends_on(const Node *node, const Node *parent)
{
    for (VEC_EACH(const Str, it, &node->depends_on)) {
        if (str_eq(*it, parent->unique_id)) {
            return true;
        }
    }
    return false;
}

static Error *not_inferred(const Node *node, const RefCall *ref)
{
    return jraise("CompilationError",
                  "dbt was unable to infer all dependencies for the model \"" STR_FMT "\".\n"
                  "This typically happens when ref() is placed within a conditional block.\n\n"
                  "To fix this, add the following hint to the top of the model \"" STR_FMT "\":\n\n"
                  "-- depends_on: {{ ref('" STR_FMT "') }}",
                  STR_ARG(node->name), STR_ARG(node->name), STR_ARG(ref->name));
}

/* A common table expression, which the compiler adds. */
static RelationName cte_relation(Context *ctx, const Node *target, Str name)
{
    RelationName relation = relation_name((Str){0}, (Str){0}, name);
    relation.type = RELATION_TYPE_CTE;
    relation.quoted = 0;
    bool known = false;
    for (size_t i = 0; i < ctx->ctes->len; i++) {
        known = known || str_eq(ctx->ctes->data[i].id, target->unique_id);
    }
    if (!known) {
        VEC_PUSH(ctx->arena, ctx->ctes, (Cte){.id = target->unique_id, .name = name});
    }
    return relation;
}

static JValue ephemeral_relation(JinjaState *s, Context *ctx, const Node *target)
{
    Str name = cte_name(ctx->arena, target->alias.len > 0 ? target->alias : target->name);
    RelationName relation = cte_relation(ctx, target, name);
    context_narrow(ctx, target, &relation);
    return relation_object(jinja_heap(s), &relation);
}

/* In a unit test all that is read is given. False when `target` is not. */
static bool given_relation(JinjaState *s, Context *ctx, const Node *target, JValue *out)
{
    const UnitInput *input = target != NULL ? unit_scope_input(ctx->unit, target) : NULL;
    if (input != NULL) {
        RelationName relation = cte_relation(ctx, target, input->cte);
        *out = relation_object(jinja_heap(s), &relation);
    }
    return input != NULL;
}

static Error *resolve_at_run(JinjaState *s, Context *ctx, const RefCall *ref, JValue *out)
{
    Node *target = NULL;
    bool disabled = false;
    const Manifest *manifest = ctx->session->manifest;
    TRY(resolve_ref(manifest, ctx->package, ref, &target, &disabled));
    if (ctx->unit != NULL && given_relation(s, ctx, target, out)) {
        return NULL;
    }
    if (target == NULL || ctx->unit != NULL) {
        const Node *node = ctx->node != NULL ? ctx->node : ctx->operation;
        if (node == NULL) {
            return jraise("CompilationError", "'" STR_FMT "' was not found", STR_ARG(ref->name));
        }
        Str text = resolve_missing_ref_text(ctx->arena, node, ref, disabled);
        return jraise("CompilationError", STR_FMT, STR_ARG(text));
    }
    if (ctx->node != NULL && ctx->node->type != RESOURCE_INLINE && !depends_on(ctx->node, target)) {
        return not_inferred(ctx->node, ref);
    }
    if (node_is_ephemeral(target) && ctx->ctes != NULL) {
        *out = ephemeral_relation(s, ctx, target);
        return NULL;
    }
    RelationName relation = context_node_relation(ctx->session, target);
    TRY(defer_resolve(ctx->session, ctx->run != NULL ? ctx->run->connection : NULL, target,
                      &relation));
    context_narrow(ctx, target, &relation);
    *out = relation_object(jinja_heap(s), &relation);
    return NULL;
}

static Error *fn_ref(JinjaState *s, const JCall *call, JValue *out)
{
    Context *ctx = context_of(s);
    RefCall ref;
    TRY(read_ref(s, call, &ref));
    if (ctx->phase == PHASE_RUN) {
        return resolve_at_run(s, ctx, &ref, out);
    }
    (void)ref_list_add(ctx->arena, &ctx->capture->refs, &ctx->capture->known_refs, &ref);
    *out = own_relation(s, ctx);
    return NULL;
}

/* ---- metric ---- */

/* Renders as the metric's name: what it stands for is the business of whoever answers queries. */
static Error *fn_metric(JinjaState *s, const JCall *call, JValue *out)
{
    Context *ctx = context_of(s);
    if (call->argc < 1 || call->argc > 2) {
        return jraise("CompilationError", "metric() takes at %s (%zu given)",
                      call->argc < 1 ? "least one argument" : "most two arguments", call->argc);
    }
    NamedCall metric = {0};
    if (call->argc == 2) {
        TRY(convert_to_text(s, ctx->arena, call->args[0], &metric.package));
    }
    TRY(convert_to_text(s, ctx->arena, call->args[call->argc - 1], &metric.name));
    if (ctx->phase != PHASE_RUN) {
        VEC_PUSH(ctx->arena, &ctx->capture->metrics, metric);
    }
    *out = jstr_value(jinja_heap(s), metric.name);
    return NULL;
}

/* ---- source ---- */

static Error *fn_source(JinjaState *s, const JCall *call, JValue *out)
{
    Context *ctx = context_of(s);
    if (call->argc != 2) {
        return jraise("CompilationError", "source() takes exactly two arguments (%zu given)",
                      call->argc);
    }
    SourceCall source;
    TRY(convert_to_text(s, ctx->arena, call->args[0], &source.source));
    TRY(convert_to_text(s, ctx->arena, call->args[1], &source.table));
    if (ctx->phase != PHASE_RUN) {
        VEC_PUSH(ctx->arena, &ctx->capture->sources, source);
        *out = own_relation(s, ctx);
        return NULL;
    }
    Node *target = NULL;
    bool disabled = false;
    resolve_source(ctx->session->manifest, ctx->package, &source, &target, &disabled);
    if (ctx->unit != NULL) {
        Str text = resolve_missing_source_text(ctx->arena, ctx->node, &source, disabled);
        return given_relation(s, ctx, target, out)
                   ? NULL
                   : jraise("CompilationError", STR_FMT, STR_ARG(text));
    }
    if (target == NULL) {
        return jraise("CompilationError", "source('" STR_FMT "', '" STR_FMT "') %s",
                      STR_ARG(source.source), STR_ARG(source.table),
                      disabled ? "is disabled" : "was not found");
    }
    RelationName relation = context_node_relation(ctx->session, target);
    context_narrow(ctx, target, &relation);
    *out = relation_object(jinja_heap(s), &relation);
    return NULL;
}

/* ---- config ---- */

static Error *config_call(JinjaState *s, const JCall *call, JValue *out)
{
    Context *ctx = context_of(s);
    *out = jstr_value(jinja_heap(s), STR(""));
    if (ctx->capture == NULL) {
        return NULL;
    }
    if (call->argc > 1 || (call->argc == 1 && call->args[0].type != J_DICT)) {
        return jraise("CompilationError", "Invalid inline model config");
    }
    JDict *given = call->argc == 1 ? call->args[0].dict : call->kwargs;
    if (given == NULL || (call->argc == 0 && jdict_len(given) == 0)) {
        return jraise("CompilationError", "Invalid inline model config");
    }
    Value level;
    const Value *normalized = NULL;
    TRY(convert_from_jinja(s, ctx->arena, jdict_value(given), &level));
    TRY(config_normalize(ctx->arena, &level, &normalized));
    ctx->capture->config = config_merge(ctx->arena, ctx->capture->config, normalized);
    return NULL;
}

/* config.set(name, value) is config(name=value). */
static Error *config_set(JinjaState *s, const JCall *call, JValue *out)
{
    JDict *given = jdict_new(jinja_heap(s));
    TRY(jdict_set(given, call->args[1], call->args[2]));
    JValue argument = jdict_value(given);
    return config_call(s, &(JCall){.args = &argument, .argc = 1}, out);
}

static Error *config_get(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    *out = jstr_value(jinja_heap(s), STR(""));
    if (ctx->phase != PHASE_RUN) {
        return NULL;
    }
    Str name;
    TRY(object_text_arg(call, 1, &name));
    const Value *config = ctx->node != NULL ? ctx->node->config : NULL;
    const Value *found = value_find(config, name);
    *out = found != NULL ? convert_to_jinja(jinja_heap(s), found) : jarg_or(call, 2, JNONE);
    const Value *meta = value_find(config, STR("meta"));
    if (found == NULL && value_find(meta, name) != NULL) {
        Str text =
            str_printf(jinja_scratch(s),
                       "The key '" STR_FMT "' was not found using config.get('" STR_FMT
                       "'), but was detected as a custom config under 'meta'. Please use "
                       "config.meta_get('" STR_FMT "') or config.meta_require('" STR_FMT
                       "') instead of config.get('" STR_FMT
                       "') to access the custom config value if intended.",
                       STR_ARG(name), STR_ARG(name), STR_ARG(name), STR_ARG(name), STR_ARG(name));
        report_text(ctx->session, LOG_WARNING, "JinjaLogWarning", text);
    }
    return NULL;
}

static Error *require_key(const Context *ctx, const Value *map, Str name, const Value **out)
{
    *out = value_find(map, name);
    if (*out == NULL) {
        Str owner = ctx->node != NULL ? ctx->node->name : STR("");
        return jraise("CompilationError",
                      "Model '" STR_FMT "' does not define a required config parameter '" STR_FMT
                      "'.",
                      STR_ARG(owner), STR_ARG(name));
    }
    return NULL;
}

static Error *config_require(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    *out = jstr_value(jinja_heap(s), STR(""));
    if (ctx->phase != PHASE_RUN) {
        return NULL;
    }
    Str name;
    const Value *found = NULL;
    TRY(object_text_arg(call, 1, &name));
    TRY(require_key(ctx, ctx->node != NULL ? ctx->node->config : NULL, name, &found));
    *out = convert_to_jinja(jinja_heap(s), found);
    return NULL;
}

static const Value *meta_of(const Context *ctx)
{
    return ctx->node != NULL ? value_find(ctx->node->config, STR("meta")) : NULL;
}

static Error *config_meta_get(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    *out = jstr_value(jinja_heap(s), STR(""));
    if (ctx->phase == PHASE_RUN) {
        Str name;
        TRY(object_text_arg(call, 1, &name));
        const Value *found = value_find(meta_of(ctx), name);
        *out = found != NULL ? convert_to_jinja(jinja_heap(s), found) : jarg_or(call, 2, JNONE);
    }
    return NULL;
}

static Error *config_meta_require(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    *out = jstr_value(jinja_heap(s), STR(""));
    if (ctx->phase == PHASE_RUN) {
        Str name;
        const Value *found = NULL;
        TRY(object_text_arg(call, 1, &name));
        TRY(require_key(ctx, meta_of(ctx), name, &found));
        *out = convert_to_jinja(jinja_heap(s), found);
    }
    return NULL;
}

static Error *persist_docs(JinjaState *s, const char *part, JValue *out)
{
    const Context *ctx = context_of(s);
    const Value *config = ctx->node != NULL ? ctx->node->config : NULL;
    const Value *wanted = value_find(value_find(config, STR("persist_docs")), str_from(part));
    *out = jbool(ctx->phase == PHASE_RUN && value_is(wanted, VALUE_BOOL) && wanted->as.boolean);
    return NULL;
}

static Error *config_persist_relation_docs(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    return persist_docs(s, "relation", out);
}

static Error *config_persist_column_docs(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    return persist_docs(s, "columns", out);
}

static const JBuiltin config_methods[] = {
    {"get", config_get, 2, 4, "self name default validator", JB_CONTEXT, NULL},
    {"set", config_set, 3, 3, "self name value", JB_CONTEXT, NULL},
    {"require", config_require, 2, 3, "self name validator", JB_CONTEXT, NULL},
    {"meta_get", config_meta_get, 2, 4, "self name default validator", JB_CONTEXT, NULL},
    {"meta_require", config_meta_require, 2, 3, "self name validator", JB_CONTEXT, NULL},
    {"persist_relation_docs", config_persist_relation_docs, 1, 1, NULL, JB_CONTEXT, NULL},
    {"persist_column_docs", config_persist_column_docs, 1, 1, NULL, JB_CONTEXT, NULL},
    {0},
};

static const ObjectClass config_class = {
    .name = "config", .methods = config_methods, .call = config_call};

/* ---- Values ---- */

static Error *value_config(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &config_class);
    return NULL;
}

static Error *value_execute(JinjaState *s, Context *ctx, JValue *out)
{
    (void)s;
    *out = jbool(ctx->phase == PHASE_RUN);
    return NULL;
}

static Error *value_this(JinjaState *s, Context *ctx, JValue *out)
{
    if (ctx->node == NULL) {
        *out = JMISSING; /* a macro that runs by itself */
        return NULL;
    }
    if (ctx->unit != NULL) {
        const UnitInput *input = unit_scope_this(ctx->unit);
        *out = JNONE;
        if (input != NULL && ctx->ctes != NULL) {
            (void)given_relation(s, ctx, input->replaced, out);
        }
        return NULL;
    }
    *out = ctx->node->type == RESOURCE_OPERATION ? JNONE : own_relation(s, ctx);
    return NULL;
}

static Error *value_model(JinjaState *s, Context *ctx, JValue *out)
{
    if (ctx->node != NULL) {
        Value value = node_model_value(ctx->arena, ctx->node);
        *out = convert_to_jinja(jinja_heap(s), &value);
        if (ctx->batch != NULL) {
            jdict_set_text(jinja_heap(s), out->dict, STR("batch"),
                           context_batch_value(jinja_heap(s), ctx->arena, ctx->batch));
        }
        if (ctx->vars != NULL && out->type == J_DICT) {
            JValue compiled = jdict_get_text(ctx->vars, STR("compiled_code"));
            if (!jis_absent(compiled)) {
                jdict_set_text(jinja_heap(s), out->dict, STR("compiled_code"), compiled);
                jdict_set_text(jinja_heap(s), out->dict, STR("compiled_sql"), compiled);
            }
            jdict_set_text(jinja_heap(s), ctx->vars, STR("model"), *out);
        }
    }
    return NULL;
}

static Error *value_graph(JinjaState *s, Context *ctx, JValue *out)
{
    *out = ctx->phase == PHASE_RUN ? session_graph(ctx->session)
                                   : jdict_value(jdict_new(jinja_heap(s)));
    return NULL;
}

static Error *value_database(JinjaState *s, Context *ctx, JValue *out)
{
    Str name = ctx->node != NULL && ctx->node->database.len > 0 ? ctx->node->database
                                                                : ctx->session->profile->database;
    *out = jstr_value(jinja_heap(s), name);
    return NULL;
}

static Error *value_schema(JinjaState *s, Context *ctx, JValue *out)
{
    Str name = ctx->node != NULL && ctx->node->schema.len > 0 ? ctx->node->schema
                                                              : ctx->session->profile->schema;
    *out = jstr_value(jinja_heap(s), name);
    return NULL;
}

static Error *value_project_name(JinjaState *s, Context *ctx, JValue *out)
{
    *out = jstr_value(jinja_heap(s), ctx->session->manifest->root_package);
    return NULL;
}

static Error *hooks(JinjaState *s, const Context *ctx, const char *key, JValue *out)
{
    const Value *list = ctx->node != NULL ? value_find(ctx->node->config, str_from(key)) : NULL;
    *out = list != NULL ? convert_to_jinja(jinja_heap(s), list)
                        : jlist_value(jlist_new(jinja_heap(s), 0));
    return NULL;
}

static Error *value_pre_hooks(JinjaState *s, Context *ctx, JValue *out)
{
    bool later = ctx->batch != NULL && !ctx->batch->first;
    return hooks(s, ctx, later ? "" : "pre-hook", out);
}

static Error *value_post_hooks(JinjaState *s, Context *ctx, JValue *out)
{
    bool earlier = ctx->batch != NULL && !ctx->batch->last;
    return hooks(s, ctx, earlier ? "" : "post-hook", out);
}

static Error *value_none(JinjaState *s, Context *ctx, JValue *out)
{
    (void)s;
    (void)ctx;
    *out = JNONE;
    return NULL;
}

static Error *value_selected(JinjaState *s, Context *ctx, JValue *out)
{
    JList *list = jlist_new(jinja_heap(s), ctx->session->selected.len);
    for (VEC_EACH(Str, id, &ctx->session->selected)) {
        jlist_append(list, jstr_value(jinja_heap(s), *id));
    }
    *out = jlist_value(list);
    return NULL;
}

static Error *value_macro_stack(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = jlist_value(jlist_new(jinja_heap(s), 0));
    return NULL;
}

static Error *value_adapter(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &adapter_class);
    return NULL;
}

static Error *value_exceptions(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &exceptions_class);
    return NULL;
}

static Error *api_find(JinjaState *s, JStr *name, JValue *out)
{
    if (str_is(jstr_str(name), "Relation")) {
        *out = object_new(jinja_heap(s), &relation_class_object);
    } else if (str_is(jstr_str(name), "Column")) {
        *out = object_new(jinja_heap(s), &column_class_object);
    }
    return NULL;
}

static const ObjectClass api_class = {.name = "api", .find = api_find};

static Error *value_api(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &api_class);
    return NULL;
}

/* ---- render ---- */

static Error *fn_render(JinjaState *s, const JCall *call, JValue *out)
{
    Context *ctx = context_of(s);
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &text));
    return context_render_text(s, ctx, text, out);
}

/* ---- ref and source: functions with an attribute ---- */

static const ObjectClass ref_class = {
    .name = "RefResolver", .find = runtime_config_find, .call = fn_ref};
static const ObjectClass source_class = {
    .name = "SourceResolver", .find = runtime_config_find, .call = fn_source};

static Error *value_ref(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &ref_class);
    return NULL;
}

static Error *value_source(JinjaState *s, Context *ctx, JValue *out)
{
    (void)ctx;
    *out = object_new(jinja_heap(s), &source_class);
    return NULL;
}

const JBuiltin context_node_functions[] = {
    {"metric", fn_metric, 0, JARGS_ANY, NULL, JB_CONTEXT, NULL},
    {"function", context_function, 0, JARGS_ANY, NULL, JB_CONTEXT, NULL},
    {"render", fn_render, 1, 1, "string", JB_CONTEXT, NULL},
    {"adapter_macro", context_adapter_macro, 1, JARGS_ANY, NULL, JB_CONTEXT | JB_KWARGS, NULL},
    {0},
};

const ContextValue context_node_values[] = {
    {"ref", value_ref},
    {"source", value_source},
    {"config", value_config},
    {"execute", value_execute},
    {"this", value_this},
    {"model", value_model},
    {"graph", value_graph},
    {"database", value_database},
    {"schema", value_schema},
    {"project_name", value_project_name},
    {"pre_hooks", value_pre_hooks},
    {"post_hooks", value_post_hooks},
    {"sql", value_none},
    {"compiled_code", value_none},
    {"defer_relation", value_none},
    {"selected_resources", value_selected},
    {"context_macro_stack", value_macro_stack},
    {"adapter", value_adapter},
    {"exceptions", value_exceptions},
    {"api", value_api},
    {0},
};
