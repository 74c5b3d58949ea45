/* tests/fuzz/fuzz_env.c - any bytes are either an .env file or refused, without showing a value. */
#include "value/env_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    const ReadOptions options = {.path = STR("fuzz.env")};
    const Value *value = NULL;
    Error *err = env_read(arena, (Str){(const char *)data, size}, &options, &value);
    CHECK(err == NULL || error_excerpt_text(err, arena).len == 0);
    error_free(err);
    return 0;
}
