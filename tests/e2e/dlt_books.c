/* tests/e2e/dlt_books.c - one side of test_dlt_interop.py: keeps the books of a warehouse as a load
 * of ours does.
 *
 *     dlt_books load FILE FIRST LAST   loads the rows with these ids: `orders` (merge, each with a
 * list of two items) and `events` (append, incremental on id) dlt_books show FILE              says
 * as JSON what the books hold, read by our functions
 *
 * The dataset is raw_shop, the source shop, the pipeline pipe. */
#include <stdio.h>

#include "base/number.h"
#include "ingest/bookkeeping.h"
#include "ingest/boundary_hash.h"
#include "ingest/load_id.h"
#include "ingest/row_id.h"
#include "ingest/table_ddl.h"
#include "value/json_writer.h"
#include "warehouse/sql_builder.h"

static const Str dataset = STR_INIT("raw_shop");
static const Str source = STR_INIT("shop");
static const Str pipeline = STR_INIT("pipe");

typedef struct Load {
    Connection *connection;
    Arena *arena;
    LoadPackage package;
    int64_t first;
    int64_t last;
} Load;

/* ---- load ---- */

static SchemaTable *declare_root(Schema *schema, Str name, Str write_disposition)
{
    SchemaTable *table = schema_root_table(schema, name, name, write_disposition);
    DataType bigint = data_type(DATA_BIGINT);
    SchemaColumn *id = schema_column(schema, table, STR("id"), &bigint, false);
    schema_set_hint(schema, id, STR("primary_key"), value_bool(true));
    return table;
}

static void declare_tables(Schema *schema)
{
    DataType text = data_type(DATA_TEXT);
    SchemaTable *events = declare_root(schema, STR("events"), STR("append"));
    schema_set_hint(schema, schema_find_column(events, STR("id")), STR("incremental"),
                    value_bool(true));
    SchemaTable *orders = declare_root(schema, STR("orders"), STR("merge"));
    SchemaTable *roots[] = {events, orders};
    for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
        schema_column(schema, roots[i], STR("note"), &text, true);
        schema_system_column(schema, roots[i], &system_column_load_id);
        schema_system_column(schema, roots[i], &system_column_id);
    }
    SchemaTable *items = schema_nested_table(schema, STR("orders__items"), STR("orders"));
    schema_column(schema, items, STR("value"), &text, true);
    static const SystemColumn *const columns[] = {&system_column_root_id, &system_column_parent_id,
                                                  &system_column_list_idx, &system_column_id};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        schema_system_column(schema, items, columns[i]);
    }
    schema_propagate_root_id(schema, STR("orders"));
}

static Error *run(Load *load, SqlBuilder *sql, const Param *params, size_t count)
{
    return connection_execute(load->connection, sql_text(sql), params, count, NULL);
}

static Error *insert_root(Load *load, Str table, int64_t id, Str row_id)
{
    SqlBuilder sql = sql_begin(load->arena);
    SQL_ADD(&sql, "insert into {} (id, note, _dlt_load_id, _dlt_id) values (?, 'ours', ?, ?)",
            SQL_NAME(dataset, table));
    const Param params[] = {PARAM_OF_INT(id), PARAM_OF_TEXT(load->package.load_id),
                            PARAM_OF_TEXT(row_id)};
    return run(load, &sql, params, ARRAY_LEN(params));
}

static Error *insert_item(Load *load, Str root_id, int64_t index)
{
    Str table = STR("orders__items");
    SqlBuilder sql = sql_begin(load->arena);
    SQL_ADD(&sql,
            "insert into {} (value, _dlt_root_id, _dlt_parent_id, _dlt_list_idx, _dlt_id) "
            "values ('ours', ?, ?, ?, ?)",
            SQL_NAME(dataset, table));
    const Param params[] = {
        PARAM_OF_TEXT(root_id), PARAM_OF_TEXT(root_id), PARAM_OF_INT(index),
        PARAM_OF_TEXT(row_id_nested(load->arena, root_id, table, (size_t)index))};
    return run(load, &sql, params, ARRAY_LEN(params));
}

static Error *insert_rows(Load *load)
{
    for (int64_t id = load->first; id <= load->last; id++) {
        char row_id[2][ROW_ID_CHARS];
        TRY(row_id_random(row_id[0]));
        TRY(row_id_random(row_id[1]));
        TRY(insert_root(load, STR("events"), id, (Str){row_id[0], ROW_ID_CHARS}));
        TRY(insert_root(load, STR("orders"), id, (Str){row_id[1], ROW_ID_CHARS}));
        for (int64_t index = 0; index < 2; index++) {
            TRY(insert_item(load, (Str){row_id[1], ROW_ID_CHARS}, index));
        }
    }
    return NULL;
}

static void move_cursor(Load *load)
{
    State *state = load->package.state;
    Arena *arena = load->arena;
    const Value *cursor = state_incremental(state, source, STR("events"), STR("id"));
    const Value *hashes = value_find(cursor, STR("unique_hashes"));
    const Value *start = value_find(cursor, STR("last_value"));
    Value last = value_int(load->last);
    Value hash = value_string(boundary_hash(arena, &last, boundary_hash_form(hashes)));
    ValueMapBuilder moved = value_map_begin(arena);
    value_map_set(&moved, STR("initial_value"), value_null());
    value_map_set(&moved, STR("last_value"), last);
    value_map_set(&moved, STR("unique_hashes"), value_list(&hash, 1));
    value_map_set(&moved, STR("start_value"), start != NULL ? *start : value_null());
    state_set_incremental(state, source, STR("events"), STR("id"), value_map_end(&moved));
}

static Error *read_books(Load *load)
{
    LoadPackage *package = &load->package;
    TRY(bookkeeping_prepare(load->connection, load->arena, dataset));
    TRY(bookkeeping_read_schema(load->connection, load->arena, dataset, source, &package->schema));
    TRY(bookkeeping_read_state(load->connection, load->arena, dataset, pipeline, &package->state));
    if (package->schema == NULL) {
        package->schema = schema_new(load->arena, source);
    }
    if (package->state == NULL) {
        package->state = state_new(load->arena, pipeline);
    }
    state_set_identity(package->state, &(StateIdentity){dataset, source});
    Str latest = {0};
    TRY(bookkeeping_read_last_load(load->connection, load->arena, dataset, &latest));
    LoadIdClock clock = {0};
    load_id_seen(&clock, latest);
    package->load_id = load_id_next(&clock, load->arena);
    return NULL;
}

static Error *load_rows(Load *load)
{
    static const char *const tables[] = {"events", "orders", "orders__items"};
    load->package.dataset = dataset;
    TRY(connection_begin(load->connection));
    TRY(read_books(load));
    declare_tables(load->package.schema);
    (void)schema_bump(load->package.schema);
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        Str name = str_from(tables[i]);
        TRY(table_ddl_apply(load->connection, load->arena, dataset,
                            schema_find_table(load->package.schema, name), NULL));
        VEC_PUSH(load->arena, &load->package.tables, (LoadedTable){.name = name, .rows = 1});
    }
    TRY(insert_rows(load));
    move_cursor(load);
    TRY(bookkeeping_write(load->connection, load->arena, &load->package));
    return connection_commit(load->connection);
}

/* ---- show ---- */

static Error *stored_schema_text(Load *load, Str *out_text)
{
    SqlBuilder sql = sql_begin(load->arena);
    SQL_ADD(&sql, "select schema from {} where schema_name = ? order by inserted_at desc limit 1",
            SQL_NAME(dataset, STR("_dlt_version")));
    return connection_query_text(load->connection, load->arena, sql_text(&sql),
                                 &PARAM_OF_TEXT(source), 1, out_text);
}

static Error *show_books(Load *load)
{
    Arena *arena = load->arena;
    Schema *schema = NULL;
    State *state = NULL;
    Str stored = {0};
    TRY(bookkeeping_read_schema(load->connection, arena, dataset, source, &schema));
    TRY(bookkeeping_read_state(load->connection, arena, dataset, pipeline, &state));
    TRY(stored_schema_text(load, &stored));
    if (schema == NULL || state == NULL) {
        return error_new(ERR_NOT_FOUND, "the warehouse has no books of '" STR_FMT "'",
                         STR_ARG(source));
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("same_text"), value_bool(str_eq(stored, schema_write(schema, arena))));
    value_map_set(&map, STR("schema_hash"), value_string(schema_hash(schema, arena)));
    value_map_set(&map, STR("stored_schema_hash"), value_string(schema_version_hash(schema)));
    value_map_set(&map, STR("schema_version"), value_int(schema_version(schema)));
    value_map_set(&map, STR("state_hash"), value_string(state_hash(state, arena)));
    value_map_set(&map, STR("stored_state_hash"), value_string(state_version_hash(state)));
    value_map_set(&map, STR("state"), state->document);
    ValueVec tables = {0};
    for (STRMAP_EACH(it, &schema->tables)) {
        VEC_PUSH(arena, &tables, value_string(it->key));
    }
    value_map_set(&map, STR("tables"), value_list_of(&tables));
    Value shown = value_map_end(&map);
    Str text = json_text(arena, &shown, &json_style_compact);
    (void)printf("%s\n", str_to_c(arena, text));
    return NULL;
}

/* ---- The program ---- */

static Error *with_warehouse(Load *load, const char *path, Error *(*job)(Load *))
{
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    WarehouseOptions options = {.path = path, .threads = 2};
    TRY(warehouse_open(&options, &warehouse));
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    load->connection = connection;
    return job(load);
}

static Error *run_command(Load *load, int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "load") == 0 &&
        number_parse_int64(str_from(argv[3]), &load->first) &&
        number_parse_int64(str_from(argv[4]), &load->last)) {
        return with_warehouse(load, argv[2], load_rows);
    }
    if (argc == 3 && strcmp(argv[1], "show") == 0) {
        return with_warehouse(load, argv[2], show_books);
    }
    return error_new(ERR_USAGE, "usage: dlt_books load FILE FIRST LAST | show FILE");
}

int main(int argc, char **argv)
{
    AUTO_FREE(arena) Arena *arena = arena_new("dlt_books");
    Load load = {.arena = arena};
    AUTO_FREE(error) Error *err = run_command(&load, argc, argv);
    if (err != NULL) {
        error_print(err, stderr, true);
    }
    return error_exit_code(err);
}
