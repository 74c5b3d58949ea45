/* base/regex.h - regular expressions (PCRE2, UTF-8) that are searched for in short texts: patterns
 * of names in settings and selections. A Regex never changes; threads may share it. */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

typedef struct Regex Regex;

/* Lives in `arena`. ERR_CONFIG names the pattern, the place in it and what is wrong. */
MUST_CHECK Error *regex_compile(Arena *arena, Str pattern, const Regex **out);
/* True when it is found anywhere in the text. A search that would take too long finds nothing. */
bool regex_search(const Regex *regex, Str text);

#endif
