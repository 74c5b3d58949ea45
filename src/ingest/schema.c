#include "ingest/schema.h"

#include <stdlib.h>

#include "base/limits.h"
#include "ingest/content_hash.h"
#include "ingest/document.h"
#include "ingest/schema_internal.h"
#include "value/json_writer.h"

/* ---- Members ---- */

void members_set(Arena *arena, StrMap *members, Str key, Value value)
{
    Value *kept = ARENA_NEW(arena, Value);
    *kept = value;
    strmap_set(members, key, kept);
}

const Value *members_find(const StrMap *members, const char *key)
{
    return strmap_find(members, str_from(key));
}

static void set_text(Arena *arena, StrMap *members, const char *key, Str text)
{
    members_set(arena, members, str_from(key), value_string(str_dup(arena, text)));
}

static Value text_list(Arena *arena, const char *const *texts, size_t count)
{
    Value *items = ARENA_ARRAY(arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        items[i] = value_string(str_from(texts[i]));
    }
    return value_list(items, count);
}

/* ---- A fresh document ---- */

static Value default_settings(Arena *arena)
{
    static const char *const detections[] = {"iso_timestamp"};
    static const char *const not_null[] = {"_dlt_id", "_dlt_root_id", "_dlt_parent_id",
                                           "_dlt_list_idx", "_dlt_load_id"};
    static const char *const parent_key[] = {"_dlt_parent_id"};
    static const char *const root_key[] = {"_dlt_root_id"};
    static const char *const id[] = {"_dlt_id"};
    ValueMapBuilder hints = value_map_begin(arena);
    value_map_set(&hints, STR("not_null"), text_list(arena, not_null, ARRAY_LEN(not_null)));
    value_map_set(&hints, STR("parent_key"), text_list(arena, parent_key, 1));
    value_map_set(&hints, STR("root_key"), text_list(arena, root_key, 1));
    value_map_set(&hints, STR("unique"), text_list(arena, id, 1));
    value_map_set(&hints, STR("row_key"), text_list(arena, id, 1));
    ValueMapBuilder settings = value_map_begin(arena);
    value_map_set(&settings, STR("detections"), text_list(arena, detections, 1));
    value_map_set(&settings, STR("default_hints"), value_map_end(&hints));
    return value_map_end(&settings);
}

static Value default_normalizers(Arena *arena)
{
    ValueMapBuilder json = value_map_begin(arena);
    value_map_set(&json, STR("module"),
                  value_string(STR("dlt.common.normalizers.json.relational")));
    ValueMapBuilder normalizers = value_map_begin(arena);
    value_map_set(&normalizers, STR("names"), value_string(STR("snake_case")));
    value_map_set(&normalizers, STR("json"), value_map_end(&json));
    return value_map_end(&normalizers);
}

Schema *schema_new(Arena *arena, Str name)
{
    CHECK(naming_is_schema_name(name));
    Schema *schema = ARENA_NEW(arena, Schema);
    *schema = (Schema){.arena = arena, .members = strmap_init(arena), .tables = strmap_init(arena)};
    StrMap *members = &schema->members;
    members_set(arena, members, STR("version"), value_int(1));
    members_set(arena, members, STR("version_hash"), value_string(STR("")));
    members_set(arena, members, STR("engine_version"), value_int(SCHEMA_ENGINE));
    set_text(arena, members, "name", name);
    members_set(arena, members, STR("tables"), value_null());
    members_set(arena, members, STR("settings"), default_settings(arena));
    members_set(arena, members, STR("normalizers"), default_normalizers(arena));
    members_set(arena, members, STR("previous_hashes"), value_list(NULL, 0));
    schema_system_table(schema, &system_table_version);
    schema_system_table(schema, &system_table_loads);
    return schema;
}

/* ---- The document as a tree and as text ---- */

static Value tree_of_members(Arena *arena, const StrMap *members, const char *place,
                             const Value *content)
{
    ValueMapBuilder map = value_map_begin(arena);
    for (STRMAP_EACH(it, members)) {
        bool is_place = place != NULL && str_is(it->key, place);
        value_map_set(&map, it->key, is_place ? *content : *(const Value *)it->value);
    }
    return value_map_end(&map);
}

static Value tree_of_table(Arena *arena, const SchemaTable *table)
{
    ValueMapBuilder columns = value_map_begin(arena);
    for (STRMAP_EACH(it, &table->columns)) {
        const SchemaColumn *column = it->value;
        value_map_set(&columns, it->key, tree_of_members(arena, &column->members, NULL, NULL));
    }
    Value content = value_map_end(&columns);
    return tree_of_members(arena, &table->members, "columns", &content);
}

static Value tree_of_schema(Arena *arena, const Schema *schema)
{
    ValueMapBuilder tables = value_map_begin(arena);
    for (STRMAP_EACH(it, &schema->tables)) {
        value_map_set(&tables, it->key, tree_of_table(arena, it->value));
    }
    Value content = value_map_end(&tables);
    return tree_of_members(arena, &schema->members, "tables", &content);
}

Str schema_write(const Schema *schema, Arena *arena)
{
    Value tree = tree_of_schema(arena, schema);
    return json_text(arena, &tree, &json_style_ordered);
}

static int compare_names(const void *a, const void *b)
{
    const SchemaTable *const *left = a;
    const SchemaTable *const *right = b;
    return str_compare((*left)->name, (*right)->name);
}

/* The order of columns counts, but sorted JSON does not show it. */
static void add_column_order(Arena *arena, const Schema *schema, Keccak *hash)
{
    size_t count = schema->tables.len;
    const SchemaTable **sorted = ARENA_ARRAY(arena, const SchemaTable *, count);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = schema->tables.entries[i].value;
    }
    if (count > 1) {
        qsort(sorted, count, sizeof(*sorted), compare_names);
    }
    for (size_t i = 0; i < count; i++) {
        keccak_add(hash, sorted[i]->name);
        for (STRMAP_EACH(it, &sorted[i]->columns)) {
            keccak_add(hash, it->key);
        }
    }
}

Str schema_hash(const Schema *schema, Arena *arena)
{
    static const char *const not_hashed[] = {"version", "version_hash", "imported_version_hash",
                                             "previous_hashes"};
    AUTO_FREE(arena) Arena *scratch = arena_new("schema hash");
    Value tree = tree_of_schema(scratch, schema);
    for (size_t i = 0; i < ARRAY_LEN(not_hashed); i++) {
        tree = document_without(scratch, &tree, str_from(not_hashed[i]));
    }
    Keccak hash = keccak_begin(KECCAK_SHA3_256);
    keccak_add(&hash, json_text(scratch, &tree, &json_style_canonical));
    add_column_order(scratch, schema, &hash);
    return sha3_base64(arena, &hash);
}

/* ---- Versions ---- */

Str schema_name(const Schema *schema)
{
    return value_text_or(members_find(&schema->members, "name"), STR(""));
}

int64_t schema_version(const Schema *schema)
{
    const Value *version = members_find(&schema->members, "version");
    return value_is(version, VALUE_INT) ? version->as.integer : 1;
}

Str schema_version_hash(const Schema *schema)
{
    return value_text_or(members_find(&schema->members, "version_hash"), STR(""));
}

static void remember_hash(Schema *schema, Str hash)
{
    const Value *previous = members_find(&schema->members, "previous_hashes");
    for (VALUE_EACH(it, previous)) {
        if (str_eq(value_text_or(it, STR("")), hash)) {
            return;
        }
    }
    ValueVec hashes = {0};
    VEC_PUSH(schema->arena, &hashes, value_string(hash));
    for (VALUE_EACH(it, previous)) {
        if (hashes.len < SCHEMA_PREVIOUS_HASHES) {
            VEC_PUSH(schema->arena, &hashes, *it);
        }
    }
    members_set(schema->arena, &schema->members, STR("previous_hashes"), value_list_of(&hashes));
}

bool schema_bump(Schema *schema)
{
    Str old = schema_version_hash(schema);
    Str hash = schema_hash(schema, schema->arena);
    if (str_eq(hash, old)) {
        return false;
    }
    if (old.len > 0) {
        members_set(schema->arena, &schema->members, STR("version"),
                    value_int(schema_version(schema) + 1));
        remember_hash(schema, old);
    }
    members_set(schema->arena, &schema->members, STR("version_hash"), value_string(hash));
    return true;
}

Error *schema_naming(const Schema *schema, size_t max_length, Naming *out)
{
    const Value *normalizers = members_find(&schema->members, "normalizers");
    const Value *breaks = value_find(normalizers, STR("use_break_path_on_normalize"));
    Str name = value_text_or(value_find(normalizers, STR("names")), STR("snake_case"));
    TRY_WRAP(naming_make(name, max_length, out), "schema '" STR_FMT "'",
             STR_ARG(schema_name(schema)));
    out->keeps_no_paths = value_is(breaks, VALUE_BOOL) && !breaks->as.boolean;
    return NULL;
}

void schema_use_naming(Schema *schema, Str name)
{
    Value changed = document_with(schema->arena, members_find(&schema->members, "normalizers"),
                                  STR("names"), value_string(name));
    members_set(schema->arena, &schema->members, STR("normalizers"),
                value_copy(schema->arena, &changed));
}

/* ---- Tables ---- */

SchemaTable *schema_find_table(const Schema *schema, Str name)
{
    return strmap_find(&schema->tables, name);
}

SchemaTable *schema_add_table(Schema *schema, Str name)
{
    SchemaTable *table = ARENA_NEW(schema->arena, SchemaTable);
    *table = (SchemaTable){.name = str_dup(schema->arena, name),
                           .members = strmap_init(schema->arena),
                           .columns = strmap_init(schema->arena)};
    strmap_set(&schema->tables, table->name, table);
    return table;
}

SchemaTable *schema_root_table(Schema *schema, Str name, Str resource, Str write_disposition)
{
    SchemaTable *table = schema_find_table(schema, name);
    if (table == NULL) {
        table = schema_add_table(schema, name);
        members_set(schema->arena, &table->members, STR("columns"), value_null());
        set_text(schema->arena, &table->members, "write_disposition", write_disposition);
        set_text(schema->arena, &table->members, "name", name);
    }
    set_text(schema->arena, &table->members, "write_disposition", write_disposition);
    set_text(schema->arena, &table->members, "resource", resource);
    return table;
}

SchemaTable *schema_nested_table(Schema *schema, Str name, Str parent)
{
    SchemaTable *table = schema_find_table(schema, name);
    if (table == NULL) {
        table = schema_add_table(schema, name);
        set_text(schema->arena, &table->members, "name", name);
        members_set(schema->arena, &table->members, STR("columns"), value_null());
        set_text(schema->arena, &table->members, "parent", parent);
    }
    return table;
}

SchemaTable *schema_system_table(Schema *schema, const SystemTable *definition)
{
    Arena *arena = schema->arena;
    SchemaTable *table = schema_find_table(schema, str_from(definition->name));
    if (table != NULL) {
        return table;
    }
    table = schema_add_table(schema, str_from(definition->name));
    StrMap *members = &table->members;
    bool is_data = definition->description == NULL; /* dlt feeds it like a table of a source */
    if (is_data) {
        members_set(arena, members, STR("columns"), value_null());
        set_text(arena, members, "write_disposition", str_from(definition->write_disposition));
        set_text(arena, members, "file_format", STR("preferred"));
        set_text(arena, members, "name", table->name);
        set_text(arena, members, "resource", table->name);
    } else {
        set_text(arena, members, "name", table->name);
        members_set(arena, members, STR("columns"), value_null());
        set_text(arena, members, "write_disposition", str_from(definition->write_disposition));
        set_text(arena, members, "resource", table->name);
        set_text(arena, members, "description", str_from(definition->description));
    }
    for (size_t i = 0; i < definition->column_count; i++) {
        schema_system_column(schema, table, &definition->columns[i]);
    }
    return table;
}

bool schema_remove_table(Schema *schema, Str name)
{
    return strmap_remove(&schema->tables, name);
}

void schema_set_table_member(Schema *schema, SchemaTable *table, Str key, Value value)
{
    members_set(schema->arena, &table->members, str_dup(schema->arena, key),
                value_copy(schema->arena, &value));
}

const Value *schema_table_member(const SchemaTable *table, Str key)
{
    return strmap_find(&table->members, key);
}

void schema_mark_seen(Schema *schema, SchemaTable *table)
{
    const Value *marks = members_find(&table->members, "x-normalizer");
    members_set(schema->arena, &table->members, STR("x-normalizer"),
                document_with(schema->arena, marks, STR("seen-data"), value_bool(true)));
}

bool schema_has_seen_data(const SchemaTable *table)
{
    const Value *mark = value_find(members_find(&table->members, "x-normalizer"), STR("seen-data"));
    return value_is(mark, VALUE_BOOL) && mark->as.boolean;
}

void schema_propagate_root_id(Schema *schema, Str root_table)
{
    const Str path[] = {STR("json"),   STR("config"), STR("propagation"),
                        STR("tables"), root_table,    STR("_dlt_id")};
    const Value *normalizers = members_find(&schema->members, "normalizers");
    if (document_find(normalizers, path, ARRAY_LEN(path)) != NULL) {
        return;
    }
    Value changed = document_set(schema->arena, normalizers, path, ARRAY_LEN(path),
                                 value_string(STR("_dlt_root_id")));
    members_set(schema->arena, &schema->members, STR("normalizers"),
                value_copy(schema->arena, &changed));
}

/* ---- Columns ---- */

SchemaColumn *schema_find_column(const SchemaTable *table, Str name)
{
    return strmap_find(&table->columns, name);
}

SchemaColumn *schema_add_column(Schema *schema, SchemaTable *table, Str name)
{
    SchemaColumn *column = ARENA_NEW(schema->arena, SchemaColumn);
    *column =
        (SchemaColumn){.name = str_dup(schema->arena, name), .members = strmap_init(schema->arena)};
    strmap_set(&table->columns, column->name, column);
    return column;
}

static void set_type(Schema *schema, SchemaColumn *column, const DataType *type)
{
    Arena *arena = schema->arena;
    members_set(arena, &column->members, STR("data_type"),
                value_string(str_from(data_kind_name(type->kind))));
    if (type->precision != DATA_DEFAULT) {
        members_set(arena, &column->members, STR("precision"), value_int(type->precision));
    }
    if (type->scale != DATA_DEFAULT) {
        members_set(arena, &column->members, STR("scale"), value_int(type->scale));
    }
    if (type->is_naive) {
        members_set(arena, &column->members, STR("timezone"), value_bool(false));
    }
}

SchemaColumn *schema_column(Schema *schema, SchemaTable *table, Str name, const DataType *type,
                            bool nullable)
{
    SchemaColumn *column = schema_find_column(table, name);
    if (column != NULL && members_find(&column->members, "data_type") != NULL) {
        return column;
    }
    if (column == NULL) {
        column = schema_add_column(schema, table, name);
        set_text(schema->arena, &column->members, "name", name);
    } else {
        strmap_remove(&table->columns, column->name);
        strmap_set(&table->columns, column->name, column);
    }
    set_type(schema, column, type);
    if (members_find(&column->members, "nullable") == NULL) {
        members_set(schema->arena, &column->members, STR("nullable"), value_bool(nullable));
    }
    return column;
}

SchemaColumn *schema_system_column(Schema *schema, SchemaTable *table,
                                   const SystemColumn *definition)
{
    SchemaColumn *column = schema_find_column(table, str_from(definition->name));
    if (column != NULL && members_find(&column->members, "data_type") != NULL) {
        return column;
    }
    DataType type = data_type(definition->kind);
    column = schema_column(schema, table, str_from(definition->name), &type, definition->nullable);
    StrMap *members = &column->members;
    if (definition->precision != 0) {
        members_set(schema->arena, members, STR("precision"), value_int(definition->precision));
    }
    if (definition->description != NULL) {
        set_text(schema->arena, members, "description", str_from(definition->description));
    }
    if (definition->is_unique && members_find(members, "unique") == NULL) {
        members_set(schema->arena, members, STR("unique"), value_bool(true));
    }
    if (definition->hint != NULL && members_find(members, definition->hint) == NULL) {
        members_set(schema->arena, members, str_from(definition->hint), value_bool(true));
    }
    return column;
}

void schema_set_hint(Schema *schema, SchemaColumn *column, Str hint, Value value)
{
    members_set(schema->arena, &column->members, str_dup(schema->arena, hint),
                value_copy(schema->arena, &value));
}

const Value *schema_hint(const SchemaColumn *column, Str hint)
{
    return strmap_find(&column->members, hint);
}

static int int_member(const SchemaColumn *column, const char *key)
{
    const Value *value = members_find(&column->members, key);
    bool fits = value_is(value, VALUE_INT) && value->as.integer >= 0 && value->as.integer <= 1000;
    return fits ? (int)value->as.integer : DATA_DEFAULT;
}

bool schema_column_type(const SchemaColumn *column, DataType *out)
{
    DataKind kind = DATA_TEXT;
    if (!data_kind_find(value_text_or(members_find(&column->members, "data_type"), STR("")),
                        &kind)) {
        return false;
    }
    const Value *zone = members_find(&column->members, "timezone");
    *out = (DataType){.kind = kind,
                      .precision = int_member(column, "precision"),
                      .scale = int_member(column, "scale"),
                      .is_naive = value_is(zone, VALUE_BOOL) && !zone->as.boolean};
    return true;
}

bool schema_column_nullable(const SchemaColumn *column)
{
    const Value *nullable = members_find(&column->members, "nullable");
    return !value_is(nullable, VALUE_BOOL) || nullable->as.boolean;
}
