/* tests/fuzz/fuzz_json.c - JSON that is read can be written, and reads back as the same value. */
#include "value/json_reader.h"
#include "value/json_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    const ReadOptions options = {.path = STR("fuzz.json"), .max_nodes = 100000, .allow_nan = true};
    const Value *value = NULL;
    const Value *again = NULL;
    Error *err = json_read(arena, (Str){(const char *)data, size}, &options, &value);
    if (err == NULL) {
        err = json_read(arena, json_text(arena, value, &json_style_python), &options, &again);
        CHECK(err == NULL && value_equal(value, again));
    }
    error_free(err);
    return 0;
}
