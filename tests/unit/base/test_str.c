#include "base_fixture.h"

#include <wchar.h>

#include "base/suggest.h"

/* "-" as a text without data, as an empty StrBuf gives it. */
static Str text_of(const char *text)
{
    return str_is(str_from(text), "-") ? (Str){NULL, 0} : str_from(text);
}

static void texts_are_ordered_by_their_bytes(void **state)
{
    (void)state;
    static const char *const ascending[] = {"-", "\x01", "A",  "AB",       "B",
                                            "a", "a a",  "ab", "\xC3\xA9", "\xF0\x9F\x98\x80"};
    for (size_t i = 0; i < ARRAY_LEN(ascending); i++) {
        for (size_t j = 0; j < ARRAY_LEN(ascending); j++) {
            Str a = text_of(ascending[i]), b = text_of(ascending[j]);
            int order = str_compare(a, b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_int_equal(str_eq(a, b), i == j);
        }
    }
    assert_true(str_eq(STR(""), (Str){NULL, 0}));
    assert_int_equal(str_compare(STR(""), (Str){NULL, 0}), 0);
    assert_int_equal(str_from(NULL).len, 0);
}

static void only_ascii_letters_have_no_case(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"", "", true},    {"-", "", true},   {"abcXYZ09", "ABCxyz09", true}, {"a", "ab", false},
        {"[", "{", false}, {"@", "`", false}, {"\xC3\xA9", "\xC3\x89", false}};
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(str_eq_nocase(text_of(cases[i].a), text_of(cases[i].b)), cases[i].equal);
    }
    assert_text(str_lower_ascii(arena, STR("AZ@[\xC3\x89 z")), "az@[\xC3\x89 z");
    assert_text(str_upper_ascii(arena, STR("az`{\xC3\xA9 Z")), "AZ`{\xC3\xA9 Z");
    assert_text(str_lower_ascii(arena, text_of("-")), "");
}

static void a_needle_is_found_where_it_first_and_last_stands(void **state)
{
    (void)state;
    static const struct {
        const char *text, *needle;
        size_t from, first, last;
    } cases[] = {
        {"abcabc", "abc", 0, 0, 3},
        {"abcabc", "abc", 1, 3, 3},
        {"abcabc", "abc", 4, SIZE_MAX, 3},
        {"abcabc", "", 2, 2, 6},
        {"abcabc", "", 6, 6, 6},
        {"abcabc", "", 7, SIZE_MAX, 6},
        {"aaa", "aa", 0, 0, 1},
        {"abc", "abcd", 0, SIZE_MAX, SIZE_MAX},
        {"-", "a", 0, SIZE_MAX, SIZE_MAX},
        {"-", "-", 0, 0, 0},
        {"abc", "x", 0, SIZE_MAX, SIZE_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str text = text_of(cases[i].text), needle = text_of(cases[i].needle);
        assert_int_equal(str_find(text, needle, cases[i].from), cases[i].first);
        assert_int_equal(str_find_last(text, needle), cases[i].last);
        assert_int_equal(str_contains(text, needle), cases[i].last != SIZE_MAX);
    }
    assert_int_equal(str_find_char(STR("abcb"), 'b'), 1);
    assert_int_equal(str_find_char(STR("abcb"), 'x'), SIZE_MAX);
    assert_int_equal(str_find_char((Str){NULL, 0}, 'x'), SIZE_MAX);
    assert_true(str_starts_with(STR("abc"), STR("ab")));
    assert_true(str_starts_with((Str){NULL, 0}, STR("")));
    assert_false(str_starts_with(STR("a"), STR("ab")));
    assert_false(str_starts_with(STR("abc"), STR("bc")));
    assert_true(str_ends_with(STR("abc"), STR("bc")));
    assert_true(str_ends_with((Str){NULL, 0}, (Str){NULL, 0}));
    assert_false(str_ends_with(STR("c"), STR("bc")));
    assert_false(str_ends_with(STR("abc"), STR("ab")));
}

static void trimming_takes_ascii_white_space_only(void **state)
{
    (void)state;
    static const struct {
        const char *text, *start, *end, *both;
    } cases[] = {
        {"", "", "", ""},
        {"-", "", "", ""},
        {" \t\n\v\f\r", "", "", ""},
        {" a b ", "a b ", " a b", "a b"},
        {"\xC2\xA0"
         "a\xC2\xA0",
         "\xC2\xA0"
         "a\xC2\xA0",
         "\xC2\xA0"
         "a\xC2\xA0",
         "\xC2\xA0"
         "a\xC2\xA0"},
        {"\x1c"
         "a\x08",
         "\x1c"
         "a\x08",
         "\x1c"
         "a\x08",
         "\x1c"
         "a\x08"},
        {"abc", "abc", "abc", "abc"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str text = text_of(cases[i].text);
        assert_text(str_trim_start(text), cases[i].start);
        assert_text(str_trim_end(text), cases[i].end);
        assert_text(str_trim(text), cases[i].both);
    }
}

static void a_cut_without_separator_leaves_the_results_alone(void **state)
{
    (void)state;
    Str before = STR("old"), after = STR("older");
    assert_false(str_cut(STR("abc"), '=', &before, &after));
    assert_false(str_cut((Str){NULL, 0}, '=', &before, &after));
    assert_text(before, "old");
    assert_text(after, "older");
    assert_true(str_cut(STR("a=b=c"), '=', &before, &after));
    assert_text(before, "a");
    assert_text(after, "b=c");
    assert_true(str_cut(STR("="), '=', &before, &after));
    assert_int_equal(before.len + after.len, 0);
}

/* The pieces or lines, each followed by '|'. */
static Str listed(Arena *arena, Str text, bool lines)
{
    StrBuf buf = strbuf_init(arena, 1000);
    for (Str rest = text, piece;
         lines ? str_next_line(&rest, &piece) : str_next_piece(&rest, ',', &piece);) {
        strbuf_printf(&buf, STR_FMT "|", STR_ARG(piece));
    }
    return strbuf_str(&buf);
}

static void pieces_and_lines_are_taken_one_by_one(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const struct {
        const char *text, *expected;
    } pieces[] = {{"", "|"},       {"-", ""},   {"a", "a|"},
                  {"a,b", "a|b|"}, {",", "||"}, {"a,,b,", "a||b||"}},
      lines[] = {{"", ""},        {"-", ""},           {"a", "a|"},        {"a\n", "a|"},
                 {"\n", "|"},     {"\r\n", "|"},       {"a\r\nb", "a|b|"}, {"a\n\nb\n", "a||b|"},
                 {"a\r", "a\r|"}, {"a\rb\n", "a\rb|"}, {"\r\r\n", "\r|"}};
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        assert_text(listed(arena, text_of(pieces[i].text), false), pieces[i].expected);
    }
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        assert_text(listed(arena, text_of(lines[i].text), true), lines[i].expected);
    }
}

static void copies_are_their_own_and_end_with_a_nul(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    char original[] = "abc";
    Str copy = str_dup(arena, str_from(original));
    original[0] = 'x';
    assert_text(copy, "abc");
    assert_int_equal(copy.data[3], '\0');
    assert_string_equal(str_to_c(arena, (Str){NULL, 0}), "");
    assert_text(str_printf(arena, "%d-" STR_FMT, 7, STR_ARG(copy)), "7-abc");
    Str empty = str_printf(arena, "%s", "");
    assert_int_equal(empty.len, 0);
    assert_string_equal(empty.data, "");
}

static void joining_and_replacing(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Str three[] = {STR("a"), STR(""), STR("c")};
    assert_text(str_join(arena, three, 3, STR(", ")), "a, , c");
    assert_text(str_join(arena, three, 1, STR(", ")), "a");
    assert_text(str_join(arena, NULL, 0, STR(", ")), "");
    static const struct {
        const char *text, *from, *to, *expected;
    } cases[] = {
        {"aXbXc", "X", "--", "a--b--c"},
        {"aXbXc", "X", "", "abc"},
        {"XX", "X", "XX", "XXXX"},
        {"aaa", "aa", "b", "ba"},
        {"abc", "", "x", "abc"},
        {"abc", "z", "x", "abc"},
        {"-", "a", "b", ""},
        {"abc", "abcd", "x", "abc"},
        {"abc", "abc", "-", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_text(str_replace(arena, text_of(cases[i].text), str_from(cases[i].from),
                                text_of(cases[i].to)),
                    cases[i].expected);
    }
}

/* The definition, slowly: optimal string alignment by recursion. */
static size_t slow_distance(const char *a, const char *b)
{
    if (*a == '\0' || *b == '\0') {
        return strlen(a) + strlen(b);
    }
    size_t best = slow_distance(a + 1, b + 1) + (*a != *b);
    size_t without = slow_distance(a + 1, b) + 1;
    best = without < best ? without : best;
    without = slow_distance(a, b + 1) + 1;
    best = without < best ? without : best;
    if (a[1] != '\0' && b[1] != '\0' && a[0] == b[1] && a[1] == b[0]) {
        without = slow_distance(a + 2, b + 2) + 1;
        best = without < best ? without : best;
    }
    return best;
}

static void the_distance_counts_edits_up_to_a_limit(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        size_t limit, distance;
    } cases[] = {
        {"", "", 9, 0},
        {"", "abc", 9, 3},
        {"abc", "-", 9, 3},
        {"model", "modle", 9, 1},
        {"model", "mdoel", 9, 1},
        {"Model", "mODEL", 9, 0},
        {"kitten", "sitting", 9, 3},
        {"kitten", "sitting", 1, 2},
        {"ca", "abc", 9, 3},
        {"abc", "xyz", 0, 1},
        {"abc", "abc", 0, 0},
        {"abc", "xyz", SIZE_MAX, 3},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(str_distance(text_of(cases[i].a), text_of(cases[i].b), cases[i].limit),
                         cases[i].distance);
    }
    Random random = random_seeded("distance");
    for (size_t round = 0; round < 300; round++) {
        char a[7] = "", b[7] = "";
        for (size_t i = 0, len = random_below(&random, 7); i < len; i++) {
            a[i] = (char)('a' + random_below(&random, 3));
        }
        for (size_t i = 0, len = random_below(&random, 7); i < len; i++) {
            b[i] = (char)('a' + random_below(&random, 3));
        }
        assert_int_equal(str_distance(str_from(a), str_from(b), 100), slow_distance(a, b));
    }
}

static void long_texts_are_equal_or_far_apart(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf buf = strbuf_init(arena, 100);
    strbuf_add_repeat(&buf, 'a', 64);
    Str longest = str_dup(arena, strbuf_str(&buf));
    strbuf_add_char(&buf, 'b');
    Str longer = strbuf_str(&buf);
    assert_int_equal(str_distance(longest, longest, 5), 0);
    assert_int_equal(str_distance(longest, longer, 5), 6);
    assert_int_equal(str_distance(longer, longest, SIZE_MAX), SIZE_MAX);
    assert_int_equal(str_distance(longer, str_upper_ascii(arena, longer), 5), 0);
}

static void a_suggestion_is_a_slip_of_the_finger_away(void **state)
{
    (void)state;
    static const char *const names[] = {"run", "test", "snapshot", "source", "docs", "go", "x"};
    static const struct {
        const char *wanted, *name;
    } cases[] = {
        {"rnu", "run"},
        {"TEST", "test"},
        {"snapshto", "snapshot"},
        {"snpshott", "snapshot"},
        {"sorce", "source"},
        {"xyz", ""},
        {"q", ""},
        {"", ""},
        {"X", "x"},
        {"og", "go"},
        {"g", ""},
        {"dogs", "docs"},
        {"dugs", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Suggestion best = suggestion_init(str_from(cases[i].wanted));
        for (size_t j = 0; j < ARRAY_LEN(names); j++) {
            suggestion_try(&best, str_from(names[j]));
        }
        assert_text(best.name, cases[i].name);
    }
}

static void a_buffer_takes_exactly_its_ceiling(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t limit = 0; limit < 200; limit++) {
        StrBuf bufs[4];
        for (size_t i = 0; i < ARRAY_LEN(bufs); i++) {
            bufs[i] = strbuf_init(arena, limit);
        }
        for (size_t i = 0; i < limit; i++) {
            strbuf_add_char(&bufs[0], 'x');
            strbuf_add(&bufs[1], STR("x"));
            strbuf_printf(&bufs[2], "%c", 'x');
        }
        strbuf_add_repeat(&bufs[3], 'x', limit);
        for (size_t i = 0; i < ARRAY_LEN(bufs); i++) {
            assert_false(bufs[i].overflowed);
            assert_int_equal(bufs[i].len, limit);
            assert_int_equal(strlen(strbuf_c(&bufs[i])), limit);
        }
        strbuf_printf(&bufs[0], "%s", "yz");
        strbuf_add_c(&bufs[1], "y");
        strbuf_add_char(&bufs[2], 'y');
        strbuf_add_repeat(&bufs[3], 'y', SIZE_MAX);
        for (size_t i = 0; i < ARRAY_LEN(bufs); i++) {
            assert_true(bufs[i].overflowed);
            assert_int_equal(bufs[i].len, limit);
        }
    }
}

static void nothing_is_added_after_an_overflow_until_cleared(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf buf = strbuf_init(arena, 4);
    strbuf_add_c(&buf, "abc");
    strbuf_add_c(&buf, "de");
    assert_true(buf.overflowed);
    strbuf_add_char(&buf, 'd');
    strbuf_printf(&buf, "d");
    strbuf_add_repeat(&buf, 'd', 1);
    assert_null(strbuf_reserve(&buf, 1));
    assert_text(strbuf_str(&buf), "abc");
    strbuf_clear(&buf);
    strbuf_printf(&buf, "%s", "wxyz");
    assert_false(buf.overflowed);
    assert_string_equal(strbuf_c(&buf), "wxyz");
}

static void a_format_that_fails_counts_as_overflow(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf buf = strbuf_init(arena, 100);
    static const wchar_t not_ascii[] = {0x20AC, 0}; /* cannot be written in the C locale */
    strbuf_add_c(&buf, "a");
    strbuf_printf(&buf, "%ls", not_ascii);
    assert_true(buf.overflowed);
    assert_text(strbuf_str(&buf), "a");
}

static void a_buffer_may_be_added_to_itself(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf buf = strbuf_init(arena, 100000);
    assert_string_equal(strbuf_c(&buf), "");
    strbuf_add_c(&buf, "ab");
    for (size_t i = 0; i < 10; i++) {
        strbuf_add(&buf, strbuf_str(&buf));
    }
    assert_int_equal(buf.len, 2048);
    for (size_t i = 0; i < buf.len; i++) {
        assert_int_equal(buf.data[i], "ab"[i % 2]);
    }
}

static void room_is_reserved_before_it_is_filled(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf buf = strbuf_init(arena, SIZE_MAX);
    for (size_t size = 1; size < 3000; size += 37) {
        char *at = strbuf_reserve(&buf, size);
        assert_non_null(at);
        memset(at, 'x', size);
        buf.len += size;
        strbuf_c(&buf);
    }
    strbuf_clear(&buf);
    assert_non_null(strbuf_reserve(&buf, 0));
    assert_null(strbuf_reserve(&buf, SIZE_MAX));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_ordered_by_their_bytes),
        cmocka_unit_test(only_ascii_letters_have_no_case),
        cmocka_unit_test(a_needle_is_found_where_it_first_and_last_stands),
        cmocka_unit_test(trimming_takes_ascii_white_space_only),
        cmocka_unit_test(a_cut_without_separator_leaves_the_results_alone),
        cmocka_unit_test(pieces_and_lines_are_taken_one_by_one),
        cmocka_unit_test(copies_are_their_own_and_end_with_a_nul),
        cmocka_unit_test(joining_and_replacing),
        cmocka_unit_test(the_distance_counts_edits_up_to_a_limit),
        cmocka_unit_test(long_texts_are_equal_or_far_apart),
        cmocka_unit_test(a_suggestion_is_a_slip_of_the_finger_away),
        cmocka_unit_test(a_buffer_takes_exactly_its_ceiling),
        cmocka_unit_test(nothing_is_added_after_an_overflow_until_cleared),
        cmocka_unit_test(a_format_that_fails_counts_as_overflow),
        cmocka_unit_test(a_buffer_may_be_added_to_itself),
        cmocka_unit_test(room_is_reserved_before_it_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
