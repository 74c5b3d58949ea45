#include "value/toml_scan.h"

#include <math.h>

#include "base/number.h"
#include "base/unicode.h"

/* ---- Where it stands ---- */

Value toml_place(TomlScan *scan, size_t at)
{
    for (; scan->seen < at; scan->seen++) {
        char c = scan->text.data[scan->seen];
        if (c == '\n') {
            scan->line++;
            scan->column = 1;
        } else if (((unsigned char)c & 0xC0) != 0x80) {
            scan->column++;
        }
    }
    Value place = value_null();
    value_set_place(&place, scan->file, scan->line, scan->column);
    return place;
}

Error *toml_error(TomlScan *scan, const char *format, ...)
{
    StrBuf message = strbuf_init(scan->arena, SIZE_MAX);
    va_list args;
    va_start(args, format);
    strbuf_vprintf(&message, format, args);
    va_end(args);
    const Value place = toml_place(scan, scan->at);
    return value_error(ERR_CONFIG, &place, "not valid TOML: " STR_FMT,
                       STR_ARG(strbuf_str(&message)));
}

static bool looking_at(const TomlScan *scan, const char *text)
{
    return str_starts_with(str_from_offset(scan->text, scan->at), str_from(text));
}

void toml_skip_blanks(TomlScan *scan)
{
    while (toml_peek(scan) == ' ' || toml_peek(scan) == '\t') {
        scan->at++;
    }
}

/* Everything below a blank is forbidden, the tab excepted; line ends are asked about before. */
static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7F;
}

static bool at_line_end(const TomlScan *scan)
{
    return toml_peek(scan) == '\n' || looking_at(scan, "\r\n");
}

static Error *control_character(TomlScan *scan)
{
    return toml_error(scan, "a control character, 0x%02X, must not stand here",
                      (unsigned char)toml_peek(scan));
}

static Error *skip_comment(TomlScan *scan)
{
    if (toml_peek(scan) != '#') {
        return NULL;
    }
    for (; !at_line_end(scan); scan->at++) {
        if (is_control(toml_peek(scan))) {
            return control_character(scan);
        }
    }
    return NULL;
}

static void skip_line_end(TomlScan *scan)
{
    if (!toml_at_end(scan)) {
        scan->at += toml_peek(scan) == '\r' ? 2 : 1;
    }
}

Error *toml_skip_lines(TomlScan *scan)
{
    while (!toml_at_end(scan)) {
        toml_skip_blanks(scan);
        TRY(skip_comment(scan));
        if (!at_line_end(scan)) {
            break;
        }
        skip_line_end(scan);
    }
    return NULL;
}

Error *toml_end_line(TomlScan *scan)
{
    toml_skip_blanks(scan);
    TRY(skip_comment(scan));
    if (!at_line_end(scan)) {
        return toml_error(scan, "expected the end of the line");
    }
    skip_line_end(scan);
    return NULL;
}

/* ---- Strings ---- */

static Error *scan_unicode(TomlScan *scan, size_t digits, StrBuf *out)
{
    uint32_t codepoint = 0;
    for (size_t i = 0; i < digits; i++, scan->at++) {
        char c = toml_peek(scan);
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16) {
            return toml_error(scan, "expected a hexadecimal digit");
        }
        codepoint = codepoint << 4 | digit;
    }
    if (codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF)) {
        return toml_error(scan, "the escape is no character: %X", codepoint);
    }
    utf8_add(out, codepoint);
    return NULL;
}

/* In a long string: a backslash at the end of a line takes out the break and the white space after
 * it. */
static bool skip_escaped_break(TomlScan *scan)
{
    size_t start = scan->at;
    toml_skip_blanks(scan);
    if (!at_line_end(scan) || toml_at_end(scan)) {
        scan->at = start;
        return false;
    }
    while (!toml_at_end(scan) &&
           (at_line_end(scan) || toml_peek(scan) == ' ' || toml_peek(scan) == '\t')) {
        scan->at++;
    }
    return true;
}

static Error *scan_escape(TomlScan *scan, bool is_long, StrBuf *out)
{
    static const char letters[] = "btnfre\"\\";
    static const char meanings[] = "\b\t\n\f\r\033\"\\";
    scan->at++;
    if (is_long && skip_escaped_break(scan)) {
        return NULL;
    }
    char c = toml_peek(scan);
    if (c == 'u' || c == 'U') {
        scan->at++;
        return scan_unicode(scan, c == 'u' ? 4 : 8, out);
    }
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;
    if (letter == NULL) {
        return toml_error(scan, "unknown escape; write a backslash twice, or use single quotes");
    }
    strbuf_add_char(out, meanings[letter - letters]);
    scan->at++;
    return NULL;
}

/* True at the quotes that end a long string. Up to two more may belong to its text. */
static bool at_long_end(TomlScan *scan, const char *quotes, StrBuf *out)
{
    if (!looking_at(scan, quotes)) {
        return false;
    }
    for (int i = 0;
         i < 2 && scan->at + 3 < scan->text.len && scan->text.data[scan->at + 3] == *quotes; i++) {
        strbuf_add_char(out, *quotes);
        scan->at++;
    }
    return true;
}

static Error *scan_one_char(TomlScan *scan, bool is_long, bool escapes, StrBuf *out)
{
    if (escapes && toml_peek(scan) == '\\') {
        return scan_escape(scan, is_long, out);
    }
    if (at_line_end(scan) && (!is_long || toml_at_end(scan))) {
        return toml_error(scan, "the string is not closed");
    }
    if (at_line_end(scan)) {
        strbuf_add_char(out, '\n');
        skip_line_end(scan);
        return NULL;
    }
    if (is_control(toml_peek(scan))) {
        return control_character(scan);
    }
    strbuf_add_char(out, toml_peek(scan));
    scan->at++;
    return NULL;
}

Error *toml_scan_string(TomlScan *scan, bool short_only, Str *out)
{
    bool escapes = toml_peek(scan) == '"';
    const char *quotes = escapes ? "\"\"\"" : "'''";
    bool is_long = looking_at(scan, quotes);
    if (is_long && short_only) {
        return toml_error(scan, "a string over several lines must not stand here");
    }
    StrBuf text = strbuf_init(scan->arena, scan->text.len);
    scan->at += is_long ? 3 : 1;
    if (is_long && at_line_end(scan)) {
        skip_line_end(scan);
    }
    while (is_long ? !at_long_end(scan, quotes, &text)
                   : toml_at_end(scan) || toml_peek(scan) != *quotes) {
        TRY(scan_one_char(scan, is_long, escapes, &text));
    }
    scan->at += is_long ? 3 : 1;
    *out = strbuf_str(&text);
    return NULL;
}

/* ---- Numbers, dates, words ---- */

static bool is_word_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '_' || c == '.' || c == ':';
}

/* The word here; a date and a time with one blank between them are one word. */
static Str take_word(TomlScan *scan)
{
    size_t start = scan->at;
    while (is_word_char(toml_peek(scan))) {
        scan->at++;
    }
    Str word = str_slice(scan->text, start, scan->at);
    DateTime date;
    bool time_follows = toml_peek(scan) == ' ' && scan->at + 3 < scan->text.len &&
                        scan->text.data[scan->at + 3] == ':';
    if (!time_follows || !date_parse_iso(word, &date)) {
        return word;
    }
    for (scan->at++; is_word_char(toml_peek(scan));) {
        scan->at++;
    }
    return str_slice(scan->text, start, scan->at);
}

static bool is_digit_of(char c, int base)
{
    if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
        return true;
    }
    return c >= '0' && c < '0' + (base < 10 ? base : 10);
}

/* Underscores may stand between digits only; without them the text is left in *out. */
static bool remove_underscores(Arena *arena, Str text, int base, Str *out)
{
    for (size_t i = 0; i < text.len; i++) {
        bool between = i > 0 && i + 1 < text.len && is_digit_of(text.data[i - 1], base) &&
                       is_digit_of(text.data[i + 1], base);
        if (text.data[i] == '_' && !between) {
            return false;
        }
    }
    *out = str_replace(arena, text, STR("_"), STR(""));
    return true;
}

static bool parse_in_base(Str digits, int base, int64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.data[i];
        if (!is_digit_of(c, base)) {
            return false;
        }
        uint64_t digit = c <= '9' ? (uint64_t)(c - '0') : (uint64_t)((c | 0x20) - 'a' + 10);
        if (__builtin_mul_overflow(number, (uint64_t)base, &number) ||
            __builtin_add_overflow(number, digit, &number)) {
            return false;
        }
    }
    *out = (int64_t)number;
    return digits.len > 0 && number <= INT64_MAX;
}

static bool parse_integer(Arena *arena, Str word, int64_t *out)
{
    static const struct {
        Str prefix;
        int base;
    } bases[] = {{STR_INIT("0x"), 16}, {STR_INIT("0o"), 8}, {STR_INIT("0b"), 2}};
    Str digits;
    for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
        if (str_starts_with(word, bases[i].prefix)) {
            return remove_underscores(arena, str_from_offset(word, 2), bases[i].base, &digits) &&
                   parse_in_base(digits, bases[i].base, out);
        }
    }
    return remove_underscores(arena, word, 10, &digits) && number_parse_int64(digits, out);
}

/* What stands before the point or exponent of a number: no zero in front of other digits. */
static bool has_leading_zero(Str word)
{
    size_t sign = word.len > 0 && (word.data[0] == '+' || word.data[0] == '-') ? 1 : 0;
    return word.len > sign + 1 && word.data[sign] == '0' &&
           (is_digit_of(word.data[sign + 1], 10) || word.data[sign + 1] == '_');
}

/* A number that is no integer, though perhaps too large for one. */
static bool has_point_or_exponent(Str word)
{
    return str_contains(word, STR(".")) || str_contains(word, STR("e")) ||
           str_contains(word, STR("E"));
}

/* Digits on both sides of the point, as TOML wants them and strtod does not. */
static bool has_bare_point(Str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] == '.' &&
            (i == 0 || i + 1 == word.len || !is_digit_of(word.data[i - 1], 10) ||
             !is_digit_of(word.data[i + 1], 10))) {
            return true;
        }
    }
    return false;
}

static bool parse_float(Arena *arena, Str word, double *out)
{
    Str bare = word.len > 0 && (word.data[0] == '+' || word.data[0] == '-')
                   ? str_from_offset(word, 1)
                   : word;
    if (str_is(bare, "inf") || str_is(bare, "nan")) {
        double number = str_is(bare, "inf") ? HUGE_VAL : nan("");
        *out = word.data[0] == '-' ? -number : number;
        return true;
    }
    Str digits;
    return bare.len > 0 && is_digit_of(bare.data[0], 10) && has_point_or_exponent(word) &&
           !has_bare_point(word) && remove_underscores(arena, word, 10, &digits) &&
           number_parse_double(digits, out);
}

static bool parse_temporal(Arena *arena, Str word, Value *out)
{
    DateTime when;
    if (date_parse_iso(word, &when)) {
        *out = value_time(arena, VALUE_DATE, &when);
        return true;
    }
    if (time_parse_iso(word, &when)) {
        *out = value_time(arena, VALUE_TIME, &when);
        return true;
    }
    if (datetime_parse_iso(word, &when)) {
        *out = value_time(arena, VALUE_DATETIME, &when);
        return true;
    }
    return false;
}

Error *toml_scan_word(TomlScan *scan, Value *out)
{
    const Value place = toml_place(scan, scan->at);
    Str word = take_word(scan);
    int64_t integer = 0;
    double number = 0;
    if (word.len == 0) {
        return toml_error(scan, "expected a value");
    }
    if (str_is(word, "true") || str_is(word, "false")) {
        *out = value_bool(str_is(word, "true"));
    } else if (has_leading_zero(word) && !parse_temporal(scan->arena, word, out)) {
        return value_error(ERR_CONFIG, &place, "not valid TOML: a number must not begin with 0");
    } else if (has_leading_zero(word)) {
        return NULL; /* the date or time is in *out already */
    } else if (parse_integer(scan->arena, word, &integer)) {
        *out = value_int(integer);
    } else if (parse_float(scan->arena, word, &number)) {
        *out = value_float(number);
    } else if (!parse_temporal(scan->arena, word, out)) {
        return error_hint(value_error(ERR_CONFIG, &place, "not valid TOML: not a value"),
                          "put text in quotes");
    }
    return NULL;
}
