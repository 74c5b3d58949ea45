#include "base/limits.h"
#include "jinja/decimal_number.h"
#include "jinja/format.h"
#include "transform/python/modules.h"

/* Python's decimal.Decimal for templates. The object holds the text of the number, which is what is
 * asked for most; it is read again to compute with it. */

static const JHostClass decimal_class;

static Str text_of(const JHost *self)
{
    return jtext(self->value);
}

static Decimal read_self(const JHost *self)
{
    Decimal decimal = decimal_new();
    (void)decimal_parse(text_of(self), &decimal); /* it was made from a number */
    return decimal;
}

static JValue new_object(JHeap *heap, const Decimal *decimal)
{
    AUTO_FREE(arena) Arena *arena = arena_new("decimal");
    JValue host = jhost_new(heap, &decimal_class, NULL);
    ((JHost *)host.obj)->value = jstr_value(heap, decimal_text(decimal, arena));
    return host;
}

bool python_decimal_new(JHeap *heap, Str text, JValue *out)
{
    AUTO_DONE(decimal) Decimal decimal = decimal_new();
    bool is_number = decimal_parse(text, &decimal);
    *out = is_number ? new_object(heap, &decimal) : JNONE;
    return is_number;
}

bool python_decimal_of(JValue value, Str *out_text)
{
    const JHost *self = jhost_as(value, &decimal_class);
    *out_text = self != NULL ? text_of(self) : (Str){0};
    return self != NULL;
}

/* What decimals compute with: integers and each other; `with_floats` also floats, exactly. */
static bool read_operand(JValue value, bool with_floats, Decimal *out)
{
    const JHost *decimal = jhost_as(value, &decimal_class);
    if (decimal != NULL) {
        return decimal_parse(text_of(decimal), out);
    }
    if (value.type == J_FLOAT && with_floats) {
        decimal_set_double(value.f, out);
        return true;
    }
    if (value.type == J_BIGINT) {
        decimal_set_integer(((const JBigint *)value.obj)->z, out);
        return true;
    }
    int64_t small = 0;
    if (!jto_int64(value, &small)) {
        return false;
    }
    out->negative = small < 0;
    mpz_set_si(out->digits, small);
    mpz_abs(out->digits, out->digits);
    return true;
}

/* ---- Comparing ---- */

static bool decimal_truth(JHost *self)
{
    AUTO_DONE(decimal) Decimal decimal = read_self(self);
    return decimal.kind != DECIMAL_FINITE || mpz_sgn(decimal.digits) != 0;
}

static bool decimal_equal(JHost *self, JValue other)
{
    AUTO_DONE(decimal) Decimal mine = read_self(self);
    AUTO_DONE(decimal) Decimal theirs = decimal_new();
    return read_operand(other, true, &theirs) && mine.kind != DECIMAL_NAN &&
           theirs.kind != DECIMAL_NAN && decimal_compare(&mine, &theirs) == 0;
}

/* As jhash() does it. */
static uint64_t hash_of(double number)
{
    if (number >= -0x1p63 && number < 0x1p63 && (double)(int64_t)number == number) {
        return (uint64_t)(int64_t)number;
    }
    uint64_t bits = 0;
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

/* That of the int or float that it is equal to. */
static uint64_t decimal_hash(JHost *self)
{
    AUTO_DONE(decimal) Decimal decimal = read_self(self);
    return hash_of(decimal_to_double(&decimal));
}

static Error *decimal_order(JinjaState *s, JHost *self, JValue other, JCompareOp op,
                            bool *out_known, bool *out)
{
    AUTO_DONE(decimal) Decimal mine = read_self(self);
    AUTO_DONE(decimal) Decimal theirs = decimal_new();
    *out_known = read_operand(other, true, &theirs);
    if (!*out_known) {
        return NULL;
    }
    if (mine.kind == DECIMAL_NAN || theirs.kind == DECIMAL_NAN) {
        return jraise("decimal.InvalidOperation",
                      "comparison involving NaN [<class 'decimal.InvalidOperation'>]");
    }
    return jcompare(s, op, jint(decimal_compare(&mine, &theirs)), jint(0), out);
}

/* ---- Computing ---- */

static Error *decimal_binary(JinjaState *s, JHost *self, const char *op, JValue other,
                             bool reflected, JValue *out)
{
    AUTO_DONE(decimal) Decimal mine = read_self(self);
    AUTO_DONE(decimal) Decimal theirs = decimal_new();
    AUTO_DONE(decimal) Decimal result = decimal_new();
    *out = JMISSING;
    if (strcmp(op, "neg") == 0) {
        mine.negative =
            !mine.negative && (mine.kind != DECIMAL_FINITE || mpz_sgn(mine.digits) != 0);
        *out = new_object(jinja_heap(s), &mine);
        return NULL;
    }
    if (!read_operand(other, false, &theirs)) {
        return NULL;
    }
    const Decimal *left = reflected ? &theirs : &mine, *right = reflected ? &mine : &theirs;
    if (strcmp(op, "**") == 0) {
        AUTO_DONE(decimal) Decimal whole = decimal_new();
        decimal_normalize(right, &whole);
        bool is_whole = whole.kind == DECIMAL_FINITE && whole.exponent >= 0 &&
                        whole.exponent < DECIMAL_PRECISION;
        if (is_whole) {
            decimal_to_integer(right, whole.digits);
        }
        if (!is_whole || mpz_fits_slong_p(whole.digits) == 0) {
            return NULL;
        }
        TRY(decimal_power(left, mpz_get_si(whole.digits), &result));
    } else {
        TRY(decimal_compute(strcmp(op, "//") == 0 ? '|' : op[0], left, right, &result));
    }
    *out = new_object(jinja_heap(s), &result);
    return NULL;
}

static Error *to_integer(JinjaState *s, const Decimal *decimal, JValue *out)
{
    if (decimal->kind == DECIMAL_NAN) {
        return jraise("ValueError", "cannot convert NaN to integer");
    }
    if (decimal->kind == DECIMAL_INFINITE || decimal->exponent > LIMIT_INTEGER_BITS / 4) {
        return jraise("OverflowError", "cannot convert Infinity to integer");
    }
    AUTO_DONE(decimal) Decimal whole = decimal_new();
    decimal_to_integer(decimal, whole.digits);
    *out = jbigint_value(jinja_heap(s), whole.digits);
    return NULL;
}

static Error *decimal_convert(JinjaState *s, JHost *self, JConversion to, JValue digits,
                              JValue *out)
{
    AUTO_DONE(decimal) Decimal decimal = read_self(self);
    AUTO_DONE(decimal) Decimal rounded = decimal_new();
    int64_t places = 0;
    switch (to) {
    case JCONV_FLOAT:
        *out = jfloat(decimal_to_double(&decimal));
        return NULL;
    case JCONV_ABS:
        decimal.negative = false;
        *out = new_object(jinja_heap(s), &decimal);
        return NULL;
    case JCONV_INT:
        return to_integer(s, &decimal, out);
    case JCONV_ROUND:
        break;
    }
    if (jis_absent(digits) || digits.type == J_NONE) {
        TRY(decimal_quantize(&decimal, 0, &rounded));
        return to_integer(s, &rounded, out);
    }
    if (!jto_int64(digits, &places) || places > DECIMAL_EXPONENT_MAX ||
        places < -DECIMAL_EXPONENT_MAX) {
        return jraise("TypeError", "Second arg to round should be integral");
    }
    TRY(decimal_quantize(&decimal, -places, &rounded));
    *out = new_object(jinja_heap(s), &rounded);
    return NULL;
}

/* ---- Texts ---- */

static Error *decimal_str(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    strbuf_add(out, text_of(self));
    return NULL;
}

static Error *decimal_repr(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    strbuf_printf(out, "Decimal('" STR_FMT "')", STR_ARG(text_of(self)));
    return NULL;
}

/* Without a type and for f, F and %: the digits themselves. What has an exponent is written as that
 * of a float. */
static Error *decimal_format(JinjaState *s, JHost *self, Str text_spec, StrBuf *out)
{
    AUTO_DONE(decimal) Decimal decimal = read_self(self);
    AUTO_DONE(decimal) Decimal rounded = decimal_new();
    FormatSpec spec;
    TRY(format_read_spec(text_spec, jobj(self), '\0', &spec));
    uint32_t type = spec.type;
    bool is_fixed = type == 'f' || type == 'F' || type == '%';
    if ((!is_fixed && (type != 0 || spec.precision != FORMAT_NO_PRECISION)) ||
        decimal.kind != DECIMAL_FINITE) {
        return format_value(s, jfloat(decimal_to_double(&decimal)), text_spec, out);
    }
    decimal.exponent += type == '%' ? 2 : 0;
    if (spec.precision != FORMAT_NO_PRECISION) {
        TRY(decimal_quantize(&decimal, -spec.precision, &rounded));
    } else {
        TRY(decimal_quantize(&decimal, decimal.exponent > 0 ? 0 : decimal.exponent, &rounded));
    }
    Str shown = decimal_text(&rounded, jinja_scratch(s)), whole = shown, places = {0};
    bool negative = rounded.negative;
    NumberParts parts = {.negative = negative, .digits = str_from_offset(shown, negative)};
    if (str_cut(parts.digits, '.', &whole, &places)) {
        parts.rest = str_from_offset(parts.digits, whole.len);
        parts.digits = whole;
    }
    if (type == '%') {
        parts.rest = str_join(jinja_scratch(s), (const Str[]){parts.rest, STR("%")}, 2, STR(""));
    }
    enum { GROUP = 3 };
    return format_number(&parts, &spec, GROUP, out);
}

/* ---- Methods ---- */

static Error *method_quantize(JinjaState *s, const JCall *call, JValue *out)
{
    AUTO_DONE(decimal) Decimal decimal = read_self((const JHost *)call->args[0].obj);
    AUTO_DONE(decimal) Decimal like = decimal_new();
    AUTO_DONE(decimal) Decimal result = decimal_new();
    if (!read_operand(call->args[1], false, &like)) {
        return jraise("TypeError", "conversion from %s to Decimal is not supported",
                      jtype_name(call->args[1]));
    }
    TRY(decimal_quantize(&decimal, like.exponent, &result));
    *out = new_object(jinja_heap(s), &result);
    return NULL;
}

static Error *method_normalize(JinjaState *s, const JCall *call, JValue *out)
{
    AUTO_DONE(decimal) Decimal decimal = read_self((const JHost *)call->args[0].obj);
    AUTO_DONE(decimal) Decimal result = decimal_new();
    decimal_normalize(&decimal, &result);
    *out = new_object(jinja_heap(s), &result);
    return NULL;
}

static Error *method_integral(JinjaState *s, const JCall *call, JValue *out)
{
    AUTO_DONE(decimal) Decimal decimal = read_self((const JHost *)call->args[0].obj);
    AUTO_DONE(decimal) Decimal result = decimal_new();
    TRY(decimal_quantize(&decimal, decimal.exponent > 0 ? decimal.exponent : 0, &result));
    *out = new_object(jinja_heap(s), &result);
    return NULL;
}

static Error *method_is(const JCall *call, DecimalKind kind, JValue *out)
{
    AUTO_DONE(decimal) Decimal decimal = read_self((const JHost *)call->args[0].obj);
    *out = jbool(decimal.kind == kind);
    return NULL;
}

static Error *method_is_nan(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return method_is(call, DECIMAL_NAN, out);
}

static Error *method_is_infinite(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return method_is(call, DECIMAL_INFINITE, out);
}

static Error *method_is_finite(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return method_is(call, DECIMAL_FINITE, out);
}

static Error *method_is_zero(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = jbool(!decimal_truth((JHost *)call->args[0].obj));
    return NULL;
}

static Error *method_is_signed(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    AUTO_DONE(decimal) Decimal decimal = read_self((const JHost *)call->args[0].obj);
    *out = jbool(decimal.negative);
    return NULL;
}

static const JBuiltin decimal_methods[] = {
    {"quantize", method_quantize, 2, 2, "self exp", 0, NULL},
    {"normalize", method_normalize, 1, 1, NULL, 0, NULL},
    {"to_integral_value", method_integral, 1, 1, NULL, 0, NULL},
    {"to_integral", method_integral, 1, 1, NULL, 0, NULL},
    {"is_nan", method_is_nan, 1, 1, NULL, 0, NULL},
    {"is_infinite", method_is_infinite, 1, 1, NULL, 0, NULL},
    {"is_finite", method_is_finite, 1, 1, NULL, 0, NULL},
    {"is_zero", method_is_zero, 1, 1, NULL, 0, NULL},
    {"is_signed", method_is_signed, 1, 1, NULL, 0, NULL},
    {0},
};

static Error *decimal_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(decimal_methods, jstr_str(name));
    *out = method != NULL ? jfunction_new(jinja_heap(s), method, jobj(self)) : JMISSING;
    return NULL;
}

static const JHostClass decimal_class = {
    .name = "decimal.Decimal",
    .get_attr = decimal_get_attr,
    .truth = decimal_truth,
    .equal = decimal_equal,
    .hash = decimal_hash,
    .compare = decimal_order,
    .binary = decimal_binary,
    .convert = decimal_convert,
    .format = decimal_format,
    .str = decimal_str,
    .repr = decimal_repr,
    .is_number = true,
};
