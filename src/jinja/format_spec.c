#include "base/unicode.h"
#include "jinja/format.h"
#include "jinja/ops.h"

/* ---- Reading a spec ---- */

static bool is_align(char c)
{
    return c == '<' || c == '>' || c == '^' || c == '=';
}

static Error *read_number(Str *rest, int64_t *out)
{
    int64_t number = 0;
    while (rest->len > 0 && rest->data[0] >= '0' && rest->data[0] <= '9') {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, rest->data[0] - '0', &number)) {
            return jraise("ValueError", "Too many decimal digits in format string");
        }
        *rest = str_from_offset(*rest, 1);
    }
    *out = number;
    return NULL;
}

static bool take(Str *rest, char c)
{
    if (rest->len == 0 || rest->data[0] != c) {
        return false;
    }
    *rest = str_from_offset(*rest, 1);
    return true;
}

static void read_alignment(Str *rest, FormatSpec *out)
{
    size_t fill_len = 0;
    if (rest->len > 0) {
        utf8_next(*rest, &fill_len);
    }
    if (rest->len > fill_len && fill_len > 0 && is_align(rest->data[fill_len])) {
        out->fill = str_slice(*rest, 0, fill_len);
        out->align = rest->data[fill_len];
        *rest = str_from_offset(*rest, fill_len + 1);
    } else if (rest->len > 0 && is_align(rest->data[0])) {
        out->align = rest->data[0];
        *rest = str_from_offset(*rest, 1);
    }
}

static Error *read_thousands(Str *rest, FormatSpec *out)
{
    bool comma = take(rest, ',');
    bool underscore = take(rest, '_');
    if (underscore && !comma) {
        out->thousands = '_';
        comma = take(rest, ',');
    }
    if (comma && underscore) {
        return jraise("ValueError", "Cannot specify both ',' and '_'.");
    }
    out->thousands = comma ? ',' : out->thousands;
    return NULL;
}

static Error *check_thousands(const FormatSpec *spec, char default_type)
{
    uint32_t type = spec->type != 0 ? spec->type : (unsigned char)default_type;
    if (spec->thousands == '\0' || type == 0 ||
        (type < 128 && strchr("defgEG%F", (int)type) != NULL) ||
        (spec->thousands == '_' && type < 128 && strchr("boxX", (int)type) != NULL)) {
        return NULL;
    }
    if (type > 32 && type < 128) {
        return jraise("ValueError", "Cannot specify '%c' with '%c'.", spec->thousands, (char)type);
    }
    return jraise("ValueError", "Cannot specify '%c' with '\\x%x'.", spec->thousands, type);
}

/* `default_type` is 's' for text, 'd' for ints, 0 for floats. */
Error *format_read_spec(Str text, JValue value, char default_type, FormatSpec *out)
{
    Str rest = text;
    *out = (FormatSpec){.precision = FORMAT_NO_PRECISION};
    read_alignment(&rest, out);
    if (rest.len > 0 && (rest.data[0] == '+' || rest.data[0] == '-' || rest.data[0] == ' ')) {
        out->sign = rest.data[0];
        rest = str_from_offset(rest, 1);
    }
    out->no_minus_zero = take(&rest, 'z');
    out->alternate = take(&rest, '#');
    if (out->fill.len == 0 && take(&rest, '0')) {
        out->fill = STR("0");
        if (out->align == '\0' && default_type != 's') {
            out->align = '=';
        }
    }
    TRY(read_number(&rest, &out->width));
    TRY(read_thousands(&rest, out));
    if (take(&rest, '.')) {
        if (rest.len == 0 || rest.data[0] < '0' || rest.data[0] > '9') {
            return jraise("ValueError", "Format specifier missing precision");
        }
        TRY(read_number(&rest, &out->precision));
    }
    size_t end = 0;
    if (rest.len > 0) {
        out->type = utf8_next(rest, &end);
    }
    if (end < rest.len) {
        return jraise("ValueError",
                      "Invalid format specifier '" STR_FMT "' for object of type '%s'",
                      STR_ARG(text), jtype_name(value));
    }
    return check_thousands(out, default_type);
}

static Error *unknown_code(JValue value, uint32_t type)
{
    if (type > 32 && type < 128) {
        return jraise("ValueError", "Unknown format code '%c' for object of type '%s'", (char)type,
                      jtype_name(value));
    }
    return jraise("ValueError", "Unknown format code '\\x%x' for object of type '%s'", type,
                  jtype_name(value));
}

/* ---- Text ---- */

static Error *format_text(JValue value, Str text_spec, StrBuf *out)
{
    FormatSpec spec;
    TRY(format_read_spec(text_spec, value, 's', &spec));
    if (spec.type != 0 && spec.type != 's') {
        return unknown_code(value, spec.type);
    }
    if (spec.sign != '\0') {
        return jraise("ValueError", "%s not allowed in string format specifier",
                      spec.sign == ' ' ? "Space" : "Sign");
    }
    if (spec.no_minus_zero) {
        return jraise("ValueError",
                      "Negative zero coercion (z) not allowed in string format specifier");
    }
    if (spec.alternate) {
        return jraise("ValueError", "Alternate form (#) not allowed in string format specifier");
    }
    if (spec.align == '=') {
        return jraise("ValueError", "'=' alignment not allowed in string format specifier");
    }
    Str text = jtext(value);
    if (spec.precision != FORMAT_NO_PRECISION && (size_t)spec.precision < jstr_chars(value.str)) {
        text = str_slice(text, 0, jstr_offset(value.str, (size_t)spec.precision));
    }
    return format_padded(text, &spec, '<', out);
}

/* ---- Numbers ---- */

static Error *format_percentage(JinjaState *s, double value, const FormatSpec *spec, StrBuf *out)
{
    NumberParts parts;
    TRY(format_double_parts(s, value * 100, spec, 'f', &parts));
    StrBuf rest = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    strbuf_add(&rest, parts.rest);
    strbuf_add_char(&rest, '%');
    parts.rest = strbuf_str(&rest);
    return format_number(&parts, spec, 3, out);
}

static Error *format_double(JinjaState *s, JValue value, double number, const FormatSpec *spec,
                            StrBuf *out)
{
    NumberParts parts;
    char type = spec->type < 128 ? (char)spec->type : '?';
    switch (type) {
    case '%':
        return format_percentage(s, number, spec, out);
    case '\0':
        type = 'r';
        break;
    case 'n':
        type = 'g';
        break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        break;
    default:
        return unknown_code(value, spec->type);
    }
    TRY(format_double_parts(s, number, spec, type, &parts));
    return format_number(&parts, spec, 3, out);
}

static Error *format_character(JValue value, const FormatSpec *spec, StrBuf *out)
{
    int64_t codepoint = 0;
    if (spec->sign != '\0') {
        return jraise("ValueError", "Sign not allowed with integer format specifier 'c'");
    }
    if (spec->alternate) {
        return jraise("ValueError",
                      "Alternate form (#) not allowed with integer format specifier 'c'");
    }
    if (!jto_int64(value, &codepoint) || codepoint < 0 || codepoint > 0x10FFFF) {
        return jraise("OverflowError", "%%c arg not in range(0x110000)");
    }
    char bytes[4];
    NumberParts parts = {.rest = {bytes, utf8_encode((uint32_t)codepoint, bytes)}};
    FormatSpec wide = *spec; /* format_number counts bytes */
    wide.width += spec->width > 0 ? (int64_t)parts.rest.len - 1 : 0;
    return format_number(&parts, &wide, 3, out);
}

static Error *format_int(JinjaState *s, JValue value, const FormatSpec *spec, StrBuf *out)
{
    static const struct {
        char type;
        int base;
        Str prefix;
    } bases[] = {{'b', 2, STR_INIT("0b")},  {'o', 8, STR_INIT("0o")}, {'x', 16, STR_INIT("0x")},
                 {'X', 16, STR_INIT("0X")}, {'d', 10, STR_INIT("")},  {'n', 10, STR_INIT("")},
                 {'\0', 10, STR_INIT("")}};
    if (spec->precision != FORMAT_NO_PRECISION) {
        return jraise("ValueError", "Precision not allowed in integer format specifier");
    }
    if (spec->no_minus_zero) {
        return jraise("ValueError",
                      "Negative zero coercion (z) not allowed in integer format specifier");
    }
    if (spec->type == 'c') {
        return format_character(value, spec, out);
    }
    for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
        if ((uint32_t)bases[i].type == spec->type) {
            NumberParts parts;
            TRY(format_int_parts(s, value, bases[i].base, bases[i].type == 'X', &parts));
            parts.prefix = spec->alternate ? bases[i].prefix : STR("");
            return format_number(&parts, spec, bases[i].base == 10 ? 3 : 4, out);
        }
    }
    return unknown_code(value, spec->type);
}

static Error *format_integer(JinjaState *s, JValue value, Str text_spec, StrBuf *out)
{
    FormatSpec spec;
    TRY(format_read_spec(text_spec, value, 'd', &spec));
    if (spec.type > 0 && spec.type < 128 && strchr("eEfFgG%", (int)spec.type) != NULL) {
        bool known = false;
        double number = 0;
        TRY(jto_double(value, &known, &number));
        return format_double(s, value, number, &spec, out);
    }
    return format_int(s, value, &spec, out);
}

static Error *format_float(JinjaState *s, JValue value, Str text_spec, StrBuf *out)
{
    FormatSpec spec;
    TRY(format_read_spec(text_spec, value, '\0', &spec));
    return format_double(s, value, value.f, &spec, out);
}

Error *format_value(JinjaState *s, JValue value, Str spec, StrBuf *out)
{
    if (spec.len == 0) {
        return jprint(s, value, out);
    }
    const JHostClass *class = value.type == J_HOST ? ((JHost *)value.obj)->class : NULL;
    switch (JTYPE_OF(value)) {
    case J_STR:
        return format_text(value, spec, out);
    case J_BOOL:
    case J_INT:
    case J_BIGINT:
        return format_integer(s, value, spec, out);
    case J_FLOAT:
        return format_float(s, value, spec, out);
    default:
        break;
    }
    if (class != NULL && class->format != NULL) {
        return class->format(s, (JHost *)value.obj, spec, out);
    }
    return jraise("TypeError", "unsupported format string passed to %s.__format__",
                  jtype_name(value));
}
