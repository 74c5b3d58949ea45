#include <math.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/number.h"
#include "jinja/ops.h"
#include "jinja/sequence.h"
#include "jinja/state.h"

static int64_t small_int(JValue value)
{
    return value.type == J_BOOL ? (int64_t)value.b : value.i;
}

/* ---- Bigints ---- */

static void load(mpz_t z, JValue integer)
{
    if (integer.type == J_BIGINT) {
        mpz_init_set(z, ((JBigint *)integer.obj)->z);
    } else {
        mpz_init_set_si(z, small_int(integer));
    }
}

/* a / b, correctly rounded; infinite when out of range. b is not zero. */
static double divide_mpz(const mpz_t a, const mpz_t b)
{
    enum { BITS = 60 }; /* of the quotient: more than a double has, fewer than a word */
    if (mpz_sgn(a) == 0) {
        return mpz_sgn(b) < 0 ? -0.0 : 0.0;
    }
    long shift = BITS - ((long)mpz_sizeinbase(a, 2) - (long)mpz_sizeinbase(b, 2));
    mpz_t n, d, rest;
    mpz_init(n);
    mpz_init(d);
    mpz_init(rest);
    mpz_abs(n, a);
    mpz_abs(d, b);
    if (shift > 0) {
        mpz_mul_2exp(n, n, (mp_bitcnt_t)shift);
    } else {
        mpz_mul_2exp(d, d, (mp_bitcnt_t)-shift);
    }
    mpz_tdiv_qr(n, rest, n, d);
    uint64_t quotient = mpz_get_ui(n) | (mpz_sgn(rest) != 0); /* what was lost decides ties */
    mpz_clear(n);
    mpz_clear(d);
    mpz_clear(rest);
    double magnitude = shift > 1200    ? 0.0
                       : shift < -1200 ? HUGE_VAL
                                       : ldexp((double)quotient, (int)-shift);
    return mpz_sgn(a) == mpz_sgn(b) ? magnitude : -magnitude;
}

static double bigint_double(const JBigint *big)
{
    mpz_t one;
    mpz_init_set_ui(one, 1);
    double value = divide_mpz(big->z, one);
    mpz_clear(one);
    return value;
}

Error *jto_double(JValue value, bool *out_known, double *out)
{
    *out_known = true;
    if (value.type == J_FLOAT) {
        *out = value.f;
    } else if (value.type == J_INT || value.type == J_BOOL) {
        *out = (double)small_int(value);
    } else if (value.type == J_BIGINT) {
        double number = bigint_double((JBigint *)value.obj);
        if (isinf(number)) {
            return jraise("OverflowError", "int too large to convert to float");
        }
        *out = number;
    } else {
        *out_known = false;
    }
    return NULL;
}

bool jto_int64(JValue value, int64_t *out)
{
    if (value.type == J_INT || value.type == J_BOOL) {
        *out = small_int(value);
        return true;
    }
    if (value.type == J_BIGINT) {
        *out = mpz_sgn(((JBigint *)value.obj)->z) > 0 ? INT64_MAX : INT64_MIN;
        return true;
    }
    return false;
}

JValue jint_from_double(JHeap *heap, double value)
{
    if (value >= -0x1p63 && value < 0x1p63) {
        return jint((int64_t)value);
    }
    mpz_t z;
    mpz_init_set_d(z, value);
    JValue result = jbigint_value(heap, z);
    mpz_clear(z);
    return result;
}

bool jint_from_text(JHeap *heap, Str digits, int base, JValue *out)
{
    int64_t small = 0;
    if (base == 10 && number_parse_int64(digits, &small)) {
        *out = jint(small);
        return true;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("integer digits");
    Str unsigned_digits = str_starts_with(digits, STR("+")) ? str_from_offset(digits, 1) : digits;
    for (size_t i = 0; i < unsigned_digits.len; i++) {
        if (unsigned_digits.data[i] == ' ' || unsigned_digits.data[i] == '\0') {
            return false; /* mpz would skip it */
        }
    }
    mpz_t z;
    bool valid = mpz_init_set_str(z, str_to_c(arena, unsigned_digits), base) == 0;
    if (valid) {
        *out = jbigint_value(heap, z);
    }
    mpz_clear(z);
    return valid;
}

/* ---- Integer arithmetic ---- */

static Error *zero_division(JBinaryOp op, bool floats)
{
    static const char *const of_ints[] = {[JBIN_DIV] = "division by zero",
                                          [JBIN_FLOORDIV] = "integer division or modulo by zero",
                                          [JBIN_MOD] = "integer modulo by zero"};
    static const char *const of_floats[] = {[JBIN_DIV] = "float division by zero",
                                            [JBIN_FLOORDIV] = "float floor division by zero",
                                            [JBIN_MOD] = "float modulo"};
    return jraise("ZeroDivisionError", "%s", floats ? of_floats[op] : of_ints[op]);
}

static Error *power_mpz(mpz_t out, const mpz_t base, const mpz_t exponent)
{
    if (mpz_cmpabs_ui(base, 1) <= 0) { /* 0, 1 and -1 do not grow */
        mpz_set(out, base);
        if (mpz_sgn(exponent) == 0 || (mpz_sgn(base) < 0 && mpz_even_p(exponent))) {
            mpz_set_ui(out, 1);
        }
        return NULL;
    }
    size_t bits = mpz_sizeinbase(base, 2);
    if (!mpz_fits_ulong_p(exponent) || mpz_get_ui(exponent) > LIMIT_INTEGER_BITS / bits) {
        return error_new(ERR_LIMIT, "an integer would have more than %d bits", LIMIT_INTEGER_BITS);
    }
    mpz_pow_ui(out, base, mpz_get_ui(exponent));
    return NULL;
}

static Error *big_result(mpz_t out, JBinaryOp op, const mpz_t a, const mpz_t b)
{
    switch (op) {
    case JBIN_ADD:
        mpz_add(out, a, b);
        return NULL;
    case JBIN_SUB:
        mpz_sub(out, a, b);
        return NULL;
    case JBIN_MUL:
        if (mpz_sizeinbase(a, 2) + mpz_sizeinbase(b, 2) > LIMIT_INTEGER_BITS) {
            return error_new(ERR_LIMIT, "an integer would have more than %d bits",
                             LIMIT_INTEGER_BITS);
        }
        mpz_mul(out, a, b);
        return NULL;
    case JBIN_FLOORDIV:
        mpz_fdiv_q(out, a, b);
        return NULL;
    case JBIN_MOD:
        mpz_fdiv_r(out, a, b);
        return NULL;
    case JBIN_POW:
        return power_mpz(out, a, b);
    case JBIN_DIV:
        break;
    }
    return NULL;
}

static Error *big_binary(JinjaState *s, JBinaryOp op, JValue a, JValue b, JValue *out)
{
    mpz_t x, y, result;
    load(x, a);
    load(y, b);
    mpz_init(result);
    Error *err = NULL;
    if (op == JBIN_DIV) {
        double quotient = divide_mpz(x, y);
        if (isinf(quotient)) {
            err = jraise("OverflowError", "integer division result too large for a float");
        } else {
            *out = jfloat(quotient);
        }
    } else {
        err = big_result(result, op, x, y);
        if (err == NULL) {
            *out = jbigint_value(jinja_heap(s), result);
        }
    }
    mpz_clear(x);
    mpz_clear(y);
    mpz_clear(result);
    return err;
}

/* The result where it fits 64 bits; false where it does not, or where bigints or floats are needed.
 */
static bool small_binary(JBinaryOp op, int64_t a, int64_t b, JValue *out)
{
    enum { EXACT = 53 }; /* bits of an int that a double holds */
    int64_t result = 0;
    bool fits = false;
    switch (op) {
    case JBIN_ADD:
        fits = !__builtin_add_overflow(a, b, &result);
        break;
    case JBIN_SUB:
        fits = !__builtin_sub_overflow(a, b, &result);
        break;
    case JBIN_MUL:
        fits = !__builtin_mul_overflow(a, b, &result);
        break;
    case JBIN_DIV:
        if (llabs(a / 2) < (1LL << (EXACT - 1)) && llabs(b / 2) < (1LL << (EXACT - 1))) {
            *out = jfloat((double)a / (double)b);
            return true;
        }
        return false;
    case JBIN_FLOORDIV:
        fits = b != -1;
        result = fits ? a / b - (a % b != 0 && (a < 0) != (b < 0)) : 0;
        break;
    case JBIN_MOD:
        fits = b != -1;
        result = fits ? a % b : 0;
        result = result != 0 && (result < 0) != (b < 0) ? result + b : result;
        break;
    case JBIN_POW:
        return false;
    }
    if (fits) {
        *out = jint(result);
    }
    return fits;
}

static Error *float_binary(JBinaryOp op, double a, double b, JValue *out);

static Error *int_binary(JinjaState *s, JBinaryOp op, JValue a, JValue b, JValue *out)
{
    bool divides = op == JBIN_DIV || op == JBIN_FLOORDIV || op == JBIN_MOD;
    bool small = a.type != J_BIGINT && b.type != J_BIGINT;
    if (divides && b.type != J_BIGINT && small_int(b) == 0) {
        return zero_division(op, false);
    }
    if (small && small_binary(op, small_int(a), small_int(b), out)) {
        return NULL;
    }
    bool negative = b.type == J_BIGINT ? mpz_sgn(((JBigint *)b.obj)->z) < 0 : small_int(b) < 0;
    if (op == JBIN_POW && negative) {
        bool known = false;
        double x = 0, y = 0;
        TRY(jto_double(a, &known, &x));
        TRY(jto_double(b, &known, &y));
        return float_binary(op, x, y, out);
    }
    return big_binary(s, op, a, b, out);
}

/* ---- Float arithmetic ---- */

/* Quotient and remainder as Python's: the remainder has the sign of the divisor. */
static double float_divmod(double a, double b, double *out_rest)
{
    double rest = fmod(a, b);
    double quotient = (a - rest) / b;
    if (rest != 0) {
        if ((b < 0) != (rest < 0)) {
            rest += b;
            quotient -= 1;
        }
    } else {
        rest = copysign(0.0, b);
    }
    *out_rest = rest;
    if (quotient == 0) {
        return copysign(0.0, a / b);
    }
    double floored = floor(quotient);
    return quotient - floored > 0.5 ? floored + 1 : floored;
}

static Error *float_power(double a, double b, JValue *out)
{
    if (a == 0 && b < 0) {
        return jraise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
    }
    if (a < 0 && isfinite(a) && isfinite(b) && floor(b) != b) {
        return jraise("ValueError", "a negative number to a fractional power is complex");
    }
    double result = pow(a, b);
    if (isinf(result) && isfinite(a) && isfinite(b)) {
        return jraise("OverflowError", "(34, 'Numerical result out of range')");
    }
    *out = jfloat(result);
    return NULL;
}

static Error *float_binary(JBinaryOp op, double a, double b, JValue *out)
{
    double rest = 0;
    if (b == 0 && (op == JBIN_DIV || op == JBIN_FLOORDIV || op == JBIN_MOD)) {
        return zero_division(op, true);
    }
    switch (op) {
    case JBIN_ADD:
        *out = jfloat(a + b);
        return NULL;
    case JBIN_SUB:
        *out = jfloat(a - b);
        return NULL;
    case JBIN_MUL:
        *out = jfloat(a * b);
        return NULL;
    case JBIN_DIV:
        *out = jfloat(a / b);
        return NULL;
    case JBIN_FLOORDIV:
        *out = jfloat(float_divmod(a, b, &rest));
        return NULL;
    case JBIN_MOD:
        float_divmod(a, b, &rest);
        *out = jfloat(rest);
        return NULL;
    case JBIN_POW:
        return float_power(a, b, out);
    }
    return NULL;
}

/* ---- Any operands ---- */

static const char *const op_texts[] = {
#define X(name, text) text,
    JBINARY_OPS(X)
#undef X
};

static Error *host_binary(JinjaState *s, JBinaryOp op, JValue a, JValue b, JValue *out)
{
    JHost *left = a.type == J_HOST ? (JHost *)a.obj : NULL;
    JHost *right = b.type == J_HOST ? (JHost *)b.obj : NULL;
    *out = JMISSING;
    if (left != NULL && left->class->binary != NULL) {
        TRY(left->class->binary(s, left, op_texts[op], b, false, out));
    }
    if (jis_absent(*out) && right != NULL && right->class->binary != NULL) {
        TRY(right->class->binary(s, right, op_texts[op], a, true, out));
    }
    return NULL;
}

static Error *unsupported(JBinaryOp op, JValue a, JValue b)
{
    return jraise("TypeError", "unsupported operand type(s) for %s: '%s' and '%s'",
                  op == JBIN_POW ? "** or pow()" : op_texts[op], jtype_name(a), jtype_name(b));
}

Error *jbinary(JinjaState *s, JBinaryOp op, JValue a, JValue b, JValue *out)
{
    if (jis_number(a) && jis_number(b)) {
        if (a.type != J_FLOAT && b.type != J_FLOAT) {
            return int_binary(s, op, a, b, out);
        }
        bool known = false;
        double x = 0, y = 0;
        TRY(jto_double(a, &known, &x));
        TRY(jto_double(b, &known, &y));
        return float_binary(op, x, y, out);
    }
    JValue result = JMISSING;
    /* "%" formats before it looks at the right side, even an undefined one. */
    if (a.type == J_STR && op == JBIN_MOD) {
        return jformat_percent(s, a.str, b, out);
    }
    if (a.type == J_UNDEFINED || b.type == J_UNDEFINED) {
        TRY(jundefined_error(a.type == J_UNDEFINED ? a : b));
        return unsupported(op, a, b);
    }
    TRY(host_binary(s, op, a, b, &result));
    if (jis_absent(result)) {
        TRY(jsequence_binary(s, op, a, b, &result));
    }
    if (jis_absent(result)) {
        return unsupported(op, a, b);
    }
    *out = result;
    return NULL;
}

JValue jint_negate(JHeap *heap, JValue value)
{
    if (value.type != J_BIGINT && small_int(value) != INT64_MIN) {
        return jint(-small_int(value));
    }
    mpz_t z;
    load(z, value);
    mpz_neg(z, z);
    JValue result = jbigint_value(heap, z);
    mpz_clear(z);
    return result;
}

Error *jnegate(JinjaState *s, JValue value, JValue *out)
{
    if (value.type == J_FLOAT) {
        *out = jfloat(-value.f);
        return NULL;
    }
    if (jis_integer(value)) {
        *out = jint_negate(jinja_heap(s), value);
        return NULL;
    }
    if (value.type == J_UNDEFINED) {
        TRY(jundefined_error(value));
    }
    JValue result = JMISSING;
    if (value.type == J_HOST && ((JHost *)value.obj)->class->binary != NULL) {
        JHost *host = (JHost *)value.obj;
        TRY(host->class->binary(s, host, "neg", JMISSING, false, &result));
    }
    if (jis_absent(result)) {
        return jraise("TypeError", "bad operand type for unary -: '%s'", jtype_name(value));
    }
    *out = result;
    return NULL;
}

Error *jpositive(JinjaState *s, JValue value, JValue *out)
{
    (void)s;
    if (value.type == J_UNDEFINED) {
        TRY(jundefined_error(value));
    }
    if (!jis_number(value) && value.type != J_HOST) {
        return jraise("TypeError", "bad operand type for unary +: '%s'", jtype_name(value));
    }
    *out = value.type == J_BOOL ? jint(value.b) : value;
    return NULL;
}
