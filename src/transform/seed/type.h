/* transform/seed/type.h - which type a column of a seed has: the first one, in the order of the
 * enum, that all of its cells can be read as. Pure functions of text. */
#ifndef TRANSFORM_SEED_TYPE_H
#define TRANSFORM_SEED_TYPE_H

#include <stdbool.h>

#include "base/str.h"

/* Type, its name in SQL. */
#define SEED_TYPES(X) \
    X(NUMBER, "integer") \
    X(DATE, "date") \
    X(DATETIME, "timestamp without time zone") \
    X(ISO_DATETIME, "timestamp without time zone") \
    X(BOOLEAN, "boolean") \
    X(TEXT, "text")

typedef enum SeedType {
#define X(name, sql) SEED_##name,
    SEED_TYPES(X)
#undef X
        SEED_TYPE_COUNT
} SeedType;

/* What is known of a column after some of its cells. */
typedef struct SeedGuess {
    unsigned possible; /* set of bits, by SeedType */
    bool fraction;     /* a number had one */
} SeedGuess;

/* Before the first cell. */
#define SEED_GUESS_START ((SeedGuess){.possible = (1u << SEED_TYPE_COUNT) - 1})
/* For a column that is read as text whatever it holds. */
#define SEED_GUESS_TEXT ((SeedGuess){.possible = 1u << SEED_TEXT})

/* Empty, or the word null in any case. */
bool seed_cell_is_null(Str cell);
void seed_guess_add(SeedGuess *guess, Str cell);
SeedType seed_guess_type(const SeedGuess *guess);
/* "integer", "float8" where a number has a fraction, ... */
Str seed_guess_sql(const SeedGuess *guess);
/* A number without what people write around it: "-$1,000" is -1000, "12%" is 12. */
Str seed_number_text(Arena *arena, Str cell);

#endif
