#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/env_reader.h"
#include "value/json_writer.h"

static void assert_text(Str found, const char *expected)
{
    if (!str_is(found, expected)) {
        print_error("expected: %s\nfound:    " STR_FMT "\n", expected, STR_ARG(found));
        fail();
    }
}

static void lines_become_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"", "{}"},
        {"A=1\nB = two words \n", "{\"A\":\"1\",\"B\":\"two words\"}"},
        {"export KEY=v\nexport=x\n", "{\"KEY\":\"v\",\"export\":\"x\"}"},
        {"# c\n\n  # d\nA=\n", "{\"A\":\"\"}"},
        {"A=x # comment\nB=x#y\nC='x # y' # z\n", "{\"A\":\"x\",\"B\":\"x#y\",\"C\":\"x # y\"}"},
        {"A='a\\nb'\nB=\"a\\nb\\t\\\"\\\\\\$\\x\"\n",
         "{\"A\":\"a\\\\nb\",\"B\":\"a\\nb\\t\\\"\\\\$\\\\x\"}"},
        {"KEY=\"-----BEGIN\nabc\n-----END\"\nB=2\n",
         "{\"KEY\":\"-----BEGIN\\nabc\\n-----END\",\"B\":\"2\"}"},
        {"A=1\r\nB='2'\r\n", "{\"A\":\"1\",\"B\":\"2\"}"},
        {"A=1\nA=2\n", "{\"A\":\"2\"}"},
        {"A=x=y", "{\"A\":\"x=y\"}"},
        {"URL=postgres://u:p@h/d?x=1#f\n", "{\"URL\":\"postgres://u:p@h/d?x=1#f\"}"},
        {"A=#x\n", "{\"A\":\"#x\"}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        const Value *value = NULL;
        assert_null(env_read(arena, str_from(cases[i].text), NULL, &value));
        assert_text(json_text(arena, value, &json_style_compact), cases[i].expected);
    }
}

static void mistakes_are_told_with_their_place_and_without_the_value(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"A=1\nhunter2\n", ".env:2:8: expected '=' after the variable's name"},
        {"=hunter2\n", ".env:1:1: expected a variable's name"},
        {"1A=x\n", ".env:1:1: expected a variable's name"},
        {"A='hunter2\nB=1\n", ".env:1:3: the quote is not closed"},
        {"A='x' hunter2\n", ".env:1:7: expected the end of the line after the quoted value"},
        {"A=\xFFhunter2\n", ".env:1:3: not UTF-8: byte 0xFF"},
        {"A-B=1\n", ".env:1:2: expected '=' after the variable's name"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        const ReadOptions options = {.path = STR(".env")};
        const Value *value = NULL;
        AUTO_FREE(error) Error *err = env_read(arena, str_from(cases[i].text), &options, &value);
        assert_non_null(err);
        assert_text(error_message(err), cases[i].expected);
        assert_int_equal(error_excerpt_text(err, arena).len, 0);
    }
}

static void values_know_their_line_and_doubles_are_told(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DuplicateKeyVec twice = {0};
    const ReadOptions options = {.path = STR(".env"), .duplicates = &twice};
    const Value *value = NULL;
    assert_null(env_read(arena, STR("A=\"x\ny\"\n  B=2\nA=3\n"), &options, &value));
    assert_text(value_place(arena, value_find(value, STR("B"))), ".env:3:5");
    assert_int_equal(twice.len, 1);
    assert_text(value_place(arena, &twice.data[0].key), ".env:4:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_texts),
        cmocka_unit_test(mistakes_are_told_with_their_place_and_without_the_value),
        cmocka_unit_test(values_know_their_line_and_doubles_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
