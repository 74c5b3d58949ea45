/* tests/fuzz/map_model.h - the plainest possible ordered map, what StrMap is compared with by its
 * unit test and its fuzz target. Keys are small numbers, which both sides turn into the same text.
 */
#ifndef TESTS_FUZZ_MAP_MODEL_H
#define TESTS_FUZZ_MAP_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/map.h"

enum { MODEL_KEYS = 512 };

typedef struct MapModel {
    Str texts[MODEL_KEYS];
    void *values[MODEL_KEYS];
    bool present[MODEL_KEYS];
    uint16_t order[MODEL_KEYS]; /* the keys present, oldest first */
    size_t len;
} MapModel;

typedef enum MapOperation {
    MAP_SET,
    MAP_SET_COPY,
    MAP_FIND,
    MAP_REMOVE,
    MAP_CLEAR,
    MAP_OPERATIONS
} MapOperation;

/* Some keys are prefixes of others, one is empty, some hold a NUL. */
static inline void map_model_init(MapModel *model, Arena *arena)
{
    *model = (MapModel){.len = 0};
    for (size_t key = 0; key < MODEL_KEYS; key++) {
        StrBuf text = strbuf_init(arena, 64);
        strbuf_add_repeat(&text, key % 3 == 0 ? '\0' : 'k', key % 40);
        if (key > 0) {
            strbuf_printf(&text, "%zu", key / 40);
        }
        model->texts[key] = strbuf_str(&text);
    }
}

static inline void map_model_remove(MapModel *model, size_t key)
{
    size_t at = 0;
    while (model->order[at] != key) {
        at++;
    }
    for (; at + 1 < model->len; at++) {
        model->order[at] = model->order[at + 1];
    }
    model->len--;
    model->present[key] = false;
    model->values[key] = NULL;
}

/* Does the same to both and CHECKs that both answer alike. */
static inline void map_model_apply(MapModel *model, StrMap *map, unsigned operation, size_t key,
                                   void *value)
{
    char on_stack[64]; /* what set_copy is given does not outlive the call */
    Str text = model->texts[key];
    if (operation == MAP_SET || operation == MAP_SET_COPY) {
        void *before = model->values[key];
        if (!model->present[key]) {
            model->order[model->len++] = (uint16_t)key;
        }
        model->present[key] = true;
        model->values[key] = value;
        if (operation == MAP_SET_COPY && text.len > 0) {
            memcpy(on_stack, text.data, text.len);
            CHECK(strmap_set_copy(map, (Str){on_stack, text.len}, value) == before);
            memset(on_stack, 0, sizeof(on_stack));
        } else {
            CHECK(strmap_set(map, text, value) == before);
        }
    } else if (operation == MAP_FIND) {
        CHECK(strmap_find(map, text) == model->values[key]);
        CHECK(strmap_has(map, text) == model->present[key]);
    } else if (operation == MAP_REMOVE) {
        CHECK(strmap_remove(map, text) == model->present[key]);
        if (model->present[key]) {
            map_model_remove(model, key);
        }
    } else {
        strmap_clear(map);
        while (model->len > 0) {
            map_model_remove(model, model->order[model->len - 1]);
        }
    }
}

/* Both hold the same entries in the same order, and each key is found, or not. */
static inline void map_model_compare(const MapModel *model, const StrMap *map)
{
    CHECK(map->len == model->len);
    size_t at = 0;
    for (STRMAP_EACH(it, map)) {
        size_t key = model->order[at++];
        CHECK(str_eq(it->key, model->texts[key]));
        CHECK(it->value == model->values[key]);
        CHECK(strmap_entry(map, model->texts[key]) == it);
    }
    CHECK(at == model->len);
    for (size_t key = 0; key < MODEL_KEYS; key++) {
        CHECK(strmap_has(map, model->texts[key]) == model->present[key]);
    }
}

#endif
