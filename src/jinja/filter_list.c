#include <sys/random.h>

#include "base/clock.h"
#include "jinja/attribute.h"
#include "jinja/builtin.h"
#include "jinja/sort.h"

static Error *filter_length(JinjaState *s, const JCall *call, JValue *out)
{
    size_t len = 0;
    TRY(jlength(s, call->args[0], &len));
    *out = jint((int64_t)len);
    return NULL;
}

static Error *filter_list(JinjaState *s, const JCall *call, JValue *out)
{
    JList *list = NULL;
    TRY(jcollect(s, call->args[0], &list));
    *out = jlist_value(list);
    return NULL;
}

/* ---- One of the items ---- */

static Error *filter_first(JinjaState *s, const JCall *call, JValue *out)
{
    JIterator *it = NULL;
    JValue item = JMISSING;
    if (call->args[0].type == J_LIST) {
        item = jlist_at(call->args[0].list, 0);
    } else {
        TRY(jiterate(s, call->args[0], &it));
        TRY(jnext(s, it, &item));
    }
    *out =
        jis_absent(item) ? jundefined_message(s, STR("No first item, sequence was empty.")) : item;
    return NULL;
}

/* Whether Python's reversed() takes it: not what has no order or no end to begin with. */
static bool is_reversible(JValue value)
{
    switch (JTYPE_OF(value)) {
    case J_STR:
    case J_LIST:
    case J_TUPLE:
    case J_DICT:
    case J_RANGE:
    case J_VIEW:
    case J_UNDEFINED:
        return true;
    case J_HOST:
        return ((JHost *)value.obj)->class->is_sequence || ((JHost *)value.obj)->class->is_mapping;
    default:
        return false;
    }
}

static Error *filter_last(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0];
    if (!is_reversible(value)) {
        return jraise("TypeError", "'%s' object is not reversible", jtype_name(value));
    }
    JList *list = NULL;
    JValue item;
    if (value.type == J_STR && value.str->len > 0) {
        size_t chars = jstr_chars(value.str);
        item = jstr_sub(jinja_heap(s), value.str, chars - 1, chars);
    } else if (value.type == J_LIST) {
        item = jlist_at(value.list, jlist_len(value.list) - 1);
    } else {
        TRY(jcollect(s, value, &list));
        item = jlist_at(list, jlist_len(list) - 1);
    }
    *out =
        jis_absent(item) ? jundefined_message(s, STR("No last item, sequence was empty.")) : item;
    return NULL;
}

/* Walks a list from the end. */
static Error *next_reversed(JinjaState *s, JIterator *it, JValue *out_item)
{
    (void)s;
    *out_item = it->at > 0 ? jlist_at(it->over.list, (size_t)--it->at) : JMISSING;
    return NULL;
}

static const JIteratorClass reversed_list = {"list_reverseiterator", next_reversed};
static const JIteratorClass reversed_keys = {"dict_reversekeyiterator", next_reversed};
static const JIteratorClass reversed_items = {"dict_reverseitemiterator", next_reversed};
static const JIteratorClass reversed_any = {"reversed", next_reversed};

static Error *reverse_text(JinjaState *s, JValue value, JValue *out)
{
    JValue whole = JNONE;
    return jslice(s, value, whole, whole, jint(-1), out);
}

static Error *filter_reverse(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0];
    if (value.type == J_STR) {
        return reverse_text(s, value, out);
    }
    if (!jis_iterable(value)) {
        return jraise("FilterArgumentError", "argument must be iterable");
    }
    JList *list = value.list;
    if (value.type != J_LIST) {
        TRY(jcollect(s, value, &list));
    }
    if (!is_reversible(value)) { /* Python turns what it cannot reverse into a list */
        jlist_reverse(list);
        *out = jlist_value(list);
        return NULL;
    }
    const JIteratorClass *class = value.type == J_LIST   ? &reversed_list
                                  : value.type == J_DICT ? &reversed_keys
                                  : value.type == J_VIEW ? &reversed_items
                                                         : &reversed_any;
    JIterator *it = jiterator_new(jinja_heap(s), class, jlist_value(list));
    it->at = (int64_t)jlist_len(list);
    *out = jobj(it);
    return NULL;
}

/* ---- join and sum ---- */

/* The attribute named by args[index]; the whole item when it is not given. */
static Attribute attribute_arg(JinjaState *s, const JCall *call, size_t index)
{
    Attribute attribute = {.path = NULL};
    attribute_parse(s, call->args[index], &attribute.path);
    return attribute;
}

/* Joins a list that holds nothing but texts, without a buffer between; false if it holds other
 * things. */
static bool join_texts(JinjaState *s, JList *list, Str separator, JValue *out)
{
    size_t count = jlist_len(list), size = count > 0 ? (count - 1) * separator.len : 0;
    for (size_t i = 0; i < count; i++) {
        JValue item = jlist_at(list, i);
        if (item.type != J_STR) {
            return false;
        }
        size += item.str->len;
    }
    if (size > LIMIT_STRING_BYTES) {
        return false;
    }
    JStr *joined = jstr_new_raw(jinja_heap(s), size);
    char *at = joined->text;
    for (size_t i = 0; i < count; i++) {
        Str item = jtext(jlist_at(list, i));
        memcpy(at, separator.data, i > 0 ? separator.len : 0);
        at += i > 0 ? separator.len : 0;
        memcpy(at, item.data, item.len);
        at += item.len;
    }
    *out = jobj(joined);
    return true;
}

static Error *filter_join(JinjaState *s, const JCall *call, JValue *out)
{
    Attribute attribute = attribute_arg(s, call, 2);
    JIterator *it = NULL;
    JValue separator = JNONE;
    TRY(jto_str(s, jarg_or(call, 1, jstr_value(jinja_heap(s), STR(""))), &separator));
    bool plain = call->args[0].type == J_LIST && call->args[0].list->shared == NULL;
    if (plain && attribute.path == NULL &&
        join_texts(s, call->args[0].list, jtext(separator), out)) {
        return NULL;
    }
    TRY(jiterate(s, call->args[0], &it));
    JBuild build = jbuild_begin(s);
    for (bool first = true;; first = false) {
        JValue item = JMISSING;
        TRY(jnext(s, it, &item));
        if (jis_absent(item)) {
            break;
        }
        TRY(attribute_get(s, &attribute, item, &item));
        if (!first) {
            strbuf_add(&build.buf, jtext(separator));
        }
        TRY(jprint(s, item, &build.buf));
        if (build.buf.overflowed) {
            break;
        }
    }
    return jbuild_take(s, &build, out);
}

static Error *filter_sum(JinjaState *s, const JCall *call, JValue *out)
{
    Attribute attribute = attribute_arg(s, call, 1);
    JIterator *it = NULL;
    JValue total = jarg_or(call, 2, jint(0));
    TRY(jiterate(s, call->args[0], &it));
    if (total.type == J_STR) {
        return jraise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
    }
    for (;;) {
        JValue item = JMISSING;
        TRY(jnext(s, it, &item));
        if (jis_absent(item)) {
            break;
        }
        TRY(attribute_get(s, &attribute, item, &item));
        TRY(jbinary(s, JBIN_ADD, total, item, &total));
    }
    *out = total;
    return NULL;
}

/* ---- Order ---- */

static Error *extreme(JinjaState *s, const JCall *call, JCompareOp op, JValue *out)
{
    Attribute attribute = attribute_arg(s, call, 2);
    JIterator *it = NULL;
    attribute.lowered = !jarg_bool(call, 1, false);
    TRY(jiterate(s, call->args[0], &it));
    JValue best = JMISSING, best_key = JMISSING;
    for (;;) {
        JValue item = JMISSING, key = JMISSING;
        bool better = true;
        TRY(jnext(s, it, &item));
        if (jis_absent(item)) {
            break;
        }
        TRY(attribute_get(s, &attribute, item, &key));
        if (!jis_absent(best)) {
            TRY(jcompare(s, op, key, best_key, &better));
        }
        if (better) {
            best = item;
            best_key = key;
        }
    }
    *out = jis_absent(best) ? jundefined_message(s, STR("No aggregated item, sequence was empty."))
                            : best;
    return NULL;
}

static Error *filter_max(JinjaState *s, const JCall *call, JValue *out)
{
    return extreme(s, call, JCMP_GT, out);
}

static Error *filter_min(JinjaState *s, const JCall *call, JValue *out)
{
    return extreme(s, call, JCMP_LT, out);
}

/* 'a,b.c' names several attributes; the first that differs decides. */
static Attribute *sort_attributes(JinjaState *s, JValue path, bool lowered, size_t *out_count)
{
    size_t count = 1;
    for (size_t i = 0; path.type == J_STR && i < path.str->len; i++) {
        count += path.str->text[i] == ',';
    }
    Attribute *attributes = ARENA_ARRAY(jinja_scratch(s), Attribute, count);
    Str rest = path.type == J_STR ? jtext(path) : (Str){0}, piece = {0};
    for (size_t i = 0; i < count; i++) {
        if (str_next_piece(&rest, ',', &piece)) {
            path = jstr_value(jinja_heap(s), piece);
        }
        attributes[i].lowered = lowered;
        attribute_parse(s, path, &attributes[i].path);
    }
    *out_count = count;
    return attributes;
}

static Error *sort_key(JinjaState *s, const Attribute *attributes, size_t count, JValue item,
                       JValue *out)
{
    if (count == 1) {
        return attribute_get(s, &attributes[0], item, out);
    }
    JList *keys = jlist_new(jinja_heap(s), count);
    for (size_t i = 0; i < count; i++) {
        JValue key = JNONE;
        TRY(attribute_get(s, &attributes[i], item, &key));
        jlist_append(keys, key);
    }
    *out = jlist_value(keys);
    return NULL;
}

static Error *filter_sort(JinjaState *s, const JCall *call, JValue *out)
{
    JList *list = NULL;
    int64_t reverse = 0;
    TRY(jcollect(s, call->args[0], &list));
    TRY(jarg_int(call, 1, 0, &reverse));
    Arena *arena = jinja_scratch(s);
    ArenaMark mark = arena_mark(arena);
    size_t attribute_count = 0, count = jlist_len(list);
    Attribute *attributes =
        sort_attributes(s, jarg_or(call, 3, JNONE), !jarg_bool(call, 2, false), &attribute_count);
    SortItem *items = ARENA_ARRAY(arena, SortItem, count);
    for (size_t i = 0; i < count; i++) {
        items[i].value = jlist_at(list, i);
        TRY(sort_key(s, attributes, attribute_count, items[i].value, &items[i].key));
    }
    TRY(sort_items(s, items, count, (reverse != 0 ? SORT_REVERSE : 0) | SORT_EQUAL_FIRST));
    for (size_t i = 0; i < count; i++) {
        jlist_set(list, i, items[i].value);
    }
    arena_rewind(arena, mark);
    *out = jlist_value(list);
    return NULL;
}

/* ---- Random ---- */

static uint64_t random_bits(void)
{
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof(bits), 0) < 0) {
        bits = (uint64_t)clock_monotonic_us(); /* interrupted: chance enough for a choice */
    }
    return bits;
}

static Error *filter_random(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0];
    size_t len = 0;
    TRY(jlength(s, value, &len));
    if (len == 0) {
        *out = jundefined_message(s, STR("No random item, sequence was empty."));
        return NULL;
    }
    if (value.type == J_SET || value.type == J_VIEW) {
        return jraise("TypeError", "'%s' object is not subscriptable", jtype_name(value));
    }
    JValue index = jint((int64_t)(random_bits() % len)), item = JMISSING;
    TRY(jget_item_only(s, value, index, &item));
    if (jis_absent(item)) {
        return jraise("KeyError", "%lld", (long long)index.i);
    }
    *out = item;
    return NULL;
}

const JBuiltin jinja_filters_list[] = {
    {"count", filter_length, 1, 1, "obj", 0, NULL},
    {"first", filter_first, 1, 1, "seq", 0, NULL},
    {"join", filter_join, 1, 3, "value d attribute", 0, NULL},
    {"last", filter_last, 1, 1, "seq", 0, NULL},
    {"length", filter_length, 1, 1, "obj", 0, NULL},
    {"list", filter_list, 1, 1, "value", 0, NULL},
    {"max", filter_max, 1, 3, "value case_sensitive attribute", 0, NULL},
    {"min", filter_min, 1, 3, "value case_sensitive attribute", 0, NULL},
    {"random", filter_random, 1, 1, "seq", JB_CONTEXT, NULL},
    {"reverse", filter_reverse, 1, 1, "value", 0, NULL},
    {"sort", filter_sort, 1, 4, "value reverse case_sensitive attribute", 0, NULL},
    {"sum", filter_sum, 1, 3, "iterable attribute start", 0, NULL},
    {0},
};
