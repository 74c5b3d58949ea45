/* Two bytes are one operation on a StrMap and on a naive map, which must agree all along. */
#include "fuzz/map_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    MapModel model;
    map_model_init(&model, arena);
    StrMap map = strmap_init(arena);
    for (size_t at = 0; at + 1 < size; at += 2) {
        /* 3 bits for the operation, of which most are sets; 9 for the key; the rest is the value */
        unsigned bits = (unsigned)data[at] << 8 | data[at + 1];
        unsigned operation = bits & 7;
        operation = operation >= MAP_OPERATIONS ? MAP_SET_COPY : operation;
        map_model_apply(&model, &map, operation, bits >> 3 & (MODEL_KEYS - 1),
                        bits >> 12 != 0 ? &model.values[bits >> 12] : NULL);
    }
    map_model_compare(&model, &map);
    return 0;
}
