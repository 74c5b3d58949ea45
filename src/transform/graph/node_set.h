/* transform/graph/node_set.h - a set of nodes of one manifest, by index. Lives in the arena it was
 * made in. */
#ifndef TRANSFORM_GRAPH_NODE_SET_H
#define TRANSFORM_GRAPH_NODE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct NodeSet {
    uint64_t *words;
    size_t size; /* of the universe */
} NodeSet;

static inline NodeSet node_set_new(Arena *arena, size_t size)
{
    return (NodeSet){.words = ARENA_ARRAY(arena, uint64_t, size / 64 + 1), .size = size};
}

static inline bool node_set_has(const NodeSet *set, size_t index)
{
    return (set->words[index / 64] >> (index % 64) & 1) != 0;
}

static inline void node_set_add(NodeSet *set, size_t index)
{
    set->words[index / 64] |= (uint64_t)1 << (index % 64);
}

static inline void node_set_remove(NodeSet *set, size_t index)
{
    set->words[index / 64] &= ~((uint64_t)1 << (index % 64));
}

/* All of these are about two sets of one universe; the first one changes. */
static inline void node_set_unite(NodeSet *set, const NodeSet *other)
{
    for (size_t i = 0; i < set->size / 64 + 1; i++) {
        set->words[i] |= other->words[i];
    }
}

static inline void node_set_intersect(NodeSet *set, const NodeSet *other)
{
    for (size_t i = 0; i < set->size / 64 + 1; i++) {
        set->words[i] &= other->words[i];
    }
}

static inline void node_set_subtract(NodeSet *set, const NodeSet *other)
{
    for (size_t i = 0; i < set->size / 64 + 1; i++) {
        set->words[i] &= ~other->words[i];
    }
}

static inline size_t node_set_count(const NodeSet *set)
{
    size_t count = 0;
    for (size_t i = 0; i < set->size / 64 + 1; i++) {
        count += (size_t)__builtin_popcountll(set->words[i]);
    }
    return count;
}

static inline NodeSet node_set_copy(Arena *arena, const NodeSet *set)
{
    NodeSet copy = node_set_new(arena, set->size);
    node_set_unite(&copy, set);
    return copy;
}

/* `for (NODE_SET_EACH(i, &set))` visits the members in ascending order. */
#define NODE_SET_EACH(i, set) \
    size_t i = node_set_next((set), 0); \
    i < (set)->size; \
    i = node_set_next((set), i + 1)

/* The first member at or after `from`; the size of the universe when there is none. */
static inline size_t node_set_next(const NodeSet *set, size_t from)
{
    while (from < set->size && !node_set_has(set, from)) {
        from++;
    }
    return from;
}

#endif
