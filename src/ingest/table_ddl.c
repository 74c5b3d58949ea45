#include "ingest/table_ddl.h"

#include "warehouse/sql_builder.h"

static Error *execute(Connection *connection, const SqlBuilder *sql)
{
    Str text = {0};
    TRY(sql_finish(sql, &text));
    return connection_execute(connection, text, NULL, 0, NULL);
}

Error *dataset_create(Connection *connection, Arena *arena, Str dataset)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "create schema if not exists {}", SQL_ID(dataset));
    return execute(connection, &sql);
}

/* `"name" TYPE`, of a complete column. */
static Error *add_column_definition(SqlBuilder *sql, Arena *arena, const SchemaColumn *column)
{
    DataType type;
    CHECK(schema_column_type(column, &type));
    Str sql_type = {0};
    TRY_WRAP(data_type_sql(arena, &type, &sql_type), "column '" STR_FMT "'", STR_ARG(column->name));
    SQL_ADD(sql, "{} {}", SQL_ID(column->name), SQL_RAW(sql_type));
    return NULL;
}

static Error *create_table(Connection *connection, Arena *arena, Str dataset,
                           const SchemaTable *table, TableChange *change)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "create table {} (", SQL_NAME(dataset, table->name));
    bool is_first = true;
    for (STRMAP_EACH(it, &table->columns)) {
        const SchemaColumn *column = it->value;
        DataType type;
        if (!schema_column_type(column, &type)) {
            continue;
        }
        if (!is_first) {
            SQL_ADD(&sql, ", ");
        }
        is_first = false;
        TRY(add_column_definition(&sql, arena, column));
        if (!schema_column_nullable(column)) {
            SQL_ADD(&sql, " not null");
        }
        if (system_column_is_id(column->name)) {
            SQL_ADD(&sql, " {}", SQL_RAW(connection_texts_sql(connection, TEXTS_UNLIKE)));
        }
        if (str_is(column->name, system_column_load_id.name)) {
            SQL_ADD(&sql, " {}", SQL_RAW(connection_texts_sql(connection, TEXTS_ALIKE)));
        }
    }
    if (is_first) {
        return NULL;
    }
    SQL_ADD(&sql, ")");
    TRY(execute(connection, &sql));
    change->is_new = true;
    return NULL;
}

static bool has_column(const ColumnInfoVec *columns, Str name)
{
    for (VEC_EACH(ColumnInfo, it, columns)) {
        if (str_eq_nocase(it->name, name)) {
            return true;
        }
    }
    return false;
}

static Error *widen_table(Connection *connection, Arena *arena, Str dataset,
                          const SchemaTable *table, const ColumnInfoVec *there, TableChange *change)
{
    for (STRMAP_EACH(it, &table->columns)) {
        const SchemaColumn *column = it->value;
        DataType type;
        if (has_column(there, column->name) || !schema_column_type(column, &type)) {
            continue;
        }
        SqlBuilder sql = sql_begin(arena);
        SQL_ADD(&sql, "alter table {} add column ", SQL_NAME(dataset, table->name));
        TRY(add_column_definition(&sql, arena, column));
        TRY(execute(connection, &sql));
        VEC_PUSH(arena, &change->new_columns, column->name);
    }
    return NULL;
}

Error *table_ddl_apply(Connection *connection, Arena *arena, Str dataset, const SchemaTable *table,
                       TableChange *out_change)
{
    TableChange change = {0};
    ColumnInfoVec there = {0};
    TRY(connection_list_columns(connection, arena, dataset, table->name, &there));
    Error *err = there.len == 0 ? create_table(connection, arena, dataset, table, &change)
                                : widen_table(connection, arena, dataset, table, &there, &change);
    TRY_WRAP(err, "table '" STR_FMT "." STR_FMT "'", STR_ARG(dataset), STR_ARG(table->name));
    if (out_change != NULL) {
        *out_change = change;
    }
    return NULL;
}

Error *table_ddl_apply_all(Connection *connection, Arena *arena, Str dataset, const Schema *schema)
{
    for (STRMAP_EACH(it, &schema->tables)) {
        const SchemaTable *table = it->value;
        if (schema_has_seen_data(table) || system_name(table->name)) {
            TRY(table_ddl_apply(connection, arena, dataset, table, NULL));
        }
    }
    return NULL;
}
