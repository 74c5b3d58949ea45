#include "base/map.h"

#include <string.h>

#include "base/hash.h"

enum { SMALL_MAP = 8 };

static bool entry_matches(const StrMapEntry *entry, Str key, uint64_t hash)
{
    return entry->hash == hash && str_eq(entry->key, key);
}

/* The index slot that holds `key`, or the free one where it would go. */
static size_t find_slot(const StrMap *map, Str key, uint64_t hash)
{
    size_t mask = map->index_size - 1;
    size_t slot = (size_t)hash & mask;
    while (map->index[slot] != 0 &&
           !entry_matches(&map->entries[map->index[slot] - 1], key, hash)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void rebuild_index(StrMap *map)
{
    size_t size = 32;
    while (size < map->capacity * 2) {
        size *= 2;
    }
    if (size != map->index_size) {
        map->index = ARENA_ARRAY(map->arena, uint32_t, size);
        map->index_size = size;
    } else {
        memset(map->index, 0, size * sizeof(*map->index));
    }
    for (size_t i = 0; i < map->len; i++) {
        size_t slot = find_slot(map, map->entries[i].key, map->entries[i].hash);
        map->index[slot] = (uint32_t)(i + 1);
    }
}

StrMapEntry *strmap_entry(const StrMap *map, Str key)
{
    if (map->index != NULL) {
        size_t slot = find_slot(map, key, hash_bytes(key.data, key.len));
        return map->index[slot] != 0 ? &map->entries[map->index[slot] - 1] : NULL;
    }
    for (size_t i = 0; i < map->len; i++) {
        if (str_eq(map->entries[i].key, key)) {
            return &map->entries[i];
        }
    }
    return NULL;
}

static void add_entry(StrMap *map, Str key, void *value)
{
    if (map->len == map->capacity) {
        size_t capacity = map->capacity > 0 ? map->capacity * 2 : SMALL_MAP;
        map->entries = arena_grow(map->arena, map->entries, map->capacity * sizeof(*map->entries),
                                  capacity * sizeof(*map->entries));
        map->capacity = capacity;
        if (capacity > SMALL_MAP) {
            rebuild_index(map);
        }
    }
    uint64_t hash = hash_bytes(key.data, key.len);
    map->entries[map->len++] = (StrMapEntry){.key = key, .value = value, .hash = hash};
    if (map->index != NULL) {
        map->index[find_slot(map, key, hash)] = (uint32_t)map->len;
    }
}

static void *replace_value(StrMapEntry *entry, void *value)
{
    void *before = entry->value;
    entry->value = value;
    return before;
}

void *strmap_set(StrMap *map, Str key, void *value)
{
    StrMapEntry *entry = strmap_entry(map, key);
    if (entry != NULL) {
        return replace_value(entry, value);
    }
    add_entry(map, key, value);
    return NULL;
}

void *strmap_set_copy(StrMap *map, Str key, void *value)
{
    StrMapEntry *entry = strmap_entry(map, key);
    if (entry != NULL) {
        return replace_value(entry, value);
    }
    add_entry(map, str_dup(map->arena, key), value);
    return NULL;
}

void *strmap_find(const StrMap *map, Str key)
{
    const StrMapEntry *entry = strmap_entry(map, key);
    return entry != NULL ? entry->value : NULL;
}

bool strmap_has(const StrMap *map, Str key)
{
    return strmap_entry(map, key) != NULL;
}

bool strmap_remove(StrMap *map, Str key)
{
    StrMapEntry *entry = strmap_entry(map, key);
    if (entry == NULL) {
        return false;
    }
    size_t after = map->len - (size_t)(entry - map->entries) - 1;
    memmove(entry, entry + 1, after * sizeof(*entry));
    map->len--;
    if (map->index != NULL) {
        rebuild_index(map);
    }
    return true;
}

void strmap_clear(StrMap *map)
{
    map->len = 0;
    if (map->index != NULL) {
        rebuild_index(map);
    }
}
