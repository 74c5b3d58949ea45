#include "source/rest/plan_merge.h"

static const Value *kept(Arena *arena, Value value)
{
    Value *copy = ARENA_NEW(arena, Value);
    *copy = value;
    return copy;
}

static Value over(Arena *arena, const Value *below, const Value *above)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, below);
    value_map_put_all(&map, above);
    return value_placed_at(value_map_end(&map), above);
}

/* `above` with the value at `key` merged with that of `below`, where both are maps. */
static Value merge_key(Arena *arena, const Value *below, const Value *above, const char *key)
{
    const Value *under = value_find(below, str_from(key));
    const Value *own = value_find(above, str_from(key));
    if (!value_is(under, VALUE_MAP) || !value_is(own, VALUE_MAP)) {
        return *above;
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, above);
    (void)value_map_set(&map, str_from(key), over(arena, under, own));
    return value_placed_at(value_map_end(&map), above);
}

/* An endpoint as a map: a text is its path. */
static Error *endpoint_map(Arena *arena, const Value *endpoint, Value *out)
{
    ValueMapBuilder map = value_map_begin(arena);
    if (value_is(endpoint, VALUE_STRING)) {
        (void)value_map_set(&map, STR("path"), *endpoint);
    } else if (!value_is_null(endpoint)) {
        TRY(value_expect(endpoint, VALUE_MAP, STR("endpoint")));
        *out = *endpoint;
        return NULL;
    }
    *out = value_map_end(&map);
    if (endpoint != NULL) {
        *out = value_placed_at(*out, endpoint);
    }
    return NULL;
}

static Error *merged_endpoint(Arena *arena, const Value *resource, const Value *defaults,
                              const Value *name, Value *out)
{
    Value own;
    Value under;
    TRY(endpoint_map(arena, value_find(resource, STR("endpoint")), &own));
    TRY(endpoint_map(arena, value_find(defaults, STR("endpoint")), &under));
    own = merge_key(arena, &under, &own, "params");
    own = merge_key(arena, &under, &own, "json");
    Value merged = over(arena, &under, &own);
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, &merged);
    if (value_find(&merged, STR("path")) == NULL) {
        (void)value_map_set(&map, STR("path"), *name);
    }
    *out = value_placed_at(value_map_end(&map), &own);
    return NULL;
}

Error *rest_resource_whole(Arena *arena, const Value *resource, const Value *defaults,
                           const Value **out)
{
    ValueMapBuilder named = value_map_begin(arena);
    if (value_is(resource, VALUE_STRING)) {
        (void)value_map_set(&named, STR("name"), *resource);
    } else {
        TRY(value_expect(resource, VALUE_MAP, STR("a resource")));
        value_map_put_all(&named, resource);
    }
    Value own = value_placed_at(value_map_end(&named), resource);
    const Value *name = value_find(&own, STR("name"));
    if (!value_is(name, VALUE_STRING) || name->as.text.len == 0) {
        return error_hint(value_error(ERR_CONFIG, resource, "a resource has no 'name'"),
                          "give it one: it is what its table is called");
    }
    Value endpoint;
    TRY(merged_endpoint(arena, &own, defaults, name, &endpoint));
    own = merge_key(arena, defaults, &own, "columns");
    Value merged = over(arena, defaults, &own);
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, &merged);
    (void)value_map_set(&map, STR("endpoint"), endpoint);
    *out = kept(arena, value_placed_at(value_map_end(&map), resource));
    return NULL;
}
