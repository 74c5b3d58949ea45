#include "value/json_writer.h"

#include <math.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "value/base64.h"

const JsonStyle json_style_compact = {.item_separator = ",", .key_separator = ":"};
const JsonStyle json_style_pretty = {.item_separator = ",", .key_separator = ": ", .indent = 2};
const JsonStyle json_style_python = {
    .item_separator = ", ", .key_separator = ": ", .ensure_ascii = true};
const JsonStyle json_style_ordered = {
    .item_separator = ",", .key_separator = ":", .numbers = JSON_NUMBERS_ORJSON};
const JsonStyle json_style_canonical = {
    .item_separator = ",", .key_separator = ":", .sort_keys = true, .numbers = JSON_NUMBERS_ORJSON};

typedef struct Writer {
    StrBuf *buf;
    const JsonStyle *style;
    size_t depth;
} Writer;

/* ---- Text ---- */

static void add_unit(StrBuf *buf, uint32_t unit)
{
    strbuf_printf(buf, "\\u%04x", unit);
}

/* The letter of a two-character escape, or 0. */
static char short_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
        return c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return '\0';
    }
}

static bool stands_as_it_is(unsigned char c, const JsonStyle *style)
{
    if (c < 0x20 || c == '"' || c == '\\' || (style->ensure_ascii && c >= 0x7F)) {
        return false;
    }
    return !style->html_safe || (c != '<' && c != '>' && c != '&' && c != '\'');
}

static void add_beyond_ascii(StrBuf *buf, Str text, size_t *at)
{
    uint32_t codepoint = utf8_next(text, at);
    if (codepoint < 0x10000) {
        add_unit(buf, codepoint);
        return;
    }
    codepoint -= 0x10000;
    add_unit(buf, 0xD800 + (codepoint >> 10));
    add_unit(buf, 0xDC00 + (codepoint & 0x3FF));
}

void json_write_string(StrBuf *buf, Str text, const JsonStyle *style)
{
    strbuf_add_char(buf, '"');
    for (size_t i = 0; i < text.len;) {
        size_t plain = i;
        while (i < text.len && stands_as_it_is((unsigned char)text.data[i], style)) {
            i++;
        }
        strbuf_add(buf, str_slice(text, plain, i));
        if (i == text.len) {
            break;
        }
        char escape = short_escape(text.data[i]);
        if (escape != '\0') {
            strbuf_add_char(buf, '\\');
            strbuf_add_char(buf, escape);
            i++;
        } else {
            add_beyond_ascii(buf, text, &i);
        }
    }
    strbuf_add_char(buf, '"');
}

/* ---- Numbers ---- */

/* The layout of Rust's ryu, which orjson prints: decimal notation while the point is within the
 * digits or a few zeros away from them. */
static void add_orjson_float(StrBuf *buf, double number)
{
    enum { LAST_PLAIN_POINT = 16, FIRST_PLAIN_POINT = -4 };
    NumberDigits shortest;
    number_shortest_digits(fabs(number), &shortest);
    Str digits = {shortest.digits, shortest.len};
    int point = shortest.point;
    size_t whole = point > 0 ? (size_t)point : 0;
    if (signbit(number)) {
        strbuf_add_char(buf, '-');
    }
    if (point > LAST_PLAIN_POINT || point < FIRST_PLAIN_POINT) {
        strbuf_add_char(buf, digits.data[0]);
        if (digits.len > 1) {
            strbuf_add_char(buf, '.');
            strbuf_add(buf, str_from_offset(digits, 1));
        }
        strbuf_printf(buf, "e%s%d", point > 0 ? "+" : "", point - 1);
    } else if (point <= 0) {
        strbuf_add_c(buf, "0.");
        strbuf_add_repeat(buf, '0', (size_t)-point);
        strbuf_add(buf, digits);
    } else if (digits.len <= whole) {
        strbuf_add(buf, digits);
        strbuf_add_repeat(buf, '0', whole - digits.len);
        strbuf_add_c(buf, ".0");
    } else {
        strbuf_add(buf, str_slice(digits, 0, whole));
        strbuf_add_char(buf, '.');
        strbuf_add(buf, str_from_offset(digits, whole));
    }
}

void json_write_float(StrBuf *buf, double number, JsonNumbers numbers)
{
    bool finite = isfinite(number);
    if (numbers == JSON_NUMBERS_ORJSON) {
        if (finite) {
            add_orjson_float(buf, number);
        } else {
            strbuf_add_c(buf, "null");
        }
        return;
    }
    if (!finite) {
        strbuf_add_c(buf, isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        return;
    }
    char text[NUMBER_TEXT_BYTES];
    strbuf_add(buf, (Str){text, number_format_double(number, text)});
}

/* ---- Trees ---- */

static void write_value(Writer *writer, const Value *value);

/* The text that stands for a scalar without quotes, or that a key needs within them. */
static void add_plain_scalar(StrBuf *buf, const Value *value, const JsonStyle *style)
{
    char text[DATETIME_TEXT_BYTES];
    switch (value_kind(value)) {
    case VALUE_NULL:
        strbuf_add_c(buf, "null");
        break;
    case VALUE_BOOL:
        strbuf_add_c(buf, value->as.boolean ? "true" : "false");
        break;
    case VALUE_INT:
        strbuf_add(buf, (Str){text, number_format_int64(value->as.integer, text)});
        break;
    case VALUE_FLOAT:
        json_write_float(buf, value->as.number, style->numbers);
        break;
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_STRING:
        strbuf_add(buf, value->as.text);
        break;
    case VALUE_BYTES:
        base64_add(buf, value->as.text);
        break;
    case VALUE_DATETIME:
        strbuf_add(buf, (Str){text, datetime_format(value->as.time, 'T', text)});
        break;
    case VALUE_DATE:
        strbuf_add(buf, (Str){text, date_format(value->as.time, text)});
        break;
    case VALUE_TIME:
        strbuf_add(buf, (Str){text, time_format(value->as.time, text)});
        break;
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
}

static void write_quoted(Writer *writer, const Value *value)
{
    if (value->kind == VALUE_STRING) {
        json_write_string(writer->buf, value->as.text, writer->style);
        return;
    }
    strbuf_add_char(writer->buf, '"');
    add_plain_scalar(writer->buf, value, writer->style);
    strbuf_add_char(writer->buf, '"');
}

static void break_line(const Writer *writer)
{
    if (writer->style->indent > 0) {
        strbuf_add_char(writer->buf, '\n');
        strbuf_add_repeat(writer->buf, ' ', writer->depth * (size_t)writer->style->indent);
    }
}

static void open_bracket(Writer *writer, char bracket)
{
    strbuf_add_char(writer->buf, bracket);
    writer->depth++;
}

static void close_bracket(Writer *writer, char bracket, bool empty)
{
    writer->depth--;
    if (!empty) {
        break_line(writer);
    }
    strbuf_add_char(writer->buf, bracket);
}

static void before_item(const Writer *writer, bool first)
{
    if (!first) {
        strbuf_add_c(writer->buf, writer->style->item_separator);
    }
    break_line(writer);
}

static void write_list(Writer *writer, const Value *list)
{
    open_bracket(writer, '[');
    for (VALUE_EACH(it, list)) {
        before_item(writer, it == value_items(list));
        write_value(writer, it);
    }
    close_bracket(writer, ']', value_len(list) == 0);
}

static int compare_entries(const void *a, const void *b)
{
    const ValueEntry *const *left = a;
    const ValueEntry *const *right = b;
    return str_compare(value_text_or(&(*left)->key, STR("")),
                       value_text_or(&(*right)->key, STR("")));
}

static void write_entry(Writer *writer, const ValueEntry *entry, bool first)
{
    before_item(writer, first);
    write_quoted(writer, &entry->key);
    strbuf_add_c(writer->buf, writer->style->key_separator);
    write_value(writer, &entry->value);
}

static void write_sorted_entries(Writer *writer, const Value *map)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("sorted keys");
    size_t len = value_len(map);
    const ValueEntry **sorted = ARENA_ARRAY(scratch, const ValueEntry *, len);
    for (size_t i = 0; i < len; i++) {
        sorted[i] = &value_entries(map)[i];
    }
    qsort(sorted, len, sizeof(*sorted), compare_entries);
    for (size_t i = 0; i < len; i++) {
        write_entry(writer, sorted[i], i == 0);
    }
}

static void write_map(Writer *writer, const Value *map)
{
    open_bracket(writer, '{');
    if (writer->style->sort_keys && value_len(map) > 1) {
        write_sorted_entries(writer, map);
    } else {
        for (VALUE_EACH_ENTRY(it, map)) {
            write_entry(writer, it, it == value_entries(map));
        }
    }
    close_bracket(writer, '}', value_len(map) == 0);
}

static void write_value(Writer *writer, const Value *value)
{
    switch (value_kind(value)) {
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_FLOAT:
        add_plain_scalar(writer->buf, value, writer->style);
        break;
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
        write_quoted(writer, value);
        break;
    case VALUE_LIST:
        write_list(writer, value);
        break;
    case VALUE_MAP:
        write_map(writer, value);
        break;
    }
}

void json_write(StrBuf *buf, const Value *value, const JsonStyle *style)
{
    Writer writer = {.buf = buf, .style = style};
    write_value(&writer, value);
}

Str json_text(Arena *arena, const Value *value, const JsonStyle *style)
{
    StrBuf buf = strbuf_init(arena, LIMIT_JSON_BYTES);
    json_write(&buf, value, style);
    return strbuf_str(&buf);
}
