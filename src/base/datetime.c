#include "base/datetime.h"

#include <stdio.h>

enum {
    US_PER_SECOND = 1000000,
    SECONDS_PER_DAY = 86400,
    DAYS_PER_ERA = 146097, /* 400 years */
    EPOCH_SHIFT = 719468,  /* days from 0000-03-01 to 1970-01-01 */
    MAX_OFFSET_HOURS = 23,
    FRACTION_DIGITS = 6,
    FRACTION_MAX_DIGITS = 9,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes exactly `count` digits off the front of *rest. */
static bool take_digits(Str *rest, size_t count, int64_t *out)
{
    if (rest->len < count) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(rest->data[i])) {
            return false;
        }
        value = value * 10 + (rest->data[i] - '0');
    }
    *rest = str_from_offset(*rest, count);
    *out = value;
    return true;
}

static bool take_char(Str *rest, char c)
{
    if (rest->len == 0 || rest->data[0] != c) {
        return false;
    }
    *rest = str_from_offset(*rest, 1);
    return true;
}

bool date_is_leap_year(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int64_t year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && date_is_leap_year(year) ? 29 : days[month - 1];
}

bool date_is_valid(int64_t year, int64_t month, int64_t day)
{
    return year >= DATE_MIN_YEAR && year <= DATE_MAX_YEAR && month >= 1 && month <= 12 &&
           day >= 1 && day <= date_days_in_month(year, (int)month);
}

bool time_is_valid(int64_t hour, int64_t minute, int64_t second)
{
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

/* Both conversions count years from March, so that the leap day is a year's last day, and in eras
 * of 400 years, which all have the same length. */
int64_t date_to_days(int64_t year, int month, int day)
{
    int64_t shifted_year = month <= 2 ? year - 1 : year;
    int64_t era = (shifted_year >= 0 ? shifted_year : shifted_year - 399) / 400;
    int64_t year_of_era = shifted_year - era * 400;
    int64_t month_from_march = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
}

void date_from_days(int64_t days, DateTime *out)
{
    int64_t shifted = days + EPOCH_SHIFT;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) /
        365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *out = (DateTime){
        .year = (int16_t)(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
        .month = (uint8_t)month,
        .day = (uint8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
    };
}

int64_t datetime_to_us(const DateTime *when)
{
    int64_t days = date_to_days(when->year, when->month, when->day);
    int64_t seconds = days * SECONDS_PER_DAY + INT64_C(3600) * when->hour +
                      INT64_C(60) * when->minute + when->second - when->offset_s;
    return seconds * US_PER_SECOND + when->microsecond;
}

bool datetime_from_us(int64_t us, DateTime *out)
{
    static const DateTime first = {.year = DATE_MIN_YEAR, .month = 1, .day = 1};
    static const DateTime last = {.year = DATE_MAX_YEAR,
                                  .month = 12,
                                  .day = 31,
                                  .hour = 23,
                                  .minute = 59,
                                  .second = 59,
                                  .microsecond = US_PER_SECOND - 1};
    if (us < datetime_to_us(&first) || us > datetime_to_us(&last)) {
        return false;
    }
    const int64_t us_per_day = (int64_t)SECONDS_PER_DAY * US_PER_SECOND;
    int64_t days = (us >= 0 ? us : us - (us_per_day - 1)) / us_per_day;
    int64_t of_day = us - days * us_per_day;
    date_from_days(days, out);
    int64_t second_of_day = of_day / US_PER_SECOND;
    out->microsecond = (int32_t)(of_day % US_PER_SECOND);
    out->hour = (uint8_t)(second_of_day / 3600);
    out->minute = (uint8_t)(second_of_day / 60 % 60);
    out->second = (uint8_t)(second_of_day % 60);
    out->has_offset = true;
    return true;
}

static bool take_date(Str *rest, DateTime *out)
{
    int64_t year = 0;
    int64_t month = 0;
    int64_t day = 0;
    if (!take_digits(rest, 4, &year) || !take_char(rest, '-') || !take_digits(rest, 2, &month) ||
        !take_char(rest, '-') || !take_digits(rest, 2, &day) || !date_is_valid(year, month, day)) {
        return false;
    }
    out->year = (int16_t)year;
    out->month = (uint8_t)month;
    out->day = (uint8_t)day;
    return true;
}

/* The digits after the point; beyond microseconds they are cut, as Python cuts them. */
static bool take_fraction(Str *rest, DateTime *out)
{
    int32_t us = 0;
    size_t count = 0;
    while (count < rest->len && is_digit(rest->data[count])) {
        us = count < FRACTION_DIGITS ? us * 10 + (rest->data[count] - '0') : us;
        count++;
    }
    if (count == 0 || count > FRACTION_MAX_DIGITS) {
        return false;
    }
    for (size_t i = count; i < FRACTION_DIGITS; i++) {
        us *= 10;
    }
    out->microsecond = us;
    *rest = str_from_offset(*rest, count);
    return true;
}

static bool take_time(Str *rest, DateTime *out)
{
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    if (!take_digits(rest, 2, &hour) || !take_char(rest, ':') || !take_digits(rest, 2, &minute)) {
        return false;
    }
    bool has_second = take_char(rest, ':');
    if (has_second && !take_digits(rest, 2, &second)) {
        return false;
    }
    if (!time_is_valid(hour, minute, second)) {
        return false;
    }
    out->hour = (uint8_t)hour;
    out->minute = (uint8_t)minute;
    out->second = (uint8_t)second;
    return !has_second || !take_char(rest, '.') || take_fraction(rest, out);
}

static bool take_offset(Str *rest, DateTime *out)
{
    if (take_char(rest, 'Z') || take_char(rest, 'z')) {
        out->has_offset = true;
        return true;
    }
    bool east = take_char(rest, '+');
    if (!east && !take_char(rest, '-')) {
        return true;
    }
    int64_t hours = 0;
    int64_t minutes = 0;
    if (!take_digits(rest, 2, &hours)) {
        return false;
    }
    bool colon = take_char(rest, ':');
    if ((colon || rest->len > 0) && !take_digits(rest, 2, &minutes)) {
        return false;
    }
    if (hours > MAX_OFFSET_HOURS || minutes > 59) {
        return false;
    }
    int32_t seconds = (int32_t)(hours * 3600 + minutes * 60);
    out->offset_s = east ? seconds : -seconds;
    out->has_offset = true;
    return true;
}

bool date_parse_iso(Str text, DateTime *out)
{
    DateTime date = {0};
    if (!take_date(&text, &date) || text.len != 0) {
        return false;
    }
    *out = date;
    return true;
}

bool time_parse_iso(Str text, DateTime *out)
{
    DateTime time = {0};
    if (!take_time(&text, &time) || text.len != 0) {
        return false;
    }
    *out = time;
    return true;
}

bool datetime_parse_iso(Str text, DateTime *out)
{
    DateTime when = {0};
    if (!take_date(&text, &when)) {
        return false;
    }
    if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' ')) {
        return false;
    }
    if (!take_time(&text, &when) || !take_offset(&text, &when) || text.len != 0) {
        return false;
    }
    *out = when;
    return true;
}

static size_t format_offset(const DateTime *when, char *out)
{
    if (!when->has_offset) {
        return 0;
    }
    int32_t seconds = when->offset_s < 0 ? -when->offset_s : when->offset_s;
    char sign = when->offset_s < 0 ? '-' : '+';
    int len = snprintf(out, 16, "%c%02d:%02d", sign, seconds / 3600 % 100, seconds / 60 % 60);
    if (seconds % 60 != 0) {
        len += snprintf(out + len, 8, ":%02d", seconds % 60);
    }
    return (size_t)len;
}

size_t date_format(const DateTime *when, char *out)
{
    int len =
        snprintf(out, DATETIME_TEXT_BYTES, "%04d-%02u-%02u", when->year, when->month, when->day);
    return (size_t)len;
}

size_t time_format(const DateTime *when, char *out)
{
    size_t len =
        (size_t)snprintf(out, 16, "%02u:%02u:%02u", when->hour, when->minute, when->second);
    if (when->microsecond != 0) {
        len += (size_t)snprintf(out + len, 16, ".%06d", when->microsecond);
    }
    return len + format_offset(when, out + len);
}

size_t datetime_format(const DateTime *when, char separator, char *out)
{
    size_t len = date_format(when, out);
    out[len] = separator;
    return len + 1 + time_format(when, out + len + 1);
}
