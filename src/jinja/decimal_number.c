#include "jinja/decimal_number.h"

#include <math.h>

#include "base/limits.h"
#include "base/number.h"
#include "jinja/jinja.h"

enum { TEN = 10, GUARD_DIGITS = 8, DOUBLE_MANTISSA_BITS = 53 };

void decimal_done(Decimal *decimal)
{
    mpz_clear(decimal->digits);
}

Decimal decimal_new(void)
{
    Decimal decimal = {.kind = DECIMAL_FINITE};
    mpz_init(decimal.digits);
    return decimal;
}

static void set(Decimal *out, const Decimal *from)
{
    out->kind = from->kind;
    out->negative = from->negative;
    out->exponent = from->exponent;
    mpz_set(out->digits, from->digits);
}

static bool is_zero(const Decimal *decimal)
{
    return decimal->kind == DECIMAL_FINITE && mpz_sgn(decimal->digits) == 0;
}

/* How many digits it has; 1 for zero. */
static int64_t digit_count(const mpz_t digits)
{
    size_t count = mpz_sizeinbase(digits, TEN); /* may be one too many */
    if (count <= 1) {
        return 1;
    }
    mpz_t limit;
    mpz_init(limit);
    mpz_ui_pow_ui(limit, TEN, count - 1);
    bool is_less = mpz_cmp(digits, limit) < 0;
    mpz_clear(limit);
    return (int64_t)count - is_less;
}

/* The power of ten of the first digit. */
static int64_t adjusted(const Decimal *decimal)
{
    return decimal->exponent + digit_count(decimal->digits) - 1;
}

static void multiply_by_ten_to(mpz_t digits, int64_t power)
{
    mpz_t factor;
    mpz_init(factor);
    mpz_ui_pow_ui(factor, TEN, (unsigned long)power);
    mpz_mul(digits, digits, factor);
    mpz_clear(factor);
}

/* Drops digits at the end, rounding to the nearest, ties to even. */
static void drop_digits(Decimal *decimal, int64_t count)
{
    mpz_t factor, rest;
    mpz_inits(factor, rest, NULL);
    mpz_ui_pow_ui(factor, TEN, (unsigned long)count);
    mpz_tdiv_qr(decimal->digits, rest, decimal->digits, factor);
    mpz_mul_2exp(rest, rest, 1);
    int half = mpz_cmp(rest, factor);
    if (half > 0 || (half == 0 && mpz_odd_p(decimal->digits))) {
        mpz_add_ui(decimal->digits, decimal->digits, 1);
    }
    decimal->exponent += count;
    mpz_clears(factor, rest, NULL);
}

/* What the context makes of an exact result. */
static Error *finish(Decimal *decimal, int64_t precision)
{
    for (int64_t count; (count = digit_count(decimal->digits)) > precision;) {
        drop_digits(decimal, count - precision);
    }
    if (mpz_sgn(decimal->digits) != 0 && adjusted(decimal) > DECIMAL_EXPONENT_MAX) {
        return jraise("decimal.Overflow",
                      "[<class 'decimal.Overflow'>, <class 'decimal.Rounded'>]");
    }
    if (adjusted(decimal) < -DECIMAL_EXPONENT_MAX) {
        mpz_set_ui(decimal->digits, 0);
        decimal->exponent = -DECIMAL_EXPONENT_MAX;
    }
    return NULL;
}

static Error *invalid(const char *what)
{
    return jraise("decimal.InvalidOperation", "[<class 'decimal.%s'>]", what);
}

/* ---- Texts ---- */

static bool parse_special(Str text, Decimal *out)
{
    bool infinite = str_eq_nocase(text, STR("inf")) || str_eq_nocase(text, STR("infinity"));
    out->kind = infinite ? DECIMAL_INFINITE : DECIMAL_NAN;
    return infinite || str_eq_nocase(text, STR("nan"));
}

static bool are_digits(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return true;
}

bool decimal_parse(Str text, Decimal *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("decimal");
    bool has_sign = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+');
    out->negative = has_sign && text.data[0] == '-';
    Str rest = str_from_offset(text, has_sign);
    if (parse_special(rest, out)) {
        return true;
    }
    size_t e = str_find_char(rest, 'e');
    e = e == SIZE_MAX ? str_find_char(rest, 'E') : e;
    Str number = str_slice(rest, 0, e == SIZE_MAX ? rest.len : e), whole, fraction = {0};
    int64_t exponent = 0;
    if (e != SIZE_MAX) {
        Str power = str_from_offset(rest, e + 1);
        bool has_plus = power.len > 0 && power.data[0] == '+';
        if (!number_parse_int64(str_from_offset(power, has_plus), &exponent)) {
            return false;
        }
    }
    if (!str_cut(number, '.', &whole, &fraction)) {
        whole = number;
        fraction = (Str){0};
    }
    Str digits = str_join(arena, (const Str[]){whole, fraction}, 2, STR(""));
    out->kind = DECIMAL_FINITE;
    out->exponent = exponent - (int64_t)fraction.len;
    bool in_range = exponent <= DECIMAL_EXPONENT_MAX && exponent >= -DECIMAL_EXPONENT_MAX &&
                    digits.len > 0 && digits.len <= LIMIT_INTEGER_BITS / 4;
    return in_range && are_digits(digits) &&
           mpz_set_str(out->digits, str_to_c(arena, digits), TEN) == 0;
}

void decimal_set_integer(const mpz_t integer, Decimal *out)
{
    out->kind = DECIMAL_FINITE;
    out->negative = mpz_sgn(integer) < 0;
    out->exponent = 0;
    mpz_abs(out->digits, integer);
}

void decimal_set_double(double number, Decimal *out)
{
    out->kind = isnan(number) ? DECIMAL_NAN : isinf(number) ? DECIMAL_INFINITE : DECIMAL_FINITE;
    out->negative = signbit(number) != 0;
    out->exponent = 0;
    mpz_set_ui(out->digits, 0);
    if (out->kind != DECIMAL_FINITE || number == 0) {
        return;
    }
    int power = 0;
    double mantissa = ldexp(frexp(fabs(number), &power), DOUBLE_MANTISSA_BITS);
    power -= DOUBLE_MANTISSA_BITS;
    mpz_set_d(out->digits, mantissa);
    for (; power < 0 && mpz_even_p(out->digits); power++) {
        mpz_tdiv_q_2exp(out->digits, out->digits, 1);
    }
    if (power >= 0) {
        mpz_mul_2exp(out->digits, out->digits, (mp_bitcnt_t)power);
        return;
    }
    mpz_t factor; /* m / 2^n is m * 5^n / 10^n */
    mpz_init(factor);
    mpz_ui_pow_ui(factor, 5, (unsigned long)-power);
    mpz_mul(out->digits, out->digits, factor);
    mpz_clear(factor);
    out->exponent = power;
}

Str decimal_text(const Decimal *decimal, Arena *arena)
{
    const char *sign = decimal->negative ? "-" : "";
    if (decimal->kind != DECIMAL_FINITE) {
        return decimal->kind == DECIMAL_NAN ? STR("NaN") : str_printf(arena, "%sInfinity", sign);
    }
    char *buffer = arena_alloc_raw(arena, mpz_sizeinbase(decimal->digits, TEN) + 2);
    Str digits = str_from(mpz_get_str(buffer, TEN, decimal->digits));
    int64_t count = (int64_t)digits.len, left = decimal->exponent + count;
    bool is_plain = decimal->exponent <= 0 && left > -6;
    int64_t point = is_plain ? left : 1;
    StrBuf out = strbuf_init(arena, LIMIT_STRING_BYTES);
    strbuf_add_c(&out, sign);
    if (point <= 0) {
        strbuf_add_c(&out, "0.");
        strbuf_add_repeat(&out, '0', (size_t)-point);
        strbuf_add(&out, digits);
    } else {
        strbuf_add(&out, str_slice(digits, 0, (size_t)point));
        strbuf_add_c(&out, point < count ? "." : "");
        strbuf_add(&out, str_from_offset(digits, (size_t)point));
    }
    if (left != point) {
        strbuf_printf(&out, "E%+lld", (long long)(left - point));
    }
    return strbuf_str(&out);
}

double decimal_to_double(const Decimal *decimal)
{
    AUTO_FREE(arena) Arena *arena = arena_new("decimal");
    double number = (double)NAN;
    if (decimal->kind == DECIMAL_INFINITE) {
        number = HUGE_VAL;
    } else if (decimal->kind == DECIMAL_FINITE) {
        Decimal positive = *decimal;
        positive.negative = false;
        (void)number_parse_double(decimal_text(&positive, arena), &number);
    }
    return decimal->negative ? -number : number;
}

void decimal_to_integer(const Decimal *decimal, mpz_t out)
{
    mpz_set(out, decimal->digits);
    if (decimal->exponent >= 0) {
        multiply_by_ten_to(out, decimal->exponent);
    } else if (-decimal->exponent > digit_count(out)) {
        mpz_set_ui(out, 0);
    } else {
        mpz_t factor;
        mpz_init(factor);
        mpz_ui_pow_ui(factor, TEN, (unsigned long)-decimal->exponent);
        mpz_tdiv_q(out, out, factor);
        mpz_clear(factor);
    }
    if (decimal->negative) {
        mpz_neg(out, out);
    }
}

/* ---- Comparing ---- */

/* Both finite, without their signs. */
static int compare_sizes(const Decimal *a, const Decimal *b)
{
    if (is_zero(a) || is_zero(b)) {
        return mpz_cmp(a->digits, b->digits);
    }
    int64_t first = adjusted(a), second = adjusted(b);
    if (first != second) {
        return first < second ? -1 : 1;
    }
    const Decimal *longer = a->exponent > b->exponent ? a : b;
    mpz_t digits;
    mpz_init_set(digits, longer->digits);
    multiply_by_ten_to(digits, llabs(a->exponent - b->exponent));
    int order = longer == a ? mpz_cmp(digits, b->digits) : mpz_cmp(a->digits, digits);
    mpz_clear(digits);
    return order;
}

static int sign_of(const Decimal *decimal)
{
    return is_zero(decimal) ? 0 : decimal->negative ? -1 : 1;
}

int decimal_compare(const Decimal *a, const Decimal *b)
{
    int first = sign_of(a), second = sign_of(b);
    if (first != second) {
        return first - second;
    }
    bool a_ends = a->kind == DECIMAL_INFINITE, b_ends = b->kind == DECIMAL_INFINITE;
    int order = a_ends || b_ends ? a_ends - b_ends : compare_sizes(a, b);
    return first < 0 ? -order : order;
}

/* ---- Computing ---- */

/* Of two that lie far apart, the smaller one only tells in which direction to round. */
static void bring_closer(Decimal *large, Decimal *small)
{
    int64_t count = digit_count(large->digits);
    int64_t spare = count - DECIMAL_PRECISION - 2;
    int64_t lowest = large->exponent + (spare < -1 ? spare : -1);
    if (!is_zero(small) && adjusted(small) < lowest) {
        mpz_set_ui(small->digits, 1);
        small->exponent = lowest;
    }
    multiply_by_ten_to(large->digits, large->exponent - small->exponent);
    large->exponent = small->exponent;
}

static void align(Decimal *a, Decimal *b)
{
    if (a->exponent > b->exponent) {
        bring_closer(a, b);
    } else if (b->exponent > a->exponent) {
        bring_closer(b, a);
    }
}

static Error *add(const Decimal *a, const Decimal *b, Decimal *out)
{
    AUTO_DONE(decimal) Decimal first = decimal_new();
    AUTO_DONE(decimal) Decimal second = decimal_new();
    set(&first, a);
    set(&second, b);
    if (is_zero(a) || is_zero(b)) {
        int64_t lowest = a->exponent < b->exponent ? a->exponent : b->exponent;
        Decimal *only = is_zero(a) ? &second : &first;
        int64_t room = only->exponent - DECIMAL_PRECISION - 1;
        lowest = is_zero(only) ? lowest : lowest > room ? lowest : room;
        Decimal *none = only == &first ? &second : &first;
        none->exponent = lowest;
        if (is_zero(only)) {
            only->exponent = lowest;
        }
    }
    align(&first, &second);
    if (first.negative) {
        mpz_neg(first.digits, first.digits);
    }
    if (second.negative) {
        mpz_neg(second.digits, second.digits);
    }
    mpz_add(out->digits, first.digits, second.digits);
    out->exponent = first.exponent;
    out->negative =
        mpz_sgn(out->digits) < 0 || (mpz_sgn(out->digits) == 0 && a->negative && b->negative);
    mpz_abs(out->digits, out->digits);
    return finish(out, DECIMAL_PRECISION);
}

static Error *divide_by_zero(const Decimal *a)
{
    return is_zero(a) ? invalid("DivisionUndefined")
                      : jraise("decimal.DivisionByZero", "[<class 'decimal.DivisionByZero'>]");
}

static Error *divide(const Decimal *a, const Decimal *b, Decimal *out)
{
    if (is_zero(b)) {
        return divide_by_zero(a);
    }
    int64_t ideal = a->exponent - b->exponent;
    int64_t shift = digit_count(b->digits) - digit_count(a->digits) + DECIMAL_PRECISION + 1;
    mpz_t rest, divisor;
    mpz_init(rest);
    mpz_init_set(divisor, b->digits);
    mpz_set(out->digits, a->digits);
    if (shift >= 0) {
        multiply_by_ten_to(out->digits, shift);
    } else {
        multiply_by_ten_to(divisor, -shift);
    }
    mpz_tdiv_qr(out->digits, rest, out->digits, divisor);
    out->exponent = ideal - shift;
    if (is_zero(a)) {
        out->exponent = ideal;
    } else if (mpz_sgn(rest) != 0) {
        /* what is cut off must not look like a tie */
        mpz_add_ui(out->digits, out->digits, mpz_divisible_ui_p(out->digits, 5) ? 1 : 0);
    } else {
        for (; out->exponent < ideal && mpz_divisible_ui_p(out->digits, TEN); out->exponent++) {
            mpz_divexact_ui(out->digits, out->digits, TEN);
        }
    }
    mpz_clears(rest, divisor, NULL);
    return finish(out, DECIMAL_PRECISION);
}

/* `op` is '|' for the whole quotient, '%' for what remains. */
static Error *divide_whole(char op, const Decimal *a, const Decimal *b, Decimal *out)
{
    if (is_zero(b)) {
        return op == '%' && !is_zero(a) ? invalid("InvalidOperation") : divide_by_zero(a);
    }
    if (!is_zero(a) && adjusted(a) - adjusted(b) > DECIMAL_PRECISION) {
        return invalid("DivisionImpossible");
    }
    AUTO_DONE(decimal) Decimal rest = decimal_new();
    AUTO_DONE(decimal) Decimal divisor = decimal_new();
    set(&rest, a);
    set(&divisor, b);
    int64_t lowest = a->exponent < b->exponent ? a->exponent : b->exponent;
    bool is_smaller = compare_sizes(a, b) < 0;
    if (!is_smaller) {
        multiply_by_ten_to(rest.digits, a->exponent - lowest);
        multiply_by_ten_to(divisor.digits, b->exponent - lowest);
        mpz_tdiv_qr(out->digits, rest.digits, rest.digits, divisor.digits);
        rest.exponent = lowest;
        if (digit_count(out->digits) > DECIMAL_PRECISION) {
            return invalid("DivisionImpossible");
        }
    }
    out->exponent = 0;
    if (op == '%') {
        set(out, &rest);
        out->negative = a->negative;
    }
    return finish(out, DECIMAL_PRECISION);
}

/* With a NaN or an infinite operand. False: not the case. */
static bool compute_special(char op, const Decimal *a, const Decimal *b, Decimal *out, Error **err)
{
    *err = NULL;
    if (a->kind == DECIMAL_NAN || b->kind == DECIMAL_NAN) {
        out->kind = DECIMAL_NAN;
        out->negative = false;
        return true;
    }
    bool a_ends = a->kind == DECIMAL_INFINITE, b_ends = b->kind == DECIMAL_INFINITE;
    if (!a_ends && !b_ends) {
        return false;
    }
    bool clash = op == '+'   ? a_ends && b_ends && a->negative != b->negative
                 : op == '*' ? is_zero(a) || is_zero(b)
                 : op == '%' ? a_ends
                             : a_ends && b_ends;
    *err = clash ? invalid("InvalidOperation") : NULL;
    bool keeps = op == '+' || op == '%' || op == '*';
    out->kind = a_ends || op == '+' || op == '*' ? DECIMAL_INFINITE : DECIMAL_FINITE;
    out->negative = op == '+' ? (a_ends ? a : b)->negative : a->negative != b->negative;
    if (keeps && op == '%' && !clash) {
        set(out, a);
    }
    return true;
}

Error *decimal_compute(char op, const Decimal *a, const Decimal *b, Decimal *out)
{
    Error *err = NULL;
    Decimal other = *b; /* shares the digits, which do not change */
    other.negative = op == '-' ? !b->negative : b->negative;
    op = op == '-' ? '+' : op;
    out->kind = DECIMAL_FINITE;
    if (compute_special(op, a, &other, out, &err)) {
        return err;
    }
    out->negative = a->negative != other.negative;
    switch (op) {
    case '+':
        return add(a, &other, out);
    case '*':
        mpz_mul(out->digits, a->digits, b->digits);
        out->exponent = a->exponent + b->exponent;
        return finish(out, DECIMAL_PRECISION);
    case '/':
        return divide(a, b, out);
    default:
        return divide_whole(op, a, b, out);
    }
}

Error *decimal_power(const Decimal *base, int64_t exponent, Decimal *out)
{
    AUTO_DONE(decimal) Decimal square = decimal_new();
    AUTO_DONE(decimal) Decimal result = decimal_new();
    if (base->kind != DECIMAL_FINITE || (is_zero(base) && exponent <= 0)) {
        return invalid("InvalidOperation");
    }
    set(&square, base);
    mpz_set_ui(result.digits, 1);
    result.negative = base->negative && exponent % 2 != 0;
    for (uint64_t rest = exponent < 0 ? 0 - (uint64_t)exponent : (uint64_t)exponent; rest > 0;) {
        if (rest % 2 != 0) {
            mpz_mul(result.digits, result.digits, square.digits);
            result.exponent += square.exponent;
            TRY(finish(&result, DECIMAL_PRECISION + GUARD_DIGITS));
        }
        rest /= 2;
        if (rest > 0) {
            mpz_mul(square.digits, square.digits, square.digits);
            square.exponent *= 2;
            TRY(finish(&square, DECIMAL_PRECISION + GUARD_DIGITS));
        }
    }
    if (exponent < 0) {
        AUTO_DONE(decimal) Decimal one = decimal_new();
        mpz_set_ui(one.digits, 1);
        return decimal_compute('/', &one, &result, out);
    }
    set(out, &result);
    return finish(out, DECIMAL_PRECISION);
}

Error *decimal_quantize(const Decimal *value, int64_t exponent, Decimal *out)
{
    set(out, value);
    if (value->kind != DECIMAL_FINITE) {
        return NULL;
    }
    int64_t room = DECIMAL_PRECISION;
    if (!is_zero(value) && adjusted(value) - exponent + 1 > room) {
        return invalid("InvalidOperation");
    }
    if (value->exponent >= exponent || is_zero(value)) {
        multiply_by_ten_to(out->digits, is_zero(value) ? 0 : value->exponent - exponent);
        out->exponent = exponent;
    } else if (exponent - value->exponent > digit_count(value->digits)) {
        mpz_set_ui(out->digits, 0);
        out->exponent = exponent;
    } else {
        drop_digits(out, exponent - value->exponent);
    }
    return digit_count(out->digits) > room ? invalid("InvalidOperation") : NULL;
}

void decimal_normalize(const Decimal *value, Decimal *out)
{
    set(out, value);
    if (is_zero(value)) {
        out->exponent = 0;
    }
    for (; !is_zero(out) && out->kind == DECIMAL_FINITE && mpz_divisible_ui_p(out->digits, TEN);
         out->exponent++) {
        mpz_divexact_ui(out->digits, out->digits, TEN);
    }
}
