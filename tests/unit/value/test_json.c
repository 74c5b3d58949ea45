#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/limits.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

static Str rewritten(Arena *arena, const char *text, const JsonStyle *style)
{
    const Value *value = NULL;
    const ReadOptions options = {.allow_nan = true};
    Error *err = json_read(arena, str_from(text), &options, &value);
    if (err != NULL) {
        Str message = str_dup(arena, error_message(err));
        error_discard(err, "the message is the result");
        return message;
    }
    return json_text(arena, value, style);
}

static void assert_text(Str found, const char *expected)
{
    if (!str_is(found, expected)) {
        print_error("expected: %s\nfound:    " STR_FMT "\n", expected, STR_ARG(found));
        fail();
    }
}

static void documents_come_back_in_each_style(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const JsonStyle *style;
        const char *expected;
    } cases[] = {
        {"{\"b\": [1, 2.0, true], \"a\": null}", &json_style_compact,
         "{\"b\":[1,2.0,true],\"a\":null}"},
        {"{\"b\": [1, 2.0, true], \"a\": null}", &json_style_python,
         "{\"b\": [1, 2.0, true], \"a\": null}"},
        {"{\"b\": [1, 2.0], \"a\": {}}", &json_style_canonical, "{\"a\":{},\"b\":[1,2.0]}"},
        {"{\"b\": [1, 2.0], \"a\": {}}", &json_style_ordered, "{\"b\":[1,2.0],\"a\":{}}"},
        {"{\"b\": [1], \"a\": [], \"c\": {}}", &json_style_pretty,
         "{\n  \"b\": [\n    1\n  ],\n  \"a\": [],\n  \"c\": {}\n}"},
        {"\"\\u00e9\\ud83d\\ude00\\u007f\\u2028\"", &json_style_python,
         "\"\\u00e9\\ud83d\\ude00\\u007f\\u2028\""},
        {"\"\\u00e9\\u007f\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\"", &json_style_canonical,
         "\"\xC3\xA9\x7F\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\""},
        {"[NaN, Infinity, -Infinity]", &json_style_python, "[NaN, Infinity, -Infinity]"},
        {"[NaN, Infinity, -Infinity]", &json_style_canonical, "[null,null,null]"},
        {"[9223372036854775807, -9223372036854775808]", &json_style_compact,
         "[9223372036854775807,-9223372036854775808]"},
        {"[9223372036854775808, 18446744073709551615]", &json_style_compact,
         "[9223372036854775808,18446744073709551615]"},
        {"-123456789012345678901234567890", &json_style_python, "-123456789012345678901234567890"},
        {"\xEF\xBB\xBF[]", &json_style_compact, "[]"},
        {"{\"a\": 1, \"b\": 2, \"a\": 3}", &json_style_compact, "{\"a\":3,\"b\":2}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        assert_text(rewritten(arena, cases[i].text, cases[i].style), cases[i].expected);
    }
}

static void floats_are_written_as_orjson_writes_them(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *expected;
    } cases[] = {
        {0, "0.0"},
        {-0.0, "-0.0"},
        {1, "1.0"},
        {0.1, "0.1"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {1.5e300, "1.5e+300"},
        {123456789.125, "123456789.125"},
        {0.00001, "0.00001"},
        {0.000001, "1e-6"},
        {1.5e-7, "1.5e-7"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {9007199254740993.0, "9007199254740992.0"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Value value = value_float(cases[i].number);
        assert_text(json_text(arena, &value, &json_style_canonical), cases[i].expected);
    }
}

static void markup_is_escaped_where_pages_need_it(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    JsonStyle style = json_style_python;
    style.html_safe = true;
    style.sort_keys = true;
    assert_text(rewritten(arena, "{\"b\": \"<a href='x'>&\", \"a\": 1}", &style),
                "{\"a\": 1, \"b\": \"\\u003ca href=\\u0027x\\u0027\\u003e\\u0026\"}");
}

static void keys_that_are_no_text_are_written_as_python_does(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_put(&builder, value_int(2), value_int(1));
    value_map_put(&builder, value_bool(true), value_int(2));
    value_map_put(&builder, value_null(), value_int(3));
    value_map_put(&builder, value_float(0.5), value_int(4));
    Value map = value_map_end(&builder);
    assert_text(json_text(arena, &map, &json_style_python),
                "{\"2\": 1, \"true\": 2, \"null\": 3, \"0.5\": 4}");
}

static void dates_and_bytes_become_text(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const DateTime when = {.year = 2024, .month = 5, .day = 1, .hour = 3, .has_offset = true};
    const Value items[] = {
        value_time(arena, VALUE_DATETIME, &when), value_time(arena, VALUE_DATE, &when),
        value_text(VALUE_BYTES, STR("\x01\x02\x03\x04")), value_text(VALUE_DECIMAL, STR("1.50"))};
    Value list = value_list(items, ARRAY_LEN(items));
    assert_text(json_text(arena, &list, &json_style_compact),
                "[\"2024-05-01T03:00:00+00:00\",\"2024-05-01\",\"AQIDBA==\",1.50]");
}

static void every_value_knows_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *place;
    } cases[] = {
        {"a", "x.json:2:8"},      {"a.0", "x.json:2:9"},  {"a.1", "x.json:2:16"},
        {"a.1.x", "x.json:2:22"}, {"b", "x.json:3:8"},    {"c", "x.json:4:5"},
        {"d.0", "x.json:5:10"},   {"d.1", "x.json:5:14"}, {"e", "x.json:6:17"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Value *root = NULL;
    const ReadOptions options = {.path = STR("x.json")};
    assert_null(json_read(arena,
                          STR("{\n"
                              "  \"a\": [\"]\\\"\", {\"x\": 1.5e3}],\n"
                              "  \"b\": {},\n"
                              "\"c\":true ,\n"
                              "  \"d\": [ [], {} ],\n"
                              "  \"e\": \"\", \"e\": null}\n"),
                          &options, &root));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const Value *value = value_find_path(root, str_from(cases[i].path));
        assert_text(value_place(arena, value), cases[i].place);
    }
}

static void mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"{\"a\": }", "x.json:1:7: not valid JSON: unexpected character"},
        {"[1,\n 2,\n \xC3\xA9]", "x.json:3:2: not valid JSON: unexpected character"},
        {"", "x.json:1:1: not valid JSON: the text is empty"},
        {"[1", "x.json:1:3: not valid JSON: unexpected end of data"},
        {"[1] 2", "x.json:1:5: not valid JSON: unexpected content after document"},
        {"[NaN]", "x.json:1:2: not valid JSON: unexpected character"},
        {"[\"a\x01\"]", "x.json:1:4: not valid JSON: unexpected control character in string"},
        {"\n\"\xFF\"", "x.json:2:2: not UTF-8: byte 0xFF"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        const Value *value = NULL;
        const ReadOptions options = {.path = STR("x.json")};
        AUTO_FREE(error) Error *err = json_read(arena, str_from(cases[i].text), &options, &value);
        assert_non_null(err);
        assert_null(value);
        Str message = error_message(err);
        if (!str_starts_with(message, str_from(cases[i].expected))) {
            assert_text(message, cases[i].expected);
        }
    }
}

static void keys_given_twice_are_told_to_who_asks(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DuplicateKeyVec twice = {0};
    const ReadOptions options = {.path = STR("x.json"), .duplicates = &twice};
    const Value *root = NULL;
    assert_null(
        json_read(arena, STR("{\"a\":1,\n\"b\":{\"c\":1,\"c\":2},\n\"a\":2}"), &options, &root));
    assert_int_equal(twice.len, 2);
    assert_text(value_place(arena, &twice.data[0].key), "x.json:2:12");
    assert_text(value_place(arena, &twice.data[1].key), "x.json:3:1");
    assert_text(value_place(arena, &twice.data[1].first), "x.json:1:2");
}

static void ceilings_are_kept(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Value *root = NULL;
    StrBuf deep = strbuf_init(arena, MIB);
    strbuf_add_repeat(&deep, '[', 300);
    strbuf_add_repeat(&deep, ']', 300);
    const struct {
        Str text;
        ReadOptions options;
    } cases[] = {
        {strbuf_str(&deep), {.max_nodes = 1000}},
        {STR("[1, 2, 3]"), {.max_nodes = 3}},
        {STR("[1, 2, 3]"), {.max_bytes = 8}},
        {STR("[[[1]]]"), {.max_depth = 2}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(error) Error *err = json_read(arena, cases[i].text, &cases[i].options, &root);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_LIMIT);
    }
    const ReadOptions enough = {.max_nodes = 4, .max_depth = 3};
    assert_null(json_read(arena, STR("[[[1]]]"), &enough, &root));
}

static void json_lines_go_on_after_a_bad_line(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const ReadOptions options = {.path = STR("x.jsonl")};
    JsonLines lines = json_lines(STR("{\"a\":1}\n\n  \r\n{bad}\n[2]\r\n3"), &options);
    const Value *value = NULL;
    assert_null(json_lines_next(&lines, arena, &value));
    assert_int_equal(value_find(value, STR("a"))->as.integer, 1);
    AUTO_FREE(error) Error *err = json_lines_next(&lines, arena, &value);
    assert_true(str_starts_with(error_message(err), STR("x.jsonl:4:2: not valid JSON")));
    assert_text(error_excerpt_text(err, arena), "  {bad}\n   ^");
    assert_null(json_lines_next(&lines, arena, &value));
    assert_text(value_place(arena, value_at(value, 0)), "x.jsonl:5:2");
    assert_null(json_lines_next(&lines, arena, &value));
    assert_int_equal(value->as.integer, 3);
    assert_null(json_lines_next(&lines, arena, &value));
    assert_null(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_come_back_in_each_style),
        cmocka_unit_test(floats_are_written_as_orjson_writes_them),
        cmocka_unit_test(markup_is_escaped_where_pages_need_it),
        cmocka_unit_test(keys_that_are_no_text_are_written_as_python_does),
        cmocka_unit_test(dates_and_bytes_become_text),
        cmocka_unit_test(every_value_knows_its_place),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(keys_given_twice_are_told_to_who_asks),
        cmocka_unit_test(ceilings_are_kept),
        cmocka_unit_test(json_lines_go_on_after_a_bad_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
