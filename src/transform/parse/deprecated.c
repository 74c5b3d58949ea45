#include "transform/parse/deprecated.h"

#include "base/fs.h"
#include "base/limits.h"
#include "transform/console/deprecation.h"
#include "transform/python/text.h"

void report_duplicate_keys(const Session *session, Str shown, const DuplicateKeyVec *twice)
{
    AUTO_FREE(arena) Arena *arena = arena_new("duplicate keys");
    for (VEC_EACH(const DuplicateKey, it, twice)) {
        Str text = str_printf(arena,
                              "Duplicate key '" STR_FMT "' in \"<unicode string>\", line %u, "
                              "column %u",
                              STR_ARG(python_str(&it->key, arena)), it->key.line, it->key.column);
        ReportField fields[] = {{"duplicate_description", value_string(text)},
                                {"file", value_string(shown)}};
        ReportEvent event = {.name = "DuplicateYAMLKeysDeprecation",
                             .text = str_printf(arena, STR_FMT " in file `" STR_FMT "`",
                                                STR_ARG(text), STR_ARG(shown)),
                             .fields = fields,
                             .field_count = ARRAY_LEN(fields)};
        report_deprecation(session, &event, (Str){0});
    }
}

/* ---- dbt_project.yml ---- */

/* Keys that have another name now. */
static void report_renamed_path(const Session *session, Arena *arena, const char *event_name,
                                const char *old_key, const char *key)
{
    ReportField fields[] = {{"deprecated_path", value_string(str_from(old_key))},
                            {"exp_path", value_string(str_from(key))}};
    ReportEvent event = {.name = event_name,
                         .text = str_printf(arena,
                                            "The `%s` config has been renamed to `%s`. Please "
                                            "update your `dbt_project.yml` configuration to "
                                            "reflect this change.",
                                            old_key, key),
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    report_deprecation(session, &event, (Str){0});
}

/* Keys that have become options. */
static void report_own_path(const Session *session, Arena *arena, const char *event_name,
                            const char *key, const char *what, const char *variable)
{
    ReportField fields[] = {{"deprecated_path", value_string(str_from(key))}};
    ReportEvent event = {
        .name = event_name,
        .text = str_printf(arena,
                           "The `%s` config in `dbt_project.yml` has been deprecated, and will no "
                           "longer be supported in a future version of dbt-core. If you wish to "
                           "write dbt %s to a custom directory, please use the --%s CLI flag or %s "
                           "env var instead.",
                           key, what, key, variable),
        .fields = fields,
        .field_count = ARRAY_LEN(fields)};
    report_deprecation(session, &event, (Str){0});
}

void report_deprecated_project(const Session *session, const ProjectFileDef *project)
{
    static const struct {
        const char *event, *key, *preset;
        const char *now;             /* what it is called now, or NULL */
        const char *what, *variable; /* what it is the place of, and what sets it now */
    } rows[] = {
        {"ConfigSourcePathDeprecation", "source-paths", NULL, "model-paths", NULL, NULL},
        {"ConfigDataPathDeprecation", "data-paths", NULL, "seed-paths", NULL, NULL},
        {"ConfigLogPathDeprecation", "log-path", "logs", NULL, "logs", "DBT_LOG_PATH"},
        {"ConfigTargetPathDeprecation", "target-path", "target", NULL, "artifacts",
         "DBT_TARGET_PATH"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("deprecated project");
    Str path = fs_join(arena, project->root, STR("dbt_project.yml"));
    report_duplicate_keys(session, path, &project->twice);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const Value *value = value_find(project->file, str_from(rows[i].key));
        bool usual = rows[i].preset != NULL && value_is(value, VALUE_STRING) &&
                     str_is(value->as.text, rows[i].preset);
        if (value == NULL || usual) {
            continue;
        }
        if (rows[i].now != NULL) {
            report_renamed_path(session, arena, rows[i].event, rows[i].key, rows[i].now);
        } else {
            report_own_path(session, arena, rows[i].event, rows[i].key, rows[i].what,
                            rows[i].variable);
        }
    }
}

/* ---- Property files ---- */

static void report_moved_key(const Session *session, Arena *arena, const TestTarget *target,
                             const TestHabits *habits, Str key)
{
    Str path =
        str_printf(arena, "data_tests." STR_FMT "." STR_FMT, STR_ARG(habits->test), STR_ARG(key));
    Str file = target->yaml_path;
    ReportField fields[] = {
        {"key", value_string(key)}, {"file", value_string(file)}, {"key_path", value_string(path)}};
    ReportEvent event = {
        .name = "PropertyMovedToConfigDeprecation",
        .text = str_printf(arena,
                           "Found `" STR_FMT "` as a top-level property of `" STR_FMT
                           "` in file `" STR_FMT "`. The `" STR_FMT
                           "` top-level property should be moved into the "
                           "`config` of `" STR_FMT "`.",
                           STR_ARG(key), STR_ARG(path), STR_ARG(file), STR_ARG(key), STR_ARG(path)),
        .fields = fields,
        .field_count = ARRAY_LEN(fields)};
    report_deprecation(session, &event, (Str){0});
}

static void report_test_arguments(const Session *session, const char *name, const char *format,
                                  Str test)
{
    AUTO_FREE(arena) Arena *arena = arena_new("test arguments");
    ReportField fields[] = {{"test_name", value_string(test)}};
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    strbuf_printf(&text, "Found %s" STR_FMT, format, STR_ARG(test));
    strbuf_add_c(&text, name[0] == 'M'
                            ? ". Arguments to generic tests should be nested under the "
                              "`arguments` property."
                            : " without usage of `require_generic_test_arguments_property` "
                              "behavior change flag. The `arguments` property is deprecated for "
                              "custom usage and will be used to nest keyword arguments in future "
                              "versions of dbt.");
    ReportEvent event = {.name = name,
                         .text = strbuf_str(&text),
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    report_deprecation(session, &event, (Str){0});
}

void report_deprecated_test(const Session *session, const TestTarget *target, Str package,
                            const TestHabits *habits)
{
    AUTO_FREE(arena) Arena *arena = arena_new("deprecated test");
    for (VEC_EACH(const Str, key, &habits->moved)) {
        report_moved_key(session, arena, target, habits, *key);
    }
    if (habits->bare_arguments) {
        report_test_arguments(session, "MissingArgumentsPropertyInGenericTestDeprecation",
                              "top-level arguments to test ",
                              str_printf(arena,
                                         "`" STR_FMT "` defined on '" STR_FMT
                                         "' in package '" STR_FMT "' (" STR_FMT ")",
                                         STR_ARG(habits->test), STR_ARG(target->name),
                                         STR_ARG(package), STR_ARG(target->yaml_path)));
    }
    if (habits->own_arguments != NULL) {
        report_test_arguments(session, "ArgumentsPropertyInGenericTestDeprecation",
                              "`arguments` property in test definition of ",
                              str_printf(arena, "`" STR_FMT "` (" STR_FMT ")",
                                         STR_ARG(habits->test),
                                         STR_ARG(python_str(habits->own_arguments, arena))));
    }
}

static bool is_word(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || ((unsigned char)c & 0x80u) != 0;
        if (!fine) {
            return false;
        }
    }
    return true;
}

void report_exposure_name(const Session *session, Str name)
{
    AUTO_FREE(arena) Arena *arena = arena_new("exposure name");
    if (is_word(name)) {
        return;
    }
    ReportField fields[] = {{"exposure", value_string(name)}};
    ReportEvent event = {
        .name = "ExposureNameDeprecation",
        .text = str_printf(arena,
                           "Starting in v1.3, the 'name' of an exposure should contain only "
                           "letters, numbers, and underscores. Exposures support a new property, "
                           "'label', which may contain spaces, capital letters, and special "
                           "characters. " STR_FMT
                           " does not follow this pattern. Please update the 'name', and use the "
                           "'label' property for a human-friendly title. This will raise an error "
                           "in a future version of dbt-core.",
                           STR_ARG(name)),
        .fields = fields,
        .field_count = ARRAY_LEN(fields)};
    report_deprecation(session, &event, (Str){0});
}

void report_stray_tags(const Session *session, Str path, const StrVec *words)
{
    AUTO_FREE(arena) Arena *arena = arena_new("stray tags");
    for (VEC_EACH(const Str, word, words)) {
        Str text = str_printf(arena, "Found unexpected '" STR_FMT "' block tag.", STR_ARG(*word));
        ReportField fields[] = {{"msg", value_string(text)}, {"file", value_string(path)}};
        ReportEvent event = {.name = "UnexpectedJinjaBlockDeprecation",
                             .text = str_printf(arena, STR_FMT " in file `" STR_FMT "`",
                                                STR_ARG(text), STR_ARG(path)),
                             .fields = fields,
                             .field_count = ARRAY_LEN(fields)};
        report_deprecation(session, &event, (Str){0});
    }
}

/* ---- Names ---- */

void report_same_names(const Session *session)
{
    AUTO_FREE(arena) Arena *arena = arena_new("same names");
    for (VEC_EACH(const SameName, it, &session->manifest->same_names)) {
        const Node *first = it->first, *second = it->second;
        ReportField fields[] = {{"resource_name", value_string(first->name)},
                                {"unique_id1", value_string(first->unique_id)},
                                {"unique_id2", value_string(second->unique_id)},
                                {"package_name", value_string(first->package)}};
        ReportEvent event = {
            .name = "DuplicateNameDistinctNodeTypesDeprecation",
            .text = str_printf(arena,
                               "Found resources with the same name '" STR_FMT
                               "' in package '" STR_FMT "': '" STR_FMT "' and '" STR_FMT
                               "'. Please update one of the resources to have a unique name.",
                               STR_ARG(first->name), STR_ARG(first->package),
                               STR_ARG(first->unique_id), STR_ARG(second->unique_id)),
            .fields = fields,
            .field_count = ARRAY_LEN(fields)};
        report_deprecation(session, &event, (Str){0});
    }
}

static void report_spaces(const Session *session, Arena *arena, const Node *node)
{
    Str text =
        str_printf(arena, "Found spaces in the name of `" STR_FMT "`", STR_ARG(node->unique_id));
    report_folded_warning(session, "SpacesInResourceNameDeprecation", text);
}

Error *parse_check_names(const Session *session)
{
    AUTO_FREE(arena) Arena *arena = arena_new("names");
    bool refused = behaviour_on(session->flags, "require_resource_names_without_spaces");
    bool debug = flag_on(session->flags, DBT_DEBUG);
    StrBuf list = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    size_t found = 0;
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        const Node *node = *it;
        if (!str_is(resource_type_member(node->type), "nodes") ||
            str_find_char(node->name, ' ') == SIZE_MAX) {
            continue;
        }
        if (!refused && (found == 0 || debug)) {
            report_spaces(session, arena, node);
        }
        strbuf_printf(&list, "  * '" STR_FMT "' (" STR_FMT ")\n", STR_ARG(node->unique_id),
                      STR_ARG(node->original_path));
        found++;
    }
    if (found > 0 && refused) {
        return error_new(ERR_CONFIG,
                         "Resource names cannot contain spaces:\n" STR_FMT
                         "Please rename the invalid model(s) so that their name(s) do not contain "
                         "any spaces.",
                         STR_ARG(strbuf_str(&list)));
    }
    if (found > 0) {
        Str text = str_printf(arena,
                              "Spaces found in %zu resource name(s). This is deprecated, and may "
                              "lead to errors when using dbt.%s For more information: "
                              "https://docs.getdbt.com/reference/global-configs/legacy-behaviors",
                              found, debug ? "" : " Run again with `--debug` to see them all.");
        report_deprecated(session, "ResourceNamesWithSpacesDeprecation", text);
    }
    return NULL;
}
