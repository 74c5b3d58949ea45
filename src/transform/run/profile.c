#include "transform/run/profile.h"

#include <stdlib.h>

#include "base/fs.h"
#include "transform/parse/yaml_render.h"

/* ---- Finding the file ---- */

static bool holds_profiles(Arena *arena, Str directory, Str *out_path)
{
    if (directory.len == 0) {
        return false;
    }
    *out_path = fs_join(arena, directory, STR("profiles.yml"));
    return fs_is_file(out_path->data);
}

Error *profile_find_file(Arena *arena, const ProfileSearch *search, Str *out_path)
{
    const char *home = getenv("HOME");
    Str given = search->directory;
    if (given.len > 0) {
        if (!holds_profiles(arena, given, out_path)) {
            return error_new(ERR_CONFIG, "Could not find profiles.yml in '" STR_FMT "'",
                             STR_ARG(given));
        }
        return NULL;
    }
    Str current = {0};
    TRY(fs_current_directory(arena, &current));
    Str home_directory = fs_join(arena, str_from(home != NULL ? home : "/"), STR(".dbt"));
    const Str places[] = {current, search->project_directory, search->fallback_directory,
                          home_directory};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (holds_profiles(arena, places[i], out_path)) {
            return NULL;
        }
    }
    return error_hint(
        error_new(ERR_CONFIG, "Could not find profile named '" STR_FMT "'", STR_ARG(search->name)),
        "there is no profiles.yml beside the project or in ~/.dbt");
}

/* ---- The target's block ---- */

static Error *unknown_target(const Value *outputs, Str profile, Str target)
{
    AUTO_FREE(arena) Arena *arena = arena_new("targets");
    StrBuf names = strbuf_init(arena, 10000);
    for (VALUE_EACH_ENTRY(entry, outputs)) {
        strbuf_printf(&names, "\n - " STR_FMT, STR_ARG(value_text_or(&entry->key, (Str){0})));
    }
    return error_new(ERR_CONFIG,
                     "The profile '" STR_FMT "' does not have a target named '" STR_FMT
                     "'. The valid target names for this profile are:" STR_FMT,
                     STR_ARG(profile), STR_ARG(target), STR_ARG(strbuf_str(&names)));
}

/* "warehouse" of "data/warehouse.duckdb", "memory" of ":memory:". */
static Str database_of_path(Str path)
{
    if (path.len == 0 || str_is(path, ":memory:")) {
        return STR("memory");
    }
    Str name = fs_base_name(path);
    size_t dot = str_find_last(name, STR("."));
    return dot != SIZE_MAX && dot > 0 ? str_slice(name, 0, dot) : name;
}

/* Keys of `target` in templates that come from the block as they are, in dbt's order. */
static const char *const shown_keys[] = {
    "config_options", "extensions",  "settings", "external_root", "use_credential_provider",
    "attach",         "filesystems", "remote",   "plugins",       "disable_transactions",
};

static Value default_of(Arena *arena, const char *key)
{
    if (strcmp(key, "settings") == 0) {
        ValueMapBuilder empty = value_map_begin(arena);
        return value_map_end(&empty);
    }
    if (strcmp(key, "external_root") == 0) {
        return value_string(STR("."));
    }
    return strcmp(key, "disable_transactions") == 0 ? value_bool(false) : value_null();
}

static const Value *target_dict(Arena *arena, const Profile *profile, const Value *block)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("database"), value_string(profile->database));
    value_map_set(&map, STR("schema"), value_string(profile->schema));
    value_map_set(&map, STR("path"), value_string(profile->path));
    for (size_t i = 0; i < ARRAY_LEN(shown_keys); i++) {
        const Value *given = value_find(block, str_from(shown_keys[i]));
        value_map_set(&map, str_from(shown_keys[i]),
                      given != NULL ? *given : default_of(arena, shown_keys[i]));
    }
    value_map_set(&map, STR("type"), value_string(STR("duckdb")));
    value_map_set(&map, STR("threads"), value_int(profile->threads));
    value_map_set(&map, STR("name"), value_string(profile->target));
    value_map_set(&map, STR("target_name"), value_string(profile->target));
    value_map_set(&map, STR("profile_name"), value_string(profile->name));
    Value *dict = ARENA_NEW(arena, Value);
    *dict = value_map_end(&map);
    return dict;
}

/* Databases that are reached through an extension are attached beside a file of DuckDB's own. */
static Error *check_path(Str path)
{
    static const char *const prefixes[] = {"ducklake:", "md:", "motherduck:"};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (str_starts_with(path, str_from(prefixes[i]))) {
            return error_hint(error_new(ERR_UNSUPPORTED,
                                        "the profile's path '" STR_FMT
                                        "' names no file of DuckDB, which it must",
                                        STR_ARG(path)),
                              "give a file as path, name the extension under 'extensions', and the "
                              "database under 'attach'");
        }
    }
    return NULL;
}

/* What needs Python, or a service that is none of DuckDB's own. */
static Error *refuse_python(const Value *block)
{
    static const char *const keys[] = {"plugins", "filesystems", "remote", "motherduck_token"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const Value *given = value_find(block, str_from(keys[i]));
        if (!value_is_null(given) && (value_len(given) > 0 || value_is(given, VALUE_STRING))) {
            return error_hint(
                error_new(ERR_UNSUPPORTED,
                          "the profile's '%s' is not supported: it needs Python code or a remote "
                          "service",
                          keys[i]),
                "take the key out of profiles.yml, and load such data with dango sync "
                "or a DuckDB extension");
        }
    }
    return NULL;
}

static Error *read_block(Arena *arena, const Value *block, Profile *profile)
{
    Str type = value_text_or(value_find(block, STR("type")), STR("duckdb"));
    if (!str_is(type, "duckdb")) {
        return value_error(ERR_UNSUPPORTED, value_find(block, STR("type")),
                           "there is no adapter for type '" STR_FMT "', only for 'duckdb'",
                           STR_ARG(type));
    }
    profile->path = value_text_or(value_find(block, STR("path")), STR(":memory:"));
    TRY(check_path(profile->path));
    profile->schema = value_text_or(value_find(block, STR("schema")), STR("main"));
    profile->database = database_of_path(profile->path);
    Str given = value_text_or(value_find(block, STR("database")), profile->database);
    if (!str_eq(given, profile->database) && value_find(block, STR("attach")) == NULL) {
        return error_new(ERR_CONFIG,
                         "Credentials in profile \"" STR_FMT "\", target \"" STR_FMT
                         "\" invalid: Runtime Error\n  Inconsistency detected between 'path' and "
                         "'database' fields in profile; the 'database' property must be set to "
                         "'" STR_FMT "' to match the 'path'",
                         STR_ARG(profile->name), STR_ARG(profile->target),
                         STR_ARG(profile->database));
    }
    const Value *threads = value_find(block, STR("threads"));
    if (profile->threads == 0 && threads != NULL) {
        TRY(value_get_int(threads, STR("threads"), &profile->threads));
    }
    profile->threads = profile->threads > 0 ? profile->threads : 1;
    profile->settings = value_find(block, STR("settings"));
    profile->config_options = value_find(block, STR("config_options"));
    profile->extensions = value_find(block, STR("extensions"));
    profile->secrets = value_find(block, STR("secrets"));
    profile->attach = value_find(block, STR("attach"));
    const Value *untied = value_find(block, STR("disable_transactions"));
    profile->without_transactions = value_is(untied, VALUE_BOOL) && untied->as.boolean;
    TRY(refuse_python(block));
    profile->target_dict = target_dict(arena, profile, block);
    return NULL;
}

/* ---- Loading ---- */

static Error *choose_target(const ProfileSearch *search, YamlRenderer *renderer,
                            const Value *chosen, Profile *profile)
{
    const Value *named = value_find(chosen, STR("target"));
    if (search->target.len > 0) {
        profile->target = search->target;
        return NULL;
    }
    if (named == NULL) {
        profile->target_was_missing = true;
        profile->target = STR("default");
        return NULL;
    }
    Value rendered;
    TRY(yaml_render(renderer, named, NULL, &rendered));
    return value_get_string(&rendered, STR("target"), &profile->target);
}

Value profile_made_up(Arena *arena, Str warehouse_path)
{
    ValueMapBuilder block = value_map_begin(arena);
    value_map_set(&block, STR("type"), value_string(STR("duckdb")));
    value_map_set(&block, STR("path"), value_string(warehouse_path));
    value_map_set(&block, STR("threads"), value_int(4));
    return value_map_end(&block);
}

/* A clone of a project lacks its profiles, for they are not committed: what they would say is
 * known. */
static Error *make_up(Arena *arena, const ProfileSearch *search, Profile *profile)
{
    Value whole = profile_made_up(arena, search->made_up_path);
    profile->target = STR("dev");
    if (search->target.len > 0 && !str_is(search->target, "dev")) {
        return error_hint(
            error_new(ERR_CONFIG, "there is no target '" STR_FMT "'", STR_ARG(search->target)),
            "write a profiles.yml beside dbt_project.yml that has it");
    }
    return read_block(arena, &whole, profile);
}

Error *profile_load(Arena *arena, const ProfileSearch *search, YamlRenderer *renderer,
                    const Profile **out)
{
    Profile *profile = ARENA_NEW(arena, Profile);
    *profile = (Profile){.name = search->name, .threads = search->threads};
    *out = profile;
    Error *missing = profile_find_file(arena, search, &profile->file);
    if (missing != NULL && search->made_up_path.len > 0 && search->directory.len == 0) {
        error_discard(missing, "one is made up");
        return make_up(arena, search, profile);
    }
    TRY(missing);
    const Value *document = NULL;
    TRY(yaml_load(arena, profile->file, profile->file, &document));
    const Value *chosen = value_find(document, profile->name);
    if (chosen == NULL) {
        return error_new(ERR_CONFIG, "Could not find profile named '" STR_FMT "'",
                         STR_ARG(profile->name));
    }
    TRY(choose_target(search, renderer, chosen, profile));
    const Value *outputs = value_find(chosen, STR("outputs"));
    const Value *raw = value_find(outputs, profile->target);
    if (raw == NULL) {
        return unknown_target(outputs, profile->name, profile->target);
    }
    Value *block = ARENA_NEW(arena, Value);
    TRY(yaml_render(renderer, raw, NULL, block));
    return read_block(arena, block, profile);
}
