/* What schemas, tables, views and columns there are. */
#include "warehouse/duckdb/duckdb_internal.h"

Error *duck_list_schemas(Connection *connection, Arena *arena, StrVec *out)
{
    TextRows rows;
    TRY(connection_query_rows(connection, arena,
                              STR("select schema_name from duckdb_schemas() "
                                  "where database_name = current_database() and schema_name not in "
                                  "('information_schema', 'pg_catalog') order by schema_name"),
                              NULL, 0, &rows));
    for (size_t i = 0; i < rows.row_count; i++) {
        VEC_PUSH(arena, out, text_cell(&rows, i, 0));
    }
    return NULL;
}

Error *duck_list_relations(Connection *connection, Arena *arena, Str database, Str schema, Str name,
                           RelationVec *out)
{
    static const Str sql = STR_INIT(
        "with tables as (select schema_name, table_name as name, estimated_size as rows, "
        "starts_with(name, '" ROWS_TABLE_PREFIX "') as is_parted from duckdb_tables() "
        "where database_name = if($3 = '', current_database(), $3) and not internal), "
        "views as (select schema_name, view_name as name, -1 as rows, false as is_parted "
        "from duckdb_views() where database_name = if($3 = '', current_database(), $3) and not "
        "internal), "
        "all_of_them as (select schema_name, if(is_parted, substr(name, length('" ROWS_TABLE_PREFIX
        "') + 1), name) as name, rows, is_parted from tables "
        "union all from views where (schema_name, '" ROWS_TABLE_PREFIX
        "' || name) not in (select (schema_name, name) from tables)) "
        "select * replace (is_parted::bigint as is_parted) from all_of_them where ($1 = '' or "
        "lower(schema_name) = lower($1)) "
        "and ($2 = '' or lower(name) = lower($2)) order by schema_name, name");
    Param params[] = {PARAM_OF_TEXT(schema), PARAM_OF_TEXT(name), PARAM_OF_TEXT(database)};
    AUTO_FREE(result) Result *result = NULL;
    TRY(connection_query(connection, sql, params, ARRAY_LEN(params), &result));
    for (const Chunk *chunk;;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL) {
            return NULL;
        }
        for (size_t row = 0; row < chunk->row_count; row++) {
            int64_t estimated = column_int(&chunk->columns[2], row);
            VEC_PUSH(arena, out,
                     (Relation){
                         .schema = str_dup(arena, column_str(&chunk->columns[0], row)),
                         .name = str_dup(arena, column_str(&chunk->columns[1], row)),
                         .kind = estimated < 0 ? RELATION_VIEW : RELATION_TABLE,
                         .is_parted = column_int(&chunk->columns[3], row) != 0,
                         .estimated_rows = estimated,
                     });
        }
    }
}

Error *duck_list_columns(Connection *connection, Arena *arena, Str schema, Str relation,
                         ColumnInfoVec *out)
{
    static const Str sql =
        STR_INIT("select column_name, data_type, is_nullable from duckdb_columns() "
                 "where database_name = current_database() and lower(schema_name) = lower($1) "
                 "and lower(table_name) = lower($2) order by column_index");
    Param params[] = {PARAM_OF_TEXT(schema), PARAM_OF_TEXT(relation)};
    TextRows rows;
    TRY(connection_query_rows(connection, arena, sql, params, ARRAY_LEN(params), &rows));
    for (size_t i = 0; i < rows.row_count; i++) {
        VEC_PUSH(arena, out,
                 (ColumnInfo){
                     .name = text_cell(&rows, i, 0),
                     .type = text_cell(&rows, i, 1),
                     .nullable = str_is(text_cell(&rows, i, 2), "true"),
                 });
    }
    return NULL;
}
