#include "jinja/attribute.h"
#include "jinja/builtin.h"
#include "jinja/sort.h"

/* As in filter_select.c: generators look at nothing before their first item is asked for. Then
 * `over` becomes the iterator of the value and `at` 1. */
static Error *begin(JinjaState *s, JIterator *it)
{
    JIterator *inner = NULL;
    TRY(jiterate(s, it->over, &inner));
    it->over = jobj(inner);
    it->at = 1;
    return NULL;
}

static Error *next_inner(JinjaState *s, JIterator *it, JValue *out_item)
{
    return jnext(s, (JIterator *)it->over.obj, out_item);
}

/* ---- batch: extra is the size, the fill and the items of the batch to come ---- */

static Error *fill_batch(JIterator *it, JList *batch, JValue *out_item)
{
    size_t len = jlist_len(batch);
    it->extra[2] = JMISSING;
    if (len == 0) {
        *out_item = JMISSING;
        return NULL;
    }
    JValue fill = it->extra[1];
    int64_t size = 0;
    if (!jis_absent(fill) && fill.type != J_NONE && jto_int64(it->extra[0], &size)) {
        TRY(jinja_check_items(size > 0 ? (size_t)size : 0));
        for (; (int64_t)len < size; len++) {
            jlist_append(batch, fill);
        }
    }
    *out_item = jlist_value(batch);
    return NULL;
}

static Error *next_batch(JinjaState *s, JIterator *it, JValue *out_item)
{
    if (it->at == 0) {
        TRY(begin(s, it));
        it->extra[2] = jlist_value(jlist_new(jinja_heap(s), 0));
    }
    if (jis_absent(it->extra[2])) {
        *out_item = JMISSING;
        return NULL;
    }
    JList *batch = it->extra[2].list;
    for (;;) {
        JValue item = JMISSING;
        bool full = false;
        TRY(next_inner(s, it, &item));
        if (jis_absent(item)) {
            return fill_batch(it, batch, out_item);
        }
        TRY(jequal(jint((int64_t)jlist_len(batch)), it->extra[0], &full));
        if (full) {
            JList *next = jlist_new(jinja_heap(s), 0);
            jlist_append(next, item);
            it->extra[2] = jlist_value(next);
            *out_item = jlist_value(batch);
            return NULL;
        }
        jlist_append(batch, item);
    }
}

static const JIteratorClass class_batch = {"generator", next_batch};

static Error *filter_batch(JinjaState *s, const JCall *call, JValue *out)
{
    JIterator *it = jiterator_new(jinja_heap(s), &class_batch, call->args[0]);
    it->extra[0] = call->args[1];
    it->extra[1] = call->args[2];
    *out = jobj(it);
    return NULL;
}

/* ---- slice: extra is the number of columns and the fill; `end` counts columns given ---- */

static Error *next_column(JinjaState *s, JIterator *it, JValue *out_item)
{
    if (it->at == 0) {
        JList *all = NULL;
        TRY(jcollect(s, it->over, &all));
        it->over = jlist_value(all);
        it->at = 1;
    }
    JList *all = it->over.list;
    int64_t len = (int64_t)jlist_len(all), columns = 0;
    if (!jto_int64(it->extra[0], &columns)) {
        return jraise("TypeError", "unsupported operand type(s) for //: 'int' and '%s'",
                      jtype_name(it->extra[0]));
    }
    if (columns == 0) {
        return jraise("ZeroDivisionError", "integer division or modulo by zero");
    }
    if (it->end >= columns) {
        *out_item = JMISSING;
        return NULL;
    }
    int64_t each = len / columns, longer = len % columns, number = it->end++;
    int64_t start = number * each + (number < longer ? number : longer);
    int64_t end = start + each + (number < longer);
    JList *column = jlist_new(jinja_heap(s), (size_t)(end - start) + 1);
    for (int64_t i = start; i < end; i++) {
        jlist_append(column, jlist_at(all, (size_t)i));
    }
    JValue fill = it->extra[1];
    if (!jis_absent(fill) && fill.type != J_NONE && number >= longer) {
        jlist_append(column, fill);
    }
    *out_item = jlist_value(column);
    return NULL;
}

static const JIteratorClass class_slice = {"generator", next_column};

static Error *filter_slice(JinjaState *s, const JCall *call, JValue *out)
{
    JIterator *it = jiterator_new(jinja_heap(s), &class_slice, call->args[0]);
    it->extra[0] = call->args[1];
    it->extra[1] = call->args[2];
    *out = jobj(it);
    return NULL;
}

/* ---- unique: extra is the path, then its parts, and the set of keys seen; `end`: case counts ----
 */

static Error *next_unique(JinjaState *s, JIterator *it, JValue *out_item)
{
    if (it->at == 0) {
        JTuple *path = NULL;
        attribute_parse(s, it->extra[0], &path);
        TRY(begin(s, it));
        it->extra[0] = path != NULL ? jobj(path) : JMISSING;
        it->extra[1] = jset_value(jset_new(jinja_heap(s)));
    }
    Attribute attribute = {.path = jis_absent(it->extra[0]) ? NULL : it->extra[0].tuple,
                           .lowered = it->end == 0};
    for (;;) {
        JValue item = JMISSING, key = JMISSING;
        bool seen = false;
        TRY(next_inner(s, it, &item));
        if (!jis_absent(item)) {
            JDict *keys = jset_dict(it->extra[1].set);
            size_t before = jdict_len(keys);
            TRY(attribute_get(s, &attribute, item, &key));
            TRY(jset_add(it->extra[1].set, key));
            seen = jdict_len(keys) == before;
        }
        if (!seen) {
            *out_item = item;
            return NULL;
        }
    }
}

static const JIteratorClass class_unique = {"generator", next_unique};

static Error *filter_unique(JinjaState *s, const JCall *call, JValue *out)
{
    JIterator *it = jiterator_new(jinja_heap(s), &class_unique, call->args[0]);
    it->end = jarg_bool(call, 1, false);
    it->extra[0] = call->args[2];
    *out = jobj(it);
    return NULL;
}

/* ---- items and dictsort ---- */

/* The (key, value) pairs of a mapping, as something that can be walked; MISSING when it is none. */
static Error *mapping_items(JinjaState *s, JValue value, JValue *out)
{
    *out = JMISSING;
    if (value.type == J_DICT) {
        *out = jview_new(jinja_heap(s), value.dict, JVIEW_ITEMS);
    } else if (value.type == J_HOST && ((JHost *)value.obj)->class->is_mapping) {
        JValue method = JMISSING;
        JStr *name = jstr_new(jinja_heap(s), STR("items"));
        TRY(jget_attr_only(s, value, name, &method));
        if (!jis_absent(method)) {
            return jinja_call(s, method, NULL, 0, NULL, out);
        }
    }
    return NULL;
}

static Error *next_item(JinjaState *s, JIterator *it, JValue *out_item)
{
    if (it->at == 0 && it->over.type != J_UNDEFINED) {
        TRY(mapping_items(s, it->over, &it->over));
        if (jis_absent(it->over)) {
            return jraise("TypeError", "Can only get item pairs from a mapping.");
        }
    }
    if (it->at == 0) {
        TRY(begin(s, it));
    }
    return next_inner(s, it, out_item);
}

static const JIteratorClass class_items = {"generator", next_item};

static Error *filter_items(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jobj(jiterator_new(jinja_heap(s), &class_items, call->args[0]));
    return NULL;
}

/* A list of `count` items for sorting, from the start of scratch memory that the caller rewinds. */
static SortItem *sort_space(JinjaState *s, size_t count)
{
    return ARENA_ARRAY(jinja_scratch(s), SortItem, count);
}

static JList *sorted_values(JinjaState *s, const SortItem *items, size_t count)
{
    JList *list = jlist_new(jinja_heap(s), count);
    for (size_t i = 0; i < count; i++) {
        jlist_append(list, items[i].value);
    }
    return list;
}

static Error *filter_dictsort(JinjaState *s, const JCall *call, JValue *out)
{
    JValue by = jarg_or(call, 2, jstr_value(jinja_heap(s), STR("key"))), pairs = JMISSING;
    bool by_value = jis_str(by) && str_is(jtext(by), "value");
    if (!by_value && !(jis_str(by) && str_is(jtext(by), "key"))) {
        return jraise("FilterArgumentError", "You can only sort by either \"key\" or \"value\"");
    }
    if (call->args[0].type == J_UNDEFINED) {
        TRY(jundefined_error(call->args[0]));
    }
    TRY(mapping_items(s, call->args[0], &pairs));
    if (jis_absent(pairs)) {
        return jraise("AttributeError", "'%s' object has no attribute 'items'",
                      jtype_name(call->args[0]));
    }
    JList *list = NULL;
    int64_t reverse = 0;
    TRY(jcollect(s, pairs, &list));
    TRY(jarg_int(call, 3, 0, &reverse));
    ArenaMark mark = arena_mark(jinja_scratch(s));
    size_t count = jlist_len(list);
    SortItem *items = sort_space(s, count);
    Attribute whole = {.lowered = !jarg_bool(call, 1, false)};
    for (size_t i = 0; i < count; i++) {
        items[i].value = jlist_at(list, i);
        TRY(jget_item(s, items[i].value, jint(by_value), &items[i].key));
        TRY(attribute_get(s, &whole, items[i].key, &items[i].key));
    }
    TRY(sort_items(s, items, count, reverse != 0 ? SORT_REVERSE : 0));
    *out = jlist_value(sorted_values(s, items, count));
    arena_rewind(jinja_scratch(s), mark);
    return NULL;
}

/* ---- groupby ---- */

static JValue new_group(JinjaState *s, JValue grouper, JList *members)
{
    JValue group = jtuple_pair(jinja_heap(s), grouper, jlist_value(members));
    group.obj->flags |= JOBJ_GROUP;
    return group;
}

/* Groups of neighbours with equal keys. Without `attribute` being lowered the key names the group;
 * else the first member's own value does. */
static Error *group_neighbours(JinjaState *s, const Attribute *attribute, const SortItem *items,
                               size_t count, JList *groups)
{
    for (size_t start = 0, end = 0; start < count; start = end) {
        JList *members = jlist_new(jinja_heap(s), 1);
        bool same = true;
        for (end = start; end < count && same; end += same) {
            TRY(jequal(items[start].key, items[end].key, &same));
            same = same || end == start;
            if (same) {
                jlist_append(members, items[end].value);
            }
        }
        JValue grouper = items[start].key;
        if (attribute->lowered) {
            Attribute exact = *attribute;
            exact.lowered = false;
            TRY(attribute_get(s, &exact, items[start].value, &grouper));
        }
        jlist_append(groups, new_group(s, grouper, members));
    }
    return NULL;
}

static Error *filter_groupby(JinjaState *s, const JCall *call, JValue *out)
{
    Attribute attribute = {.fallback = call->args[2], .lowered = !jarg_bool(call, 3, false)};
    JList *list = NULL, *groups = jlist_new(jinja_heap(s), 0);
    attribute_parse(s, call->args[1], &attribute.path);
    TRY(jcollect(s, call->args[0], &list));
    ArenaMark mark = arena_mark(jinja_scratch(s));
    size_t count = jlist_len(list);
    SortItem *items = sort_space(s, count);
    for (size_t i = 0; i < count; i++) {
        items[i].value = jlist_at(list, i);
        TRY(attribute_get(s, &attribute, items[i].value, &items[i].key));
    }
    TRY(sort_items(s, items, count, 0));
    TRY(group_neighbours(s, &attribute, items, count, groups));
    arena_rewind(jinja_scratch(s), mark);
    *out = jlist_value(groups);
    return NULL;
}

const JBuiltin jinja_filters_group[] = {
    {"batch", filter_batch, 2, 3, "value linecount fill_with", 0, NULL},
    {"dictsort", filter_dictsort, 1, 4, "value case_sensitive by reverse", 0, NULL},
    {"groupby", filter_groupby, 2, 4, "value attribute default case_sensitive", 0, NULL},
    {"items", filter_items, 1, 1, "value", 0, NULL},
    {"slice", filter_slice, 2, 3, "value slices fill_with", 0, NULL},
    {"unique", filter_unique, 1, 3, "value case_sensitive attribute", 0, NULL},
    {0},
};
