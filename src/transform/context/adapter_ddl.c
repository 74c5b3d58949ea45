#include "transform/context/adapter_methods.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "transform/parse/constraint.h"
#include "transform/python/text.h"

static Error *value_arg(JinjaState *s, const JCall *call, size_t index, Value *out)
{
    return convert_from_jinja(s, jinja_scratch(s), call->args[index], out);
}

/* ---- Columns and constraints ---- */

static bool translates_types(const Context *ctx)
{
    const Value *config = ctx->node != NULL ? ctx->node->config : NULL;
    const Value *wanted = value_find(value_find(config, STR("contract")), STR("alias_types"));
    return !value_is(wanted, VALUE_BOOL) || wanted->as.boolean;
}

Error *adapter_render_columns(JinjaState *s, const JCall *call, JValue *out)
{
    Value columns;
    TRY(value_arg(s, call, 1, &columns));
    JList *list = jlist_new(jinja_heap(s), value_len(&columns));
    for (VALUE_EACH_ENTRY(column, &columns)) {
        Str sql = constraint_column_sql(jinja_scratch(s), &column->value,
                                        translates_types(context_of(s)));
        jlist_append(list, jstr_value(jinja_heap(s), sql));
    }
    *out = jlist_value(list);
    return NULL;
}

Error *adapter_render_constraints(JinjaState *s, const JCall *call, JValue *out)
{
    Value constraints;
    TRY(value_arg(s, call, 1, &constraints));
    JList *list = jlist_new(jinja_heap(s), value_len(&constraints));
    for (VALUE_EACH(constraint, &constraints)) {
        Str sql = constraint_model_sql(jinja_scratch(s), constraint);
        if (sql.len > 0) {
            jlist_append(list, jstr_value(jinja_heap(s), sql));
        }
    }
    *out = jlist_value(list);
    return NULL;
}

/* ---- Indexes ---- */

/* The words of JSON schema, which are dbt's. */
static Error *wrong_index(const char *at, const Value *value, const char *problem)
{
    AUTO_FREE(arena) Arena *arena = arena_new("index");
    StrBuf shown = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    if (value != NULL) {
        python_repr(value, &shown);
        strbuf_add_char(&shown, ' ');
    }
    return jraise("CompilationError", "Could not parse index config: at path [%s]: " STR_FMT "%s",
                  at, STR_ARG(strbuf_str(&shown)), problem);
}

static Error *check_index(const Value *index)
{
    const Value *columns = value_find(index, STR("columns"));
    const Value *unique = value_find(index, STR("unique"));
    if (!value_is(index, VALUE_MAP)) {
        return wrong_index("", index, "is not of type 'object'");
    }
    for (VALUE_EACH_ENTRY(entry, index)) {
        Str key = value_text_or(&entry->key, (Str){0});
        if (!str_is(key, "columns") && !str_is(key, "unique")) {
            AUTO_FREE(arena) Arena *arena = arena_new("index");
            Str text = str_printf(
                arena, "Additional properties are not allowed ('" STR_FMT "' was unexpected)",
                STR_ARG(key));
            return wrong_index("", NULL, str_to_c(arena, text));
        }
    }
    if (columns == NULL) {
        return wrong_index("", NULL, "'columns' is a required property");
    }
    if (!value_is(columns, VALUE_LIST)) {
        return wrong_index("'columns'", columns, "is not of type 'array'");
    }
    return unique == NULL || value_is(unique, VALUE_BOOL)
               ? NULL
               : wrong_index("'unique'", unique, "is not of type 'boolean'");
}

/* A name that no index had before: made of what it is about, and of the time. */
static Error *index_name(JinjaState *s, JValue index, JValue relation, Str *out)
{
    Arena *scratch = jinja_scratch(s);
    StrBuf text = strbuf_init(scratch, LIMIT_CONFIG_BYTES);
    JList *columns = NULL;
    TRY(jcollect(s, jdict_get_text(index.dict, STR("columns")), &columns));
    for (size_t i = 0; i < jlist_len(columns); i++) {
        Str column;
        TRY(convert_to_text(s, scratch, jlist_at(columns, i), &column));
        strbuf_printf(&text, STR_FMT "_", STR_ARG(column));
    }
    Str name;
    TRY(convert_to_text(s, scratch, relation, &name));
    bool unique = jtruth(jdict_get_text(index.dict, STR("unique")));
    strbuf_printf(&text, STR_FMT "_%s_%lld", STR_ARG(name), unique ? "True" : "False",
                  (long long)clock_now_us());
    *out = digest_md5(scratch, strbuf_str(&text));
    return NULL;
}

static Error *index_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out);

/* What parse_index gives: a dict of `columns` and `unique`, with a method that names the index. */
static const JHostClass index_class = {.name = "DuckDBIndexConfig", .get_attr = index_get_attr};

static Error *index_render(JinjaState *s, const JCall *call, JValue *out)
{
    const JHost *self = jhost_as(call->args[0], &index_class);
    Str name;
    TRY(index_name(s, self->value, call->args[1], &name));
    *out = jstr_value(jinja_heap(s), name);
    return NULL;
}

static const JBuiltin index_methods[] = {
    {"render", index_render, 2, 2, "self relation", JB_CONTEXT, NULL},
    {0},
};

static Error *index_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(index_methods, jstr_str(name));
    *out = method != NULL ? jfunction_new(jinja_heap(s), method, jobj(self))
                          : jdict_get_text(self->value.dict, jstr_str(name));
    return NULL;
}

Error *adapter_parse_index(JinjaState *s, const JCall *call, JValue *out)
{
    Value index;
    *out = JNONE;
    TRY(value_arg(s, call, 1, &index));
    if (value_is_null(&index)) {
        return NULL;
    }
    TRY(check_index(&index));
    JHeap *heap = jinja_heap(s);
    JDict *dict = jdict_new(heap);
    const Value *columns = value_find(&index, STR("columns"));
    const Value *unique = value_find(&index, STR("unique"));
    jdict_set_text(heap, dict, STR("columns"), convert_to_jinja(heap, columns));
    jdict_set_text(heap, dict, STR("unique"), jbool(unique != NULL && unique->as.boolean));
    *out = jhost_new(heap, &index_class, NULL);
    jhost_as(*out, &index_class)->value = jdict_value(dict);
    return NULL;
}

/* ---- What the warehouse keeps of constraints ---- */

Error *adapter_supports_foreign_keys(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t count = 0;
    if (adapter_run(s) != NULL) {
        Str database;
        TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &database));
        TRY(node_run_check_asking(adapter_run(s)));
        Param params[] = {PARAM_OF_TEXT(database)};
        TRY(connection_query_int(adapter_run(s)->connection,
                                 STR("select count(*) from duckdb_databases() where "
                                     "lower(database_name) = lower(?) and type = 'duckdb'"),
                                 params, ARRAY_LEN(params), &count));
    }
    *out = jbool(count > 0);
    return NULL;
}

Error *adapter_key_constraints(JinjaState *s, const JCall *call, JValue *out)
{
    const RelationName *relation = relation_of(call->args[1]);
    Arena *scratch = jinja_scratch(s);
    if (relation == NULL) {
        Str shown;
        TRY(convert_to_text(s, scratch, call->args[1], &shown));
        return jraise("DbtRuntimeError",
                      "Foreign key metadata requires a relation with a database, schema, and "
                      "identifier; got " STR_FMT,
                      STR_ARG(shown));
    }
    JList *list = jlist_new(jinja_heap(s), 0);
    *out = jlist_value(list);
    if (adapter_run(s) == NULL) {
        return NULL;
    }
    TRY(node_run_check_asking(adapter_run(s)));
    Param params[] = {PARAM_OF_TEXT(relation->database), PARAM_OF_TEXT(relation->schema),
                      PARAM_OF_TEXT(relation->identifier)};
    TextRows rows;
    TRY(connection_query_rows(
        adapter_run(s)->connection, scratch,
        STR("select distinct replace(lower(constraint_type), ' ', '_') as name from "
            "duckdb_constraints() where lower(database_name) = lower(?) and lower(schema_name) = "
            "lower(?) and lower(table_name) = lower(?) and constraint_type in ('PRIMARY KEY', "
            "'UNIQUE', 'FOREIGN KEY') order by name"),
        params, ARRAY_LEN(params), &rows));
    for (size_t row = 0; row < rows.row_count; row++) {
        jlist_append(list, jstr_value(jinja_heap(s), text_cell(&rows, row, 0)));
    }
    return NULL;
}
