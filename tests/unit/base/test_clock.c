#include "base_fixture.h"

#include <time.h>

#include "base/clock.h"

static void a_fixed_time_stands_in_front_of_the_real_one(void **state)
{
    (void)state;
    assert_int_equal(setenv("DANGO_TEST_NOW_US", "-1500000", 1), 0);
    assert_int_equal(clock_now_us(), -1500000);
    assert_int_equal(setenv("DANGO_TEST_NOW_US", "soon", 1), 0);
    int64_t now = (int64_t)time(NULL);
    assert_in_range((uint64_t)clock_now_us(), (now - 5) * 1000000, (now + 5) * 1000000);
    assert_int_equal(unsetenv("DANGO_TEST_NOW_US"), 0);
    assert_in_range((uint64_t)clock_now_us(), (now - 5) * 1000000, (now + 5) * 1000000);
}

static void the_monotonic_clock_never_goes_back(void **state)
{
    (void)state;
    int64_t last = clock_monotonic_us();
    for (size_t i = 0; i < 10000; i++) {
        int64_t now = clock_monotonic_us();
        assert_true(now >= last);
        last = now;
    }
}

static void parts_are_those_of_python_before_and_after_1970(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "datetime/moments.txt"), fields[5];
    while (next_row(&table, fields, 5)) {
        int64_t us = field_int(fields[0]);
        ClockParts parts = clock_parts_utc(us);
        Str iso = clock_iso_utc(arena, us);
        assert_text(iso, str_printf(arena, STR_FMT "+00:00", STR_ARG(fields[1])).data);
        assert_int_equal(parts.weekday, field_int(fields[2]));
        assert_int_equal(parts.yearday, field_int(fields[3]));
        assert_in_range((uint64_t)parts.microsecond, 0, 999999);
    }
}

static void the_ends_of_the_range_do_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(clock_parts_utc(INT64_MAX).year, 294247);
    assert_int_equal(clock_parts_utc(INT64_MIN).year, -290308);
    assert_int_equal(clock_parts_utc(INT64_MIN).microsecond, 224192);
}

static void local_times_follow_the_time_zone(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    assert_int_equal(setenv("TZ", "UTC-5:30", 1), 0); /* POSIX: east of UTC is negative */
    tzset();
    assert_text(clock_hms_local(arena, 0), "05:30:00");
    assert_text(clock_hms_local(arena, -1), "05:29:59");
    ClockParts parts = clock_parts_local((int64_t)18 * 3600 * 1000000 + 31 * 60000000LL + 7);
    assert_int_equal(parts.day, 2);
    assert_int_equal(parts.hour, 0);
    assert_int_equal(parts.minute, 1);
    assert_int_equal(parts.microsecond, 7);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_time_stands_in_front_of_the_real_one),
        cmocka_unit_test(the_monotonic_clock_never_goes_back),
        cmocka_unit_test(parts_are_those_of_python_before_and_after_1970),
        cmocka_unit_test(the_ends_of_the_range_do_not_overflow),
        cmocka_unit_test(local_times_follow_the_time_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
