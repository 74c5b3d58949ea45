#include "base/unicode.h"
#include "jinja/format.h"
#include "jinja/ops.h"
#include "jinja/rounding.h"

/* One walk over a format. Values come from a tuple one after the other, or are the whole argument;
 * a mapping is asked by name. */
typedef struct Percent {
    JinjaState *s;
    Str format;
    size_t at; /* behind the '%' that is being read */
    JValue args;
    const JValue *values;
    size_t count, used;
    bool named;    /* a mapping was used: surplus does not matter */
    bool escaping; /* the format is Markup: what is filled in is escaped */
    StrBuf *out;
} Percent;

/* One %-field: the flags and numbers as the mini-language has them. */
typedef struct Field {
    FormatSpec spec;
    bool zero;
    bool left;
    JValue value; /* MISSING until one was named */
} Field;

static bool at_end(const Percent *p)
{
    return p->at >= p->format.len;
}

static char peek(const Percent *p)
{
    return at_end(p) ? '\0' : p->format.data[p->at];
}

static Error *incomplete(void)
{
    return jraise("ValueError", "incomplete format");
}

static Error *next_value(Percent *p, JValue *out)
{
    if (p->named || p->used >= p->count) { /* names and a row of values do not mix */
        return jraise("TypeError", "not enough arguments for format string");
    }
    *out = p->values[p->used++];
    return NULL;
}

/* Python's idea of a mapping here: what has items and is neither text nor tuple. */
static bool is_mapping(JValue value)
{
    switch (JTYPE_OF(value)) {
    case J_DICT:
    case J_LIST:
    case J_RANGE:
    case J_UNDEFINED:
        return true;
    case J_HOST:
        return ((JHost *)value.obj)->class->get_item != NULL;
    default:
        return false;
    }
}

/* ---- Reading a field ---- */

static Error *lookup(Percent *p, Str name, JValue *out)
{
    JValue key = jstr_value(jinja_heap(p->s), name);
    if (!is_mapping(p->args)) {
        return jraise("TypeError", "format requires a mapping");
    }
    if (p->args.type == J_LIST || p->args.type == J_RANGE) {
        return jraise("TypeError", "%s indices must be integers or slices, not str",
                      jtype_name(p->args));
    }
    TRY(jget_item_only(p->s, p->args, key, out));
    if (jis_absent(*out)) {
        StrBuf text = strbuf_init(jinja_scratch(p->s), LIMIT_ERROR_BYTES);
        jrepr_text(name, &text);
        return jraise("KeyError", STR_FMT, STR_ARG(strbuf_str(&text)));
    }
    p->named = true;
    return NULL;
}

/* "(name)", in which brackets may nest. */
static Error *read_name(Percent *p, Field *field)
{
    if (peek(p) != '(') {
        return NULL;
    }
    size_t start = ++p->at;
    for (size_t depth = 1; depth > 0; p->at++) {
        if (at_end(p)) {
            return is_mapping(p->args) ? jraise("ValueError", "incomplete format key")
                                       : jraise("TypeError", "format requires a mapping");
        }
        depth = peek(p) == '(' ? depth + 1 : peek(p) == ')' ? depth - 1 : depth;
    }
    return lookup(p, str_slice(p->format, start, p->at - 1), &field->value);
}

static void read_flags(Percent *p, Field *field)
{
    for (;; p->at++) {
        switch (peek(p)) {
        case '-':
            field->left = true;
            break;
        case '+':
            field->spec.sign = '+';
            break;
        case ' ':
            field->spec.sign = field->spec.sign == '+' ? '+' : ' ';
            break;
        case '#':
            field->spec.alternate = true;
            break;
        case '0':
            field->zero = true;
            break;
        default:
            return;
        }
    }
}

/* Digits, or '*' for the next value. */
static Error *read_size(Percent *p, const char *what, int64_t *out)
{
    if (peek(p) == '*') {
        JValue value = JMISSING;
        p->at++;
        TRY(next_value(p, &value));
        if (!jis_integer(value)) {
            return jraise("TypeError", "* wants int");
        }
        jto_int64(value, out);
        return NULL;
    }
    int64_t size = 0;
    while (peek(p) >= '0' && peek(p) <= '9') {
        if (__builtin_mul_overflow(size, 10, &size) ||
            __builtin_add_overflow(size, peek(p) - '0', &size)) {
            return jraise("ValueError", "%s too big", what);
        }
        p->at++;
    }
    *out = size;
    return NULL;
}

static Error *read_field(Percent *p, Field *field)
{
    *field = (Field){.spec = {.precision = FORMAT_NO_PRECISION}, .value = JMISSING};
    TRY(read_name(p, field));
    read_flags(p, field);
    TRY(read_size(p, "width", &field->spec.width));
    if (field->spec.width < 0) {
        field->left = true;
        field->spec.width = field->spec.width == INT64_MIN ? INT64_MAX : -field->spec.width;
    }
    if (peek(p) == '.') {
        p->at++;
        TRY(read_size(p, "precision", &field->spec.precision));
        field->spec.precision = field->spec.precision < 0 ? 0 : field->spec.precision;
    }
    if (peek(p) == 'h' || peek(p) == 'l' || peek(p) == 'L') {
        p->at++;
    }
    return at_end(p) ? incomplete() : NULL;
}

/* ---- Writing a field ---- */

static Error *write_text(Percent *p, Field *field, Str text, bool escape)
{
    if (escape) {
        StrBuf escaped = strbuf_init(jinja_scratch(p->s), LIMIT_STRING_BYTES);
        jescape(text, &escaped);
        text = strbuf_str(&escaped);
    }
    if (field->spec.precision != FORMAT_NO_PRECISION) {
        text = str_slice(text, 0, utf8_offset(text, (size_t)field->spec.precision));
    }
    field->spec.align = field->left ? '<' : '>';
    return format_padded(text, &field->spec, '>', p->out);
}

static Error *write_string(Percent *p, Field *field, char type)
{
    JValue value = field->value;
    if (type == 's' && value.type == J_STR) {
        return write_text(p, field, jtext(value), p->escaping && !jis_safe(value));
    }
    StrBuf text = strbuf_init(jinja_scratch(p->s), LIMIT_STRING_BYTES);
    TRY((type == 's' ? jprint : jrepr)(p->s, value, &text));
    Str shown = type == 'a' ? format_ascii(p->s, strbuf_str(&text)) : strbuf_str(&text);
    return write_text(p, field, shown, p->escaping);
}

static Error *write_number(Percent *p, Field *field, const NumberParts *parts)
{
    field->spec.align = field->left ? '<' : field->zero ? '=' : '>';
    field->spec.fill = field->zero && !field->left ? STR("0") : STR("");
    return format_number(parts, &field->spec, 3, p->out);
}

/* The int that a %d shows. */
static Error *whole_number(Percent *p, JValue value, char type, JValue *out)
{
    if (value.type == J_UNDEFINED && strchr("diu", type) != NULL) {
        TRY(jundefined_error(value));
    }
    if (jis_integer(value)) {
        *out = value;
        return NULL;
    }
    if (strchr("xXo", type) != NULL) {
        return jraise("TypeError", "%%%c format: an integer is required, not %s", type,
                      jtype_name(value));
    }
    if (value.type == J_FLOAT) {
        return rounding_to_int(p->s, value.f, out);
    }
    *out = JMISSING;
    if (value.type == J_HOST && ((JHost *)value.obj)->class->convert != NULL) {
        JHost *host = (JHost *)value.obj;
        TRY(host->class->convert(p->s, host, JCONV_INT, JMISSING, out));
    }
    if (jis_absent(*out)) {
        return jraise("TypeError", "%%%c format: a real number is required, not %s", type,
                      jtype_name(value));
    }
    return NULL;
}

static Error *write_int(Percent *p, Field *field, char type)
{
    JValue number = JNONE;
    NumberParts parts;
    TRY(whole_number(p, field->value, type, &number));
    int base = type == 'x' || type == 'X' ? 16 : type == 'o' ? 8 : 10;
    TRY(format_int_parts(p->s, number, base, type == 'X', &parts));
    if (field->spec.alternate) {
        parts.prefix = type == 'x'   ? STR("0x")
                       : type == 'X' ? STR("0X")
                       : type == 'o' ? STR("0o")
                                     : STR("");
    }
    size_t digits = field->spec.precision > 0 ? (size_t)field->spec.precision : 0;
    if (digits > parts.digits.len) {
        TRY(jinja_check_bytes(digits));
        StrBuf padded = strbuf_init(jinja_scratch(p->s), LIMIT_STRING_BYTES);
        strbuf_add_repeat(&padded, '0', digits - parts.digits.len);
        strbuf_add(&padded, parts.digits);
        parts.digits = strbuf_str(&padded);
    }
    return write_number(p, field, &parts);
}

static Error *write_double(Percent *p, Field *field, char type)
{
    JValue value = field->value;
    bool known = false;
    double number = 0;
    NumberParts parts;
    if (value.type == J_UNDEFINED) {
        TRY(jundefined_error(value));
    }
    if (value.type == J_HOST && ((JHost *)value.obj)->class->convert != NULL) {
        JHost *host = (JHost *)value.obj;
        TRY(host->class->convert(p->s, host, JCONV_FLOAT, JMISSING, &value));
    }
    TRY(jto_double(value, &known, &number));
    if (!known) {
        return jraise("TypeError", "must be real number, not %s", jtype_name(field->value));
    }
    TRY(format_double_parts(p->s, number, &field->spec, type, &parts));
    return write_number(p, field, &parts);
}

static Error *write_character(Percent *p, Field *field)
{
    JValue value = field->value;
    int64_t codepoint = 0;
    char bytes[4] = {0};
    field->spec.precision = FORMAT_NO_PRECISION;
    if (value.type == J_STR && jstr_chars(value.str) == 1 && !p->escaping) {
        return write_text(p, field, jtext(value), false);
    }
    if (!jis_integer(value) || p->escaping) {
        return jraise("TypeError", "%%c requires int or char");
    }
    jto_int64(value, &codepoint);
    if (codepoint < 0 || codepoint > 0x10FFFF) {
        return jraise("OverflowError", "%%c arg not in range(0x110000)");
    }
    return write_text(p, field, (Str){bytes, utf8_encode((uint32_t)codepoint, bytes)}, false);
}

static Error *unsupported(const Percent *p)
{
    size_t end = p->at;
    uint32_t c = utf8_next(p->format, &end);
    return jraise("ValueError", "unsupported format character '%c' (0x%x) at index %zu",
                  c > 30 && c < 127 ? (char)c : '?', c, utf8_count(str_slice(p->format, 0, p->at)));
}

static Error *write_field(Percent *p)
{
    Field field;
    TRY(read_field(p, &field));
    if (jis_absent(field.value)) {
        TRY(next_value(p, &field.value));
    }
    char type = peek(p);
    switch (type) {
    case 's':
    case 'r':
    case 'a':
        TRY(write_string(p, &field, type));
        break;
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        TRY(write_int(p, &field, type));
        break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        TRY(write_double(p, &field, type));
        break;
    case 'c':
        TRY(write_character(p, &field));
        break;
    default:
        return unsupported(p);
    }
    p->at++;
    return NULL;
}

static Error *write_all(Percent *p)
{
    size_t done = 0;
    for (;;) {
        size_t hit = str_find_char(str_from_offset(p->format, done), '%');
        if (hit == SIZE_MAX) {
            strbuf_add(p->out, str_from_offset(p->format, done));
            return NULL;
        }
        strbuf_add(p->out, str_slice(p->format, done, done + hit));
        p->at = done + hit + 1;
        if (at_end(p)) {
            return incomplete();
        }
        if (peek(p) == '%') {
            strbuf_add_char(p->out, '%');
            p->at++;
        } else {
            TRY(write_field(p));
        }
        done = p->at;
        if (p->out->overflowed) {
            return jinja_check_bytes(SIZE_MAX);
        }
    }
}

Error *jformat_percent(JinjaState *s, JStr *format, JValue args, JValue *out)
{
    bool tuple = args.type == J_TUPLE;
    JBuild build = jbuild_begin(s);
    Percent percent = {.s = s,
                       .format = jstr_str(format),
                       .args = args,
                       .values = tuple ? args.tuple->items : &args,
                       .count = tuple ? args.tuple->len : 1,
                       .escaping = jis_safe(jobj(format)),
                       .out = &build.buf};
    TRY(write_all(&percent));
    bool surplus = tuple || !is_mapping(args);
    if (surplus && percent.used < percent.count && !percent.named) {
        return jraise("TypeError", "not all arguments converted during string formatting");
    }
    TRY(jbuild_take(s, &build, out));
    *out = jstr_as_safe(jinja_heap(s), *out, percent.escaping);
    return NULL;
}
