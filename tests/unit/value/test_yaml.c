#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "value/json_writer.h"
#include "value/yaml_reader.h"
#include "value/yaml_writer.h"

static void assert_text(Str found, const char *expected)
{
    if (!str_is(found, expected)) {
        print_error("expected: %s\nfound:    " STR_FMT "\n", expected, STR_ARG(found));
        fail();
    }
}

static const Value *read_fine(Arena *arena, const char *text, DuplicateKeyVec *duplicates)
{
    const ReadOptions options = {.path = STR("x.yml"), .duplicates = duplicates};
    const Value *value = NULL;
    Error *err = yaml_read(arena, str_from(text), &options, &value);
    if (err != NULL) {
        error_print(err, stderr, true);
        error_free(err);
    }
    assert_non_null(value);
    return value;
}

static void every_value_and_key_knows_its_place(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Value *root = read_fine(arena,
                                  "# first\n"
                                  "a:\n"
                                  "  - x: 1\n"
                                  "    \xC3\xA9: {y: 2}\n"
                                  "  - |\n"
                                  "    text\n"
                                  "b:   'q'\n",
                                  NULL);
    static const struct {
        const char *path;
        const char *place;
    } cases[] = {
        {"a", "x.yml:3:3"},   {"a.0", "x.yml:3:5"}, {"a.0.x", "x.yml:3:8"},
        {"a.1", "x.yml:5:5"}, {"b", "x.yml:7:6"},   {"a.0.\xC3\xA9.y", "x.yml:4:12"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_text(value_place(arena, value_find_path(root, str_from(cases[i].path))),
                    cases[i].place);
    }
    assert_text(value_place(arena, &value_entries(root)[1].key), "x.yml:7:1");
}

static void keys_given_twice_are_told_but_merged_ones_are_not(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DuplicateKeyVec twice = {0};
    read_fine(arena,
              "base: &b {x: 1, y: 2}\n"
              "own:\n"
              "  <<: *b\n"
              "  x: 3\n"
              "  y: 4\n"
              "  y: 5\n"
              "own: again\n",
              &twice);
    assert_int_equal(twice.len, 2);
    assert_text(value_place(arena, &twice.data[0].key), "x.yml:6:3");
    assert_text(value_place(arena, &twice.data[0].first), "x.yml:5:3");
    assert_text(value_place(arena, &twice.data[1].key), "x.yml:7:1");
}

static void all_documents_of_a_stream_are_read(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ValueVec documents = {0};
    assert_null(yaml_read_all(arena, STR("a: 1\n---\n- 2\n---\n...\n"), NULL, &documents));
    assert_int_equal(documents.len, 3);
    assert_int_equal(documents.data[0].kind, VALUE_MAP);
    assert_int_equal(documents.data[1].kind, VALUE_LIST);
    assert_int_equal(documents.data[2].kind, VALUE_NULL);
    assert_null(yaml_read_all(arena, STR("# nothing\n"), NULL, &documents));
    assert_int_equal(documents.len, 0);
}

static void mistakes_show_the_line_and_a_cure(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
        const char *excerpt;
        const char *hint;
    } cases[] = {
        {"a:\n\t- b\n",
         "x.yml:2:1: found character that cannot start any token (while scanning for the next "
         "token "
         "from line 2)",
         "   - b\n  ^", "indent with blanks, not with tabs"},
        {"a: b: c\n", "x.yml:1:5: mapping values are not allowed in this context",
         "  a: b: c\n      ^", "check the indentation, or put a text that contains ': ' in quotes"},
        {"a: 1\nb: [1,\n",
         "x.yml:3:1: did not find expected node content (while parsing a flow node "
         "from line 3)",
         "", ""},
        {"a: \xFF\n", "x.yml:1:4: not UTF-8: byte 0xFF", "", "save the file as UTF-8"},
        {"a: &x [1, *x]\n", "x.yml:1:4: the anchor's content contains itself",
         "  a: &x [1, *x]\n     ^", ""},
        {"a: &x {<<: *x}\n", "x.yml:1:4: the anchor's content contains itself",
         "  a: &x {<<: *x}\n     ^", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        const ReadOptions options = {.path = STR("x.yml")};
        const Value *value = NULL;
        AUTO_FREE(error) Error *err = yaml_read(arena, str_from(cases[i].text), &options, &value);
        assert_non_null(err);
        assert_text(error_message(err), cases[i].message);
        assert_text(error_excerpt_text(err, arena), cases[i].excerpt);
        assert_text(error_hints(err, arena), cases[i].hint);
    }
}

static void add_bomb(StrBuf *text, const char *first, const char *before, const char *after)
{
    strbuf_printf(text, "a0: &a0 %s\n", first);
    for (int i = 1; i < 40; i++) {
        int last = i - 1;
        strbuf_printf(text, "a%d: &a%d %s*a%d, *a%d, *a%d%s\n", i, i, before, last, last, last,
                      after);
    }
}

static void bombs_and_depth_end_at_a_ceiling(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf lists = strbuf_init(arena, MIB);
    StrBuf merges = strbuf_init(arena, MIB);
    StrBuf brackets = strbuf_init(arena, MIB);
    StrBuf chain = strbuf_init(arena, MIB);
    add_bomb(&lists, "[1]", "[", "]");
    add_bomb(&merges, "{x: 1}", "{<<: [", "]}");
    strbuf_add_repeat(&brackets, '[', 100000);
    strbuf_add_c(&chain, "- &a0 [1]\n");
    for (int i = 1; i < 1000; i++) {
        strbuf_printf(&chain, "- &a%d [*a%d]\n", i, i - 1);
    }
    const Str texts[] = {strbuf_str(&lists), strbuf_str(&merges), strbuf_str(&brackets),
                         strbuf_str(&chain)};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const ReadOptions options = {.path = STR("x.yml"), .max_nodes = 100000};
        const Value *value = NULL;
        AUTO_FREE(error) Error *err = yaml_read(arena, texts[i], &options, &value);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_LIMIT);
    }
}

static void files_for_people_are_neither_folded_nor_escaped(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf words = strbuf_init(arena, MIB);
    strbuf_add_c(&words, "caf\xC3\xA9");
    for (int i = 0; i < 40; i++) {
        strbuf_add_c(&words, " word");
    }
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_set(&builder, STR("b"), value_string(strbuf_str(&words)));
    value_map_set(&builder, STR("a"), value_string(STR("yes")));
    Value map = value_map_end(&builder);
    Str text = yaml_text(arena, &map, &yaml_style_config);
    Str expected = str_printf(arena, "b: " STR_FMT "\na: 'yes'\n", STR_ARG(strbuf_str(&words)));
    assert_true(str_eq(text, expected));
}

static void sorted_keys_and_dates_are_written(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    YamlStyle style = yaml_style_python;
    style.sort_keys = true;
    const Value *value = read_fine(arena, "b: 2024-01-02\na: 2024-01-02 03:04:05+01:00\n", NULL);
    assert_text(yaml_text(arena, value, &style), "a: 2024-01-02 03:04:05+01:00\nb: 2024-01-02\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_and_key_knows_its_place),
        cmocka_unit_test(keys_given_twice_are_told_but_merged_ones_are_not),
        cmocka_unit_test(all_documents_of_a_stream_are_read),
        cmocka_unit_test(mistakes_show_the_line_and_a_cure),
        cmocka_unit_test(bombs_and_depth_end_at_a_ceiling),
        cmocka_unit_test(files_for_people_are_neither_folded_nor_escaped),
        cmocka_unit_test(sorted_keys_and_dates_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
