#include "transform/graph/node_value.h"
#include "transform/parse/config.h"

/* Which parts of a node's document lose their nulls as well; the rest is the user's own. */
typedef enum PartKind {
    PART_MAP,
    PART_ITEMS,   /* a list of maps */
    PART_COLUMNS, /* a map of maps */
    PART_CONFIG,  /* whose declared fields are the only ones that lose theirs */
} PartKind;

typedef struct NodePart {
    const char *key;
    PartKind kind;
} NodePart;

static const NodePart parts[] = {
    {"docs", PART_MAP},          {"contract", PART_MAP},    {"returns", PART_MAP},
    {"test_metadata", PART_MAP}, {"refs", PART_ITEMS},      {"constraints", PART_ITEMS},
    {"arguments", PART_ITEMS},   {"columns", PART_COLUMNS}, {"config", PART_CONFIG},
};

static Value without_nulls(Arena *arena, const Value *value)
{
    if (!value_is(value, VALUE_MAP)) {
        return *value;
    }
    ValueMapBuilder map = value_map_begin_sized(arena, value_len(value));
    for (VALUE_EACH_ENTRY(entry, value)) {
        if (!value_is_null(&entry->value)) {
            value_map_put(&map, entry->key, entry->value);
        }
    }
    return value_map_end(&map);
}

static Value items_without_nulls(Arena *arena, const Value *list)
{
    ValueVec items = {0};
    for (VALUE_EACH(item, list)) {
        VEC_PUSH(arena, &items, without_nulls(arena, item));
    }
    return value_list_of(&items);
}

static Value columns_without_nulls(Arena *arena, const Value *columns)
{
    ValueMapBuilder map = value_map_begin_sized(arena, value_len(columns));
    for (VALUE_EACH_ENTRY(entry, columns)) {
        value_map_put(&map, entry->key, without_nulls(arena, &entry->value));
    }
    return value_map_end(&map);
}

static Value config_without_nulls(Arena *arena, ResourceType type, const Value *config)
{
    ValueMapBuilder map = value_map_begin_sized(arena, value_len(config));
    for (VALUE_EACH_ENTRY(entry, config)) {
        Str key = value_text_or(&entry->key, (Str){0});
        bool declared = config_is_declared(type, key);
        if (!declared) {
            value_map_put(&map, entry->key, entry->value);
        } else if (!value_is_null(&entry->value)) {
            bool docs = str_is(key, "docs");
            value_map_put(&map, entry->key,
                          docs ? without_nulls(arena, &entry->value) : entry->value);
        }
    }
    return value_map_end(&map);
}

static Value shown_part(Arena *arena, const Node *node, Str key, const Value *value)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!str_is(key, parts[i].key)) {
            continue;
        }
        switch (parts[i].kind) {
        case PART_MAP:
            return without_nulls(arena, value);
        case PART_ITEMS:
            return items_without_nulls(arena, value);
        case PART_COLUMNS:
            return columns_without_nulls(arena, value);
        case PART_CONFIG:
            return config_without_nulls(arena, node->type, value);
        }
    }
    return *value;
}

Value node_model_value(Arena *arena, const Node *node)
{
    Value whole = node_value(arena, node);
    ValueMapBuilder map = value_map_begin_sized(arena, value_len(&whole));
    for (VALUE_EACH_ENTRY(entry, &whole)) {
        if (!value_is_null(&entry->value)) {
            Str key = value_text_or(&entry->key, (Str){0});
            value_map_put(&map, entry->key, shown_part(arena, node, key, &entry->value));
        }
    }
    return value_map_end(&map);
}
