#include "ingest/normalise/decimal_text.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/unicode.h"
#include "base/vec.h"

enum {
    MAX_EXPONENT = 999999, /* of Python's default context */
    MAX_UNITS_DIGITS = 38,
};

/* ---- Numbers as Python reads them ---- */

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* What a digit of any script counts: such digits stand in Unicode in runs of ten. */
static char ascii_digit(uint32_t codepoint)
{
    uint32_t first = codepoint;
    while (first > 0 && unicode_is_decimal(first - 1)) {
        first--;
    }
    return (char)('0' + (codepoint - first) % 10);
}

static Str strip_space(Str text)
{
    size_t begin = 0;
    for (size_t at = 0; at < text.len && unicode_is_space(utf8_next(text, &at));) {
        begin = at;
    }
    size_t end = begin;
    for (size_t at = begin; at < text.len;) {
        if (!unicode_is_space(utf8_next(text, &at))) {
            end = at;
        }
    }
    return (Str){text.data + begin, end - begin};
}

static bool is_plain(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] >= 0x80 || text.data[i] == '_') {
            return false;
        }
    }
    return true;
}

bool python_number_clean(Arena *arena, Str text, Str *out)
{
    text = strip_space(text);
    *out = text;
    if (is_plain(text)) {
        return text.len > 0;
    }
    char *clean = arena_alloc_raw(arena, text.len);
    size_t len = 0;
    bool after_digit = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if (c == '_') {
            bool between = after_digit && at < text.len;
            size_t next = at;
            if (!between || !unicode_is_decimal(utf8_next(text, &next))) {
                return false;
            }
            continue;
        }
        after_digit = unicode_is_decimal(c);
        if (!after_digit && c >= 0x80) {
            return false;
        }
        clean[len++] = after_digit ? ascii_digit(c) : (char)c;
    }
    *out = (Str){clean, len};
    return len > 0;
}

/* Decimal digits, least first, times 16 plus a digit. */
static void shift_in(uint8_t *digits, size_t *len, unsigned nibble)
{
    unsigned carry = nibble;
    for (size_t i = 0; i < *len; i++) {
        unsigned value = digits[i] * 16U + carry;
        digits[i] = (uint8_t)(value % 10);
        carry = value / 10;
    }
    for (; carry > 0; carry /= 10) {
        digits[(*len)++] = (uint8_t)(carry % 10);
    }
}

bool python_hex_digits(Arena *arena, Str text, Str *out)
{
    enum { MOST_HEX_DIGITS = 1024 };
    Str hex = str_trim(text);
    if (hex.len < 3 || hex.len > MOST_HEX_DIGITS || hex.data[0] != '0' ||
        (hex.data[1] | 0x20) != 'x') {
        return false;
    }
    uint8_t digits[2 * MOST_HEX_DIGITS];
    size_t len = 0;
    for (size_t i = 2; i < hex.len; i++) {
        if (!isxdigit((unsigned char)hex.data[i])) {
            return false;
        }
        char c = hex.data[i];
        shift_in(digits, &len, (unsigned)(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10));
    }
    if (len == 0) {
        digits[len++] = 0;
    }
    char *shown = arena_alloc_raw(arena, len);
    for (size_t i = 0; i < len; i++) {
        shown[i] = (char)('0' + digits[len - 1 - i]);
    }
    *out = (Str){shown, len};
    return true;
}

/* ---- Decimals ---- */

/* A finite number as its digits without leading zeros and what they count. */
typedef struct Digits {
    bool negative;
    Str text; /* may hold a point, which does not count */
    size_t first;
    size_t count;     /* digits from text.data[first] on; at least one */
    int64_t exponent; /* of the last digit */
} Digits;

static bool read_exponent(Str text, size_t at, int64_t *out)
{
    bool negative = at < text.len && text.data[at] == '-';
    at += at < text.len && (negative || text.data[at] == '+') ? 1 : 0;
    if (at == text.len) {
        return false;
    }
    int64_t value = 0;
    for (; at < text.len; at++) {
        if (!is_digit(text.data[at]) || value > MAX_EXPONENT) {
            return false;
        }
        value = value * 10 + (text.data[at] - '0');
    }
    *out = negative ? -value : value;
    return true;
}

/* The mantissa: digits with at most one point. */
static bool read_mantissa(Digits *out, size_t *at)
{
    Str text = out->text;
    size_t digits = 0;
    size_t fraction = 0;
    bool point = false;
    bool leading = true;
    out->first = *at;
    for (; *at < text.len && (is_digit(text.data[*at]) || (text.data[*at] == '.' && !point));
         (*at)++) {
        if (text.data[*at] == '.') {
            point = true;
            continue;
        }
        digits++;
        fraction += point;
        if (leading && (text.data[*at] != '0')) {
            leading = false;
            out->first = *at;
            out->count = 0;
        }
        out->count++;
    }
    if (leading && digits > 0) { /* zero, however often it is written */
        out->count = 1;
    }
    out->exponent = -(int64_t)fraction;
    return digits > 0;
}

static bool read_digits(Str text, Digits *out)
{
    *out = (Digits){.text = text, .negative = text.len > 0 && text.data[0] == '-'};
    size_t at = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+') ? 1 : 0;
    if (!read_mantissa(out, &at)) {
        return false;
    }
    if (at == text.len) {
        return true;
    }
    int64_t exponent = 0;
    if ((text.data[at] | 0x20) != 'e' || !read_exponent(text, at + 1, &exponent)) {
        return false;
    }
    out->exponent += exponent;
    return true;
}

static bool is_zero(const Digits *digits)
{
    return digits->count == 1 && digits->text.data[digits->first] != '.'
               ? digits->text.data[digits->first] == '0'
               : digits->count == 1;
}

/* The digits without the point between them. */
static void add_digits(StrBuf *buf, const Digits *digits, size_t from, size_t count)
{
    size_t seen = 0;
    for (size_t at = digits->first; seen < from + count; at++) {
        char c = digits->text.data[at];
        if (is_digit(c) && seen++ >= from) {
            strbuf_add_char(buf, c);
        }
    }
}

/* Not finite: Python keeps the sign and forgets the spelling. */
static bool read_word(Str text, Str *out)
{
    static const struct {
        const char *word;
        const char *shown;
    } words[] = {{"inf", "Infinity"}, {"infinity", "Infinity"}, {"nan", "NaN"}, {"snan", "sNaN"}};
    bool negative = text.len > 0 && text.data[0] == '-';
    bool has_sign = negative || (text.len > 0 && text.data[0] == '+');
    Str word = has_sign ? str_from_offset(text, 1) : text;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq_nocase(word, str_from(words[i].word))) {
            static const char *const negated[] = {"-Infinity", "-Infinity", "-NaN", "-sNaN"};
            *out = str_from(negative ? negated[i] : words[i].shown);
            return true;
        }
    }
    return false;
}

static Str format_digits(Arena *arena, const Digits *digits)
{
    StrBuf buf = strbuf_init(arena, SIZE_MAX / 4);
    if (digits->negative) {
        strbuf_add_char(&buf, '-');
    }
    int64_t exponent = digits->exponent;
    int64_t left = exponent + (int64_t)digits->count; /* digits in front of the point */
    if (exponent > 0 || left - 1 < -6) {
        add_digits(&buf, digits, 0, 1);
        if (digits->count > 1) {
            strbuf_add_char(&buf, '.');
            add_digits(&buf, digits, 1, digits->count - 1);
        }
        strbuf_printf(&buf, "E%+lld", (long long)(left - 1));
        return strbuf_str(&buf);
    }
    if (left <= 0) {
        strbuf_add(&buf, STR("0."));
        for (int64_t i = left; i < 0; i++) {
            strbuf_add_char(&buf, '0');
        }
        add_digits(&buf, digits, 0, digits->count);
        return strbuf_str(&buf);
    }
    add_digits(&buf, digits, 0, (size_t)left);
    if (exponent < 0) {
        strbuf_add_char(&buf, '.');
        add_digits(&buf, digits, (size_t)left, digits->count - (size_t)left);
    }
    return strbuf_str(&buf);
}

bool decimal_text_parse(Arena *arena, Str text, Str *out)
{
    Digits digits;
    if (!read_digits(text, &digits)) {
        return read_word(text, out);
    }
    *out = format_digits(arena, &digits);
    return true;
}

bool decimal_text_is_finite(Str decimal)
{
    Digits digits;
    return read_digits(decimal, &digits);
}

bool decimal_text_is_zero(Str decimal)
{
    Digits digits;
    return read_digits(decimal, &digits) && is_zero(&digits);
}

/* Zeros at the end that stand behind the point. */
static size_t count_trailing_zeros(const Digits *digits)
{
    size_t zeros = 0;
    size_t seen = 0;
    for (size_t at = digits->first; seen < digits->count; at++) {
        char c = digits->text.data[at];
        if (is_digit(c)) {
            seen++;
            zeros = c == '0' ? zeros + 1 : 0;
        }
    }
    return zeros;
}

bool decimal_text_integer(Arena *arena, Str decimal, size_t max_digits, Str *out)
{
    Digits digits;
    if (!read_digits(decimal, &digits)) {
        return false;
    }
    if (is_zero(&digits)) {
        *out = STR("0");
        return true;
    }
    int64_t len = (int64_t)digits.count + digits.exponent;
    if (len > (int64_t)max_digits ||
        (digits.exponent < 0 && (int64_t)count_trailing_zeros(&digits) < -digits.exponent)) {
        return false;
    }
    StrBuf buf = strbuf_init(arena, SIZE_MAX / 4);
    if (digits.negative) {
        strbuf_add_char(&buf, '-');
    }
    add_digits(&buf, &digits, 0, digits.exponent < 0 ? (size_t)len : digits.count);
    for (int64_t i = 0; i < digits.exponent; i++) {
        strbuf_add_char(&buf, '0');
    }
    *out = strbuf_str(&buf);
    return true;
}

bool decimal_text_units(Str decimal, int precision, int scale, DecimalUnits *out)
{
    Digits digits;
    if (!read_digits(decimal, &digits) || precision > MAX_UNITS_DIGITS) {
        return false;
    }
    int64_t wanted = (int64_t)digits.count + digits.exponent + scale; /* digits that stay */
    if (is_zero(&digits) || wanted < 0) {
        *out = 0;
        return true;
    }
    if (wanted > precision) {
        return false;
    }
    DecimalUnits units = 0;
    bool round_up = false;
    int64_t seen = 0;
    for (size_t at = digits.first; seen < (int64_t)digits.count && seen <= wanted; at++) {
        char c = digits.text.data[at];
        if (!is_digit(c)) {
            continue;
        }
        if (seen == wanted) {
            round_up = c >= '5';
        } else {
            units = units * 10 + (c - '0');
        }
        seen++;
    }
    for (; seen < wanted; seen++) {
        units *= 10;
    }
    units += round_up ? 1 : 0;
    DecimalUnits limit = 1;
    for (int i = 0; i < precision; i++) {
        limit *= 10;
    }
    *out = digits.negative ? -units : units;
    return units < limit;
}
