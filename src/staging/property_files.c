/* The property files of staging/staging.h: declarations of sources, descriptions and tests of
 * models. What people wrote into them stays. */
#include "base/fs.h"
#include "base/limits.h"
#include "staging/staging.h"
#include "value/yaml_reader.h"
#include "value/yaml_writer.h"

/* The file as it is, or NULL. */
static Error *read_existing(Arena *arena, Str path, const Value **out)
{
    FsInfo info;
    TRY(fs_info(path.data, &info));
    *out = NULL;
    if (info.kind == FS_MISSING) {
        return NULL;
    }
    Str text;
    TRY(fs_read_file(arena, path.data, LIMIT_CONFIG_BYTES, &text));
    ReadOptions options = {.path = path};
    return yaml_read(arena, text, &options, out);
}

/* The map of a list of maps whose name is `name`, or NULL. */
static const Value *find_named(const Value *list, Str name)
{
    for (VALUE_EACH(item, list)) {
        if (str_eq(value_text_or(value_find(item, STR("name")), STR("")), name)) {
            return item;
        }
    }
    return NULL;
}

/* A new entry with what an older one says beyond the keys we write. */
static Value with_older(ValueMapBuilder *entry, const Value *older)
{
    for (VALUE_EACH_ENTRY(it, older)) {
        if (value_map_peek(entry, &it->key) == NULL) {
            value_map_put(entry, it->key, it->value);
        }
    }
    return value_map_end(entry);
}

/* An older description that says something wins over a made one. */
static Value description_of(const Value *older, Str made)
{
    Str kept = value_text_or(value_find(older, STR("description")), STR(""));
    return value_string(kept.len > 0 ? kept : made);
}

static bool is_loader_column(Str name)
{
    return str_starts_with(name, STR("_dlt_")) || str_starts_with(name, STR("_dango_"));
}

static Value source_columns(Arena *arena, const StagingModel *model, const Value *older)
{
    ValueVec columns = {0};
    for (VEC_EACH(const ColumnInfo, column, &model->raw_columns)) {
        if (is_loader_column(column->name)) {
            continue;
        }
        const Value *before = find_named(value_find(older, STR("columns")), column->name);
        ValueMapBuilder entry = value_map_begin(arena);
        value_map_set(&entry, STR("name"), value_string(column->name));
        value_map_set(&entry, STR("description"), description_of(before, STR("")));
        VEC_PUSH(arena, &columns, with_older(&entry, before));
    }
    return value_list_of(&columns);
}

static Value source_entry(Arena *arena, const StagingGroup *group, Str name, const Value *older)
{
    const StagingSource *source = group->source;
    ValueVec tables = {0};
    for (VEC_EACH(const StagingModel, model, &group->models)) {
        const Value *before = find_named(value_find(older, STR("tables")), model->table);
        ValueMapBuilder entry = value_map_begin(arena);
        value_map_set(&entry, STR("name"), value_string(model->table));
        value_map_set(&entry, STR("description"), description_of(before, STR("")));
        value_map_set(&entry, STR("columns"), source_columns(arena, model, before));
        VEC_PUSH(arena, &tables, with_older(&entry, before));
    }
    ValueMapBuilder entry = value_map_begin(arena);
    value_map_set(&entry, STR("name"), value_string(name));
    value_map_set(&entry, STR("description"), description_of(older, source->description));
    value_map_set(&entry, STR("schema"),
                  value_string(str_printf(arena, "raw_" STR_FMT, STR_ARG(name))));
    value_map_set(&entry, STR("loaded_at_field"), value_string(STR("_dlt_extracted_at")));
    value_map_set(&entry, STR("tables"), value_list_of(&tables));
    return with_older(&entry, older);
}

static Error *write_yaml(Arena *arena, Str path, Str list_key, const ValueVec *list,
                         const Value *older)
{
    ValueMapBuilder document = value_map_begin(arena);
    value_map_set(&document, STR("version"), value_int(2));
    value_map_set(&document, list_key, value_list_of(list));
    Value whole = with_older(&document, older);
    if (older != NULL && value_equal(&whole, older)) {
        return NULL; /* comments and layout stay as people have them */
    }
    return fs_write_file(path.data, yaml_text(arena, &whole, &yaml_style_config), 0644);
}

/* One entry per source; where the namespace is not the source's name, a second one under the name,
 * whose schema holds views of the same tables. */
static Error *write_sources(Arena *arena, const StagingPlan *plan, const StagingGroup *group)
{
    Str path = fs_join(arena, plan->directory, group->sources_file);
    const Value *older;
    TRY(read_existing(arena, path, &older));
    const Value *before = value_find(older, STR("sources"));
    Str names[] = {group->source->namespace, group->source->name};
    ValueVec list = {0};
    for (size_t i = 0; i < (str_eq(names[0], names[1]) ? 1 : 2); i++) {
        VEC_PUSH(arena, &list, source_entry(arena, group, names[i], find_named(before, names[i])));
    }
    return write_yaml(arena, path, STR("sources"), &list, older);
}

/* Tests on a column: those the model's shape promises, unless people have written their own. */
static Value model_column(Arena *arena, const StagingModel *model, Str name, const Value *older)
{
    ValueMapBuilder entry = value_map_begin(arena);
    value_map_set(&entry, STR("name"), value_string(name));
    value_map_set(&entry, STR("description"), description_of(older, STR("")));
    bool has_tests =
        value_find(older, STR("tests")) != NULL || value_find(older, STR("data_tests")) != NULL;
    bool is_key = false;
    for (VEC_EACH(const Str, key, &model->sql.key)) {
        is_key = is_key || str_eq(*key, name);
    }
    if (is_key && model->sql.strategy->kind == STRATEGY_ONE && !has_tests) {
        ValueVec tests = {0};
        if (model->sql.key.len == 1) {
            VEC_PUSH(arena, &tests, value_string(STR("unique")));
        }
        VEC_PUSH(arena, &tests, value_string(STR("not_null")));
        value_map_set(&entry, STR("data_tests"), value_list_of(&tests));
    }
    return with_older(&entry, older);
}

static Error *write_schema(Arena *arena, const StagingPlan *plan, const StagingGroup *group)
{
    Str path = fs_join(arena, plan->directory, group->schema_file);
    const Value *older;
    TRY(read_existing(arena, path, &older));
    ValueVec models = {0};
    for (VEC_EACH(const StagingModel, model, &group->models)) {
        const Value *before = find_named(value_find(older, STR("models")), model->name);
        ValueVec columns = {0};
        for (VEC_EACH(const Str, name, &model->sql.columns)) {
            const Value *column = find_named(value_find(before, STR("columns")), *name);
            VEC_PUSH(arena, &columns, model_column(arena, model, *name, column));
        }
        ValueMapBuilder entry = value_map_begin(arena);
        Str made = str_printf(arena, "Staging of raw_" STR_FMT "." STR_FMT,
                              STR_ARG(group->source->namespace), STR_ARG(model->table));
        value_map_set(&entry, STR("name"), value_string(model->name));
        value_map_set(&entry, STR("description"), description_of(before, made));
        value_map_set(&entry, STR("columns"), value_list_of(&columns));
        VEC_PUSH(arena, &models, with_older(&entry, before));
    }
    return write_yaml(arena, path, STR("models"), &models, older);
}

Error *staging_write_properties(const StagingPlan *plan, const StagingGroup *group)
{
    AUTO_FREE(arena) Arena *arena = arena_new("staging properties");
    TRY(fs_make_directory(str_to_c(arena, plan->directory)));
    TRY(write_sources(arena, plan, group));
    return write_schema(arena, plan, group);
}
