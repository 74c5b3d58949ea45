/* base/vec.h - growable arrays, typed by macro: VEC(Str) is an anonymous struct of data, len and
 * capacity whose storage grows in an arena. Name the type once: `typedef VEC(Str) StrVec;`. An
 * empty vector is all zeroes. Elements move when the vector grows, so keep indices rather than
 * pointers. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define VEC(Type) \
    struct { \
        Type *data; \
        size_t len; \
        size_t capacity; \
    }

/* Appends one element, given as the remaining arguments so that a braced initialiser may stand
 * there. */
#define VEC_PUSH(arena, vec, ...) \
    (vec_reserve((arena), (void **)&(vec)->data, &(vec)->capacity, (vec)->len + 1, \
                 sizeof(*(vec)->data)), \
     (vec)->data[(vec)->len++] = (__VA_ARGS__))

/* Makes room for `count` elements in all. */
#define VEC_RESERVE(arena, vec, count) \
    vec_reserve((arena), (void **)&(vec)->data, &(vec)->capacity, (count), sizeof(*(vec)->data))

#define VEC_LAST(vec) ((vec)->data[(vec)->len - 1])
#define VEC_POP(vec) ((vec)->data[--(vec)->len])

/* `for (VEC_EACH(Str, it, &names))` visits each element by pointer; do not push meanwhile. */
#define VEC_EACH(Type, it, vec) \
    Type *it = (vec)->data, *it##_end = it == NULL ? it : it + (vec)->len; \
    it != it##_end; \
    it++

typedef VEC(Str) StrVec;

/* What the macros call: grows the block geometrically to hold at least `needed` elements. */
static inline void vec_reserve(Arena *arena, void **data, size_t *capacity, size_t needed,
                               size_t element_size)
{
    if (needed <= *capacity) {
        return;
    }
    size_t wanted = *capacity * 2 > 4 ? *capacity * 2 : 4;
    wanted = wanted > needed ? wanted : needed;
    size_t bytes = 0;
    if (__builtin_mul_overflow(wanted, element_size, &bytes)) {
        bytes = SIZE_MAX; /* which the arena refuses by its name */
    }
    *data = arena_grow(arena, *data, *capacity * element_size, bytes);
    *capacity = wanted;
}

#endif
