#include "jinja/number_text.h"

#include "base/number.h"
#include "base/unicode.h"
#include "jinja/casing.h"
#include "jinja/ops.h"
#include "jinja/str_edit.h"

/* The text without white space around it, with ASCII digits. Lives in scratch memory if changed. */
static Str plain_digits(JinjaState *s, Str text)
{
    text = str_edit_strip(text, NULL, STRIP_BOTH);
    if (utf8_is_ascii(text)) {
        return text;
    }
    StrBuf buf = strbuf_init(jinja_scratch(s), text.len + 1);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if (unicode_is_decimal(c)) {
            c = '0' + (uint32_t)codepoint_digit_value(c);
        }
        utf8_add(&buf, c);
    }
    return strbuf_str(&buf);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lowered = (char)(c | 32);
    return lowered >= 'a' && lowered <= 'z' ? lowered - 'a' + 10 : 99;
}

/* Without the underscores, each of which must stand between two digits of `base`; false otherwise.
 */
static bool drop_underscores(JinjaState *s, Str *text, int base)
{
    if (str_find_char(*text, '_') == SIZE_MAX) {
        return true;
    }
    StrBuf buf = strbuf_init(jinja_scratch(s), text->len + 1);
    for (size_t i = 0; i < text->len; i++) {
        char c = text->data[i];
        if (c != '_') {
            strbuf_add_char(&buf, c);
        } else if (i == 0 || i + 1 == text->len || digit_of(text->data[i - 1]) >= base ||
                   digit_of(text->data[i + 1]) >= base) {
            return false;
        }
    }
    *text = strbuf_str(&buf);
    return true;
}

bool number_text_double(JinjaState *s, Str text, double *out)
{
    ArenaMark mark = arena_mark(jinja_scratch(s));
    Str digits = plain_digits(s, text);
    bool valid = drop_underscores(s, &digits, 10) && str_find_char(digits, '(') == SIZE_MAX &&
                 number_parse_double(digits, out);
    arena_rewind(jinja_scratch(s), mark);
    return valid;
}

/* Takes "0x" and the like off the front when `*base` allows it, and decides what base 0 means.
 * False for "010" with base 0. */
static bool take_prefix(Str *digits, int *base, bool *out_prefixed)
{
    char kind = digits->len > 1 && digits->data[0] == '0' ? (char)(digits->data[1] | 32) : '\0';
    int named = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
    *out_prefixed = named != 0 && (*base == 0 || *base == named);
    if (*out_prefixed) {
        *base = named;
        *digits = str_from_offset(*digits, 2);
    } else if (*base == 0) {
        *base = 10;
        for (size_t i = 0; digits->len > 1 && digits->data[0] == '0' && i < digits->len; i++) {
            if (digits->data[i] != '0' && digits->data[i] != '_') {
                return false;
            }
        }
    }
    return true;
}

static bool read_int(JinjaState *s, Str text, int64_t wanted, JValue *out)
{
    enum { MAX_DIGITS = 4300 };
    if (wanted != 0 && (wanted < 2 || wanted > 36)) {
        return false;
    }
    int base = (int)wanted;
    Str digits = plain_digits(s, text);
    bool negative = str_starts_with(digits, STR("-")), prefixed = false;
    if (negative || str_starts_with(digits, STR("+"))) {
        digits = str_from_offset(digits, 1);
    }
    if (!take_prefix(&digits, &base, &prefixed)) {
        return false;
    }
    if (prefixed && str_starts_with(digits, STR("_"))) {
        digits = str_from_offset(digits, 1);
    }
    if (!drop_underscores(s, &digits, base) || digits.len == 0 || digits.len > LIMIT_INTEGER_BITS ||
        (digits.len > MAX_DIGITS && (base & (base - 1)) != 0)) {
        return false;
    }
    for (size_t i = 0; i < digits.len; i++) {
        if (digit_of(digits.data[i]) >= base) {
            return false;
        }
    }
    if (!jint_from_text(jinja_heap(s), digits, base, out)) {
        return false;
    }
    *out = negative ? jint_negate(jinja_heap(s), *out) : *out;
    return true;
}

bool number_text_int(JinjaState *s, Str text, int64_t base, JValue *out)
{
    ArenaMark mark = arena_mark(jinja_scratch(s));
    bool valid = read_int(s, text, base, out);
    arena_rewind(jinja_scratch(s), mark);
    return valid;
}

Error *number_to_float(JinjaState *s, JValue value, double *out)
{
    bool known = false;
    if (value.type == J_UNDEFINED) {
        TRY(jundefined_error(value));
    }
    if (value.type == J_STR) {
        if (number_text_double(s, jtext(value), out)) {
            return NULL;
        }
        StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
        jrepr_text(jtext(value), &text);
        return jraise("ValueError", "could not convert string to float: " STR_FMT,
                      STR_ARG(strbuf_str(&text)));
    }
    if (value.type == J_HOST && ((JHost *)value.obj)->class->convert != NULL) {
        JHost *host = (JHost *)value.obj;
        JValue converted = JMISSING;
        TRY(host->class->convert(s, host, JCONV_FLOAT, JMISSING, &converted));
        value = jis_absent(converted) ? value : converted;
    }
    TRY(jto_double(value, &known, out));
    if (!known) {
        return jraise("TypeError", "float() argument must be a string or a real number, not '%s'",
                      jtype_name(value));
    }
    return NULL;
}
