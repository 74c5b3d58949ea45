/* base/datetime.h - dates and times of day as people write them, in the proleptic Gregorian
 * calendar, years 1 to 9999, without leap seconds: what Python's datetime, TOML and YAML can hold.
 * A DateTime is plain data. Reading the system's clock is clock.h's business. Thread-safe. */
#ifndef BASE_DATETIME_H
#define BASE_DATETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    DATETIME_TEXT_BYTES = 48, /* enough for any text of the format functions */
    DATE_MIN_YEAR = 1,
    DATE_MAX_YEAR = 9999,
};

/* A moment, a day or a time of day, depending on who holds it; what does not apply is 0. Without
 * `has_offset` the time is local to nowhere in particular ("naive" in Python). */
typedef struct DateTime {
    int16_t year;
    uint8_t month; /* 1 to 12 */
    uint8_t day;   /* 1 to 31 */
    uint8_t hour;
    uint8_t minute;
    uint8_t second;
    bool has_offset;
    int32_t microsecond;
    int32_t offset_s; /* seconds east of UTC */
} DateTime;

bool date_is_leap_year(int64_t year);
/* Days of a month, 1 to 12. */
int date_days_in_month(int64_t year, int month);
bool date_is_valid(int64_t year, int64_t month, int64_t day);
bool time_is_valid(int64_t hour, int64_t minute, int64_t second);

/* Days since 1970-01-01 of a valid date, and back. */
int64_t date_to_days(int64_t year, int month, int day);
void date_from_days(int64_t days, DateTime *out);

/* Microseconds since 1970 UTC; a time without an offset counts as UTC. */
int64_t datetime_to_us(const DateTime *when);
/* The UTC time, with offset 0. False outside the years 1 to 9999. */
bool datetime_from_us(int64_t us, DateTime *out);

/* "2024-05-01" and nothing else. */
bool date_parse_iso(Str text, DateTime *out);
/* "03:04", "03:04:05" or "03:04:05.123": up to nine digits of a fraction, of which six count. */
bool time_parse_iso(Str text, DateTime *out);
/* Date, one of `T`, `t` or a blank, time, then nothing, `Z`, `z`, `+HH`, `+HHMM` or `+HH:MM`. */
bool datetime_parse_iso(Str text, DateTime *out);

/* As Python's isoformat(sep): "2024-05-01T03:04:05.000006+02:00", the fraction and offset only
 * where there is one. `out` holds DATETIME_TEXT_BYTES; returns the length. */
size_t datetime_format(const DateTime *when, char separator, char *out);
size_t date_format(const DateTime *when, char *out);
/* With the offset, if there is one. */
size_t time_format(const DateTime *when, char *out);

#endif
