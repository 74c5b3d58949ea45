#include "base_fixture.h"

#include "base/datetime.h"

static void moments_are_those_of_python(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "datetime/moments.txt"), fields[5];
    while (next_row(&table, fields, 5)) {
        int64_t us = field_int(fields[0]), days = field_int(fields[4]);
        DateTime when;
        char text[DATETIME_TEXT_BYTES];
        assert_true(datetime_from_us(us, &when));
        assert_true(when.has_offset);
        when.has_offset = false;
        assert_text(fields[1], (datetime_format(&when, 'T', text), text));
        assert_int_equal(datetime_to_us(&when), us);
        assert_int_equal(date_to_days(when.year, when.month, when.day), days);
        DateTime day;
        date_from_days(days, &day);
        assert_int_equal(day.year, when.year);
        assert_int_equal(day.month, when.month);
        assert_int_equal(day.day, when.day);
        assert_int_equal(day.hour + day.minute + day.second + day.microsecond, 0);
    }
}

static void every_day_of_ten_thousand_years_follows_the_one_before(void **state)
{
    (void)state;
    DateTime day = {.year = 1, .month = 1, .day = 1};
    for (int64_t days = -719162; days <= 2932896; days++) {
        DateTime found;
        date_from_days(days, &found);
        bool same = found.year == day.year && found.month == day.month && found.day == day.day;
        if (!same || date_to_days(day.year, day.month, day.day) != days ||
            !date_is_valid(day.year, day.month, day.day)) {
            fprintf(stderr, "day %lld is not %d-%d-%d\n", (long long)days, day.year, day.month,
                    day.day);
            fail();
        }
        day.day++;
        if (day.day > date_days_in_month(day.year, day.month)) {
            day.day = 1;
            day.month++;
        }
        if (day.month > 12) {
            day.month = 1;
            day.year++;
        }
    }
    assert_int_equal(day.year, 10000);
}

static void days_before_the_year_1_are_counted_too(void **state)
{
    (void)state;
    DateTime day;
    date_from_days(date_to_days(-401, 2, 28) + 1, &day);
    assert_int_equal(day.year, -401);
    assert_int_equal(day.month, 3);
    assert_int_equal(date_to_days(0, 2, 29), date_to_days(0, 3, 1) - 1);
}

static void moments_outside_the_years_1_to_9999_are_refused(void **state)
{
    (void)state;
    DateTime when = {.year = 77};
    static const int64_t outside[] = {-62135596800000001, 253402300800000000, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
        assert_false(datetime_from_us(outside[i], &when));
        assert_int_equal(when.year, 77);
    }
}

static void texts_are_read_as_python_reads_them(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "datetime/parse.txt"), fields[2];
    while (next_row(&table, fields, 2)) {
        DateTime when = {.year = 77};
        char text[DATETIME_TEXT_BYTES] = "-";
        if (datetime_parse_iso(fields[0], &when)) {
            size_t len = datetime_format(&when, 'T', text);
            assert_int_equal(len, strlen(text));
        } else {
            assert_int_equal(when.year, 77);
        }
        if (!str_is(fields[1], text)) {
            fprintf(stderr, "'" STR_FMT "':\n", STR_ARG(fields[0]));
        }
        assert_text(fields[1], text);
    }
}

static void dates_and_times_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text, *date, *time; /* NULL: not one */
    } cases[] = {
        {"2024-05-01", "2024-05-01", NULL},
        {"0001-01-01", "0001-01-01", NULL},
        {"2023-02-29", NULL, NULL},
        {"2024-05-01 ", NULL, NULL},
        {"2024-5-1", NULL, NULL},
        {"20240501", NULL, NULL},
        {"03:04", NULL, "03:04:00"},
        {"03:04:05", NULL, "03:04:05"},
        {"03:04:05.5", NULL, "03:04:05.500000"},
        {"03:04:05.1234567", NULL, "03:04:05.123456"},
        {"03:04.5", NULL, NULL},
        {"24:00", NULL, NULL},
        {"03:04:05Z", NULL, NULL},
        {"3:04", NULL, NULL},
        {"03", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        DateTime found = {.year = 77};
        char text[DATETIME_TEXT_BYTES];
        assert_int_equal(date_parse_iso(str_from(cases[i].text), &found), cases[i].date != NULL);
        if (cases[i].date != NULL) {
            assert_int_equal(date_format(&found, text), 10);
            assert_string_equal(text, cases[i].date);
        } else {
            assert_int_equal(found.year, 77);
        }
        assert_int_equal(time_parse_iso(str_from(cases[i].text), &found), cases[i].time != NULL);
        if (cases[i].time != NULL) {
            assert_int_equal(time_format(&found, text), strlen(cases[i].time));
            assert_string_equal(text, cases[i].time);
        }
    }
}

static void offsets_are_written_as_python_writes_them(void **state)
{
    (void)state;
    static const struct {
        int32_t offset_s;
        const char *expected;
    } cases[] = {{0, "01:02:03+00:00"},        {5400, "01:02:03+01:30"},
                 {-5400, "01:02:03-01:30"},    {-1, "01:02:03-00:00:01"},
                 {86399, "01:02:03+23:59:59"}, {-86399, "01:02:03-23:59:59"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        DateTime when = {
            .hour = 1, .minute = 2, .second = 3, .has_offset = true, .offset_s = cases[i].offset_s};
        char text[DATETIME_TEXT_BYTES];
        time_format(&when, text);
        assert_string_equal(text, cases[i].expected);
    }
    DateTime longest = {.year = INT16_MIN,
                        .month = 255,
                        .day = 255,
                        .hour = 255,
                        .minute = 255,
                        .second = 255,
                        .has_offset = true,
                        .microsecond = 999999,
                        .offset_s = -359999};
    char text[DATETIME_TEXT_BYTES];
    assert_in_range(datetime_format(&longest, 'T', text), 1, DATETIME_TEXT_BYTES - 1);
    DateTime east = {
        .year = 1970, .month = 1, .day = 1, .hour = 2, .has_offset = true, .offset_s = 7200};
    assert_int_equal(datetime_to_us(&east), 0);
}

static void leap_years_and_ranges(void **state)
{
    (void)state;
    static const struct {
        int64_t year;
        bool is_leap;
    } years[] = {{2024, true}, {2023, false}, {1900, false}, {2000, true}, {0, true}, {-4, true}};
    for (size_t i = 0; i < ARRAY_LEN(years); i++) {
        assert_int_equal(date_is_leap_year(years[i].year), years[i].is_leap);
        assert_int_equal(date_days_in_month(years[i].year, 2), years[i].is_leap ? 29 : 28);
    }
    static const struct {
        int64_t a, b, c;
        bool is_date, is_time;
    } cases[] = {
        {0, 1, 1, false, true},     {10000, 1, 1, false, false},
        {2024, 0, 1, false, false}, {2024, 13, 1, false, false},
        {2024, 1, 0, false, false}, {2024, 1, 32, false, false},
        {23, 59, 59, false, true},  {24, 0, 0, false, false},
        {0, 60, 0, false, false},   {0, 0, 60, false, false},
        {-1, 0, 0, false, false},   {0, -1, 0, false, false},
        {0, 0, -1, false, false},   {2024, 12, 31, true, false},
        {1, 1, 1, true, true},      {2024, INT64_MAX, 1, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(date_is_valid(cases[i].a, cases[i].b, cases[i].c), cases[i].is_date);
        assert_int_equal(time_is_valid(cases[i].a, cases[i].b, cases[i].c), cases[i].is_time);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_those_of_python),
        cmocka_unit_test(every_day_of_ten_thousand_years_follows_the_one_before),
        cmocka_unit_test(days_before_the_year_1_are_counted_too),
        cmocka_unit_test(moments_outside_the_years_1_to_9999_are_refused),
        cmocka_unit_test(texts_are_read_as_python_reads_them),
        cmocka_unit_test(dates_and_times_alone),
        cmocka_unit_test(offsets_are_written_as_python_writes_them),
        cmocka_unit_test(leap_years_and_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
