#include "ingest/normalise/timestamp_text.h"

/* What is left of the text. */
typedef struct Scan {
    const char *at;
    const char *end;
} Scan;

/* Whether a date is written with separators decides how its time may be written. */
typedef enum DateForm { DATE_EXTENDED, DATE_BASIC, DATE_LOOSE } DateForm;

static Scan scan_of(Str text)
{
    return (Scan){text.data, text.data + text.len};
}

static bool at_end(const Scan *scan)
{
    return scan->at == scan->end;
}

static bool take(Scan *scan, char character)
{
    if (scan->at < scan->end && *scan->at == character) {
        scan->at++;
        return true;
    }
    return false;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static size_t count_digits(const Scan *scan)
{
    const char *at = scan->at;
    while (at < scan->end && is_digit(*at)) {
        at++;
    }
    return (size_t)(at - scan->at);
}

/* A number of `least` to `most` digits, as many as there are. */
static bool take_number(Scan *scan, size_t least, size_t most, int *out)
{
    size_t found = count_digits(scan);
    size_t count = found < most ? found : most;
    if (count < least) {
        return false;
    }
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (*scan->at++ - '0');
    }
    *out = value;
    return true;
}

static bool take_digits(Scan *scan, size_t count, int *out)
{
    return take_number(scan, count, count, out);
}

/* ---- Days ---- */

static bool set_date(DateTime *out, int year, int month, int day)
{
    if (!date_is_valid(year, month, day)) {
        return false;
    }
    out->year = (int16_t)year;
    out->month = (uint8_t)month;
    out->day = (uint8_t)day;
    return true;
}

static bool set_days(DateTime *out, int64_t days)
{
    date_from_days(days, out);
    return date_is_valid(out->year, out->month, out->day);
}

static bool set_ordinal(DateTime *out, int year, int ordinal)
{
    bool fits =
        year >= DATE_MIN_YEAR && ordinal >= 1 && ordinal <= 365 + (date_is_leap_year(year) ? 1 : 0);
    return fits && set_days(out, date_to_days(year, 1, 1) + ordinal - 1);
}

/* 0 is Monday. */
static int weekday_of(int64_t days)
{
    return (int)(((days + 3) % 7 + 7) % 7);
}

/* Week 1 is the one with the fourth of January. */
static bool set_week(DateTime *out, int year, int week, int weekday)
{
    if (year < DATE_MIN_YEAR || week < 1 || week > 53 || weekday < 1 || weekday > 7) {
        return false;
    }
    int64_t first = date_to_days(year, 1, 4);
    first -= weekday_of(first);
    int64_t next = date_to_days(year + 1, 1, 4);
    next -= weekday_of(next);
    int64_t monday = first + (int64_t)(week - 1) * 7;
    return monday < next && set_days(out, monday + weekday - 1);
}

static bool take_week(Scan *scan, int year, bool extended, DateTime *out)
{
    int week = 0;
    int weekday = 1;
    if (!take_digits(scan, 2, &week)) {
        return false;
    }
    Scan rest = *scan;
    bool has_day = extended ? take(&rest, '-') : true;
    if (has_day && take_digits(&rest, 1, &weekday)) {
        *scan = rest;
    }
    return set_week(out, year, week, weekday);
}

/* What follows "2024-": a day of the year, a month, a month and a day. */
static bool take_extended(Scan *scan, int year, DateTime *out)
{
    int month = 0;
    int day = 1;
    if (take(scan, 'W')) {
        return take_week(scan, year, true, out);
    }
    if (count_digits(scan) == 3) {
        return take_digits(scan, 3, &day) && set_ordinal(out, year, day);
    }
    if (!take_digits(scan, 2, &month)) {
        return false;
    }
    if (take(scan, '-') && !take_digits(scan, 2, &day)) {
        return false;
    }
    return set_date(out, year, month, day);
}

/* A date in front of a time or of the end of the text. */
static bool take_date(Scan *scan, DateTime *out, DateForm *form)
{
    int year = 0;
    int rest = 0;
    if (!take_digits(scan, 4, &year)) {
        return false;
    }
    if (take(scan, '-')) {
        *form = DATE_EXTENDED;
        return take_extended(scan, year, out);
    }
    *form = DATE_BASIC;
    if (take(scan, 'W')) {
        return take_week(scan, year, false, out);
    }
    switch (count_digits(scan)) {
    case 4:
        return take_digits(scan, 4, &rest) && set_date(out, year, rest / 100, rest % 100);
    case 3:
        return take_digits(scan, 3, &rest) && set_ordinal(out, year, rest);
    default:
        return false;
    }
}

/* "2024", "2024/01/02", "2024:01:02", "20240102" */
static bool take_loose_date(Scan *scan, DateTime *out)
{
    int year = 0;
    int month = 1;
    int day = 1;
    if (!take_digits(scan, 4, &year)) {
        return false;
    }
    if (take(scan, '/') || take(scan, ':')) {
        char separator = scan->at[-1];
        bool whole =
            take_digits(scan, 2, &month) && take(scan, separator) && take_digits(scan, 2, &day);
        return whole && set_date(out, year, month, day);
    }
    if (count_digits(scan) == 4) {
        return take_digits(scan, 2, &month) && take_digits(scan, 2, &day) &&
               set_date(out, year, month, day);
    }
    return set_date(out, year, month, day);
}

/* ---- Times ---- */

static bool take_fraction(Scan *scan, DateTime *out)
{
    if (!take(scan, '.') && !take(scan, ',')) {
        return true;
    }
    size_t count = count_digits(scan);
    if (count == 0) {
        return false;
    }
    int micros = 0;
    for (size_t i = 0; i < 6; i++) {
        micros = micros * 10 + (i < count ? scan->at[i] - '0' : 0);
    }
    scan->at += count;
    out->microsecond = micros;
    return true;
}

static bool set_time(DateTime *out, int hour, int minute, int second)
{
    if (!time_is_valid(hour, minute, second)) {
        return false;
    }
    out->hour = (uint8_t)hour;
    out->minute = (uint8_t)minute;
    out->second = (uint8_t)second;
    return true;
}

/* hh[:mm[:ss[.f]]] or hh[mm[ss[.f]]] */
static bool take_time(Scan *scan, DateForm form, DateTime *out)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_digits(scan, 2, &hour)) {
        return false;
    }
    bool has_second = false;
    if (take(scan, ':')) {
        if (!take_digits(scan, 2, &minute)) {
            return false;
        }
        has_second = form == DATE_EXTENDED && take(scan, ':');
    } else if (form == DATE_BASIC && count_digits(scan) >= 2) {
        (void)take_digits(scan, 2, &minute);
        has_second = count_digits(scan) >= 2;
    }
    if (has_second && !(take_digits(scan, 2, &second) && take_fraction(scan, out))) {
        return false;
    }
    return set_time(out, hour, minute, second);
}

/* Nothing, Z, +hh, +hhmm or +hh:mm. */
static bool take_zone(Scan *scan, DateTime *out)
{
    if (at_end(scan)) {
        return true;
    }
    out->has_offset = true;
    if (take(scan, 'Z')) {
        return true;
    }
    int sign = take(scan, '-') ? -1 : 1;
    if (sign > 0 && !take(scan, '+')) {
        return false;
    }
    int hours = 0;
    int minutes = 0;
    if (!take_digits(scan, 2, &hours)) {
        return false;
    }
    bool more = take(scan, ':') || !at_end(scan);
    if (more && !take_digits(scan, 2, &minutes)) {
        return false;
    }
    enum { DAY_MINUTES = 24 * 60 };
    int offset = hours * 60 + minutes;
    out->offset_s = sign * offset * 60;
    return offset < DAY_MINUTES; /* Python has no offset of a day or more */
}

static bool take_separator(Scan *scan)
{
    return take(scan, 'T') || take(scan, ' ');
}

static bool parse_strict(Str text, DateTime *out)
{
    Scan scan = scan_of(text);
    DateForm form = DATE_EXTENDED;
    *out = (DateTime){0};
    return take_date(&scan, out, &form) && take_separator(&scan) && take_time(&scan, form, out) &&
           take_zone(&scan, out) && at_end(&scan);
}

/* h[h]:m[m][:s[s][.f]] */
static bool take_loose_time(Scan *scan, DateTime *out)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    bool found =
        take_number(scan, 1, 2, &hour) && take(scan, ':') && take_number(scan, 1, 2, &minute);
    if (!found) {
        return false;
    }
    if (take(scan, ':') && !(take_number(scan, 1, 2, &second) && take_fraction(scan, out))) {
        return false;
    }
    return set_time(out, hour, minute, second);
}

static bool parse_loose(Str text, DateTime *out)
{
    Scan scan = scan_of(text);
    *out = (DateTime){0};
    if (!take_loose_date(&scan, out)) {
        return false;
    }
    (void)take(&scan, ' ');
    return take_loose_time(&scan, out) && at_end(&scan);
}

bool timestamp_text_parse(Str text, DateTime *out)
{
    enum { SHORTEST = 8 }; /* "2024 3:4" */
    return text.len >= SHORTEST && (parse_strict(text, out) || parse_loose(text, out));
}

bool day_text_parse(Str text, DateTime *out)
{
    Scan scan = scan_of(text);
    DateForm form = DATE_EXTENDED;
    *out = (DateTime){0};
    if (take_date(&scan, out, &form) && at_end(&scan)) {
        return true;
    }
    scan = scan_of(text);
    *out = (DateTime){0};
    return take_loose_date(&scan, out) && at_end(&scan);
}

bool time_text_parse(Str text, DateTime *out)
{
    Scan scan = scan_of(text);
    *out = (DateTime){0};
    return take_time(&scan, DATE_EXTENDED, out) && at_end(&scan);
}
