#include "base/limits.h"
#include "ingest/packed_text.h"
#include "ingest/schema_internal.h"
#include "value/json_reader.h"

static Error *expect_map(const Value *value, const char *what, Str name)
{
    if (value_is(value, VALUE_MAP)) {
        return NULL;
    }
    return error_new(ERR_INPUT, "%s '" STR_FMT "' must be a map, not %s", what, STR_ARG(name),
                     value_kind_text(value_kind(value)));
}

static void read_members(Arena *arena, const Value *map, StrMap *members)
{
    for (VALUE_EACH_ENTRY(it, map)) {
        members_set(arena, members, value_text_or(&it->key, STR("")), it->value);
    }
}

static Error *read_table(Schema *schema, Str name, const Value *value)
{
    TRY(expect_map(value, "table", name));
    SchemaTable *table = schema_add_table(schema, name);
    read_members(schema->arena, value, &table->members);
    const Value *columns = value_find(value, STR("columns"));
    if (columns == NULL) {
        return NULL;
    }
    TRY(expect_map(columns, "columns of table", name));
    for (VALUE_EACH_ENTRY(it, columns)) {
        Str column_name = value_text_or(&it->key, STR(""));
        TRY_WRAP(expect_map(&it->value, "column", column_name), "table '" STR_FMT "'",
                 STR_ARG(name));
        SchemaColumn *column = schema_add_column(schema, table, column_name);
        read_members(schema->arena, &it->value, &column->members);
    }
    return NULL;
}

/* What everybody who holds a Schema relies on. */
static Error *check_document(const Value *root)
{
    if (!value_is(root, VALUE_MAP)) {
        return error_new(ERR_INPUT, "a schema must be a map, not %s",
                         value_kind_text(value_kind(root)));
    }
    if (!naming_is_schema_name(value_text_or(value_find(root, STR("name")), STR("")))) {
        return error_new(ERR_INPUT, "a schema without a valid name");
    }
    if (!value_is(value_find(root, STR("version")), VALUE_INT)) {
        return error_new(ERR_INPUT, "a schema without a version");
    }
    return expect_map(value_find(root, STR("tables")), "member", STR("tables"));
}

static Error *check_engine(const Value *root, int64_t *out_engine)
{
    const Value *engine = value_find(root, STR("engine_version"));
    if (!value_is(engine, VALUE_INT)) {
        return error_new(ERR_INPUT, "a schema without an engine version");
    }
    if (engine->as.integer < SCHEMA_OLDEST_ENGINE || engine->as.integer > SCHEMA_ENGINE) {
        bool newer = engine->as.integer > SCHEMA_ENGINE;
        return error_hint(
            error_new(ERR_UNSUPPORTED, "the schema has engine version %lld; %d to %d can be read",
                      (long long)engine->as.integer, SCHEMA_OLDEST_ENGINE, SCHEMA_ENGINE),
            newer ? "a newer dlt wrote it: update dango"
                  : "a dlt before 0.4 wrote it: load once with a newer dlt");
    }
    *out_engine = engine->as.integer;
    return NULL;
}

static Error *read_tree(Arena *arena, const Value *root, Schema **out)
{
    TRY(check_document(root));
    int64_t engine = 0;
    TRY(check_engine(root, &engine));
    Schema *schema = ARENA_NEW(arena, Schema);
    *schema = (Schema){.arena = arena, .members = strmap_init(arena), .tables = strmap_init(arena)};
    read_members(arena, root, &schema->members);
    for (VALUE_EACH_ENTRY(it, value_find(root, STR("tables")))) {
        TRY(read_table(schema, value_text_or(&it->key, STR("")), &it->value));
    }
    static const SystemTable *const needed[] = {&system_table_version, &system_table_loads};
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        if (schema_find_table(schema, str_from(needed[i]->name)) == NULL) {
            return error_new(ERR_INPUT, "the schema has no table '%s'", needed[i]->name);
        }
    }
    schema_migrate(schema, engine);
    *out = schema;
    return NULL;
}

Error *schema_read(Arena *arena, Str text, Schema **out)
{
    Str json = {0};
    TRY(unpack_text(arena, text, LIMIT_SCHEMA_BYTES, &json));
    ReadOptions options = {.max_bytes = LIMIT_SCHEMA_BYTES, .no_positions = true};
    const Value *root = NULL;
    Error *err = json_read(arena, str_dup(arena, json), &options, &root);
    if (err != NULL) {
        return error_with_kind(error_wrap(err, "a schema that is not JSON"), ERR_INPUT);
    }
    return read_tree(arena, root, out);
}

static void copy_members(Arena *arena, const StrMap *from, StrMap *to)
{
    for (STRMAP_EACH(it, from)) {
        members_set(arena, to, str_dup(arena, it->key), value_copy(arena, it->value));
    }
}

Schema *schema_copy(const Schema *schema, Arena *arena)
{
    Schema *copy = ARENA_NEW(arena, Schema);
    *copy = (Schema){.arena = arena, .members = strmap_init(arena), .tables = strmap_init(arena)};
    copy_members(arena, &schema->members, &copy->members);
    for (STRMAP_EACH(it, &schema->tables)) {
        const SchemaTable *table = it->value;
        SchemaTable *table_copy = schema_add_table(copy, table->name);
        copy_members(arena, &table->members, &table_copy->members);
        for (STRMAP_EACH(column, &table->columns)) {
            const SchemaColumn *original = column->value;
            SchemaColumn *column_copy = schema_add_column(copy, table_copy, original->name);
            copy_members(arena, &original->members, &column_copy->members);
        }
    }
    return copy;
}
