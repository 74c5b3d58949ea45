#include "value/value_edit.h"

#include "base/number.h"

size_t value_edit_index(Str part, size_t len)
{
    uint64_t index = 0;
    return number_parse_uint64(part, &index) && index < len ? (size_t)index : SIZE_MAX;
}

static Error *not_there(const Value *at, Str part)
{
    return value_error(ERR_NOT_FOUND, at, "there is no '" STR_FMT "'", STR_ARG(part));
}

static Error *edit_at(Arena *arena, const Value *at, const ValueEdit *edit, size_t level,
                      Value *out);

static Error *edit_map(Arena *arena, const Value *map, const ValueEdit *edit, size_t level,
                       Value *out)
{
    Str part = edit->path[level];
    const Value *below = value_find(map, part);
    bool removes = edit->kind == VALUE_EDIT_REMOVE && level + 1 == edit->depth;
    if (edit->kind == VALUE_EDIT_REMOVE && below == NULL) {
        return not_there(map, part);
    }
    ValueMapBuilder builder = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, map)) {
        if (!removes || &it->value != below) {
            value_map_put(&builder, it->key, it->value);
        }
    }
    if (!removes) {
        Value value = value_null();
        TRY(edit_at(arena, below, edit, level + 1, &value));
        value_map_set(&builder, part, value);
    }
    *out = value_map_end(&builder);
    return NULL;
}

static Error *edit_list(Arena *arena, const Value *list, const ValueEdit *edit, size_t level,
                        Value *out)
{
    size_t len = value_len(list);
    size_t index = value_edit_index(edit->path[level], len);
    if (index == SIZE_MAX) {
        return not_there(list, edit->path[level]);
    }
    bool removes = edit->kind == VALUE_EDIT_REMOVE && level + 1 == edit->depth;
    ValueVec items = {0};
    for (size_t i = 0; i < len; i++) {
        Value item = *value_at(list, i);
        if (i == index && !removes) {
            TRY(edit_at(arena, value_at(list, i), edit, level + 1, &item));
        }
        if (i != index || !removes) {
            VEC_PUSH(arena, &items, item);
        }
    }
    *out = value_list_of(&items);
    return NULL;
}

/* The end of the path. */
static Error *edit_here(Arena *arena, const Value *at, const ValueEdit *edit, Value *out)
{
    if (edit->kind == VALUE_EDIT_SET) {
        *out = *edit->value;
        return NULL;
    }
    if (!value_is_null(at) && !value_is(at, VALUE_LIST)) {
        return value_error(ERR_CONFIG, at, "there is no list here");
    }
    ValueVec items = {0};
    for (VALUE_EACH(it, at)) {
        VEC_PUSH(arena, &items, *it);
    }
    VEC_PUSH(arena, &items, *edit->value);
    *out = value_list_of(&items);
    return NULL;
}

static Error *edit_at(Arena *arena, const Value *at, const ValueEdit *edit, size_t level,
                      Value *out)
{
    if (level == edit->depth) {
        return edit_here(arena, at, edit, out);
    }
    if (value_is(at, VALUE_LIST)) {
        return edit_list(arena, at, edit, level, out);
    }
    if (value_is_null(at) || value_is(at, VALUE_MAP)) {
        return edit_map(arena, at, edit, level, out);
    }
    return value_error(ERR_CONFIG, at, "there is neither a map nor a list here, but " STR_FMT,
                       STR_ARG(value_describe(arena, at)));
}

Error *value_edit(Arena *arena, const Value *root, const ValueEdit *edit, Value *out)
{
    CHECK(edit->depth > 0 || edit->kind != VALUE_EDIT_REMOVE);
    return edit_at(arena, root, edit, 0, out);
}
