#include "transform/context/adapter_methods.h"
#include "transform/context/behavior.h"
#include "transform/context/runtime_config.h"
#include "transform/seed/table.h"

/* `adapter`: what macros ask of the warehouse. While parsing, and wherever there is no connection,
 * the methods that would need one give something harmless: none, an empty list, false. args[0] is
 * the adapter. */

NodeRun *adapter_run(JinjaState *s)
{
    const Context *ctx = context_of(s);
    return ctx->phase == PHASE_RUN ? ctx->run : NULL;
}

Error *adapter_empty_text(JinjaState *s, JValue *out)
{
    *out = jstr_value(jinja_heap(s), STR(""));
    return NULL;
}

/* ---- Known without a database ---- */

static Error *adapter_dispatch(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    Str name, wanted = {0};
    TRY(object_text_arg(call, 1, &name));
    if (jarg_given(call, 2) && call->args[2].type != J_NONE) {
        TRY(object_text_arg(call, 2, &wanted));
    }
    const Macro *macro = NULL;
    Error *err = macro_dispatch(ctx->session->macros, ctx->package, name, wanted, &macro);
    if (err != NULL) {
        return error_as(err, "CompilationError");
    }
    *out = context_macro(jinja_heap(s), macro);
    return NULL;
}

static Error *adapter_type(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    *out = jstr_value(jinja_heap(s), STR("duckdb"));
    return NULL;
}

static Error *adapter_quote(JinjaState *s, const JCall *call, JValue *out)
{
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &name));
    *out = jstr_value(jinja_heap(s), relation_quoted(jinja_scratch(s), name));
    return NULL;
}

static Error *adapter_quote_as_configured(JinjaState *s, const JCall *call, JValue *out)
{
    Str key;
    TRY(object_text_arg(call, 2, &key));
    RelationPart part = str_is(key, "database") ? PART_DATABASE
                        : str_is(key, "schema") ? PART_SCHEMA
                                                : PART_IDENTIFIER;
    if ((context_of(s)->quoting & part) == 0) {
        *out = call->args[1];
        return NULL;
    }
    return adapter_quote(s, call, out);
}

static Error *adapter_quote_seed_column(JinjaState *s, const JCall *call, JValue *out)
{
    if (call->args[2].type == J_BOOL && !call->args[2].b) {
        *out = call->args[1];
        return NULL;
    }
    return adapter_quote(s, call, out);
}

static Error *answer_false(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = jbool(false);
    return NULL;
}

static Error *answer_none(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = JNONE;
    return NULL;
}

static Error *adapter_strategies(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    static const char *const names[] = {"append", "delete+insert", "merge", "microbatch"};
    JList *list = jlist_new(jinja_heap(s), ARRAY_LEN(names));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        jlist_append(list, jstr_value(jinja_heap(s), str_from(names[i])));
    }
    *out = jlist_value(list);
    return NULL;
}

/* ---- Strategies of incremental models ---- */

static bool is_one_of(Str name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (str_is(name, *names)) {
            return true;
        }
    }
    return false;
}

/* get_incremental_<strategy>_sql, which a project may have written itself. */
static Error *adapter_strategy_macro(JinjaState *s, const JCall *call, JValue *out)
{
    static const char *const unsupported[] = {"insert_overwrite", NULL};
    const Context *ctx = context_of(s);
    Str strategy;
    TRY(object_text_arg(call, 2, &strategy));
    if (is_one_of(strategy, unsupported)) {
        return jraise("DbtRuntimeError",
                      "The incremental strategy '" STR_FMT "' is not valid for this adapter",
                      STR_ARG(strategy));
    }
    Str word = str_replace(jinja_scratch(s), strategy, STR("+"), STR("_"));
    Str name = str_printf(jinja_scratch(s), "get_incremental_" STR_FMT "_sql", STR_ARG(word));
    const Macro *macro = macro_find(ctx->session->macros, ctx->package, name);
    if (macro == NULL) {
        return jraise("DbtRuntimeError",
                      "dbt could not find an incremental strategy macro with the name \"" STR_FMT
                      "\" in " STR_FMT,
                      STR_ARG(name), STR_ARG(ctx->session->manifest->root_package));
    }
    *out = context_macro(jinja_heap(s), macro);
    return NULL;
}

/* ---- Seeds ---- */

static Error *adapter_convert_type(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t index = 0;
    TRY(jarg_int(call, 2, 0, &index));
    return table_column_type(s, call->args[1], index, out);
}

static Error *adapter_seed_file_path(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    const Context *ctx = context_of(s);
    bool seed = ctx->node != NULL && ctx->node->type == RESOURCE_SEED;
    *out =
        seed ? jstr_value(jinja_heap(s), seed_file_path(ctx->session, jinja_scratch(s), ctx->node))
             : JNONE;
    return NULL;
}

static Error *adapter_binding_char(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    *out = jstr_value(jinja_heap(s), STR("?"));
    return NULL;
}

/* Times in tables are texts already. */
static Error *adapter_same_table(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = call->args[1];
    return NULL;
}

/* ---- Statements ---- */

static JValue response_ok(JHeap *heap)
{
    return jstr_value(heap, STR("OK"));
}

static Error *adapter_execute(JinjaState *s, const JCall *call, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    JValue table = JNONE;
    if (adapter_run(s) == NULL) {
        table = table_object(heap, jtuple_new(heap, 0), jlist_new(heap, 0), NULL);
    } else {
        Str sql;
        TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &sql));
        TRY(node_run_execute(s, adapter_run(s), sql, jarg_bool(call, 2, false),
                             jarg_bool(call, 3, false), &table));
    }
    *out = jtuple_pair(heap, response_ok(heap), table);
    return NULL;
}

static Error *adapter_add_query(JinjaState *s, const JCall *call, JValue *out)
{
    JValue bindings = jarg_or(call, 3, JNONE);
    if (adapter_run(s) != NULL) {
        Str sql;
        JList *values = jlist_new(jinja_heap(s), 0);
        TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &sql));
        if (bindings.type != J_NONE) {
            TRY(jcollect(s, bindings, &values));
        }
        TRY(node_run_execute_bound(s, adapter_run(s), sql, jarg_bool(call, 2, true), values));
    }
    JValue none = JNONE;
    *out = jtuple_pair(jinja_heap(s), none, none);
    return NULL;
}

static Error *adapter_commit(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    if (adapter_run(s) != NULL) {
        TRY(node_run_commit(adapter_run(s)));
    }
    return adapter_empty_text(s, out);
}

static Error *adapter_warn_once(JinjaState *s, const JCall *call, JValue *out)
{
    Str message;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &message));
    if (adapter_run(s) != NULL) {
        Str text = str_printf(jinja_scratch(s), "DuckDB adapter: " STR_FMT, STR_ARG(message));
        report_warning_once(context_of(s)->session, "AdapterEventWarning", text);
    }
    return adapter_empty_text(s, out);
}

static Error *adapter_disable_transactions(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    *out = jbool(context_of(s)->session->profile->without_transactions);
    return NULL;
}

static Error *adapter_external_root(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    const Value *root =
        value_find(context_of(s)->session->profile->target_dict, STR("external_root"));
    *out = jstr_value(jinja_heap(s), value_text_or(root, STR(".")));
    return NULL;
}

/* ---- Less often asked for ---- */

void adapter_report_deprecated(JinjaState *s, const char *name, const char *instead)
{
    if (adapter_run(s) == NULL) {
        return;
    }
    Str text = str_printf(jinja_scratch(s),
                          "Deprecated functionality\n\nThe adapter function `adapter.%s` is "
                          "deprecated and will be removed in a future release of dbt. Please use "
                          "`adapter.%s` instead. \n\nDocumentation for %s can be found here:\n\n"
                          "https://docs.getdbt.com/docs/adapter",
                          name, instead, instead);
    report_folded_warning(context_of(s)->session, "AdapterDeprecationWarning", text);
}

static Error *adapter_escape_text(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &text));
    *out = jstr_value(jinja_heap(s), str_replace(jinja_scratch(s), text, STR("'"), STR("''")));
    return NULL;
}

static Error *adapter_ensure_transaction(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    *out = JNONE;
    return adapter_run(s) != NULL ? node_run_begin(adapter_run(s)) : NULL;
}

static Error *adapter_partitions(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    if (adapter_run(s) != NULL) {
        return jraise("DbtRuntimeError",
                      "ERROR: `get_partitions_metadata` is not implemented for this adapter!");
    }
    JHeap *heap = jinja_heap(s);
    *out = jtuple_pair(heap, jstr_value(heap, STR("")),
                       table_object(heap, jtuple_new(heap, 0), jlist_new(heap, 0), NULL));
    return NULL;
}

/* A column of a row; KeyError where there is none. */
static Error *row_item(JinjaState *s, JValue row, const char *name, JValue *out)
{
    TRY(jget_item_only(s, row, jstr_value(jinja_heap(s), str_from(name)), out));
    return jis_absent(*out) ? jraise("KeyError", "'%s'", name) : NULL;
}

/* Rows of a grantee and a privilege as `grants` has them: privilege -> [grantees]. */
static Error *adapter_grants_dict(JinjaState *s, const JCall *call, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    JDict *grants = jdict_new(heap);
    *out = jdict_value(grants);
    JList *rows = NULL;
    TRY(jcollect(s, call->args[1], &rows));
    for (size_t i = 0; i < jlist_len(rows); i++) {
        JValue grantee, privilege;
        TRY(row_item(s, jlist_at(rows, i), "grantee", &grantee));
        TRY(row_item(s, jlist_at(rows, i), "privilege_type", &privilege));
        JValue list;
        TRY(jdict_get(grants, privilege, &list));
        if (jis_absent(list)) {
            list = jlist_value(jlist_new(heap, 1));
            TRY(jdict_set(grants, privilege, list));
        }
        jlist_append(list.list, grantee);
    }
    return NULL;
}

/* The time a batch begins at, as a part of a name; empty for a model that is not run in batches. */
static Error *adapter_batch_id(JinjaState *s, const JCall *call, JValue *out)
{
    static const char *const left_out[] = {"-", ":", "+"};
    JHeap *heap = jinja_heap(s);
    JValue batch, start = JNONE;
    TRY(jget_item_only(s, call->args[1], jstr_value(heap, STR("batch")), &batch));
    if (!jis_absent(batch) && jtruth(batch)) {
        TRY(jget_item_only(s, batch, jstr_value(heap, STR("event_time_start")), &start));
    }
    Str text = STR("");
    if (!jis_absent(start) && jtruth(start)) {
        TRY(convert_to_text(s, jinja_scratch(s), start, &text));
    }
    for (size_t i = 0; i < ARRAY_LEN(left_out); i++) {
        text = str_replace(jinja_scratch(s), text, str_from(left_out[i]), STR(""));
    }
    *out = jstr_value(heap, str_replace(jinja_scratch(s), text, STR(" "), STR("_")));
    return NULL;
}

static const JBuiltin adapter_methods[] = {
    {"dispatch", adapter_dispatch, 2, 3, "self macro_name macro_namespace", JB_CONTEXT, NULL},
    {"type", adapter_type, 1, 1, NULL, 0, NULL},
    {"quote", adapter_quote, 2, 2, "self identifier", 0, NULL},
    {"quote_as_configured", adapter_quote_as_configured, 3, 3, "self identifier quote_key",
     JB_CONTEXT, NULL},
    {"quote_seed_column", adapter_quote_seed_column, 3, 3, "self column quote_config", JB_CONTEXT,
     NULL},
    {"get_incremental_strategy_macro", adapter_strategy_macro, 3, 3, "self model_context strategy",
     JB_CONTEXT, NULL},
    {"convert_type", adapter_convert_type, 3, 3, "self agate_table col_idx", JB_CONTEXT, NULL},
    {"get_seed_file_path", adapter_seed_file_path, 2, 2, "self model", JB_CONTEXT, NULL},
    {"get_binding_char", adapter_binding_char, 1, 1, NULL, JB_CONTEXT, NULL},
    {"convert_datetimes_to_strs", adapter_same_table, 2, 2, "self table", JB_CONTEXT, NULL},
    {"get_relation", adapter_get_relation, 4, 4, "self database schema identifier", JB_CONTEXT,
     NULL},
    {"list_relations", adapter_list_relations, 3, 3, "self database schema", JB_CONTEXT, NULL},
    {"list_relations_without_caching", adapter_list_relations, 2, 2, "self schema_relation",
     JB_CONTEXT, NULL},
    {"cache_added", adapter_cache_added, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"cache_dropped", adapter_cache_dropped, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"cache_renamed", adapter_cache_renamed, 3, 3, "self from_relation to_relation", JB_CONTEXT,
     NULL},
    {"drop_relation", adapter_drop_relation, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"rename_relation", adapter_rename_relation, 3, 3, "self from_relation to_relation", JB_CONTEXT,
     NULL},
    {"truncate_relation", adapter_truncate_relation, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"create_schema", adapter_create_schema, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"drop_schema", adapter_drop_schema, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"check_schema_exists", adapter_check_schema_exists, 3, 3, "self database schema", JB_CONTEXT,
     NULL},
    {"get_columns_in_relation", adapter_columns, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"get_missing_columns", adapter_missing_columns, 3, 3, "self from_relation to_relation",
     JB_CONTEXT, NULL},
    {"get_column_schema_from_query", adapter_describe_query, 2, 2, "self sql", JB_CONTEXT, NULL},
    {"expand_target_column_types", answer_none, 3, 3, "self from_relation to_relation", JB_CONTEXT,
     NULL},
    {"get_hard_deletes_behavior", adapter_hard_deletes, 2, 2, "self config", JB_CONTEXT, NULL},
    {"assert_valid_snapshot_target_given_strategy", adapter_assert_snapshot_target, 4, 4,
     "self relation column_names strategy", JB_CONTEXT, NULL},
    {"valid_snapshot_target", adapter_valid_snapshot_target, 2, 3, "self relation column_names",
     JB_CONTEXT, NULL},
    {"execute", adapter_execute, 2, 5, "self sql auto_begin fetch limit", JB_CONTEXT, NULL},
    {"add_query", adapter_add_query, 2, 5, "self sql auto_begin bindings abridge_sql_log",
     JB_CONTEXT, NULL},
    {"render_raw_columns_constraints", adapter_render_columns, 2, 2, "self raw_columns", JB_CONTEXT,
     NULL},
    {"render_raw_model_constraints", adapter_render_constraints, 2, 2, "self raw_constraints",
     JB_CONTEXT, NULL},
    {"parse_index", adapter_parse_index, 2, 2, "self raw_index", JB_CONTEXT, NULL},
    {"commit", adapter_commit, 1, 1, NULL, JB_CONTEXT, NULL},
    {"warn_once", adapter_warn_once, 2, 2, "self msg", JB_CONTEXT, NULL},
    {"valid_incremental_strategies", adapter_strategies, 1, 1, NULL, JB_CONTEXT, NULL},
    {"external_root", adapter_external_root, 1, 1, NULL, JB_CONTEXT, NULL},
    {"external_write_options", adapter_external_write_options, 3, 3,
     "self write_location rendered_options", JB_CONTEXT, NULL},
    {"external_read_location", adapter_external_read_location, 3, 3,
     "self write_location rendered_options", JB_CONTEXT, NULL},
    {"location_exists", adapter_location_exists, 2, 2, "self location", JB_CONTEXT, NULL},
    {"store_relation", adapter_store_relation, 7, 7,
     "self plugin_name relation column_list path format config", JB_CONTEXT, NULL},
    {"get_temp_relation_path", adapter_temp_relation_path, 2, 3, "self model batch_id", JB_CONTEXT,
     NULL},
    {"batch_id_for_model", adapter_batch_id, 2, 2, "self model", JB_CONTEXT, NULL},
    {"standardize_grants_dict", adapter_grants_dict, 2, 2, "self grants_table", JB_CONTEXT, NULL},
    {"get_partitions_metadata", adapter_partitions, 2, 2, "self table", JB_CONTEXT, NULL},
    {"catalog_supports_foreign_keys", adapter_supports_foreign_keys, 2, 2, "self database",
     JB_CONTEXT, NULL},
    {"existing_key_constraint_types", adapter_key_constraints, 2, 2, "self relation", JB_CONTEXT,
     NULL},
    {"escape_sql_string", adapter_escape_text, 2, 2, "self value", JB_CONTEXT, NULL},
    {"ensure_transaction", adapter_ensure_transaction, 1, 1, NULL, JB_CONTEXT, NULL},
    {"already_exists", adapter_already_exists, 3, 3, "self schema name", JB_CONTEXT, NULL},
    {"get_columns_in_table", adapter_columns_in_table, 3, 3, "self schema identifier", JB_CONTEXT,
     NULL},
    {"is_motherduck", answer_false, 1, 1, NULL, JB_CONTEXT, NULL},
    {"is_ducklake", answer_false, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"use_ducklake_table_workarounds", answer_false, 2, 2, "self relation", JB_CONTEXT, NULL},
    {"disable_transactions", adapter_disable_transactions, 1, 1, NULL, JB_CONTEXT, NULL},
    {"get_catalog_integration", answer_none, 2, 2, "self model", JB_CONTEXT, NULL},
    {"build_catalog_relation", answer_none, 2, 2, "self config", JB_CONTEXT, NULL},
    {0},
};

/* What is no method. Of what is not there dbt says whose it is not, by the name of its wrapper. */
static Error *adapter_find(JinjaState *s, JStr *name, JValue *out)
{
    if (str_is(jstr_str(name), "Relation")) {
        *out = object_new(jinja_heap(s), &relation_class_object);
    } else if (str_is(jstr_str(name), "Column")) {
        *out = object_new(jinja_heap(s), &column_class_object);
    } else if (str_is(jstr_str(name), "behavior")) {
        *out = object_new(jinja_heap(s), &behavior_class_object);
    } else {
        TRY(runtime_config_find(s, name, out));
        if (jis_absent(*out)) {
            bool runs = context_of(s)->phase == PHASE_RUN;
            Str text = str_printf(jinja_scratch(s),
                                  "'dbt.context.providers.%sDatabaseWrapper object' has no "
                                  "attribute '" STR_FMT "'",
                                  runs ? "Runtime" : "Parse", STR_ARG(jstr_str(name)));
            *out = jundefined_message(s, text);
        }
    }
    return NULL;
}

const ObjectClass adapter_class = {
    .name = "DuckDBAdapter", .methods = adapter_methods, .find = adapter_find};
