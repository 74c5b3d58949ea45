#include "jinja/sort.h"

#include "jinja/ops.h"

/* What keys have in common, so that most comparisons need no second look. */
typedef enum KeyKind { KEYS_ANY, KEYS_INT, KEYS_STR } KeyKind;

typedef struct Sorter {
    JinjaState *s;
    KeyKind kind;
    bool equal_first;
    SortItem *scratch;
} Sorter;

static KeyKind kind_of(const SortItem *items, size_t count)
{
    JType type = items[0].key.type;
    for (size_t i = 1; i < count; i++) {
        if (items[i].key.type != type) {
            return KEYS_ANY;
        }
    }
    return type == J_INT ? KEYS_INT : type == J_STR ? KEYS_STR : KEYS_ANY;
}

static Error *less(const Sorter *sorter, JValue a, JValue b, bool *out)
{
    switch (sorter->kind) {
    case KEYS_INT:
        *out = a.i < b.i;
        return NULL;
    case KEYS_STR:
        *out = str_compare(jtext(a), jtext(b)) < 0;
        return NULL;
    case KEYS_ANY:
        break;
    }
    if (sorter->equal_first) {
        bool equal = jidentical(a, b);
        if (!equal) {
            TRY(jequal(a, b, &equal));
        }
        if (equal) {
            *out = false;
            return NULL;
        }
    }
    return jcompare(sorter->s, JCMP_LT, a, b, out);
}

/* Short runs are sorted by insertion, each item compared with the one before it first: so an error
 * names the operands in Python's order. */
static Error *sort_run(const Sorter *sorter, SortItem *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        SortItem item = items[i];
        size_t at = i;
        for (; at > 0; at--) {
            bool before = false;
            TRY(less(sorter, item.key, items[at - 1].key, &before));
            if (!before) {
                break;
            }
            items[at] = items[at - 1];
        }
        items[at] = item;
    }
    return NULL;
}

/* Merges the sorted halves [0, middle) and [middle, count). */
static Error *merge(const Sorter *sorter, SortItem *items, size_t middle, size_t count)
{
    bool before = false;
    TRY(less(sorter, items[middle].key, items[middle - 1].key, &before));
    if (!before) {
        return NULL; /* in order already */
    }
    memcpy(sorter->scratch, items, middle * sizeof(*items));
    size_t left = 0, right = middle, at = 0;
    while (left < middle && right < count) {
        TRY(less(sorter, items[right].key, sorter->scratch[left].key, &before));
        items[at++] = before ? items[right++] : sorter->scratch[left++];
    }
    memcpy(items + at, sorter->scratch + left, (middle - left) * sizeof(*items));
    return NULL;
}

static Error *sort_range(const Sorter *sorter, SortItem *items, size_t count)
{
    enum { RUN = 12 };
    if (count <= RUN) {
        return sort_run(sorter, items, count);
    }
    size_t middle = count / 2;
    TRY(sort_range(sorter, items, middle));
    TRY(sort_range(sorter, items + middle, count - middle));
    return merge(sorter, items, middle, count);
}

static void reverse_items(SortItem *items, size_t count)
{
    for (size_t low = 0, high = count; low + 1 < high; low++) {
        high--;
        SortItem kept = items[low];
        items[low] = items[high];
        items[high] = kept;
    }
}

/* Whether each item is less than the one before it; then no two are equal and they may be turned
 * around. */
static Error *is_falling(const Sorter *sorter, const SortItem *items, size_t count, bool *out)
{
    *out = true;
    for (size_t i = 1; i < count && *out; i++) {
        TRY(less(sorter, items[i].key, items[i - 1].key, out));
    }
    return NULL;
}

Error *sort_items(JinjaState *s, SortItem *items, size_t count, unsigned flags)
{
    if (count < 2) {
        return NULL;
    }
    Arena *arena = jinja_scratch(s);
    ArenaMark mark = arena_mark(arena);
    Sorter sorter = {.s = s,
                     .kind = kind_of(items, count),
                     .equal_first = (flags & SORT_EQUAL_FIRST) != 0,
                     .scratch = ARENA_ARRAY(arena, SortItem, count)};
    bool reverse = (flags & SORT_REVERSE) != 0;
    /* Equal items keep their order also when the result is reversed. */
    if (reverse) {
        reverse_items(items, count);
    }
    bool falling = false;
    TRY(is_falling(&sorter, items, count, &falling));
    if (falling) {
        reverse_items(items, count);
    } else {
        TRY(sort_range(&sorter, items, count));
    }
    if (reverse) {
        reverse_items(items, count);
    }
    arena_rewind(arena, mark);
    return NULL;
}

Error *sort_list(JinjaState *s, JList *list, bool reverse)
{
    size_t count = jlist_len(list);
    ArenaMark mark = arena_mark(jinja_scratch(s));
    SortItem *items = ARENA_ARRAY(jinja_scratch(s), SortItem, count);
    for (size_t i = 0; i < count; i++) {
        items[i].key = jlist_at(list, i);
        items[i].value = items[i].key;
    }
    TRY(sort_items(s, items, count, reverse ? SORT_REVERSE : 0));
    for (size_t i = 0; i < count; i++) {
        jlist_set(list, i, items[i].value);
    }
    arena_rewind(jinja_scratch(s), mark);
    return NULL;
}
