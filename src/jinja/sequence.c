#include "jinja/sequence.h"

#include "base/limits.h"
#include "jinja/state.h"

static bool is_sequence(JValue value)
{
    return value.type == J_STR || value.type == J_LIST || value.type == J_TUPLE;
}

/* Text to put beside Markup: escaped unless it is Markup itself. */
static Error *as_markup(JinjaState *s, JValue value, JValue *out)
{
    JBuild build = jbuild_begin(s);
    jescape(jtext(value), &build.buf);
    TRY(jbuild_take(s, &build, out));
    return NULL;
}

static Error *concat_text(JinjaState *s, JValue a, JValue b, JValue *out)
{
    TRY(jinja_check_bytes((size_t)a.str->len + b.str->len));
    bool safe = jis_safe(a) || jis_safe(b);
    if (safe && !jis_safe(a)) {
        TRY(as_markup(s, a, &a));
    }
    if (safe && !jis_safe(b)) {
        TRY(as_markup(s, b, &b));
    }
    JStr *joined = jstr_concat(jinja_heap(s), jtext(a), jtext(b));
    joined->obj.flags = (uint8_t)(joined->obj.flags | (safe ? JOBJ_SAFE : 0));
    *out = jobj(joined);
    return NULL;
}

static Error *concat_lists(JinjaState *s, JList *a, JList *b, JValue *out)
{
    TRY(jinja_check_items(jlist_len(a) + jlist_len(b)));
    JList *joined = jlist_copy(jinja_heap(s), a);
    JList *second = jlist_copy(jinja_heap(s), b);
    jlist_extend(joined, second->items, second->len);
    *out = jlist_value(joined);
    return NULL;
}

static Error *concat_tuples(JinjaState *s, const JTuple *a, const JTuple *b, JValue *out)
{
    TRY(jinja_check_items((size_t)a->len + b->len));
    JTuple *joined = jtuple_new(jinja_heap(s), (size_t)a->len + b->len);
    memcpy(joined->items, a->items, a->len * sizeof(JValue));
    memcpy(joined->items + a->len, b->items, b->len * sizeof(JValue));
    *out = jtuple_value(joined);
    return NULL;
}

static Error *add(JinjaState *s, JValue a, JValue b, JValue *out)
{
    if (a.type != b.type) {
        return jraise("TypeError", "can only concatenate %s (not \"%s\") to %s", jtype_name(a),
                      jtype_name(b), jtype_name(a));
    }
    if (a.type == J_STR) {
        return concat_text(s, a, b, out);
    }
    return a.type == J_LIST ? concat_lists(s, a.list, b.list, out)
                            : concat_tuples(s, a.tuple, b.tuple, out);
}

static Error *repeat_text(JinjaState *s, JStr *text, size_t count, JValue *out)
{
    if (text->len > 0) {
        TRY(jinja_check_bytes(count > LIMIT_STRING_BYTES ? SIZE_MAX : text->len * count));
    }
    JStr *repeated = jstr_new_raw(jinja_heap(s), text->len * count);
    for (size_t i = 0; i < count && text->len > 0; i++) {
        memcpy(repeated->text + i * text->len, text->text, text->len);
    }
    repeated->obj.flags = (uint8_t)(repeated->obj.flags | (text->obj.flags & JOBJ_SAFE));
    *out = jobj(repeated);
    return NULL;
}

static Error *repeat_items(JinjaState *s, JValue sequence, size_t count, JValue *out)
{
    JList *items = NULL;
    TRY(jcollect(s, sequence, &items));
    size_t len = jlist_len(items);
    if (len > 0) {
        TRY(jinja_check_items(count > LIMIT_STRING_BYTES ? SIZE_MAX : len * count));
    }
    JList *repeated = jlist_new(jinja_heap(s), len * count);
    for (size_t i = 0; i < count && len > 0; i++) {
        jlist_extend(repeated, items->items, len);
    }
    *out = sequence.type == J_LIST
               ? jlist_value(repeated)
               : jtuple_value(jtuple_from(jinja_heap(s), repeated->items, repeated->len));
    return NULL;
}

static Error *repeat(JinjaState *s, JValue sequence, JValue times, JValue *out)
{
    int64_t count = 0;
    if (!jto_int64(times, &count)) {
        return jraise("TypeError", "can't multiply sequence by non-int of type '%s'",
                      jtype_name(times));
    }
    size_t positive = count > 0 ? (size_t)count : 0;
    return sequence.type == J_STR ? repeat_text(s, sequence.str, positive, out)
                                  : repeat_items(s, sequence, positive, out);
}

static Error *set_difference(JinjaState *s, JDict *a, JDict *b, JValue *out)
{
    JSet *rest = jset_new(jinja_heap(s));
    JValue key, value, other;
    for (size_t at = 0; jdict_next(a, &at, &key, &value);) {
        TRY(jdict_get(b, key, &other));
        if (jis_absent(other)) {
            TRY(jset_add(rest, key));
        }
    }
    *out = jset_value(rest);
    return NULL;
}

/* Views of keys and of items subtract as sets do. */
static bool is_set_view(JValue value)
{
    return value.type == J_VIEW && ((JView *)value.obj)->kind != JVIEW_VALUES;
}

/* As a set, in the form that set_difference takes. */
static Error *collect_set(JinjaState *s, JValue iterable, JDict **out)
{
    JIterator *it = NULL;
    TRY(jiterate(s, iterable, &it));
    JSet *set = jset_new(jinja_heap(s));
    for (;;) {
        JValue item = JMISSING;
        TRY(jnext(s, it, &item));
        if (jis_absent(item)) {
            break;
        }
        TRY(jset_add(set, item));
        TRY(jinja_check_items(jdict_len(jset_value(set).dict)));
    }
    *out = jset_value(set).dict;
    return NULL;
}

Error *jsequence_binary(JinjaState *s, JBinaryOp op, JValue a, JValue b, JValue *out)
{
    *out = JMISSING;
    if (op == JBIN_ADD && is_sequence(a)) {
        return add(s, a, b, out);
    }
    if (op == JBIN_MUL && (is_sequence(a) || is_sequence(b))) {
        return is_sequence(a) ? repeat(s, a, b, out) : repeat(s, b, a, out);
    }
    if (op == JBIN_SUB && a.type == J_SET && b.type == J_SET) {
        return set_difference(s, a.dict, b.dict, out);
    }
    if (op == JBIN_SUB && (is_set_view(a) || is_set_view(b)) && jis_iterable(a) &&
        jis_iterable(b)) {
        JDict *left = NULL, *right = NULL;
        TRY(collect_set(s, a, &left));
        TRY(collect_set(s, b, &right));
        return set_difference(s, left, right, out);
    }
    return NULL;
}

Error *jconcat(JinjaState *s, const JValue *values, size_t count, JValue *out)
{
    if (count == 2 && values[0].type == J_STR && values[1].type == J_STR) {
        TRY(jinja_check_bytes((size_t)values[0].str->len + values[1].str->len));
        *out = jobj(jstr_concat(jinja_heap(s), jtext(values[0]), jtext(values[1])));
        return NULL;
    }
    JBuild build = jbuild_begin(s);
    for (size_t i = 0; i < count; i++) {
        TRY(jprint(s, values[i], &build.buf));
    }
    return jbuild_take(s, &build, out);
}
