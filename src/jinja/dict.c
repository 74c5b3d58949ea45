#include "jinja/dict.h"

#include <stdlib.h>

#include "jinja/compare.h"
#include "jinja/ops.h"

enum { SMALL = 8 }; /* up to here entries are searched one by one */

/* What is stored into a shared container belongs to the shared heap from then on. */
static void adopt(const JDict *dict, JValue value)
{
    if (UNLIKELY(dict->shared != NULL)) {
        jshare(NULL, dict->shared, value);
    }
}

static void index_put(JTable *table, uint32_t entry)
{
    uint32_t mask = table->index_size - 1;
    uint32_t slot = table->entries[entry].hash & mask;
    while (table->index[slot] != 0) {
        slot = (slot + 1) & mask;
    }
    table->index[slot] = entry + 1;
}

/* Closes the gaps of removed entries and, beyond SMALL, builds the index anew. */
static void rebuild(JTable *table, uint32_t capacity)
{
    JEntry *entries = memory_alloc(capacity * sizeof(JEntry));
    uint32_t kept = 0;
    for (uint32_t i = 0; i < table->used; i++) {
        if (table->entries[i].key.type != J_MISSING) {
            entries[kept++] = table->entries[i];
        }
    }
    free(table->entries);
    table->entries = entries;
    table->capacity = capacity;
    table->used = kept;
    free(table->index);
    table->index = NULL;
    if (capacity <= SMALL) {
        return;
    }
    table->index_size = 16;
    while (table->index_size < capacity + capacity / 2) {
        table->index_size *= 2;
    }
    table->index = memory_alloc(table->index_size * sizeof(uint32_t));
    memset(table->index, 0, table->index_size * sizeof(uint32_t));
    for (uint32_t i = 0; i < kept; i++) {
        index_put(table, i);
    }
}

static bool key_is(const JEntry *entry, JValue key, uint32_t hash)
{
    if (entry->hash != hash || entry->key.type == J_MISSING) {
        return false;
    }
    if (entry->key.type == J_STR && key.type == J_STR) {
        return jstr_eq(entry->key.str, key.str);
    }
    return jkeys_equal(entry->key, key);
}

static JEntry *find(const JTable *table, JValue key, uint32_t hash)
{
    if (table->index == NULL) {
        for (uint32_t i = 0; i < table->used; i++) {
            if (key_is(&table->entries[i], key, hash)) {
                return &table->entries[i];
            }
        }
        return NULL;
    }
    uint32_t mask = table->index_size - 1;
    for (uint32_t slot = hash & mask; table->index[slot] != 0; slot = (slot + 1) & mask) {
        JEntry *entry = &table->entries[table->index[slot] - 1];
        if (key_is(entry, key, hash)) {
            return entry;
        }
    }
    return NULL;
}

/* Adds a key that is not there; the lock is held. */
static JEntry *insert(JDict *dict, JValue key, uint32_t hash)
{
    JTable *table = &dict->table;
    if (table->used == table->capacity) {
        uint32_t wanted = table->live < SMALL ? SMALL : table->live * 2;
        if (dict->heap != NULL) {
            jheap_grew(dict->heap, wanted * (sizeof(JEntry) + 2 * sizeof(uint32_t)));
        }
        rebuild(table, wanted);
    }
    uint32_t at = table->used++;
    table->entries[at] = (JEntry){.key = key, .value = JNONE, .hash = hash};
    table->live++;
    dict->changes++;
    if (table->index != NULL) {
        index_put(table, at);
    }
    return &table->entries[at];
}

/* Marks an entry removed. It stays in the index, where it matches no key, until the next rebuild.
 */
static void remove_entry(JDict *dict, JEntry *entry)
{
    entry->key = JMISSING;
    entry->value = JMISSING;
    dict->table.live--;
    dict->changes++;
}

static JDict *new_table(JHeap *heap, JType type)
{
    JDict *dict = jheap_alloc(heap, type, sizeof(JDict));
    dict->changes = 0;
    dict->table = (JTable){0};
    dict->shared = NULL;
    dict->heap = heap;
    return dict;
}

JDict *jdict_new(JHeap *heap)
{
    return new_table(heap, J_DICT);
}

JSet *jset_new(JHeap *heap)
{
    return (JSet *)new_table(heap, J_SET);
}

size_t jdict_len(JDict *dict)
{
    JGUARD(dict);
    return dict->table.live;
}

static JValue get_hashed(JDict *dict, JValue key, uint32_t hash)
{
    JGUARD(dict);
    const JEntry *entry = find(&dict->table, key, hash);
    return entry != NULL ? entry->value : JMISSING;
}

Error *jdict_get(JDict *dict, JValue key, JValue *out_value)
{
    uint32_t hash = 0;
    TRY(jhash(key, &hash));
    *out_value = get_hashed(dict, key, hash);
    return NULL;
}

JValue jdict_get_str(JDict *dict, JStr *key)
{
    return get_hashed(dict, jobj(key), jstr_hash(key));
}

/* Looks for a text that is not a value yet. */
static JEntry *find_text(const JTable *table, Str key)
{
    uint32_t hash = jtext_hash(key);
    uint32_t mask = table->index_size - 1;
    uint32_t count = table->index == NULL ? table->used : table->index_size;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i;
        if (table->index != NULL) {
            uint32_t slot = table->index[(hash + i) & mask];
            if (slot == 0) {
                return NULL;
            }
            at = slot - 1;
        }
        JEntry *entry = &table->entries[at];
        if (entry->hash == hash && entry->key.type == J_STR && str_eq(jtext(entry->key), key)) {
            return entry;
        }
    }
    return NULL;
}

JValue jdict_get_text(JDict *dict, Str key)
{
    JGUARD(dict);
    const JEntry *entry = find_text(&dict->table, key);
    return entry != NULL ? entry->value : JMISSING;
}

static void set_hashed(JDict *dict, JValue key, uint32_t hash, JValue value)
{
    adopt(dict, key);
    adopt(dict, value);
    JGUARD(dict);
    JEntry *entry = find(&dict->table, key, hash);
    if (entry == NULL) {
        entry = insert(dict, key, hash);
    }
    entry->value = value;
}

Error *jdict_set(JDict *dict, JValue key, JValue value)
{
    uint32_t hash = 0;
    TRY(jhash(key, &hash));
    set_hashed(dict, key, hash, value);
    return NULL;
}

void jdict_set_str(JDict *dict, JStr *key, JValue value)
{
    set_hashed(dict, jobj(key), jstr_hash(key), value);
}

void jdict_set_text(JHeap *heap, JDict *dict, Str key, JValue value)
{
    jdict_set_str(dict, jstr_new(heap, key), value);
}

Error *jdict_remove(JDict *dict, JValue key, JValue *out_value)
{
    uint32_t hash = 0;
    TRY(jhash(key, &hash));
    JGUARD(dict);
    JEntry *entry = find(&dict->table, key, hash);
    *out_value = entry != NULL ? entry->value : JMISSING;
    if (entry != NULL) {
        remove_entry(dict, entry);
    }
    return NULL;
}

Error *jdict_setdefault(JDict *dict, JValue key, JValue value, JValue *out_value)
{
    uint32_t hash = 0;
    TRY(jhash(key, &hash));
    adopt(dict, key);
    adopt(dict, value);
    JGUARD(dict);
    JEntry *entry = find(&dict->table, key, hash);
    if (entry == NULL) {
        entry = insert(dict, key, hash);
        entry->value = value;
    }
    *out_value = entry->value;
    return NULL;
}

void jdict_clear(JDict *dict)
{
    JGUARD(dict);
    jtable_release(&dict->table);
    dict->table = (JTable){0};
    dict->changes++;
}

static bool next_entry(JDict *dict, size_t *position, JEntry *out_entry)
{
    JGUARD(dict);
    for (size_t at = *position; at < dict->table.used; at++) {
        if (dict->table.entries[at].key.type != J_MISSING) {
            *out_entry = dict->table.entries[at];
            *position = at + 1;
            return true;
        }
    }
    return false;
}

JDict *jdict_copy(JHeap *heap, JDict *dict)
{
    JDict *copy = new_table(heap, (JType)dict->obj.type);
    jdict_update(copy, dict);
    return copy;
}

void jdict_update(JDict *dict, JDict *from)
{
    JEntry entry;
    for (size_t at = 0; next_entry(from, &at, &entry);) {
        set_hashed(dict, entry.key, entry.hash, entry.value);
    }
}

bool jdict_next(JDict *dict, size_t *position, JValue *out_key, JValue *out_value)
{
    JEntry entry;
    if (!next_entry(dict, position, &entry)) {
        return false;
    }
    *out_key = entry.key;
    *out_value = entry.value;
    return true;
}

bool jdict_pop_last(JDict *dict, JValue *out_key, JValue *out_value)
{
    JGUARD(dict);
    for (uint32_t at = dict->table.used; at > 0; at--) {
        JEntry *entry = &dict->table.entries[at - 1];
        if (entry->key.type != J_MISSING) {
            *out_key = entry->key;
            *out_value = entry->value;
            remove_entry(dict, entry);
            if (dict->table.used > SMALL && dict->table.used > 2 * dict->table.live) {
                rebuild(&dict->table, dict->table.capacity); /* or many pops would walk far */
            }
            return true;
        }
    }
    return false;
}

Error *jset_add(JSet *set, JValue item)
{
    return jdict_set(&set->as_dict, item, JNONE);
}

Error *jset_has(JSet *set, JValue item, bool *out_has)
{
    JValue found = JMISSING;
    TRY(jdict_get(&set->as_dict, item, &found));
    *out_has = !jis_absent(found);
    return NULL;
}

void jtable_release(JTable *table)
{
    free(table->entries);
    free(table->index);
}
