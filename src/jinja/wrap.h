/* jinja/wrap.h - lines of at most so many characters, broken as Python's textwrap does: at blanks,
 * behind hyphens within words, and around dashes. */
#ifndef JINJA_WRAP_H
#define JINJA_WRAP_H

#include "jinja/state.h"

typedef struct WrapOptions {
    int64_t width;
    bool break_long_words;
    bool break_on_hyphens;
    Str line_end; /* put between lines */
} WrapOptions;

/* Appends `line`, which holds no line end, wrapped. ValueError unless the width is positive. */
MUST_CHECK Error *wrap_line(JinjaState *s, Str line, const WrapOptions *options, StrBuf *out);

#endif
