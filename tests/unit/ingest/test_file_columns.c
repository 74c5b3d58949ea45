#include "unit/warehouse/warehouse_fixture.h"

#include "ingest/file_columns.h"

static void types_merge_into_one_that_holds_both(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"BIGINT", "BIGINT", "BIGINT"},
        {"INTEGER", "BIGINT", "BIGINT"},
        {"UBIGINT", "BIGINT", "HUGEINT"},
        {"UINTEGER", "SMALLINT", "BIGINT"},
        {"BIGINT", "DOUBLE", "DOUBLE"},
        {"DECIMAL(9,2)", "BIGINT", "DOUBLE"},
        {"DATE", "TIMESTAMP", "TIMESTAMP"},
        {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE"},
        {"DATE", "BIGINT", "VARCHAR"},
        {"BOOLEAN", "BIGINT", "VARCHAR"},
        {"BIGINT[]", "VARCHAR[]", "JSON"},
        {"STRUCT(\"a\" BIGINT)", "JSON", "JSON"},
        {"STRUCT(\"a\" BIGINT)", "BIGINT", "VARCHAR"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str a = str_from(cases[i][0]), b = str_from(cases[i][1]);
        assert_true(str_is(column_type_merge(a, b), cases[i][2]));
        assert_true(str_is(column_type_merge(b, a), cases[i][2]));
    }
}

static void columns_are_named_as_dlt_does(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ColumnInfo infos[] = {{STR("Order ID"), STR("BIGINT"), true},
                          {STR("column1"), STR("VARCHAR"), true},
                          {STR("_dlt_id"), STR("VARCHAR"), true},
                          {STR("kind"), STR("ENUM"), true}};
    ColumnInfoVec read = {infos, ARRAY_LEN(infos), ARRAY_LEN(infos)};
    FileColumnVec columns = {0};
    assert_ok(file_columns_name(arena, STR("x.csv"), &read, &(StrVec){0}, &columns));
    assert_int_equal(columns.len, 3);
    assert_true(str_is(columns.data[0].name, "order_id"));
    assert_true(str_is(columns.data[2].type, "VARCHAR"));
    ColumnInfo same[] = {{STR("a b"), STR("BIGINT"), true}, {STR("A_B"), STR("BIGINT"), true}};
    ColumnInfoVec clash = {same, 2, 2};
    FileColumnVec none = {0};
    assert_fails(file_columns_name(arena, STR("x.csv"), &clash, &(StrVec){0}, &none), ERR_INPUT,
                 "x.csv: the columns 'a b' and 'A_B' would both be called 'a_b'");
}

static FileColumn file_column(const char *name, const char *type)
{
    return (FileColumn){str_from(name), str_from(name), str_from(type)};
}

static void a_file_widens_its_table_or_is_refused(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    TableColumnVec table = {0};
    static const char *const names[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        VEC_PUSH(arena, &table, (TableColumn){.name = str_from(names[i]), .type = STR("BIGINT")});
    }
    FileColumn good[] = {file_column("b", "VARCHAR"), file_column("e", "DATE"),
                         file_column("a", "BIGINT")};
    FileColumnVec file = {good, ARRAY_LEN(good), ARRAY_LEN(good)};
    ColumnRules rules = {.allow_new_columns = true};
    assert_ok(table_columns_merge(arena, STR("x"), STR("raw.t"), &file, rules, &table));
    assert_int_equal(table.len, 5);
    assert_true(table.data[1].is_retyped && str_is(table.data[1].type, "VARCHAR"));
    assert_true(table.data[4].is_new);
    assert_false(table.data[0].is_retyped);

    FileColumn wrong[] = {file_column("a", "BIGINT"), file_column("z", "BIGINT")};
    file = (FileColumnVec){wrong, ARRAY_LEN(wrong), ARRAY_LEN(wrong)};
    assert_fails(table_columns_merge(arena, STR("x"), STR("raw.t"), &file, rules, &table),
                 ERR_SCHEMA, "x: has 1 of the 5 columns of raw.t; missing: b, c, d, e; extra: z");
    assert_int_equal(table.len, 5);
    rules = (ColumnRules){.allow_any = true};
    assert_ok(table_columns_merge(arena, STR("x"), STR("raw.t"), &file, rules, &table));
    FileColumn added[] = {file_column("a", "BIGINT"), file_column("b", "BIGINT"),
                          file_column("c", "BIGINT"), file_column("y", "BIGINT")};
    file = (FileColumnVec){added, ARRAY_LEN(added), ARRAY_LEN(added)};
    assert_fails(
        table_columns_merge(arena, STR("x"), STR("raw.t"), &file, (ColumnRules){0}, &table),
        ERR_SCHEMA, "allow_new_columns forbids; missing: d, e, z; extra: y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_merge_into_one_that_holds_both),
        cmocka_unit_test(columns_are_named_as_dlt_does),
        cmocka_unit_test(a_file_widens_its_table_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
