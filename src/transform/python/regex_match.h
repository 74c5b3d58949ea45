/* transform/python/regex_match.h - what a pattern found, as templates have it: Python's re.Match.
 */
#ifndef TRANSFORM_PYTHON_REGEX_MATCH_H
#define TRANSFORM_PYTHON_REGEX_MATCH_H

#include "jinja/jinja.h"
#include "transform/python/regex.h"

/* The last match of `regex` in `text`, which took `groups` groups; owns what it tells. `pattern` is
 * what its member `re` shows. */
JValue python_regex_match_object(JHeap *heap, const PythonRegex *regex, Str text, size_t groups,
                                 JValue pattern);
/* {name: number} of the groups that have names. */
JDict *python_regex_group_names(JHeap *heap, const PythonRegex *regex);
/* The template of a replacement with the groups of the match: \1, \g<1>, \g<name>. */
MUST_CHECK Error *python_regex_expand(JinjaState *s, JValue match, Str replacement, StrBuf *out);

#endif
