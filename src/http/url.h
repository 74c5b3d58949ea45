/* http/url.h - addresses as texts: joined, given parameters, told apart, shown (RFC 3986). Nothing
 * is resolved or opened. Results live in the arena and may share the texts given. Thread-safe. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>

#include "base/str.h"
#include "base/vec.h"

/* "http://" or "https://" in any case. */
bool url_is_absolute(Str url);
/* "https://host:port", lower case: where credentials may go; empty for no address. */
Str url_origin(Arena *arena, Str url);
/* What a link in a page at `base` means. */
Str url_join(Arena *arena, Str base, Str reference);
/* `base` + "/" + `path`, one slash between them; `path` alone when it is absolute. */
Str url_append_path(Arena *arena, Str base, Str path);
/* Bytes that may not stand in an address become %XX; what is escaped stays. */
Str url_quote(Arena *arena, Str url);
/* A form's encoding: blanks become +, all but letters, digits and -._~ become %XX. */
void url_add_encoded(StrBuf *buf, Str text);
/* Without the parameters and anything after '#'. */
Str url_without_query(Str url);
/* For messages: user and password, and every text of `secrets`, encoded or not, become *****. */
Str url_shown(Arena *arena, Str url, const StrVec *secrets);

#endif
