#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/casing.h"
#include "jinja/str_edit.h"

static JStr *self(const JCall *call)
{
    return call->args[0].str;
}

/* ---- Case ---- */

static Error *str_lower(JinjaState *s, const JCall *call, JValue *out)
{
    return casing_convert(s, CASE_LOWER, self(call), out);
}

static Error *str_upper(JinjaState *s, const JCall *call, JValue *out)
{
    return casing_convert(s, CASE_UPPER, self(call), out);
}

static Error *str_casefold(JinjaState *s, const JCall *call, JValue *out)
{
    return casing_convert(s, CASE_FOLD, self(call), out);
}

static Error *str_swapcase(JinjaState *s, const JCall *call, JValue *out)
{
    return casing_convert(s, CASE_SWAP, self(call), out);
}

static Error *str_capitalize(JinjaState *s, const JCall *call, JValue *out)
{
    return casing_convert(s, CASE_CAPITALIZE, self(call), out);
}

static Error *str_title(JinjaState *s, const JCall *call, JValue *out)
{
    return casing_convert(s, CASE_TITLE, self(call), out);
}

/* ---- Ends ---- */

static Error *strip(JinjaState *s, const JCall *call, const char *name, StripEnds ends, JValue *out)
{
    JValue chars = jarg_or(call, 1, JNONE);
    if (chars.type != J_NONE && chars.type != J_STR) {
        return jraise("TypeError", "%s arg must be None or str", name);
    }
    Str set = chars.type == J_STR ? jtext(chars) : (Str){0};
    Str text = jstr_str(self(call));
    Str rest = str_edit_strip(text, chars.type == J_STR ? &set : NULL, ends);
    *out = rest.len == text.len ? call->args[0] : jresult_text(s, rest, call->args[0]);
    return NULL;
}

static Error *str_strip(JinjaState *s, const JCall *call, JValue *out)
{
    return strip(s, call, "strip", STRIP_BOTH, out);
}

static Error *str_lstrip(JinjaState *s, const JCall *call, JValue *out)
{
    return strip(s, call, "lstrip", STRIP_START, out);
}

static Error *str_rstrip(JinjaState *s, const JCall *call, JValue *out)
{
    return strip(s, call, "rstrip", STRIP_END, out);
}

static Error *str_removeprefix(JinjaState *s, const JCall *call, JValue *out)
{
    Str prefix = {0}, text = jstr_str(self(call));
    TRY(jarg_text(call, 1, "removeprefix() argument", &prefix));
    *out = prefix.len > 0 && str_starts_with(text, prefix)
               ? jresult_text(s, str_from_offset(text, prefix.len), call->args[0])
               : call->args[0];
    return NULL;
}

static Error *str_removesuffix(JinjaState *s, const JCall *call, JValue *out)
{
    Str suffix = {0}, text = jstr_str(self(call));
    TRY(jarg_text(call, 1, "removesuffix() argument", &suffix));
    *out = suffix.len > 0 && str_ends_with(text, suffix)
               ? jresult_text(s, str_slice(text, 0, text.len - suffix.len), call->args[0])
               : call->args[0];
    return NULL;
}

/* ---- Widths ---- */

static Error *pad(JinjaState *s, const JCall *call, PadSide side, JValue *out)
{
    int64_t width = 0;
    TRY(jarg_int(call, 1, 0, &width));
    JValue fill = jarg_or(call, 2, jstr_value(jinja_heap(s), STR(" ")));
    if (fill.type != J_STR) {
        return jraise("TypeError", "The fill character must be a unicode character, not %s",
                      jtype_name(fill));
    }
    if (jstr_chars(fill.str) != 1) {
        return jraise("TypeError", "The fill character must be exactly one character long");
    }
    TRY(str_edit_pad(s, self(call), width, jtext(fill), side, out));
    *out = jresult_like(s, *out, call->args[0]);
    return NULL;
}

static Error *str_center(JinjaState *s, const JCall *call, JValue *out)
{
    return pad(s, call, PAD_CENTER, out);
}

static Error *str_ljust(JinjaState *s, const JCall *call, JValue *out)
{
    return pad(s, call, PAD_RIGHT, out);
}

static Error *str_rjust(JinjaState *s, const JCall *call, JValue *out)
{
    return pad(s, call, PAD_LEFT, out);
}

static Error *str_zfill(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t width = 0;
    TRY(jarg_int(call, 1, 0, &width));
    Str text = jstr_str(self(call));
    bool sign = text.len > 0 && (text.data[0] == '+' || text.data[0] == '-');
    JValue padded = JNONE;
    TRY(str_edit_pad(s, self(call), width, STR("0"), PAD_LEFT, &padded));
    if (sign && padded.str->len > text.len) {
        size_t zeros = padded.str->len - text.len;
        padded.str->text[0] = text.data[0]; /* its own copy: it has just been made */
        padded.str->text[zeros] = '0';
    }
    *out = jresult_like(s, padded, call->args[0]);
    return NULL;
}

static Error *str_expandtabs(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t width = 8;
    TRY(jarg_int(call, 1, 8, &width));
    size_t stop = width > 0 ? (size_t)width : 0, column = 0;
    Str text = jstr_str(self(call));
    JBuild build = jbuild_begin(s);
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = utf8_next(text, &at);
        if (c == '\t') {
            size_t blanks = stop > 0 ? stop - column % stop : 0;
            strbuf_add_repeat(&build.buf, ' ', blanks);
            column += blanks;
        } else {
            strbuf_add(&build.buf, str_slice(text, start, at));
            column = c == '\n' || c == '\r' ? 0 : column + 1;
        }
    }
    TRY(jbuild_take(s, &build, out));
    *out = jresult_like(s, *out, call->args[0]);
    return NULL;
}

/* ---- Replacing ---- */

static Error *str_replace_method(JinjaState *s, const JCall *call, JValue *out)
{
    Str from = {0}, to = {0};
    int64_t count = -1;
    TRY(jarg_text(call, 1, "replace() argument 1", &from));
    TRY(jarg_text(call, 2, "replace() argument 2", &to));
    TRY(jarg_int(call, 3, -1, &count));
    if (!jis_safe(call->args[0]) || jis_safe(call->args[2])) {
        TRY(str_edit_replace(s, self(call), from, to, count, out));
    } else {
        JBuild build = jbuild_begin(s);
        JValue escaped = JNONE;
        jescape(to, &build.buf);
        TRY(jbuild_take(s, &build, &escaped));
        TRY(str_edit_replace(s, self(call), from, jtext(escaped), count, out));
    }
    *out = jresult_like(s, *out, call->args[0]);
    return NULL;
}

static Error *map_key(JValue key, uint32_t *out)
{
    if (key.type == J_INT) {
        *out = (uint32_t)key.i;
        return NULL;
    }
    if (key.type != J_STR) {
        return jraise("TypeError", "keys in translate table must be strings or integers");
    }
    if (jstr_chars(key.str) != 1) {
        return jraise("ValueError", "string keys in translate table must be of length 1");
    }
    size_t at = 0;
    *out = utf8_next(jtext(key), &at);
    return NULL;
}

static Error *maketrans_dict(JValue from, JDict *map)
{
    if (from.type != J_DICT) {
        return jraise("TypeError", "if you give only one argument to maketrans it must be a dict");
    }
    JValue key, value;
    for (size_t at = 0; jdict_next(from.dict, &at, &key, &value);) {
        uint32_t codepoint = 0;
        TRY(map_key(key, &codepoint));
        TRY(jdict_set(map, jint(codepoint), value));
    }
    return NULL;
}

static Error *maketrans_texts(const JCall *call, JDict *map)
{
    Str from = {0}, to = {0}, removed = {0};
    if (call->args[1].type != J_STR) {
        return jraise("TypeError",
                      "first maketrans argument must be a string if there is a second argument");
    }
    TRY(jarg_text(call, 1, "maketrans() argument 1", &from));
    TRY(jarg_text(call, 2, "maketrans() argument 2", &to));
    if (jarg_given(call, 3)) {
        TRY(jarg_text(call, 3, "maketrans() argument 3", &removed));
    }
    if (jstr_chars(call->args[1].str) != jstr_chars(call->args[2].str)) {
        return jraise("ValueError", "the first two maketrans arguments must have equal length");
    }
    for (size_t i = 0, k = 0; i < from.len;) {
        uint32_t key = utf8_next(from, &i), value = utf8_next(to, &k);
        TRY(jdict_set(map, jint(key), jint(value)));
    }
    for (size_t i = 0; i < removed.len;) {
        TRY(jdict_set(map, jint(utf8_next(removed, &i)), JNONE));
    }
    return NULL;
}

static Error *str_maketrans(JinjaState *s, const JCall *call, JValue *out)
{
    JDict *map = jdict_new(jinja_heap(s));
    *out = jdict_value(map);
    return jarg_given(call, 2) ? maketrans_texts(call, map) : maketrans_dict(call->args[1], map);
}

static Error *str_translate(JinjaState *s, const JCall *call, JValue *out)
{
    JValue table = call->args[1];
    if (table.type != J_DICT && table.type != J_LIST && table.type != J_TUPLE &&
        table.type != J_STR && table.type != J_HOST) {
        return jraise("TypeError", "'%s' object is not subscriptable", jtype_name(table));
    }
    Str text = jstr_str(self(call));
    JBuild build = jbuild_begin(s);
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        JValue to = JMISSING;
        TRY(jget_item_only(s, table, jint(utf8_next(text, &at)), &to));
        if (jis_absent(to)) {
            strbuf_add(&build.buf, str_slice(text, start, at));
        } else if (to.type == J_STR) {
            strbuf_add(&build.buf, jtext(to));
        } else if (to.type == J_INT && to.i >= 0 && to.i < 0x110000) {
            utf8_add(&build.buf, (uint32_t)to.i);
        } else if (to.type == J_INT) {
            return jraise("ValueError", "character mapping must be in range(0x110000)");
        } else if (to.type != J_NONE) {
            return jraise("TypeError", "character mapping must return integer, None or str");
        }
    }
    TRY(jbuild_take(s, &build, out));
    *out = jresult_like(s, *out, call->args[0]);
    return NULL;
}

const JBuiltin jinja_str_methods[] = {
    {"capitalize", str_capitalize, 1, 1, NULL, 0, NULL},
    {"casefold", str_casefold, 1, 1, NULL, 0, NULL},
    {"center", str_center, 2, 3, NULL, 0, NULL},
    {"expandtabs", str_expandtabs, 1, 2, "self tabsize", 0, NULL},
    {"ljust", str_ljust, 2, 3, NULL, 0, NULL},
    {"lower", str_lower, 1, 1, NULL, 0, NULL},
    {"lstrip", str_lstrip, 1, 2, NULL, 0, NULL},
    {"maketrans", str_maketrans, 2, 4, NULL, 0, NULL},
    {"removeprefix", str_removeprefix, 2, 2, NULL, 0, NULL},
    {"removesuffix", str_removesuffix, 2, 2, NULL, 0, NULL},
    {"replace", str_replace_method, 3, 4, NULL, 0, NULL},
    {"rjust", str_rjust, 2, 3, NULL, 0, NULL},
    {"rstrip", str_rstrip, 1, 2, NULL, 0, NULL},
    {"strip", str_strip, 1, 2, NULL, 0, NULL},
    {"swapcase", str_swapcase, 1, 1, NULL, 0, NULL},
    {"title", str_title, 1, 1, NULL, 0, NULL},
    {"translate", str_translate, 2, 2, NULL, 0, NULL},
    {"upper", str_upper, 1, 1, NULL, 0, NULL},
    {"zfill", str_zfill, 2, 2, NULL, 0, NULL},
    {0},
};
