/* tests/fuzz/fuzz_yaml.c - YAML that is read can be written, and reads back as the same value. */
#include "value/yaml_reader.h"
#include "value/yaml_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    /* Written, an alias becomes a copy: room for that. */
    const ReadOptions few = {.path = STR("fuzz.yml"), .max_nodes = 10000, .max_depth = 50};
    const Value *value = NULL;
    const Value *again = NULL;
    Error *err = yaml_read(arena, (Str){(const char *)data, size}, &few, &value);
    if (err == NULL) {
        err = yaml_read(arena, yaml_text(arena, value, &yaml_style_python), NULL, &again);
        CHECK(err == NULL && value_equal(value, again));
    }
    error_free(err);
    return 0;
}
