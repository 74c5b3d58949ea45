/* jinja/digits.h - ints to text where they are mostly small: counters, ids, lengths. */
#ifndef JINJA_DIGITS_H
#define JINJA_DIGITS_H

#include "base/number.h"

/* As number_format_int64, but without a NUL behind it: `at` holds NUMBER_TEXT_BYTES. */
static inline size_t digits_put(int64_t value, char *at)
{
    if (value < 0 || value > 9999) {
        return number_format_int64(value, at);
    }
    uint32_t number = (uint32_t)value;
    size_t len = 1 + (size_t)(number > 9) + (number > 99) + (number > 999);
    for (size_t i = len; i > 0; number /= 10) {
        at[--i] = (char)('0' + number % 10);
    }
    return len;
}

#endif
