#include "transform/context/adapter_methods.h"

static JValue column_list(JinjaState *s, const ColumnInfoVec *columns)
{
    JList *list = jlist_new(jinja_heap(s), columns->len);
    for (VEC_EACH(const ColumnInfo, it, columns)) {
        jlist_append(
            list, column_object(jinja_heap(s), &(ColumnName){.name = it->name, .type = it->type}));
    }
    return jlist_value(list);
}

/* A temporary table belongs to no schema that could be looked into. */
Error *adapter_columns_of(JinjaState *s, const RelationName *relation, ColumnInfoVec *out)
{
    TRY(node_run_check_asking(adapter_run(s)));
    Connection *connection = adapter_run(s)->connection;
    Arena *scratch = jinja_scratch(s);
    Str own = context_of(s)->session->profile->database;
    bool elsewhere = relation->database.len > 0 && !str_eq_nocase(relation->database, own);
    if (relation->schema.len > 0 && !elsewhere) {
        return connection_list_columns(connection, scratch, relation->schema, relation->identifier,
                                       out);
    }
    Str text = relation_text(relation, scratch);
    return connection_describe(connection, scratch,
                               str_printf(scratch, "select * from " STR_FMT, STR_ARG(text)), out);
}

Error *adapter_columns(JinjaState *s, const JCall *call, JValue *out)
{
    ColumnInfoVec columns = {0};
    if (adapter_run(s) != NULL) {
        const RelationName *relation = NULL;
        TRY(relation_arg(call, 1, &relation));
        TRY(adapter_columns_of(s, relation, &columns));
    }
    *out = column_list(s, &columns);
    return NULL;
}

Error *adapter_columns_in_table(JinjaState *s, const JCall *call, JValue *out)
{
    ColumnInfoVec columns = {0};
    if (adapter_run(s) != NULL) {
        Str schema, identifier;
        adapter_report_deprecated(s, "get_columns_in_table", "get_columns_in_relation");
        TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &schema));
        TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &identifier));
        Str database = context_of(s)->session->profile->database;
        RelationName relation = relation_name(database, schema, identifier);
        TRY(adapter_columns_of(s, &relation, &columns));
    }
    *out = column_list(s, &columns);
    return NULL;
}

Error *adapter_describe_query(JinjaState *s, const JCall *call, JValue *out)
{
    ColumnInfoVec columns = {0};
    if (adapter_run(s) != NULL) {
        Str sql;
        TRY(node_run_check_asking(adapter_run(s)));
        TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &sql));
        Error *err =
            connection_describe(adapter_run(s)->connection, jinja_scratch(s), sql, &columns);
        TRY(node_run_failure(adapter_run(s), err));
    }
    *out = column_list(s, &columns);
    return NULL;
}

static Error *relation_columns(JinjaState *s, JValue relation, ColumnInfoVec *out)
{
    const RelationName *name = relation_of(relation);
    if (name == NULL) {
        return jraise("TypeError", "expected a relation, not '%s'", jtype_name(relation));
    }
    return adapter_columns_of(s, name, out);
}

Error *adapter_missing_columns(JinjaState *s, const JCall *call, JValue *out)
{
    ColumnInfoVec from = {0}, to = {0}, missing = {0};
    if (adapter_run(s) != NULL) {
        TRY(relation_columns(s, call->args[1], &from));
        TRY(relation_columns(s, call->args[2], &to));
    }
    for (VEC_EACH(ColumnInfo, column, &from)) {
        bool found = false;
        for (VEC_EACH(ColumnInfo, other, &to)) {
            found = found || str_eq(column->name, other->name);
        }
        if (!found) {
            VEC_PUSH(jinja_scratch(s), &missing, *column);
        }
    }
    *out = column_list(s, &missing);
    return NULL;
}
