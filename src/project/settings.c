/* The files beside project.yml: .env, .dlt/secrets.toml and .dlt/config.toml. */
#include "base/fs.h"
#include "base/limits.h"
#include "project/config_check.h"
#include "project/project_internal.h"
#include "project/secret.h"
#include "value/env_reader.h"
#include "value/toml_reader.h"
#include "value/yaml_scalar.h"

static const char config_file[] = ".dlt/config.toml";
static const char secrets_file[] = ".dlt/secrets.toml";
static const char env_file[] = ".env";

static const char *const log_levels[] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", NULL};

static const KeyDef schema_keys[] = {
    {.name = "allow_new_columns", .kind = KEY_BOOL},
    {.name = "allow_column_removal", .kind = KEY_BOOL},
    {.name = "naming", .kind = KEY_ANY},
    {0},
};

/* The keys without a range are dlt's own; they have no effect here. */
static const KeyDef runtime_keys[] = {
    {.name = "log_level", .kind = KEY_TEXT, .choices = log_levels},
    {.name = "request_max_attempts", .kind = KEY_INT, .min = 1, .max = 100},
    {.name = "request_backoff_factor", .kind = KEY_NUMBER},
    {.name = "workers", .kind = KEY_INT, .min = 1, .max = LIMIT_THREADS},
    {.name = "request_timeout", .kind = KEY_NUMBER},
    {.name = "request_max_retry_delay", .kind = KEY_NUMBER},
    {.name = "log_format", .kind = KEY_ANY},
    {.name = "dlthub_telemetry", .kind = KEY_ANY},
    {.name = "sentry_dsn", .kind = KEY_ANY},
    {.name = "slack_incoming_hook", .kind = KEY_ANY},
    {.name = "config_files_storage_path", .kind = KEY_ANY},
    {0},
};

typedef Error *ReadFunction(Arena *arena, Str text, const ReadOptions *options, const Value **out);

/* A file in place of the directory hides all that should be in it. */
static Error *check_directory(const Project *project, Str path)
{
    FsInfo info;
    TRY(fs_info(str_to_c(project->arena, path), &info));
    if (info.kind == FS_MISSING || info.kind == FS_DIRECTORY) {
        return NULL;
    }
    return error_hint(error_new(ERR_CONFIG, "'" STR_FMT "' is not a directory",
                                STR_ARG(project_shown_path(project, path))),
                      "move that file away");
}

/* A file that need not be there: NULL then. */
static Error *read_optional(Project *project, const char *name, bool secret, ReadFunction *read,
                            const Value **out)
{
    Str path = fs_join(project->arena, project->root, str_from(name));
    FsInfo info;
    TRY(fs_info(path.data, &info));
    *out = NULL;
    if (info.kind == FS_MISSING) {
        return check_directory(project, fs_directory_name(path));
    }
    Str text;
    DuplicateKeyVec twice = {0};
    const ReadOptions options = {.path = str_from(name), .secret = secret, .duplicates = &twice};
    TRY(fs_read_file(project->arena, path.data, LIMIT_CONFIG_BYTES, &text));
    TRY(read(project->arena, text, &options, out));
    project_note_duplicates(project, &twice);
    return NULL;
}

/* A setting of config.toml, over which the variable SECTION__KEY goes. */
static Value setting(const Project *project, const char *section, const char *key)
{
    Str name = str_printf(project->arena, "%s__%s", section, key);
    Secret variable;
    if (project_find_variable(project, project->arena, str_upper_ascii(project->arena, name),
                              &variable)) {
        return project_value_of_text(project->arena, secret_reveal(&variable));
    }
    const Value *value = value_find(value_find(project->config, str_from(section)), str_from(key));
    return value != NULL ? *value : value_null();
}

static void set_flag(const Project *project, const char *section, const char *key, bool *out)
{
    Value value = setting(project, section, key);
    if (value_is(&value, VALUE_BOOL)) {
        *out = value.as.boolean;
    }
}

static void set_count(const Project *project, const char *section, const char *key, int64_t *out)
{
    Value value = setting(project, section, key);
    if (value_is(&value, VALUE_INT) && value.as.integer > 0) {
        *out = value.as.integer;
    }
}

/* 0 is a value like any other. */
static void set_seconds(const Project *project, const char *section, const char *key, double *out)
{
    Value value = setting(project, section, key);
    if (value_is(&value, VALUE_INT) && value.as.integer >= 0) {
        *out = (double)value.as.integer;
    } else if (value_is(&value, VALUE_FLOAT) && value.as.number >= 0) {
        *out = value.as.number;
    }
}

/* config.toml may name the warehouse too, for dlt's sake. */
static void check_destination(Project *project)
{
    const Value *given = value_find_path(project->config, STR("destination.duckdb.credentials"));
    Str path = value_text_or(given, STR(""));
    if (path.len == 0) {
        return;
    }
    Str whole = fs_normalize(project->arena, fs_join(project->arena, project->root, path));
    if (!str_eq(whole, project->warehouse_path)) {
        Str used = project_shown_path(project, project->warehouse_path);
        problem_add(project->arena, &project->problems, PROBLEM_WARNING, given,
                    STR("let 'duckdb_path' in .dango/project.yml and this say the same"),
                    "'credentials' names '" STR_FMT "', but the warehouse is '" STR_FMT "'",
                    STR_ARG(path), STR_ARG(used));
    }
}

Error *project_read_settings(Project *project)
{
    TRY(read_optional(project, env_file, true, env_read, &project->env));
    TRY(read_optional(project, secrets_file, true, toml_read, &project->secrets));
    TRY(read_optional(project, config_file, false, toml_read, &project->config));
    config_check(project->arena, value_find(project->config, STR("schema")), schema_keys,
                 "[schema]", &project->problems);
    config_check(project->arena, value_find(project->config, STR("runtime")), runtime_keys,
                 "[runtime]", &project->problems);
    check_destination(project);
    LoadSettings *load = &project->load;
    set_flag(project, "schema", "allow_new_columns", &load->allow_new_columns);
    set_flag(project, "schema", "allow_column_removal", &load->allow_column_removal);
    set_count(project, "runtime", "request_max_attempts", &load->request_max_attempts);
    set_seconds(project, "runtime", "request_backoff_factor", &load->request_backoff_factor);
    set_count(project, "runtime", "workers", &load->workers);
    Value level = setting(project, "runtime", "log_level");
    load->log_level = value_text_or(&level, load->log_level);
    return NULL;
}
