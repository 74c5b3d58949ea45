#include "ingest/boundary_hash.h"

#include "ingest/content_hash.h"
#include "ingest/typed_json.h"
#include "value/json_writer.h"

enum {
    LONG_BYTES = 15,
    SHORT_BYTES = 9,
    SHORT_CHARS = 12,
};

static Value plain_value(Arena *arena, const Value *value, BoundaryHashForm form);

/* As the datetime reads in a hash. */
static Value plain_datetime(Arena *arena, const DateTime *when, BoundaryHashForm form)
{
    if (form == BOUNDARY_HASH_SHORT) {
        return value_int(datetime_to_us(when));
    }
    char text[DATETIME_TEXT_BYTES];
    DateTime shown = *when;
    bool is_utc = when->has_offset && when->offset_s == 0;
    shown.has_offset = when->has_offset && !is_utc;
    Str written = {text, datetime_format(&shown, 'T', text)};
    return value_string(
        str_join(arena, (const Str[]){written, is_utc ? STR("Z") : STR("")}, 2, STR("")));
}

static Value plain_scalar(Arena *arena, const Value *value, BoundaryHashForm form)
{
    Value decoded = typed_decode(arena, value);
    if (value_is(&decoded, VALUE_DATETIME)) {
        return plain_datetime(arena, decoded.as.time, form);
    }
    Str body = {0};
    if (!value_is(value, VALUE_STRING) || value_is(&decoded, VALUE_STRING)) {
        return decoded;
    }
    (void)typed_split(value->as.text, &body);
    return value_string(body);
}

static Value plain_list(Arena *arena, const Value *list, BoundaryHashForm form)
{
    ValueVec items = {0};
    for (VALUE_EACH(it, list)) {
        VEC_PUSH(arena, &items, plain_value(arena, it, form));
    }
    return value_list_of(&items);
}

static Value plain_map(Arena *arena, const Value *map, BoundaryHashForm form)
{
    ValueMapBuilder entries = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, map)) {
        value_map_put(&entries, it->key, plain_value(arena, &it->value, form));
    }
    return value_map_end(&entries);
}

/* The value without marks: what dlt's ordinary JSON writer makes of it. */
static Value plain_value(Arena *arena, const Value *value, BoundaryHashForm form)
{
    if (value_is(value, VALUE_LIST)) {
        return plain_list(arena, value, form);
    }
    return value_is(value, VALUE_MAP) ? plain_map(arena, value, form)
                                      : plain_scalar(arena, value, form);
}

Str boundary_hash(Arena *arena, const Value *value, BoundaryHashForm form)
{
    Value plain = plain_value(arena, value, form);
    return shake_base64(arena, json_text(arena, &plain, &json_style_canonical),
                        form == BOUNDARY_HASH_LONG ? LONG_BYTES : SHORT_BYTES);
}

BoundaryHashForm boundary_hash_form(const Value *unique_hashes)
{
    Str first = value_text_or(value_at(unique_hashes, 0), STR(""));
    return first.len == SHORT_CHARS ? BOUNDARY_HASH_SHORT : BOUNDARY_HASH_LONG;
}
