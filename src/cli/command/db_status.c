/* dango db status: what lies in the warehouse, and whether a source stands behind it. */
#include "base/fs.h"
#include "base/number.h"
#include "cli/app.h"
#include "cli/command/all.h"
#include "warehouse/sql_builder.h"
#include "warehouse/warehouse.h"

static const FlagDef flags[] = {
    {.name = "detailed", .kind = FLAG_SWITCH, .help = "list the columns of each table too"},
    {0},
};

typedef struct TableFacts {
    Relation relation;
    int64_t rows;
    ColumnInfoVec columns;
} TableFacts;
typedef VEC(TableFacts) TableFactsVec;

static Error *count_rows(Connection *connection, Arena *arena, const Relation *relation,
                         int64_t *out_rows)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "select count(*) from {}", SQL_NAME(relation->schema, relation->name));
    return connection_query_int(connection, sql_text(&sql), NULL, 0, out_rows);
}

static Error *collect(App *app, Connection *connection, TableFactsVec *out)
{
    RelationVec relations = {0};
    TRY(connection_list_relations(connection, app->arena, STR(""), &relations));
    for (VEC_EACH(const Relation, relation, &relations)) {
        TableFacts facts = {.relation = *relation, .rows = -1};
        if (relation->kind == RELATION_TABLE) {
            TRY(count_rows(connection, app->arena, relation, &facts.rows));
        }
        TRY(connection_list_columns(connection, app->arena, relation->schema, relation->name,
                                    &facts.columns));
        VEC_PUSH(app->arena, out, facts);
    }
    return NULL;
}

/* Raw tables whose schema no configured source has. */
static bool is_orphan(const Project *project, const Relation *relation)
{
    if (!str_starts_with(relation->schema, STR("raw_")) || relation->kind != RELATION_TABLE) {
        return false;
    }
    Str namespace = str_from_offset(relation->schema, 4);
    for (VEC_EACH(const SourceConfig, source, &project->sources)) {
        if (str_eq(source->namespace, namespace)) {
            return false;
        }
    }
    return true;
}

static Value facts_value(App *app, const TableFacts *facts)
{
    ValueMapBuilder map = value_map_begin(app->arena);
    value_map_set(&map, STR("schema"), value_string(facts->relation.schema));
    value_map_set(&map, STR("name"), value_string(facts->relation.name));
    bool is_table = facts->relation.kind == RELATION_TABLE;
    value_map_set(&map, STR("kind"), value_string(is_table ? STR("table") : STR("view")));
    value_map_set(&map, STR("rows"), is_table ? value_int(facts->rows) : value_null());
    value_map_set(&map, STR("orphaned"), value_bool(is_orphan(app->project, &facts->relation)));
    ValueVec columns = {0};
    for (VEC_EACH(const ColumnInfo, column, &facts->columns)) {
        ValueMapBuilder entry = value_map_begin(app->arena);
        value_map_set(&entry, STR("name"), value_string(column->name));
        value_map_set(&entry, STR("type"), value_string(column->type));
        VEC_PUSH(app->arena, &columns, value_map_end(&entry));
    }
    value_map_set(&map, STR("columns"), value_list_of(&columns));
    return value_map_end(&map);
}

static Error *print_as_json(App *app, uint64_t size, const TableFactsVec *tables)
{
    ValueVec list = {0};
    for (VEC_EACH(const TableFacts, facts, tables)) {
        VEC_PUSH(app->arena, &list, facts_value(app, facts));
    }
    ValueMapBuilder map = value_map_begin(app->arena);
    value_map_set(&map, STR("path"),
                  value_string(project_shown_path(app->project, app->project->warehouse_path)));
    value_map_set(&map, STR("size_bytes"), value_int((int64_t)size));
    value_map_set(&map, STR("relations"), value_list_of(&list));
    Value document = value_map_end(&map);
    return app_print_json(app, &document);
}

static void print_columns(App *app, const TableFacts *facts)
{
    for (VEC_EACH(const ColumnInfo, column, &facts->columns)) {
        term_printf(&app->out, "      " STR_FMT " " STR_FMT "\n", STR_ARG(column->name),
                    STR_ARG(column->type));
    }
}

static void print_as_text(App *app, uint64_t size, const TableFactsVec *tables, bool detailed)
{
    Str shown = project_shown_path(app->project, app->project->warehouse_path);
    term_printf(&app->out, "Database: " STR_FMT " (" STR_FMT ")\n", STR_ARG(shown),
                STR_ARG(number_human_bytes(app->arena, size)));
    Str schema = STR("");
    int64_t total = 0;
    size_t table_count = 0;
    for (VEC_EACH(const TableFacts, facts, tables)) {
        if (!str_eq(facts->relation.schema, schema)) {
            schema = facts->relation.schema;
            term_printf(&app->out, "\n  " STR_FMT "\n", STR_ARG(schema));
        }
        bool is_table = facts->relation.kind == RELATION_TABLE;
        Str rows = is_table ? str_printf(app->arena, STR_FMT " rows",
                                         STR_ARG(number_with_commas(app->arena, facts->rows)))
                            : STR("view");
        term_printf(&app->out, "    %-40.*s %20.*s%s\n", STR_ARG(facts->relation.name),
                    STR_ARG(rows),
                    is_orphan(app->project, &facts->relation) ? "  (no source)" : "");
        if (detailed) {
            print_columns(app, facts);
        }
        total += is_table ? facts->rows : 0;
        table_count += is_table;
    }
    term_printf(&app->out, "\nTotal: %zu tables, " STR_FMT " rows\n", table_count,
                STR_ARG(number_with_commas(app->arena, total)));
}

static Error *run_db_status(App *app, const Invocation *invocation)
{
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    TRY(app_open_warehouse(app, APP_READ, &warehouse));
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    TableFactsVec tables = {0};
    TRY(collect(app, connection, &tables));
    FsInfo info;
    TRY(fs_info(str_to_c(app->arena, app->project->warehouse_path), &info));
    if (app->json) {
        return print_as_json(app, info.size_bytes, &tables);
    }
    print_as_text(app, info.size_bytes, &tables, invocation_switch(invocation, "detailed"));
    return NULL;
}

const CommandDef command_db_status = {
    .path = "db status",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .summary = "show the warehouse's tables, their rows and size",
    .examples = "dango db status\ndango db status --json",
    .flags = flags,
    .run = run_db_status,
};
