#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/datetime.h"

static void assert_text(Str found, const char *expected)
{
    if (!str_is(found, expected)) {
        print_error("expected: %s\nfound:    " STR_FMT "\n", expected, STR_ARG(found));
        fail();
    }
}

static void every_day_of_the_calendar_comes_back(void **state)
{
    (void)state;
    int64_t first = date_to_days(DATE_MIN_YEAR, 1, 1);
    int64_t last = date_to_days(DATE_MAX_YEAR, 12, 31);
    assert_int_equal(last - first + 1, 3652059); /* as Python's date.max.toordinal() */
    DateTime before = {0};
    for (int64_t day = first; day <= last; day++) {
        DateTime date;
        date_from_days(day, &date);
        assert_true(date_is_valid(date.year, date.month, date.day));
        assert_int_equal(date_to_days(date.year, date.month, date.day), day);
        assert_true(date.day == before.day + 1 || date.day == 1);
        before = date;
    }
}

static void moments_are_microseconds_since_1970(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"2024-02-29T12:30:00+02:00", 1709202600000000},
        {"2000-01-01T00:00:00-00:30", 946686600000000},
        {"0001-01-01T00:00:00Z", -62135596800000000},
        {"9999-12-31T23:59:59.999999Z", 253402300799999999},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        DateTime when;
        DateTime back;
        assert_true(datetime_parse_iso(str_from(cases[i].text), &when));
        assert_int_equal(datetime_to_us(&when), cases[i].us);
        assert_true(datetime_from_us(cases[i].us, &back));
        assert_int_equal(datetime_to_us(&back), cases[i].us);
    }
    DateTime beyond;
    assert_false(datetime_from_us(253402300800000000, &beyond));
    assert_false(datetime_from_us(-62135596800000001, &beyond));
    assert_false(datetime_from_us(INT64_MIN, &beyond));
}

static void texts_are_written_as_python_writes_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"2024-05-01T03:04:05", "2024-05-01T03:04:05"},
        {"2024-05-01 03:04", "2024-05-01T03:04:00"},
        {"2024-05-01t03:04:05z", "2024-05-01T03:04:05+00:00"},
        {"2024-05-01T03:04:05.5-0230", "2024-05-01T03:04:05.500000-02:30"},
        {"2024-05-01T03:04:05.1234567+02", "2024-05-01T03:04:05.123456+02:00"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        DateTime when;
        char text[DATETIME_TEXT_BYTES];
        assert_true(datetime_parse_iso(str_from(cases[i].text), &when));
        assert_text((Str){text, datetime_format(&when, 'T', text)}, cases[i].expected);
    }
    const DateTime odd = {.year = 5, .month = 1, .day = 2, .has_offset = true, .offset_s = -3601};
    char text[DATETIME_TEXT_BYTES];
    assert_text((Str){text, datetime_format(&odd, ' ', text)}, "0005-01-02 00:00:00-01:00:01");
}

static void what_is_no_date_or_time_is_refused(void **state)
{
    (void)state;
    static const char *const moments[] = {
        "",
        "2024-05-01",
        "2024-05-01T",
        "2024-05-01T3:04:05",
        "2024-05-01T24:00:00",
        "2024-05-01T03:60:00",
        "2024-05-01T03:04:60",
        "2024-05-01T03:04:05.",
        "2024-05-01T03:04:05.1234567890",
        "2024-05-01T03:04:05+24:00",
        "2024-05-01T03:04:05+02:",
        "2024-05-01T03:04:05Zx",
        "2023-02-29T00:00:00",
        "2024-13-01T00:00:00",
        "0000-01-01T00:00:00",
    };
    for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
        DateTime when = {.year = 7};
        assert_false(datetime_parse_iso(str_from(moments[i]), &when));
        assert_int_equal(when.year, 7);
    }
    DateTime when = {0};
    assert_true(date_parse_iso(STR("2024-02-29"), &when));
    assert_false(date_parse_iso(STR("2024-02-29 "), &when));
    assert_false(date_parse_iso(STR("1900-02-29"), &when));
    assert_true(time_parse_iso(STR("03:04:05.25"), &when));
    assert_false(time_parse_iso(STR("03:04:05Z"), &when));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_the_calendar_comes_back),
        cmocka_unit_test(moments_are_microseconds_since_1970),
        cmocka_unit_test(texts_are_written_as_python_writes_them),
        cmocka_unit_test(what_is_no_date_or_time_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
