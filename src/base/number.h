/* base/number.h - numbers to text and back, free of locale. Doubles are written with the fewest
 * digits that read back as the same double (std::to_chars, hence the one C++ file behind this
 * header). Thread-safe. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    NUMBER_TEXT_BYTES = 32, /* enough for any number of number_format_* */
    NUMBER_DIGITS = 17,     /* the most digits a double needs */
};

/* Whole text or nothing: false when it is empty, has other characters, or does not fit. */
bool number_parse_int64(Str text, int64_t *out_value);
bool number_parse_uint64(Str text, uint64_t *out_value);
/* Decimal digits with optional sign, fraction and exponent; also inf, infinity and nan. Overflow
 * gives an infinity, underflow zero, as in C. False when any other character is left. */
bool number_parse_double(Str text, double *out_value);
/* "10MB", "4 GiB", "512" to bytes: K, M, G, T with optional iB (1024) or B (1000); case does not
 * count. A fraction of a byte is dropped; more than INT64_MAX does not fit. */
bool number_parse_bytes(Str text, uint64_t *out_bytes);

/* Writes to `out`, which holds NUMBER_TEXT_BYTES, and returns the length. */
size_t number_format_int64(int64_t value, char *out);

/* The shortest digits of a finite, non-negative double: value = 0.d1d2d3... * 10^point. Zero is the
 * one digit 0 with point 1. */
typedef struct NumberDigits {
    char digits[NUMBER_DIGITS + 1];
    size_t len;
    int point;
} NumberDigits;
void number_shortest_digits(double value, NumberDigits *out);

/* As Python's repr: 1.0, 0.1, 1e+16, 1e-05, inf, nan. */
size_t number_format_double(double value, char *out);

/* 1234567 as "1,234,567". */
Str number_with_commas(Arena *arena, int64_t value);
/* 1536 as "1.5 KB"; units of 1024, one decimal from KB on. */
Str number_human_bytes(Arena *arena, uint64_t bytes);

#endif
