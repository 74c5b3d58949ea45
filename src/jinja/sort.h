/* jinja/sort.h - Python's sorted(): stable, and an error as soon as two values cannot be compared.
 */
#ifndef JINJA_SORT_H
#define JINJA_SORT_H

#include "jinja/state.h"

/* A value and what it is sorted by. */
typedef struct SortItem {
    JValue key;
    JValue value;
} SortItem;

typedef enum SortFlags {
    SORT_REVERSE = 1 << 0,
    SORT_EQUAL_FIRST = 1 << 1, /* as the items of lists compare: only unequal keys are ordered */
} SortFlags;

/* Sorts in place, by key. */
MUST_CHECK Error *sort_items(JinjaState *s, SortItem *items, size_t count, unsigned flags);
/* Sorts the items of `list` by themselves. */
MUST_CHECK Error *sort_list(JinjaState *s, JList *list, bool reverse);

#endif
