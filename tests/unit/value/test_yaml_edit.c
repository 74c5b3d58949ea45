#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/yaml_edit.h"
#include "value/yaml_reader.h"

typedef enum Operation { SET, APPEND, REMOVE } Operation;

typedef struct EditCase {
    Operation operation;
    const char *path;  /* parts between blanks */
    const char *value; /* YAML */
    const char *before;
    const char *after; /* NULL = refused */
} EditCase;

static Error *run_edit(Arena *arena, const EditCase *test, Str *out)
{
    StrVec parts = {0};
    Str rest = str_from(test->path);
    Str part;
    while (rest.len > 0 && str_next_piece(&rest, ' ', &part)) {
        VEC_PUSH(arena, &parts, part);
    }
    const Value *value = NULL;
    TRY(yaml_read(arena, str_from(test->value != NULL ? test->value : ""), NULL, &value));
    const YamlEdit edit = {.file = STR("f.yml"),
                           .text = str_from(test->before),
                           .path = parts.data,
                           .depth = parts.len};
    switch (test->operation) {
    case SET:
        return yaml_edit_set(arena, &edit, value, out);
    case APPEND:
        return yaml_edit_append(arena, &edit, value, out);
    case REMOVE:
        return yaml_edit_remove(arena, &edit, out);
    }
    return NULL;
}

static void check_edits(const EditCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Str found = STR("");
        AUTO_FREE(error) Error *err = run_edit(arena, &cases[i], &found);
        if (err != NULL && cases[i].after != NULL) {
            print_error("case %zu, path '%s':\n", i, cases[i].path);
            error_print(err, stderr, true);
            fail();
        }
        if (cases[i].after != NULL && !str_is(found, cases[i].after)) {
            print_error("case %zu, path '%s'\nexpected:\n%s\nfound:\n" STR_FMT "\n", i,
                        cases[i].path, cases[i].after, STR_ARG(found));
            fail();
        }
        if (cases[i].after == NULL) {
            assert_non_null(err);
        }
    }
}

static const char sources[] = "# what is loaded\n"
                              "version: '1.0' # of this file\n"
                              "sources:\n"
                              "  # the shop\n"
                              "  - name: sales   # daily\n"
                              "    type: csv\n"
                              "    csv:\n"
                              "      directory: data/uploads\n"
                              "    tags: [a, b]\n"
                              "\n"
                              "  # money\n"
                              "  - name: pay\n"
                              "    type: stripe\n"
                              "    notes: |\n"
                              "      two\n"
                              "      lines\n"
                              "\n"
                              "# the end\n";

static void a_value_is_replaced_and_nothing_else(void **state)
{
    (void)state;
    static const EditCase cases[] = {
        {SET, "a", "2", "a: 1 # one\nb: 3\n", "a: 2 # one\nb: 3\n"},
        {SET, "a", "'yes'", "a: no\n", "a: 'yes'\n"},
        {SET, "a", "x: y", "a: 1\n", "a:\n  x: y\n"},
        {SET, "a", "x", "a:\n", "a: x\n"},
        {SET, "a", "x", "a: # c\nb: 1\n", "a: x # c\nb: 1\n"},
        {SET, "a", "x", "a: |\n  one\n  two\nb: 1\n", "a: x\nb: 1\n"},
        {SET, "a", "x", "a:\n  b: 1\n  c: 2\nd: 3\n", "a: x\nd: 3\n"},
        {SET, "a", "[1, 2]", "a:\n- x\n- y\nd: 3\n", "a:\n  - 1\n  - 2\nd: 3\n"},
        {SET, "a", "[]", "a: [1,\n  2]\nd: 3\n", "a: []\nd: 3\n"},
        {SET, "a b", "2", "a: {b: 1, c: 3} # x\n", "a: {b: 2, c: 3} # x\n"},
        {SET, "a b", "{x: [1]}", "a: {b: 1}\n", "a: {b: {\"x\": [1]}}\n"},
        {SET, "a 1", "z", "a: [x, y]\n", "a: [x, z]\n"},
        {SET, "a 1 n", "z", "a:\n  - n: 1\n  - n: 2\n    m: 3\n",
         "a:\n  - n: 1\n  - n: z\n    m: 3\n"},
        {SET, "a", "\"one\\ntwo\"", "a: 1\n", "a: \"one\\ntwo\"\n"},
        {SET, "\xC3\xA9", "2", "\xC3\xBC: \xC3\xA4 # \xC3\xB6\n\xC3\xA9: 1\n",
         "\xC3\xBC: \xC3\xA4 # \xC3\xB6\n\xC3\xA9: 2\n"},
        {SET, "a", "2",
         "\xEF\xBB\xBF"
         "a: 1\r\nb: 2\r\n",
         "\xEF\xBB\xBF"
         "a: 2\r\nb: 2\r\n"},
        {SET, "a", "2", "a: 1", "a: 2"},
    };
    check_edits(cases, ARRAY_LEN(cases));
}

static void a_key_is_added_below_its_neighbours(void **state)
{
    (void)state;
    static const EditCase cases[] = {
        {SET, "b", "2", "a: 1 # one\n# end\n", "a: 1 # one\nb: 2\n# end\n"},
        {SET, "b", "2", "a: 1", "a: 1\nb: 2"},
        {SET, "b", "2", "", "b: 2\n"},
        {SET, "b", "2", "# nothing yet\n", "# nothing yet\nb: 2\n"},
        {SET, "a c", "2", "a:\n    b: 1\nd: 1\n", "a:\n    b: 1\n    c: 2\nd: 1\n"},
        {SET, "a c", "2", "a:\nd: 1\n", "a:\n  c: 2\nd: 1\n"},
        {SET, "a c", "2", "a: {}\nd: 1\n", "a:\n  c: 2\nd: 1\n"},
        {SET, "a c", "two words", "a: {b: 1}\n", "a: {b: 1, c: two words}\n"},
        {SET, "a b c", "2", "x: 1\n", "x: 1\na:\n  b:\n    c: 2\n"},
        {SET, "a 0 c", "2", "a:\n- b: 1\n- d: 2\n", "a:\n- b: 1\n  c: 2\n- d: 2\n"},
        {SET, "a b", "2", "a:\n  t: |\n    one\n    two\n\nz: 1\n",
         "a:\n  t: |\n    one\n    two\n  b: 2\n\nz: 1\n"},
        {SET, "b", "{x: [1, {y: 2}], z: {}}", "a: 1\r\n",
         "a: 1\r\nb:\r\n  x:\r\n    - 1\r\n    - y: 2\r\n  z: {}\r\n"},
    };
    check_edits(cases, ARRAY_LEN(cases));
}

static void an_item_is_added_to_a_list(void **state)
{
    (void)state;
    static const EditCase cases[] = {
        {APPEND, "a", "2", "a:\n  - 1 # one\n\nb: 1\n", "a:\n  - 1 # one\n  - 2\n\nb: 1\n"},
        {APPEND, "a", "{n: x, t: {d: 1}}", "a:\n- n: y\n", "a:\n- n: y\n- n: x\n  t:\n    d: 1\n"},
        {APPEND, "a", "{n: x}", "a: []\nb: 1\n", "a:\n  - n: x\nb: 1\n"},
        {APPEND, "a", "{n: x}", "a:\n", "a:\n  - n: x\n"},
        {APPEND, "a", "{n: x}", "b: 1\n", "b: 1\na:\n  - n: x\n"},
        {APPEND, "a", "{n: x}", "", "a:\n  - n: x\n"},
        {APPEND, "a", "3", "a: [1, 2] # c\n", "a: [1, 2, 3] # c\n"},
        {APPEND, "a b", "3", "a: {b: []}\n", "a: {b: [3]}\n"},
        {APPEND, "l", "3", "x: &x 1\nl:\n  - 2\n  - *x # c\nz: 1\n",
         "x: &x 1\nl:\n  - 2\n  - *x # c\n  - 3\nz: 1\n"},
        {APPEND, "a", "3", "a: [\n  1,\n  2,\n]\n", "a: [\n  1,\n  2, 3\n]\n"},
        {APPEND, "", "3", "- 1\n- 2\n", "- 1\n- 2\n- 3\n"},
    };
    check_edits(cases, ARRAY_LEN(cases));
}

static void an_entry_is_removed_with_its_line(void **state)
{
    (void)state;
    static const EditCase cases[] = {
        {REMOVE, "b", NULL, "a: 1\nb: 2 # two\nc: 3\n", "a: 1\nc: 3\n"},
        {REMOVE, "a", NULL, "a:\n  x: 1\n  y: 2\nb: 2\n", "b: 2\n"},
        {REMOVE, "b", NULL, "a: 1\nb: 2", "a: 1\n"},
        {REMOVE, "a b", NULL, "a:\n  b: 1\nc: 2\n", "a: {}\nc: 2\n"},
        {REMOVE, "a 0", NULL, "a:\n  - 1\n  - 2\nb: 1\n", "a:\n  - 2\nb: 1\n"},
        {REMOVE, "a 1", NULL, "a:\n- x: 1\n  y: 2\n- x: 3\n  y: 4\nb: 1\n",
         "a:\n- x: 1\n  y: 2\nb: 1\n"},
        {REMOVE, "a 0", NULL, "a:\n  - 1\nb: 1\n", "a: []\nb: 1\n"},
        {REMOVE, "a 0 x", NULL, "a:\n- x: 1\n  y: 2\n", "a:\n- y: 2\n"},
        {REMOVE, "a 1", NULL, "a: [1, 2, 3]\n", "a: [1, 3]\n"},
        {REMOVE, "a 2", NULL, "a: [1, 2, 3]\n", "a: [1, 2]\n"},
        {REMOVE, "a b", NULL, "a: {b: 1, c: 2}\n", "a: {c: 2}\n"},
        {REMOVE, "a t", NULL, "a:\n  t: |\n    one\n    two\n  b: 1\n", "a:\n  b: 1\n"},
        {REMOVE, "x", NULL, "a: 1\n", NULL},
        {REMOVE, "a 5", NULL, "a: [1]\n", NULL},
    };
    check_edits(cases, ARRAY_LEN(cases));
}

static void a_file_of_sources_keeps_its_comments(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str added = str_replace(arena, str_from(sources), STR("      lines\n"),
                            STR("      lines\n  - name: new\n    type: csv\n"));
    Str disabled = str_replace(arena, str_from(sources), STR("    tags: [a, b]\n"),
                               STR("    tags: [a, b]\n    enabled: false\n"));
    Str removed = str_replace(
        arena, str_from(sources),
        STR("  - name: pay\n    type: stripe\n    notes: |\n      two\n      lines\n"), STR(""));
    Str moved = str_replace(arena, str_from(sources), STR("data/uploads"), STR("data/other"));
    const EditCase cases[] = {
        {APPEND, "sources", "{name: new, type: csv}", sources, str_to_c(arena, added)},
        {SET, "sources 0 enabled", "false", sources, str_to_c(arena, disabled)},
        {REMOVE, "sources 1", NULL, sources, str_to_c(arena, removed)},
        {SET, "sources 0 csv directory", "data/other", sources, str_to_c(arena, moved)},
    };
    check_edits(cases, ARRAY_LEN(cases));
}

static void what_is_written_too_cleverly_is_refused(void **state)
{
    (void)state;
    static const EditCase cases[] = {
        {SET, "b x", "2", "a: &a {x: 1}\nb: *a\n", NULL}, /* would change a too */
        {SET, "b x", "2", "a: &a {x: 1}\nb: {<<: *a}\n", "a: &a {x: 1}\nb: {<<: *a, x: 2}\n"},
        {REMOVE, "b x", NULL, "a: &a {x: 1}\nb: {<<: *a}\n", NULL},
        {REMOVE, "a", NULL, "a: &a 1\nb: *a\n", NULL},
        {REMOVE, "a", NULL, "<<: {a: 1}\nb: 2\n", NULL},
        {SET, "a 0", "{x: 1}", "a:\n- 1\n", NULL},
        {SET, "a b", "1", "a: text\n", NULL},
        {SET, "a", "1", "a: [\n", NULL},
        {SET, "a", "2", "a: 1\n---\nb: 1\n", NULL},
    };
    check_edits(cases, ARRAY_LEN(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_replaced_and_nothing_else),
        cmocka_unit_test(a_key_is_added_below_its_neighbours),
        cmocka_unit_test(an_item_is_added_to_a_list),
        cmocka_unit_test(an_entry_is_removed_with_its_line),
        cmocka_unit_test(a_file_of_sources_keeps_its_comments),
        cmocka_unit_test(what_is_written_too_cleverly_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
