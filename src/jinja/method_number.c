#include <math.h>

#include "jinja/builtin.h"

/* The int as a GMP number, to be cleared. */
static void load(mpz_t z, JValue integer)
{
    if (integer.type == J_BIGINT) {
        mpz_init_set(z, ((JBigint *)integer.obj)->z);
    } else {
        mpz_init_set_si(z, integer.type == J_BOOL ? (long)integer.b : integer.i);
    }
}

/* The value itself, a bool as an int. */
static Error *number_self(JinjaState *s, const JCall *call, JValue *out)
{
    return jpositive(s, call->args[0], out);
}

/* ---- int ---- */

static Error *int_bit_length(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    mpz_t z;
    load(z, call->args[0]);
    *out = jint(mpz_sgn(z) == 0 ? 0 : (int64_t)mpz_sizeinbase(z, 2));
    mpz_clear(z);
    return NULL;
}

static Error *int_bit_count(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    mpz_t z;
    load(z, call->args[0]);
    mpz_abs(z, z);
    *out = jint((int64_t)mpz_popcount(z));
    mpz_clear(z);
    return NULL;
}

static Error *int_as_integer_ratio(JinjaState *s, const JCall *call, JValue *out)
{
    JValue whole = JNONE;
    TRY(jpositive(s, call->args[0], &whole));
    *out = jtuple_pair(jinja_heap(s), whole, jint(1));
    return NULL;
}

static Error *int_is_integer(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = jbool(true);
    return NULL;
}

static Error *int_zero(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = jint(0);
    return NULL;
}

static Error *int_one(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = jint(1);
    return NULL;
}

const JBuiltin jinja_int_methods[] = {
    {"as_integer_ratio", int_as_integer_ratio, 1, 1, NULL, 0, NULL},
    {"bit_count", int_bit_count, 1, 1, NULL, 0, NULL},
    {"bit_length", int_bit_length, 1, 1, NULL, 0, NULL},
    {"conjugate", number_self, 1, 1, NULL, 0, NULL},
    {"denominator", int_one, 1, 1, NULL, JB_PROPERTY, NULL},
    {"imag", int_zero, 1, 1, NULL, JB_PROPERTY, NULL},
    {"is_integer", int_is_integer, 1, 1, NULL, 0, NULL},
    {"numerator", number_self, 1, 1, NULL, JB_PROPERTY, NULL},
    {"real", number_self, 1, 1, NULL, JB_PROPERTY, NULL},
    {0},
};

/* ---- float ---- */

static Error *float_is_integer(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    double value = call->args[0].f;
    *out = jbool(isfinite(value) && floor(value) == value);
    return NULL;
}

static Error *float_as_integer_ratio(JinjaState *s, const JCall *call, JValue *out)
{
    double value = call->args[0].f;
    if (!isfinite(value)) {
        return isnan(value) ? jraise("ValueError", "cannot convert NaN to integer ratio")
                            : jraise("OverflowError", "cannot convert Infinity to integer ratio");
    }
    mpq_t ratio;
    mpq_init(ratio);
    mpq_set_d(ratio, value);
    JValue numerator = jbigint_value(jinja_heap(s), mpq_numref(ratio));
    JValue denominator = jbigint_value(jinja_heap(s), mpq_denref(ratio));
    mpq_clear(ratio);
    *out = jtuple_pair(jinja_heap(s), numerator, denominator);
    return NULL;
}

/* "0x1.8000000000000p+0": always 13 digits, unlike printf's %a. */
static Error *float_hex(JinjaState *s, const JCall *call, JValue *out)
{
    double value = call->args[0].f;
    JBuild build = jbuild_begin(s);
    if (!isfinite(value)) {
        strbuf_add_c(&build.buf, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    } else if (value == 0) {
        strbuf_add_c(&build.buf, signbit(value) ? "-0x0.0p+0" : "0x0.0p+0");
    } else {
        strbuf_printf(&build.buf, "%.13a", value);
    }
    return jbuild_take(s, &build, out);
}

static Error *float_zero(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = jfloat(0.0);
    return NULL;
}

const JBuiltin jinja_float_methods[] = {
    {"as_integer_ratio", float_as_integer_ratio, 1, 1, NULL, 0, NULL},
    {"conjugate", number_self, 1, 1, NULL, 0, NULL},
    {"hex", float_hex, 1, 1, NULL, 0, NULL},
    {"imag", float_zero, 1, 1, NULL, JB_PROPERTY, NULL},
    {"is_integer", float_is_integer, 1, 1, NULL, 0, NULL},
    {"real", number_self, 1, 1, NULL, JB_PROPERTY, NULL},
    {0},
};
