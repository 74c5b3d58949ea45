#include "base_fixture.h"

#include "base/clock.h"

static void patterns_match_what_python_matches(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "pattern/pattern.txt"), fields[3];
    while (next_row(&table, fields, 3)) {
        bool matches = fs_pattern_matches(fields[0], fields[1]);
        if (matches != str_is(fields[2], "1")) {
            fprintf(stderr, "'" STR_FMT "' and '" STR_FMT "': %d\n", STR_ARG(fields[0]),
                    STR_ARG(fields[1]), matches);
            fail();
        }
    }
    assert_true(fs_pattern_matches((Str){NULL, 0}, (Str){NULL, 0}));
    assert_false(fs_pattern_matches(STR("a"), (Str){NULL, 0}));
}

static void names_that_are_no_utf8_are_compared_byte_by_byte(void **state)
{
    (void)state;
    assert_true(fs_pattern_matches(STR("a\xFF*"), STR("a\xFF"
                                                      "b")));
    assert_false(fs_pattern_matches(STR("\xFF"), STR("\xFE")));
    assert_true(fs_pattern_matches(STR("?"), STR("\xFE")));
    assert_true(fs_pattern_matches((Str){"a\0*", 3}, (Str){"a\0b", 3}));
    assert_false(fs_pattern_matches((Str){"a\0c", 3}, (Str){"a\0b", 3}));
}

/* Each would take longer than anybody lives if every star were tried with every other one. */
static void hostile_patterns_are_answered_at_once(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const struct {
        const char *unit, *end, *path_unit, *path_end;
    } cases[] = {
        {"*a", "b", "a", ""},        {"**/", "x", "a/", "y"},      {"**/a/", "x", "a/", "y"},
        {"*", "b", "a", ""},         {"**/*a*/", "x", "aa/", "y"}, {"[a*]*", "b", "a", ""},
        {"*?", "b", "\xC3\xA9", ""}, {"[", "b", "[", ""},
    };
    int64_t start_us = clock_monotonic_us();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        StrBuf pattern = strbuf_init(arena, 100000), path = strbuf_init(arena, 100000);
        for (size_t j = 0; j < 100; j++) {
            strbuf_add_c(&pattern, cases[i].unit);
        }
        for (size_t j = 0; j < 1000; j++) {
            strbuf_add_c(&path, cases[i].path_unit);
        }
        strbuf_add_c(&pattern, cases[i].end);
        strbuf_add_c(&path, cases[i].path_end);
        assert_false(fs_pattern_matches(strbuf_str(&pattern), strbuf_str(&path)));
    }
    assert_true(clock_monotonic_us() - start_us < 5000000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_what_python_matches),
        cmocka_unit_test(names_that_are_no_utf8_are_compared_byte_by_byte),
        cmocka_unit_test(hostile_patterns_are_answered_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
