#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/parse/generic_test.h"
#include "value/json_reader.h"

/* Names and hashes that real dbt makes. */
typedef struct Case {
    const char *entry; /* as JSON, which is YAML */
    const char *model;
    const char *column;
    const char *name;
    const char *hash; /* NULL = not looked at */
} Case;

static const Case cases[] = {
    {"\"not_null\"", "b", "id", "not_null_b_id", "37be81e63b"},
    {"{\"relationships\": {\"to\": \"ref('stg')\", \"field\": \"id\"}}", "m1", "id",
     "relationships_m1_id__id__ref_stg_", "6adc5011a6"},
    {"{\"relationships\": {\"arguments\": {\"to\": \"ref('zz')\", \"field\": \"id\"}}}", "b", "id",
     "relationships_b_id__id__ref_zz_", "788e5acf21"},
    {"{\"accepted_values\": {\"values\": [5], \"quote\": false}}", "ex", "id",
     "accepted_values_ex_id__False__5", "a750999f71"},
    {"{\"not_null\": {\"name\": \"my_own\"}}", "b", "id", "my_own", NULL},
    {"{\"test_name\": \"dbt_utils.expression_is_true\", \"expression\": \"> 0\"}", "b", "id",
     "dbt_utils_expression_is_true_b_id___0", NULL},
};

static Error *read_entry(Arena *arena, const Case *row, TestSpec *out)
{
    const Value *entry = NULL;
    ReadOptions options = {.path = STR("models/s.yml")};
    assert_null(json_read(arena, str_from(row->entry), &options, &entry));
    TestTarget target = {
        .yaml_path = STR("models/s.yml"),
        .name = str_from(row->model),
        .model_text = str_printf(arena, "{{ get_where_subquery(ref('%s')) }}", row->model),
        .column = str_from(row->column),
        .column_name = str_from(row->column),
    };
    return generic_test_read(arena, entry, &target, out);
}

static void names_and_hashes_are_those_of_dbt(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        TestSpec spec;
        assert_null(read_entry(arena, &cases[i], &spec));
        assert_string_equal(str_to_c(arena, spec.name), cases[i].name);
        if (cases[i].hash != NULL) {
            assert_string_equal(str_to_c(arena, spec.id_hash), cases[i].hash);
        }
    }
}

static void long_names_are_shortened_and_become_the_alias(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Case row = {"{\"accepted_values\": {\"values\": [\"a value that makes the name long\", "
                      "\"longer than sixty-four\"]}}",
                      "orders", "status", NULL, NULL};
    TestSpec spec;
    assert_null(read_entry(arena, &row, &spec));
    assert_int_equal(spec.short_name.len, strlen("accepted_values_orders_") + 32);
    assert_true(str_starts_with(spec.short_name, STR("accepted_values_orders_")));
    assert_true(
        str_eq(value_text_or(value_find(spec.config, STR("alias")), (Str){0}), spec.short_name));
}

static void entries_that_are_no_tests_are_refused(void **state)
{
    (void)state;
    static const char *const entries[] = {
        "[1]", "{\"a\": {}, \"b\": {}}", "{\"unique\": [1]}",
        "{\"unique\": {\"severity\": \"warn\", \"config\": {\"severity\": \"error\"}}}"};
    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        const Case row = {entries[i], "b", "id", NULL, NULL};
        TestSpec spec;
        AUTO_FREE(error) Error *err = read_entry(arena, &row, &spec);
        assert_non_null(err);
        assert_true(str_starts_with(
            error_message(err), STR("Invalid generic test configuration given in models/s.yml")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_hashes_are_those_of_dbt),
        cmocka_unit_test(long_names_are_shortened_and_become_the_alias),
        cmocka_unit_test(entries_that_are_no_tests_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
