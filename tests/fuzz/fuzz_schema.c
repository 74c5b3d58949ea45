/* tests/fuzz/fuzz_schema.c - schema documents and pipeline states as a warehouse made by others may
 * hold them. What can be read must be written so that it reads the same. */
#include "base/error.h"
#include "base/unicode.h"
#include "ingest/schema.h"
#include "ingest/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

static void try_schema(Arena *arena, Str text)
{
    Schema *schema = NULL;
    Error *err = schema_read(arena, text, &schema);
    if (err != NULL) {
        error_discard(err, "refusing is fine");
        return;
    }
    Str written = schema_write(schema, arena);
    Schema *again = NULL;
    err = schema_read(arena, written, &again);
    CHECK(err == NULL);
    CHECK(str_eq(schema_write(again, arena), written));
    CHECK(str_eq(schema_hash(again, arena), schema_hash(schema, arena)));
    (void)schema_bump(schema);
    CHECK(!schema_bump(schema));
}

static void try_state(Arena *arena, Str text)
{
    State *state = NULL;
    Error *err = state_read(arena, text, &state);
    if (err != NULL) {
        error_discard(err, "refusing is fine");
        return;
    }
    State *again = NULL;
    err = state_read(arena, state_pack(state, arena), &again);
    CHECK(err == NULL);
    CHECK(str_eq(state_hash(again, arena), state_hash(state, arena)));
    (void)state_bump(state);
    CHECK(!state_bump(state));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    Str text = {(const char *)data, size};
    if (utf8_find_invalid(text) == SIZE_MAX) { /* what the database gives is valid */
        try_schema(arena, text);
        try_state(arena, text);
    }
    return 0;
}
