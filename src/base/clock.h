/* base/clock.h - what time it is. Wall times are microseconds since 1970 UTC; durations come from
 * the monotonic clock. Tests put a fixed time in front with the variable DANGO_TEST_NOW_US.
 * Thread-safe. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/str.h"

/* Microseconds since 1970-01-01 00:00 UTC. */
int64_t clock_now_us(void);
/* For measuring; counts from an arbitrary point and never goes back. */
int64_t clock_monotonic_us(void);

typedef struct ClockParts {
    int year;
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
    int hour;
    int minute;
    int second;
    int microsecond;
    int weekday; /* 0 = Monday */
    int yearday; /* 1 to 366 */
} ClockParts;

ClockParts clock_parts_utc(int64_t time_us);
/* In the machine's time zone (TZ). */
ClockParts clock_parts_local(int64_t time_us);

/* "2026-11-22T16:05:09.123456+00:00"; without the fraction when it is zero. */
Str clock_iso_utc(Arena *arena, int64_t time_us);
/* "16:05:09" in the machine's time zone, for console lines. */
Str clock_hms_local(Arena *arena, int64_t time_us);

#endif
