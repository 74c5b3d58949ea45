#include "source/rest/row_edit.h"

#include "base/limits.h"
#include "source/rest/keys.h"
#include "source/rest/template.h"
#include "value/json_filter.h"

/* ---- Objects made of parts of others. A value of yyjson is a run of yyjson_val: an object is its
 * own, then key and value in turn; offsets are relative, so that a run may be moved. ---- */

static size_t run_bytes(yyjson_val *value)
{
    return (size_t)((const char *)unsafe_yyjson_get_next(value) - (const char *)value);
}

static const RowField *field_of(const RowFieldVec *fields, yyjson_val *key)
{
    Str name = {unsafe_yyjson_get_str(key), unsafe_yyjson_get_len(key)};
    for (VEC_EACH(const RowField, it, fields)) {
        if (str_eq(it->key, name)) {
            return it;
        }
    }
    return NULL;
}

static char *add_run(char *at, yyjson_val *value)
{
    size_t bytes = run_bytes(value);
    memcpy(at, value, bytes);
    return at + bytes;
}

static char *add_key(char *at, Str key)
{
    yyjson_val value = {0};
    unsafe_yyjson_set_strn(&value, key.data, key.len);
    memcpy(at, &value, sizeof(value));
    return at + sizeof(value);
}

/* More than the result needs: replaced values are counted, too. */
static Error *room_for(Arena *arena, yyjson_val *row, const RowFieldVec *fields, char **out)
{
    size_t bytes = sizeof(yyjson_val) + (yyjson_is_obj(row) ? run_bytes(row) : 0);
    for (VEC_EACH(const RowField, it, fields)) {
        bytes += sizeof(yyjson_val) + (it->value != NULL ? run_bytes(it->value) : 0);
        if (bytes > LIMIT_REST_ROW_BYTES) {
            return error_new(ERR_LIMIT, "a row of more than %zu bytes", LIMIT_REST_ROW_BYTES);
        }
    }
    *out = arena_alloc_raw(arena, bytes);
    return NULL;
}

static bool has_key(yyjson_val *row, Str key)
{
    return json_path_member(row, key) != NULL;
}

Error *row_with_fields(Arena *arena, yyjson_val *row, const RowFieldVec *fields, yyjson_val **out)
{
    char *begin = NULL;
    TRY(room_for(arena, row, fields, &begin));
    char *at = begin + sizeof(yyjson_val);
    size_t pairs = 0;
    yyjson_obj_iter members = yyjson_obj_iter_with(row);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&members)) != NULL;) {
        const RowField *field = field_of(fields, key);
        if (field != NULL && field->value == NULL) {
            continue;
        }
        at = add_run(at, key);
        at = add_run(at, field != NULL ? field->value : yyjson_obj_iter_get_val(key));
        pairs++;
    }
    for (VEC_EACH(const RowField, it, fields)) {
        if (it->value != NULL && !has_key(row, it->key)) {
            at = add_key(at, it->key);
            at = add_run(at, it->value);
            pairs++;
        }
    }
    yyjson_val object = {0};
    unsafe_yyjson_set_tag(&object, YYJSON_TYPE_OBJ, YYJSON_SUBTYPE_NONE, pairs);
    object.uni.ofs = (size_t)(at - begin);
    memcpy(begin, &object, sizeof(object));
    *out = (void *)begin;
    return NULL;
}

Error *row_copy_value(Arena *arena, yyjson_val *value, yyjson_val **out)
{
    size_t bytes = run_bytes(value);
    if (bytes > LIMIT_REST_ROW_BYTES) {
        return error_new(ERR_LIMIT, "a value of more than %zu bytes", LIMIT_REST_ROW_BYTES);
    }
    yyjson_val *copy = arena_alloc_raw(arena, bytes);
    memcpy(copy, value, bytes);
    for (yyjson_val *it = copy; (char *)it < (char *)copy + bytes; it++) {
        if (unsafe_yyjson_get_type(it) == YYJSON_TYPE_STR ||
            unsafe_yyjson_get_type(it) == YYJSON_TYPE_RAW) {
            it->uni.str =
                str_to_c(arena, (Str){unsafe_yyjson_get_str(it), unsafe_yyjson_get_len(it)});
        }
    }
    *out = copy;
    return NULL;
}

/* ---- Steps ---- */

typedef struct MapField {
    Str key;
    const JsonPath *path; /* NULL: the key is left out */
} MapField;

typedef struct RowStep {
    const JsonFilter *filter; /* NULL: a map */
    VEC(MapField) fields;
} RowStep;

struct RowSteps {
    VEC(RowStep) steps;
};

static Error *read_map(Arena *arena, const Value *config, RowStep *step)
{
    TRY(value_expect(config, VALUE_MAP, STR("map")));
    for (VALUE_EACH_ENTRY(it, config)) {
        MapField field = {.key = template_text_of(arena, &it->key)};
        if (!value_is_null(&it->value)) {
            Str path;
            TRY(value_get_string(&it->value, field.key, &path));
            TRY(json_path_parse(arena, path, &field.path));
        }
        VEC_PUSH(arena, &step->fields, field);
    }
    return NULL;
}

static Error *read_step(Arena *arena, const Value *config, RowSteps *steps)
{
    static const char *const keys[] = {"filter", "map", "yield_map"};
    TRY(value_expect(config, VALUE_MAP, STR("processing_steps")));
    TRY(rest_check_keys(config, keys, ARRAY_LEN(keys), "a processing step"));
    const Value *python = value_find(config, STR("yield_map"));
    if (python != NULL) {
        return error_hint(
            value_error(ERR_UNSUPPORTED, python, "'yield_map' is a Python function"),
            "use a 'filter' condition or a 'map' of paths, or load this API by a Python source");
    }
    const Value *filter = value_find(config, STR("filter"));
    if (filter != NULL) {
        Str text;
        RowStep step = {0};
        TRY(value_get_string(filter, STR("filter"), &text));
        TRY(json_filter_parse(arena, text, &step.filter));
        VEC_PUSH(arena, &steps->steps, step);
    }
    const Value *map = value_find(config, STR("map"));
    if (map != NULL) {
        RowStep step = {0};
        TRY(read_map(arena, map, &step));
        VEC_PUSH(arena, &steps->steps, step);
    }
    return NULL;
}

Error *row_steps_read(Arena *arena, const Value *config, const RowSteps **out)
{
    *out = NULL;
    if (value_is_null(config)) {
        return NULL;
    }
    TRY(value_expect(config, VALUE_LIST, STR("processing_steps")));
    RowSteps *steps = ARENA_NEW(arena, RowSteps);
    for (VALUE_EACH(it, config)) {
        TRY(read_step(arena, it, steps));
    }
    *out = steps;
    return NULL;
}

static Error *map_row(const RowStep *step, Arena *arena, yyjson_val **row)
{
    RowFieldVec fields = {0};
    for (VEC_EACH(const MapField, it, &step->fields)) {
        yyjson_val *value = it->path == NULL ? NULL : json_path_first(it->path, *row);
        VEC_PUSH(arena, &fields, (RowField){it->key, value});
    }
    return yyjson_is_obj(*row) ? row_with_fields(arena, *row, &fields, row) : NULL;
}

static Error *apply_step(const RowStep *step, Arena *arena, JsonMatches *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->len; i++) {
        if (step->filter == NULL) {
            TRY(map_row(step, arena, &rows->data[i]));
            kept++;
        } else if (json_filter_matches(step->filter, rows->data[i])) {
            rows->data[kept++] = rows->data[i];
        }
    }
    rows->len = kept;
    return NULL;
}

Error *row_steps_apply(const RowSteps *steps, Arena *arena, JsonMatches *rows)
{
    for (VEC_EACH(const RowStep, it, &steps->steps)) {
        TRY(apply_step(it, arena, rows));
    }
    return NULL;
}
