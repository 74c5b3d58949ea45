/* jinja/html_text.h - from HTML to plain text. */
#ifndef JINJA_HTML_TEXT_H
#define JINJA_HTML_TEXT_H

#include "base/arena.h"
#include "base/str.h"

/* Appends `text` without comments and tags, with single blanks, and with its character references
 * resolved. Takes scratch memory from `arena`. */
void html_strip_tags(Arena *arena, Str text, StrBuf *out);
/* Appends `text` with "&amp;", "&#38;" and the like resolved: the names of HTML 4 and "apos". */
void html_unescape(Str text, StrBuf *out);

#endif
