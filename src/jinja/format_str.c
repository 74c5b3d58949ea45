#include "base/number.h"
#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/bytes.h"
#include "jinja/casing.h"
#include "jinja/format.h"

/* One call of str.format. Attributes and items are looked up as templates do, so that what the
 * sandbox hides stays hidden. */
typedef struct Formatter {
    JinjaState *s;
    const JValue *args;
    size_t count;
    JValue names;      /* what is asked for named fields: a dict, or what format_map was given */
    int64_t automatic; /* the number of the next "{}"; -1 once fields were numbered by hand */
    bool escaping;     /* the format is Markup: what is filled in is escaped */
} Formatter;

/* A field between braces, in pieces. */
typedef struct Field {
    Str name;
    Str spec;
    uint32_t conversion; /* 0: none */
} Field;

static Error *format_into(Formatter *f, Str text, int depth, StrBuf *out);

/* ---- Reading ---- */

/* Cuts the field that begins behind a '{' at *at. */
static Error *read_field(Str text, size_t *at, Field *out)
{
    size_t start = *at, end = start;
    bool bracket = false;
    *out = (Field){.conversion = 0};
    for (;; end++) {
        char c = end < text.len ? text.data[end] : '\0';
        if (end == text.len) {
            return jraise("ValueError", "expected '}' before end of string");
        }
        if (c == '{') {
            return jraise("ValueError", "unexpected '{' in field name");
        }
        bracket = c == '[' || (bracket && c != ']');
        if (!bracket && (c == '}' || c == ':' || c == '!')) {
            break;
        }
    }
    out->name = str_slice(text, start, end);
    if (text.data[end] == '!') {
        end++;
        if (end == text.len) {
            return jraise("ValueError", "end of string while looking for conversion specifier");
        }
        out->conversion = utf8_next(text, &end);
        if (end < text.len && text.data[end] != ':' && text.data[end] != '}') {
            return jraise("ValueError", "expected ':' after conversion specifier");
        }
    }
    if (end < text.len && text.data[end] == '}') {
        *at = end + 1;
        return NULL;
    }
    size_t spec = end < text.len ? end + 1 : end, depth = 1;
    for (end = spec; end < text.len; end++) {
        depth += text.data[end] == '{';
        depth -= text.data[end] == '}';
        if (depth == 0) {
            out->spec = str_slice(text, spec, end);
            *at = end + 1;
            return NULL;
        }
    }
    return jraise("ValueError", "unmatched '{' in format spec");
}

static bool is_digits(Str text)
{
    bool all = text.len > 0;
    for (size_t at = 0; all && at < text.len;) {
        all = codepoint_is_digit(utf8_next(text, &at));
    }
    return all;
}

/* A piece of a field name as a key: an int when it is made of digits. */
static Error *read_key(JinjaState *s, Str text, JValue *out)
{
    int64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            *out = jstr_value(jinja_heap(s), text);
            return NULL;
        }
    }
    if (text.len > 0 && !number_parse_int64(text, &number)) {
        return jraise("ValueError", "Too many decimal digits in format string");
    }
    *out = text.len > 0 ? jint(number) : jstr_value(jinja_heap(s), text);
    return NULL;
}

/* ---- Looking up ---- */

static Error *missing_key(JinjaState *s, JValue key)
{
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
    TRY(jrepr(s, key, &text));
    return jraise("KeyError", STR_FMT, STR_ARG(strbuf_str(&text)));
}

static Error *get_argument(Formatter *f, JValue key, JValue *out)
{
    if (key.type == J_INT) {
        if ((uint64_t)key.i >= f->count) {
            return jraise("IndexError", "tuple index out of range");
        }
        *out = f->args[key.i];
        return NULL;
    }
    if (f->names.type == J_DICT) {
        TRY(jdict_get(f->names.dict, key, out));
    } else if (f->names.type == J_HOST) {
        TRY(jget_item_only(f->s, f->names, key, out));
    } else {
        return jraise("TypeError", "'%s' object is not subscriptable", jtype_name(f->names));
    }
    return jis_absent(*out) ? missing_key(f->s, key) : NULL;
}

/* The end of the name or index that begins at `at`. */
static size_t part_end(Str text, size_t at)
{
    while (at < text.len && text.data[at] != '.' && text.data[at] != '[') {
        at++;
    }
    return at;
}

static Error *get_part(Formatter *f, Str name, size_t *at, JValue *value)
{
    bool attribute = name.data[*at] == '.';
    size_t start = *at + 1;
    size_t end =
        attribute ? part_end(name, start) : str_find_char(str_from_offset(name, start), ']');
    if (!attribute && end == SIZE_MAX) {
        return jraise("ValueError", "Missing ']' in format string");
    }
    end = attribute ? end : start + end;
    if (end == start) {
        return jraise("ValueError", "Empty attribute in format string");
    }
    Str part = str_slice(name, start, end);
    *at = attribute ? end : end + 1;
    if (!attribute && *at < name.len && name.data[*at] != '.' && name.data[*at] != '[') {
        return jraise("ValueError", "Only '.' or '[' may follow ']' in format field specifier");
    }
    if (attribute) {
        return jget_attr(f->s, *value, jstr_new(jinja_heap(f->s), part), value);
    }
    JValue key = JNONE;
    TRY(read_key(f->s, part, &key));
    return jget_item(f->s, *value, key, value);
}

static Error *get_field(Formatter *f, Str name, JValue *out)
{
    JValue key = JNONE;
    if (name.len == 0) {
        if (f->automatic < 0) {
            return jraise("ValueError", "cannot switch from manual field specification to "
                                        "automatic field numbering");
        }
        return get_argument(f, jint(f->automatic++), out);
    }
    if (is_digits(name)) {
        if (f->automatic > 0) { /* in these words also for this direction */
            return jraise("ValueError", "cannot switch from manual field specification to "
                                        "automatic field numbering");
        }
        f->automatic = -1;
    }
    size_t at = part_end(name, 0);
    TRY(read_key(f->s, str_slice(name, 0, at), &key));
    TRY(get_argument(f, key, out));
    while (at < name.len) {
        TRY(get_part(f, name, &at, out));
    }
    return NULL;
}

/* ---- Writing ---- */

static Error *convert(JinjaState *s, uint32_t conversion, JValue *value)
{
    if (conversion == 0) {
        return NULL;
    }
    if (conversion == 's') {
        return jto_str(s, *value, value);
    }
    if (conversion != 'r' && conversion != 'a') {
        char bytes[4];
        return jraise("ValueError", "Unknown conversion specifier %.*s",
                      (int)utf8_encode(conversion, bytes), bytes);
    }
    JBuild build = jbuild_begin(s);
    TRY(jrepr(s, *value, &build.buf));
    if (conversion == 'a') {
        Str ascii = format_ascii(s, strbuf_str(&build.buf));
        build.buf.len = 0;
        strbuf_add(&build.buf, ascii);
    }
    return jbuild_take(s, &build, value);
}

static Error *write_value(Formatter *f, JValue value, Str spec, StrBuf *out)
{
    if (!f->escaping) {
        return format_value(f->s, value, spec, out);
    }
    if (jis_safe(value)) {
        if (spec.len > 0) {
            return jraise("ValueError", "Unsupported format specification for Markup.");
        }
        strbuf_add(out, jtext(value));
        return NULL;
    }
    StrBuf text = strbuf_init(jinja_scratch(f->s), LIMIT_STRING_BYTES);
    TRY(format_value(f->s, value, spec, &text));
    jescape(strbuf_str(&text), out);
    return NULL;
}

static Error *write_field(Formatter *f, const Field *field, int depth, StrBuf *out)
{
    JValue value = JNONE;
    Str spec = field->spec;
    StrBuf filled = strbuf_init(jinja_scratch(f->s), LIMIT_STRING_BYTES);
    TRY(get_field(f, field->name, &value));
    TRY(convert(f->s, field->conversion, &value));
    if (depth <= 1) {
        return jraise("ValueError", "Max string recursion exceeded");
    }
    if (str_find_char(spec, '{') != SIZE_MAX || str_find_char(spec, '}') != SIZE_MAX) {
        TRY(format_into(f, spec, depth - 1, &filled));
        spec = strbuf_str(&filled);
    }
    return write_value(f, value, spec, out);
}

/* How many braces of one kind stand at `at`: two make one of text. */
static bool is_doubled(Str text, size_t at)
{
    return at + 1 < text.len && text.data[at + 1] == text.data[at];
}

static Error *format_into(Formatter *f, Str text, int depth, StrBuf *out)
{
    size_t done = 0;
    for (size_t at = 0; at < text.len && !out->overflowed;) {
        char c = text.data[at];
        if (c != '{' && c != '}') {
            at++;
            continue;
        }
        strbuf_add(out, str_slice(text, done, at));
        if (is_doubled(text, at)) {
            strbuf_add_char(out, c);
            at += 2;
        } else if (c == '}' || at + 1 == text.len) {
            return jraise("ValueError", "Single '%c' encountered in format string", c);
        } else {
            Field field;
            at++;
            TRY(read_field(text, &at, &field));
            TRY(write_field(f, &field, depth, out));
        }
        done = at;
    }
    strbuf_add(out, str_from_offset(text, done));
    return out->overflowed ? jinja_check_bytes(SIZE_MAX) : NULL;
}

enum { FORMAT_DEPTH = 3 }; /* a format, the formats in its specs, and no further */

static Error *format_str(JinjaState *s, JStr *format, const JValue *args, size_t count,
                         JValue names, JValue *out)
{
    Formatter formatter = {
        .s = s, .args = args, .count = count, .names = names, .escaping = jis_safe(jobj(format))};
    JBuild build = jbuild_begin(s);
    TRY(format_into(&formatter, jstr_str(format), FORMAT_DEPTH, &build.buf));
    TRY(jbuild_take(s, &build, out));
    *out = jstr_as_safe(jinja_heap(s), *out, formatter.escaping);
    return NULL;
}

static Error *str_format(JinjaState *s, const JCall *call, JValue *out)
{
    JDict *names = call->kwargs != NULL ? call->kwargs : jdict_new(jinja_heap(s));
    return format_str(s, call->args[0].str, call->args + 1, call->argc - 1, jdict_value(names),
                      out);
}

static Error *str_format_map(JinjaState *s, const JCall *call, JValue *out)
{
    return format_str(s, call->args[0].str, NULL, 0, call->args[1], out);
}

static Error *str_encode(JinjaState *s, const JCall *call, JValue *out)
{
    Str encoding = STR("utf-8"), errors = STR("strict");
    if (jarg_given(call, 1)) {
        TRY(jarg_text(call, 1, "encode() argument 'encoding'", &encoding));
    }
    if (jarg_given(call, 2)) {
        TRY(jarg_text(call, 2, "encode() argument 'errors'", &errors));
    }
    return bytes_encode(s, call->args[0].str, encoding, errors, out);
}

const JBuiltin jinja_str_formats[] = {
    {"encode", str_encode, 1, 3, "self encoding errors", 0, NULL},
    {"format", str_format, 1, JARGS_ANY, NULL, JB_KWARGS | JB_CONTEXT, NULL},
    {"format_map", str_format_map, 2, 2, NULL, JB_CONTEXT, NULL},
    {0},
};
