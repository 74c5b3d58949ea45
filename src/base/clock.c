#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

#include "base/number.h"

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    const char *fixed = getenv("DANGO_TEST_NOW_US");
    int64_t fixed_us = 0;
    if (fixed != NULL && number_parse_int64(str_from(fixed), &fixed_us)) {
        return fixed_us;
    }
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static ClockParts from_tm(const struct tm *tm, int microsecond)
{
    return (ClockParts){.year = tm->tm_year + 1900,
                        .month = tm->tm_mon + 1,
                        .day = tm->tm_mday,
                        .hour = tm->tm_hour,
                        .minute = tm->tm_min,
                        .second = tm->tm_sec,
                        .microsecond = microsecond,
                        .weekday = (tm->tm_wday + 6) % 7,
                        .yearday = tm->tm_yday + 1};
}

static time_t split_us(int64_t time_us, int *out_microsecond)
{
    int64_t seconds = time_us / 1000000, rest = time_us % 1000000;
    if (rest < 0) {
        rest += 1000000;
        seconds--;
    }
    *out_microsecond = (int)rest;
    return (time_t)seconds;
}

ClockParts clock_parts_utc(int64_t time_us)
{
    int microsecond = 0;
    time_t seconds = split_us(time_us, &microsecond);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    return from_tm(&tm, microsecond);
}

ClockParts clock_parts_local(int64_t time_us)
{
    int microsecond = 0;
    time_t seconds = split_us(time_us, &microsecond);
    struct tm tm = {0};
    localtime_r(&seconds, &tm);
    return from_tm(&tm, microsecond);
}

Str clock_iso_utc(Arena *arena, int64_t time_us)
{
    ClockParts parts = clock_parts_utc(time_us);
    StrBuf buf = strbuf_init(arena, 64);
    strbuf_printf(&buf, "%04d-%02d-%02dT%02d:%02d:%02d", parts.year, parts.month, parts.day,
                  parts.hour, parts.minute, parts.second);
    if (parts.microsecond != 0) {
        strbuf_printf(&buf, ".%06d", parts.microsecond);
    }
    strbuf_add_c(&buf, "+00:00");
    return strbuf_str(&buf);
}

Str clock_hms_local(Arena *arena, int64_t time_us)
{
    ClockParts parts = clock_parts_local(time_us);
    return str_printf(arena, "%02d:%02d:%02d", parts.hour, parts.minute, parts.second);
}
