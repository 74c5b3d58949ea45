#include "jinja/rounding.h"

#include <math.h>

#include "base/number.h"
#include "jinja/ops.h"

Error *rounding_to_int(JinjaState *s, double value, JValue *out)
{
    if (isinf(value)) {
        return jraise("OverflowError", "cannot convert float infinity to integer");
    }
    if (isnan(value)) {
        return jraise("ValueError", "cannot convert float NaN to integer");
    }
    *out = jint_from_double(jinja_heap(s), trunc(value));
    return NULL;
}

/* number = number / unit rounded to even, times unit. */
static void round_to_multiple(mpz_t number, const mpz_t unit)
{
    mpz_t rest, twice;
    mpz_init(rest);
    mpz_init(twice);
    mpz_fdiv_qr(number, rest, number, unit);
    mpz_mul_2exp(twice, rest, 1);
    int order = mpz_cmp(twice, unit);
    if (order > 0 || (order == 0 && mpz_odd_p(number))) {
        mpz_add_ui(number, number, 1);
    }
    mpz_mul(number, number, unit);
    mpz_clear(rest);
    mpz_clear(twice);
}

/* An int rounded to a multiple of 10 ** places; `places` is positive. */
static JValue round_int(JinjaState *s, JValue value, int64_t places)
{
    mpz_t number, unit;
    if (value.type == J_BIGINT) {
        mpz_init_set(number, ((JBigint *)value.obj)->z);
    } else {
        mpz_init_set_si(number, value.type == J_BOOL ? (long)value.b : value.i);
    }
    mpz_init(unit);
    JValue rounded = jint(0);
    if ((uint64_t)places <= mpz_sizeinbase(number, 10)) { /* else nothing is left of it */
        mpz_ui_pow_ui(unit, 10, (unsigned long)places);
        round_to_multiple(number, unit);
        rounded = jbigint_value(jinja_heap(s), number);
    }
    mpz_clear(number);
    mpz_clear(unit);
    return rounded;
}

/* A float rounded to a multiple of 10 ** places. A fraction that is lost makes a tie no tie: hence
 * the doubled numbers, whose last bit remembers it. */
static Error *round_tens(JinjaState *s, double value, int64_t places, JValue *out)
{
    mpz_t number, unit;
    double whole = trunc(fabs(value)), rounded = 0;
    mpz_init_set_d(number, whole);
    mpz_mul_2exp(number, number, 1);
    if (whole != fabs(value)) {
        mpz_add_ui(number, number, 1);
    }
    mpz_init(unit);
    mpz_ui_pow_ui(unit, 10, (unsigned long)places);
    mpz_mul_2exp(unit, unit, 1);
    round_to_multiple(number, unit);
    mpz_tdiv_q_2exp(number, number, 1);
    JValue integer = jbigint_value(jinja_heap(s), number);
    mpz_clear(number);
    mpz_clear(unit);
    bool known = false;
    Error *err = jto_double(integer, &known, &rounded);
    if (err != NULL) {
        error_discard(err, "Python words it differently");
        return jraise("OverflowError", "rounded value too large to represent");
    }
    *out = jfloat(copysign(rounded, value));
    return NULL;
}

/* Rounds where one multiplication shows which way, which is nearly always; false near a tie, where
 * only the exact decimal digits tell. The quotient of two exact doubles is rounded as the decimal
 * text would be. */
static bool round_quickly(double value, int64_t digits, double *out)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    static const double largest = 0x1p40, near_tie = 0x1p-10;
    if (digits >= (int64_t)ARRAY_LEN(powers)) {
        return false;
    }
    double scaled = value * powers[digits], whole = rint(scaled);
    if (fabs(scaled) > largest || fabs(fabs(scaled - whole) - 0.5) < near_tie) {
        return false;
    }
    *out = copysign(whole / powers[digits], value);
    return true;
}

static Error *round_double(JinjaState *s, double value, int64_t digits, JValue *out)
{
    enum { MOST_DIGITS = 323, FEWEST_DIGITS = -308 }; /* beyond them nothing or all is cut off */
    if (!isfinite(value) || digits > MOST_DIGITS) {
        *out = jfloat(value);
        return NULL;
    }
    if (digits < FEWEST_DIGITS) {
        *out = jfloat(copysign(0.0, value));
        return NULL;
    }
    if (digits < 0) {
        return round_tens(s, value, -digits, out);
    }
    double rounded = value;
    if (round_quickly(value, digits, &rounded)) {
        *out = jfloat(rounded);
        return NULL;
    }
    char text[FEWEST_DIGITS * -1 + MOST_DIGITS + 8];
    int len = snprintf(text, sizeof(text), "%.*f", (int)digits, value); /* exact, ties to even */
    CHECK(number_parse_double((Str){text, (size_t)len}, &rounded));
    *out = jfloat(rounded);
    return NULL;
}

static Error *round_to_whole(JinjaState *s, JValue value, JValue *out)
{
    if (value.type != J_FLOAT) {
        *out = value.type == J_BOOL ? jint(value.b) : value;
        return NULL;
    }
    return rounding_to_int(s, isfinite(value.f) ? rint(value.f) : value.f, out);
}

Error *rounding_round(JinjaState *s, JValue value, JValue digits, JValue *out)
{
    if (value.type == J_HOST && ((JHost *)value.obj)->class->convert != NULL) {
        JHost *host = (JHost *)value.obj;
        JValue rounded = JMISSING;
        TRY(host->class->convert(s, host, JCONV_ROUND, digits, &rounded));
        if (!jis_absent(rounded)) {
            *out = rounded;
            return NULL;
        }
    }
    if (!jis_number(value)) {
        return jraise("TypeError", "type %s doesn't define __round__ method", jtype_name(value));
    }
    if (digits.type == J_NONE) {
        return round_to_whole(s, value, out);
    }
    int64_t places = 0;
    if (!jto_int64(digits, &places)) {
        return jraise("TypeError", "'%s' object cannot be interpreted as an integer",
                      jtype_name(digits));
    }
    if (value.type == J_FLOAT) {
        return round_double(s, value.f, places, out);
    }
    if (places < 0) {
        *out = round_int(s, value, places == INT64_MIN ? INT64_MAX : -places);
        return NULL;
    }
    return round_to_whole(s, value, out);
}

static Error *to_whole(JinjaState *s, JValue value, double (*function)(double), JValue *out)
{
    if (jis_integer(value)) {
        return round_to_whole(s, value, out);
    }
    JValue number = value;
    if (value.type == J_HOST && ((JHost *)value.obj)->class->convert != NULL) {
        JHost *host = (JHost *)value.obj;
        TRY(host->class->convert(s, host, JCONV_FLOAT, JMISSING, &number));
    }
    if (number.type != J_FLOAT) {
        return jraise("TypeError", "must be real number, not %s", jtype_name(value));
    }
    return rounding_to_int(s, function(number.f), out);
}

Error *rounding_ceil(JinjaState *s, JValue value, JValue *out)
{
    return to_whole(s, value, ceil, out);
}

Error *rounding_floor(JinjaState *s, JValue value, JValue *out)
{
    return to_whole(s, value, floor, out);
}
