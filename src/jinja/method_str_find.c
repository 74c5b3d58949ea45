#include "base/unicode.h"
#include "jinja/builtin.h"

/* The part of a text that the optional bounds args[2] and args[3] leave, as Python clamps them. */
typedef struct Window {
    Str text;
    size_t first; /* code points before it */
    bool empty;   /* the bounds are past each other: nothing is found, not even the empty text */
} Window;

static Error *bound(JValue arg, int64_t len, int64_t fallback, int64_t *out)
{
    int64_t at = fallback;
    if (!jis_absent(arg) && arg.type != J_NONE) {
        if (!jto_int64(arg, &at)) {
            return jraise("TypeError", "slice indices must be integers or None or have an "
                                       "__index__ method");
        }
        at = at < 0 ? at + len : at;
        at = at < 0 ? 0 : at;
    }
    *out = at;
    return NULL;
}

static Error *window(const JCall *call, Window *out)
{
    JStr *str = call->args[0].str;
    *out = (Window){.text = jstr_str(str)};
    if (!jarg_given(call, 2) && !jarg_given(call, 3)) {
        return NULL;
    }
    int64_t len = (int64_t)jstr_chars(str), start = 0, end = len;
    TRY(bound(call->args[2], len, 0, &start));
    TRY(bound(call->args[3], len, len, &end));
    end = end > len ? len : end;
    out->empty = start > end;
    if (!out->empty) {
        out->first = (size_t)start;
        out->text =
            str_slice(out->text, jstr_offset(str, (size_t)start), jstr_offset(str, (size_t)end));
    }
    return NULL;
}

/* ---- Positions ---- */

/* The position of the text args[1] in self, first or last; -1 when it is not there. */
static Error *locate(const JCall *call, bool last, int64_t *out)
{
    Str needle = {0};
    Window in = {0};
    TRY(window(call, &in));
    TRY(jarg_text(call, 1, "", &needle));
    size_t hit = last ? str_find_last(in.text, needle) : str_find(in.text, needle, 0);
    if (in.empty || hit == SIZE_MAX) {
        *out = -1;
        return NULL;
    }
    size_t before = jstr_is_ascii(call->args[0].str) ? hit : utf8_count(str_slice(in.text, 0, hit));
    *out = (int64_t)(in.first + before);
    return NULL;
}

static Error *find(const JCall *call, bool last, bool required, JValue *out)
{
    int64_t position = -1;
    TRY(locate(call, last, &position));
    if (required && position < 0) {
        return jraise("ValueError", "substring not found");
    }
    *out = jint(position);
    return NULL;
}

static Error *str_find_method(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return find(call, false, false, out);
}

static Error *str_rfind(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return find(call, true, false, out);
}

static Error *str_index(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return find(call, false, true, out);
}

static Error *str_rindex(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return find(call, true, true, out);
}

static Error *str_count(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    Str needle = {0};
    Window in = {0};
    TRY(window(call, &in));
    TRY(jarg_text(call, 1, "", &needle));
    int64_t count = 0;
    if (in.empty) {
        *out = jint(0);
        return NULL;
    }
    if (needle.len == 0) {
        *out = jint((int64_t)utf8_count(in.text) + 1);
        return NULL;
    }
    for (size_t at = 0; (at = str_find(in.text, needle, at)) != SIZE_MAX; at += needle.len) {
        count++;
    }
    *out = jint(count);
    return NULL;
}

/* ---- Ends ---- */

typedef bool (*EndTest)(Str text, Str part);

static Error *tests_end(const JCall *call, const char *name, EndTest matches, JValue *out)
{
    JValue part = call->args[1];
    Window in = {0};
    TRY(window(call, &in));
    if (part.type != J_STR && part.type != J_TUPLE) {
        return jraise("TypeError", "%s first arg must be str or a tuple of str, not %s", name,
                      jtype_name(part));
    }
    const JValue *parts = part.type == J_TUPLE ? part.tuple->items : &part;
    size_t count = part.type == J_TUPLE ? part.tuple->len : 1;
    bool matched = false;
    for (size_t i = 0; i < count && !matched; i++) {
        if (parts[i].type != J_STR) {
            return jraise("TypeError", "tuple for %s must only contain str, not %s", name,
                          jtype_name(parts[i]));
        }
        matched = !in.empty && matches(in.text, jtext(parts[i]));
    }
    *out = jbool(matched);
    return NULL;
}

static Error *str_startswith(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return tests_end(call, "startswith", str_starts_with, out);
}

static Error *str_endswith(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return tests_end(call, "endswith", str_ends_with, out);
}

const JBuiltin jinja_str_searches[] = {
    {"count", str_count, 2, 4, NULL, 0, NULL},
    {"endswith", str_endswith, 2, 4, NULL, 0, NULL},
    {"find", str_find_method, 2, 4, NULL, 0, NULL},
    {"index", str_index, 2, 4, NULL, 0, NULL},
    {"rfind", str_rfind, 2, 4, NULL, 0, NULL},
    {"rindex", str_rindex, 2, 4, NULL, 0, NULL},
    {"startswith", str_startswith, 2, 4, NULL, 0, NULL},
    {0},
};
