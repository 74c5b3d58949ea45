/* tests/fuzz/fuzz_toml.c - any bytes are either TOML or refused. */
#include "value/toml_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    const ReadOptions options = {.path = STR("fuzz.toml"), .max_nodes = 100000};
    const Value *value = NULL;
    error_free(toml_read(arena, (Str){(const char *)data, size}, &options, &value));
    return 0;
}
