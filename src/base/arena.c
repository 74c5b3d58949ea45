#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#    define ARENA_SEPARATE 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define ARENA_SEPARATE 1
#    endif
#endif
#ifndef ARENA_SEPARATE
#    define ARENA_SEPARATE 0
#endif

enum {
    ARENA_FIRST_CHUNK = 1024,
    ARENA_LARGEST_CHUNK = 1 << 20,
    ARENA_ALIGN = 16,
};

/* Chunks form a list, newest first; only the newest has room. The data follows the header. */
typedef struct ArenaChunk {
    struct ArenaChunk *older;
    size_t capacity;
    size_t used;
    size_t unused_padding; /* keeps the data at a multiple of ARENA_ALIGN */
} ArenaChunk;

typedef struct ArenaCleanup {
    struct ArenaCleanup *older;
    void (*release)(void *object);
    void *object;
} ArenaCleanup;

struct Arena {
    const char *name;
    ArenaChunk *newest;
    ArenaCleanup *cleanups;
    size_t held_bytes;
};

NORETURN static void out_of_memory(const char *name, size_t size)
{
    (void)fprintf(stderr, "error: out of memory (%zu bytes for %s)\n", size, name);
    abort();
}

void *memory_alloc(size_t size)
{
    void *block = malloc(size > 0 ? size : 1);
    if (block == NULL) {
        out_of_memory("the heap", size);
    }
    return block;
}

void *memory_realloc(void *old, size_t size)
{
    void *block = realloc(old, size > 0 ? size : 1);
    if (block == NULL) {
        out_of_memory("the heap", size);
    }
    return block;
}

static uint8_t *chunk_data(ArenaChunk *chunk)
{
    return (uint8_t *)(chunk + 1);
}

static size_t align_up(size_t size)
{
    return (size + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1);
}

Arena *arena_new(const char *name)
{
    Arena *arena = memory_alloc(sizeof(*arena));
    *arena = (Arena){.name = name};
    return arena;
}

static void add_chunk(Arena *arena, size_t needed)
{
    size_t capacity = ARENA_FIRST_CHUNK;
    if (arena->newest != NULL && !ARENA_SEPARATE) {
        capacity = arena->newest->capacity * 2;
        capacity = capacity > ARENA_LARGEST_CHUNK ? ARENA_LARGEST_CHUNK : capacity;
    }
    if (needed > capacity || ARENA_SEPARATE) {
        capacity = needed;
    }
    if (needed > SIZE_MAX / 2) {
        out_of_memory(arena->name, needed);
    }
    ArenaChunk *chunk = malloc(sizeof(*chunk) + capacity);
    if (chunk == NULL) {
        out_of_memory(arena->name, capacity);
    }
    *chunk = (ArenaChunk){.older = arena->newest, .capacity = capacity};
    arena->newest = chunk;
    arena->held_bytes += capacity;
}

void *arena_alloc_raw(Arena *arena, size_t size)
{
    /* In a separate allocation the exact size is kept, so that an overrun by one byte is seen. */
    size_t needed = ARENA_SEPARATE ? size : align_up(size);
    if (needed < size) {
        out_of_memory(arena->name, size);
    }
    ArenaChunk *chunk = arena->newest;
    if (chunk == NULL || ARENA_SEPARATE || chunk->capacity - chunk->used < needed) {
        add_chunk(arena, needed);
        chunk = arena->newest;
    }
    void *block = chunk_data(chunk) + chunk->used;
    chunk->used += needed;
    return block;
}

void *arena_alloc(Arena *arena, size_t size)
{
    void *block = arena_alloc_raw(arena, size);
    memset(block, 0, size);
    return block;
}

void *arena_alloc_array(Arena *arena, size_t count, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total)) {
        out_of_memory(arena->name, SIZE_MAX);
    }
    return arena_alloc(arena, total);
}

static bool is_last_block(const ArenaChunk *chunk, const uint8_t *block, size_t size)
{
    return !ARENA_SEPARATE && chunk != NULL && block >= (const uint8_t *)(chunk + 1) &&
           block + align_up(size) == (const uint8_t *)(chunk + 1) + chunk->used;
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
    ArenaChunk *chunk = arena->newest;
    if (old != NULL && is_last_block(chunk, old, old_size)) {
        size_t start = (size_t)((uint8_t *)old - chunk_data(chunk));
        if (new_size <= chunk->capacity - start && align_up(new_size) <= chunk->capacity - start) {
            chunk->used = start + align_up(new_size);
            return old;
        }
    }
    void *block = arena_alloc_raw(arena, new_size);
    if (old != NULL) {
        memcpy(block, old, old_size < new_size ? old_size : new_size);
    }
    return block;
}

void arena_on_free(Arena *arena, void (*release)(void *object), void *object)
{
    ArenaCleanup *cleanup = ARENA_NEW(arena, ArenaCleanup);
    *cleanup = (ArenaCleanup){.older = arena->cleanups, .release = release, .object = object};
    arena->cleanups = cleanup;
}

ArenaMark arena_mark(const Arena *arena)
{
    const ArenaChunk *chunk = arena->newest;
    return (ArenaMark){.chunk = arena->newest,
                       .used = chunk != NULL ? chunk->used : 0,
                       .cleanups = arena->cleanups};
}

static void run_cleanups(Arena *arena, const void *until)
{
    while (arena->cleanups != until) {
        ArenaCleanup cleanup = *arena->cleanups;
        arena->cleanups = cleanup.older;
        cleanup.release(cleanup.object);
    }
}

static void drop_chunks(Arena *arena, const void *until)
{
    while (arena->newest != until) {
        ArenaChunk *chunk = arena->newest;
        arena->newest = chunk->older;
        arena->held_bytes -= chunk->capacity;
        free(chunk);
    }
}

void arena_rewind(Arena *arena, ArenaMark mark)
{
    run_cleanups(arena, mark.cleanups);
    drop_chunks(arena, mark.chunk);
    if (arena->newest != NULL) {
        arena->newest->used = mark.used;
    }
}

void arena_reset(Arena *arena)
{
    run_cleanups(arena, NULL);
    ArenaChunk *kept = ARENA_SEPARATE ? NULL : arena->newest;
    if (kept != NULL) {
        arena->newest = kept->older;
        drop_chunks(arena, NULL);
        *kept = (ArenaChunk){.capacity = kept->capacity};
        arena->newest = kept;
    } else {
        drop_chunks(arena, NULL);
    }
}

void arena_free(Arena *arena)
{
    if (arena == NULL) {
        return;
    }
    run_cleanups(arena, NULL);
    drop_chunks(arena, NULL);
    free(arena);
}

size_t arena_held_bytes(const Arena *arena)
{
    return arena->held_bytes;
}
