/* jinja/decimal_number.h - numbers as Python's decimal.Decimal has them in its default
 * context: a sign, digits and a power of ten; results are rounded to 28 digits, ties to even. No
 * templates here. A Decimal is made by decimal_new() and owns memory until decimal_done(). */
#ifndef JINJA_DECIMAL_NUMBER_H
#define JINJA_DECIMAL_NUMBER_H

#include <gmp.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum { DECIMAL_PRECISION = 28, DECIMAL_EXPONENT_MAX = 999999 };

typedef enum DecimalKind { DECIMAL_FINITE, DECIMAL_INFINITE, DECIMAL_NAN } DecimalKind;

typedef struct Decimal {
    DecimalKind kind;
    bool negative;
    mpz_t digits; /* not negative */
    int64_t exponent;
} Decimal;

void decimal_done(Decimal *decimal);
DEFINE_AUTO_DONE(decimal, Decimal)
/* Zero. */
Decimal decimal_new(void);

/* "-1.50", "1e-7", "NaN", "Infinity". False for anything else and for exponents beyond
 * DECIMAL_EXPONENT_MAX; *out is then undefined, but still owned. */
bool decimal_parse(Str text, Decimal *out);
void decimal_set_integer(const mpz_t integer, Decimal *out);
/* The exact value of the double. */
void decimal_set_double(double number, Decimal *out);
/* As Python's str(): "1.50", "1E-7". */
Str decimal_text(const Decimal *decimal, Arena *arena);
/* The nearest double. */
double decimal_to_double(const Decimal *decimal);
/* Towards zero. The number must be finite. */
void decimal_to_integer(const Decimal *decimal, mpz_t out);

/* Less than 0, 0 or more than 0. Neither may be NaN. */
int decimal_compare(const Decimal *a, const Decimal *b);

/* a op b, for the operators + - * / % and '|', which is Python's //. *out must be none of the
 * operands. Fails as Python does: "decimal.DivisionByZero", "decimal.InvalidOperation",
 * "decimal.Overflow". */
MUST_CHECK Error *decimal_compute(char op, const Decimal *a, const Decimal *b, Decimal *out);
MUST_CHECK Error *decimal_power(const Decimal *base, int64_t exponent, Decimal *out);
/* The value with this exponent, rounded. decimal.InvalidOperation when it takes too many digits. */
MUST_CHECK Error *decimal_quantize(const Decimal *value, int64_t exponent, Decimal *out);
/* Without zeros at the end of the digits. */
void decimal_normalize(const Decimal *value, Decimal *out);

#endif
