/* base/suggest.h - "did you mean": the nearest of many names. Feed it all candidates; the best one
 * near enough to be a slip of the finger stays. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include "base/str.h"

typedef struct Suggestion {
    Str wanted;
    Str name; /* the best so far; empty when none is near */
    size_t distance;
} Suggestion;

static inline Suggestion suggestion_init(Str wanted)
{
    /* One letter replaced by another is no slip: something must stay. */
    size_t limit = wanted.len / 3 > 1 ? wanted.len / 3 : wanted.len > 1;
    return (Suggestion){.wanted = wanted, .distance = limit + 1};
}

static inline void suggestion_try(Suggestion *best, Str candidate)
{
    size_t distance = str_distance(best->wanted, candidate, best->distance);
    if (distance < best->distance) {
        best->distance = distance;
        best->name = candidate;
    }
}

#endif
