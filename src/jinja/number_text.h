/* jinja/number_text.h - text to numbers as Python's int() and float() read it: white space around,
 * digits of any script, underscores between digits. */
#ifndef JINJA_NUMBER_TEXT_H
#define JINJA_NUMBER_TEXT_H

#include "jinja/state.h"

/* False when the text is no float. */
bool number_text_double(JinjaState *s, Str text, double *out);
/* `base` 2 to 36, or 0 for "as a literal says". False when the text is no integer of that base, or
 * one of more digits than Python reads. */
bool number_text_int(JinjaState *s, Str text, int64_t base, JValue *out);

/* float(value); TypeError or ValueError when it is none. */
MUST_CHECK Error *number_to_float(JinjaState *s, JValue value, double *out);

#endif
