/* value/base64.h - standard base64 (RFC 4648), with padding. */
#ifndef VALUE_BASE64_H
#define VALUE_BASE64_H

#include <stdbool.h>

#include "base/str.h"

void base64_add(StrBuf *buf, Str bytes);
/* White space between the characters is skipped; false for anything else that does not belong. The
 * bytes live in `arena`. */
bool base64_parse(Arena *arena, Str text, Str *out_bytes);

#endif
