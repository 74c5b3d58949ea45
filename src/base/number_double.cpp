/* The part of base/number.h that needs C++17's <charconv>: exact and locale-free. */
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>

extern "C" {
#include "base/number.h"
}

extern "C" bool number_parse_double(Str text, double *out_value)
{
    const char *start = text.data;
    const char *end = text.data + text.len;
    if (start != end && *start == '+') {
        start++;
        if (start != end && *start == '-') {
            return false;
        }
    }
    double value = 0.0;
    std::from_chars_result result = std::from_chars(start, end, value);
    if (result.ptr != end || start == end) {
        return false;
    }
    if (result.ec == std::errc::result_out_of_range) {
        /* from_chars leaves open which way; strtod knows, and the text is known to be well-formed.
         */
        char copy[512];
        size_t len = static_cast<size_t>(end - start);
        if (len >= sizeof(copy)) {
            return false;
        }
        std::char_traits<char>::copy(copy, start, len);
        copy[len] = '\0';
        value = std::strtod(copy, nullptr);
    } else if (result.ec != std::errc()) {
        return false;
    }
    *out_value = value;
    return true;
}

extern "C" void number_shortest_digits(double value, NumberDigits *out)
{
    char text[64];
    std::to_chars_result result =
        std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific);
    size_t len = 0;
    const char *at = text;
    for (; at != result.ptr && *at != 'e'; at++) {
        if (*at != '.') {
            out->digits[len++] = *at;
        }
    }
    while (len > 1 && out->digits[len - 1] == '0') {
        len--;
    }
    out->digits[len] = '\0';
    out->len = len;
    int exponent = 0;
    if (at != result.ptr) {
        at += at[1] == '+' ? 2 : 1;
        std::from_chars(at, result.ptr, exponent);
    }
    out->point = value == 0.0 ? 1 : exponent + 1;
}
