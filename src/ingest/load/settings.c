#include "ingest/load/settings.h"

#include "ingest/document.h"
#include "ingest/schema_internal.h"

static bool has_item(const Value *list, const Value *wanted)
{
    for (VALUE_EACH(it, list)) {
        if (str_eq(value_text_or(it, STR("")), value_text_or(wanted, STR("")))) {
            return true;
        }
    }
    return false;
}

/* The detections there are, without some and with others at the end. */
static Value changed_detections(Arena *arena, const Value *there, const Value *settings)
{
    ValueVec detections = {0};
    const Value *removed = value_find(settings, STR("detections_remove"));
    for (VALUE_EACH(it, there)) {
        if (!has_item(removed, it)) {
            VEC_PUSH(arena, &detections, *it);
        }
    }
    Value list = value_list_of(&detections);
    for (VALUE_EACH(it, value_find(settings, STR("detections_add")))) {
        if (!has_item(&list, it)) {
            VEC_PUSH(arena, &detections, *it);
            list = value_list_of(&detections);
        }
    }
    return list;
}

/* What was there and, of two lists, what the second has beyond it. */
static Value merged(Arena *arena, const Value *there, const Value *added)
{
    ValueVec items = {0};
    if (!value_is(there, VALUE_LIST) || !value_is(added, VALUE_LIST)) {
        return *added;
    }
    for (VALUE_EACH(it, there)) {
        VEC_PUSH(arena, &items, *it);
    }
    for (VALUE_EACH(it, added)) {
        if (!has_item(there, it)) {
            VEC_PUSH(arena, &items, *it);
        }
    }
    return value_list_of(&items);
}

static void set_setting(Schema *schema, const char *name, Value value)
{
    Value settings = document_with(schema->arena, members_find(&schema->members, "settings"),
                                   str_from(name), value);
    members_set(schema->arena, &schema->members, STR("settings"),
                value_copy(schema->arena, &settings));
}

Error *settings_apply(Schema *schema, const Value *settings)
{
    static const char *const maps[] = {"preferred_types", "default_hints"};
    if (settings == NULL) {
        return NULL;
    }
    const Value *there = members_find(&schema->members, "settings");
    set_setting(schema, "detections",
                changed_detections(schema->arena, value_find(there, STR("detections")), settings));
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        const Value *added = value_find(settings, str_from(maps[i]));
        for (VALUE_EACH_ENTRY(it, added)) {
            Str name = value_text_or(&it->key, STR(""));
            there = value_find(members_find(&schema->members, "settings"), str_from(maps[i]));
            Value value = merged(schema->arena, value_find(there, name), &it->value);
            set_setting(schema, maps[i], document_with(schema->arena, there, name, value));
        }
    }
    return NULL;
}
