/* ingest/document.h - changing a member deep inside a document. Values never change (value.h), so
 * each function gives a new map that shares everything else with the old one. Keys and values are
 * borrowed. */
#ifndef INGEST_DOCUMENT_H
#define INGEST_DOCUMENT_H

#include "value/value.h"

/* The map with the member at keys[0] / keys[1] / ... set; maps on the way are made where they are
 * missing or are something else. A replaced member keeps its place, a new one comes last. `map` may
 * be NULL. */
Value document_set(Arena *arena, const Value *map, const Str *keys, size_t count, Value value);
/* The map without that member; the maps it was in stay, even when they become empty. */
Value document_remove(Arena *arena, const Value *map, const Str *keys, size_t count);
/* The member, or NULL. */
const Value *document_find(const Value *map, const Str *keys, size_t count);

/* One level: the map with one member set or without one. */
static inline Value document_with(Arena *arena, const Value *map, Str key, Value value)
{
    return document_set(arena, map, &key, 1, value);
}
static inline Value document_without(Arena *arena, const Value *map, Str key)
{
    return document_remove(arena, map, &key, 1);
}

#endif
