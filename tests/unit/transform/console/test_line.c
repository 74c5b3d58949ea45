#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/console/report.h"

enum { NOON_US = 1000000 };

static const int64_t noon = (int64_t)1764590400 * NOON_US; /* 2025-12-01 12:00:00 UTC */

static void lines_are_told_from_the_level_on_in_each_format(void **state)
{
    (void)state;
    static const struct {
        LineStyle style;
        LogLevel level;
        const char *text, *line;
    } rows[] = {
        {{.level = LOG_INFO}, LOG_INFO, "hello", "12:00:00  hello\n"},
        {{.level = LOG_INFO}, LOG_INFO, "", "12:00:00\n"},
        {{.level = LOG_INFO}, LOG_INFO, "two\nlines\n", "12:00:00  two\nlines\n\n"},
        {{.level = LOG_INFO, .colors = true}, LOG_INFO, "x", "\x1b[0m12:00:00  x\n"},
        {{.level = LOG_WARNING}, LOG_INFO, "hello", ""},
        {{.level = LOG_OFF}, LOG_ERROR, "hello", ""},
        {{.level = LOG_DEBUG, .format = LINE_DEBUG},
         LOG_WARNING,
         "hello",
         "12:00:00.000000 [warn ] [MainThread]: hello\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        ReportEvent event = {
            .name = "Formatting", .level = rows[i].level, .text = str_from(rows[i].text)};
        Str line = report_line(arena, &rows[i].style, STR("id"), &event, noon);
        assert_true(str_is(line, rows[i].line));
    }
}

static void json_has_the_code_of_the_event_and_its_members_in_order(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    LineStyle style = {.level = LOG_DEBUG, .format = LINE_JSON};
    ReportField fields[] = {{"b", value_int(2)}, {"a", value_string(STR("x"))}};
    ReportEvent event = {.name = "ConcurrencyLine",
                         .level = LOG_INFO,
                         .text = STR("told \"so\""),
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    Str line = report_line(arena, &style, STR("id"), &event, noon);
    assert_true(str_starts_with(
        line, STR("{\"data\": {\"a\": \"x\", \"b\": 2}, \"info\": {\"category\": \"\", \"code\": "
                  "\"Q027\", \"extra\": {}, \"invocation_id\": \"id\", \"level\": \"info\", "
                  "\"msg\": \"told \\\"so\\\"\", \"name\": \"ConcurrencyLine\", \"pid\": ")));
    assert_true(str_ends_with(
        line, STR(", \"thread\": \"MainThread\", \"ts\": \"2025-12-01T12:00:00.000000Z\"}}\n")));
}

static void quiet_leaves_errors_and_debug_brings_all(void **state)
{
    (void)state;
    Flags flags;
    Reporter reporter = {0};
    flags_preset(&flags);
    reporter_use_flags(&reporter, &flags, false);
    assert_int_equal(reporter.console.level, LOG_INFO);
    assert_int_equal(reporter.file.level, LOG_DEBUG);
    assert_int_equal(reporter.file.format, LINE_DEBUG);
    flags.values[DBT_DEBUG] = value_bool(true);
    reporter_use_flags(&reporter, &flags, false);
    assert_int_equal(reporter.console.level, LOG_DEBUG);
    assert_int_equal(reporter.console.format, LINE_DEBUG);
    flags.values[DBT_QUIET] = value_bool(true);
    reporter_use_flags(&reporter, &flags, true);
    assert_int_equal(reporter.console.level, LOG_ERROR);
    assert_true(reporter.colors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_told_from_the_level_on_in_each_format),
        cmocka_unit_test(json_has_the_code_of_the_event_and_its_members_in_order),
        cmocka_unit_test(quiet_leaves_errors_and_debug_brings_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
