#include "project/project.h"

#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "project/config_check.h"
#include "project/project_internal.h"
#include "value/yaml_reader.h"

static const char project_file[] = ".dango/project.yml";

static const KeyDef project_keys[] = {
    {.name = "name", .kind = KEY_TEXT, .required = true, .help = "what the project is called"},
    {.name = "organization", .kind = KEY_TEXT},
    {.name = "id", .kind = KEY_TEXT},
    {.name = "dango_version", .kind = KEY_TEXT},
    {.name = "created", .kind = KEY_TEXT},
    {.name = "created_at", .kind = KEY_TEXT},
    {.name = "created_by", .kind = KEY_TEXT},
    {.name = "purpose", .kind = KEY_TEXT},
    {.name = "stakeholders", .kind = KEY_LIST},
    {.name = "sla", .kind = KEY_ANY},
    {.name = "limitations", .kind = KEY_ANY},
    {.name = "getting_started", .kind = KEY_TEXT},
    {0},
};

#define PORT_KEY(key) \
    { \
        .name = (key), .kind = KEY_INT, .min = 1, .max = 65535 \
    }

static const KeyDef platform_keys[] = {
    {.name = "duckdb_path", .kind = KEY_TEXT},
    {.name = "dbt_project_dir", .kind = KEY_TEXT},
    {.name = "data_dir", .kind = KEY_TEXT},
    {.name = "memory_limit", .kind = KEY_TEXT},
    {.name = "min_free_gb", .kind = KEY_NUMBER},
    PORT_KEY("port"),
    PORT_KEY("metabase_port"),
    PORT_KEY("dbt_docs_port"),
    PORT_KEY("marimo_port"),
    {.name = "auto_sync", .kind = KEY_BOOL},
    {.name = "auto_dbt", .kind = KEY_BOOL},
    {.name = "debounce_seconds", .kind = KEY_INT},
    {.name = "watch_patterns", .kind = KEY_TEXTS},
    {.name = "watch_directories", .kind = KEY_TEXTS},
    {.name = "dbt_coalesce_seconds", .kind = KEY_INT},
    {.name = "workers", .kind = KEY_ANY},
    {0},
};

static const char *const materializations[] = {"view", "table", NULL};

static const KeyDef staging_keys[] = {
    {.name = "materialized", .kind = KEY_TEXT, .choices = materializations},
    {0},
};

static const char *const engines[] = {"dango", "dbt", NULL};

static const KeyDef transform_keys[] = {
    {.name = "engine", .kind = KEY_TEXT, .choices = engines},
    {0},
};

static const KeyDef file_keys[] = {
    {.name = "project", .kind = KEY_MAP, .required = true, .keys = project_keys},
    {.name = "platform", .kind = KEY_MAP, .keys = platform_keys},
    {.name = "auth", .kind = KEY_MAP},
    {.name = "api", .kind = KEY_MAP},
    {.name = "staging", .kind = KEY_MAP, .keys = staging_keys},
    {.name = "transform", .kind = KEY_MAP, .keys = transform_keys},
    {0},
};

static bool has_project(Arena *arena, Str directory)
{
    return fs_is_file(fs_join(arena, directory, str_from(project_file)).data);
}

static Error *not_in_a_project(const char *start)
{
    if (start != NULL) {
        return error_hint(error_new(ERR_NOT_FOUND, "'%s' is not a Dango project: it has no %s",
                                    start, project_file),
                          "run 'dango init %s' to make one", start);
    }
    return error_hint(
        error_new(ERR_NOT_FOUND, "Not in a Dango project. Run 'dango init' to make one"),
        "or name one with --project-dir");
}

Error *project_find_root(Arena *arena, const char *start, Str *out_root)
{
    Str directory;
    TRY(fs_resolve(arena, start != NULL ? start : ".", &directory));
    for (;;) {
        if (has_project(arena, directory)) {
            *out_root = directory;
            return NULL;
        }
        Str above = fs_directory_name(directory);
        if (start != NULL || str_eq(above, directory)) {
            return not_in_a_project(start);
        }
        directory = above;
    }
}

void project_note_duplicates(Project *project, const DuplicateKeyVec *twice)
{
    for (VEC_EACH(const DuplicateKey, it, twice)) {
        problem_add(project->arena, &project->problems, PROBLEM_WARNING, &it->key,
                    STR("remove one of them"),
                    "the key '" STR_FMT "' is given twice; line %u does not count",
                    STR_ARG(value_text_or(&it->key, STR("?"))), (unsigned)it->first.line);
    }
}

Error *project_read_yaml(Project *project, const char *name, bool required, const Value **out)
{
    Str path = fs_join(project->arena, project->root, str_from(name));
    FsInfo info;
    TRY(fs_info(path.data, &info));
    *out = NULL;
    if (info.kind == FS_MISSING && !required) {
        return NULL;
    }
    Str text;
    TRY(fs_read_file(project->arena, path.data, LIMIT_CONFIG_BYTES, &text));
    DuplicateKeyVec twice = {0};
    ReadOptions options = {.path = str_from(name), .duplicates = &twice};
    TRY(yaml_read(project->arena, text, &options, out));
    project_note_duplicates(project, &twice);
    return NULL;
}

static Str path_setting(const Project *project, const Value *platform, const char *key,
                        const char *usual)
{
    Str given = value_text_or(value_find(platform, str_from(key)), str_from(usual));
    return fs_normalize(project->arena, fs_join(project->arena, project->root, given));
}

/* Two services on one port: the later key is named. */
static void check_ports(Project *project, const Value *platform)
{
    static const char *const keys[] = {"port", "metabase_port", "dbt_docs_port", "marimo_port"};
    static const int64_t usual[] = {8800, 3000, 8081, 7805};
    int64_t ports[ARRAY_LEN(keys)];
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const Value *value = value_find(platform, str_from(keys[i]));
        ports[i] = value_is(value, VALUE_INT) ? value->as.integer : usual[i];
        for (size_t j = 0; j < i; j++) {
            if (ports[i] == ports[j]) {
                const Value *other = value_find(platform, str_from(keys[j]));
                problem_add(project->arena, &project->problems, PROBLEM_ERROR,
                            value_is_null(value) ? other : value, STR("give them different ports"),
                            "'%s' and '%s' are both %lld", keys[j], keys[i], (long long)ports[i]);
            }
        }
    }
}

static void read_memory_limit(Project *project, const Value *platform)
{
    const Value *limit = value_find(platform, STR("memory_limit"));
    uint64_t bytes = 0;
    if (value_is_null(limit)) {
        return;
    }
    if (!number_parse_bytes(value_text_or(limit, STR("")), &bytes) || bytes < 64 * MIB) {
        problem_add(project->arena, &project->problems, PROBLEM_ERROR, limit,
                    STR("write it like 4GB; at least 64MB"), "'memory_limit' cannot be " STR_FMT,
                    STR_ARG(value_describe(project->arena, limit)));
        return;
    }
    project->memory_limit_bytes = (int64_t)bytes;
}

static bool flag_setting(const Value *map, const char *key, bool usual)
{
    const Value *value = value_find(map, str_from(key));
    return value_is(value, VALUE_BOOL) ? value->as.boolean : usual;
}

static void read_settings(Project *project)
{
    const Value *facts = value_find(project->settings, STR("project"));
    const Value *platform = value_find(project->settings, STR("platform"));
    project->name = value_text_or(value_find(facts, STR("name")), fs_base_name(project->root));
    project->organization = value_text_or(value_find(facts, STR("organization")), STR(""));
    project->id = value_text_or(value_find(facts, STR("id")), STR(""));
    project->warehouse_path =
        path_setting(project, platform, "duckdb_path", "data/warehouse.duckdb");
    project->dbt_directory = path_setting(project, platform, "dbt_project_dir", "dbt");
    project->data_directory = path_setting(project, platform, "data_dir", "data");
    project->auto_dbt = flag_setting(platform, "auto_dbt", true);
    const Value *free_gb = value_find(platform, STR("min_free_gb"));
    project->min_free_gb = value_is(free_gb, VALUE_INT)     ? (double)free_gb->as.integer
                           : value_is(free_gb, VALUE_FLOAT) ? free_gb->as.number
                                                            : 1.0;
    project->staging_materialized =
        value_text_or(value_find_path(project->settings, STR("staging.materialized")), STR("view"));
    const Value *engine = value_find_path(project->settings, STR("transform.engine"));
    project->engine = str_is(value_text_or(engine, STR("")), "dbt") ? ENGINE_DBT : ENGINE_OWN;
    check_ports(project, platform);
    read_memory_limit(project, platform);
}

Error *project_load(Arena *arena, const char *start, Project **out_project)
{
    Project *project = ARENA_NEW(arena, Project);
    project->arena = arena;
    project->load = (LoadSettings){.allow_new_columns = true,
                                   .request_max_attempts = 5,
                                   .request_backoff_factor = 1,
                                   .workers = 4,
                                   .log_level = STR("WARNING")};
    TRY(project_find_root(arena, start, &project->root));
    TRY(project_read_yaml(project, project_file, true, &project->settings));
    config_check(arena, project->settings, file_keys, project_file, &project->problems);
    read_settings(project);
    TRY(project_read_settings(project));
    TRY(project_read_sources(project));
    *out_project = project;
    return NULL;
}

Error *project_path(const Project *project, Arena *arena, Str path, PathScope scope, Str *out_path)
{
    Str whole = fs_normalize(arena, fs_join(arena, project->root, path));
    Str resolved;
    TRY(fs_resolve(arena, whole.data, &resolved));
    if (scope == PATH_INSIDE && !fs_is_within(project->root, resolved)) {
        return error_hint(
            error_new(ERR_CONFIG, "the path '" STR_FMT "' leads out of the project", STR_ARG(path)),
            "use a path below " STR_FMT, STR_ARG(project->root));
    }
    *out_path = resolved;
    return NULL;
}

Str project_shown_path(const Project *project, Str path)
{
    if (!fs_is_within(project->root, path) || path.len == project->root.len) {
        return path;
    }
    return str_from_offset(path, project->root.len + 1);
}
