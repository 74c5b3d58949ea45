/* value/json_writer.h - a Value as JSON, in the layouts that others compare byte by byte. Dates and
 * times are written as ISO 8601 text, binary data as base64; exact numbers as their digits. Map
 * keys that are no text are written as Python's json does: 1 as "1", true as "true", null as
 * "null". */
#ifndef VALUE_JSON_WRITER_H
#define VALUE_JSON_WRITER_H

#include "value/value.h"

typedef enum JsonNumbers {
    JSON_NUMBERS_PYTHON, /* 1e-05, 1e+16; NaN and Infinity as such */
    JSON_NUMBERS_ORJSON, /* 0.00001, 1e+16; null for NaN and infinities */
} JsonNumbers;

typedef struct JsonStyle {
    const char
        *item_separator; /* after each item but the last; before a line break when indented */
    const char *key_separator;
    int indent;        /* blanks per level, each item on a line of its own; 0 = all on one line */
    bool sort_keys;    /* by code point */
    bool ensure_ascii; /* \uXXXX for all beyond ASCII */
    bool html_safe;    /* < > & ' as \uXXXX: Jinja's |tojson */
    JsonNumbers numbers;
} JsonStyle;

extern const JsonStyle json_style_compact;   /* {"a":1} */
extern const JsonStyle json_style_pretty;    /* two blanks per level, for people */
extern const JsonStyle json_style_python;    /* json.dumps(): {"a": 1}, ASCII only */
extern const JsonStyle json_style_ordered;   /* orjson: what dlt writes, keys as they come */
extern const JsonStyle json_style_canonical; /* the same with sorted keys: what dlt hashes */

/* Appends the text. A buffer that overflows says so itself. */
void json_write(StrBuf *buf, const Value *value, const JsonStyle *style);
/* The text in `arena`. */
Str json_text(Arena *arena, const Value *value, const JsonStyle *style);

/* The parts of it, for those who write JSON without a tree. */
void json_write_string(StrBuf *buf, Str text, const JsonStyle *style);
void json_write_float(StrBuf *buf, double number, JsonNumbers numbers);

#endif
