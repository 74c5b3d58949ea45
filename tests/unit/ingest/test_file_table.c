#include "unit/warehouse/warehouse_fixture.h"

#include "ingest/file_table.h"

static void run_sql(Store *store, const char *sql)
{
    assert_ok(connection_execute(store->connection, str_from(sql), NULL, 0, NULL));
}

static int64_t number(Store *store, const char *sql)
{
    int64_t value = 0;
    assert_ok(connection_query_int(store->connection, str_from(sql), NULL, 0, &value));
    return value;
}

static void open_table(Store *store, FileTable *table)
{
    assert_ok(
        file_table_open(store->connection, store->arena, STR("raw_shop"), STR("orders"), table));
}

static int64_t insert(Store *store, const FileTable *table, const char *file, const char *from)
{
    FilePart part = {.values = STR("a"),
                     .from = str_from(from),
                     .load_id = STR("1795344267.5"),
                     .loaded_at_us = 1795344267500000,
                     .filename = str_from(file),
                     .modified_us = 1};
    VEC_PUSH(store->arena, &part.names, STR("a"));
    int64_t rows = 0;
    assert_ok(file_table_insert(table, &part, &rows));
    return rows;
}

/* The table `orders` with a column `a`, and two files in it. */
static void make_table(Store *store, FileTable *table)
{
    store_open(store, ":memory:");
    run_sql(store, "create schema raw_shop");
    open_table(store, table);
    assert_false(table->exists);
    VEC_PUSH(store->arena, &table->columns, (TableColumn){.name = STR("a"), .type = STR("BIGINT")});
    bool changed = false;
    assert_ok(file_table_prepare(table, &changed));
    assert_true(changed);
    assert_int_equal(insert(store, table, "x.csv", "range(5000) as t(a)"), 5000);
    assert_int_equal(insert(store, table, "y.csv", "range(10) as t(a)"), 10);
}

static void each_row_has_an_id_of_its_own_and_the_data_of_its_file(void **state)
{
    (void)state;
    Store store;
    FileTable table;
    make_table(&store, &table);
    assert_int_equal(number(&store, "select count(distinct _dlt_id) from raw_shop.orders"), 5010);
    assert_int_equal(number(&store,
                            "select count(*) from raw_shop.orders where length(_dlt_id) = 14 and "
                            "_dlt_load_id = '1795344267.5' and not _dango_deleted"),
                     5010);
    assert_int_equal(number(&store,
                            "select count(*) from raw_shop.orders where _dango_filename = 'y.csv' "
                            "and epoch_us(_dango_loaded_at) = 1795344267500000"),
                     10);
    store_done(&store);
}

static void a_file_is_deleted_or_marked_without_the_others(void **state)
{
    (void)state;
    Store store;
    FileTable table;
    make_table(&store, &table);
    assert_ok(file_table_mark_deleted(&table, STR("y.csv")));
    assert_int_equal(number(&store, "select count(*) from raw_shop.orders where _dango_deleted"),
                     10);
    assert_ok(file_table_delete(&table, STR("x.csv")));
    int64_t rows = 0;
    assert_ok(file_table_count(&table, &rows));
    assert_int_equal(rows, 10);
    assert_int_equal(number(&store, "select count(*) from raw_shop._dango_parts"), 1);
    assert_ok(file_table_delete(&table, STR("")));
    assert_int_equal(number(&store, "select count(*) from raw_shop._dango_rows_orders"), 0);
    store_done(&store);
}

static void it_is_listed_as_one_table(void **state)
{
    (void)state;
    Store store;
    FileTable table;
    make_table(&store, &table);
    RelationVec relations = {0};
    assert_ok(
        connection_list_relations(store.connection, store.arena, STR("raw_shop"), &relations));
    assert_int_equal(relations.len, 2); /* and _dango_parts */
    assert_true(str_is(relations.data[1].name, "orders"));
    assert_true(relations.data[1].kind == RELATION_TABLE && relations.data[1].is_parted);
    open_table(&store, &table);
    assert_true(table.exists && !table.is_foreign);
    assert_ok(file_table_drop(&table));
    open_table(&store, &table);
    assert_false(table.exists);
    store_done(&store);
}

static void another_program_s_table_is_taken_apart(void **state)
{
    (void)state;
    Store store;
    store_open(&store, ":memory:");
    run_sql(&store, "create schema raw_shop; create table raw_shop.orders as select i as a, "
                    "'1.5' as _dlt_load_id, 'i' || i as _dlt_id, if(i < 30, 'x.csv', null) as "
                    "_dango_filename from range(100) t(i)");
    FileTable table;
    open_table(&store, &table);
    assert_true(table.is_foreign);
    assert_ok(table_columns_read(store.connection, store.arena, table.schema, table.name,
                                 &table.columns));
    VEC_PUSH(store.arena, &table.columns,
             (TableColumn){.name = STR("b"), .type = STR("VARCHAR"), .is_new = true});
    bool changed = false;
    assert_ok(file_table_prepare(&table, &changed));
    assert_int_equal(number(&store, "select count(*) from raw_shop._dango_parts"), 2);
    assert_int_equal(number(&store,
                            "select sum(a)::bigint from raw_shop.orders where _dango_filename "
                            "= 'x.csv' and _dlt_load_id = '1.5' and b is null"),
                     29 * 30 / 2);
    assert_int_equal(number(&store, "select count(distinct _dlt_id) from raw_shop.orders"), 100);
    assert_int_equal(insert(&store, &table, "y.csv", "range(3) as t(a)"), 3);
    assert_int_equal(number(&store, "select max(part) from raw_shop._dango_parts"), 3);
    store_done(&store);
}

static void a_new_column_shows_in_the_view(void **state)
{
    (void)state;
    Store store;
    FileTable table;
    make_table(&store, &table);
    table.columns.data[0].is_retyped = true;
    table.columns.data[0].type = STR("VARCHAR");
    VEC_PUSH(store.arena, &table.columns,
             (TableColumn){.name = STR("b"), .type = STR("DATE"), .is_new = true});
    bool changed = false;
    assert_ok(file_table_prepare(&table, &changed));
    assert_true(changed);
    assert_int_equal(
        number(&store, "select count(*) from raw_shop.orders where a = '7' and b is null"), 2);
    store_done(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_has_an_id_of_its_own_and_the_data_of_its_file),
        cmocka_unit_test(a_file_is_deleted_or_marked_without_the_others),
        cmocka_unit_test(it_is_listed_as_one_table),
        cmocka_unit_test(another_program_s_table_is_taken_apart),
        cmocka_unit_test(a_new_column_shows_in_the_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
