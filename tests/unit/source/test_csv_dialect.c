#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source/file/csv_dialect.h"

typedef struct DialectCase {
    const char *text;
    char delimiter;
    CsvHeader header;
    size_t columns;
    bool has_rows;
} DialectCase;

static void dialects_are_found_from_the_text_alone(void **state)
{
    (void)state;
    static const DialectCase cases[] = {
        {"a,b\n1,2\n", ',', CSV_HEADER_YES, 2, true},
        {"a;b\n1,5;2\n", ';', CSV_HEADER_YES, 2, true},
        {"a\tb\n1\t2\n", '\t', CSV_HEADER_YES, 2, true},
        {"a|b|c\n1|2|3\n", '|', CSV_HEADER_YES, 3, true},
        {"1,2\n3,4\n", ',', CSV_HEADER_NO, 2, true},
        {"2024-01-01,x\n", ',', CSV_HEADER_NO, 2, true},
        {"a,b\n", ',', CSV_HEADER_YES, 2, false},
        {"a,b", ',', CSV_HEADER_YES, 2, false},
        {"name\nx\n", ',', CSV_HEADER_YES, 1, true},
        {"\n\na,b\n\n1,2\n\n", ',', CSV_HEADER_YES, 2, true},
        {"a,b\r\n1,2\r\n", ',', CSV_HEADER_YES, 2, true},
        {"a,b,\n1,2,\n", ',', CSV_HEADER_YES, 3, true},
        {"\"a;b\",c\n\"x\ny;\",2\n", ',', CSV_HEADER_YES, 2, true},
        {"", ',', CSV_HEADER_UNKNOWN, 0, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        CsvDialect dialect = {.quote = '"'};
        size_t line = 0;
        assert_null(csv_dialect_find(arena, str_from(cases[i].text), true, &dialect, &line));
        assert_int_equal(dialect.delimiter, cases[i].delimiter);
        assert_int_equal(dialect.header, cases[i].header);
        assert_int_equal(dialect.columns, cases[i].columns);
        assert_int_equal(dialect.has_rows, cases[i].has_rows);
    }
}

static void names_of_the_header_lose_their_quotes(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    CsvDialect dialect = {.quote = '"'};
    size_t line = 0;
    assert_null(
        csv_dialect_find(arena, STR("\"say \"\"hi\"\"\", b ,c\n1,2,3\n"), true, &dialect, &line));
    assert_int_equal(dialect.names.len, 3);
    assert_true(str_is(dialect.names.data[0], "say \"hi\""));
    assert_true(str_is(dialect.names.data[1], " b "));
}

typedef struct BadCase {
    const char *text;
    size_t line;
    const char *message;
} BadCase;

static void lines_that_do_not_fit_are_named(void **state)
{
    (void)state;
    static const BadCase cases[] = {
        {"a,b\n1,2\n3\n4,5\n", 3, "expected 2 columns, found 1: '3'"},
        {"a,b\n\"x\ny\",2\n3,4,5\n6,7\n", 4, "expected 2 columns, found 3: '3,4,5'"},
        {"a,b\n1,\"x\n2,y\n", 2, "expected a closing quote before the next delimiter: '1,\"x'"},
        {"a,b\n1,\"x\" y\n", 2, "expected a closing quote before the next delimiter: '1,\"x\" y'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        CsvDialect dialect = {.quote = '"'};
        size_t line = 0;
        AUTO_FREE(error)
        Error *err = csv_dialect_find(arena, str_from(cases[i].text), true, &dialect, &line);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_INPUT);
        assert_int_equal(line, cases[i].line);
        assert_true(str_is(error_message(err), cases[i].message));
    }
}

static void the_end_of_a_sample_is_not_judged(void **state)
{
    (void)state;
    static const char *const samples[] = {"a,b\n1,2\n3", "a,b\n1,2\n3,\"cut", "a,b\n1,2\n3,4"};
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        CsvDialect dialect = {.quote = '"'};
        size_t line = 0;
        assert_null(csv_dialect_find(arena, str_from(samples[i]), false, &dialect, &line));
        assert_int_equal(dialect.columns, 2);
    }
}

static void what_the_user_says_is_not_questioned(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    CsvDialect dialect = {.delimiter = ';', .quote = '"', .header = CSV_HEADER_NO};
    size_t line = 0;
    assert_null(csv_dialect_find(arena, STR("a,b\n1,2\n"), true, &dialect, &line));
    assert_int_equal(dialect.columns, 1);
    assert_int_equal(dialect.header, CSV_HEADER_NO);
    assert_int_equal(dialect.names.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dialects_are_found_from_the_text_alone),
        cmocka_unit_test(names_of_the_header_lose_their_quotes),
        cmocka_unit_test(lines_that_do_not_fit_are_named),
        cmocka_unit_test(the_end_of_a_sample_is_not_judged),
        cmocka_unit_test(what_the_user_says_is_not_questioned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
