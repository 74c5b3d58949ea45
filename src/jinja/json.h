/* jinja/json.h - values of the language as JSON, letter by letter as Python's json.dumps writes
 * them: ASCII only, ", " and ": " between, floats by repr. */
#ifndef JINJA_JSON_H
#define JINJA_JSON_H

#include "jinja/state.h"

typedef struct JsonOptions {
    bool sort_keys;
    bool escape_html; /* < > & ' as \u003c and so on */
    bool indented;    /* a line per item, each level further in by `indent` */
    Str indent;
} JsonOptions;

/* Reads an `indent` argument: None, a number of blanks, or a text. */
MUST_CHECK Error *json_indent_arg(JinjaState *s, JValue indent, JsonOptions *options);

/* TypeError for what JSON cannot say, ValueError for a container within itself. */
MUST_CHECK Error *json_dump(JinjaState *s, JValue value, const JsonOptions *options, StrBuf *out);

#endif
