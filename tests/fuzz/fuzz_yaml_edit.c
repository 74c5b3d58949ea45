/* tests/fuzz/fuzz_yaml_edit.c - whatever the text, an edit is done as meant or refused. The first
 * byte says which edit; that the result is as meant is checked by the editor itself. */
#include "value/yaml_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    const Str path[] = {STR("a"), (data[0] & 4) != 0 ? STR("0") : STR("b"), STR("c")};
    const YamlEdit edit = {.file = STR("fuzz.yml"),
                           .text = {(const char *)data + 1, size - 1},
                           .path = path,
                           .depth = 1 + (size_t)(data[0] >> 3) % ARRAY_LEN(path)};
    const Value value = value_string(STR("new: text"));
    Str result = STR("");
    Error *err = NULL;
    if ((data[0] & 3) == 0) {
        err = yaml_edit_set(arena, &edit, &value, &result);
    } else if ((data[0] & 3) == 1) {
        err = yaml_edit_append(arena, &edit, &value, &result);
    } else {
        err = yaml_edit_remove(arena, &edit, &result);
    }
    error_free(err);
    return 0;
}
