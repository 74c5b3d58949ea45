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

/* Those decimal digits of one digit of base 10000 that the scale keeps: 0 to 4 of them. The first
 * one that it does not keep rounds. */
static Int128 add_part(Int128 value, int digit, int kept, bool *out_rounds)
{
    static const int powers[] = {1, 10, 100, 1000, BASE};
    int cut = powers[BASE_DIGITS - kept];
    *out_rounds = cut > 1 && digit % cut >= cut / 2;
    return value * powers[kept] + digit / cut;
}

static int count_digits(unsigned digit)
{
    return digit >= 1000 ? 4 : digit >= 100 ? 3 : digit >= 10 ? 2 : digit > 0 ? 1 : 0;
}

/* The digits of a number of which `wanted` decimal ones count, from the first on: those before the
 * point, zeros in front of the first included, and those of the scale. There are at most
 * DIGITS_MAX. */
static Error *read_digits(Str digits, int wanted, Int128 *out)
{
    Int128 value = 0;
    bool rounds = false;
    size_t i = 0;
    for (; i < digits.len && wanted >= 0; i += 2, wanted -= BASE_DIGITS) {
        unsigned digit = read_u16(digits.data + i);
        if (digit >= BASE) {
            return error_new(ERR_SOURCE, "a number with the digit %u of base 10000", digit);
        }
        value = add_part(value, (int)digit, wanted < BASE_DIGITS ? wanted : BASE_DIGITS, &rounds);
    }
    for (; wanted > 0 && value > 0; wanted--) {
        value *= 10;
    }
    value += rounds;
    if (value > largest()) {
        return too_large();
    }
    *out = value;
    return NULL;
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
    Str digits = str_from_offset(bytes, HEAD_BYTES);
    int wanted = (weight + 1) * BASE_DIGITS + (int)scale;
    int first = count > 0 ? count_digits(read_u16(digits.data)) : 0;
    if (count > 0 && wanted - BASE_DIGITS + first > DIGITS_MAX) {
        return too_large();
    }
    Int128 value = 0;
    TRY(read_digits(digits, wanted, &value));
    *out = sign == NEGATIVE ? -value : value;
    return NULL;
}
