#include "transform/context/adapter_methods.h"

/* Calls a built-in macro, as a project's own would be called: overriding works here, too. */
static Error *call_macro(JinjaState *s, const char *name, const JValue *args, size_t argc,
                         JValue *out)
{
    const Context *ctx = context_of(s);
    const Macro *macro = macro_find(ctx->session->macros, ctx->package, str_from(name));
    if (macro == NULL) {
        return error_new(ERR_BUG, "there is no macro '%s'", name);
    }
    return jinja_call(s, context_macro(jinja_heap(s), macro), args, argc, NULL, out);
}

/* ---- Relations ---- */

Error *adapter_get_relation(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    NodeRun *run = adapter_run(s);
    *out = JNONE;
    if (run == NULL) {
        return NULL;
    }
    Arena *scratch = jinja_scratch(s);
    RelationName wanted = relation_name(ctx->session->profile->database, (Str){0}, (Str){0});
    if (call->args[1].type != J_NONE) {
        TRY(convert_to_text(s, scratch, call->args[1], &wanted.database));
    }
    TRY(convert_to_text(s, scratch, call->args[2], &wanted.schema));
    TRY(convert_to_text(s, scratch, call->args[3], &wanted.identifier));
    RelationCache *cache = ctx->session->relations;
    TRY(relation_cache_fill(cache, run->connection, wanted.database, wanted.schema));
    RelationName found;
    if (relation_cache_find(cache, &wanted, scratch, &found)) {
        found.quoted = ctx->quoting;
        *out = relation_object(jinja_heap(s), &found);
    }
    return NULL;
}

/* list_relations(database, schema) as list_relations_without_caching(schema_relation). */
Error *adapter_list_relations(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    NodeRun *run = adapter_run(s);
    JList *list = jlist_new(jinja_heap(s), 0);
    *out = jlist_value(list);
    if (run == NULL) {
        return NULL;
    }
    Str database = ctx->session->profile->database, schema = {0};
    const RelationName *relation = relation_of(call->args[1]);
    if (relation != NULL) {
        schema = relation->schema;
    } else {
        TRY(convert_to_text(s, jinja_scratch(s), jarg_or(call, 2, JNONE), &schema));
    }
    TRY(relation_cache_fill(ctx->session->relations, run->connection, database, schema));
    RelationNameVec found = {0};
    relation_cache_list(ctx->session->relations, database, schema, jinja_scratch(s), &found);
    for (VEC_EACH(RelationName, it, &found)) {
        jlist_append(list, relation_object(jinja_heap(s), it));
    }
    return NULL;
}

Error *adapter_cache_added(JinjaState *s, const JCall *call, JValue *out)
{
    const RelationName *relation = NULL;
    if (adapter_run(s) != NULL && call->args[1].type != J_NONE) {
        TRY(relation_arg(call, 1, &relation));
        relation_cache_add(context_of(s)->session->relations, relation);
    }
    return adapter_empty_text(s, out);
}

Error *adapter_cache_dropped(JinjaState *s, const JCall *call, JValue *out)
{
    const RelationName *relation = NULL;
    if (adapter_run(s) != NULL && call->args[1].type != J_NONE) {
        TRY(relation_arg(call, 1, &relation));
        relation_cache_drop(context_of(s)->session->relations, relation);
    }
    return adapter_empty_text(s, out);
}

Error *adapter_cache_renamed(JinjaState *s, const JCall *call, JValue *out)
{
    const RelationName *from = NULL, *to = NULL;
    if (adapter_run(s) != NULL) {
        TRY(relation_arg(call, 1, &from));
        TRY(relation_arg(call, 2, &to));
        relation_cache_rename(context_of(s)->session->relations, from, to);
    }
    return adapter_empty_text(s, out);
}

Error *adapter_drop_relation(JinjaState *s, const JCall *call, JValue *out)
{
    if (adapter_run(s) == NULL) {
        *out = JNONE;
        return NULL;
    }
    TRY(adapter_cache_dropped(s, call, out));
    return call_macro(s, "drop_relation", call->args + 1, 1, out);
}

Error *adapter_rename_relation(JinjaState *s, const JCall *call, JValue *out)
{
    if (adapter_run(s) == NULL) {
        *out = JNONE;
        return NULL;
    }
    TRY(adapter_cache_renamed(s, call, out));
    return call_macro(s, "rename_relation", call->args + 1, 2, out);
}

Error *adapter_truncate_relation(JinjaState *s, const JCall *call, JValue *out)
{
    *out = JNONE;
    return adapter_run(s) != NULL ? call_macro(s, "truncate_relation", call->args + 1, 1, out)
                                  : NULL;
}

/* ---- Schemas ---- */

Error *adapter_create_schema(JinjaState *s, const JCall *call, JValue *out)
{
    *out = JNONE;
    if (adapter_run(s) == NULL) {
        return NULL;
    }
    TRY(call_macro(s, "create_schema", call->args + 1, 1, out));
    return node_run_commit(adapter_run(s));
}

Error *adapter_drop_schema(JinjaState *s, const JCall *call, JValue *out)
{
    const RelationName *relation = NULL;
    *out = JNONE;
    if (adapter_run(s) == NULL) {
        return NULL;
    }
    TRY(relation_arg(call, 1, &relation));
    TRY(call_macro(s, "drop_schema", call->args + 1, 1, out));
    relation_cache_drop_schema(context_of(s)->session->relations, relation->database,
                               relation->schema);
    return node_run_commit(adapter_run(s));
}

Error *adapter_check_schema_exists(JinjaState *s, const JCall *call, JValue *out)
{
    Str wanted;
    StrVec schemas = {0};
    *out = jbool(false);
    if (adapter_run(s) == NULL) {
        return NULL;
    }
    TRY(node_run_check_asking(adapter_run(s)));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &wanted));
    TRY(connection_list_schemas(adapter_run(s)->connection, jinja_scratch(s), &schemas));
    for (VEC_EACH(Str, it, &schemas)) {
        *out = jbool(out->b || str_eq_nocase(*it, wanted));
    }
    return NULL;
}
