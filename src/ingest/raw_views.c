#include "ingest/raw_views.h"

#include "warehouse/sql_builder.h"

static bool is_bookkeeping(Str table)
{
    return str_starts_with(table, STR("_dlt")) || str_starts_with(table, STR("_dango"));
}

Error *raw_list_tables(Connection *connection, Arena *arena, Str schema, StrVec *out)
{
    RelationVec relations = {0};
    TRY(connection_list_relations(connection, arena, schema, &relations));
    for (VEC_EACH(Relation, relation, &relations)) {
        if (relation->kind == RELATION_TABLE && !is_bookkeeping(relation->name)) {
            VEC_PUSH(arena, out, relation->name);
        }
    }
    return NULL;
}

Str raw_shown_name(Arena *arena, Str source, Str schema, Str table, size_t table_count)
{
    return table_count == 1
               ? str_printf(arena, "raw." STR_FMT, STR_ARG(source))
               : str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(schema), STR_ARG(table));
}

static Error *execute(Connection *connection, const SqlBuilder *sql)
{
    Str text;
    TRY(sql_finish(sql, &text));
    return connection_execute(connection, text, NULL, 0, NULL);
}

static Error *make_view(Connection *connection, Arena *arena, Str view_schema, Str view, Str schema,
                        Str table)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "create schema if not exists {}; create or replace view {} as select * from {}",
            SQL_ID(view_schema), SQL_NAME(view_schema, view), SQL_NAME(schema, table));
    return execute(connection, &sql);
}

/* raw_<source>.<table>, where the tables lie under another name. */
static Error *make_long_views(Connection *connection, Arena *arena, Str source, Str schema,
                              const StrVec *tables)
{
    Str own = str_printf(arena, "raw_" STR_FMT, STR_ARG(source));
    if (str_eq_nocase(own, schema)) {
        return NULL;
    }
    for (VEC_EACH(Str, table, tables)) {
        TRY(make_view(connection, arena, own, *table, schema, *table));
    }
    return NULL;
}

/* raw.<source>, as long as there is one table. */
static Error *make_short_view(Connection *connection, Arena *arena, Str source, Str schema,
                              const StrVec *tables)
{
    if (tables->len == 1) {
        return make_view(connection, arena, STR("raw"), source, schema, tables->data[0]);
    }
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "drop view if exists {}", SQL_NAME(STR("raw"), source));
    bool found = false;
    TRY(connection_has_relation(connection, STR("raw"), source, &found));
    return found ? execute(connection, &sql) : NULL;
}

/* raw._dlt_loads: the loads of all sources. */
static Error *make_loads_view(Connection *connection, Arena *arena)
{
    RelationVec relations = {0};
    TRY(connection_list_relations(connection, arena, STR(""), &relations));
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "create schema if not exists raw; create or replace view raw._dlt_loads as ");
    bool first = true;
    for (VEC_EACH(Relation, relation, &relations)) {
        if (relation->kind == RELATION_TABLE && str_is(relation->name, "_dlt_loads") &&
            str_starts_with(relation->schema, STR("raw_"))) {
            SQL_ADD(&sql, "{}select *, schema_name as source from {}",
                    SQL_RAW(first ? STR("") : STR(" union all ")),
                    SQL_NAME(relation->schema, relation->name));
            first = false;
        }
    }
    return first ? NULL : execute(connection, &sql);
}

Error *raw_views_make(Connection *connection, Str source, Str schema)
{
    AUTO_FREE(arena) Arena *arena = arena_new("raw views");
    StrVec tables = {0};
    TRY(raw_list_tables(connection, arena, schema, &tables));
    TRY(make_long_views(connection, arena, source, schema, &tables));
    TRY(make_short_view(connection, arena, source, schema, &tables));
    return make_loads_view(connection, arena);
}

Error *raw_count_rows(Connection *connection, Str schema, int64_t *out_rows)
{
    AUTO_FREE(arena) Arena *arena = arena_new("count");
    StrVec tables = {0};
    TRY(raw_list_tables(connection, arena, schema, &tables));
    int64_t sum = 0;
    for (VEC_EACH(const Str, table, &tables)) {
        SqlBuilder sql = sql_begin(arena);
        SQL_ADD(&sql, "select count(*) from {}", SQL_NAME(schema, *table));
        int64_t rows = 0;
        TRY(connection_query_int(connection, sql_text(&sql), NULL, 0, &rows));
        sum += rows;
    }
    *out_rows = sum;
    return NULL;
}
