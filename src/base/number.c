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

bool number_parse_bytes(Str text, uint64_t *out_bytes)
{
    text = str_trim(text);
    size_t digits = 0;
    while (digits < text.len &&
           ((text.data[digits] >= '0' && text.data[digits] <= '9') || text.data[digits] == '.')) {
        digits++;
    }
    double amount = 0;
    if (!number_parse_double(str_slice(text, 0, digits), &amount)) {
        return false;
    }
    static const struct {
        const char *unit;
        double factor;
    } units[] = {
        {"", 1},       {"B", 1},      {"K", 1024},      {"M", 1048576},  {"G", 0x1p30},
        {"T", 0x1p40}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 0x1p30}, {"TiB", 0x1p40},
        {"KB", 1e3},   {"MB", 1e6},   {"GB", 1e9},      {"TB", 1e12},
    };
    Str unit = str_trim(str_from_offset(text, digits));
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_eq_nocase(unit, str_from(units[i].unit)) && amount * units[i].factor < 0x1p63) {
            *out_bytes = (uint64_t)(amount * units[i].factor);
            return true;
        }
    }
    return false;
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
    int start = number->point < 1 ? number->point : 1; /* a zero, or all digits before the point */
    for (int position = start; position <= number->point; position++) {
        bool has_digit = position >= 1 && (size_t)position <= number->len;
        out[len++] = has_digit ? number->digits[position - 1] : '0';
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
    double amount = (double)bytes;
    size_t unit = 0;
    while (amount >= 1024 && unit + 1 < ARRAY_LEN(units)) {
        amount /= 1024;
        unit++;
    }
    return str_printf(arena, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
}
