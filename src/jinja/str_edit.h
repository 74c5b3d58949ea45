/* jinja/str_edit.h - changes to texts that filters and methods share. Results are plain texts;
 * whoever wants Markup marks them (jresult_like). */
#ifndef JINJA_STR_EDIT_H
#define JINJA_STR_EDIT_H

#include "jinja/state.h"

/* Replaces up to `count` (negative: all) occurrences; an empty `from` stands before each character
 * and at the end. */
MUST_CHECK Error *str_edit_replace(JinjaState *s, JStr *text, Str from, Str to, int64_t count,
                                   JValue *out);

typedef enum StripEnds { STRIP_START = 1, STRIP_END = 2, STRIP_BOTH = 3 } StripEnds;

/* Without the white space at its ends, or without the characters of `chars` when it is not NULL. */
Str str_edit_strip(Str text, const Str *chars, StripEnds ends);

typedef enum PadSide { PAD_LEFT, PAD_RIGHT, PAD_CENTER } PadSide;

/* Filled up to `width` characters with `fill`, one character, on the side named. */
MUST_CHECK Error *str_edit_pad(JinjaState *s, JStr *text, int64_t width, Str fill, PadSide side,
                               JValue *out);

/* Takes the next line, without its end, off the front of *rest: all line ends that Python knows.
 * The end itself goes to *out_end. False when *rest is empty. */
bool str_edit_next_line(Str *rest, Str *out_line, Str *out_end);

/* White space as str.split() sees it. */
bool str_edit_is_space(uint32_t codepoint);
/* Takes the next word off the front of *rest; false when only white space is left. */
bool str_edit_next_word(Str *rest, Str *out_word);

#endif
