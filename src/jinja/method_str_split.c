#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/str_edit.h"

static void append(JinjaState *s, JList *list, Str piece, JValue model)
{
    jlist_append(list, jresult_text(s, piece, model));
}

/* ---- split and rsplit ---- */

static void split_words(JinjaState *s, Str text, int64_t limit, JValue model, JList *list)
{
    Str word = {0};
    while (limit != 0 && str_edit_next_word(&text, &word)) {
        append(s, list, word, model);
        limit--;
    }
    text = str_edit_strip(text, NULL, STRIP_START);
    if (text.len > 0) {
        append(s, list, text, model);
    }
}

/* The last word, taken off the end of *rest. */
static bool last_word(Str *rest, Str *out_word)
{
    Str text = str_edit_strip(*rest, NULL, STRIP_END);
    size_t start = text.len;
    while (start > 0) {
        size_t at = start - 1;
        while (at > 0 && ((unsigned char)text.data[at] & 0xC0) == 0x80) {
            at--;
        }
        size_t next = at;
        if (str_edit_is_space(utf8_next(text, &next))) {
            break;
        }
        start = at;
    }
    *out_word = str_from_offset(text, start);
    *rest = str_slice(text, 0, start);
    return out_word->len > 0;
}

static void rsplit_words(JinjaState *s, Str text, int64_t limit, JValue model, JList *list)
{
    Str word = {0};
    while (limit != 0 && last_word(&text, &word)) {
        append(s, list, word, model);
        limit--;
    }
    text = str_edit_strip(text, NULL, STRIP_END);
    if (text.len > 0) {
        append(s, list, text, model);
    }
    jlist_reverse(list);
}

static void split_text(JinjaState *s, Str text, Str separator, int64_t limit, JValue model,
                       JList *list)
{
    size_t done = 0;
    for (; limit != 0; limit--) {
        size_t hit = separator.len == 1
                         ? str_find_char(str_from_offset(text, done), separator.data[0])
                         : str_find(str_from_offset(text, done), separator, 0);
        if (hit == SIZE_MAX) {
            break;
        }
        append(s, list, str_slice(text, done, done + hit), model);
        done += hit + separator.len;
    }
    append(s, list, str_from_offset(text, done), model);
}

static void rsplit_text(JinjaState *s, Str text, Str separator, int64_t limit, JValue model,
                        JList *list)
{
    for (; limit != 0; limit--) {
        size_t hit = str_find_last(text, separator);
        if (hit == SIZE_MAX) {
            break;
        }
        append(s, list, str_from_offset(text, hit + separator.len), model);
        text.len = hit;
    }
    append(s, list, text, model);
    jlist_reverse(list);
}

static Error *split(JinjaState *s, const JCall *call, bool from_right, JValue *out)
{
    JValue self = call->args[0], separator = jarg_or(call, 1, JNONE);
    int64_t limit = -1;
    TRY(jarg_int(call, 2, -1, &limit));
    if (separator.type != J_NONE && separator.type != J_STR) {
        return jraise("TypeError", "must be str or None, not %s", jtype_name(separator));
    }
    if (separator.type == J_STR && separator.str->len == 0) {
        return jraise("ValueError", "empty separator");
    }
    JList *list = jlist_new(jinja_heap(s), 0);
    if (separator.type == J_NONE) {
        (from_right ? rsplit_words : split_words)(s, jtext(self), limit, self, list);
    } else {
        (from_right ? rsplit_text : split_text)(s, jtext(self), jtext(separator), limit, self,
                                                list);
    }
    *out = jlist_value(list);
    return NULL;
}

static Error *str_split(JinjaState *s, const JCall *call, JValue *out)
{
    return split(s, call, false, out);
}

static Error *str_rsplit(JinjaState *s, const JCall *call, JValue *out)
{
    return split(s, call, true, out);
}

static Error *str_splitlines(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t keep = 0;
    TRY(jarg_int(call, 1, 0, &keep));
    Str rest = jtext(call->args[0]), line = {0}, end = {0};
    JList *list = jlist_new(jinja_heap(s), 0);
    while (str_edit_next_line(&rest, &line, &end)) {
        Str kept = {line.data, line.len + (keep != 0 ? end.len : 0)};
        append(s, list, kept, call->args[0]);
    }
    *out = jlist_value(list);
    return NULL;
}

/* ---- partition ---- */

static Error *partition(JinjaState *s, const JCall *call, bool from_right, JValue *out)
{
    JValue self = call->args[0];
    Str separator = {0}, text = jtext(self);
    TRY(jarg_text(call, 1, "", &separator));
    if (separator.len == 0) {
        return jraise("ValueError", "empty separator");
    }
    size_t hit = from_right ? str_find_last(text, separator) : str_find(text, separator, 0);
    JValue nothing = jresult_text(s, STR(""), self);
    JValue parts[3] = {from_right ? nothing : self, nothing, from_right ? self : nothing};
    if (hit != SIZE_MAX) {
        parts[0] = jresult_text(s, str_slice(text, 0, hit), self);
        parts[1] = jresult_like(s, call->args[1], self);
        parts[2] = jresult_text(s, str_from_offset(text, hit + separator.len), self);
    }
    *out = jtuple_value(jtuple_from(jinja_heap(s), parts, ARRAY_LEN(parts)));
    return NULL;
}

static Error *str_partition(JinjaState *s, const JCall *call, JValue *out)
{
    return partition(s, call, false, out);
}

static Error *str_rpartition(JinjaState *s, const JCall *call, JValue *out)
{
    return partition(s, call, true, out);
}

/* ---- join ---- */

static Error *str_join_method(JinjaState *s, const JCall *call, JValue *out)
{
    JValue self = call->args[0];
    if (!jis_iterable(call->args[1])) {
        return jraise("TypeError", "can only join an iterable");
    }
    JIterator *it = NULL;
    TRY(jiterate(s, call->args[1], &it));
    JBuild build = jbuild_begin(s);
    for (size_t count = 0;; count++) {
        JValue item = JMISSING;
        TRY(jnext(s, it, &item));
        if (jis_absent(item)) {
            break;
        }
        if (item.type != J_STR) {
            return jraise("TypeError", "sequence item %zu: expected str instance, %s found", count,
                          jtype_name(item));
        }
        if (count > 0) {
            strbuf_add(&build.buf, jtext(self));
        }
        if (jis_safe(self) && !jis_safe(item)) {
            jescape(jtext(item), &build.buf);
        } else {
            strbuf_add(&build.buf, jtext(item));
        }
        if (build.buf.overflowed) {
            break;
        }
    }
    TRY(jbuild_take(s, &build, out));
    *out = jresult_like(s, *out, self);
    return NULL;
}

const JBuiltin jinja_str_pieces[] = {
    {"join", str_join_method, 2, 2, NULL, 0, NULL},
    {"partition", str_partition, 2, 2, NULL, 0, NULL},
    {"rpartition", str_rpartition, 2, 2, NULL, 0, NULL},
    {"rsplit", str_rsplit, 1, 3, "self sep maxsplit", 0, NULL},
    {"split", str_split, 1, 3, "self sep maxsplit", 0, NULL},
    {"splitlines", str_splitlines, 1, 2, "self keepends", 0, NULL},
    {0},
};
