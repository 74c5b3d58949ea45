/* The vectors of tests/cases/dlt/vectors/: what dlt 1.31 itself gives for an input, a JSON object
 * per line. */
#ifndef TESTS_INGEST_VECTORS_H
#define TESTS_INGEST_VECTORS_H

#include <stdlib.h>

#include "base/fs.h"
#include "base/limits.h"
#include "unit/warehouse/warehouse_fixture.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

typedef struct Vectors {
    Arena *arena;
    JsonLines lines;
    int count;
    int differing;
} Vectors;

static inline void vectors_open(Vectors *vectors, const char *name)
{
    *vectors = (Vectors){.arena = arena_new("test")};
    const char *root = getenv("DANGO_ROOT");
    Str path = str_printf(vectors->arena, "%s/tests/cases/dlt/vectors/%s.jsonl",
                          root != NULL ? root : ".", name);
    Str text;
    assert_ok(fs_read_file(vectors->arena, str_to_c(vectors->arena, path), 64 * MIB, &text));
    ReadOptions options = {.max_bytes = 64 * MIB, .no_positions = true};
    vectors->lines = json_lines(text, &options);
}

/* The next vector, or NULL at the end. */
static inline const Value *vectors_next(Vectors *vectors)
{
    const Value *vector = NULL;
    assert_ok(json_lines_next(&vectors->lines, vectors->arena, &vector));
    vectors->count += vector != NULL;
    return vector;
}

static inline Str vector_text(const Value *vector, const char *key)
{
    return value_text_or(value_find(vector, str_from(key)), STR(""));
}

/* Notes a difference; all of them are shown before the test fails. */
static inline void vectors_expect(Vectors *vectors, const Value *vector, Str expected, Str got)
{
    if (!str_eq(expected, got)) {
        Str shown = json_text(vectors->arena, vector, &json_style_compact);
        print_error("" STR_FMT "\n   gives '" STR_FMT "'\n", STR_ARG(shown), STR_ARG(got));
        vectors->differing++;
    }
}

/* There were vectors, and all came out right. */
static inline void vectors_done(Vectors *vectors)
{
    int count = vectors->count;
    int differing = vectors->differing;
    arena_free(vectors->arena);
    assert_true(count > 0);
    assert_int_equal(differing, 0);
}

#endif
