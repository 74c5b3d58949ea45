/* The part of base/number.h that needs C++17's <charconv>: exact and locale-free. */
#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

extern "C" {
#include "base/number.h"
}

namespace
{

/* The exponent after an 'e', or 0 without one; beyond 10^18 it does not matter how far. */
long long read_exponent(const char *at, const char *end)
{
    constexpr long long far = 1000000000000000000;
    if (at == end) {
        return 0;
    }
    long long exponent = 0;
    at += at[1] == '+' ? 2 : 1;
    if (std::from_chars(at, end, exponent).ec != std::errc()) {
        exponent = *at == '-' ? -far : far;
    }
    return std::clamp(exponent, -far, far);
}

/* Whether a well-formed number that no double comes near is too large, rather than too small: where
 * its first digit that counts stands, moved by the exponent. */
bool is_too_large(const char *at, const char *end)
{
    long long point = 0;
    bool found = false;
    bool in_fraction = false;
    for (; at != end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            in_fraction = true;
            continue;
        }
        found = found || (*at >= '1' && *at <= '9');
        if (found != in_fraction) {
            point += found ? 1 : -1;
        }
    }
    return point + read_exponent(at, end) > 0;
}

} // namespace

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
    if (start == end || end[-1] == ')') { /* as in C, from_chars takes "nan(...)" */
        return false;
    }
    double value = 0.0;
    std::from_chars_result result = std::from_chars(start, end, value);
    if (result.ptr != end) {
        return false;
    }
    if (result.ec == std::errc::result_out_of_range) {
        /* from_chars leaves open which way */
        value = is_too_large(start, end) ? HUGE_VAL : 0.0;
        value = *start == '-' ? -value : value;
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
