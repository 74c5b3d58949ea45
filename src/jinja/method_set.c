#include "jinja/builtin.h"

static JSet *self(const JCall *call)
{
    return call->args[0].set;
}

static Error *none(JValue *out)
{
    *out = JNONE;
    return NULL;
}

/* The items of any iterable as a set; a set is returned as it is. */
static Error *as_set(JinjaState *s, JValue value, JSet **out)
{
    if (value.type == J_SET) {
        *out = value.set;
        return NULL;
    }
    JList *items = NULL;
    TRY(jcollect(s, value, &items));
    JSet *set = jset_new(jinja_heap(s));
    for (size_t i = 0; i < jlist_len(items); i++) {
        TRY(jset_add(set, jlist_at(items, i)));
    }
    *out = set;
    return NULL;
}

static JSet *copy(JinjaState *s, JSet *set)
{
    return (JSet *)jdict_copy(jinja_heap(s), jset_dict(set));
}

/* Adds to `into` the items of `from` that are in `filter`, or that are not. */
static Error *add_where(JSet *into, JSet *from, JSet *filter, bool wanted)
{
    JValue item, unused;
    for (size_t at = 0; jdict_next(jset_dict(from), &at, &item, &unused);) {
        bool has = false;
        TRY(jset_has(filter, item, &has));
        if (has == wanted) {
            TRY(jset_add(into, item));
        }
    }
    return NULL;
}

static Error *subset(JSet *a, JSet *b, bool *out)
{
    JValue item, unused;
    *out = true;
    for (size_t at = 0; *out && jdict_next(jset_dict(a), &at, &item, &unused);) {
        TRY(jset_has(b, item, out));
    }
    return NULL;
}

/* Makes `set` hold what `items` holds. */
static void replace(JSet *set, JSet *items)
{
    JDict *kept = jset_dict(items);
    jdict_clear(jset_dict(set));
    jdict_update(jset_dict(set), kept);
}

/* ---- One item ---- */

static Error *set_add(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    TRY(jinja_check_items(jdict_len(jset_dict(self(call))) + 1));
    TRY(jset_add(self(call), call->args[1]));
    return none(out);
}

static Error *set_discard(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    JValue removed = JMISSING;
    TRY(jdict_remove(jset_dict(self(call)), call->args[1], &removed));
    return none(out);
}

static Error *set_remove(JinjaState *s, const JCall *call, JValue *out)
{
    JValue removed = JMISSING;
    TRY(jdict_remove(jset_dict(self(call)), call->args[1], &removed));
    if (jis_absent(removed)) {
        StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
        TRY(jrepr(s, call->args[1], &text));
        return jraise("KeyError", STR_FMT, STR_ARG(strbuf_str(&text)));
    }
    return none(out);
}

static Error *set_pop(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    JValue item = JMISSING, unused = JMISSING, removed = JMISSING;
    size_t at = 0;
    if (!jdict_next(jset_dict(self(call)), &at, &item, &unused)) {
        return jraise("KeyError", "'pop from an empty set'");
    }
    TRY(jdict_remove(jset_dict(self(call)), item, &removed));
    *out = item;
    return NULL;
}

/* ---- The whole set ---- */

static Error *set_clear(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    jdict_clear(jset_dict(self(call)));
    return none(out);
}

static Error *set_copy(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jset_value(copy(s, self(call)));
    return NULL;
}

static Error *add_all(JinjaState *s, const JCall *call, JSet *into)
{
    for (size_t i = 1; i < call->argc; i++) {
        JSet *other = NULL;
        TRY(as_set(s, call->args[i], &other));
        jdict_update(jset_dict(into), jset_dict(other));
    }
    return jinja_check_items(jdict_len(jset_dict(into)));
}

static Error *set_update(JinjaState *s, const JCall *call, JValue *out)
{
    TRY(add_all(s, call, self(call)));
    return none(out);
}

static Error *set_union(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *all = copy(s, self(call));
    TRY(add_all(s, call, all));
    *out = jset_value(all);
    return NULL;
}

/* What of self is in all of the arguments, or in none of them. */
static Error *filter_by_all(JinjaState *s, const JCall *call, bool wanted, JSet **out)
{
    JSet *left = copy(s, self(call));
    for (size_t i = 1; i < call->argc; i++) {
        JSet *other = NULL, *kept = jset_new(jinja_heap(s));
        TRY(as_set(s, call->args[i], &other));
        TRY(add_where(kept, left, other, wanted));
        left = kept;
    }
    *out = left;
    return NULL;
}

static Error *set_intersection(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *left = NULL;
    TRY(filter_by_all(s, call, true, &left));
    *out = jset_value(left);
    return NULL;
}

static Error *set_difference(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *left = NULL;
    TRY(filter_by_all(s, call, false, &left));
    *out = jset_value(left);
    return NULL;
}

static Error *set_intersection_update(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *left = NULL;
    TRY(filter_by_all(s, call, true, &left));
    replace(self(call), left);
    return none(out);
}

static Error *set_difference_update(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *left = NULL;
    TRY(filter_by_all(s, call, false, &left));
    replace(self(call), left);
    return none(out);
}

static Error *in_one_only(JinjaState *s, const JCall *call, JSet **out)
{
    JSet *other = NULL, *result = jset_new(jinja_heap(s));
    TRY(as_set(s, call->args[1], &other));
    TRY(add_where(result, self(call), other, false));
    TRY(add_where(result, other, self(call), false));
    *out = result;
    return NULL;
}

static Error *set_symmetric_difference(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *result = NULL;
    TRY(in_one_only(s, call, &result));
    *out = jset_value(result);
    return NULL;
}

static Error *set_symmetric_difference_update(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *result = NULL;
    TRY(in_one_only(s, call, &result));
    replace(self(call), result);
    return none(out);
}

/* ---- Comparing ---- */

static Error *set_issubset(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *other = NULL;
    bool holds = false;
    TRY(as_set(s, call->args[1], &other));
    TRY(subset(self(call), other, &holds));
    *out = jbool(holds);
    return NULL;
}

static Error *set_issuperset(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *other = NULL;
    bool holds = false;
    TRY(as_set(s, call->args[1], &other));
    TRY(subset(other, self(call), &holds));
    *out = jbool(holds);
    return NULL;
}

/* Also of views: their items become a set first. */
static Error *set_isdisjoint(JinjaState *s, const JCall *call, JValue *out)
{
    JSet *items = NULL, *other = NULL, *common = jset_new(jinja_heap(s));
    TRY(as_set(s, call->args[0], &items));
    TRY(as_set(s, call->args[1], &other));
    TRY(add_where(common, items, other, true));
    *out = jbool(jdict_len(jset_dict(common)) == 0);
    return NULL;
}

const JBuiltin jinja_set_methods[] = {
    {"add", set_add, 2, 2, NULL, 0, NULL},
    {"clear", set_clear, 1, 1, NULL, 0, NULL},
    {"copy", set_copy, 1, 1, NULL, 0, NULL},
    {"difference", set_difference, 1, JARGS_ANY, NULL, 0, NULL},
    {"difference_update", set_difference_update, 1, JARGS_ANY, NULL, 0, NULL},
    {"discard", set_discard, 2, 2, NULL, 0, NULL},
    {"intersection", set_intersection, 1, JARGS_ANY, NULL, 0, NULL},
    {"intersection_update", set_intersection_update, 1, JARGS_ANY, NULL, 0, NULL},
    {"isdisjoint", set_isdisjoint, 2, 2, NULL, 0, NULL},
    {"issubset", set_issubset, 2, 2, NULL, 0, NULL},
    {"issuperset", set_issuperset, 2, 2, NULL, 0, NULL},
    {"pop", set_pop, 1, 1, NULL, 0, NULL},
    {"remove", set_remove, 2, 2, NULL, 0, NULL},
    {"symmetric_difference", set_symmetric_difference, 2, 2, NULL, 0, NULL},
    {"symmetric_difference_update", set_symmetric_difference_update, 2, 2, NULL, 0, NULL},
    {"union", set_union, 1, JARGS_ANY, NULL, 0, NULL},
    {"update", set_update, 1, JARGS_ANY, NULL, 0, NULL},
    {0},
};

const JBuiltin jinja_view_methods[] = {
    {"isdisjoint", set_isdisjoint, 2, 2, NULL, 0, NULL},
    {0},
};
