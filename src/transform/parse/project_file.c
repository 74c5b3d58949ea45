#include "transform/parse/project_file.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/limits.h"
#include "transform/graph/relation.h"
#include "transform/parse/yaml_render.h"
#include "transform/python/text.h"

#define PROJECT_FILE "dbt_project.yml"

/* ---- Finding ---- */

Error *project_file_find(Arena *arena, const char *start, Str *out_root)
{
    Str root;
    if (start != NULL) {
        TRY(fs_resolve(arena, start, &root));
        if (!fs_is_file(fs_join(arena, root, STR(PROJECT_FILE)).data)) {
            return error_new(ERR_NOT_FOUND,
                             "No " PROJECT_FILE " found at expected path " STR_FMT "/" PROJECT_FILE,
                             STR_ARG(root));
        }
        *out_root = root;
        return NULL;
    }
    TRY(fs_current_directory(arena, &root));
    for (Str at = root;; at = fs_directory_name(at)) {
        if (fs_is_file(fs_join(arena, at, STR(PROJECT_FILE)).data)) {
            *out_root = str_from(str_to_c(arena, at));
            return NULL;
        }
        if (at.len <= 1) {
            break;
        }
    }
    return error_new(ERR_NOT_FOUND,
                     "No " PROJECT_FILE " found at expected path " STR_FMT "/" PROJECT_FILE,
                     STR_ARG(root));
}

static Error *load_yaml(Arena *arena, Str root, DuplicateKeyVec *out_twice, const Value **out)
{
    Str path = fs_join(arena, root, STR(PROJECT_FILE));
    TRY(yaml_load_noting(arena, path, STR(PROJECT_FILE), out_twice, out));
    if (!value_is(*out, VALUE_MAP)) {
        return error_new(ERR_CONFIG, "%.*s does not parse to a dictionary", STR_ARG(path));
    }
    return NULL;
}

Error *project_file_peek(Arena *arena, Str root, Str *out_profile)
{
    const Value *document = NULL;
    TRY(load_yaml(arena, root, NULL, &document));
    *out_profile = value_text_or(value_find(document, STR("profile")), (Str){0});
    return NULL;
}

/* ---- What is not rendered while the file is read ---- */

static bool is_one_of(Str text, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (str_is(text, names[i])) {
            return true;
        }
    }
    return false;
}

static bool keep_unrendered(const StrVec *path)
{
    static const char *const roots[] = {"on-run-start", "on-run-end", "query-comment", "vars",
                                        NULL};
    static const char *const trees[] = {"models", "seeds",      "snapshots",
                                        "tests",  "data_tests", NULL};
    static const char *const hooks[] = {"pre-hook", "post-hook", "pre_hook", "post_hook", NULL};
    if (is_one_of(path->data[0], roots)) {
        return true;
    }
    Str last = VEC_LAST(path);
    if (last.len > 0 && last.data[0] == '+') {
        last = str_trim(str_from_offset(last, 1));
    }
    return is_one_of(path->data[0], trees) && is_one_of(last, hooks);
}

/* ---- Checking ---- */

static bool is_identifier(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool digit = c >= '0' && c <= '9';
        bool word = digit || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    ((uint8_t)c & 0x80) != 0;
        if (!word || (i == 0 && digit)) {
            return false;
        }
    }
    return name.len > 0;
}

static Error *type_error(const char *path, const Value *value, const char *type)
{
    AUTO_FREE(arena) Arena *arena = arena_new("project check");
    StrBuf shown = strbuf_init(arena, 10000);
    python_repr(value, &shown);
    return error_new(ERR_CONFIG, "at path ['%s']: " STR_FMT " is not of type '%s'", path,
                     STR_ARG(strbuf_str(&shown)), type);
}

/* Keys that must hold a map when they hold anything. */
static Error *check_maps(const Value *file)
{
    static const char *const maps[] = {"models", "seeds",      "snapshots", "sources",   "tests",
                                       "vars",   "data_tests", "quoting",   "functions", "flags"};
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        const Value *value = value_find(file, str_from(maps[i]));
        if (!value_is_null(value) && !value_is(value, VALUE_MAP)) {
            return type_error(maps[i], value, "object");
        }
    }
    return NULL;
}

static Error *wrong_vars(const Value *vars)
{
    AUTO_FREE(arena) Arena *arena = arena_new("project check");
    StrBuf shown = strbuf_init(arena, LIMIT_ERROR_BYTES);
    python_repr(vars, &shown);
    return error_new(ERR_CONFIG,
                     "at path ['vars']: " STR_FMT " is not valid under any of the given schemas",
                     STR_ARG(strbuf_str(&shown)));
}

/* Names of variables are texts. */
static Error *check_vars(const Value *file)
{
    const Value *vars = value_find(file, STR("vars"));
    for (VALUE_EACH_ENTRY(it, vars)) {
        if (!value_is(&it->key, VALUE_STRING)) {
            return wrong_vars(vars);
        }
    }
    return NULL;
}

static int compare_reprs(const void *a, const void *b)
{
    const Str *left = a, *right = b;
    return str_compare(*left, *right);
}

static Error *unknown_keys_error(Arena *arena, const StrVec *unknown)
{
    StrBuf list = strbuf_init(arena, LIMIT_ERROR_BYTES);
    qsort(unknown->data, unknown->len, sizeof(*unknown->data), compare_reprs);
    for (VEC_EACH(const Str, it, unknown)) {
        strbuf_printf(&list, "%s" STR_FMT, list.len > 0 ? ", " : "", STR_ARG(*it));
    }
    return error_hint(error_new(ERR_CONFIG,
                                "at path []: Additional properties are not allowed (" STR_FMT
                                " %s unexpected)",
                                STR_ARG(strbuf_str(&list)), unknown->len == 1 ? "was" : "were"),
                      "remove what dbt_project.yml cannot have, or correct its name");
}

/* What the file may have. */
static Error *check_keys(const Value *file)
{
    static const char *const known[] = {"name",
                                        "version",
                                        "config-version",
                                        "project-root",
                                        "source-paths",
                                        "model-paths",
                                        "macro-paths",
                                        "data-paths",
                                        "seed-paths",
                                        "test-paths",
                                        "analysis-paths",
                                        "docs-paths",
                                        "asset-paths",
                                        "snapshot-paths",
                                        "function-paths",
                                        "clean-targets",
                                        "profile",
                                        "log-path",
                                        "target-path",
                                        "quoting",
                                        "on-run-start",
                                        "on-run-end",
                                        "require-dbt-version",
                                        "dispatch",
                                        "models",
                                        "functions",
                                        "seeds",
                                        "snapshots",
                                        "analyses",
                                        "sources",
                                        "tests",
                                        "data_tests",
                                        "unit_tests",
                                        "metrics",
                                        "semantic-models",
                                        "saved-queries",
                                        "exposures",
                                        "vars",
                                        "packages-install-path",
                                        "query-comment",
                                        "restrict-access",
                                        "dbt-cloud",
                                        "flags",
                                        "packages",
                                        NULL};
    AUTO_FREE(arena) Arena *arena = arena_new("project check");
    StrVec unknown = {0};
    for (VALUE_EACH_ENTRY(it, file)) {
        if (!value_is(&it->key, VALUE_STRING) || !is_one_of(it->key.as.text, known)) {
            StrBuf shown = strbuf_init(arena, LIMIT_ERROR_BYTES);
            python_repr(&it->key, &shown);
            VEC_PUSH(arena, &unknown, strbuf_str(&shown));
        }
    }
    return unknown.len > 0 ? unknown_keys_error(arena, &unknown) : NULL;
}

static Error *check_name(const Value *file, Str *out_name)
{
    const Value *name = value_find(file, STR("name"));
    if (name == NULL) {
        return error_new(ERR_CONFIG, "Project name is required in " PROJECT_FILE);
    }
    if (!value_is(name, VALUE_STRING)) {
        return type_error("name", name, "string");
    }
    if (!is_identifier(name->as.text)) {
        return value_error(ERR_CONFIG, name,
                           "at path ['name']: '" STR_FMT "' does not match '^[^\\\\d\\\\W]\\\\w*$'",
                           STR_ARG(name->as.text));
    }
    *out_name = name->as.text;
    return NULL;
}

static Error *check_version(const Value *file)
{
    const Value *version = value_find(file, STR("version"));
    if (version == NULL || value_is(version, VALUE_FLOAT) || value_is(version, VALUE_DECIMAL)) {
        return NULL;
    }
    if (value_is(version, VALUE_STRING) && str_find_char(version->as.text, '.') != SIZE_MAX) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("project check");
    StrBuf shown = strbuf_init(arena, 1000);
    python_repr(version, &shown);
    return error_new(ERR_CONFIG,
                     "at path ['version']: " STR_FMT " is not valid under any of the given schemas",
                     STR_ARG(strbuf_str(&shown)));
}

/* ---- Reading ---- */

/* A list of paths under `key`, or under its older name. */
static Error *read_paths(Arena *arena, const Value *file, const char *key, const char *old_key,
                         const char *preset, StrVec *out)
{
    const Value *paths = value_find(file, str_from(key));
    const Value *old = old_key != NULL ? value_find(file, str_from(old_key)) : NULL;
    if (paths != NULL && old != NULL) {
        return error_new(ERR_CONFIG,
                         "%s and %s cannot both be defined. The `%s` config has been deprecated in "
                         "favor of `%s`. Please update your `dbt_project.yml` configuration to "
                         "reflect this change.",
                         old_key, key, old_key, key);
    }
    paths = old != NULL ? old : paths;
    if (value_is_null(paths)) {
        VEC_PUSH(arena, out, str_from(preset));
        return NULL;
    }
    return value_get_strings(arena, paths, str_from(key), VALUE_LIST_ONLY, out);
}

static unsigned read_quoting(const Value *file)
{
    static const struct {
        const char *key;
        RelationPart part;
    } parts[] = {
        {"database", PART_DATABASE}, {"schema", PART_SCHEMA}, {"identifier", PART_IDENTIFIER}};
    const Value *quoting = value_find(file, STR("quoting"));
    unsigned flags = PARTS_ALL;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const Value *on = value_find(quoting, str_from(parts[i].key));
        if (value_is(on, VALUE_BOOL) && !on->as.boolean) {
            flags &= ~(unsigned)parts[i].part;
        }
    }
    return flags;
}

static Error *read_dispatch(Arena *arena, const Value *file, DispatchOrderVec *out)
{
    const Value *list = value_find(file, STR("dispatch"));
    for (VALUE_EACH(entry, list)) {
        DispatchOrder order = {0};
        const Value *search = value_find(entry, STR("search_order"));
        order.macro_namespace = value_text_or(value_find(entry, STR("macro_namespace")), (Str){0});
        if (order.macro_namespace.len == 0 || !value_is(search, VALUE_LIST)) {
            return value_error(ERR_CONFIG, entry, "Invalid project dispatch config");
        }
        TRY(value_get_strings(arena, search, STR("search_order"), VALUE_LIST_ONLY,
                              &order.search_order));
        VEC_PUSH(arena, out, order);
    }
    return NULL;
}

static Error *read_all_paths(Arena *arena, const Value *file, ProjectFileDef *def)
{
    const struct {
        const char *key, *old_key, *preset;
        StrVec *out;
    } rows[] = {
        {"model-paths", "source-paths", "models", &def->model_paths},
        {"seed-paths", "data-paths", "seeds", &def->seed_paths},
        {"test-paths", NULL, "tests", &def->test_paths},
        {"snapshot-paths", NULL, "snapshots", &def->snapshot_paths},
        {"macro-paths", NULL, "macros", &def->macro_paths},
        {"analysis-paths", NULL, "analyses", &def->analysis_paths},
        {"function-paths", NULL, "functions", &def->function_paths},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        TRY(read_paths(arena, file, rows[i].key, rows[i].old_key, rows[i].preset, rows[i].out));
    }
    return NULL;
}

/* Where the program itself writes. */
static void read_own_paths(const Value *file, ProjectFileDef *def)
{
    def->target_path = value_text_or(value_find(file, STR("target-path")), STR("target"));
    def->log_path = value_text_or(value_find(file, STR("log-path")), STR("logs"));
    def->packages_path =
        value_text_or(value_find(file, STR("packages-install-path")), STR("dbt_packages"));
}

Error *project_file_raw(Arena *arena, Str root, ProjectFileDef *out)
{
    ProjectFileDef def = {.root = root};
    TRY(load_yaml(arena, root, NULL, &def.file));
    TRY(check_name(def.file, &def.name));
    read_own_paths(def.file, &def);
    *out = def;
    return NULL;
}

Error *project_file_load(Arena *arena, Str root, YamlRenderer *renderer, ProjectFileDef *out)
{
    const Value *raw = NULL;
    DuplicateKeyVec twice = {0};
    TRY(load_yaml(arena, root, &twice, &raw));
    Value *file = ARENA_NEW(arena, Value);
    TRY(yaml_render(renderer, raw, keep_unrendered, file));
    ProjectFileDef def = {.root = root, .file = file, .twice = twice};
    TRY(check_name(file, &def.name));
    TRY(check_version(file));
    TRY(check_maps(file));
    TRY(check_vars(file));
    TRY(check_keys(file));
    TRY(read_all_paths(arena, file, &def));
    TRY(read_dispatch(arena, file, &def.dispatch));
    def.profile = value_text_or(value_find(file, STR("profile")), (Str){0});
    read_own_paths(file, &def);
    def.vars = value_find(file, STR("vars"));
    def.quoting = read_quoting(file);
    *out = def;
    return NULL;
}

const Value *project_file_tree(const ProjectFileDef *project, Str key)
{
    const Value *tree = value_find(project->file, key);
    if (tree == NULL && str_is(key, "data_tests")) {
        tree = value_find(project->file, STR("tests"));
    }
    return tree;
}

Error *project_file_packages(Arena *arena, const ProjectFileDef *project, StrVec *out)
{
    Str directory = fs_join(arena, project->root, project->packages_path);
    if (!fs_is_directory(directory.data)) {
        return NULL;
    }
    FsEntryVec entries = {0};
    TRY(fs_walk(arena, directory.data, FS_WALK_DIRECTORIES, &entries));
    for (VEC_EACH(FsEntry, entry, &entries)) {
        bool package = !str_starts_with(fs_base_name(entry->path), STR("__"));
        if (package && fs_is_directory(entry->path.data)) {
            VEC_PUSH(arena, out, entry->path);
        }
    }
    return NULL;
}
