#include "jinja/builtin.h"
#include "jinja/sort.h"

static JList *self(const JCall *call)
{
    return call->args[0].list;
}

static Error *none(JValue *out)
{
    *out = JNONE;
    return NULL;
}

/* ---- Changing a list ---- */

static Error *list_append(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    TRY(jinja_check_items(jlist_len(self(call)) + 1));
    jlist_append(self(call), call->args[1]);
    return none(out);
}

static Error *list_extend(JinjaState *s, const JCall *call, JValue *out)
{
    JList *items = NULL;
    TRY(jcollect(s, call->args[1], &items));
    size_t len = jlist_len(items);
    TRY(jinja_check_items(jlist_len(self(call)) + len));
    jlist_extend(self(call), items->items, len); /* a list of our own */
    return none(out);
}

/* A Python index, negative ones counted from the end; below 0 if it is out of range on the left. */
static int64_t from_start(int64_t index, size_t len)
{
    return index < 0 ? index + (int64_t)len : index;
}

static Error *list_insert(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    int64_t index = 0;
    TRY(jarg_int(call, 1, 0, &index));
    TRY(jinja_check_items(jlist_len(self(call)) + 1));
    index = from_start(index, jlist_len(self(call)));
    jlist_insert(self(call), index > 0 ? (size_t)index : 0, call->args[2]);
    return none(out);
}

static Error *list_pop(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    int64_t index = -1;
    TRY(jarg_int(call, 1, -1, &index));
    size_t len = jlist_len(self(call));
    index = from_start(index, len);
    JValue removed = index >= 0 ? jlist_remove(self(call), (size_t)index) : JMISSING;
    if (jis_absent(removed)) {
        return jraise("IndexError", len == 0 ? "pop from empty list" : "pop index out of range");
    }
    *out = removed;
    return NULL;
}

static Error *list_clear(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    jlist_clear(self(call));
    return none(out);
}

static Error *list_reverse(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    jlist_reverse(self(call));
    return none(out);
}

static Error *list_copy(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jlist_value(jlist_copy(jinja_heap(s), self(call)));
    return NULL;
}

/* ---- Searching ---- */

static Error *is_item(JValue item, JValue wanted, bool *out)
{
    *out = jidentical(item, wanted);
    return *out ? NULL : jequal(item, wanted, out);
}

/* Position of the first item equal to `wanted` in [start, end); SIZE_MAX if there is none. */
static Error *position(JValue sequence, JValue wanted, size_t start, size_t end, size_t *out)
{
    *out = SIZE_MAX;
    for (size_t i = start; i < end; i++) {
        bool found = false;
        JValue item =
            sequence.type == J_LIST ? jlist_at(sequence.list, i) : sequence.tuple->items[i];
        if (jis_absent(item)) {
            break;
        }
        TRY(is_item(item, wanted, &found));
        if (found) {
            *out = i;
            break;
        }
    }
    return NULL;
}

static size_t length(JValue sequence)
{
    return sequence.type == J_LIST ? jlist_len(sequence.list) : sequence.tuple->len;
}

static Error *bound(const JCall *call, size_t index, size_t len, size_t fallback, size_t *out)
{
    int64_t at = 0;
    if (!jarg_given(call, index)) {
        *out = fallback;
        return NULL;
    }
    if (!jto_int64(call->args[index], &at)) {
        return jraise("TypeError", "slice indices must be integers or have an __index__ method");
    }
    at = from_start(at, len);
    *out = at < 0 ? 0 : (size_t)at > len ? len : (size_t)at;
    return NULL;
}

static Error *sequence_index(JinjaState *s, const JCall *call, JValue *out)
{
    JValue sequence = call->args[0];
    size_t len = length(sequence), start = 0, end = len, at = SIZE_MAX;
    TRY(bound(call, 2, len, 0, &start));
    TRY(bound(call, 3, len, len, &end));
    TRY(position(sequence, call->args[1], start, end, &at));
    if (at == SIZE_MAX && sequence.type == J_TUPLE) {
        return jraise("ValueError", "tuple.index(x): x not in tuple");
    }
    if (at == SIZE_MAX) {
        StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
        TRY(jrepr(s, call->args[1], &text));
        return jraise("ValueError", STR_FMT " is not in list", STR_ARG(strbuf_str(&text)));
    }
    *out = jint((int64_t)at);
    return NULL;
}

static Error *sequence_count(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    JValue sequence = call->args[0];
    int64_t count = 0;
    for (size_t at = 0, len = length(sequence);; at++, count++) {
        TRY(position(sequence, call->args[1], at, len, &at));
        if (at == SIZE_MAX) {
            break;
        }
    }
    *out = jint(count);
    return NULL;
}

static Error *list_remove(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    size_t at = SIZE_MAX;
    TRY(position(call->args[0], call->args[1], 0, jlist_len(self(call)), &at));
    if (at == SIZE_MAX) {
        return jraise("ValueError", "list.remove(x): x not in list");
    }
    jlist_remove(self(call), at);
    return none(out);
}

/* ---- Sorting ---- */

/* The keys of the items, by calling `key` for each. Works on a copy, which replaces the list's
 * items. */
static Error *sort_by_key(JinjaState *s, JList *list, JValue key, bool reverse)
{
    JList *copy = jlist_copy(jinja_heap(s), list);
    size_t count = jlist_len(copy);
    ArenaMark mark = arena_mark(jinja_scratch(s));
    SortItem *items = ARENA_ARRAY(jinja_scratch(s), SortItem, count);
    for (size_t i = 0; i < count; i++) {
        items[i].value = jlist_at(copy, i);
        TRY(jinja_call(s, key, &items[i].value, 1, NULL, &items[i].key));
    }
    TRY(sort_items(s, items, count, reverse ? SORT_REVERSE : 0));
    for (size_t i = 0; i < count; i++) {
        jlist_set(copy, i, items[i].value);
    }
    arena_rewind(jinja_scratch(s), mark);
    jlist_replace(list, copy);
    return NULL;
}

static Error *list_sort(JinjaState *s, const JCall *call, JValue *out)
{
    JValue key = jarg_or(call, 1, JNONE);
    int64_t reverse = 0;
    if (call->argc > 1) {
        return jraise("TypeError", "sort() takes no positional arguments");
    }
    TRY(jarg_int(call, 2, 0, &reverse));
    if (key.type != J_NONE) {
        TRY(sort_by_key(s, self(call), key, reverse != 0));
        return none(out);
    }
    JList *copy = jlist_copy(jinja_heap(s), self(call));
    TRY(sort_list(s, copy, reverse != 0));
    jlist_replace(self(call), copy);
    return none(out);
}

const JBuiltin jinja_list_methods[] = {
    {"append", list_append, 2, 2, NULL, 0, NULL},
    {"clear", list_clear, 1, 1, NULL, 0, NULL},
    {"copy", list_copy, 1, 1, NULL, 0, NULL},
    {"count", sequence_count, 2, 2, NULL, 0, NULL},
    {"extend", list_extend, 2, 2, NULL, 0, NULL},
    {"index", sequence_index, 2, 4, NULL, 0, NULL},
    {"insert", list_insert, 3, 3, NULL, 0, NULL},
    {"pop", list_pop, 1, 2, NULL, 0, NULL},
    {"remove", list_remove, 2, 2, NULL, 0, NULL},
    {"reverse", list_reverse, 1, 1, NULL, 0, NULL},
    {"sort", list_sort, 1, 3, "self key reverse", JB_CONTEXT, NULL},
    {0},
};

/* ---- Tuples ---- */

/* The names that groupby gives the items of its tuples. */
static Error *group_item(const JCall *call, size_t index, JValue *out)
{
    bool group = (call->args[0].obj->flags & JOBJ_GROUP) != 0;
    *out = group ? call->args[0].tuple->items[index] : JMISSING;
    return NULL;
}

static Error *group_grouper(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return group_item(call, 0, out);
}

static Error *group_list(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return group_item(call, 1, out);
}

const JBuiltin jinja_tuple_methods[] = {
    {"count", sequence_count, 2, 2, NULL, 0, NULL},
    {"grouper", group_grouper, 1, 1, NULL, JB_PROPERTY, NULL},
    {"index", sequence_index, 2, 4, NULL, 0, NULL},
    {"list", group_list, 1, 1, NULL, JB_PROPERTY, NULL},
    {0},
};

/* ---- Ranges ---- */

static const JRange *range(const JCall *call)
{
    return (JRange *)call->args[0].obj;
}

/* The position of args[1] in the range; -1 when it is not in it. */
static Error *range_position(JinjaState *s, const JCall *call, int64_t *out)
{
    bool found = false;
    int64_t value = 0;
    *out = -1;
    TRY(jcontains(s, call->args[0], call->args[1], &found));
    if (!found) {
        return NULL;
    }
    JValue wanted = call->args[1];
    if (!jto_int64(wanted, &value)) {
        value = wanted.type == J_FLOAT ? (int64_t)wanted.f : range(call)->start;
    }
    *out = (value - range(call)->start) / range(call)->step;
    return NULL;
}

static Error *range_count(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t at = -1;
    TRY(range_position(s, call, &at));
    *out = jint(at >= 0);
    return NULL;
}

static Error *range_index(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t at = -1;
    TRY(range_position(s, call, &at));
    if (at < 0 && jis_integer(call->args[1])) {
        StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
        TRY(jrepr(s, call->args[1], &text));
        return jraise("ValueError", STR_FMT " is not in range", STR_ARG(strbuf_str(&text)));
    }
    if (at < 0) {
        return jraise("ValueError", "sequence.index(x): x not in sequence");
    }
    *out = jint(at);
    return NULL;
}

static Error *range_start(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = jint(range(call)->start);
    return NULL;
}

static Error *range_stop(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = jint(range(call)->stop);
    return NULL;
}

static Error *range_step(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = jint(range(call)->step);
    return NULL;
}

const JBuiltin jinja_range_methods[] = {
    {"count", range_count, 2, 2, NULL, 0, NULL},
    {"index", range_index, 2, 2, NULL, 0, NULL},
    {"start", range_start, 1, 1, NULL, JB_PROPERTY, NULL},
    {"step", range_step, 1, 1, NULL, JB_PROPERTY, NULL},
    {"stop", range_stop, 1, 1, NULL, JB_PROPERTY, NULL},
    {0},
};
