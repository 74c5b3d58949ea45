#include <math.h>

#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/digits.h"
#include "jinja/ops.h"
#include "jinja/run.h"
#include "jinja/state.h"

/* The containers being printed, outermost last: one within itself shows as "[...]". */
typedef struct Path {
    const struct Path *up;
    const void *object;
    int depth;
} Path;

static Error *repr_at(JinjaState *s, JValue value, const Path *path, StrBuf *out);

static bool is_inside(const Path *path, JValue value)
{
    for (; path != NULL; path = path->up) {
        if (path->object == value.obj) {
            return true;
        }
    }
    return false;
}

static Path path_into(const Path *path, JValue value)
{
    return (Path){.up = path, .object = value.obj, .depth = path != NULL ? path->depth + 1 : 0};
}

static Error *check_depth(const Path *path)
{
    return path->depth <= LIMIT_CALL_DEPTH
               ? NULL
               : jraise("RecursionError",
                        "maximum recursion depth exceeded while getting the repr of an object");
}

static void add_int(int64_t value, StrBuf *out)
{
    char digits[NUMBER_TEXT_BYTES];
    strbuf_add(out, (Str){digits, digits_put(value, digits)});
}

/* Most doubles that templates print have few decimals: an int divided by a power of ten, and a
 * quotient that is the same double proves it. No other decimal of at most 15 digits reads back as
 * that double, so these are the shortest digits. False when there are more. */
static bool add_short_decimal(double value, StrBuf *out)
{
    enum { UNIT = 10000 };
    static const double largest = 1e11; /* with the decimals, 15 digits */
    double magnitude = fabs(value);
    if (!(magnitude < largest)) {
        return false;
    }
    int64_t scaled = (int64_t)(magnitude * UNIT + 0.5);
    if ((double)scaled / UNIT != magnitude) {
        return false;
    }
    char text[NUMBER_TEXT_BYTES] = "-", *at = text;
    at += signbit(value) ? 1 : 0;
    at += digits_put(scaled / UNIT, at);
    *at++ = '.';
    int64_t rest = scaled % UNIT;
    do {
        *at++ = (char)('0' + rest / (UNIT / 10));
        rest = rest % (UNIT / 10) * 10;
    } while (rest != 0);
    strbuf_add(out, (Str){text, (size_t)(at - text)});
    return true;
}

static void add_double(double value, StrBuf *out)
{
    if (add_short_decimal(value, out)) {
        return;
    }
    char digits[NUMBER_TEXT_BYTES];
    strbuf_add(out, (Str){digits, number_format_double(value, digits)});
}

/* Python refuses to print ints beyond 4300 digits. */
static Error *add_bigint(const JBigint *big, StrBuf *out)
{
    enum { MAX_DIGITS = 4300 };
    size_t size = mpz_sizeinbase(big->z, 10);
    if (size > MAX_DIGITS + 1) {
        return jraise("ValueError",
                      "Exceeds the limit (4300 digits) for integer string conversion; "
                      "use sys.set_int_max_str_digits() to increase the limit");
    }
    char *at = strbuf_reserve(out, size + 2);
    if (at != NULL) {
        mpz_get_str(at, 10, big->z);
        out->len += strlen(at);
    }
    return NULL;
}

static void add_escaped_codepoint(uint32_t c, StrBuf *out)
{
    static const char hex[] = "0123456789abcdef";
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    strbuf_add_char(out, '\\');
    strbuf_add_char(out, digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
        strbuf_add_char(out, hex[(c >> shift) & 15]);
    }
}

void jrepr_text(Str text, StrBuf *out)
{
    bool single = str_find_char(text, '\'') != SIZE_MAX;
    bool both = single && str_find_char(text, '"') != SIZE_MAX;
    char quote = single && !both ? '"' : '\'';
    strbuf_add_char(out, quote);
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = utf8_next(text, &at);
        if (c == (uint32_t)quote || c == '\\') {
            strbuf_add_char(out, '\\');
            strbuf_add_char(out, (char)c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            strbuf_add_char(out, '\\');
            strbuf_add_char(out, c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        } else if (c < ' ' || c == 127 || (c > 127 && !unicode_is_printable(c))) {
            add_escaped_codepoint(c, out);
        } else {
            strbuf_add(out, str_slice(text, start, at));
        }
    }
    strbuf_add_char(out, quote);
}

void jescape(Str text, StrBuf *out)
{
    size_t done = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *escaped = NULL;
        switch (text.data[i]) {
        case '&':
            escaped = "&amp;";
            break;
        case '<':
            escaped = "&lt;";
            break;
        case '>':
            escaped = "&gt;";
            break;
        case '"':
            escaped = "&#34;";
            break;
        case '\'':
            escaped = "&#39;";
            break;
        default:
            continue;
        }
        strbuf_add(out, str_slice(text, done, i));
        strbuf_add_c(out, escaped);
        done = i + 1;
    }
    strbuf_add(out, str_from_offset(text, done));
}

/* Item number `index` of a list or tuple, the next one of a set or view; MISSING at the end. */
static JValue next_shown(JValue value, size_t index, size_t *position, JValue *out_second)
{
    JValue key = JMISSING, second = JNONE;
    *out_second = JMISSING;
    if (value.type == J_LIST) {
        return jlist_at(value.list, index);
    }
    if (value.type == J_TUPLE) {
        return index < value.tuple->len ? value.tuple->items[index] : JMISSING;
    }
    JDict *dict = value.type == J_VIEW ? ((JView *)value.obj)->dict : value.dict;
    if (!jdict_next(dict, position, &key, &second)) {
        return JMISSING;
    }
    if (value.type == J_SET || ((JView *)value.obj)->kind == JVIEW_KEYS) {
        return key;
    }
    if (((JView *)value.obj)->kind == JVIEW_VALUES) {
        return second;
    }
    *out_second = second;
    return key;
}

/* The items between brackets; those of dict_items as pairs. */
static Error *repr_items(JinjaState *s, JValue value, const Path *path, const char *open,
                         const char *close, StrBuf *out)
{
    size_t position = 0;
    strbuf_add_c(out, open);
    for (size_t index = 0;; index++) {
        JValue second = JMISSING, item = next_shown(value, index, &position, &second);
        if (jis_absent(item)) {
            break;
        }
        bool pair = !jis_absent(second);
        strbuf_add_c(out, index > 0 ? ", " : "");
        strbuf_add_c(out, pair ? "(" : "");
        TRY(repr_at(s, item, path, out));
        if (pair) {
            strbuf_add_c(out, ", ");
            TRY(repr_at(s, second, path, out));
            strbuf_add_char(out, ')');
        }
        if (out->overflowed) {
            return jinja_check_bytes(SIZE_MAX);
        }
    }
    strbuf_add_c(out, close);
    return NULL;
}

static Error *repr_dict(JinjaState *s, JDict *dict, const Path *path, StrBuf *out)
{
    JValue key, value;
    const char *between = "";
    strbuf_add_char(out, '{');
    for (size_t at = 0; jdict_next(dict, &at, &key, &value); between = ", ") {
        strbuf_add_c(out, between);
        TRY(repr_at(s, key, path, out));
        strbuf_add_c(out, ": ");
        TRY(repr_at(s, value, path, out));
        if (out->overflowed) {
            return jinja_check_bytes(SIZE_MAX);
        }
    }
    strbuf_add_char(out, '}');
    return NULL;
}

static void repr_range(const JRange *range, StrBuf *out)
{
    strbuf_printf(out, "range(%lld, %lld", (long long)range->start, (long long)range->stop);
    if (range->step != 1) {
        strbuf_printf(out, ", %lld", (long long)range->step);
    }
    strbuf_add_char(out, ')');
}

static Error *repr_container(JinjaState *s, JValue value, const Path *path, StrBuf *out)
{
    static const struct {
        const char *open, *close, *cycle;
    } styles[J_TYPE_COUNT] = {
        [J_LIST] = {"[", "]", "[...]"},
        [J_TUPLE] = {"(", ")", "(...)"},
        [J_DICT] = {"{", "}", "{...}"},
        [J_SET] = {"{", "}", "set(...)"},
    };
    if (is_inside(path, value)) {
        strbuf_add_c(out, styles[value.type].cycle);
        return NULL;
    }
    Path here = path_into(path, value);
    TRY(check_depth(&here));
    if (value.type == J_DICT) {
        return repr_dict(s, value.dict, &here, out);
    }
    if (value.type == J_SET && jdict_len(value.dict) == 0) {
        strbuf_add_c(out, "set()");
        return NULL;
    }
    const char *close =
        value.type == J_TUPLE && value.tuple->len == 1 ? ",)" : styles[value.type].close;
    return repr_items(s, value, &here, styles[value.type].open, close, out);
}

static Error *repr_view(JinjaState *s, JValue value, const Path *path, StrBuf *out)
{
    if (is_inside(path, value)) {
        strbuf_add_c(out, "...");
        return NULL;
    }
    Path here = path_into(path, value);
    TRY(check_depth(&here));
    strbuf_add_c(out, jtype_name(value));
    return repr_items(s, value, &here, "([", "])", out);
}

static Error *repr_namespace(JinjaState *s, JValue value, const Path *path, StrBuf *out)
{
    strbuf_add_c(out, "<Namespace "); /* its dict is what ends a cycle */
    TRY(repr_at(s, jobj(((JNamespace *)value.obj)->dict), path, out));
    strbuf_add_char(out, '>');
    return NULL;
}

static Error *repr_function(JValue value, StrBuf *out)
{
    const JFunction *function = (JFunction *)value.obj;
    const JBuiltinClass *class = jfunction_class(function);
    if (class != NULL) {
        strbuf_printf(out, "<class '%s'>", class->name);
    } else if (jis_absent(function->self)) {
        strbuf_printf(out, "<built-in function %s>", function->builtin->name);
    } else {
        strbuf_printf(out, "<built-in method %s of %s object>", function->builtin->name,
                      jtype_name(function->self));
    }
    return NULL;
}

static Error *repr_host(JinjaState *s, JValue value, StrBuf *out)
{
    JHost *host = (JHost *)value.obj;
    if (s != NULL && host->class->repr != NULL) {
        return host->class->repr(s, host, out);
    }
    if (s != NULL && host->class->str != NULL) {
        return host->class->str(s, host, out);
    }
    strbuf_printf(out, "<%s object>", host->class->name);
    return NULL;
}

static Error *repr_at(JinjaState *s, JValue value, const Path *path, StrBuf *out)
{
    switch (value.type) {
    case J_MISSING:
    case J_NONE:
        strbuf_add_c(out, "None");
        return NULL;
    case J_UNDEFINED:
        strbuf_add_c(out, "Undefined");
        return NULL;
    case J_BOOL:
        strbuf_add_c(out, value.b ? "True" : "False");
        return NULL;
    case J_INT:
        add_int(value.i, out);
        return NULL;
    case J_FLOAT:
        add_double(value.f, out);
        return NULL;
    case J_BIGINT:
        return add_bigint((JBigint *)value.obj, out);
    case J_STR:
        if (jis_safe(value)) {
            strbuf_add_c(out, "Markup(");
        }
        jrepr_text(jtext(value), out);
        if (jis_safe(value)) {
            strbuf_add_char(out, ')');
        }
        return NULL;
    case J_LIST:
    case J_TUPLE:
    case J_DICT:
    case J_SET:
        return repr_container(s, value, path, out);
    case J_RANGE:
        repr_range((JRange *)value.obj, out);
        return NULL;
    case J_VIEW:
        return repr_view(s, value, path, out);
    case J_NAMESPACE:
        return repr_namespace(s, value, path, out);
    case J_FUNCTION:
        return repr_function(value, out);
    case J_HOST:
        return repr_host(s, value, out);
    case J_ITERATOR:
        strbuf_printf(out, "<%s object>", jtype_name(value));
        return NULL;
    case J_CYCLER:
    case J_JOINER:
        strbuf_printf(out, "<jinja2.utils.%s object>", jtype_name(value));
        return NULL;
    case J_MACRO:
    case J_LOOP:
    case J_MODULE:
    case J_BLOCK:
    case J_CELLS:
    case J_CONTEXT:
        return jrun_repr(s, value, out);
    }
    return NULL;
}

Error *jrepr(JinjaState *s, JValue value, StrBuf *out)
{
    return repr_at(s, value, NULL, out);
}

Error *jprint(JinjaState *s, JValue value, StrBuf *out)
{
    if (value.type == J_STR) {
        strbuf_add(out, jtext(value));
        return NULL;
    }
    if (value.type == J_FLOAT) {
        add_double(value.f, out);
        return NULL;
    }
    if (value.type == J_UNDEFINED) {
        return NULL;
    }
    if (value.type == J_MODULE || value.type == J_BLOCK) {
        return jrun_print(s, value, out);
    }
    if (value.type == J_HOST && ((JHost *)value.obj)->class->str != NULL) {
        return ((JHost *)value.obj)->class->str(s, (JHost *)value.obj, out);
    }
    return repr_at(s, value, NULL, out);
}

Error *jprint_str(JinjaState *s, JValue value, JValue *out)
{
    if (value.type == J_INT) { /* the common case, without a buffer */
        char digits[NUMBER_TEXT_BYTES];
        size_t len = digits_put(value.i, digits);
        *out = jstr_value(jinja_heap(s), (Str){digits, len});
        out->str->chars = (uint32_t)len;
        return NULL;
    }
    JBuild build = jbuild_begin(s);
    TRY(jprint(s, value, &build.buf));
    return jbuild_take(s, &build, out);
}
