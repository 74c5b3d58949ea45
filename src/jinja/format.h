/* jinja/format.h - Python's format(): the mini-language of str.format and the number texts that it
 * shares with the % operator. */
#ifndef JINJA_FORMAT_H
#define JINJA_FORMAT_H

#include "jinja/state.h"

enum { FORMAT_NO_PRECISION = -1 };

/* What a format asks for: [[fill]align][sign][z][#][0][width][,][.precision][type]. */
typedef struct FormatSpec {
    Str fill;           /* one character; empty: a blank */
    char align;         /* '<' '>' '^', '=' between sign and digits; 0: as the type has it */
    char sign;          /* '+' ' ' '-'; 0: only minus */
    char thousands;     /* ',' '_'; 0: none */
    bool alternate;     /* # */
    bool no_minus_zero; /* z */
    int64_t width;      /* 0: none */
    int64_t precision;  /* FORMAT_NO_PRECISION */
    uint32_t type;      /* a letter; 0: none was given */
} FormatSpec;

/* A number's text taken apart, so that zeros and separators can be put in between. */
typedef struct NumberParts {
    bool negative;
    Str prefix; /* "0x" */
    Str digits; /* before the point: what is grouped */
    Str rest;   /* the point and all behind; or inf, nan */
} NumberParts;

/* Reads a specification for `value`, whose type the errors name. `default_type`: what letters it
 * may stand for without one, NUL for none. */
MUST_CHECK Error *format_read_spec(Str text, JValue value, char default_type, FormatSpec *out);
/* Appends format(value, spec). `spec` may be empty. */
MUST_CHECK Error *format_value(JinjaState *s, JValue value, Str spec, StrBuf *out);

/* ---- format_number.c ---- */

/* The text with `\\xe9` and the like for what is not ASCII, in scratch memory. */
Str format_ascii(JinjaState *s, Str text);

/* The digits of an int in base 2, 8, 10 or 16; the texts live in scratch memory. */
MUST_CHECK Error *format_int_parts(JinjaState *s, JValue integer, int base, bool upper,
                                   NumberParts *out);
/* `type` is one of e E f F g G, or r: as repr, or with a precision as repr would with fewer digits.
 */
MUST_CHECK Error *format_double_parts(JinjaState *s, double value, const FormatSpec *spec,
                                      char type, NumberParts *out);
/* Sign, prefix, digits in groups of `group`, rest, filled up to the width. */
MUST_CHECK Error *format_number(const NumberParts *parts, const FormatSpec *spec, size_t group,
                                StrBuf *out);
/* Text filled up to the width; `align` where the spec names none. */
MUST_CHECK Error *format_padded(Str text, const FormatSpec *spec, char align, StrBuf *out);

#endif
