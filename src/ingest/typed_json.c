#include "ingest/typed_json.h"

#include <stdlib.h>

#include "base/number.h"
#include "base/unicode.h"
#include "value/base64.h"

enum { DEFAULT_FIRST_MARK = 0xF026, LAST_CODEPOINT = 0x10FFFF };

/* dlt lets the user move the marks, for data that has these characters itself. */
static uint32_t first_mark(void)
{
    const char *moved = getenv("DLT_JSON_TYPED_PUA_START");
    char *end = NULL;
    unsigned long mark = moved != NULL ? strtoul(moved, &end, 16) : 0;
    bool is_usable = mark > 0 && mark <= LAST_CODEPOINT - TYPED_NONE && *end == '\0';
    return is_usable ? (uint32_t)mark : DEFAULT_FIRST_MARK;
}

TypedKind typed_split(Str text, Str *out_body)
{
    *out_body = text;
    if (text.len == 0) {
        return TYPED_NONE;
    }
    size_t at = 0;
    uint32_t c = utf8_next(text, &at);
    uint32_t first = c >= 0x80 ? first_mark() : 0;
    if (at == text.len || first == 0 || c < first || c >= first + TYPED_NONE) {
        return TYPED_NONE;
    }
    *out_body = str_from_offset(text, at);
    return (TypedKind)(c - first);
}

Str typed_join(Arena *arena, TypedKind kind, Str body)
{
    char mark[4];
    size_t len = utf8_encode(first_mark() + (uint32_t)kind, mark);
    return str_join(arena, (const Str[]){{mark, len}, body}, 2, STR(""));
}

static bool decode_bytes(Arena *arena, Str body, Value *out)
{
    Str bytes;
    if (!base64_parse(arena, body, &bytes)) {
        return false;
    }
    *out = value_text(VALUE_BYTES, bytes);
    return true;
}

static bool decode_decimal(Str body, Value *out)
{
    double number = 0;
    if (!number_parse_double(body, &number)) {
        return false;
    }
    *out = value_text(VALUE_DECIMAL, body);
    return true;
}

static bool decode_time(Arena *arena, ValueKind kind, Str body, Value *out)
{
    DateTime time = {0};
    bool valid = kind == VALUE_DATE   ? date_parse_iso(body, &time)
                 : kind == VALUE_TIME ? time_parse_iso(body, &time)
                                      : datetime_parse_iso(body, &time);
    if (valid) {
        *out = value_time(arena, kind, &time);
    }
    return valid;
}

Value typed_decode(Arena *arena, const Value *value)
{
    Str body = {0};
    Value decoded = *value;
    if (!value_is(value, VALUE_STRING)) {
        return decoded;
    }
    bool valid = true;
    switch (typed_split(value->as.text, &body)) {
    case TYPED_DECIMAL:
        valid = decode_decimal(body, &decoded);
        break;
    case TYPED_DATETIME:
        valid = decode_time(arena, VALUE_DATETIME, body, &decoded);
        break;
    case TYPED_DATE:
        valid = decode_time(arena, VALUE_DATE, body, &decoded);
        break;
    case TYPED_TIME:
        valid = decode_time(arena, VALUE_TIME, body, &decoded);
        break;
    case TYPED_BYTES:
        valid = decode_bytes(arena, body, &decoded);
        break;
    case TYPED_UUID:
    case TYPED_HEX:
    case TYPED_WEI:
        decoded.as.text = body;
        break;
    case TYPED_NONE:
        break;
    }
    return valid ? decoded : *value;
}

static Value encoded_time(Arena *arena, TypedKind kind, const Value *value)
{
    char text[DATETIME_TEXT_BYTES];
    const DateTime *time = value->as.time;
    size_t len = kind == TYPED_DATE   ? date_format(time, text)
                 : kind == TYPED_TIME ? time_format(time, text)
                                      : datetime_format(time, 'T', text);
    return value_string(typed_join(arena, kind, (Str){text, len}));
}

static Value encoded_bytes(Arena *arena, const Value *value)
{
    StrBuf text = strbuf_init(arena, 2 * value->as.text.len + 4);
    base64_add(&text, value->as.text);
    return value_string(typed_join(arena, TYPED_BYTES, strbuf_str(&text)));
}

Value typed_encode(Arena *arena, const Value *value)
{
    switch (value_kind(value)) {
    case VALUE_DECIMAL:
        return value_string(typed_join(arena, TYPED_DECIMAL, value->as.text));
    case VALUE_DATETIME:
        return encoded_time(arena, TYPED_DATETIME, value);
    case VALUE_DATE:
        return encoded_time(arena, TYPED_DATE, value);
    case VALUE_TIME:
        return encoded_time(arena, TYPED_TIME, value);
    case VALUE_BYTES:
        return encoded_bytes(arena, value);
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_BIG_INT:
    case VALUE_FLOAT:
    case VALUE_STRING:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return *value;
}
