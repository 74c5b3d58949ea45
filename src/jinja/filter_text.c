#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/casing.h"
#include "jinja/str_edit.h"

/* str(value), the subject of most filters on text; Markup stays Markup. */
static Error *subject(JinjaState *s, const JCall *call, JValue *out)
{
    return jto_str(s, call->args[0], out);
}

static Error *filter_string(JinjaState *s, const JCall *call, JValue *out)
{
    return subject(s, call, out);
}

/* ---- Case ---- */

static Error *filter_upper(JinjaState *s, const JCall *call, JValue *out)
{
    JValue text = JNONE;
    TRY(subject(s, call, &text));
    return casing_convert(s, CASE_UPPER, text.str, out);
}

static Error *filter_lower(JinjaState *s, const JCall *call, JValue *out)
{
    JValue text = JNONE;
    TRY(subject(s, call, &text));
    return casing_convert(s, CASE_LOWER, text.str, out);
}

static Error *filter_capitalize(JinjaState *s, const JCall *call, JValue *out)
{
    JValue text = JNONE;
    TRY(subject(s, call, &text));
    return casing_convert(s, CASE_CAPITALIZE, text.str, out);
}

/* What separates the words of the filter `title`, which other than the method knows apostrophes. */
static bool separates(uint32_t c)
{
    return str_edit_is_space(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
}

static void add_titled(Str word, StrBuf *out)
{
    size_t first = 0;
    utf8_next(word, &first);
    casing_add(CASE_UPPER, str_slice(word, 0, first), out);
    casing_add(CASE_LOWER, str_from_offset(word, first), out);
}

static Error *filter_title(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JNONE;
    TRY(subject(s, call, &value));
    JBuild build = jbuild_begin(s);
    Str text = jtext(value);
    size_t word = 0;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        if (separates(utf8_next(text, &at))) {
            if (word < start) {
                add_titled(str_slice(text, word, start), &build.buf);
            }
            strbuf_add(&build.buf, str_slice(text, start, at));
            word = at;
        }
    }
    if (word < text.len) {
        add_titled(str_from_offset(text, word), &build.buf);
    }
    return jbuild_take(s, &build, out);
}

/* ---- Parts ---- */

static Error *filter_trim(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JNONE, chars = jarg_or(call, 1, JNONE);
    TRY(subject(s, call, &value));
    if (chars.type != J_NONE && chars.type != J_STR) {
        return jraise("TypeError", "strip arg must be None or str");
    }
    Str set = chars.type == J_STR ? jtext(chars) : (Str){0};
    Str rest = str_edit_strip(jtext(value), chars.type == J_STR ? &set : NULL, STRIP_BOTH);
    *out = rest.len == value.str->len ? value : jresult_text(s, rest, value);
    return NULL;
}

static Error *filter_replace(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JNONE, from = JNONE, to = JNONE;
    int64_t count = -1;
    TRY(subject(s, call, &value));
    TRY(jto_str(s, call->args[1], &from));
    TRY(jto_str(s, call->args[2], &to));
    if (jarg_or(call, 3, JNONE).type != J_NONE) {
        TRY(jarg_int(call, 3, -1, &count));
    }
    return str_edit_replace(s, value.str, jtext(from), jtext(to), count, out);
}

static Error *filter_center(JinjaState *s, const JCall *call, JValue *out)
{
    enum { DEFAULT_WIDTH = 80 };
    JValue value = JNONE;
    int64_t width = DEFAULT_WIDTH;
    TRY(subject(s, call, &value));
    TRY(jarg_int(call, 1, DEFAULT_WIDTH, &width));
    TRY(str_edit_pad(s, value.str, width, STR(" "), PAD_CENTER, out));
    *out = jresult_like(s, *out, value);
    return NULL;
}

static Error *filter_wordcount(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JNONE;
    TRY(subject(s, call, &value));
    Str text = jtext(value);
    int64_t words = 0;
    bool inside = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        bool letter = c == '_' || codepoint_is_alnum(c);
        words += letter && !inside;
        inside = letter;
    }
    *out = jint(words);
    return NULL;
}

/* value % (args or keywords) */
static Error *filter_format(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JNONE;
    TRY(subject(s, call, &value));
    if (call->kwargs != NULL && call->argc > 1) {
        return jraise("FilterArgumentError",
                      "can't handle positional and keyword arguments at the same time");
    }
    JValue args = call->kwargs != NULL
                      ? jdict_value(call->kwargs)
                      : jtuple_value(jtuple_from(jinja_heap(s), call->args + 1, call->argc - 1));
    return jformat_percent(s, value.str, args, out);
}

/* ---- HTML ---- */

static Error *escaped(JinjaState *s, JValue text, JValue *out)
{
    JBuild build = jbuild_begin(s);
    jescape(jtext(text), &build.buf);
    TRY(jbuild_take(s, &build, out));
    *out = jstr_as_safe(jinja_heap(s), *out, true);
    return NULL;
}

static Error *filter_escape(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JNONE;
    TRY(subject(s, call, &value));
    if (jis_safe(value)) {
        *out = value;
        return NULL;
    }
    return escaped(s, value, out);
}

static Error *filter_forceescape(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JNONE;
    TRY(subject(s, call, &value));
    return escaped(s, value, out);
}

static Error *filter_safe(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JNONE;
    TRY(subject(s, call, &value));
    *out = jstr_as_safe(jinja_heap(s), value, true);
    return NULL;
}

static Error *attribute_text(JinjaState *s, JValue key, JValue value, StrBuf *out)
{
    if (key.type != J_STR) {
        return jraise("TypeError", "expected string or bytes-like object, got '%s'",
                      jtype_name(key));
    }
    Str name = jtext(key);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (c == ' ' || (c >= '\t' && c <= '\r') || c == '/' || c == '>' || c == '=') {
            StrBuf shown = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
            jrepr_text(name, &shown);
            return jraise("ValueError", "Invalid character in attribute name: " STR_FMT,
                          STR_ARG(strbuf_str(&shown)));
        }
    }
    JValue text = JNONE;
    TRY(jto_str(s, value, &text));
    if (jis_safe(key)) {
        strbuf_add(out, name);
    } else {
        jescape(name, out);
    }
    strbuf_add(out, STR("=\""));
    if (jis_safe(text)) {
        strbuf_add(out, jtext(text));
    } else {
        jescape(jtext(text), out);
    }
    strbuf_add_char(out, '"');
    return NULL;
}

static Error *filter_xmlattr(JinjaState *s, const JCall *call, JValue *out)
{
    JValue mapping = call->args[0], key, value;
    if (mapping.type == J_UNDEFINED) {
        TRY(jundefined_error(mapping));
    }
    if (mapping.type != J_DICT) {
        return jraise("AttributeError", "'%s' object has no attribute 'items'",
                      jtype_name(mapping));
    }
    const char *between = jarg_bool(call, 1, true) ? " " : "";
    JBuild build = jbuild_begin(s);
    for (size_t at = 0; jdict_next(mapping.dict, &at, &key, &value);) {
        if (value.type == J_NONE || value.type == J_UNDEFINED) {
            continue;
        }
        strbuf_add_c(&build.buf, between);
        between = " ";
        TRY(attribute_text(s, key, value, &build.buf));
    }
    return jbuild_take(s, &build, out);
}

const JBuiltin jinja_filters_text[] = {
    {"capitalize", filter_capitalize, 1, 1, "s", 0, NULL},
    {"center", filter_center, 1, 2, "value width", 0, NULL},
    {"e", filter_escape, 1, 1, NULL, 0, NULL},
    {"escape", filter_escape, 1, 1, NULL, 0, NULL},
    {"forceescape", filter_forceescape, 1, 1, "value", 0, NULL},
    {"format", filter_format, 1, JARGS_ANY, NULL, JB_KWARGS, NULL},
    {"lower", filter_lower, 1, 1, "s", 0, NULL},
    {"replace", filter_replace, 3, 4, "s old new count", 0, NULL},
    {"safe", filter_safe, 1, 1, "value", 0, NULL},
    {"string", filter_string, 1, 1, NULL, 0, NULL},
    {"title", filter_title, 1, 1, "s", 0, NULL},
    {"trim", filter_trim, 1, 2, "value chars", 0, NULL},
    {"upper", filter_upper, 1, 1, "s", 0, NULL},
    {"wordcount", filter_wordcount, 1, 1, "s", 0, NULL},
    {"xmlattr", filter_xmlattr, 1, 2, "d autospace", 0, NULL},
    {0},
};
