#include "value/yaml_scalar.h"

#include <math.h>

#include "base/number.h"
#include "base/unicode.h"
#include "value/base64.h"

#define DIGITS "0123456789"

enum {
    LIMB_BASE = 1000000000,
    LIMB_DIGITS = 9,
    MAX_INT_DIGITS = 4300, /* Python's own ceiling */
};

static const Str tag_prefix = STR_INIT("tag:yaml.org,2002:");

static const char *const tag_names[] = {
#define X(name, text) text,
    YAML_TAGS(X)
#undef X
};

YamlTag yaml_tag_from(Str tag)
{
    if (!str_starts_with(tag, tag_prefix)) {
        return YAML_TAG_UNKNOWN;
    }
    Str name = str_from_offset(tag, tag_prefix.len);
    size_t i = 0;
    while (i < ARRAY_LEN(tag_names) && !str_is(name, tag_names[i])) {
        i++;
    }
    return i < ARRAY_LEN(tag_names) ? (YamlTag)i : YAML_TAG_UNKNOWN;
}

/* ---- Recognising: PyYAML's regular expressions, by hand. `at` is always where to go on. ---- */

static bool is_at(Str text, size_t at, const char *set)
{
    return at < text.len && text.data[at] != '\0' && strchr(set, text.data[at]) != NULL;
}

static size_t skip_all(Str text, size_t at, const char *set)
{
    while (is_at(text, at, set)) {
        at++;
    }
    return at;
}

static size_t skip_one(Str text, size_t at, const char *set)
{
    return is_at(text, at, set) ? at + 1 : at;
}

static bool is_any_of(Str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(text, words[i])) {
            return true;
        }
    }
    return false;
}

static bool is_bool(Str text)
{
    static const char *const words[] = {"yes",  "Yes",  "YES",  "no",    "No",    "NO",
                                        "true", "True", "TRUE", "false", "False", "FALSE",
                                        "on",   "On",   "ON",   "off",   "Off",   "OFF"};
    return is_any_of(text, words, ARRAY_LEN(words));
}

static bool is_null(Str text)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    return is_any_of(text, words, ARRAY_LEN(words));
}

/* (?::[0-5]?[0-9])* */
static size_t skip_sixties(Str text, size_t at)
{
    while (is_at(text, at, ":") && is_at(text, at + 1, DIGITS)) {
        at += is_at(text, at + 1, "012345") && is_at(text, at + 2, DIGITS) ? 3 : 2;
    }
    return at;
}

/* (?:[eE][-+][0-9]+)? */
static size_t skip_exponent(Str text, size_t at)
{
    if (is_at(text, at, "eE") && is_at(text, at + 1, "-+") && is_at(text, at + 2, DIGITS)) {
        return skip_all(text, at + 2, DIGITS);
    }
    return at;
}

static bool is_float(Str text)
{
    static const char *const infinities[] = {".inf", ".Inf", ".INF"};
    static const char *const nans[] = {".nan", ".NaN", ".NAN"};
    size_t at = skip_one(text, 0, "-+");
    Str unsigned_text = str_from_offset(text, at);
    if (is_any_of(unsigned_text, infinities, ARRAY_LEN(infinities))) {
        return true;
    }
    if (at == 0 && is_at(text, 0, ".")) {
        return is_any_of(text, nans, ARRAY_LEN(nans)) ||
               (is_at(text, 1, DIGITS) &&
                skip_exponent(text, skip_all(text, 1, DIGITS "_")) == text.len);
    }
    if (!is_at(text, at, DIGITS)) {
        return false;
    }
    size_t whole = skip_all(text, at, DIGITS "_");
    size_t sixties = skip_sixties(text, whole);
    if (!is_at(text, sixties, ".")) {
        return false;
    }
    size_t end = skip_all(text, sixties + 1, DIGITS "_");
    return (sixties == whole ? skip_exponent(text, end) : end) == text.len;
}

static bool is_int(Str text)
{
    size_t at = skip_one(text, 0, "-+");
    if (!is_at(text, at, "0")) {
        return is_at(text, at, DIGITS) &&
               skip_sixties(text, skip_all(text, at, DIGITS "_")) == text.len;
    }
    at++;
    if (is_at(text, at, "b")) {
        return at + 1 < text.len && skip_all(text, at + 1, "01_") == text.len;
    }
    if (is_at(text, at, "x")) {
        return at + 1 < text.len && skip_all(text, at + 1, DIGITS "abcdefABCDEF_") == text.len;
    }
    return skip_all(text, at, "01234567_") == text.len;
}

/* Takes `least` to `most` digits off the front of *at. */
static bool take_number(Str text, size_t *at, size_t least, size_t most, int *out)
{
    size_t start = *at;
    int number = 0;
    while (*at - start < most && is_at(text, *at, DIGITS)) {
        number = number * 10 + (text.data[*at] - '0');
        (*at)++;
    }
    *out = number;
    return *at - start >= least;
}

/* A timestamp's fields as written; which of them there are. */
typedef struct Timestamp {
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    int microsecond;
    int offset_minutes;
    bool has_time;
    bool has_offset;
    bool short_parts; /* month or day of one digit, which a date alone must not have */
} Timestamp;

static void take_fraction(Str text, size_t *at, Timestamp *out)
{
    int scale = 100000;
    while (is_at(text, *at, DIGITS)) {
        out->microsecond += (text.data[*at] - '0') * scale;
        scale /= 10;
        (*at)++;
    }
}

static bool take_zone(Str text, size_t *at, Timestamp *out)
{
    size_t start = skip_all(text, *at, " \t");
    if (start == text.len) {
        return *at == text.len; /* blanks at the end belong to nothing */
    }
    *at = start + 1;
    out->has_offset = true;
    if (is_at(text, start, "Z")) {
        return true;
    }
    int hours = 0;
    int minutes = 0;
    if (!is_at(text, start, "-+") || !take_number(text, at, 1, 2, &hours)) {
        return false;
    }
    if (is_at(text, *at, ":")) {
        (*at)++;
        if (!take_number(text, at, 2, 2, &minutes)) {
            return false;
        }
    }
    int offset = hours * 60 + minutes;
    out->offset_minutes = text.data[start] == '-' ? -offset : offset;
    return true;
}

static bool take_time(Str text, size_t *at, Timestamp *out)
{
    size_t start = is_at(text, *at, "Tt") ? *at + 1 : skip_all(text, *at, " \t");
    bool separated = start > *at;
    *at = start;
    if (!separated || !take_number(text, at, 1, 2, &out->hour) || !is_at(text, (*at)++, ":") ||
        !take_number(text, at, 2, 2, &out->minute) || !is_at(text, (*at)++, ":") ||
        !take_number(text, at, 2, 2, &out->second)) {
        return false;
    }
    out->has_time = true;
    if (is_at(text, *at, ".")) {
        (*at)++;
        take_fraction(text, at, out);
    }
    return take_zone(text, at, out);
}

static bool take_timestamp(Str text, Timestamp *out)
{
    *out = (Timestamp){0};
    size_t at = 0;
    if (!take_number(text, &at, 4, 4, &out->year) || !is_at(text, at++, "-") ||
        !take_number(text, &at, 1, 2, &out->month) || !is_at(text, at++, "-") ||
        !take_number(text, &at, 1, 2, &out->day)) {
        return false;
    }
    out->short_parts = at < sizeof("2024-05-01") - 1;
    return (at == text.len || take_time(text, &at, out)) && at == text.len;
}

static bool is_timestamp(Str text)
{
    Timestamp parts;
    return take_timestamp(text, &parts) && (parts.has_time || !parts.short_parts);
}

YamlTag yaml_tag_of_plain(Str text)
{
    if (is_null(text)) {
        return YAML_TAG_NULL;
    }
    if (is_bool(text)) {
        return YAML_TAG_BOOL;
    }
    if (is_at(text, 0, DIGITS "-+.")) {
        if (is_float(text)) {
            return YAML_TAG_FLOAT;
        }
        if (is_int(text)) {
            return YAML_TAG_INT;
        }
        return is_timestamp(text) ? YAML_TAG_TIMESTAMP : YAML_TAG_STR;
    }
    if (str_is(text, "<<")) {
        return YAML_TAG_MERGE;
    }
    return str_is(text, "=") ? YAML_TAG_VALUE : YAML_TAG_STR;
}

/* ---- Integers of any size: limbs of nine decimal digits, the lowest first. ---- */

typedef VEC(uint32_t) Limbs;

static void limbs_multiply_add(Arena *arena, Limbs *limbs, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (size_t i = 0; i < limbs->len; i++) {
        carry += (uint64_t)limbs->data[i] * factor;
        limbs->data[i] = (uint32_t)(carry % LIMB_BASE);
        carry /= LIMB_BASE;
    }
    if (carry > 0) {
        VEC_PUSH(arena, limbs, (uint32_t)carry);
    }
}

static Value limbs_value(Arena *arena, const Limbs *limbs, bool negative)
{
    StrBuf text = strbuf_init(arena, (limbs->len + 1) * LIMB_DIGITS + 2);
    strbuf_add_c(&text, negative ? "-" : "");
    for (size_t i = limbs->len; i > 0; i--) {
        bool highest = i == limbs->len;
        strbuf_printf(&text, highest ? "%u" : "%09u", limbs->data[i - 1]);
    }
    if (limbs->len == 0) {
        strbuf_add_char(&text, '0');
    }
    int64_t number = 0;
    return number_parse_int64(strbuf_str(&text), &number)
               ? value_int(number)
               : value_text(VALUE_BIG_INT, strbuf_str(&text));
}

static uint32_t digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (uint32_t)(c - '0');
    }
    return (uint32_t)((c | 0x20) - 'a') + 10;
}

static bool is_number_in(Str digits, uint32_t base)
{
    const char *set = base == 2 ? "01" : base == 8 ? "01234567" : DIGITS "abcdefABCDEF";
    return digits.len > 0 && skip_all(digits, 0, base == 10 ? DIGITS : set) == digits.len;
}

static bool invalid_literal(Arena *arena, Str digits, uint32_t base, Str *out_problem)
{
    *out_problem = str_printf(arena, "invalid literal for int() with base %u: '" STR_FMT "'", base,
                              STR_ARG(digits));
    return false;
}

static bool int_in_base(Arena *arena, Str digits, uint32_t base, Limbs *out, Str *out_problem)
{
    if (!is_number_in(digits, base)) {
        return invalid_literal(arena, digits, base, out_problem);
    }
    if (digits.len > MAX_INT_DIGITS) {
        *out_problem = str_printf(arena, "the number has %zu digits, more than %d", digits.len,
                                  MAX_INT_DIGITS);
        return false;
    }
    for (size_t i = 0; i < digits.len; i++) {
        limbs_multiply_add(arena, out, base, digit_value(digits.data[i]));
    }
    return true;
}

/* "1:30:00": the first part may have any size, the others are below 60. */
static bool int_in_sixties(Arena *arena, Str text, Limbs *out, Str *out_problem)
{
    Str rest = text;
    Str part;
    for (bool first = true; str_next_piece(&rest, ':', &part); first = false) {
        Limbs small = {0};
        if (!int_in_base(arena, part, 10, first ? out : &small, out_problem)) {
            return false;
        }
        if (!first && small.len > 1) {
            return invalid_literal(arena, text, 10, out_problem);
        }
        if (!first) {
            limbs_multiply_add(arena, out, 60, small.len > 0 ? small.data[0] : 0);
        }
    }
    return true;
}

/* Takes the sign off; true for a minus. */
static bool take_sign(Str *text)
{
    bool negative = is_at(*text, 0, "-");
    if (is_at(*text, 0, "-+")) {
        *text = str_from_offset(*text, 1);
    }
    return negative;
}

static bool int_value(Arena *arena, Str text, Value *out, Str *out_problem)
{
    Str digits = str_replace(arena, text, STR("_"), STR(""));
    bool negative = take_sign(&digits);
    Limbs limbs = {0};
    bool fine = false;
    if (str_starts_with(digits, STR("0b"))) {
        fine = int_in_base(arena, str_from_offset(digits, 2), 2, &limbs, out_problem);
    } else if (str_starts_with(digits, STR("0x"))) {
        fine = int_in_base(arena, str_from_offset(digits, 2), 16, &limbs, out_problem);
    } else if (is_at(digits, 0, "0")) {
        fine = int_in_base(arena, digits, 8, &limbs, out_problem);
    } else if (str_contains(digits, STR(":"))) {
        fine = int_in_sixties(arena, digits, &limbs, out_problem);
    } else {
        fine = int_in_base(arena, digits, 10, &limbs, out_problem);
    }
    if (fine) {
        *out = limbs_value(arena, &limbs, negative);
    }
    return fine;
}

/* ---- The other scalars ---- */

/* "1:30.5", summed from its last part upwards as PyYAML does it. */
static bool float_in_sixties(Str text, double *out)
{
    double sum = 0;
    double base = 1;
    while (text.data != NULL) {
        size_t colon = str_find_last(text, STR(":"));
        Str part = colon != SIZE_MAX ? str_from_offset(text, colon + 1) : text;
        double digit = 0;
        if (!number_parse_double(part, &digit)) {
            return false;
        }
        sum += digit * base;
        base *= 60;
        text = colon != SIZE_MAX ? str_slice(text, 0, colon) : (Str){0};
    }
    *out = sum;
    return true;
}

static bool float_value(Arena *arena, Str text, Value *out, Str *out_problem)
{
    Str digits = str_lower_ascii(arena, str_replace(arena, text, STR("_"), STR("")));
    bool negative = take_sign(&digits);
    double number = 0;
    if (str_is(digits, ".inf")) {
        number = HUGE_VAL;
    } else if (str_is(digits, ".nan")) {
        *out = value_float(nan(""));
        return true;
    } else if (str_contains(digits, STR(":")) ? !float_in_sixties(digits, &number)
                                              : !number_parse_double(digits, &number)) {
        *out_problem =
            str_printf(arena, "could not convert string to float: '" STR_FMT "'", STR_ARG(digits));
        return false;
    }
    *out = value_float(negative ? -number : number);
    return true;
}

static bool bool_value(Arena *arena, Str text, Value *out, Str *out_problem)
{
    Str word = str_lower_ascii(arena, text);
    if (!is_bool(word)) {
        *out_problem = str_printf(arena, "not a boolean: '" STR_FMT "'", STR_ARG(text));
        return false;
    }
    *out = value_bool(str_is(word, "yes") || str_is(word, "true") || str_is(word, "on"));
    return true;
}

/* What Python's datetime says to impossible fields; NULL when all are possible. */
static const char *timestamp_problem(const Timestamp *parts)
{
    if (parts->year < DATE_MIN_YEAR) {
        return "year 0 is out of range";
    }
    if (parts->month < 1 || parts->month > 12) {
        return "month must be in 1..12";
    }
    if (!date_is_valid(parts->year, parts->month, parts->day)) {
        return "day is out of range for month";
    }
    if (parts->hour > 23) {
        return "hour must be in 0..23";
    }
    if (parts->minute > 59) {
        return "minute must be in 0..59";
    }
    if (parts->second > 59) {
        return "second must be in 0..59";
    }
    bool far = parts->offset_minutes <= -24 * 60 || parts->offset_minutes >= 24 * 60;
    return far ? "offset must be a timedelta strictly between -timedelta(hours=24) and "
                 "timedelta(hours=24)"
               : NULL;
}

static bool timestamp_value(Arena *arena, Str text, Value *out, Str *out_problem)
{
    Timestamp parts;
    if (!take_timestamp(text, &parts)) {
        *out_problem = str_printf(arena, "not a date: '" STR_FMT "'", STR_ARG(text));
        return false;
    }
    const char *problem = timestamp_problem(&parts);
    if (problem != NULL) {
        *out_problem = str_from(problem);
        return false;
    }
    DateTime when = {.year = (int16_t)parts.year,
                     .month = (uint8_t)parts.month,
                     .day = (uint8_t)parts.day,
                     .hour = (uint8_t)parts.hour,
                     .minute = (uint8_t)parts.minute,
                     .second = (uint8_t)parts.second,
                     .microsecond = parts.microsecond,
                     .has_offset = parts.has_offset,
                     .offset_s = parts.offset_minutes * 60};
    *out = value_time(arena, parts.has_time ? VALUE_DATETIME : VALUE_DATE, &when);
    return true;
}

static bool binary_value(Arena *arena, Str text, Value *out, Str *out_problem)
{
    Str bytes;
    if (!base64_parse(arena, text, &bytes)) {
        *out_problem = STR("failed to decode base64 data");
        return false;
    }
    *out = value_text(VALUE_BYTES, bytes);
    return true;
}

bool yaml_scalar_value(Arena *arena, YamlTag tag, Str text, Value *out, Str *out_problem)
{
    switch (tag) {
    case YAML_TAG_STR:
        *out = value_string(text);
        return true;
    case YAML_TAG_NULL:
        *out = value_null();
        return true;
    case YAML_TAG_BOOL:
        return bool_value(arena, text, out, out_problem);
    case YAML_TAG_INT:
        return int_value(arena, text, out, out_problem);
    case YAML_TAG_FLOAT:
        return float_value(arena, text, out, out_problem);
    case YAML_TAG_TIMESTAMP:
        return timestamp_value(arena, text, out, out_problem);
    case YAML_TAG_BINARY:
        return binary_value(arena, text, out, out_problem);
    case YAML_TAG_SEQ:
    case YAML_TAG_MAP:
    case YAML_TAG_SET:
    case YAML_TAG_OMAP:
    case YAML_TAG_PAIRS:
    case YAML_TAG_MERGE:
    case YAML_TAG_VALUE:
    case YAML_TAG_UNKNOWN:
        break;
    }
    *out_problem = STR("not a scalar");
    return false;
}
