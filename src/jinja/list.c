#include "jinja/list.h"

#include <stdlib.h>
#include <string.h>

/* What is stored into a shared container belongs to the shared heap from then on. */
static void adopt(const JList *list, JValue value)
{
    if (UNLIKELY(list->shared != NULL)) {
        jshare(NULL, list->shared, value);
    }
}

/* Room for `extra` more items; the lock is held. */
static void reserve(JList *list, size_t extra)
{
    size_t needed = list->len + extra;
    if (needed <= list->capacity) {
        return;
    }
    size_t wanted = list->capacity + list->capacity / 2 + 4;
    wanted = wanted > needed ? wanted : needed;
    if (list->heap != NULL) {
        jheap_grew(list->heap, (wanted - list->capacity) * sizeof(JValue));
    }
    list->items = memory_realloc(list->items, wanted * sizeof(JValue));
    list->capacity = (uint32_t)wanted;
}

JList *jlist_new(JHeap *heap, size_t capacity)
{
    JList *list = jheap_alloc(heap, J_LIST, sizeof(JList));
    list->len = 0;
    list->capacity = (uint32_t)capacity;
    list->items = NULL;
    list->shared = NULL;
    list->heap = heap;
    if (capacity > 0) {
        list->items = memory_alloc(capacity * sizeof(JValue));
        jheap_grew(heap, capacity * sizeof(JValue));
    }
    return list;
}

JList *jlist_from(JHeap *heap, const JValue *items, size_t count)
{
    JList *list = jlist_new(heap, count);
    if (count > 0) {
        memcpy(list->items, items, count * sizeof(JValue));
    }
    list->len = (uint32_t)count;
    return list;
}

bool jlist_set(JList *list, size_t index, JValue value)
{
    adopt(list, value);
    JGUARD(list);
    if (index >= list->len) {
        return false;
    }
    list->items[index] = value;
    return true;
}

void jlist_append(JList *list, JValue value)
{
    adopt(list, value);
    JGUARD(list);
    if (list->len == list->capacity) {
        reserve(list, 1);
    }
    list->items[list->len++] = value;
}

void jlist_insert(JList *list, size_t index, JValue value)
{
    adopt(list, value);
    JGUARD(list);
    reserve(list, 1);
    size_t at = index < list->len ? index : list->len;
    memmove(list->items + at + 1, list->items + at, (list->len - at) * sizeof(JValue));
    list->items[at] = value;
    list->len++;
}

JValue jlist_remove(JList *list, size_t index)
{
    JGUARD(list);
    if (index >= list->len) {
        return JMISSING;
    }
    JValue removed = list->items[index];
    list->len--;
    memmove(list->items + index, list->items + index + 1, (list->len - index) * sizeof(JValue));
    return removed;
}

void jlist_clear(JList *list)
{
    JGUARD(list);
    list->len = 0;
}

void jlist_reverse(JList *list)
{
    JGUARD(list);
    for (size_t low = 0, high = list->len; low + 1 < high; low++) {
        high--;
        JValue kept = list->items[low];
        list->items[low] = list->items[high];
        list->items[high] = kept;
    }
}

void jlist_extend(JList *list, const JValue *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        adopt(list, items[i]);
    }
    JGUARD(list);
    bool own = count > 0 && items == list->items;
    reserve(list, count);
    if (count > 0) {
        memcpy(list->items + list->len, own ? list->items : items, count * sizeof(JValue));
    }
    list->len += (uint32_t)count;
}

JList *jlist_copy(JHeap *heap, JList *list)
{
    JGUARD(list);
    return jlist_from(heap, list->items, list->len);
}

void jlist_replace(JList *list, JList *from)
{
    for (size_t i = 0; i < from->len; i++) {
        adopt(list, from->items[i]);
    }
    JGUARD(list);
    JValue *items = list->items;
    uint32_t capacity = list->capacity;
    list->items = from->items;
    list->len = from->len;
    list->capacity = from->capacity;
    from->items = items;
    from->len = 0;
    from->capacity = capacity;
}

JTuple *jtuple_new(JHeap *heap, size_t len)
{
    JTuple *tuple = jheap_alloc(heap, J_TUPLE, sizeof(JTuple) + len * sizeof(JValue));
    tuple->len = (uint32_t)len;
    return tuple;
}

JTuple *jtuple_from(JHeap *heap, const JValue *items, size_t count)
{
    JTuple *tuple = jtuple_new(heap, count);
    if (count > 0) {
        memcpy(tuple->items, items, count * sizeof(JValue));
    }
    return tuple;
}

JValue jtuple_pair(JHeap *heap, JValue a, JValue b)
{
    JTuple *tuple = jtuple_new(heap, 2);
    tuple->items[0] = a;
    tuple->items[1] = b;
    return jtuple_value(tuple);
}
