#include "sync/event.h"

#include "base/limits.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

static const char *const kind_names[] = {
#define X(name, text) [SYNC_##name] = text,
    SYNC_EVENTS(X)
#undef X
};

typedef enum FieldKind { FIELD_TEXT, FIELD_INT, FIELD_NUMBER, FIELD_BOOL } FieldKind;

typedef struct Field {
    const char *name;
    FieldKind kind;
    size_t offset;
} Field;

static const Field fields[] = {
    {"time_us", FIELD_INT, offsetof(SyncEvent, time_us)},
    {"source", FIELD_TEXT, offsetof(SyncEvent, source)},
    {"text", FIELD_TEXT, offsetof(SyncEvent, text)},
    {"hint", FIELD_TEXT, offsetof(SyncEvent, hint)},
    {"error_class", FIELD_TEXT, offsetof(SyncEvent, error_class)},
    {"index", FIELD_INT, offsetof(SyncEvent, index)},
    {"count", FIELD_INT, offsetof(SyncEvent, count)},
    {"rows", FIELD_INT, offsetof(SyncEvent, rows)},
    {"seconds", FIELD_NUMBER, offsetof(SyncEvent, seconds)},
    {"percent", FIELD_NUMBER, offsetof(SyncEvent, percent)},
    {"flag", FIELD_BOOL, offsetof(SyncEvent, flag)},
};

/* The field's value, or null when it says nothing. */
static Value field_value(const SyncEvent *event, const Field *field)
{
    const char *at = (const char *)event + field->offset;
    switch (field->kind) {
    case FIELD_TEXT: {
        Str text = *(const Str *)(const void *)at;
        return text.len > 0 ? value_string(text) : value_null();
    }
    case FIELD_INT: {
        int64_t number = *(const int64_t *)(const void *)at;
        return number != 0 ? value_int(number) : value_null();
    }
    case FIELD_NUMBER: {
        double number = *(const double *)(const void *)at;
        return number < 0 || number > 0 ? value_float(number) : value_null();
    }
    case FIELD_BOOL:
        return *(const bool *)(const void *)at ? value_bool(true) : value_null();
    }
    return value_null();
}

Str sync_event_json(Arena *arena, const SyncEvent *event)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("event"), value_string(str_from(kind_names[event->kind])));
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        Value value = field_value(event, &fields[i]);
        if (!value_is_null(&value)) {
            value_map_set(&map, str_from(fields[i].name), value);
        }
    }
    Value value = value_map_end(&map);
    return json_text(arena, &value, &json_style_compact);
}

static void read_field(const Value *value, const Field *field, SyncEvent *event)
{
    char *at = (char *)event + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
        *(Str *)(void *)at = value_text_or(value, STR(""));
        return;
    case FIELD_INT:
        *(int64_t *)(void *)at = value_is(value, VALUE_INT) ? value->as.integer : 0;
        return;
    case FIELD_NUMBER:
        *(double *)(void *)at = value_is(value, VALUE_FLOAT) ? value->as.number
                                : value_is(value, VALUE_INT) ? (double)value->as.integer
                                                             : 0;
        return;
    case FIELD_BOOL:
        *(bool *)(void *)at = value_is(value, VALUE_BOOL) && value->as.boolean;
        return;
    }
}

Error *sync_event_parse(Arena *arena, Str line, SyncEvent *out)
{
    const Value *root = NULL;
    TRY(json_read(arena, line, &(ReadOptions){.no_positions = true}, &root));
    Str kind = value_text_or(value_find(root, STR("event")), STR(""));
    for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
        if (str_is(kind, kind_names[i])) {
            SyncEvent event = {.kind = (SyncEventKind)i};
            for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
                read_field(value_find(root, str_from(fields[f].name)), &fields[f], &event);
            }
            *out = event;
            return NULL;
        }
    }
    return error_new(ERR_BUG, "unknown event '" STR_FMT "'", STR_ARG(kind));
}
