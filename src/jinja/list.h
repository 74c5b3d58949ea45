/* jinja/list.h - lists and tuples. A list may be shared between threads: outside list.c its items
 * are read and written only through these functions, which lock it when needed. Indices are checked
 * by the caller's eyes only where the comment says so. */
#ifndef JINJA_LIST_H
#define JINJA_LIST_H

#include "jinja/heap.h"
#include "jinja/value.h"

struct JList {
    JObj obj;
    uint32_t len;
    uint32_t capacity;
    JValue *items;       /* malloc; guarded by shared's lock, as are len and capacity */
    JSharedHeap *shared; /* NULL: only one thread sees the list */
    JHeap *heap;         /* of its birth, to account what it grows; NULL once shared */
};

struct JTuple {
    JObj obj;
    uint32_t len;
    JValue items[]; /* never changes once the tuple is visible to a template */
};

JList *jlist_new(JHeap *heap, size_t capacity);
/* Copies `count` items. */
JList *jlist_from(JHeap *heap, const JValue *items, size_t count);
static inline size_t jlist_len(const JList *list)
{
    JGUARD(list);
    return list->len;
}

/* MISSING when `index` is not below the length (another thread may have shortened a shared list).
 */
static inline JValue jlist_at(JList *list, size_t index)
{
    JGUARD(list);
    return index < list->len ? list->items[index] : JMISSING;
}

/* False when `index` is not below the length. */
bool jlist_set(JList *list, size_t index, JValue value);
void jlist_append(JList *list, JValue value);
/* Before `index`; at the end when it is beyond. */
void jlist_insert(JList *list, size_t index, JValue value);
/* Removes and returns the item; MISSING when there is none. */
JValue jlist_remove(JList *list, size_t index);
void jlist_clear(JList *list);
void jlist_reverse(JList *list);
/* Appends all of `count` items; they may be the list's own. */
void jlist_extend(JList *list, const JValue *items, size_t count);
/* A list of its own with the items of now: what to sort, or to walk while calling into the VM. */
JList *jlist_copy(JHeap *heap, JList *list);
/* Makes `list` hold the items of `from`, which is used up and empty afterwards. */
void jlist_replace(JList *list, JList *from);

/* The items are NOT set. */
JTuple *jtuple_new(JHeap *heap, size_t len);
JTuple *jtuple_from(JHeap *heap, const JValue *items, size_t count);
/* (a, b) */
JValue jtuple_pair(JHeap *heap, JValue a, JValue b);

static inline JValue jlist_value(JList *list)
{
    return (JValue){.type = J_LIST, .list = list};
}

static inline JValue jtuple_value(JTuple *tuple)
{
    return (JValue){.type = J_TUPLE, .tuple = tuple};
}

#endif
