/* PostgreSQL's numeric as it travels: digits of base 10000, the first one worth 10000^weight. */
#include "source/postgres/postgres_internal.h"

enum {
    HEAD_BYTES = 8, /* number of digits, weight, sign, shown scale; 2 bytes each */
    BASE = 10000,
    BASE_DIGITS = 4,
    NEGATIVE = 0x4000,
    NOT_A_NUMBER = 0xC000,
    INFINITE = 0xD000,
    INFINITE_NEGATIVE = 0xF000,
    DIGITS_MAX = 38,
};

static Int128 largest(void)
{
    Int128 value = 1;
    for (int i = 0; i < DIGITS_MAX; i++) {
        value *= 10;
    }
    return value - 1;
}

static Error *too_large(void)
{
    return error_hint(error_new(ERR_INPUT, "the number has more than 38 digits"),
                      "leave the column out with 'excluded_columns', or read a view that has it as "
                      "text");
}

static Error *no_decimal(const char *what)
{
    return error_hint(error_new(ERR_INPUT, "%s is no decimal", what),
                      "correct the value, or leave the column out with 'excluded_columns'");
}

static Error *check_sign(unsigned sign)
{
    switch (sign) {
    case 0:
    case NEGATIVE:
        return NULL;
    case NOT_A_NUMBER:
        return no_decimal("NaN");
    case INFINITE:
    case INFINITE_NEGATIVE:
        return no_decimal("infinity");
    default:
        return error_new(ERR_SOURCE, "a number with the unknown sign %#x", sign);
    }
}

/* value * factor + more, at most 38 digits. */
static bool advance(Int128 *value, int factor, int more)
{
    Int128 most = largest();
    if (*value > (most - more) / factor) {
        return false;
    }
    *value = *value * factor + more;
    return true;
}

/* Those decimal digits of one digit of base 10000 that the scale keeps: 0 to 4 of them. The first
 * one that it does not keep rounds. */
static bool add_part(Int128 *value, unsigned digit, int kept, bool *out_rounds)
{
    static const int powers[] = {1, 10, 100, 1000, BASE};
    int cut = powers[BASE_DIGITS - kept];
    *out_rounds = kept < BASE_DIGITS && (int)digit % cut >= cut / 2 && cut > 1;
    return advance(value, powers[kept], (int)digit / cut);
}

Error *postgres_numeric(Str bytes, unsigned scale, Int128 *out)
{
    size_t count = bytes.len >= HEAD_BYTES ? read_u16(bytes.data) : 0;
    if (bytes.len != HEAD_BYTES + 2 * count || scale > DIGITS_MAX) {
        return error_new(ERR_SOURCE, "a number of %zu bytes is malformed", bytes.len);
    }
    int weight = (int16_t)read_u16(bytes.data + 2);
    unsigned sign = read_u16(bytes.data + 4);
    TRY(check_sign(sign));
    Int128 value = 0;
    bool rounds = false;
    /* Decimal digits still wanted from here on, before and after the point. */
    int wanted = (weight + 1) * BASE_DIGITS + (int)scale;
    for (size_t i = 0; i < count && wanted >= 0; i++, wanted -= BASE_DIGITS) {
        unsigned digit = read_u16(bytes.data + HEAD_BYTES + 2 * i);
        if (digit >= BASE) {
            return error_new(ERR_SOURCE, "a number with the digit %u of base 10000", digit);
        }
        if (!add_part(&value, digit, wanted < BASE_DIGITS ? wanted : BASE_DIGITS, &rounds)) {
            return too_large();
        }
    }
    for (; wanted > 0 && value > 0; wanted--) {
        if (!advance(&value, 10, 0)) {
            return too_large();
        }
    }
    if (rounds && !advance(&value, 1, 1)) {
        return too_large();
    }
    *out = sign == NEGATIVE ? -value : value;
    return NULL;
}
