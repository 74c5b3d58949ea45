#include "value/json_value.h"

static Str text_of(yyjson_val *value)
{
    return (Str){unsafe_yyjson_get_str(value), unsafe_yyjson_get_len(value)};
}

static Value list_value(Arena *arena, yyjson_val *list)
{
    ValueVec items = {0};
    yyjson_arr_iter iter = yyjson_arr_iter_with(list);
    for (yyjson_val *item; (item = yyjson_arr_iter_next(&iter)) != NULL;) {
        VEC_PUSH(arena, &items, json_value(arena, item));
    }
    return value_list_of(&items);
}

static Value map_value(Arena *arena, yyjson_val *object)
{
    ValueMapBuilder map = value_map_begin_sized(arena, yyjson_obj_size(object));
    yyjson_obj_iter iter = yyjson_obj_iter_with(object);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter)) != NULL;) {
        value_map_set(&map, text_of(key), json_value(arena, yyjson_obj_iter_get_val(key)));
    }
    return value_map_end(&map);
}

static Value number_value(Arena *arena, yyjson_val *value)
{
    if (yyjson_is_real(value)) {
        return value_float(yyjson_get_real(value));
    }
    if (yyjson_is_uint(value) && yyjson_get_uint(value) > INT64_MAX) {
        return value_text(VALUE_BIG_INT,
                          str_printf(arena, "%llu", (unsigned long long)yyjson_get_uint(value)));
    }
    return value_int(yyjson_get_sint(value));
}

/* Documents are at most LIMIT_DOCUMENT_DEPTH deep, so this recursion is, too. */
Value json_value(Arena *arena, yyjson_val *value)
{
    switch (yyjson_get_type(value)) {
    case YYJSON_TYPE_STR:
        return value_string(text_of(value));
    case YYJSON_TYPE_NUM:
        return number_value(arena, value);
    case YYJSON_TYPE_BOOL:
        return value_bool(yyjson_get_bool(value));
    case YYJSON_TYPE_RAW:
        return value_text(VALUE_BIG_INT, (Str){yyjson_get_raw(value), yyjson_get_len(value)});
    case YYJSON_TYPE_ARR:
        return list_value(arena, value);
    case YYJSON_TYPE_OBJ:
        return map_value(arena, value);
    default:
        return value_null();
    }
}
