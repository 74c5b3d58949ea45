/* base/map.h - StrMap: text keys to pointers, in order of insertion, in an arena. Up to eight
 * entries are searched one by one; beyond that a seeded hash index is kept, so hostile keys cost
 * nothing extra. Removal keeps the order of the rest. The zero StrMap with its arena set is an
 * empty map. Not thread-safe while it changes; any number of threads may read one that no longer
 * does. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct StrMapEntry {
    Str key;
    void *value; /* NULL is a value like any other */
    uint64_t hash;
} StrMapEntry;

typedef struct StrMap {
    Arena *arena;
    StrMapEntry *entries; /* entries[0 .. len), oldest first */
    size_t len;
    size_t capacity;
    uint32_t *index;   /* entry number + 1, 0 = free; NULL while the map is small */
    size_t index_size; /* a power of two */
} StrMap;

static inline StrMap strmap_init(Arena *arena)
{
    return (StrMap){.arena = arena};
}

/* Sets or replaces. The key is borrowed: it must live as long as the map. Returns the value
 * replaced, or NULL. A replaced entry keeps its place. */
void *strmap_set(StrMap *map, Str key, void *value);
/* As strmap_set, with a copy of the key in the map's arena when it is new. */
void *strmap_set_copy(StrMap *map, Str key, void *value);
/* NULL when absent. */
void *strmap_find(const StrMap *map, Str key);
bool strmap_has(const StrMap *map, Str key);
/* The entry, or NULL; valid until the map changes. */
StrMapEntry *strmap_entry(const StrMap *map, Str key);
/* True if the key was there. Costs time in proportion to the map. */
bool strmap_remove(StrMap *map, Str key);
void strmap_clear(StrMap *map);

/* `for (STRMAP_EACH(it, &map))` visits the entries in order; do not set or remove meanwhile. */
#define STRMAP_EACH(it, map) \
    StrMapEntry *it = (map)->entries, *it##_end = it == NULL ? it : it + (map)->len; \
    it != it##_end; \
    it++

#endif
