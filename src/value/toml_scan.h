/* value/toml_scan.h - the lower half of the TOML reader: where it stands in the text, and the
 * scalars it meets there. Used by toml_reader.c only. */
#ifndef VALUE_TOML_SCAN_H
#define VALUE_TOML_SCAN_H

#include "value/reading.h"

typedef struct TomlScan {
    Arena *arena;
    const ReadOptions *options;
    const ValueFile *file;
    Str text;
    size_t at;
    size_t nodes;

    /* Line and column of `seen`; places are asked for in the order of the text. */
    size_t seen;
    size_t line;
    size_t column;
} TomlScan;

/* The character here; a newline at the end of the text, which is no character of TOML's own. */
static inline char toml_peek(const TomlScan *scan)
{
    return scan->at < scan->text.len ? scan->text.data[scan->at] : '\n';
}

static inline bool toml_at_end(const TomlScan *scan)
{
    return scan->at == scan->text.len;
}

/* The place of byte `at`, which must not lie before an earlier place. */
Value toml_place(TomlScan *scan, size_t at);
/* "not valid TOML: <format>" at the current character. */
Error *toml_error(TomlScan *scan, const char *format, ...) PRINTF_LIKE(2, 3);

void toml_skip_blanks(TomlScan *scan);
/* Over blanks, line ends and comments. */
MUST_CHECK Error *toml_skip_lines(TomlScan *scan);
/* Over blanks and a comment to the end of the line; an error if something else stands there. */
MUST_CHECK Error *toml_end_line(TomlScan *scan);

/* A string that begins here, of the four kinds; without the long kinds if `short_only`. */
MUST_CHECK Error *toml_scan_string(TomlScan *scan, bool short_only, Str *out);
/* Anything but strings, lists and inline tables. */
MUST_CHECK Error *toml_scan_word(TomlScan *scan, Value *out);

#endif
