#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/html_text.h"
#include "jinja/str_edit.h"
#include "jinja/urlize.h"
#include "jinja/wrap.h"

/* ---- indent ---- */

static Error *indentation(JinjaState *s, JValue width, Str *out)
{
    int64_t blanks = 4;
    if (width.type == J_STR) {
        *out = jtext(width);
        return NULL;
    }
    if (!jis_absent(width) && !jto_int64(width, &blanks)) {
        return jraise("TypeError", "can't multiply sequence by non-int of type '%s'",
                      jtype_name(width));
    }
    blanks = blanks > 0 ? blanks : 0;
    TRY(jinja_check_bytes((size_t)blanks));
    char *text = arena_alloc_raw(jinja_scratch(s), (size_t)blanks + 1);
    memset(text, ' ', (size_t)blanks);
    *out = (Str){text, (size_t)blanks};
    return NULL;
}

static Error *indent_subject(JValue value)
{
    if (value.type == J_UNDEFINED) {
        TRY(jundefined_error(value));
    }
    if (value.type == J_LIST) {
        return jraise("AttributeError", "'list' object has no attribute 'splitlines'");
    }
    if (value.type != J_STR) {
        return jraise("TypeError", "unsupported operand type(s) for +=: '%s' and 'str'",
                      jtype_name(value));
    }
    return NULL;
}

/* Lines that are empty get no indentation unless `blank`. A line end at the end of the text stays.
 */
static Error *filter_indent(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0];
    bool first = jarg_bool(call, 2, false), blank = jarg_bool(call, 3, false);
    Str indent = {0};
    JBuild build = jbuild_begin(s);
    TRY(indentation(s, call->args[1], &indent));
    TRY(indent_subject(value));
    if (jis_safe(value) && !jis_safe(call->args[1])) {
        StrBuf escaped = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
        jescape(indent, &escaped);
        indent = strbuf_str(&escaped);
    }
    Str rest = jtext(value), line = {0}, end = {0};
    rest.len -= rest.len > 0 && rest.data[rest.len - 1] == '\r'; /* it would join the added "\n" */
    strbuf_add(&build.buf, first ? indent : STR(""));
    for (bool more = true, later = false; more; later = true) {
        if (!str_edit_next_line(&rest, &line, &end)) {
            line = end = (Str){0}; /* behind the last line end, or of an empty text */
        }
        strbuf_add(&build.buf, later ? STR("\n") : STR(""));
        strbuf_add(&build.buf, later && (blank || line.len > 0) ? indent : STR(""));
        strbuf_add(&build.buf, line);
        more = end.len > 0 && !build.buf.overflowed;
    }
    TRY(jbuild_take(s, &build, out));
    *out = jresult_like(s, *out, value);
    return NULL;
}

/* ---- truncate ---- */

/* Without the last word, when there are several. */
static Str before_last_blank(Str text)
{
    for (size_t i = text.len; i-- > 0;) {
        if (text.data[i] == ' ') {
            return str_slice(text, 0, i);
        }
    }
    return text;
}

static Error *truncate_text(JinjaState *s, JStr *text, size_t kept, bool killwords, Str end,
                            JValue *out)
{
    Str start = str_slice(jstr_str(text), 0, jstr_offset(text, kept));
    start = killwords ? start : before_last_blank(start);
    TRY(jinja_check_bytes(start.len + end.len));
    *out = jobj(jstr_concat(jinja_heap(s), start, end));
    *out = jresult_like(s, *out, jobj(text));
    return NULL;
}

static Error *filter_truncate(JinjaState *s, const JCall *call, JValue *out)
{
    enum { DEFAULT_LENGTH = 255, LEEWAY = 5 };
    JValue value = call->args[0], end = jarg_or(call, 3, jstr_value(jinja_heap(s), STR("...")));
    int64_t length = DEFAULT_LENGTH, leeway = LEEWAY;
    size_t end_chars = 0, chars = 0;
    TRY(jarg_int(call, 1, DEFAULT_LENGTH, &length));
    if (jarg_or(call, 4, JNONE).type != J_NONE) {
        TRY(jarg_int(call, 4, LEEWAY, &leeway));
    }
    TRY(jlength(s, end, &end_chars));
    if (length < (int64_t)end_chars) {
        return jraise("AssertionError", "expected length >= %zu, got %lld", end_chars,
                      (long long)length);
    }
    if (leeway < 0) {
        return jraise("AssertionError", "expected leeway >= 0, got %lld", (long long)leeway);
    }
    TRY(jlength(s, value, &chars));
    if ((int64_t)chars <= length || (int64_t)chars - length <= leeway) {
        *out = value;
        return NULL;
    }
    if (value.type != J_STR || end.type != J_STR) {
        return jraise("TypeError", "can only concatenate %s (not \"%s\") to %s", jtype_name(value),
                      jtype_name(end), jtype_name(value));
    }
    return truncate_text(s, value.str, (size_t)length - end_chars, jarg_bool(call, 2, false),
                         jtext(end), out);
}

/* ---- wordwrap ---- */

static Error *filter_wordwrap(JinjaState *s, const JCall *call, JValue *out)
{
    enum { DEFAULT_WIDTH = 79 };
    JValue value = call->args[0], line_end = jarg_or(call, 3, JNONE);
    WrapOptions options = {.width = DEFAULT_WIDTH,
                           .break_long_words = jarg_bool(call, 2, true),
                           .break_on_hyphens = jarg_bool(call, 4, true),
                           .line_end = STR("\n")};
    if (value.type == J_UNDEFINED) {
        TRY(jundefined_error(value));
    }
    if (value.type != J_STR) {
        return jraise("AttributeError", "'%s' object has no attribute 'splitlines'",
                      jtype_name(value));
    }
    TRY(jarg_int(call, 1, DEFAULT_WIDTH, &options.width));
    if (line_end.type == J_STR) {
        options.line_end = jtext(line_end);
    } else if (line_end.type != J_NONE) {
        return jraise("AttributeError", "'%s' object has no attribute 'join'",
                      jtype_name(line_end));
    }
    Str rest = jtext(value), line = {0}, end = {0};
    JBuild build = jbuild_begin(s);
    for (bool later = false; str_edit_next_line(&rest, &line, &end); later = true) {
        strbuf_add(&build.buf, later ? options.line_end : STR(""));
        TRY(wrap_line(s, line, &options, &build.buf));
    }
    return jbuild_take(s, &build, out);
}

/* ---- URLs and HTML ---- */

static void add_quoted(Str text, bool query, StrBuf *out)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool kept = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' ||
                    c == '.' || c == '_' || c == '~' || (c == '/' && !query);
        if (kept) {
            strbuf_add_char(out, (char)c);
        } else if (c == ' ' && query) {
            strbuf_add_char(out, '+');
        } else {
            strbuf_add(out, (Str){(char[]){'%', hex[c >> 4], hex[c & 15]}, 3});
        }
    }
}

static Error *quote(JinjaState *s, JValue value, bool query, StrBuf *out)
{
    JValue text = JNONE;
    TRY(jto_str(s, value, &text));
    add_quoted(jtext(text), query, out);
    return NULL;
}

static Error *unpack_pair(JinjaState *s, JValue item, JValue *out_key, JValue *out_value)
{
    if (!jis_iterable(item)) {
        return jraise("TypeError", "cannot unpack non-iterable %s object", jtype_name(item));
    }
    JList *pair = NULL;
    TRY(jcollect(s, item, &pair));
    size_t len = jlist_len(pair);
    if (len > 2) {
        return jraise("ValueError", "too many values to unpack (expected 2)");
    }
    if (len < 2) {
        return jraise("ValueError", "not enough values to unpack (expected 2, got %zu)", len);
    }
    *out_key = jlist_at(pair, 0);
    *out_value = jlist_at(pair, 1);
    return NULL;
}

static Error *quote_pairs(JinjaState *s, JValue pairs, StrBuf *out)
{
    JIterator *it = NULL;
    TRY(jiterate(s, pairs, &it));
    for (bool later = false;; later = true) {
        JValue item = JMISSING, key = JMISSING, value = JMISSING;
        TRY(jnext(s, it, &item));
        if (jis_absent(item)) {
            return NULL;
        }
        TRY(unpack_pair(s, item, &key, &value));
        strbuf_add(out, later ? STR("&") : STR(""));
        TRY(quote(s, key, true, out));
        strbuf_add_char(out, '=');
        TRY(quote(s, value, true, out));
    }
}

static Error *filter_urlencode(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0];
    JBuild build = jbuild_begin(s);
    if (value.type == J_STR || !jis_iterable(value)) {
        TRY(quote(s, value, false, &build.buf));
    } else if (value.type == J_DICT) {
        TRY(quote_pairs(s, jview_new(jinja_heap(s), value.dict, JVIEW_ITEMS), &build.buf));
    } else {
        TRY(quote_pairs(s, value, &build.buf));
    }
    return jbuild_take(s, &build, out);
}

static Error *filter_urlize(JinjaState *s, const JCall *call, JValue *out)
{
    UrlizeOptions options = {.limit = -1,
                             .nofollow = jarg_bool(call, 2, false),
                             .target = jarg_or(call, 3, JNONE),
                             .rel = jarg_or(call, 4, JNONE),
                             .schemes = jarg_or(call, 5, JNONE)};
    JValue text = JNONE;
    if (jarg_or(call, 1, JNONE).type != J_NONE) {
        TRY(jarg_int(call, 1, -1, &options.limit));
    }
    TRY(jto_str(s, call->args[0], &text));
    JBuild build = jbuild_begin(s);
    TRY(urlize_text(s, text, &options, &build.buf));
    return jbuild_take(s, &build, out);
}

static Error *filter_striptags(JinjaState *s, const JCall *call, JValue *out)
{
    JValue text = JNONE;
    TRY(jto_str(s, call->args[0], &text));
    JBuild build = jbuild_begin(s);
    html_strip_tags(jinja_scratch(s), jtext(text), &build.buf);
    return jbuild_take(s, &build, out);
}

#define URLIZE_PARAMS "value trim_url_limit nofollow target rel extra_schemes"
#define WORDWRAP_PARAMS "s width break_long_words wrapstring break_on_hyphens"

const JBuiltin jinja_filters_lines[] = {
    {"indent", filter_indent, 1, 4, "s width first blank", 0, NULL},
    {"striptags", filter_striptags, 1, 1, "value", 0, NULL},
    {"truncate", filter_truncate, 1, 5, "s length killwords end leeway", 0, NULL},
    {"urlencode", filter_urlencode, 1, 1, "value", 0, NULL},
    {"urlize", filter_urlize, 1, 6, URLIZE_PARAMS, 0, NULL},
    {"wordwrap", filter_wordwrap, 1, 5, WORDWRAP_PARAMS, 0, NULL},
    {0},
};
