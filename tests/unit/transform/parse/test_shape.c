/* Entries of metrics in the shape of artifacts, and what is said of those that have another. The
 * texts are what real dbt says behind "- " of its message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/parse/semantic_shapes.h"
#include "transform/python/text.h"
#include "value/yaml_reader.h"

static const Value *read_entry(Arena *arena, const char *text)
{
    ReadOptions options = {.path = STR("s.yml")};
    const Value *value = NULL;
    assert_null(yaml_read(arena, str_from(text), &options, &value));
    return value;
}

#define METRIC "{name: m, label: M, type: simple, "

static void entries_get_all_keys_in_their_order(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ShapeInput input = {.arena = arena, .file = STR("s.yml")};
    Value read;
    assert_null(shape_read(&input, &shape_time_spine,
                           read_entry(arena, "{standard_granularity_column: a, "
                                             "custom_granularities: [{name: b}]}"),
                           &read));
    assert_string_equal(str_to_c(arena, python_str(&read, arena)),
                        "{'standard_granularity_column': 'a', 'custom_granularities': "
                        "[{'name': 'b', 'column_name': None}]}");
    assert_null(
        shape_read(&input, &shape_metric,
                   read_entry(arena, METRIC "filter: [x, y], type_params: {measure: n, expr: true, "
                                            "window: 7 Days}}"),
                   &read));
    static const struct {
        const char *path, *expected;
    } parts[] = {
        {"filter", "{'where_filters': [{'where_sql_template': 'x'}, {'where_sql_template': 'y'}]}"},
        {"type_params.measure", "{'name': 'n', 'filter': None, 'alias': None, "
                                "'join_to_timespine': False, 'fill_nulls_with': None}"},
        {"type_params.window", "{'count': 7, 'granularity': 'day'}"},
        {"type_params.expr", "True"},
        {"type_params.metrics", "[]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const Value *part = value_find_path(&read, str_from(parts[i].path));
        assert_string_equal(str_to_c(arena, python_str(part, arena)), parts[i].expected);
    }
}

static void wrong_entries_are_refused_in_dbts_words(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *expected;
    } entries[] = {
        {"{name: m, type: simple, type_params: {}}", "at path []: 'label' is a required property"},
        {METRIC "foo: 1, type_params: {}}",
         "at path []: Additional properties are not allowed ('foo' was unexpected)"},
        {METRIC "type_params: {measure: 3}}",
         "at path ['type_params']['measure']: 3 is not valid under any of the given schemas"},
        {METRIC "type_params: {foo: 1}}",
         "at path ['type_params']: Additional properties are not allowed ('foo' was unexpected)"},
        {METRIC "filter: 3, type_params: {}}",
         "at path ['filter']: 3 is not valid under any of the given schemas"},
        {METRIC "type_params: {conversion_type_params: {base_measure: a}}}",
         "at path ['type_params']['conversion_type_params']: {'base_measure': 'a'} is not valid "
         "under any of the given schemas"},
        {"{name: m, label: M, type: summy, type_params: {}}",
         "Invalid enum value: `summy` in enum MetricType"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ShapeInput input = {.arena = arena, .file = STR("s.yml")};
    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        Value read;
        AUTO_FREE(error)
        Error *err = shape_read(&input, &shape_metric, read_entry(arena, entries[i].entry), &read);
        assert_non_null(err);
        assert_string_equal(str_to_c(arena, error_message(err)), entries[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_get_all_keys_in_their_order),
        cmocka_unit_test(wrong_entries_are_refused_in_dbts_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
