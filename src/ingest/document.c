#include "ingest/document.h"

const Value *document_find(const Value *map, const Str *keys, size_t count)
{
    for (size_t i = 0; i < count && map != NULL; i++) {
        map = value_find(map, keys[i]);
    }
    return map;
}

static ValueMapBuilder copy_entries(Arena *arena, const Value *map)
{
    ValueMapBuilder copy = value_map_begin(arena);
    if (value_is(map, VALUE_MAP)) {
        value_map_put_all(&copy, map);
    }
    return copy;
}

Value document_set(Arena *arena, const Value *map, const Str *keys, size_t count, Value value)
{
    /* The maps on the way, outermost first; then rebuilt from the inside. */
    const Value **levels = ARENA_ARRAY(arena, const Value *, count);
    for (size_t i = 0; i < count; i++) {
        levels[i] = i == 0 ? map : value_find(levels[i - 1], keys[i - 1]);
    }
    for (size_t i = count; i-- > 0;) {
        ValueMapBuilder copy = copy_entries(arena, levels[i]);
        value_map_set(&copy, keys[i], value);
        value = value_map_end(&copy);
    }
    return value;
}

static Value without_key(Arena *arena, const Value *map, Str key)
{
    ValueMapBuilder copy = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, map)) {
        if (!value_is(&it->key, VALUE_STRING) || !str_eq(it->key.as.text, key)) {
            value_map_put(&copy, it->key, it->value);
        }
    }
    return value_map_end(&copy);
}

Value document_remove(Arena *arena, const Value *map, const Str *keys, size_t count)
{
    const Value *parent = count > 0 ? document_find(map, keys, count - 1) : NULL;
    if (value_find(parent, count > 0 ? keys[count - 1] : STR("")) == NULL) {
        return map != NULL ? *map : value_null();
    }
    Value rest = without_key(arena, parent, keys[count - 1]);
    return count == 1 ? rest : document_set(arena, map, keys, count - 1, rest);
}
