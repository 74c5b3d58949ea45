/* ingest/normalise/decimal_text.h - exact decimal numbers as text, in the form of Python's
 * str(Decimal): "1.50", "1E+3", "-0", "Infinity", "NaN". And numbers as Python's int(), float() and
 * Decimal() read them: white space around, `_` between digits, digits of any script. Thread-safe.
 */
#ifndef INGEST_NORMALISE_DECIMAL_TEXT_H
#define INGEST_NORMALISE_DECIMAL_TEXT_H

#include <stdbool.h>

#include "base/str.h"

__extension__ typedef __int128 DecimalUnits;

/* The number without blanks and underscores, in ASCII digits. False when the underscores are not
 * between digits; that it is a number is for the caller to find out. */
bool python_number_clean(Arena *arena, Str text, Str *out);
/* "0x1F" as decimal digits, of any size up to LIMIT of the text. False for other texts. */
bool python_hex_digits(Arena *arena, Str text, Str *out);

/* Cleaned text as str(Decimal(text)). False when it is no number. */
bool decimal_text_parse(Arena *arena, Str text, Str *out);
bool decimal_text_is_finite(Str decimal);
bool decimal_text_is_zero(Str decimal);
/* The number as an integer's digits with an optional minus; false when it has a fraction or is
 * longer than `max_digits`. */
bool decimal_text_integer(Arena *arena, Str decimal, size_t max_digits, Str *out);
/* The number times 10^scale, rounded half away from zero; false beyond `precision` digits (at most
 * 38). */
bool decimal_text_units(Str decimal, int precision, int scale, DecimalUnits *out);

#endif
