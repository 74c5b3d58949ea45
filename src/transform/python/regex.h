/* transform/python/regex.h - Python's regular expressions, run by PCRE2, whose patterns are the
 * same but for \Z. Positions are in bytes of UTF-8. */
#ifndef TRANSFORM_PYTHON_REGEX_H
#define TRANSFORM_PYTHON_REGEX_H

#include <pcre2.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/* Python's numbers of flags. */
enum {
    REGEX_IGNORECASE = 2,
    REGEX_MULTILINE = 8,
    REGEX_DOTALL = 16,
    REGEX_UNICODE = 32,
    REGEX_VERBOSE = 64,
    REGEX_ASCII = 256,
};

typedef struct PythonRegexFlag {
    const char *name;
    int64_t python;
    uint32_t pcre; /* 0: none of its own */
} PythonRegexFlag;

/* Ends with a row without a name. */
extern const PythonRegexFlag python_regex_flags[];

/* A compiled pattern, and the last match. All zeroes are nothing to release. */
typedef struct PythonRegex {
    pcre2_code *code;
    pcre2_match_data *match;
} PythonRegex;

void python_regex_done(PythonRegex *regex);
DEFINE_AUTO_DONE(python_regex, PythonRegex)
/* "re.error" for what is no pattern. */
MUST_CHECK Error *python_regex_compile(Arena *arena, Str pattern, int64_t python_flags,
                                       PythonRegex *out);

/* *out_groups is 0 when nothing matches at or after `start`. */
MUST_CHECK Error *python_regex_find(const PythonRegex *regex, Str text, size_t start,
                                    uint32_t options, size_t *out_groups);
/* Where the group of the last match is. False when it took no part in it. */
bool python_regex_group_span(const PythonRegex *regex, size_t group, size_t *out_start,
                             size_t *out_end);
/* Empty when it took no part. */
Str python_regex_group_text(const PythonRegex *regex, Str text, size_t group);

/* All matches, one after the other: set `regex` and `text`, the rest zero. */
typedef struct PythonRegexWalk {
    const PythonRegex *regex;
    Str text;
    size_t at;      /* where to look next */
    bool was_empty; /* the last match, so that the next may not be empty at the same place */
    size_t groups;  /* of the match; 0 at the end */
    size_t start, end;
} PythonRegexWalk;

MUST_CHECK Error *python_regex_walk_next(PythonRegexWalk *walk);

#endif
