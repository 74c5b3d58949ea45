#include "base/limits.h"
#include "transform/parse/internal.h"

/* Paths of dbt_project.yml under which something is configured, against what there is. */
typedef struct ConfigPaths {
    const Manifest *manifest;
    ResourceType type;
    StrVec path; /* of the level being looked at, below the tree */
    StrVec unused;
    Arena *arena;
} ConfigPaths;

static bool is_level(const ValueEntry *entry)
{
    Str key = value_text_or(&entry->key, (Str){0});
    return value_is(&entry->value, VALUE_MAP) && !str_starts_with(key, STR("+"));
}

/* True when the fqn begins with the path. */
static bool is_below(const StrVec *fqn, const StrVec *path)
{
    bool below = path->len <= fqn->len;
    for (size_t i = 0; below && i < path->len; i++) {
        below = str_eq(fqn->data[i], path->data[i]);
    }
    return below;
}

static bool applies(const ConfigPaths *paths)
{
    for (VEC_EACH(const NodePtr, it, &paths->manifest->nodes)) {
        if ((*it)->type == paths->type && is_below(&(*it)->fqn, &paths->path)) {
            return true;
        }
    }
    /* What is disabled counts whatever it is, as dbt has it. */
    for (VEC_EACH(const NodePtr, it, &paths->manifest->disabled)) {
        if (is_below(&(*it)->fqn, &paths->path)) {
            return true;
        }
    }
    return false;
}

static void note_unused(ConfigPaths *paths)
{
    StrBuf text = strbuf_init(paths->arena, LIMIT_CONFIG_BYTES);
    Str tree = resource_type_tree(paths->type);
    strbuf_add(&text, str_replace(paths->arena, tree, STR("-"), STR("_")));
    for (VEC_EACH(const Str, part, &paths->path)) {
        strbuf_add_char(&text, '.');
        strbuf_add(&text, *part);
    }
    VEC_PUSH(paths->arena, &paths->unused, strbuf_str(&text));
}

/* As deep as YAML may be. */
static void look_at_level(ConfigPaths *paths, const Value *level)
{
    bool configures = false;
    for (VALUE_EACH_ENTRY(entry, level)) {
        configures = configures || !is_level(entry);
    }
    if (configures && !applies(paths)) {
        note_unused(paths);
    }
    for (VALUE_EACH_ENTRY(entry, level)) {
        if (is_level(entry)) {
            VEC_PUSH(paths->arena, &paths->path, value_text_or(&entry->key, (Str){0}));
            look_at_level(paths, &entry->value);
            paths->path.len--;
        }
    }
}

void parse_warn_unused_configs(const Session *session)
{
    static const ResourceType types[] = {
        RESOURCE_MODEL,       RESOURCE_SEED,      RESOURCE_SNAPSHOT, RESOURCE_SOURCE,
        RESOURCE_TEST,        RESOURCE_UNIT_TEST, RESOURCE_METRIC,   RESOURCE_SEMANTIC_MODEL,
        RESOURCE_SAVED_QUERY, RESOURCE_EXPOSURE,
    };
    AUTO_FREE(arena) Arena *arena = arena_new("unused configs");
    ConfigPaths paths = {.manifest = session->manifest, .arena = arena};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        paths.type = types[i];
        look_at_level(&paths,
                      project_file_tree(&session->projects.data[0], resource_type_tree(types[i])));
    }
    if (paths.unused.len == 0) {
        return;
    }
    ValueVec items = {0};
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_printf(&text,
                  "Configuration paths exist in your dbt_project.yml file which do not apply to "
                  "any resources.\nThere are %zu unused configuration paths:",
                  paths.unused.len);
    for (VEC_EACH(const Str, path, &paths.unused)) {
        strbuf_printf(&text, "\n- " STR_FMT, STR_ARG(*path));
        VEC_PUSH(arena, &items, value_string(*path));
    }
    ReportField fields[] = {{"unused_config_paths", value_list_of(&items)}};
    ReportEvent event = {.name = "UnusedResourceConfigPath",
                         .text = strbuf_str(&text),
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    report_warning_event(session, &event, true);
}
