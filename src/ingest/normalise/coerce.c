#include "ingest/normalise/coerce.h"

#include <ctype.h>
#include <math.h>

#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "base/vec.h"
#include "ingest/normalise/decimal_text.h"
#include "ingest/normalise/timestamp_text.h"
#include "value/base64.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

/* *out begins as a copy of the cell. */
typedef bool (*Conversion)(Arena *arena, const Cell *cell, Cell *out);

static bool to_text(Str text, Cell *out)
{
    *out = cell_text(DATA_TEXT, text);
    return true;
}

static Str int_text(Arena *arena, const Cell *cell)
{
    if (cell->is_big) {
        return cell->as.text;
    }
    char *digits = arena_alloc_raw(arena, NUMBER_TEXT_BYTES);
    return (Str){digits, number_format_int64(cell->as.integer, digits)};
}

static Str double_text(Arena *arena, const Cell *cell)
{
    char *digits = arena_alloc_raw(arena, NUMBER_TEXT_BYTES);
    return (Str){digits, number_format_double(cell->as.number, digits)};
}

/* ---- To text ---- */

static bool text_of_int(Arena *arena, const Cell *cell, Cell *out)
{
    return to_text(int_text(arena, cell), out);
}

static bool text_of_double(Arena *arena, const Cell *cell, Cell *out)
{
    return to_text(double_text(arena, cell), out);
}

static bool text_of_bool(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    return to_text(cell->as.boolean ? STR("True") : STR("False"), out);
}

static bool text_of_same(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    return to_text(cell->as.text, out);
}

static bool text_of_bytes(Arena *arena, const Cell *cell, Cell *out)
{
    StrBuf buf = strbuf_init(arena, SIZE_MAX / 4);
    base64_add(&buf, cell->as.text);
    return to_text(strbuf_str(&buf), out);
}

static bool text_of_time(Arena *arena, const Cell *cell, Cell *out)
{
    char *text = arena_alloc_raw(arena, DATETIME_TEXT_BYTES);
    const DateTime *time = &cell->as.time;
    size_t len = cell->kind == DATA_DATE   ? date_format(time, text)
                 : cell->kind == DATA_TIME ? time_format(time, text)
                                           : datetime_format(time, 'T', text);
    return to_text((Str){text, len}, out);
}

/* ---- To bigint ---- */

/* Digits with an optional sign. */
static bool int_of_digits(Str digits, Cell *out)
{
    int64_t value = 0;
    if (number_parse_int64(digits, &value)) {
        *out = cell_int(value);
        return true;
    }
    size_t at = digits.len > 0 && (digits.data[0] == '-' || digits.data[0] == '+') ? 1 : 0;
    for (size_t i = at; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return false;
        }
    }
    *out = cell_big_int(at > 0 && digits.data[0] == '+' ? str_from_offset(digits, 1) : digits);
    return digits.len > at;
}

static bool int_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    Str digits;
    bool found = python_hex_digits(arena, cell->as.text, &digits) ||
                 python_number_clean(arena, cell->as.text, &digits);
    return found && int_of_digits(digits, out);
}

static bool int_of_double(Arena *arena, const Cell *cell, Cell *out)
{
    double number = cell->as.number;
    (void)arena;
    if (!isfinite(number) || trunc(number) != number || fabs(number) >= 0x1p63) {
        return false;
    }
    *out = cell_int((int64_t)number);
    return true;
}

static bool int_of_decimal(Arena *arena, const Cell *cell, Cell *out)
{
    enum { INT64_DIGITS = 19 };
    Str digits;
    return decimal_text_integer(arena, cell->as.text, INT64_DIGITS, &digits) &&
           int_of_digits(digits, out);
}

/* ---- To double ---- */

static bool double_of_digits(Str digits, Cell *out)
{
    double number = 0;
    if (!number_parse_double(digits, &number)) {
        return false;
    }
    *out = cell_double(number);
    return true;
}

static bool double_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    Str digits;
    bool found = python_hex_digits(arena, cell->as.text, &digits) ||
                 python_number_clean(arena, cell->as.text, &digits);
    return found && double_of_digits(digits, out);
}

static bool double_of_int(Arena *arena, const Cell *cell, Cell *out)
{
    return double_of_digits(int_text(arena, cell), out);
}

static bool double_of_decimal(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    return double_of_digits(cell->as.text, out);
}

/* ---- To decimal and wei, which the caller tells apart ---- */

static bool decimal_of_digits(Arena *arena, Str digits, Cell *out)
{
    Str decimal;
    if (!decimal_text_parse(arena, digits, &decimal)) {
        return false;
    }
    *out = cell_text(DATA_DECIMAL, decimal);
    return true;
}

static bool decimal_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    Str digits;
    bool found = python_hex_digits(arena, cell->as.text, &digits) ||
                 python_number_clean(arena, cell->as.text, &digits);
    return found && decimal_of_digits(arena, digits, out);
}

static bool decimal_of_int(Arena *arena, const Cell *cell, Cell *out)
{
    *out = cell_text(DATA_DECIMAL, int_text(arena, cell));
    return true;
}

static bool decimal_of_double(Arena *arena, const Cell *cell, Cell *out)
{
    return decimal_of_digits(arena, double_text(arena, cell), out);
}

static bool decimal_of_decimal(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    *out = *cell;
    return true;
}

/* ---- To bool ---- */

static bool bool_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"yes", true}, {"true", true},   {"t", true},  {"y", true},  {"1", true},
                 {"no", false}, {"false", false}, {"f", false}, {"n", false}, {"0", false}};
    (void)arena;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq_nocase(cell->as.text, str_from(words[i].word))) {
            *out = cell_bool(words[i].value);
            return true;
        }
    }
    return false;
}

static bool bool_of_int(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    *out = cell_bool(cell->is_big || cell->as.integer != 0);
    return true;
}

static bool bool_of_double(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    *out = cell_bool(cell->as.number != 0);
    return true;
}

static bool bool_of_decimal(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    *out = cell_bool(!decimal_text_is_zero(cell->as.text));
    return true;
}

/* ---- To json ---- */

static bool is_json(Arena *arena, Str text)
{
    const Value *value = NULL;
    ReadOptions options = {.max_bytes = LIMIT_JSON_RECORD_BYTES, .no_positions = true};
    Error *err = json_read(arena, text, &options, &value);
    bool valid = err == NULL;
    if (!valid) {
        error_discard(err, "that it fails is the answer");
    }
    return valid;
}

/* The text is written anew, as dlt keeps documents. */
static bool json_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    const Value *value = NULL;
    ReadOptions options = {.max_bytes = LIMIT_JSON_RECORD_BYTES, .no_positions = true};
    Error *err = json_read(arena, cell->as.text, &options, &value);
    if (err != NULL) {
        error_discard(err, "a text that is no JSON goes to a variant column");
        return false;
    }
    if (value_is_null(value)) {
        *out = CELL_OF_NULL;
        return true;
    }
    *out = cell_text(DATA_JSON, json_text(arena, value, &json_style_ordered));
    if (value_is(value, VALUE_STRING)) { /* dlt keeps the text, without quotes, as the document */
        *out = cell_text(DATA_JSON, value->as.text);
        out->is_malformed = !is_json(arena, value->as.text);
    }
    return true;
}

/* ---- To binary ---- */

static unsigned nibble_of(char c)
{
    return (unsigned)(isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

static bool bytes_of_hex(Arena *arena, Str hex, Cell *out)
{
    if (hex.len % 2 != 0) {
        return false;
    }
    char *bytes = arena_alloc_raw(arena, hex.len / 2);
    for (size_t i = 0; i < hex.len; i++) {
        if (!isxdigit((unsigned char)hex.data[i])) {
            return false;
        }
        unsigned nibble = nibble_of(hex.data[i]);
        bytes[i / 2] = (char)(i % 2 == 0 ? nibble << 4 : (unsigned char)bytes[i / 2] | nibble);
    }
    *out = cell_text(DATA_BINARY, (Str){bytes, hex.len / 2});
    return true;
}

static bool bytes_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    Str text = cell->as.text;
    Str bytes;
    if (str_starts_with(text, STR("0x"))) {
        return bytes_of_hex(arena, str_from_offset(text, 2), out);
    }
    if (!base64_parse(arena, text, &bytes)) {
        return false;
    }
    *out = cell_text(DATA_BINARY, bytes);
    return true;
}

/* The fewest bytes, the lowest first. */
static bool bytes_of_int(Arena *arena, const Cell *cell, Cell *out)
{
    if (cell->is_big || cell->as.integer < 0) {
        return false;
    }
    char *bytes = arena_alloc_raw(arena, sizeof(int64_t));
    size_t len = 0;
    for (uint64_t rest = (uint64_t)cell->as.integer; rest > 0; rest >>= 8) {
        bytes[len++] = (char)(rest & 0xFF);
    }
    *out = cell_text(DATA_BINARY, (Str){bytes, len});
    return true;
}

/* ---- To timestamp, date and time ---- */

enum { SECOND_US = 1000000 };

static bool moment_of_us(int64_t us, Cell *out)
{
    DateTime time = {0};
    if (!datetime_from_us(us, &time)) {
        return false;
    }
    time.has_offset = true;
    *out = cell_time(DATA_TIMESTAMP, time);
    return true;
}

/* As Python's fromtimestamp(): the fraction is rounded to even microseconds. */
static bool moment_of_seconds(double seconds, Cell *out)
{
    static const double furthest = 1e12; /* well beyond the year 9999 */
    if (!isfinite(seconds) || fabs(seconds) > furthest) {
        return false;
    }
    double whole = 0;
    double fraction = modf(seconds, &whole);
    return moment_of_us((int64_t)whole * SECOND_US + (int64_t)nearbyint(fraction * SECOND_US), out);
}

static bool moment_of_double(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    return moment_of_seconds(cell->as.number, out);
}

static bool moment_of_int(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    return !cell->is_big && moment_of_seconds((double)cell->as.integer, out);
}

static bool moment_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    DateTime time;
    if (timestamp_text_parse(cell->as.text, &time) || day_text_parse(cell->as.text, &time)) {
        *out = cell_time(DATA_TIMESTAMP, time);
        return true;
    }
    Str digits;
    double seconds = 0;
    return python_number_clean(arena, cell->as.text, &digits) &&
           number_parse_double(digits, &seconds) && moment_of_seconds(seconds, out);
}

static bool moment_of_date(Arena *arena, const Cell *cell, Cell *out)
{
    (void)arena;
    *out = cell_time(DATA_TIMESTAMP, cell->as.time);
    return true;
}

int64_t cell_timestamp_us(const Cell *cell)
{
    return datetime_to_us(&cell->as.time);
}

/* The day in UTC. */
static bool date_of_moment(Arena *arena, const Cell *cell, Cell *out)
{
    DateTime day = {0};
    (void)arena;
    if (!datetime_from_us(cell_timestamp_us(cell), &day)) {
        return false;
    }
    *out = cell_time(DATA_DATE, (DateTime){.year = day.year, .month = day.month, .day = day.day});
    return true;
}

static bool date_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    Cell moment;
    return moment_of_text(arena, cell, &moment) && date_of_moment(arena, &moment, out);
}

static bool date_of_double(Arena *arena, const Cell *cell, Cell *out)
{
    Cell moment;
    return moment_of_double(arena, cell, &moment) && date_of_moment(arena, &moment, out);
}

static bool date_of_int(Arena *arena, const Cell *cell, Cell *out)
{
    Cell moment;
    return moment_of_int(arena, cell, &moment) && date_of_moment(arena, &moment, out);
}

static bool time_of_text(Arena *arena, const Cell *cell, Cell *out)
{
    DateTime time;
    (void)arena;
    if (!time_text_parse(cell->as.text, &time)) {
        return false;
    }
    *out = cell_time(DATA_TIME, time);
    return true;
}

/* ---- Who may go where ---- */

enum { KINDS = DATA_JSON + 1 };

static const Conversion conversions[KINDS][KINDS] = {
    [DATA_TEXT] = {[DATA_BIGINT] = text_of_int,
                   [DATA_DOUBLE] = text_of_double,
                   [DATA_BOOL] = text_of_bool,
                   [DATA_TIMESTAMP] = text_of_time,
                   [DATA_DATE] = text_of_time,
                   [DATA_TIME] = text_of_time,
                   [DATA_BINARY] = text_of_bytes,
                   [DATA_DECIMAL] = text_of_same,
                   [DATA_WEI] = text_of_same,
                   [DATA_JSON] = text_of_same},
    [DATA_BIGINT] = {[DATA_TEXT] = int_of_text,
                     [DATA_DOUBLE] = int_of_double,
                     [DATA_DECIMAL] = int_of_decimal,
                     [DATA_WEI] = int_of_decimal},
    [DATA_DOUBLE] = {[DATA_TEXT] = double_of_text,
                     [DATA_BIGINT] = double_of_int,
                     [DATA_DECIMAL] = double_of_decimal,
                     [DATA_WEI] = double_of_decimal},
    [DATA_BOOL] = {[DATA_TEXT] = bool_of_text,
                   [DATA_BIGINT] = bool_of_int,
                   [DATA_DOUBLE] = bool_of_double,
                   [DATA_DECIMAL] = bool_of_decimal,
                   [DATA_WEI] = bool_of_decimal},
    [DATA_TIMESTAMP] = {[DATA_TEXT] = moment_of_text,
                        [DATA_BIGINT] = moment_of_int,
                        [DATA_DOUBLE] = moment_of_double,
                        [DATA_DATE] = moment_of_date},
    [DATA_DATE] = {[DATA_TEXT] = date_of_text,
                   [DATA_BIGINT] = date_of_int,
                   [DATA_DOUBLE] = date_of_double,
                   [DATA_TIMESTAMP] = date_of_moment},
    [DATA_TIME] = {[DATA_TEXT] = time_of_text},
    [DATA_BINARY] = {[DATA_TEXT] = bytes_of_text, [DATA_BIGINT] = bytes_of_int},
    [DATA_DECIMAL] = {[DATA_TEXT] = decimal_of_text,
                      [DATA_BIGINT] = decimal_of_int,
                      [DATA_DOUBLE] = decimal_of_double,
                      [DATA_WEI] = decimal_of_decimal},
    [DATA_WEI] = {[DATA_TEXT] = decimal_of_text,
                  [DATA_BIGINT] = decimal_of_int,
                  [DATA_DOUBLE] = decimal_of_double,
                  [DATA_DECIMAL] = decimal_of_decimal},
    [DATA_JSON] = {[DATA_TEXT] = json_of_text},
};

bool coerce(Arena *arena, const Cell *cell, DataKind kind, Cell *out)
{
    *out = *cell;
    if (cell->is_null || cell->kind == kind) {
        return true;
    }
    Conversion convert = conversions[kind][cell->kind];
    if (convert == NULL || !convert(arena, cell, out)) {
        return false;
    }
    if (!out->is_null) {
        out->kind = kind; /* decimal and wei share their conversions */
    }
    return true;
}
