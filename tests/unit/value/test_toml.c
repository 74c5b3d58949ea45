#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "value/json_writer.h"
#include "value/toml_reader.h"

static void assert_text(Str found, const char *expected)
{
    if (!str_is(found, expected)) {
        print_error("expected: %s\nfound:    " STR_FMT "\n", expected, STR_ARG(found));
        fail();
    }
}

static void documents_become_maps_in_the_order_of_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"", "{}"},
        {"z = 1\na = 'x'\nm = true\n", "{\"z\":1,\"a\":\"x\",\"m\":true}"},
        {"[b]\nx.y = 1.5\n[a]\nz = [1, [2, 'x'], {k = 1}]\n",
         "{\"b\":{\"x\":{\"y\":1.5}},\"a\":{\"z\":[1,[2,\"x\"],{\"k\":1}]}}"},
        {"[[s]]\nn = 1\n[[s]]\nn = 2\n", "{\"s\":[{\"n\":1},{\"n\":2}]}"},
        {"d = 2024-05-01\nt = 03:04:05.5\nm = 2024-05-01T03:04:05Z\no = 2024-05-01 "
         "03:04:05-02:30\n",
         "{\"d\":\"2024-05-01\",\"t\":\"03:04:05.500000\",\"m\":\"2024-05-01T03:04:05+00:00\","
         "\"o\":\"2024-05-01T03:04:05-02:30\"}"},
        {"i = 0xFF\nj = 1_000\nk = -9223372036854775808\nf = inf\n",
         "{\"i\":255,\"j\":1000,\"k\":-9223372036854775808,\"f\":Infinity}"},
        {"s = \"\"\"\none\\\n  two\"\"\"\nq = '''a'b'''\n", "{\"s\":\"onetwo\",\"q\":\"a'b\"}"},
        {"\"a b\" = 1\n'c.d' = 2\n", "{\"a b\":1,\"c.d\":2}"},
        {"[a.b]\nx = 1\n[a]\ny = 2\n[a.c]\n", "{\"a\":{\"b\":{\"x\":1},\"y\":2,\"c\":{}}}"},
        {"[f]\na.b = 1\na.c = 2\n[f.a.d]\nx = 1\n",
         "{\"f\":{\"a\":{\"b\":1,\"c\":2,\"d\":{\"x\":1}}}}"},
        {"[[a]]\n[a.b]\nx = 1\n[[a]]\n[[a.c]]\n", "{\"a\":[{\"b\":{\"x\":1}},{\"c\":[{}]}]}"},
        {"a = [1,\n # c\n 2,\n]\nb = \"\"\"\"q\"\"\"\"\"\n",
         "{\"a\":[1,2],\"b\":\"\\\"q\\\"\\\"\"}"},
        {"a = +1\nb = -0.5e-3\nc = 1_0.2_5\nd = 0\ne = 0e0\n1 = 'n'\n",
         "{\"a\":1,\"b\":-0.0005,\"c\":10.25,\"d\":0,\"e\":0.0,\"1\":\"n\"}"},
        {"a = \"\\u00e9\\U0001F600\\t\"", "{\"a\":\"\xC3\xA9\xF0\x9F\x98\x80\\t\"}"},
        {"\xEF\xBB\xBF"
         "a = 1\r\n",
         "{\"a\":1}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        const Value *value = NULL;
        Error *err = toml_read(arena, str_from(cases[i].text), NULL, &value);
        assert_null(err);
        assert_text(json_text(arena, value, &json_style_compact), cases[i].expected);
    }
}

static void values_and_keys_know_their_place(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const ReadOptions options = {.path = STR("c.toml")};
    const Value *value = NULL;
    assert_null(toml_read(arena, STR("# one\n[runtime]\nlog_level = \"INFO\"\nlist = [\n  7]\n"),
                          &options, &value));
    assert_text(value_place(arena, value_find_path(value, STR("runtime.log_level"))),
                "c.toml:3:13");
    assert_text(value_place(arena, value_find_path(value, STR("runtime.list.0"))), "c.toml:5:3");
    const Value *runtime = value_find(value, STR("runtime"));
    assert_text(value_place(arena, &value_entries(runtime)[1].key), "c.toml:4:1");
}

static void mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *place;
    } cases[] = {
        {"a = \n", "c.toml:1:5: not valid TOML: expected a value"},
        {"a = 1\na = 2\n", "c.toml:2:1: not valid TOML: 'a' is there already (line 1)"},
        {"[a\n", "c.toml:1:3: not valid TOML: expected ']' after the table's name"},
        {"[\na]\n", "c.toml:1:2: not valid TOML: expected a key"},
        {"[[a]\n", "c.toml:1:5: not valid TOML: expected ']]' after the table's name"},
        {"a = 'x\n", "c.toml:1:7: not valid TOML: the string is not closed"},
        {"a = '''x\n", "c.toml:2:1: not valid TOML: the string is not closed"},
        {"a 1\n", "c.toml:1:3: not valid TOML: expected '=' after the key"},
        {"a = 1 2\n", "c.toml:1:7: not valid TOML: expected the end of the line"},
        {"a = yes\n", "c.toml:1:5: not valid TOML: not a value"},
        {"a = 012\n", "c.toml:1:5: not valid TOML: a number must not begin with 0"},
        {"a = 9223372036854775808\n", "c.toml:1:5"},
        {"a = 1__0\n", "c.toml:1:5"},
        {"a = .5\n", "c.toml:1:5"},
        {"a = 5.\n", "c.toml:1:5"},
        {"a = 0xG\n", "c.toml:1:5"},
        {"d = 2024-13-01\n", "c.toml:1:5"},
        {"a = \"\\q\"\n", "c.toml:1:7: not valid TOML: unknown escape"},
        {"a = \"\\ud800\"\n", "c.toml:1:12: not valid TOML: the escape is no character: D800"},
        {"a = \"x\x01\"\n", "c.toml:1:7: not valid TOML: a control character, 0x01"},
        {"a = [1 2]\n", "c.toml:1:8: not valid TOML: expected ',' or ']' in the list"},
        {"a = {b = 1, }\n", "c.toml:1:13: not valid TOML: expected a key"},
        {"a = {b = 1\n}\n", "c.toml:1:11: not valid TOML: expected ',' or '}'"},
        {"[a]\n[a]\n", "c.toml:2:2: not valid TOML: 'a' is there already (line 1)"},
        {"a = {}\n[a.b]\n", "c.toml:2:2: not valid TOML: 'a' is there already"},
        {"[a.b.c]\nz = 1\n[a]\nb.c.t = 2\n", "c.toml:4:1: not valid TOML: 'b' is there already"},
        {"[f]\na.b = 1\n[f.a]\n", "c.toml:3:4: not valid TOML: 'a' is there already"},
        {"[[a]]\n[a]\n", "c.toml:2:2: not valid TOML: 'a' is there already"},
        {"a = []\n[[a]]\n", "c.toml:2:3: not valid TOML: 'a' is there already"},
        {"\xFF", "c.toml:1:1: not UTF-8"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        const ReadOptions options = {.path = STR("c.toml")};
        const Value *value = NULL;
        AUTO_FREE(error) Error *err = toml_read(arena, str_from(cases[i].text), &options, &value);
        assert_non_null(err);
        if (!str_starts_with(error_message(err), str_from(cases[i].place))) {
            assert_text(error_message(err), cases[i].place);
        }
    }
}

static void secret_files_show_nothing_of_their_lines(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const ReadOptions options = {.path = STR("secrets.toml"), .secret = true};
    const Value *value = NULL;
    AUTO_FREE(error)
    Error *bad = toml_read(arena, STR("key = \"hunter2\" oops\n"), &options, &value);
    assert_non_null(bad);
    assert_int_equal(error_excerpt_text(bad, arena).len, 0);
    assert_null(toml_read(arena, STR("key = \"hunter2\"\n"), &options, &value));
    int64_t number = 0;
    AUTO_FREE(error)
    Error *kind = value_get_int(value_find(value, STR("key")), STR("key"), &number);
    assert_text(error_message(kind), "secrets.toml:1:7: 'key' must be a whole number, not text");
}

static void ceilings_are_kept(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf keys = strbuf_init(arena, 4 * MIB);
    for (int i = 0; i < 100000; i++) {
        strbuf_add_c(&keys, "a.");
    }
    strbuf_add_c(&keys, "b = 1\n");
    StrBuf lists = strbuf_init(arena, MIB);
    strbuf_add_c(&lists, "a = ");
    strbuf_add_repeat(&lists, '[', 100000);
    const struct {
        Str text;
        ReadOptions options;
    } cases[] = {
        {strbuf_str(&keys), {.max_nodes = 1000000}},
        {STR("a = [1, 2, 3]"), {.max_nodes = 4}},
        {STR("a = [[[1]]]"), {.max_depth = 2}},
        {STR("a = 1"), {.max_bytes = 4}},
    };
    const Value *value = NULL;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(error) Error *err = toml_read(arena, cases[i].text, &cases[i].options, &value);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_LIMIT);
    }
    AUTO_FREE(error) Error *deep = toml_read(arena, strbuf_str(&lists), NULL, &value);
    assert_non_null(deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_maps_in_the_order_of_the_file),
        cmocka_unit_test(values_and_keys_know_their_place),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(secret_files_show_nothing_of_their_lines),
        cmocka_unit_test(ceilings_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
