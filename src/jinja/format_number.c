#include <math.h>

#include "base/number.h"
#include "base/unicode.h"
#include "jinja/format.h"

/* ---- Digits ---- */

static void small_int_parts(JinjaState *s, int64_t value, unsigned base, bool upper,
                            NumberParts *out)
{
    enum { MOST_DIGITS = 64 };
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char *text = arena_alloc_raw(jinja_scratch(s), MOST_DIGITS);
    size_t at = MOST_DIGITS;
    do {
        text[--at] = digits[rest % base];
        rest /= base;
    } while (rest > 0);
    *out = (NumberParts){.negative = value < 0, .digits = {text + at, MOST_DIGITS - at}};
}

Error *format_int_parts(JinjaState *s, JValue integer, int base, bool upper, NumberParts *out)
{
    enum { MAX_DIGITS = 4300 };
    if (integer.type != J_BIGINT) {
        int64_t value = integer.type == J_BOOL ? (int64_t)integer.b : integer.i;
        small_int_parts(s, value, (unsigned)base, upper, out);
        return NULL;
    }
    mpz_t z;
    mpz_init_set(z, ((JBigint *)integer.obj)->z);
    size_t size = mpz_sizeinbase(z, base);
    if (base == 10 && size > MAX_DIGITS + 1) {
        mpz_clear(z);
        return jraise("ValueError",
                      "Exceeds the limit (4300 digits) for integer string conversion; "
                      "use sys.set_int_max_str_digits() to increase the limit");
    }
    char *text = arena_alloc_raw(jinja_scratch(s), size + 2);
    mpz_get_str(text, upper ? -base : base, z);
    mpz_clear(z);
    bool negative = text[0] == '-';
    *out = (NumberParts){.negative = negative, .digits = str_from(text + negative)};
    return NULL;
}

/* The shortest text that reads back as the same float, without its sign. */
static void add_shortest(double value, StrBuf *buf)
{
    char text[NUMBER_TEXT_BYTES];
    strbuf_add(buf, (Str){text, number_format_double(value, text)});
}

/* What a float without type and with a precision looks like: as %g, but with a digit behind the
 * point, and with an exponent as soon as the digits before the point use up the precision. */
static void add_general(double value, int precision, bool alternate, StrBuf *buf)
{
    precision = precision > 0 ? precision : 1;
    char exponent_form[64]; /* only the exponent is looked at */
    snprintf(exponent_form, sizeof(exponent_form), "%.*e", precision < 40 ? precision - 1 : 39,
             value);
    const char *mark = strchr(exponent_form, 'e');
    long exponent = mark != NULL ? strtol(mark + 1, NULL, 10) : 0;
    size_t start = buf->len;
    if (exponent < -4 || exponent >= precision - 1) {
        if (alternate) {
            strbuf_printf(buf, "%#.*e", precision - 1, value);
            return;
        }
        strbuf_printf(buf, "%.*e", precision - 1, value);
    } else if (alternate) {
        strbuf_printf(buf, "%#.*g", precision, value);
        return;
    } else {
        strbuf_printf(buf, "%.*g", precision, value);
    }
    Str text = str_from_offset(strbuf_str(buf), start);
    size_t e = str_find_char(text, 'e');
    if (e == SIZE_MAX) {
        strbuf_add_c(buf, str_find_char(text, '.') == SIZE_MAX ? ".0" : "");
        return;
    }
    size_t end = e; /* zeros at the end of the mantissa are not shown */
    bool point = str_find_char(text, '.') < e;
    while (point && end > 0 && text.data[end - 1] == '0') {
        end--;
    }
    end -= point && text.data[end - 1] == '.';
    memmove(buf->data + start + end, buf->data + start + e, text.len - e);
    buf->len -= e - end;
}

/* As snprintf: the length that is needed, however much fits. */
static int print_double(char *out, size_t size, double value, char type, int precision,
                        bool alternate)
{
    switch (type | 32) {
    case 'e':
        return snprintf(out, size, alternate ? "%#.*e" : "%.*e", precision, value);
    case 'f':
        return snprintf(out, size, alternate ? "%#.*f" : "%.*f", precision, value);
    default:
        return snprintf(out, size, alternate ? "%#.*g" : "%.*g", precision, value);
    }
}

static void add_double(double value, char type, int precision, bool alternate, StrBuf *buf)
{
    enum { USUAL_BYTES = 64 };
    if (type == 'r' && precision == FORMAT_NO_PRECISION) {
        add_shortest(value, buf);
        return;
    }
    if (type == 'r') {
        add_general(value, precision, alternate, buf);
        return;
    }
    char usual[USUAL_BYTES];
    int len = print_double(usual, sizeof(usual), value, type, precision, alternate);
    if (len >= 0 && (size_t)len < sizeof(usual)) {
        strbuf_add(buf, (Str){usual, (size_t)len});
        return;
    }
    char *room = len > 0 ? strbuf_reserve(buf, (size_t)len + 1) : NULL;
    if (room != NULL) {
        print_double(room, (size_t)len + 1, value, type, precision, alternate);
        buf->len += (size_t)len;
    }
}

/* "1e+20" becomes "1.e+20". */
static void add_point(StrBuf *buf)
{
    Str text = strbuf_str(buf);
    size_t e = str_find_char(text, 'e');
    if (str_find_char(text, '.') == SIZE_MAX && e != SIZE_MAX) {
        strbuf_add_char(buf, ' ');
        memmove(buf->data + e + 1, buf->data + e, buf->len - e - 1);
        buf->data[e] = '.';
    }
}

static bool is_zero(Str text)
{
    for (size_t i = 0; i < text.len && (text.data[i] | 32) != 'e'; i++) {
        if (text.data[i] > '0' && text.data[i] <= '9') {
            return false;
        }
    }
    return true;
}

Error *format_double_parts(JinjaState *s, double value, const FormatSpec *spec, char type,
                           NumberParts *out)
{
    enum { DEFAULT_PRECISION = 6 };
    if (spec->precision > INT32_MAX) {
        return jraise("ValueError", "precision too big");
    }
    bool upper = type == 'E' || type == 'F' || type == 'G';
    *out = (NumberParts){.negative = signbit(value) && !isnan(value)};
    if (!isfinite(value)) {
        const char *lower_text = isnan(value) ? "nan" : "inf";
        const char *upper_text = isnan(value) ? "NAN" : "INF";
        out->rest = str_from(upper ? upper_text : lower_text);
        return NULL;
    }
    int precision = (int)spec->precision;
    if (precision == FORMAT_NO_PRECISION && type != 'r') {
        precision = DEFAULT_PRECISION;
    }
    TRY(jinja_check_bytes(precision > 0 ? (size_t)precision : 0));
    StrBuf buf = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES + 1024);
    add_double(fabs(value), type, precision, spec->alternate, &buf);
    if (spec->alternate && type == 'r') {
        add_point(&buf);
    }
    for (size_t i = 0; upper && i < buf.len; i++) {
        buf.data[i] = buf.data[i] == 'e' ? 'E' : buf.data[i];
    }
    Str text = strbuf_str(&buf);
    out->negative = out->negative && !(spec->no_minus_zero && is_zero(text));
    size_t whole = 0;
    while (whole < text.len && text.data[whole] >= '0' && text.data[whole] <= '9') {
        whole++;
    }
    out->digits = str_slice(text, 0, whole);
    out->rest = str_from_offset(text, whole);
    return NULL;
}

/* ---- Layout ---- */

Str format_ascii(JinjaState *s, Str text)
{
    StrBuf buf = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if (c < 128) {
            strbuf_add_char(&buf, (char)c);
        } else {
            int width = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
            strbuf_printf(&buf, "\\%c%0*x", width == 2 ? 'x' : width == 4 ? 'u' : 'U', width, c);
        }
    }
    return strbuf_str(&buf);
}

static Error *check_width(int64_t width)
{
    return jinja_check_bytes(width > 0 ? (size_t)width : 0);
}

static void add_fill(const FormatSpec *spec, size_t count, StrBuf *out)
{
    if (spec->fill.len <= 1) {
        strbuf_add_repeat(out, spec->fill.len == 1 ? spec->fill.data[0] : ' ', count);
        return;
    }
    for (size_t i = 0; i < count && !out->overflowed; i++) {
        strbuf_add(out, spec->fill);
    }
}

/* How many zeros go before the digits so that they, with separators, are `width` wide or one more.
 */
static size_t zeros_before(size_t digits, size_t width, size_t group, bool separated)
{
    if (!separated) {
        return width > digits ? width - digits : 0;
    }
    size_t count = digits;
    while (count + (count > 0 ? (count - 1) / group : 0) < width) {
        count++;
    }
    return count - digits;
}

static void add_grouped(Str digits, size_t zeros, size_t group, char separator, StrBuf *out)
{
    size_t total = zeros + digits.len;
    if (separator == '\0') {
        strbuf_add_repeat(out, '0', zeros);
        strbuf_add(out, digits);
        return;
    }
    char *at = strbuf_reserve(out, total + total / group);
    if (at == NULL) {
        return;
    }
    char *start = at;
    for (size_t i = 0; i < total; i++) {
        if (i > 0 && (total - i) % group == 0) {
            *at++ = separator;
        }
        *at++ = i < zeros ? '0' : digits.data[i - zeros];
    }
    out->len += (size_t)(at - start);
}

Error *format_number(const NumberParts *parts, const FormatSpec *spec, size_t group, StrBuf *out)
{
    TRY(check_width(spec->width));
    char sign = parts->negative ? '-' : spec->sign == '+' || spec->sign == ' ' ? spec->sign : '\0';
    size_t around = (sign != '\0') + parts->prefix.len + parts->rest.len;
    size_t width = (size_t)spec->width;
    char align = spec->align != '\0' ? spec->align : '>';
    bool zeros_inside = align == '=' && str_is(spec->fill, "0") && parts->digits.len > 0;
    size_t zeros = 0;
    if (zeros_inside && width > around) {
        zeros = zeros_before(parts->digits.len, width - around, group, spec->thousands != '\0');
    }
    size_t count = zeros + parts->digits.len;
    size_t separators = spec->thousands != '\0' && count > 0 ? (count - 1) / group : 0;
    size_t used = around + count + separators;
    size_t missing = width > used ? width - used : 0;
    size_t left = align == '>' ? missing : align == '^' ? missing / 2 : 0;

    add_fill(spec, left, out);
    strbuf_add(out, (Str){&sign, sign != '\0'});
    strbuf_add(out, parts->prefix);
    if (align == '=') {
        add_fill(spec, missing, out);
    }
    add_grouped(parts->digits, zeros, group, spec->thousands, out);
    strbuf_add(out, parts->rest);
    if (align == '<' || align == '^') {
        add_fill(spec, missing - left, out);
    }
    return NULL;
}

Error *format_padded(Str text, const FormatSpec *spec, char align, StrBuf *out)
{
    TRY(check_width(spec->width));
    align = spec->align != '\0' ? spec->align : align;
    size_t chars = spec->width > 0 ? utf8_count(text) : 0;
    size_t missing = (size_t)spec->width > chars ? (size_t)spec->width - chars : 0;
    size_t left = align == '>' ? missing : align == '^' ? missing / 2 : 0;
    add_fill(spec, left, out);
    strbuf_add(out, text);
    add_fill(spec, missing - left, out);
    return NULL;
}
