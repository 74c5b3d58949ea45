#include "ingest/bookkeeping.h"

#include "base/fs.h"
#include "ingest/load_id.h"
#include "ingest/table_ddl.h"
#include "unit/warehouse/warehouse_fixture.h"

static const Str dataset = STR_INIT("raw_shop");

/* The tables as real dlt makes them. */
static const char columns_of_dlt[] =
    "_dlt_loads load_id VARCHAR NO, _dlt_loads schema_name VARCHAR YES, "
    "_dlt_loads status BIGINT NO, _dlt_loads inserted_at TIMESTAMP WITH TIME ZONE NO, "
    "_dlt_loads schema_version_hash VARCHAR YES, "
    "_dlt_pipeline_state version BIGINT NO, _dlt_pipeline_state engine_version BIGINT NO, "
    "_dlt_pipeline_state pipeline_name VARCHAR NO, _dlt_pipeline_state state VARCHAR NO, "
    "_dlt_pipeline_state created_at TIMESTAMP WITH TIME ZONE NO, "
    "_dlt_pipeline_state version_hash VARCHAR YES, "
    "_dlt_pipeline_state _dlt_load_id VARCHAR NO, _dlt_pipeline_state _dlt_id VARCHAR NO, "
    "_dlt_version version BIGINT NO, _dlt_version engine_version BIGINT NO, "
    "_dlt_version inserted_at TIMESTAMP WITH TIME ZONE NO, "
    "_dlt_version schema_name VARCHAR NO, _dlt_version version_hash VARCHAR NO, "
    "_dlt_version schema VARCHAR NO";

static void the_tables_are_those_of_dlt(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    for (int i = 0; i < 2; i++) { /* the second time nothing is missing */
        assert_ok(bookkeeping_prepare(store.connection, store.arena, dataset));
    }
    assert_string_equal(
        store_text(&store, "select string_agg(table_name || ' ' || column_name || ' ' || data_type "
                           "|| ' ' || is_nullable, ', ' order by table_name, ordinal_position) "
                           "from information_schema.columns where table_schema = 'raw_shop'"),
        columns_of_dlt);
}

static Schema *orders_schema(Store *store, Schema *schema)
{
    if (schema == NULL) {
        schema = schema_new(store->arena, STR("shop"));
    }
    SchemaTable *table = schema_root_table(schema, STR("orders"), STR("Orders"), STR("append"));
    DataType bigint = data_type(DATA_BIGINT);
    schema_column(schema, table, STR("id"), &bigint, false);
    schema_system_column(schema, table, &system_column_load_id);
    schema_system_column(schema, table, &system_column_id);
    return schema;
}

/* One load of one row, as a caller does it. */
static LoadPackage load_once(Store *store, LoadIdClock *clock, int64_t cursor)
{
    Connection *connection = store->connection;
    Arena *arena = store->arena;
    LoadPackage package = {.dataset = dataset};
    assert_ok(connection_begin(connection));
    assert_ok(bookkeeping_prepare(connection, arena, dataset));
    assert_ok(bookkeeping_read_schema(connection, arena, dataset, STR("shop"), &package.schema));
    assert_ok(bookkeeping_read_state(connection, arena, dataset, STR("pipe"), &package.state));
    Str last;
    assert_ok(bookkeeping_read_last_load(connection, arena, dataset, &last));
    load_id_seen(clock, last);
    package.load_id = load_id_next(clock, arena);
    package.schema = orders_schema(store, package.schema);
    if (package.state == NULL) {
        package.state = state_new(arena, STR("pipe"));
    }
    state_set_identity(package.state, &(StateIdentity){dataset, STR("shop")});
    state_set_incremental(package.state, STR("shop"), STR("Orders"), STR("id"), value_int(cursor));
    SchemaTable *table = schema_find_table(package.schema, STR("orders"));
    assert_ok(table_ddl_apply(connection, arena, dataset, table, NULL));
    Str sql = str_printf(arena, "insert into raw_shop.orders values (1, '" STR_FMT "', 'r')",
                         STR_ARG(package.load_id));
    assert_ok(connection_execute(connection, sql, NULL, 0, NULL));
    VEC_PUSH(arena, &package.tables, (LoadedTable){.name = STR("orders"), .rows = 1});
    assert_ok(bookkeeping_write(connection, arena, &package));
    assert_ok(connection_commit(connection));
    return package;
}

static void only_what_changed_is_written_again(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    LoadIdClock clock = {0};
    LoadPackage first = load_once(&store, &clock, 1);
    assert_true(first.wrote_schema && first.wrote_state);
    LoadPackage same = load_once(&store, &clock, 1);
    assert_false(same.wrote_schema || same.wrote_state);
    LoadPackage further = load_once(&store, &clock, 2);
    assert_false(further.wrote_schema);
    assert_true(further.wrote_state);
    assert_int_equal(store_int(&store, "select count(*) from raw_shop._dlt_version"), 1);
    assert_int_equal(store_int(&store, "select count(*) from raw_shop._dlt_pipeline_state"), 2);
    assert_int_equal(store_int(&store, "select count(*) from raw_shop._dlt_loads "
                                       "join raw_shop._dlt_version on "
                                       "version_hash = schema_version_hash"),
                     3);
    assert_int_equal(store_int(&store, "select count(distinct load_id) from raw_shop._dlt_loads"),
                     3);
    assert_string_equal(store_text(&store, "select string_agg(distinct length(_dlt_id)::varchar) "
                                           "from raw_shop._dlt_pipeline_state"),
                        "14");
    assert_int_equal(state_version(further.state), 2);
    assert_true(schema_has_seen_data(schema_find_table(further.schema, STR("orders"))));
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    Schema *schema = NULL;
    State *pipeline = NULL;
    Str last = {0};
    assert_ok(
        bookkeeping_read_schema(store.connection, store.arena, dataset, STR("shop"), &schema));
    assert_ok(
        bookkeeping_read_state(store.connection, store.arena, dataset, STR("pipe"), &pipeline));
    assert_ok(bookkeeping_read_last_load(store.connection, store.arena, dataset, &last));
    assert_true(schema == NULL && pipeline == NULL && last.len == 0);
    LoadIdClock clock = {0};
    load_once(&store, &clock, 1);
    LoadPackage package = load_once(&store, &clock, 7);
    assert_ok(
        bookkeeping_read_schema(store.connection, store.arena, dataset, STR("shop"), &schema));
    assert_ok(
        bookkeeping_read_state(store.connection, store.arena, dataset, STR("pipe"), &pipeline));
    assert_ok(bookkeeping_read_last_load(store.connection, store.arena, dataset, &last));
    assert_true(
        str_eq(schema_write(schema, store.arena), schema_write(package.schema, store.arena)));
    assert_true(value_equal(&pipeline->document, &package.state->document));
    assert_true(str_eq(last, package.load_id));
    const Value *cursor = state_incremental(pipeline, STR("shop"), STR("Orders"), STR("id"));
    assert_int_equal(cursor->as.integer, 7);
    assert_ok(
        bookkeeping_read_state(store.connection, store.arena, dataset, STR("other"), &pipeline));
    assert_null(pipeline);
}

static void a_load_that_is_not_done_does_not_count(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    LoadIdClock clock = {0};
    load_once(&store, &clock, 1);
    load_once(&store, &clock, 2);
    store_run(&store, "update raw_shop._dlt_loads set status = 1 "
                      "where load_id = (select max(load_id) from raw_shop._dlt_loads)");
    State *pipeline = NULL;
    assert_ok(
        bookkeeping_read_state(store.connection, store.arena, dataset, STR("pipe"), &pipeline));
    assert_int_equal(state_incremental(pipeline, STR("shop"), STR("Orders"), STR("id"))->as.integer,
                     1);
}

static void a_new_version_is_the_newest_even_when_the_clock_goes_back(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    LoadIdClock clock = {0};
    load_once(&store, &clock, 1);
    store_run(&store, "update raw_shop._dlt_version set inserted_at = '2999-01-01 00:00:00+00'");
    Schema *schema = NULL;
    assert_ok(
        bookkeeping_read_schema(store.connection, store.arena, dataset, STR("shop"), &schema));
    DataType type = data_type(DATA_TEXT);
    schema_column(schema, schema_find_table(schema, STR("orders")), STR("note"), &type, false);
    LoadPackage package = {
        .load_id = load_id_next(&clock, store.arena), .dataset = dataset, .schema = schema};
    assert_ok(bookkeeping_write(store.connection, store.arena, &package));
    assert_true(package.wrote_schema);
    assert_int_equal(store_int(&store, "select count(note) from raw_shop.orders"), 0);
    Schema *again = NULL;
    assert_ok(bookkeeping_read_schema(store.connection, store.arena, dataset, STR("shop"), &again));
    assert_int_equal(schema_version(again), 2);
}

static void a_column_added_to_rows_can_hold_null(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    LoadIdClock clock = {0};
    load_once(&store, &clock, 1);
    Schema *schema = orders_schema(&store, NULL);
    SchemaTable *table = schema_find_table(schema, STR("orders"));
    DataType type = data_type(DATA_DOUBLE);
    schema_column(schema, table, STR("Price \"net\""), &type, false);
    TableChange change;
    assert_ok(table_ddl_apply(store.connection, store.arena, dataset, table, &change));
    assert_false(change.is_new);
    assert_int_equal(change.new_columns.len, 1);
    assert_int_equal(store_int(&store, "select count(\"Price \"\"net\"\"\") from raw_shop.orders"),
                     0);
    assert_ok(table_ddl_apply(store.connection, store.arena, dataset, table, &change));
    assert_int_equal(change.new_columns.len, 0);
}

static void a_forgotten_schema_is_written_again(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    LoadIdClock clock = {0};
    load_once(&store, &clock, 1);
    assert_ok(bookkeeping_forget_schema(store.connection, store.arena, dataset, STR("shop")));
    assert_true(load_once(&store, &clock, 1).wrote_schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_are_those_of_dlt),
        cmocka_unit_test(only_what_changed_is_written_again),
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(a_load_that_is_not_done_does_not_count),
        cmocka_unit_test(a_new_version_is_the_newest_even_when_the_clock_goes_back),
        cmocka_unit_test(a_column_added_to_rows_can_hold_null),
        cmocka_unit_test(a_forgotten_schema_is_written_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
