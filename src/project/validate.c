#include "project/validate.h"

#include <errno.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/process.h"
#include "project/secret.h"
#include "value/env_reader.h"
#include "value/yaml_reader.h"

typedef struct GroupInfo {
    const char *id;
    const char *title;
} GroupInfo;

static const GroupInfo groups[] = {
#define X(name, id, title) {id, title},
    FINDING_GROUPS(X)
#undef X
};

typedef struct Validation {
    const Project *project;
    Arena *arena;
    FindingVec *findings;
} Validation;

const char *finding_group_id(FindingGroup group)
{
    return groups[group].id;
}

const char *finding_group_title(FindingGroup group)
{
    return groups[group].title;
}

static void add(Validation *validation, FindingGroup group, FindingSeverity severity, Str place,
                Str message, Str hint)
{
    VEC_PUSH(validation->arena, validation->findings,
             (Finding){.group = group,
                       .severity = severity,
                       .place = place,
                       .message = message,
                       .hint = hint});
}

/* A failure that stops one check only; takes the error. */
static void add_error(Validation *validation, FindingGroup group, Error *err)
{
    if (err != NULL) {
        add(validation, group, FINDING_ERROR, STR(""), error_full_message(err, validation->arena),
            error_hints(err, validation->arena));
        error_discard(err, "it is among the findings");
    }
}

static Str path_in(const Validation *validation, Str directory, const char *name)
{
    return fs_join(validation->arena, directory, str_from(name));
}

/* As users write it, and NUL-terminated paths stay so. */
static Str shown(const Validation *validation, Str path)
{
    return project_shown_path(validation->project, path);
}

/* ---- Configuration, and problems that loading found ---- */

static void check_config(Validation *validation)
{
    const Str sources = STR(".dango/sources.yml");
    for (VEC_EACH(const ProjectProblem, problem, &validation->project->problems)) {
        bool of_source = str_starts_with(problem->place, sources);
        add(validation, of_source ? FINDING_SOURCES : FINDING_CONFIG,
            problem->severity == PROBLEM_ERROR ? FINDING_ERROR : FINDING_WARNING, problem->place,
            problem->message, problem->hint);
    }
}

/* ---- Sources ---- */

static void check_namespaces(Validation *validation)
{
    const SourceConfigVec *sources = &validation->project->sources;
    for (size_t i = 0; i < sources->len; i++) {
        for (size_t j = 0; j < i; j++) {
            const SourceConfig *one = &sources->data[j];
            const SourceConfig *other = &sources->data[i];
            if (one->error == NULL && other->error == NULL &&
                str_eq(one->namespace, other->namespace)) {
                add(validation, FINDING_SOURCES, FINDING_ERROR, other->place,
                    str_printf(validation->arena,
                               "'" STR_FMT "' and '" STR_FMT "' would both load into raw_" STR_FMT,
                               STR_ARG(one->name), STR_ARG(other->name), STR_ARG(one->namespace)),
                    STR("give one of them another 'namespace'"));
            }
        }
    }
}

/* Where a file source looks for its files. */
static void check_source_path(Validation *validation, const SourceConfig *source, const char *key)
{
    const Value *value = value_find(source->block, str_from(key));
    Str path = value_text_or(value, STR(""));
    if (path.len == 0 || str_contains(path, STR("${")) || str_contains(path, STR("://"))) {
        return;
    }
    Str whole;
    FsInfo info;
    Error *err = project_path(validation->project, validation->arena, path, PATH_ANYWHERE, &whole);
    if (err == NULL) {
        err = fs_info(str_to_c(validation->arena, whole), &info);
    }
    if (err != NULL) {
        add_error(validation, FINDING_SOURCES, err);
    } else if (info.kind == FS_MISSING) {
        add(validation, FINDING_SOURCES, FINDING_WARNING, value_place(validation->arena, value),
            str_printf(validation->arena, "source '" STR_FMT "': '" STR_FMT "' is not there",
                       STR_ARG(source->name), STR_ARG(path)),
            STR("put files there, or change the path"));
    }
}

static void check_sources(Validation *validation)
{
    const Project *project = validation->project;
    if (project->sources.len == 0) {
        add(validation, FINDING_SOURCES, FINDING_WARNING, STR(".dango/sources.yml"),
            STR("nothing is configured to be loaded"), STR("add a source: dango source add"));
    }
    for (VEC_EACH(const SourceConfig, source, &project->sources)) {
        if (source->error == NULL && source->enabled) {
            check_source_path(validation, source, "directory");
            check_source_path(validation, source, "file_path");
        }
    }
    check_namespaces(validation);
}

/* ---- Environment ---- */

static void check_environment(Validation *validation)
{
    for (VEC_EACH(const SourceConfig, source, &validation->project->sources)) {
        const Value *options = NULL;
        if (source->error == NULL && source->enabled) {
            add_error(
                validation, FINDING_ENVIRONMENT,
                project_resolve_options(validation->project, source, validation->arena, &options));
        }
    }
}

/* ---- dbt ---- */

static void check_dbt_facts(Validation *validation, const Value *facts)
{
    const Value *name = value_find(facts, STR("name"));
    if (!value_is(facts, VALUE_MAP) || value_is_null(name)) {
        add(validation, FINDING_DBT, FINDING_ERROR, value_place(validation->arena, facts),
            STR("the dbt project lacks the key 'name'"), STR(""));
        return;
    }
    if (!env_is_name(value_text_or(name, STR("")))) {
        add(validation, FINDING_DBT, FINDING_ERROR, value_place(validation->arena, name),
            str_printf(validation->arena, STR_FMT " cannot be a dbt project's name",
                       STR_ARG(value_describe(validation->arena, name))),
            STR("use letters, digits and _, and begin with a letter"));
    }
}

static Error *read_dbt_project(Validation *validation, const Value **out)
{
    Str path = path_in(validation, validation->project->dbt_directory, "dbt_project.yml");
    Str text;
    TRY(fs_read_file(validation->arena, path.data, LIMIT_CONFIG_BYTES, &text));
    const ReadOptions options = {.path = shown(validation, path)};
    return yaml_read(validation->arena, text, &options, out);
}

static void check_engine(Validation *validation)
{
    Str program = STR("");
    if (validation->project->engine != ENGINE_DBT) {
        return;
    }
    add_error(validation, FINDING_DBT, process_find(validation->arena, "dbt", &program));
    if (program.len == 0) {
        add(validation, FINDING_DBT, FINDING_ERROR,
            value_place(validation->arena,
                        value_find_path(validation->project->settings, STR("transform.engine"))),
            STR("there is no dbt on PATH to build the models"),
            STR("install dbt-core and dbt-duckdb and activate their environment, or write "
                "'engine: dango'"));
    }
}

static void check_dbt(Validation *validation)
{
    check_engine(validation);
    Str directory = validation->project->dbt_directory;
    if (!fs_is_directory(str_to_c(validation->arena, directory))) {
        add(validation, FINDING_DBT, FINDING_ERROR, shown(validation, directory),
            STR("the directory of the models is not there"),
            STR("set 'dbt_project_dir' in .dango/project.yml"));
        return;
    }
    const Value *facts = NULL;
    Error *err = read_dbt_project(validation, &facts);
    if (err != NULL) {
        add_error(validation, FINDING_DBT, err);
        return;
    }
    check_dbt_facts(validation, facts);
    if (!fs_is_directory(path_in(validation, directory, "models").data) &&
        value_find(facts, STR("model-paths")) == NULL) {
        add(validation, FINDING_DBT, FINDING_WARNING, shown(validation, directory),
            STR("there is no directory 'models'"), STR("dango generate makes it"));
    }
}

/* ---- Database ---- */

static bool may_write(Str path)
{
    return access(path.data, W_OK) == 0;
}

/* A DuckDB file has its mark behind an eight byte checksum. */
static bool has_duckdb_mark(Validation *validation, Str path)
{
    enum { MARK_AT = 8, HEADER_BYTES = 12 };
    char header[HEADER_BYTES] = "";
    FILE *file = fopen(str_to_c(validation->arena, path), "rbe");
    bool fine = file != NULL && fread(header, 1, sizeof(header), file) == sizeof(header) &&
                memcmp(header + MARK_AT, "DUCK", 4) == 0;
    if (file != NULL) {
        (void)fclose(file); /* it was only read */
    }
    return fine;
}

static void check_database(Validation *validation)
{
    Str path = validation->project->warehouse_path;
    FsInfo info;
    Error *err = fs_info(str_to_c(validation->arena, path), &info);
    if (err != NULL) {
        add_error(validation, FINDING_DATABASE, err);
        return;
    }
    if (info.kind == FS_MISSING) {
        return; /* the first sync makes it */
    }
    if (info.kind != FS_FILE) {
        add(validation, FINDING_DATABASE, FINDING_ERROR, shown(validation, path),
            STR("the warehouse is not a file"), STR("set 'duckdb_path' in .dango/project.yml"));
    } else if (info.size_bytes > 0 && !has_duckdb_mark(validation, path)) {
        add(validation, FINDING_DATABASE, FINDING_ERROR, shown(validation, path),
            STR("the file is no DuckDB database"),
            STR("move it away, or set 'duckdb_path' in .dango/project.yml"));
    }
}

/* ---- Permissions ---- */

static void check_secret_file(Validation *validation, const char *name)
{
    enum { OTHERS = 077 };
    FsInfo info;
    Str path = path_in(validation, validation->project->root, name);
    Error *err = fs_info(path.data, &info);
    if (err != NULL) {
        add_error(validation, FINDING_PERMISSIONS, err);
    } else if (info.kind == FS_FILE && (info.mode & OTHERS) != 0) {
        add(validation, FINDING_PERMISSIONS, FINDING_WARNING, str_from(name),
            STR("others can read the credentials in it"),
            str_printf(validation->arena, "chmod 600 %s", name));
    }
}

static void check_writable(Validation *validation, Str path)
{
    Str there = {str_to_c(validation->arena, path), path.len};
    if (fs_is_directory(there.data) && !may_write(there)) {
        add_error(validation, FINDING_PERMISSIONS,
                  error_hint(error_from_errno("write into", there.data, errno),
                             "give yourself the right to write there"));
    }
}

/* In a git repository, .env has to be ignored. */
static void check_ignored(Validation *validation)
{
    Str root = validation->project->root;
    Str text = STR("");
    if (!fs_is_directory(path_in(validation, root, ".git").data)) {
        return;
    }
    Error *err = fs_read_file(validation->arena, path_in(validation, root, ".gitignore").data,
                              LIMIT_CONFIG_BYTES, &text);
    error_discard(err, "without the file nothing is ignored");
    if (!str_contains(text, STR(".env"))) {
        add(validation, FINDING_PERMISSIONS, FINDING_WARNING, STR(".gitignore"),
            STR("git does not ignore .env"), STR("add a line '.env'"));
    }
}

static void check_permissions(Validation *validation)
{
    const Project *project = validation->project;
    check_secret_file(validation, ".env");
    check_secret_file(validation, ".dlt/secrets.toml");
    check_writable(validation, project->root);
    check_writable(validation, path_in(validation, project->root, ".dango"));
    check_writable(validation, fs_directory_name(project->warehouse_path));
    check_ignored(validation);
}

/* ---- All ---- */

/* What a group says when nothing is wrong. */
static Str fine_text(const Validation *validation, FindingGroup group)
{
    const Project *project = validation->project;
    switch (group) {
    case FINDING_CONFIG:
        return str_printf(validation->arena, "project '" STR_FMT "'", STR_ARG(project->name));
    case FINDING_SOURCES:
        return str_printf(validation->arena, "%zu sources", project->sources.len);
    case FINDING_ENVIRONMENT:
        return STR("every variable that is asked for is set");
    case FINDING_DBT:
        return shown(validation, project->dbt_directory);
    case FINDING_DATABASE:
        return shown(validation, project->warehouse_path);
    case FINDING_PERMISSIONS:
        return STR("files can be written, credentials are private");
    }
    return STR("");
}

static void (*const checks[])(Validation *) = {
    [FINDING_CONFIG] = check_config,           [FINDING_SOURCES] = check_sources,
    [FINDING_ENVIRONMENT] = check_environment, [FINDING_DBT] = check_dbt,
    [FINDING_DATABASE] = check_database,       [FINDING_PERMISSIONS] = check_permissions,
};

static bool has_finding(const FindingVec *findings, FindingGroup group)
{
    for (VEC_EACH(const Finding, finding, findings)) {
        if (finding->group == group) {
            return true;
        }
    }
    return false;
}

void project_validate(const Project *project, Arena *arena, FindingVec *out)
{
    FindingVec found = {0};
    Validation validation = {.project = project, .arena = arena, .findings = &found};
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        checks[i](&validation);
    }
    FindingVec ordered = {0};
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        FindingGroup group = (FindingGroup)i;
        for (VEC_EACH(Finding, finding, &found)) {
            if (finding->group == group) {
                VEC_PUSH(arena, &ordered, *finding);
            }
        }
        if (!has_finding(&found, group)) {
            VEC_PUSH(arena, &ordered,
                     (Finding){.group = group, .message = fine_text(&validation, group)});
        }
    }
    *out = ordered;
}
