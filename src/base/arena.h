/* base/arena.h - memory that is released together. An Arena hands out objects that live until
 * arena_reset(), arena_rewind() past them, or arena_free(). `Arena *arena` in a signature says
 * where the result will live. An arena belongs to one thread at a time.
 *
 * Out of memory ends the program with the arena's name: sizes from outside have ceilings
 * (limits.h), so nobody checks for NULL. In an address-sanitized build each object is allocated by
 * itself, so that overruns and use after reset are caught; otherwise allocation bumps a pointer. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"

typedef struct Arena Arena;

/* A point to return to; valid until an earlier mark is rewound or the arena is reset. */
typedef struct ArenaMark {
    void *chunk;
    size_t used;
    void *cleanups;
} ArenaMark;

/* `name` says in messages what the memory is for; it is not copied. */
void arena_free(Arena *arena);
OWNED_UNTIL(arena_free) Arena *arena_new(const char *name);
DEFINE_AUTO_FREE(arena, Arena)

/* Zeroed memory, aligned for any type. `size` 0 gives a valid pointer. */
void *arena_alloc(Arena *arena, size_t size);
/* As arena_alloc for count * size, checked for overflow. */
void *arena_alloc_array(Arena *arena, size_t count, size_t size);
/* Memory whose content is not set; for buffers that are filled at once. */
void *arena_alloc_raw(Arena *arena, size_t size);
/* Grows the block `old` of `old_size` bytes, in place when it was the last one; the tail is not
 * set. */
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size);

#define ARENA_NEW(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
#define ARENA_ARRAY(arena, Type, count) ((Type *)arena_alloc_array((arena), (count), sizeof(Type)))

/* Calls release(object) when the arena is reset, rewound past this point or freed; latest first. */
void arena_on_free(Arena *arena, void (*release)(void *object), void *object);

ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);
/* Releases all objects and keeps one chunk for what comes next. */
void arena_reset(Arena *arena);
/* Bytes held from the system, for tests and statistics. */
size_t arena_held_bytes(const Arena *arena);

/* For the few things outside arenas: as malloc and realloc, but never NULL. */
void *memory_alloc(size_t size);
void *memory_realloc(void *old, size_t size);

#endif
