/* Which raw_<namespace> a source loads into (dango.md 5.2). A namespace once used is kept in a
 * file, so that a second source of the same type does not take it. */
#include "base/fs.h"
#include "base/limits.h"
#include "project/project_internal.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

static const char state_file[] = ".dango/state/namespaces.json";

/* Types that are an API of their own: the first source of one may be called by it alone. */
static const char *const api_types[] = {
    "stripe",  "google_sheets", "google_analytics", "google_ads", "facebook_ads",
    "hubspot", "salesforce",    "github",           "slack",      "shopify",
};

static bool is_api(Str type)
{
    for (size_t i = 0; i < ARRAY_LEN(api_types); i++) {
        if (str_is(type, api_types[i])) {
            return true;
        }
    }
    return false;
}

static Error *read_state(const Project *project, const Value **out)
{
    Str path = fs_join(project->arena, project->root, str_from(state_file));
    *out = NULL;
    if (!fs_is_file(path.data)) {
        return NULL;
    }
    Str text;
    TRY(fs_read_file(project->arena, path.data, LIMIT_CONFIG_BYTES, &text));
    ReadOptions options = {.path = str_from(state_file)};
    return json_read(project->arena, text, &options, out);
}

static bool is_taken(const Project *project, Str namespace)
{
    for (VEC_EACH(const SourceConfig, source, &project->sources)) {
        if (str_eq(source->namespace, namespace)) {
            return true;
        }
    }
    return false;
}

static bool may_use_type(const SourceConfig *source)
{
    Str type = source->type, name = source->name;
    bool begins = str_starts_with(name, type) && name.len > type.len && name.data[type.len] == '_';
    return is_api(type) && (str_eq(name, type) || begins);
}

Error *project_assign_namespaces(Project *project)
{
    const Value *state = NULL;
    TRY(read_state(project, &state));
    /* First what is written or was used before; the rest then chooses among what is free. */
    for (VEC_EACH(SourceConfig, source, &project->sources)) {
        Str dataset = value_text_or(value_find(source->block, STR("dataset_name")), STR(""));
        bool is_native = str_is(source->type, "dlt_native") && dataset.len > 0;
        if (source->namespace.len == 0 && is_native) {
            source->namespace =
                str_starts_with(dataset, STR("raw_")) ? str_from_offset(dataset, 4) : dataset;
        }
        if (source->namespace.len == 0) {
            source->namespace = value_text_or(value_find(state, source->name), STR(""));
        }
        source->namespace_is_settled = source->namespace.len > 0;
    }
    for (VEC_EACH(SourceConfig, source, &project->sources)) {
        if (source->namespace.len == 0) {
            bool by_type = may_use_type(source) && !is_taken(project, source->type);
            source->namespace = by_type ? source->type : source->name;
        }
    }
    return NULL;
}

Error *project_settle_namespaces(const Project *project, const StrVec *names)
{
    AUTO_FREE(arena) Arena *arena = arena_new("namespaces");
    const Value *state = NULL;
    TRY(read_state(project, &state));
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, state);
    bool changed = false;
    for (VEC_EACH(const Str, name, names)) {
        const SourceConfig *source = project_find_source(project, *name);
        if (source != NULL && value_find(state, *name) == NULL) {
            value_map_set(&map, *name, value_string(source->namespace));
            changed = true;
        }
    }
    if (!changed) {
        return NULL;
    }
    Str path = fs_join(arena, project->root, str_from(state_file));
    TRY(fs_make_directory(str_to_c(arena, fs_directory_name(path))));
    Value whole = value_map_end(&map);
    return fs_write_file(path.data, json_text(arena, &whole, &json_style_pretty), 0644);
}
