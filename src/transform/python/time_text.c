#include "base/limits.h"
#include "base/number.h"
#include "transform/python/modules.h"

/* strftime and strptime with English names, as Python has them in the C locale. */

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
static const char *const day_names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};

enum { SHORT_NAME_BYTES = 3, DAYS_A_WEEK = 7 };

/* ---- What directives ask for ---- */

static int64_t days_of(const DateTime *at)
{
    return date_to_days(at->year, at->month, at->day);
}

/* 0 = Monday; 1970-01-01 was a Thursday. */
static int weekday_of(const DateTime *at)
{
    int64_t day = (days_of(at) + 3) % DAYS_A_WEEK;
    return (int)(day < 0 ? day + DAYS_A_WEEK : day);
}

static int yearday_of(const DateTime *at)
{
    return (int)(days_of(at) - date_to_days(at->year, 1, 1)) + 1;
}

/* The number of the week that begins on `first` (0 = Monday); days before the first are week 0. */
static int week_of_year(const DateTime *at, int first)
{
    int since = (weekday_of(at) - first + DAYS_A_WEEK) % DAYS_A_WEEK;
    return (yearday_of(at) - 1 - since + DAYS_A_WEEK) / DAYS_A_WEEK;
}

/* The ISO week and the year it belongs to: that of its Thursday. */
static void iso_week(const DateTime *at, int *out_year, int *out_week)
{
    DateTime thursday = {0};
    date_from_days(days_of(at) - weekday_of(at) + 3, &thursday);
    *out_year = thursday.year;
    *out_week = (yearday_of(&thursday) - 1) / DAYS_A_WEEK + 1;
}

static int hour12(const DateTime *at)
{
    return at->hour % 12 == 0 ? 12 : at->hour % 12;
}

/* ---- Writing ---- */

typedef struct Number {
    char directive;
    char width;
    char padding;
} Number;

static const Number numbers[] = {
    {'Y', 1, '0'}, {'m', 2, '0'}, {'d', 2, '0'}, {'H', 2, '0'}, {'M', 2, '0'}, {'S', 2, '0'},
    {'f', 6, '0'}, {'y', 2, '0'}, {'j', 3, '0'}, {'I', 2, '0'}, {'w', 1, '0'}, {'u', 1, '0'},
    {'U', 2, '0'}, {'W', 2, '0'}, {'V', 2, '0'}, {'G', 1, '0'}, {'e', 2, ' '}, {'C', 2, '0'},
    {'k', 2, ' '}, {'l', 2, ' '}, {'s', 1, '0'},
};

static int64_t week_value(const DateTime *at, char directive)
{
    int year = 0, week = 0;
    iso_week(at, &year, &week);
    switch (directive) {
    case 'U':
        return week_of_year(at, 6);
    case 'W':
        return week_of_year(at, 0);
    case 'V':
        return week;
    case 'G':
        return year;
    case 'w':
        return (weekday_of(at) + 1) % DAYS_A_WEEK;
    default:
        return weekday_of(at) + 1;
    }
}

static int64_t number_value(const DateTime *at, char directive)
{
    const struct {
        char directive;
        int64_t value;
    } plain[] = {{'Y', at->year},       {'m', at->month},      {'d', at->day},
                 {'e', at->day},        {'H', at->hour},       {'k', at->hour},
                 {'M', at->minute},     {'S', at->second},     {'f', at->microsecond},
                 {'y', at->year % 100}, {'C', at->year / 100}, {'I', hour12(at)},
                 {'l', hour12(at)},     {'j', yearday_of(at)}, {'s', datetime_to_us(at) / 1000000}};
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        if (plain[i].directive == directive) {
            return plain[i].value;
        }
    }
    return week_value(at, directive);
}

static void add_number(const DateTime *at, const Number *number, char flag, StrBuf *out)
{
    char digits[NUMBER_TEXT_BYTES];
    size_t len = number_format_int64(number_value(at, number->directive), digits);
    char padding = flag == '_' ? ' ' : flag == '0' ? '0' : number->padding;
    if (flag != '-' && len < (size_t)number->width) {
        strbuf_add_repeat(out, padding, (size_t)number->width - len);
    }
    strbuf_add(out, (Str){digits, len});
}

static void add_offset(const DateTime *at, StrBuf *out)
{
    if (at->has_offset) {
        int32_t seconds = at->offset_s < 0 ? -at->offset_s : at->offset_s;
        strbuf_printf(out, "%c%02d%02d", at->offset_s < 0 ? '-' : '+', seconds / 3600,
                      seconds / 60 % 60);
    }
}

static void add_zone_name(const DateTime *at, const Timezone *zone, StrBuf *out)
{
    if (zone != NULL) {
        strbuf_add(out, timezone_at_utc(zone, datetime_to_us(at) / 1000000).abbreviation);
    } else if (at->has_offset) {
        strbuf_add_c(out, "UTC");
    }
}

/* Directives that stand for others. */
static const struct {
    char directive;
    const char *format;
} composed[] = {
    {'D', "%m/%d/%y"}, {'F', "%Y-%m-%d"}, {'T', "%H:%M:%S"},    {'R', "%H:%M"},
    {'x', "%m/%d/%y"}, {'X', "%H:%M:%S"}, {'r', "%I:%M:%S %p"}, {'c', "%a %b %e %H:%M:%S %Y"}};

static bool add_word(const DateTime *at, const Timezone *zone, char directive, StrBuf *out)
{
    const char *month = month_names[(at->month + 11) % 12], *day = day_names[weekday_of(at)];
    switch (directive) {
    case 'B':
        strbuf_add_c(out, month);
        return true;
    case 'b':
    case 'h':
        strbuf_add(out, (Str){month, SHORT_NAME_BYTES});
        return true;
    case 'A':
        strbuf_add_c(out, day);
        return true;
    case 'a':
        strbuf_add(out, (Str){day, SHORT_NAME_BYTES});
        return true;
    case 'p':
        strbuf_add_c(out, at->hour < 12 ? "AM" : "PM");
        return true;
    case 'z':
        add_offset(at, out);
        return true;
    case 'Z':
        add_zone_name(at, zone, out);
        return true;
    default:
        return false;
    }
}

static Error *add_directive(const DateTime *at, const Timezone *zone, char flag, char directive,
                            StrBuf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (numbers[i].directive == directive) {
            add_number(at, &numbers[i], flag, out);
            return NULL;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(composed); i++) {
        if (composed[i].directive == directive) {
            return python_time_format(at, zone, str_from(composed[i].format), out);
        }
    }
    if (!add_word(at, zone, directive, out)) {
        strbuf_printf(out, "%%%c", directive); /* as the system's does with what it does not know */
    }
    return NULL;
}

static bool is_among(char c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

Error *python_time_format(const DateTime *at, const Timezone *zone, Str format, StrBuf *out)
{
    for (size_t i = 0; i < format.len; i++) {
        if (format.data[i] != '%' || i + 1 == format.len) {
            strbuf_add_char(out, format.data[i]);
            continue;
        }
        char flag = 0;
        if (i + 2 < format.len && is_among(format.data[i + 1], "-_0")) {
            flag = format.data[++i];
        }
        char directive = format.data[++i];
        if (is_among(directive, "%nt")) {
            strbuf_add_char(out, directive == '%' ? '%' : directive == 'n' ? '\n' : '\t');
        } else {
            TRY(add_directive(at, zone, flag, directive, out));
        }
    }
    return NULL;
}

/* ---- Reading ---- */

typedef struct Parse {
    Str text; /* what is left */
    DateTime *at;
    bool is_pm, has_half, has_yearday;
    int64_t yearday;
} Parse;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool take_number(Parse *p, size_t max_digits, int64_t low, int64_t high, int64_t *out)
{
    size_t len = 0;
    while (len < max_digits && len < p->text.len && is_digit(p->text.data[len])) {
        len++;
    }
    /* A digit less where the number would be too large: "%m" reads the 3 of "31". */
    for (; len > 0; len--) {
        if (number_parse_int64(str_slice(p->text, 0, len), out) && *out >= low && *out <= high) {
            p->text = str_from_offset(p->text, len);
            return true;
        }
    }
    return false;
}

/* The index of the name that the text begins with; -1 when it is none. */
static int take_name(Parse *p, const char *const *names, size_t count, bool whole)
{
    for (size_t i = 0; i < count; i++) {
        Str name = str_from(names[i]);
        name.len = whole ? name.len : SHORT_NAME_BYTES;
        if (p->text.len >= name.len && str_eq_nocase(str_slice(p->text, 0, name.len), name)) {
            p->text = str_from_offset(p->text, name.len);
            return (int)i;
        }
    }
    return -1;
}

static bool take_offset(Parse *p)
{
    if (str_starts_with(p->text, STR("Z"))) {
        p->text = str_from_offset(p->text, 1);
        p->at->has_offset = true;
        return true;
    }
    if (p->text.len < 3 || (p->text.data[0] != '+' && p->text.data[0] != '-')) {
        return false;
    }
    int32_t sign = p->text.data[0] == '-' ? -1 : 1;
    int64_t hours = 0, minutes = 0;
    p->text = str_from_offset(p->text, 1);
    if (!take_number(p, 2, 0, 23, &hours)) {
        return false;
    }
    if (str_starts_with(p->text, STR(":"))) {
        p->text = str_from_offset(p->text, 1);
    }
    if (!take_number(p, 2, 0, 59, &minutes)) {
        return false;
    }
    p->at->has_offset = true;
    p->at->offset_s = sign * (int32_t)(hours * 3600 + minutes * 60);
    return true;
}

static bool take_fraction(Parse *p)
{
    size_t before = p->text.len;
    int64_t value = 0;
    if (!take_number(p, 6, 0, 999999, &value)) {
        return false;
    }
    for (size_t digits = before - p->text.len; digits < 6; digits++) {
        value *= 10;
    }
    p->at->microsecond = (int32_t)value;
    return true;
}

static bool take_word(Parse *p, char directive)
{
    static const char *const halves[] = {"AM ", "PM "};
    int found = -1;
    switch (directive) {
    case 'B':
    case 'b':
        found = take_name(p, month_names, ARRAY_LEN(month_names), directive == 'B');
        p->at->month = (uint8_t)(found + 1);
        return found >= 0;
    case 'A':
    case 'a':
        return take_name(p, day_names, ARRAY_LEN(day_names), directive == 'A') >= 0;
    case 'p':
        for (int i = 0; i < 2 && found < 0; i++) {
            Str half = {halves[i], 2};
            found = p->text.len >= 2 && str_eq_nocase(str_slice(p->text, 0, 2), half) ? i : -1;
        }
        p->is_pm = found == 1;
        p->has_half = found >= 0;
        p->text = str_from_offset(p->text, found >= 0 ? 2 : 0);
        return found >= 0;
    case 'z':
        return take_offset(p);
    case 'f':
        return take_fraction(p);
    default:
        return false;
    }
}

static bool take_year(Parse *p, size_t digits)
{
    int64_t year = 0;
    if (!take_number(p, digits, digits == 4 ? 1 : 0, 9999, &year)) {
        return false;
    }
    if (digits == 2) {
        year += year < 69 ? 2000 : 1900;
    }
    p->at->year = (int16_t)year;
    return true;
}

static bool take_directive(Parse *p, char directive)
{
    const struct {
        char directive;
        uint8_t low, high;
        uint8_t *field;
    } fields[] = {{'m', 1, 12, &p->at->month},  {'d', 1, 31, &p->at->day},
                  {'H', 0, 23, &p->at->hour},   {'I', 1, 12, &p->at->hour},
                  {'M', 0, 59, &p->at->minute}, {'S', 0, 59, &p->at->second}};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        int64_t value = 0;
        if (fields[i].directive == directive) {
            bool found = take_number(p, 2, fields[i].low, fields[i].high, &value);
            *fields[i].field = (uint8_t)value;
            return found;
        }
    }
    if (directive == 'Y' || directive == 'y') {
        return take_year(p, directive == 'Y' ? 4 : 2);
    }
    if (directive == 'j') {
        p->has_yearday = take_number(p, 3, 1, 366, &p->yearday);
        return p->has_yearday;
    }
    return take_word(p, directive);
}

static bool take_literal(Parse *p, char c)
{
    if (p->text.len == 0 || p->text.data[0] != c) {
        return false;
    }
    p->text = str_from_offset(p->text, 1);
    return true;
}

static bool take_format(Parse *p, Str format)
{
    bool fits = true;
    for (size_t i = 0; i < format.len && fits; i++) {
        char c = format.data[i];
        if (is_blank(c)) {
            fits = p->text.len > 0 && is_blank(p->text.data[0]);
            while (p->text.len > 0 && is_blank(p->text.data[0])) {
                p->text = str_from_offset(p->text, 1);
            }
        } else if (c == '%' && i + 1 < format.len && format.data[i + 1] != '%') {
            fits = take_directive(p, format.data[++i]);
        } else {
            fits = take_literal(p, c);
            i += c == '%';
        }
    }
    return fits;
}

static void finish_parse(Parse *p)
{
    if (p->has_half) {
        p->at->hour = (uint8_t)(p->at->hour % 12 + (p->is_pm ? 12 : 0));
    }
    if (p->has_yearday) {
        DateTime day = {0};
        date_from_days(date_to_days(p->at->year, 1, 1) + p->yearday - 1, &day);
        p->at->month = day.month;
        p->at->day = day.day;
    }
}

Error *python_time_parse(Str text, Str format, DateTime *out)
{
    *out = (DateTime){.year = 1900, .month = 1, .day = 1};
    Parse parse = {.text = text, .at = out};
    if (!take_format(&parse, format)) {
        return jraise("ValueError", "time data '" STR_FMT "' does not match format '" STR_FMT "'",
                      STR_ARG(text), STR_ARG(format));
    }
    if (parse.text.len > 0) {
        return jraise("ValueError", "unconverted data remains: " STR_FMT, STR_ARG(parse.text));
    }
    finish_parse(&parse);
    return date_is_valid(out->year, out->month, out->day)
               ? NULL
               : jraise("ValueError", "day is out of range for month");
}
