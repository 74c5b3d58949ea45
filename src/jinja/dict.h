/* jinja/dict.h - dicts and sets, in order of insertion, with Python's equality of keys: 1, 1.0 and
 * True are one key. Small ones are searched one by one, larger ones keep a hash index. Shared ones
 * lock themselves, so the fields are touched only by dict.c.
 *
 * Functions that take any key fail with TypeError when it cannot be hashed; those for str keys
 * cannot fail. */
#ifndef JINJA_DICT_H
#define JINJA_DICT_H

#include "base/error.h"
#include "base/str.h"
#include "jinja/heap.h"
#include "jinja/text.h"
#include "jinja/value.h"

typedef struct JEntry {
    JValue key; /* MISSING: removed */
    JValue value;
    uint32_t hash;
} JEntry;

typedef struct JTable {
    JEntry *entries; /* malloc; [0 .. used), oldest first, removed ones among them */
    uint32_t *index; /* entry number + 1, 0 = free; NULL while small */
    uint32_t used;
    uint32_t capacity;
    uint32_t live;
    uint32_t index_size; /* a power of two */
} JTable;

/* Sets are dicts whose values are NONE: one struct serves both. */
struct JDict {
    JObj obj;
    uint32_t changes; /* insertions and removals, so that loops notice */
    JTable table;
    JSharedHeap *shared;
    JHeap *heap; /* of its birth; NULL once shared */
};

struct JSet {
    JDict as_dict; /* obj.type is J_SET */
};

JDict *jdict_new(JHeap *heap);
JSet *jset_new(JHeap *heap);
size_t jdict_len(JDict *dict);

/* MISSING when absent. */
MUST_CHECK Error *jdict_get(JDict *dict, JValue key, JValue *out_value);
JValue jdict_get_str(JDict *dict, JStr *key);
JValue jdict_get_text(JDict *dict, Str key);
MUST_CHECK Error *jdict_set(JDict *dict, JValue key, JValue value);
void jdict_set_str(JDict *dict, JStr *key, JValue value);
/* A copy of the text becomes the key. For the embedder that builds a dict on `heap`. */
void jdict_set_text(JHeap *heap, JDict *dict, Str key, JValue value);
/* The value removed; MISSING when the key was not there. */
MUST_CHECK Error *jdict_remove(JDict *dict, JValue key, JValue *out_value);
/* The value that is there; else stores `value` and gives that. One step, also between threads. */
MUST_CHECK Error *jdict_setdefault(JDict *dict, JValue key, JValue value, JValue *out_value);
void jdict_clear(JDict *dict);
JDict *jdict_copy(JHeap *heap, JDict *dict);
/* Sets every entry of `from` in `dict`. */
void jdict_update(JDict *dict, JDict *from);

/* Walks in order: begin with *position 0. False at the end. Entries added meanwhile may be seen. */
bool jdict_next(JDict *dict, size_t *position, JValue *out_key, JValue *out_value);
/* The youngest entry, removed; false when empty. */
bool jdict_pop_last(JDict *dict, JValue *out_key, JValue *out_value);
static inline uint32_t jdict_changes(const JDict *dict)
{
    return dict->changes;
}

static inline JDict *jset_dict(JSet *set)
{
    return &set->as_dict;
}

MUST_CHECK Error *jset_add(JSet *set, JValue item);
MUST_CHECK Error *jset_has(JSet *set, JValue item, bool *out_has);

static inline JValue jdict_value(JDict *dict)
{
    return (JValue){.type = J_DICT, .dict = dict};
}

static inline JValue jset_value(JSet *set)
{
    return (JValue){.type = J_SET, .set = set};
}

/* What the heap calls. */
void jtable_release(JTable *table);

#endif
