#include "transform/context/adapter_methods.h"

#include "base/digest.h"
#include "base/limits.h"

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

/* What of a relation's place is asked for; parts that are not quoted in small letters. */
static Error *wanted_relation(JinjaState *s, const JValue parts[3], RelationName *out)
{
    static const unsigned flags[] = {PART_DATABASE, PART_SCHEMA, PART_IDENTIFIER};
    Arena *scratch = jinja_scratch(s);
    Str texts[3];
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        TRY(convert_to_text(s, scratch, parts[i], &texts[i]));
        if ((context_of(s)->quoting & flags[i]) == 0) {
            texts[i] = str_lower_ascii(scratch, texts[i]);
        }
    }
    *out = relation_name(texts[0], texts[1], texts[2]);
    return NULL;
}

/* The database takes names in any case; dbt refuses to guess which one is meant. */
static Error *check_match(Arena *arena, const RelationName *wanted, const RelationName *found)
{
    if (str_eq(wanted->schema, found->schema) && str_eq(wanted->identifier, found->identifier)) {
        return NULL;
    }
    RelationName there = *found;
    there.database = wanted->database;
    Str name = relation_text(&there, arena);
    return jraise("CompilationError",
                  "When searching for a relation, dbt found an approximate match. Instead of "
                  "guessing \nwhich relation to use, dbt will move on. Please delete " STR_FMT
                  ", or rename it to be less ambiguous.\nSearched for: " STR_FMT
                  "\nFound: " STR_FMT,
                  STR_ARG(name), STR_ARG(relation_text(wanted, arena)), STR_ARG(name));
}

/* The relation of a database, a schema and an identifier; none where there is none. */
static Error *find_relation(JinjaState *s, const JValue parts[3], JValue *out)
{
    const Context *ctx = context_of(s);
    NodeRun *run = adapter_run(s);
    *out = JNONE;
    if (run == NULL || parts[0].type == J_NONE) {
        return NULL;
    }
    Arena *scratch = jinja_scratch(s);
    RelationName wanted, found;
    TRY(wanted_relation(s, parts, &wanted));
    RelationCache *cache = ctx->session->relations;
    TRY(relation_cache_fill(cache, run->connection, wanted.database, wanted.schema));
    if (relation_cache_find(cache, &wanted, scratch, &found)) {
        TRY(check_match(scratch, &wanted, &found));
        found.quoted = ctx->quoting;
        *out = relation_object(jinja_heap(s), &found);
    }
    return NULL;
}

Error *adapter_get_relation(JinjaState *s, const JCall *call, JValue *out)
{
    return find_relation(s, call->args + 1, out);
}

Error *adapter_already_exists(JinjaState *s, const JCall *call, JValue *out)
{
    Str database = context_of(s)->session->profile->database;
    JValue parts[] = {jstr_value(jinja_heap(s), database), call->args[1], call->args[2]};
    JValue relation;
    adapter_report_deprecated(s, "already_exists", "get_relation");
    TRY(find_relation(s, parts, &relation));
    *out = jbool(relation.type != J_NONE);
    return NULL;
}

/* Where an incremental model may keep its new rows when there are no temporary tables: the same
 * place for the same model throughout an invocation, and another in the next one. */
Error *adapter_temp_relation_path(JinjaState *s, const JCall *call, JValue *out)
{
    enum { SUFFIX = 12 };
    const Context *ctx = context_of(s);
    const RelationName *relation = NULL;
    TRY(relation_arg(call, 1, &relation));
    Arena *scratch = jinja_scratch(s);
    Str pieces[] = {ctx->session->invocation_id, relation->identifier};
    Str digest = digest_sha256(scratch, str_join(scratch, pieces, ARRAY_LEN(pieces), STR("/")));
    StrBuf name = strbuf_init(scratch, LIMIT_CONFIG_BYTES);
    strbuf_printf(&name, STR_FMT "__" STR_FMT, STR_ARG(relation->identifier),
                  STR_ARG(str_slice(digest, 0, SUFFIX)));
    if (jtruth(jarg_or(call, 2, JNONE))) {
        Str batch;
        TRY(convert_to_text(s, scratch, call->args[2], &batch));
        strbuf_printf(&name, "__" STR_FMT, STR_ARG(batch));
    }
    const Value *config = ctx->node != NULL ? ctx->node->config : NULL;
    Str schema = value_text_or(value_find(value_find(config, STR("meta")), STR("temp_schema_name")),
                               STR("dbt_temp"));
    RelationName place = relation_name(relation->database, schema, strbuf_str(&name));
    *out = relation_path(jinja_heap(s), &place);
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
