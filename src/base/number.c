#include "base/number.h"

#include <math.h>
#include <stdio.h>

bool number_parse_uint64(Str text, uint64_t *out_value)
{
    uint64_t value = 0;
    if (text.len == 0) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(c - '0'), &value)) {
            return false;
        }
    }
    *out_value = value;
    return true;
}

bool number_parse_int64(Str text, int64_t *out_value)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    if (negative || (text.len > 0 && text.data[0] == '+')) {
        text = str_from_offset(text, 1);
    }
    uint64_t magnitude = 0;
    if (!number_parse_uint64(text, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative) {
        return false;
    }
    *out_value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes the digits at the front of *text: their value is `digits` / `scale`. After 18 of them the
 * rest does not count; false when there is none. */
static bool take_fraction(Str *text, uint64_t *digits, uint64_t *scale)
{
    enum { COUNTED = 18 };
    size_t count = 0;
    *digits = 0;
    *scale = 1;
    for (; count < text->len && is_digit(text->data[count]); count++) {
        if (count < COUNTED) {
            *digits = *digits * 10 + (uint64_t)(text->data[count] - '0');
            *scale *= 10;
        }
    }
    *text = str_from_offset(*text, count);
    return count > 0;
}

/* The factor of a unit, or 0. */
static uint64_t unit_factor(Str unit)
{
    static const struct {
        const char *name;
        uint64_t factor;
    } units[] = {
        {"", 1},
        {"B", 1},
        {"K", 1ULL << 10},
        {"M", 1ULL << 20},
        {"G", 1ULL << 30},
        {"T", 1ULL << 40},
        {"KiB", 1ULL << 10},
        {"MiB", 1ULL << 20},
        {"GiB", 1ULL << 30},
        {"TiB", 1ULL << 40},
        {"KB", 1000},
        {"MB", 1000000},
        {"GB", 1000000000},
        {"TB", 1000000000000},
    };
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_eq_nocase(unit, str_from(units[i].name))) {
            return units[i].factor;
        }
    }
    return 0;
}

bool number_parse_bytes(Str text, uint64_t *out_bytes)
{
    __extension__ typedef unsigned __int128 Wide; /* a fraction times a factor */
    text = str_trim(text);
    size_t len = 0;
    while (len < text.len && is_digit(text.data[len])) {
        len++;
    }
    uint64_t whole = 0, digits = 0, scale = 1;
    if (len > 0 && !number_parse_uint64(str_slice(text, 0, len), &whole)) {
        return false;
    }
    Str rest = str_from_offset(text, len);
    if (str_starts_with(rest, STR("."))) {
        rest = str_from_offset(rest, 1);
        if (!take_fraction(&rest, &digits, &scale) && len == 0) {
            return false;
        }
    } else if (len == 0) {
        return false;
    }
    uint64_t factor = unit_factor(str_trim(rest));
    uint64_t bytes = 0, part = (uint64_t)((Wide)digits * factor / scale);
    if (factor == 0 || __builtin_mul_overflow(whole, factor, &bytes) ||
        __builtin_add_overflow(bytes, part, &bytes) || bytes > INT64_MAX) {
        return false;
    }
    *out_bytes = bytes;
    return true;
}

size_t number_format_int64(int64_t value, char *out)
{
    char reversed[NUMBER_TEXT_BYTES];
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t count = 0, len = 0;
    do {
        reversed[count++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude > 0);
    if (value < 0) {
        out[len++] = '-';
    }
    while (count > 0) {
        out[len++] = reversed[--count];
    }
    out[len] = '\0';
    return len;
}

/* 0.000123 and 123.0: the point lies among, before or after the digits. */
static size_t format_fixed(const NumberDigits *number, char *out)
{
    size_t len = 0;
    for (int position = 1; position <= number->point; position++) {
        out[len++] = (size_t)position <= number->len ? number->digits[position - 1] : '0';
    }
    if (number->point < 1) {
        out[len++] = '0';
    }
    out[len++] = '.';
    int first = number->point + 1;
    for (int position = first; position <= (int)number->len || position == first; position++) {
        bool has_digit = position >= 1 && (size_t)position <= number->len;
        out[len++] = has_digit ? number->digits[position - 1] : '0';
    }
    out[len] = '\0';
    return len;
}

static size_t format_scientific(const NumberDigits *number, char *out)
{
    size_t len = 0;
    out[len++] = number->digits[0];
    if (number->len > 1) {
        out[len++] = '.';
        memcpy(out + len, number->digits + 1, number->len - 1);
        len += number->len - 1;
    }
    int exponent = number->point - 1;
    int written = snprintf(out + len, NUMBER_TEXT_BYTES - len, "e%c%02d", exponent < 0 ? '-' : '+',
                           exponent < 0 ? -exponent : exponent);
    return len + (size_t)written;
}

size_t number_format_double(double value, char *out)
{
    if (isnan(value) || isinf(value)) {
        const char *text = isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
        size_t len = strlen(text);
        memcpy(out, text, len + 1);
        return len;
    }
    size_t sign = signbit(value) ? 1 : 0;
    out[0] = '-';
    NumberDigits number;
    number_shortest_digits(fabs(value), &number);
    bool fixed = number.point > -4 && number.point <= 16;
    return sign +
           (fixed ? format_fixed(&number, out + sign) : format_scientific(&number, out + sign));
}

Str number_with_commas(Arena *arena, int64_t value)
{
    char plain[NUMBER_TEXT_BYTES];
    size_t len = number_format_int64(value, plain);
    size_t sign = value < 0 ? 1 : 0;
    StrBuf buf = strbuf_init(arena, 64);
    for (size_t i = 0; i < len; i++) {
        if (i > sign && (len - i) % 3 == 0) {
            strbuf_add_char(&buf, ',');
        }
        strbuf_add_char(&buf, plain[i]);
    }
    return strbuf_str(&buf);
}

Str number_human_bytes(Arena *arena, uint64_t bytes)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
    size_t unit = 0;
    uint64_t whole = bytes, tenth = 0;
    for (uint64_t size = 1024; whole >= 1024; size *= 1024) {
        unit++;
        whole = bytes / size;
        uint64_t tenths = bytes % size * 10; /* below 10 * 2^60 */
        tenth = tenths / size;
        uint64_t rest = tenths % size * 2;
        if (rest > size || (rest == size && tenth % 2 == 1)) {
            tenth++; /* to the nearest, of two the even one */
        }
        if (tenth == 10) {
            tenth = 0;
            whole++; /* which may make it 1024 of them, that is 1 of the next unit */
        }
    }
    if (unit == 0) {
        return str_printf(arena, "%llu B", (unsigned long long)bytes);
    }
    return str_printf(arena, "%llu.%llu %s", (unsigned long long)whole, (unsigned long long)tenth,
                      units[unit]);
}
