#include "base_fixture.h"

#include <errno.h>
#include <wchar.h>

#include "base/limits.h"
#include "base/unicode.h"

/* What error_print writes; frees the error. */
static Str printed(Arena *arena, Error *err, bool debug)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    error_print(err, out, debug);
    assert_int_equal(fclose(out), 0);
    Str copy = str_dup(arena, (Str){text, size});
    free(text);
    error_free(err);
    return copy;
}

static size_t count_lines(Str text)
{
    size_t count = 0;
    for (Str line; str_next_line(&text, &line);) {
        count++;
    }
    return count;
}

static void every_kind_has_a_class_and_an_exit_code(void **state)
{
    (void)state;
    static const struct {
        ErrorKind kind;
        const char *class_name;
        int exit_code;
    } cases[] = {
#define X(name, class_name, exit_code) {ERR_##name, class_name, exit_code},
        ERROR_KINDS(X)
#undef X
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(error) Error *err = error_new(cases[i].kind, "x");
        assert_int_equal(error_kind(err), cases[i].kind);
        assert_string_equal(error_class(err), cases[i].class_name);
        assert_string_equal(error_class_of(cases[i].kind), cases[i].class_name);
        assert_int_equal(error_exit_code(err), cases[i].exit_code);
    }
    assert_int_equal(error_exit_code(NULL), 0);
    error_free(NULL);
    error_discard(NULL, "nothing happened");
    error_discard(error_new(ERR_BUG, "x"), "a test");
}

static Error *fail_below(bool fails)
{
    return fails ? error_new(ERR_AUTH, "HTTP %d", 401) : NULL;
}

static Error *fail_above(bool fails, bool wrapped, bool *out_done)
{
    if (wrapped) {
        TRY_WRAP(fail_below(fails), "page %d", 14);
    } else {
        TRY(fail_below(fails));
    }
    *out_done = true;
    return NULL;
}

static void try_returns_a_failure_and_leaves_results_alone(void **state)
{
    (void)state;
    bool done = false;
    assert_fails(fail_above(true, true, &done), ERR_AUTH, "page 14: HTTP 401");
    assert_fails(fail_above(true, false, &done), ERR_AUTH, "HTTP 401");
    assert_false(done);
    assert_ok(fail_above(false, true, &done));
    assert_true(done);
    assert_ok(fail_above(false, false, &done));
}

static void a_chain_keeps_the_kind_and_tells_everything(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Error *err = error_hint(error_new(ERR_NETWORK, "no answer"), "try later");
    err = error_hint(error_wrap(err, "page %d", 2), "or look at the %s", "proxy");
    err = error_hint(error_wrap(err, "loading '%s'", "orders"), "a\nb");
    assert_int_equal(error_kind(err), ERR_NETWORK);
    assert_text(error_message(err), "loading 'orders'");
    assert_text(error_message(error_root(err)), "no answer");
    assert_text(error_full_message(err, arena), "loading 'orders': page 2: no answer");
    assert_text(error_hints(err, arena), "a\nb\nor look at the proxy\ntry later");
    assert_text(error_excerpt_text(err, arena), "");
    err = error_with_kind(err, ERR_SOURCE);
    assert_int_equal(error_kind(err), ERR_SOURCE);
    assert_string_equal(error_class(err), "SourceError");
    error_free(err);
    Error *two_hints = error_hint(error_hint(error_new(ERR_IO, "x"), "first"), "second");
    assert_text(error_hints(two_hints, arena), "first\nsecond");
    error_free(two_hints);
}

static void a_class_name_of_its_own_survives_wrapping(void **state)
{
    (void)state;
    Error *err = error_as(error_new(ERR_TEMPLATE, "x"), "TypeError");
    err = error_wrap(err, "in a macro");
    assert_string_equal(error_class(err), "TypeError");
    err = error_as(error_wrap(err, "outer"), "UndefinedError"); /* the outer layer knows better */
    assert_string_equal(error_class(err), "UndefinedError");
    error_free(err);
}

static void errno_names_the_action_the_path_and_the_reason(void **state)
{
    (void)state;
    assert_fails(error_from_errno("open", "a/b", ENOENT), ERR_NOT_FOUND,
                 "cannot open 'a/b': No such file or directory");
    assert_fails(error_from_errno("write", "x", ENOSPC), ERR_IO,
                 "cannot write 'x': No space left on device");
    assert_fails(error_from_errno("write", "x", 99999), ERR_IO, "Unknown error 99999");
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf path = strbuf_init(arena, 5000);
    while (path.len < 4500) {
        strbuf_add_c(&path, "/\xE2\x82\xAC");
    }
    strbuf_add_c(&path, "xx"); /* so that the cut falls into a letter */
    Error *err = error_from_errno("open", strbuf_c(&path), EACCES);
    assert_int_equal(utf8_find_invalid(error_message(err)), SIZE_MAX);
    assert_fails(err, ERR_IO, "/\xE2\x82\xACxx': Permission denied");
}

static void of_two_failures_the_first_is_kept(void **state)
{
    (void)state;
    assert_null(error_first(NULL, NULL));
    assert_fails(error_first(error_new(ERR_IO, "one"), NULL), ERR_IO, "one");
    assert_fails(error_first(NULL, error_new(ERR_IO, "two")), ERR_IO, "two");
    assert_fails(error_first(error_new(ERR_IO, "one"), error_new(ERR_BUG, "two")), ERR_IO, "one");
}

static void a_message_beyond_the_ceiling_is_cut_between_code_points(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const char *const letters[] = {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
        for (size_t shift = 0; shift < 4; shift++) {
            StrBuf text = strbuf_init(arena, 50000);
            strbuf_add_repeat(&text, 'x', shift);
            while (text.len < LIMIT_ERROR_BYTES + LIMIT_ERROR_BYTES) {
                strbuf_add_c(&text, letters[i]);
            }
            Error *err = error_new(ERR_INPUT, "%s", strbuf_c(&text));
            Str message = error_message(err);
            assert_in_range(message.len, LIMIT_ERROR_BYTES - 8, LIMIT_ERROR_BYTES + 4);
            assert_true(str_ends_with(message, STR(" ...")));
            assert_int_equal(utf8_find_invalid(message), SIZE_MAX);
            error_free(err);
        }
    }
    StrBuf fits = strbuf_init(arena, 50000);
    strbuf_add_repeat(&fits, 'x', LIMIT_ERROR_BYTES - 1);
    Error *err = error_new(ERR_INPUT, "%s", strbuf_c(&fits));
    assert_true(str_eq(error_message(err), strbuf_str(&fits)));
    error_free(err);
}

static void a_message_that_cannot_be_formatted_is_not_lost(void **state)
{
    (void)state;
    static const wchar_t not_ascii[] = {0x20AC, 0};
    assert_fails(error_new(ERR_INPUT, "price in %ls", not_ascii), ERR_INPUT, "price in %ls");
}

/* `column` of a line of `repeat` times `unit`; the excerpt must show the marked letter over a
 * caret. */
static void check_marked(const char *unit, size_t repeat, size_t marked)
{
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf line = strbuf_init(arena, 1000000);
    for (size_t i = 0; i < repeat; i++) {
        strbuf_add_c(&line, i == marked ? "!" : unit);
    }
    AUTO_FREE(error)
    Error *err = error_excerpt(error_new(ERR_TEMPLATE, "x"), strbuf_str(&line), marked + 1);
    Str text = error_excerpt_text(err, arena), shown = STR(""), caret = STR("");
    assert_int_equal(utf8_find_invalid(text), SIZE_MAX);
    assert_true(str_next_line(&text, &shown) && str_next_line(&text, &caret));
    size_t at = str_find_char(shown, '!');
    assert_int_not_equal(at, SIZE_MAX);
    assert_true(utf8_count(shown) <= 102);
    size_t columns = 0; /* what the terminal shows before the mark */
    for (size_t i = 0; i < at;) {
        size_t start = i;
        utf8_next(shown, &i);
        columns += utf8_display_width(str_slice(shown, start, i));
    }
    assert_int_equal(caret.len, columns + 1);
    assert_text(str_trim(caret), "^");
}

static void the_caret_stands_under_the_column_whatever_the_line(void **state)
{
    (void)state;
    static const char *const units[] = {
        "a",       "\t", "\x01", "\xC3\xA9", "\xE4\xB8\xAD" /* wide */, "\xF0\x9F\x98\x80",
        "\xCC\x81" /* combining */};
    static const size_t lengths[] = {1, 2, 40, 61, 100, 101, 102, 500, 100000};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        for (size_t j = 0; j < ARRAY_LEN(lengths); j++) {
            check_marked(units[i], lengths[j], 0);
            check_marked(units[i], lengths[j], lengths[j] / 2);
            check_marked(units[i], lengths[j], lengths[j] - 1);
        }
    }
}

static void an_excerpt_can_be_handed_on(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Error *inner = error_excerpt(error_new(ERR_TEMPLATE, "x"), STR("select {{"), 8);
    AUTO_FREE(error) Error *from = error_wrap(inner, "model a");
    AUTO_FREE(error) Error *told = error_excerpt_of(error_new(ERR_TEMPLATE, "y"), from);
    assert_text(error_excerpt_text(told, arena), "  select {{\n         ^");
    AUTO_FREE(error) Error *none = error_new(ERR_TEMPLATE, "z");
    told = error_excerpt_of(told, none); /* has nothing to give */
    assert_text(error_excerpt_text(told, arena), "  select {{\n         ^");
}

static void refusals_of_the_file_system_come_with_a_cure(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_FREE(error) Error *full = error_from_errno("write", "/a", ENOSPC);
    assert_text(error_hints(full, arena), "free some space on that disk");
    AUTO_FREE(error) Error *missing = error_from_errno("read", "/a", ENOENT);
    assert_text(error_hints(missing, arena), "");
}

static void an_excerpt_shows_the_line_and_no_caret_for_column_0(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const struct {
        const char *line;
        size_t column;
        const char *expected;
    } cases[] = {
        {"{{ x }}", 4, "  {{ x }}\n     ^"},
        {"{{ x }}  \r\n", 0, "  {{ x }}"},
        {"\tab", 2, "   ab\n   ^"},
        {"ab", 3, "  ab\n    ^"},
        {"ab", SIZE_MAX, "  ab\n    ^"},
        {"", 1, "  \n  ^"},
        {"", SIZE_MAX, "  \n  ^"},
        {"a\x7f"
         "b\n c",
         3, "  a b  c\n    ^"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Error *err =
            error_excerpt(error_new(ERR_TEMPLATE, "x"), str_from(cases[i].line), cases[i].column);
        err = error_wrap(err, "outer");
        assert_text(error_excerpt_text(err, arena), cases[i].expected);
        error_free(err);
    }
    Error *twice = error_excerpt(error_new(ERR_TEMPLATE, "x"), STR("one"), 1);
    twice = error_excerpt(twice, (Str){NULL, 0}, 5);
    assert_text(error_excerpt_text(twice, arena), "  \n  ^");
    error_free(twice);
}

static void what_is_printed(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Error *err = error_hint(error_new(ERR_AUTH, "HTTP 401"), "renew the token");
    err = error_excerpt(error_wrap(err, "page 14"), STR("url: x"), 6);
    err = error_hint(error_wrap(err, "loading 'orders'"), "see docs");
    assert_text(printed(arena, err, false), "error: loading 'orders'\n"
                                            "  caused by: page 14\n"
                                            "  caused by: HTTP 401\n"
                                            "    url: x\n"
                                            "         ^\n"
                                            "  hint: see docs\n"
                                            "  hint: renew the token\n");
    err = error_wrap(error_new(ERR_STORE, "no table x\nLINE 1: x\n        ^"), "model 'm'");
    assert_text(printed(arena, err, false), "error: model 'm'\n"
                                            "  caused by: no table x\n"
                                            "    LINE 1: x\n"
                                            "            ^\n");
    assert_text(printed(arena, error_new(ERR_BUG, "%s", ""), false), "error: (no message)\n");
    Str debugged = printed(arena, error_wrap(error_new(ERR_IO, "low"), "high"), true);
    assert_true(str_contains(debugged, STR("test_error.c:")));
    assert_int_equal(count_lines(debugged), 4);
}

static Error *long_chain(size_t depth, size_t lines, size_t hints)
{
    Error *err = error_new(ERR_IO, "root%s",
                           lines > 1 ? "\nroot 2\nroot 3\nroot 4\nroot 5\nroot 6"
                                       "\nroot 7\nroot 8\nroot 9\nroot 10\nroot 11"
                                     : "");
    for (size_t i = 1; i < depth; i++) {
        err = error_wrap(err, "level %zu", i);
    }
    for (size_t i = 0; i < hints; i++) {
        err = error_hint(err, "hint %zu", i);
    }
    return err;
}

static void at_most_ten_lines_that_hold_the_first_the_root_and_a_hint(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t depth = 1; depth < 20; depth++) {
        for (size_t lines = 1; lines < 3; lines++) {
            for (size_t hints = 0; hints < 8; hints++) {
                for (int excerpt = 0; excerpt < 2; excerpt++) {
                    Error *err = long_chain(depth, lines, hints);
                    err = excerpt ? error_excerpt(err, STR("the line"), 1) : err;
                    Str outer = str_dup(arena, error_message(err));
                    Str first_line = STR("");
                    assert_true(str_next_line(&outer, &first_line));
                    Str text = printed(arena, err, false);
                    size_t count = count_lines(text);
                    assert_in_range(count, 1, 10);
                    assert_true(str_starts_with(
                        text, str_printf(arena, "error: " STR_FMT "\n", STR_ARG(first_line))));
                    assert_true(str_contains(text, STR("root")));
                    assert_int_equal(str_contains(text, STR("  hint: hint 0\n")), hints > 0);
                    assert_int_equal(str_contains(text, STR("the line\n    ^\n")), excerpt);
                }
            }
        }
    }
}

static void break_an_invariant(void *context)
{
    const int *number = context;
    CHECK(*number == 42);
    CHECK(*number == 43);
}

static void a_broken_invariant_ends_the_program(void **state)
{
    (void)state;
    int number = 42;
    assert_aborts(break_an_invariant, &number, "'*number == 43' does not hold");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_class_and_an_exit_code),
        cmocka_unit_test(try_returns_a_failure_and_leaves_results_alone),
        cmocka_unit_test(a_chain_keeps_the_kind_and_tells_everything),
        cmocka_unit_test(a_class_name_of_its_own_survives_wrapping),
        cmocka_unit_test(errno_names_the_action_the_path_and_the_reason),
        cmocka_unit_test(of_two_failures_the_first_is_kept),
        cmocka_unit_test(a_message_beyond_the_ceiling_is_cut_between_code_points),
        cmocka_unit_test(a_message_that_cannot_be_formatted_is_not_lost),
        cmocka_unit_test(the_caret_stands_under_the_column_whatever_the_line),
        cmocka_unit_test(an_excerpt_can_be_handed_on),
        cmocka_unit_test(refusals_of_the_file_system_come_with_a_cure),
        cmocka_unit_test(an_excerpt_shows_the_line_and_no_caret_for_column_0),
        cmocka_unit_test(what_is_printed),
        cmocka_unit_test(at_most_ten_lines_that_hold_the_first_the_root_and_a_hint),
        cmocka_unit_test(a_broken_invariant_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
