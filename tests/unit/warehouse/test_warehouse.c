#include "unit/warehouse/warehouse_fixture.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"

static void values_of_every_type_read_as_the_database_prints_them(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    /* Each expression must read the same through our columns and through the database's own cast.
     */
    static const char *const expressions[] = {
        "true",
        "1::tinyint",
        "(-2)::smallint",
        "300000::int",
        "(-9223372036854775808)::bigint",
        "255::utinyint",
        "18446744073709551615::ubigint",
        "(-170141183460469231731687303715884105728)::hugeint",
        "340282366920938463463374607431768211455::uhugeint",
        "0.1::float",
        "3.4028235e38::float",
        "1e-10::float",
        "16777216::float",
        "0.1::double",
        "1e300::double",
        "'nan'::double",
        "'-inf'::double",
        "100.0::double",
        "1.50::decimal(4,2)",
        "(-0.05)::decimal(18,3)",
        "123456789012345678901234567890.12345678::decimal(38,8)",
        "7::decimal(5,0)",
        "'text'",
        "''",
        "'a longer text than twelve bytes'",
        "'\\x00\\xFFabc''\"'::blob",
        "'10101'::bit",
        "'6d3b1f0e-0b5a-4a3c-9d2e-1f2a3b4c5d6e'::uuid",
        "date '2024-02-29'",
        "date '0044-03-15 (BC)'",
        "date 'infinity'",
        "time '03:04:05.600'",
        "'03:04:05+02:30'::timetz",
        "timestamp '1969-12-31 23:59:59.999999'",
        "timestamp '2024-01-01'",
        "timestamp '-infinity'",
        "'2024-01-01 00:00:01'::timestamp_s",
        "'2024-01-01 00:00:01.5'::timestamp_ms",
        "'2024-01-01 00:00:01.123456789'::timestamp_ns",
        "timestamptz '2024-01-01 00:00:00+02'",
        "interval '14 months 3 days 4 hours 5.25 seconds'",
        "interval '0 days'",
        "interval '-1 hour'",
        "'b'::enum('a','b')",
        "'{\"a\": [1, 2]}'::json",
        "[1, NULL, 3]",
        "[[1], []]",
        "['a', 'b c', ' b', '', 'it''s', 'null', 'a=b', 'x\"y', 'a\\b']",
        "['[1]'::json]",
        "[date '2024-01-01', NULL]",
        "['a'::blob]",
        "map {'a b': 'c:d'}",
        "{'a b': 'c, d', 'it''s': 1}",
        "array_value(1.5, 2.5)",
        "{'a': 1, 'b': 'x'}",
        "{'a': {'b': [timestamp '2024-01-01']}}",
        "map {'k': 1, 'l': NULL}",
        "union_value(num := 2)",
        "NULL::int",
        "[NULL::varchar]",
        "row(1, 'x')",
    };
    int differing = 0;
    for (size_t i = 0; i < ARRAY_LEN(expressions); i++) {
        Str sql = str_printf(store.arena,
                             "select x, x::varchar from (select %s as x from range(3)) limit 1",
                             expressions[i]);
        TextRows rows;
        assert_ok(connection_query_rows(store.connection, store.arena, sql, NULL, 0, &rows));
        Str ours = text_cell(&rows, 0, 0);
        Str theirs = text_cell(&rows, 0, 1);
        if (!str_eq(ours, theirs) || (ours.data == NULL) != (theirs.data == NULL)) {
            print_error("%s: '" STR_FMT "', but the database says '" STR_FMT "'\n", expressions[i],
                        STR_ARG(ours), STR_ARG(theirs));
            differing++;
        }
    }
    assert_int_equal(differing, 0);
}

static void a_large_result_streams_in_bounded_memory(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    AUTO_FREE(result) Result *result = NULL;
    assert_ok(connection_query(store.connection,
                               STR("select i, 'row ' || i as text from range(1000000) t(i)"), NULL,
                               0, &result));
    assert_int_equal(result_column_count(result), 2);
    assert_true(str_is(result_column(result, 1)->name, "text"));
    assert_true(str_is(result_column(result, 1)->type.name, "VARCHAR"));
    int64_t sum = 0, rows = 0;
    for (const Chunk *chunk;;) {
        assert_ok(result_next(result, &chunk));
        if (chunk == NULL) {
            break;
        }
        for (size_t i = 0; i < chunk->row_count; i++, rows++) {
            sum += column_int(&chunk->columns[0], i);
            assert_true(column_str(&chunk->columns[1], i).len >= 5);
        }
    }
    assert_int_equal(rows, 1000000);
    assert_int_equal(sum, 499999500000);
}

static void parameters_stand_for_values_and_never_for_sql(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    Param params[] = {PARAM_OF_TEXT(STR("it's; drop")),
                      PARAM_OF_INT(-5),
                      PARAM_OF_DOUBLE(0.5),
                      PARAM_OF_BOOL(true),
                      PARAM_OF_NULL,
                      PARAM_OF_TIME(1000000)};
    TextRows rows;
    assert_ok(connection_query_rows(store.connection, store.arena,
                                    STR("select ?, ?, ?, ?, ?::int, ?"), params, ARRAY_LEN(params),
                                    &rows));
    static const char *const expected[] = {"it's; drop", "-5", "0.5",
                                           "true",       "",   "1970-01-01 00:00:01+00"};
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        assert_true(str_is(text_cell(&rows, 0, i), expected[i]));
    }
    assert_null(text_cell(&rows, 0, 4).data);
    assert_fails(connection_execute(store.connection, STR("select ?"), NULL, 0, NULL), ERR_STORE,
                 "has 1 parameters, 0 were given");
}

static void several_statements_run_in_order_and_the_last_one_counts(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    int64_t rows = -1;
    assert_ok(
        connection_execute(store.connection,
                           STR("create table t(a int); insert into t values (1), (2); -- done\n"
                               "update t set a = a + 1 where a > 1;"),
                           NULL, 0, &rows));
    assert_int_equal(rows, 1);
    assert_int_equal(store_int(&store, "select sum(a) from t"), 4);
    assert_fails(connection_execute(store.connection, STR("  -- nothing"), NULL, 0, NULL),
                 ERR_STORE, "no SQL statement");
    assert_fails(connection_execute(store.connection, (Str){"select 1\0", 9}, NULL, 0, NULL),
                 ERR_STORE, "NUL character at byte 9");
}

static void a_rolled_back_transaction_leaves_nothing(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    store_run(&store, "create table t(a int)");
    assert_ok(connection_begin(store.connection));
    store_run(&store, "insert into t values (1); create schema s; create table s.u(b int)");
    assert_ok(connection_rollback(store.connection));
    assert_int_equal(store_int(&store, "select count(*) from t"), 0);
    StrVec schemas = {0};
    assert_ok(connection_list_schemas(store.connection, store.arena, &schemas));
    assert_int_equal(schemas.len, 1);
    assert_ok(connection_rollback(store.connection));
    assert_ok(connection_begin(store.connection));
    store_run(&store, "insert into t values (1)");
    assert_ok(connection_commit(store.connection));
    assert_int_equal(store_int(&store, "select count(*) from t"), 1);
}

typedef struct FailureCase {
    const char *sql;
    WarehouseFailureKind kind;
    size_t line;
    size_t column;
    const char *candidate;
} FailureCase;

static void failures_say_what_where_and_what_might_be_meant(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    store_run(&store, "create table t(amount int primary key, name varchar)");
    static const FailureCase cases[] = {
        {"select\n  nmae\nfrom t", FAILURE_BINDER, 2, 3, "name"},
        {"select * from tt", FAILURE_CATALOG, 1, 15, "t"},
        {"selec 1", FAILURE_SYNTAX, 1, 1, NULL},
        {"select 1;\nselect 'x'::int", FAILURE_CONVERSION, 0, 0, NULL},
        {"insert into t values (1, 'a'), (1, 'b')", FAILURE_CONSTRAINT, 0, 0, NULL},
        {"select 'äöü', nam from t", FAILURE_BINDER, 1, 15, "name"},
        {"select 'a long text that makes the line so long that it cannot be shown whole in the "
         "message of the database', nam, 'and more text behind it, which is left out as well' "
         "from t",
         FAILURE_BINDER, 1, 112, "name"},
        {"create table t(a int)", FAILURE_CATALOG, 0, 0, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_fails(connection_execute(store.connection, str_from(cases[i].sql), NULL, 0, NULL),
                     ERR_STORE, " Error: ");
        const WarehouseFailure *failure = connection_failure(store.connection);
        assert_non_null(failure);
        assert_int_equal(failure->kind, cases[i].kind);
        if (cases[i].column > 0) {
            assert_int_equal(failure->line, cases[i].line);
            assert_int_equal(failure->column, cases[i].column);
        }
        if (cases[i].candidate != NULL) {
            assert_true(failure->candidates.len > 0);
            assert_true(str_is(failure->candidates.data[0], cases[i].candidate));
        }
    }
    store_run(&store, "select 1");
    assert_null(connection_failure(store.connection));
}

static void an_error_points_into_the_statement(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    AUTO_FREE(error)
    Error *err = connection_execute(store.connection, STR("select 1,\n   nope(2)"), NULL, 0, NULL);
    assert_non_null(err);
    Str excerpt = error_excerpt_text(err, store.arena);
    assert_true(str_find(excerpt, STR("LINE 2:    nope(2)\n"), 0) != SIZE_MAX);
    assert_true(str_ends_with(excerpt, STR("\n             ^")));
    assert_int_equal(str_find(error_message(err), STR("LINE"), 0), SIZE_MAX);
}

static void failures_in_the_middle_of_a_result_are_reported(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    /* With several threads DuckDB may tell "interrupted" of the one that it stopped instead. */
    assert_null(connection_execute(store.connection, STR("set threads = 1"), NULL, 0, NULL));
    TextRows rows;
    assert_fails(connection_query_rows(
                     store.connection, store.arena,
                     STR("select case when i = 99999 then error('late') else i::varchar end "
                         "from range(100000) t(i)"),
                     NULL, 0, &rows),
                 ERR_STORE, "late");
    assert_int_equal(store_int(&store, "select 42"), 42);
}

static void a_request_to_stop_ends_a_statement(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    Cancel cancel = {0};
    connection_set_cancel(store.connection, &cancel);
    cancel_request(&cancel);
    static const char *const forever =
        "create table t as select sum(a.i * b.i) from range(10000000) a(i), range(10000000) b(i)";
    assert_fails(connection_execute(store.connection, str_from(forever), NULL, 0, NULL),
                 ERR_CANCELLED, "interrupted");
    connection_set_cancel(store.connection, NULL);
    assert_int_equal(store_int(&store, "select 1"), 1);
}

static void count_calls(void *context, double percent, uint64_t rows_done, uint64_t rows_total)
{
    (void)percent, (void)rows_done, (void)rows_total;
    int *calls = context;
    if (++*calls == 1) {
        return;
    }
}

static void progress_is_told(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    int calls = 0;
    connection_set_progress(store.connection, count_calls, &calls);
    store_run(&store, "create table t as select i, md5(i::varchar) as m from range(3000000) t(i)");
    assert_true(calls > 0);
    assert_int_equal(store_int(&store, "select count(*) from t"), 3000000);
}

static void appended_rows_arrive_with_their_types(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    store_run(&store, "create table t(id bigint, name varchar, price decimal(9,2), small smallint, "
                      "stamp timestamptz, other int default 7)");
    enum { ROWS = 5000 };
    int64_t *ids = ARENA_ARRAY(store.arena, int64_t, ROWS);
    Str *names = ARENA_ARRAY(store.arena, Str, ROWS);
    Int128 *prices = ARENA_ARRAY(store.arena, Int128, ROWS);
    uint64_t *validity = ARENA_ARRAY(store.arena, uint64_t, ROWS / 64 + 1);
    for (int i = 0; i < ROWS; i++) {
        ids[i] = i;
        names[i] = str_printf(store.arena, "a name that is rather long %d", i);
        prices[i] = (Int128)i * 10;
        if (i % 3 != 0) {
            validity[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
    Column columns[] = {
        {.type.kind = COLUMN_INT, .data = ids},
        {.type.kind = COLUMN_TEXT, .data = names, .validity = validity},
        {.type = {.kind = COLUMN_DECIMAL, .precision = 18, .scale = 1}, .data = prices},
        {.type.kind = COLUMN_NULL},
        {.type.kind = COLUMN_TIMESTAMP_TZ, .data = ids},
    };
    Str targets[] = {STR("id"), STR("name"), STR("price"), STR("small"), STR("stamp")};
    AUTO_FREE(appender) Appender *appender = NULL;
    assert_ok(appender_open(store.connection, STR("main"), STR("t"), targets, ARRAY_LEN(targets),
                            &appender));
    Chunk chunk = {ROWS, ARRAY_LEN(columns), columns};
    assert_ok(appender_add(appender, &chunk));
    assert_ok(appender_finish(appender));
    assert_string_equal(
        store_text(&store, "select [count(*), count(name), sum(id), sum(price), count(small), "
                           "sum(other)]::varchar from t"),
        "[5000.00, 3333.00, 12497500.00, 12497500.00, 0.00, 35000.00]");
    assert_string_equal(store_text(&store, "select name from t where id = 4999"),
                        "a name that is rather long 4999");
}

static void relations_and_columns_are_listed(void **state)
{
    (void)state;
    AUTO_DONE(store) Store store;
    store_open(&store, NULL);
    store_run(&store,
              "create schema raw; create table raw.Orders(Id int not null, v decimal(9,2)); "
              "create view raw.w as select 1 as x; create table other(a int)");
    RelationVec relations = {0};
    assert_ok(connection_list_relations(store.connection, store.arena, STR("RAW"), &relations));
    assert_int_equal(relations.len, 2);
    assert_true(str_is(relations.data[0].name, "Orders"));
    assert_int_equal(relations.data[1].kind, RELATION_VIEW);
    bool found = false;
    assert_ok(connection_has_relation(store.connection, STR("raw"), STR("orders"), &found));
    assert_true(found);
    assert_ok(connection_has_relation(store.connection, STR("raw"), STR("other"), &found));
    assert_false(found);
    ColumnInfoVec columns = {0};
    assert_ok(connection_list_columns(store.connection, store.arena, STR("raw"), STR("orders"),
                                      &columns));
    assert_int_equal(columns.len, 2);
    assert_true(str_is(columns.data[0].name, "Id"));
    assert_false(columns.data[0].nullable);
    assert_true(str_is(columns.data[1].type, "DECIMAL(9,2)"));
    ColumnInfoVec described = {0};
    assert_ok(connection_describe(store.connection, store.arena,
                                  STR("select v, [Id] as l, {'a': 1} as s from raw.orders"),
                                  &described));
    assert_true(str_is(described.data[1].type, "INTEGER[]"));
    assert_true(str_is(described.data[2].type, "STRUCT(\"a\" INTEGER)"));
}

static char *path_in(Arena *arena, const char *directory, const char *name)
{
    return str_to_c(arena, fs_join(arena, str_from(directory), str_from(name)));
}

static void files_that_are_no_warehouse_are_named(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    char directory[] = "/tmp/test_warehouse_XXXXXX";
    assert_non_null(mkdtemp(directory));
    const char *text = path_in(arena, directory, "text.duckdb");
    assert_ok(fs_write_file(text, STR("this is no database"), 0644));
    const char *missing = path_in(arena, directory, "missing.duckdb");
    const char *nowhere = path_in(arena, directory, "none/x.duckdb");
    Warehouse *warehouse = NULL;
    assert_fails(warehouse_open(&(WarehouseOptions){.path = text}, &warehouse), ERR_STORE,
                 "is damaged or not a DuckDB file");
    assert_fails(
        warehouse_open(&(WarehouseOptions){.path = missing, .read_only = true}, &warehouse),
        ERR_NOT_FOUND, "cannot open");
    assert_fails(warehouse_open(&(WarehouseOptions){.path = nowhere}, &warehouse), ERR_IO,
                 "No such file or directory");
    assert_fails(warehouse_open(&(WarehouseOptions){.path = directory}, &warehouse), ERR_IO,
                 "Is a directory");
    WarehouseSetting bad = {STR("no_such_setting"), STR("1")};
    assert_fails(
        warehouse_open(&(WarehouseOptions){.settings = &bad, .setting_count = 1}, &warehouse),
        ERR_CONFIG, "no_such_setting");
    assert_null(warehouse);
    assert_ok(fs_remove_tree(directory));
}

static void many_small_tables_are_in_the_file_when_it_is_closed(void **state)
{
    (void)state;
    enum { TABLES = 120 };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    char directory[] = "/tmp/test_warehouse_XXXXXX";
    assert_non_null(mkdtemp(directory));
    const char *path = path_in(arena, directory, "w.duckdb");
    {
        AUTO_DONE(store) Store store;
        store_open(&store, path);
        for (int i = 0; i < TABLES; i++) {
            Str sql = str_printf(arena, "create table t%d as select %d as i, 'a text' as s", i, i);
            store_run(&store, str_to_c(arena, sql));
        }
    }
    assert_false(fs_is_file(path_in(arena, directory, "w.duckdb.wal")));
    {
        AUTO_DONE(store) Store store;
        store_open(&store, path);
        assert_int_equal(store_int(&store, "select count(*) from duckdb_tables()"), TABLES);
        assert_int_equal(store_int(&store, "select i from t119 where s = 'a text'"), 119);
    }
    assert_ok(fs_remove_tree(directory));
}

static void a_read_only_warehouse_refuses_to_change(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    char directory[] = "/tmp/test_warehouse_XXXXXX";
    assert_non_null(mkdtemp(directory));
    const char *path = path_in(arena, directory, "w.duckdb");
    {
        AUTO_DONE(store) Store store;
        store_open(&store, path);
        store_run(&store, "create table t as select 1 as a");
    }
    {
        AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
        AUTO_FREE(connection) Connection *connection = NULL;
        assert_ok(warehouse_open(&(WarehouseOptions){.path = path, .read_only = true}, &warehouse));
        assert_ok(connection_open(warehouse, &connection));
        assert_fails(connection_execute(connection, STR("create table u(a int)"), NULL, 0, NULL),
                     ERR_STORE, "read-only");
        assert_int_equal(connection_failure(connection)->kind, FAILURE_READ_ONLY);
    }
    assert_ok(fs_remove_tree(directory));
}

static void settings_change_for_all_connections_of_an_open_warehouse(void **state)
{
    (void)state;
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    AUTO_FREE(connection) Connection *connection = NULL;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    assert_ok(warehouse_open(&(WarehouseOptions){0}, &warehouse));
    assert_ok(connection_open(warehouse, &connection));
    static const WarehouseSetting good[] = {{STR_INIT("threads"), STR_INIT("3")}};
    static const WarehouseSetting bad[] = {{STR_INIT("no_such"), STR_INIT("it's")}};
    assert_ok(warehouse_configure(warehouse, good, ARRAY_LEN(good)));
    Str threads;
    assert_ok(connection_query_text(
        connection, arena, STR("select current_setting('threads')::varchar"), NULL, 0, &threads));
    assert_true(str_is(threads, "3"));
    assert_fails(warehouse_configure(warehouse, bad, ARRAY_LEN(bad)), ERR_CONFIG,
                 "setting 'no_such' = 'it's'");
}

static void too_little_memory_is_an_error_not_a_crash(void **state)
{
    (void)state;
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    AUTO_FREE(connection) Connection *connection = NULL;
    WarehouseOptions options = {.memory_limit_bytes = 20 * MIB, .threads = 1, .temp_directory = ""};
    assert_ok(warehouse_open(&options, &warehouse));
    assert_ok(connection_open(warehouse, &connection));
    assert_fails(connection_execute(connection,
                                    STR("create table t as select md5(i::varchar) a, random() b "
                                        "from range(5000000) t(i) order by a"),
                                    NULL, 0, NULL),
                 ERR_LIMIT, "Out of Memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_type_read_as_the_database_prints_them),
        cmocka_unit_test(a_large_result_streams_in_bounded_memory),
        cmocka_unit_test(parameters_stand_for_values_and_never_for_sql),
        cmocka_unit_test(several_statements_run_in_order_and_the_last_one_counts),
        cmocka_unit_test(a_rolled_back_transaction_leaves_nothing),
        cmocka_unit_test(failures_say_what_where_and_what_might_be_meant),
        cmocka_unit_test(an_error_points_into_the_statement),
        cmocka_unit_test(failures_in_the_middle_of_a_result_are_reported),
        cmocka_unit_test(a_request_to_stop_ends_a_statement),
        cmocka_unit_test(many_small_tables_are_in_the_file_when_it_is_closed),
        cmocka_unit_test(progress_is_told),
        cmocka_unit_test(appended_rows_arrive_with_their_types),
        cmocka_unit_test(relations_and_columns_are_listed),
        cmocka_unit_test(files_that_are_no_warehouse_are_named),
        cmocka_unit_test(a_read_only_warehouse_refuses_to_change),
        cmocka_unit_test(settings_change_for_all_connections_of_an_open_warehouse),
        cmocka_unit_test(too_little_memory_is_an_error_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
