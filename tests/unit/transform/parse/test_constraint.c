/* Constraints as SQL, and the checksum of a contract as dbt computes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/parse/constraint.h"
#include "value/yaml_reader.h"

static const Value *read_entry(Arena *arena, const char *text)
{
    ReadOptions options = {.path = STR("s.yml")};
    const Value *value = NULL;
    assert_null(yaml_read(arena, str_from(text), &options, &value));
    return value;
}

static void columns_and_constraints_become_sql(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *expected;
    } columns[] = {
        {"{name: id, data_type: string}", "id TEXT"},
        {"{name: a b, quote: true, data_type: int, constraints: [{type: not_null}]}",
         "\"a b\" int not null"},
        {"{name: id, data_type: int, constraints: [{type: check}, {type: check, expression: id > "
         "0}, "
         "{type: unique, name: u}, {type: custom, expression: x}]}",
         "id int check (id > 0) unique x"},
        {"{name: id, data_type: int, constraints: [{type: foreign_key, to: '\"w\".\"m\".\"p\"', "
         "to_columns: [a, b]}]}",
         "id int references \"m\".\"p\" (a, b)"},
    };
    static const struct {
        const char *entry, *expected;
    } models[] = {
        {"{type: primary_key, columns: [a, b]}", "primary key (a, b)"},
        {"{type: check, expression: a > b, name: n}", "constraint n check (a > b)"},
        {"{type: foreign_key, columns: [a], expression: p (x)}",
         "foreign key (a) references p (x)"},
        {"{type: not_null, columns: [a]}", ""},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        Str sql = constraint_column_sql(arena, read_entry(arena, columns[i].entry), true);
        assert_string_equal(str_to_c(arena, sql), columns[i].expected);
    }
    for (size_t i = 0; i < ARRAY_LEN(models); i++) {
        Str sql = constraint_model_sql(arena, read_entry(arena, models[i].entry));
        assert_string_equal(str_to_c(arena, sql), models[i].expected);
    }
}

static void the_checksum_is_that_of_dbt(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Value *columns = read_entry(arena, "{id: {name: id, data_type: varchar}, "
                                             "name: {name: name, data_type: varchar}, "
                                             "gone: {name: gone, data_type: date}}");
    Str checksum = contract_checksum(arena, columns, NULL, STR("table"));
    assert_string_equal(str_to_c(arena, checksum),
                        "1943df2a7c4fe0babe76a3d22ecd4750d00707d11a5d3b2d065f154c9ebf191a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_and_constraints_become_sql),
        cmocka_unit_test(the_checksum_is_that_of_dbt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
