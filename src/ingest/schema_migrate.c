#include "ingest/document.h"
#include "ingest/schema_internal.h"

static bool is_true(const Value *value)
{
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

static SchemaColumn *column_of(const SchemaTable *table, const char *name)
{
    return schema_find_column(table, str_from(name));
}

/* ---- 7 to 8: hashes of earlier versions ---- */

static void add_previous_hashes(Schema *schema)
{
    members_set(schema->arena, &schema->members, STR("previous_hashes"), value_list(NULL, 0));
}

/* ---- 8 to 9: tables that got rows are marked ---- */

static void mark_tables_with_rows(Schema *schema)
{
    for (STRMAP_EACH(it, &schema->tables)) {
        if (column_of(it->value, "_dlt_id") != NULL) {
            schema_mark_seen(schema, it->value);
        }
    }
}

/* ---- 9 to 10: complex becomes json, foreign keys become row and parent keys ---- */

static void rename_complex(Arena *arena, StrMap *members)
{
    if (str_is(value_text_or(members_find(members, "data_type"), STR("")), "complex")) {
        members_set(arena, members, STR("data_type"), value_string(STR("json")));
    }
}

static void set_key_from(Arena *arena, SchemaColumn *column, const char *key, const char *old)
{
    if (column != NULL) {
        bool was = is_true(members_find(&column->members, old));
        members_set(arena, &column->members, str_from(key), value_bool(was));
    }
}

static void migrate_keys(Schema *schema, SchemaTable *table)
{
    Arena *arena = schema->arena;
    set_key_from(arena, column_of(table, "_dlt_id"), "row_key", "unique");
    set_key_from(arena, column_of(table, "_dlt_parent_id"), "parent_key", "foreign_key");
    for (STRMAP_EACH(it, &table->columns)) {
        SchemaColumn *column = it->value;
        rename_complex(arena, &column->members);
        strmap_remove(&column->members, STR("foreign_key"));
    }
}

static Value list_of_one(Arena *arena, Str text)
{
    Value *item = ARENA_NEW(arena, Value);
    *item = value_string(text);
    return value_list(item, 1);
}

static Value migrate_preferred_types(Arena *arena, const Value *types)
{
    ValueMapBuilder map = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, types)) {
        bool is_complex = str_is(value_text_or(&it->value, STR("")), "complex");
        value_map_put(&map, it->key, is_complex ? value_string(STR("json")) : it->value);
    }
    return value_map_end(&map);
}

static void migrate_settings(Schema *schema)
{
    Arena *arena = schema->arena;
    const Value *settings = members_find(&schema->members, "settings");
    if (!value_is(settings, VALUE_MAP)) {
        return;
    }
    Value changed = *settings;
    const Value *types = value_find(settings, STR("preferred_types"));
    if (value_len(types) > 0) {
        changed = document_with(arena, &changed, STR("preferred_types"),
                                migrate_preferred_types(arena, types));
    }
    const Value *hints = value_find(settings, STR("default_hints"));
    if (value_len(hints) > 0) {
        Value keys = document_without(arena, hints, STR("foreign_key"));
        keys = document_with(arena, &keys, STR("row_key"), list_of_one(arena, STR("_dlt_id")));
        keys = document_with(arena, &keys, STR("parent_key"),
                             list_of_one(arena, STR("_dlt_parent_id")));
        changed = document_with(arena, &changed, STR("default_hints"), keys);
    }
    members_set(arena, &schema->members, STR("settings"), changed);
}

static void migrate_hints(Schema *schema)
{
    for (STRMAP_EACH(it, &schema->tables)) {
        migrate_keys(schema, it->value);
    }
    migrate_settings(schema);
    const Str dropped[] = {STR("json"), STR("config"), STR("generate_dlt_id")};
    const Value *normalizers = members_find(&schema->members, "normalizers");
    if (document_find(normalizers, dropped, ARRAY_LEN(dropped)) != NULL) {
        members_set(schema->arena, &schema->members, STR("normalizers"),
                    document_remove(schema->arena, normalizers, dropped, ARRAY_LEN(dropped)));
    }
}

/* ---- 10 to 11: names that were made without paths stay so ---- */

static void keep_names_without_paths(Schema *schema)
{
    const Value *normalizers = members_find(&schema->members, "normalizers");
    members_set(schema->arena, &schema->members, STR("normalizers"),
                document_with(schema->arena, normalizers, STR("use_break_path_on_normalize"),
                              value_bool(false)));
}

/* ---- Every engine: marks that no version writes any more ---- */

/* False when the column is to go: it was seen with nulls only. */
static bool drop_null_mark(Arena *arena, SchemaColumn *column)
{
    const Value *marks = members_find(&column->members, "x-normalizer");
    if (!is_true(value_find(marks, STR("seen-null-first")))) {
        return true;
    }
    if (members_find(&column->members, "data_type") == NULL) {
        return false;
    }
    Value rest = document_without(arena, marks, STR("seen-null-first"));
    if (value_len(&rest) == 0) {
        strmap_remove(&column->members, STR("x-normalizer"));
    } else {
        members_set(arena, &column->members, STR("x-normalizer"), rest);
    }
    return true;
}

static void drop_null_marks(Schema *schema)
{
    for (STRMAP_EACH(it, &schema->tables)) {
        SchemaTable *table = it->value;
        StrVec gone = {0};
        for (STRMAP_EACH(column, &table->columns)) {
            if (!drop_null_mark(schema->arena, column->value)) {
                VEC_PUSH(schema->arena, &gone, column->key);
            }
        }
        for (VEC_EACH(Str, name, &gone)) {
            strmap_remove(&table->columns, *name);
        }
    }
}

void schema_migrate(Schema *schema, int64_t from)
{
    static void (*const steps[])(Schema *) = {add_previous_hashes, mark_tables_with_rows,
                                              migrate_hints, keep_names_without_paths};
    CHECK(from >= SCHEMA_OLDEST_ENGINE);
    for (size_t i = (size_t)from - SCHEMA_OLDEST_ENGINE; i < ARRAY_LEN(steps); i++) {
        steps[i](schema);
    }
    if (from < SCHEMA_ENGINE) {
        members_set(schema->arena, &schema->members, STR("engine_version"),
                    value_int(SCHEMA_ENGINE));
    }
    drop_null_marks(schema);
}
