/* value/value_map.c - the ordered map of a Value: entries side by side, with a seeded hash index
 * over them once there are more than a few. */
#include <math.h>

#include "base/hash.h"
#include "value/value.h"

enum { SMALL_MAP = 8, FIRST_INDEX = 32 };

struct ValueMap {
    ValueEntry *entries;
    size_t len;
    size_t capacity;
    uint32_t *index;   /* entry number + 1, 0 = free; NULL while the map is small */
    size_t index_size; /* a power of two, at least twice the capacity */
};

static bool is_number(const Value *value)
{
    return value->kind == VALUE_BOOL || value->kind == VALUE_INT || value->kind == VALUE_FLOAT;
}

/* 0 for what is no number; asked of numbers only. */
static double key_number(const Value *key)
{
    switch (value_kind(key)) {
    case VALUE_BOOL:
        return key->as.boolean ? 1 : 0;
    case VALUE_INT:
        return (double)key->as.integer;
    case VALUE_FLOAT:
        return isnan(key->as.number) ? nan("") : key->as.number; /* one NaN, whatever its bits */
    case VALUE_NULL:
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return 0;
}

static bool keys_equal(const Value *a, const Value *b)
{
    if (a->kind == b->kind) {
        return value_equal(a, b);
    }
    if (is_number(a) && is_number(b)) {
        double left = key_number(a);
        double right = key_number(b);
        return left <= right && left >= right;
    }
    return false;
}

static uint64_t key_hash(const Value *key)
{
    switch (value_kind(key)) {
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT: {
        double number = key_number(key) + 0.0; /* -0.0 becomes 0.0 */
        return hash_bytes(&number, sizeof(number));
    }
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_STRING:
    case VALUE_BYTES:
        return hash_bytes(key->as.text.data, key->as.text.len);
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
        return hash_bytes(&key->as.time->microsecond, sizeof(key->as.time->microsecond)) ^
               (uint64_t)key->as.time->day * 86400 ^ (uint64_t)key->as.time->second;
    case VALUE_NULL:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return 0;
}

/* The index slot that holds `key`, or the free one where it would go. */
static size_t find_slot(const ValueMap *map, const Value *key)
{
    size_t mask = map->index_size - 1;
    size_t slot = (size_t)key_hash(key) & mask;
    while (map->index[slot] != 0 && !keys_equal(&map->entries[map->index[slot] - 1].key, key)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void rebuild_index(Arena *arena, ValueMap *map)
{
    map->index_size = map->index_size == 0 ? FIRST_INDEX : map->index_size * 2;
    map->index = ARENA_ARRAY(arena, uint32_t, map->index_size);
    for (size_t i = 0; i < map->len; i++) {
        map->index[find_slot(map, &map->entries[i].key)] = (uint32_t)(i + 1);
    }
}

static ValueEntry *find_entry(const ValueMap *map, const Value *key)
{
    if (map->index != NULL) {
        uint32_t number = map->index[find_slot(map, key)];
        return number != 0 ? &map->entries[number - 1] : NULL;
    }
    for (size_t i = 0; i < map->len; i++) {
        if (keys_equal(&map->entries[i].key, key)) {
            return &map->entries[i];
        }
    }
    return NULL;
}

ValueMapBuilder value_map_begin(Arena *arena)
{
    return (ValueMapBuilder){.arena = arena, .map = ARENA_NEW(arena, ValueMap)};
}

ValueMapBuilder value_map_begin_sized(Arena *arena, size_t len)
{
    ValueMapBuilder builder = value_map_begin(arena);
    ValueMap *map = builder.map;
    map->entries = ARENA_ARRAY(arena, ValueEntry, len);
    map->capacity = len;
    for (size_t size = FIRST_INDEX; len > SMALL_MAP && size < len * 2; size *= 2) {
        map->index_size = size; /* the first index has twice that */
    }
    return builder;
}

bool value_map_put(ValueMapBuilder *builder, Value key, Value value)
{
    ValueMap *map = builder->map;
    ValueEntry *there = find_entry(map, &key);
    if (there != NULL) {
        there->value = value;
        return true;
    }
    if (map->len == map->capacity) {
        vec_reserve(builder->arena, (void **)&map->entries, &map->capacity, map->len + 1,
                    sizeof(*map->entries));
    }
    map->entries[map->len++] = (ValueEntry){.key = key, .value = value};
    if (map->index != NULL && map->len * 2 <= map->index_size) {
        map->index[find_slot(map, &key)] = (uint32_t)map->len;
    } else if (map->len > SMALL_MAP) {
        rebuild_index(builder->arena, map);
    }
    return false;
}

bool value_map_set(ValueMapBuilder *builder, Str key, Value value)
{
    return value_map_put(builder, value_string(key), value);
}

void value_map_put_all(ValueMapBuilder *builder, const Value *map)
{
    for (VALUE_EACH_ENTRY(it, map)) {
        value_map_put(builder, it->key, it->value);
    }
}

const ValueEntry *value_map_peek(const ValueMapBuilder *builder, const Value *key)
{
    return find_entry(builder->map, key);
}

Value value_map_end(ValueMapBuilder *builder)
{
    Value map = {.kind = VALUE_MAP, .as.map = builder->map};
    builder->map = NULL;
    return map;
}

const ValueEntry *value_entries(const Value *map)
{
    return value_is(map, VALUE_MAP) ? map->as.map->entries : NULL;
}

size_t value_len(const Value *value)
{
    if (value_is(value, VALUE_MAP)) {
        return value->as.map->len;
    }
    return value_is(value, VALUE_LIST) ? value->as.list.len : 0;
}

const ValueEntry *value_find_entry(const Value *map, const Value *key)
{
    return value_is(map, VALUE_MAP) ? find_entry(map->as.map, key) : NULL;
}

const Value *value_find(const Value *map, Str key)
{
    Value text = value_string(key);
    const ValueEntry *entry = value_find_entry(map, &text);
    return entry != NULL ? &entry->value : NULL;
}
