#include "transform/console/deprecation.h"

#include "base/limits.h"
#include "transform/console/fold.h"
#include "transform/flag/event_names.h"

/* What stands in front of the text: "[WARNING][Name]: Deprecated functionality", the same without
 * the name, or "[WARNING]: ". dbt has a flag to name them all, which changes nothing in 1.11. */
typedef enum Heading { HEADING_NAMED, HEADING_TITLE, HEADING_BARE } Heading;

/* Those that have no name in front. */
static const struct {
    const char *event;
    Heading heading;
} headings[] = {
    {"ConfigDataPathDeprecation", HEADING_TITLE},
    {"ConfigLogPathDeprecation", HEADING_TITLE},
    {"ConfigSourcePathDeprecation", HEADING_TITLE},
    {"ConfigTargetPathDeprecation", HEADING_TITLE},
    {"DuplicateNameDistinctNodeTypesDeprecation", HEADING_TITLE},
    {"EnvironmentVariableNamespaceDeprecation", HEADING_TITLE},
    {"EnvironmentVariableRenamed", HEADING_TITLE},
    {"ExposureNameDeprecation", HEADING_TITLE},
    {"MFCumulativeTypeParamsDeprecation", HEADING_BARE},
    {"MFTimespineWithoutYamlConfigurationDeprecation", HEADING_BARE},
    {"MicrobatchMacroOutsideOfBatchesDeprecation", HEADING_BARE},
    {"ModelParamUsageDeprecation", HEADING_TITLE},
    {"PackageInstallPathDeprecation", HEADING_TITLE},
    {"PackageMaterializationOverrideDeprecation", HEADING_BARE},
    {"ProjectFlagsMovedDeprecation", HEADING_TITLE},
    {"ResourceNamesWithSpacesDeprecation", HEADING_BARE},
    {"SourceFreshnessProjectHooksNotRun", HEADING_BARE},
    {"SourceOverrideDeprecation", HEADING_TITLE},
};

static Heading heading_of(const char *event)
{
    for (size_t i = 0; i < ARRAY_LEN(headings); i++) {
        if (strcmp(headings[i].event, event) == 0) {
            return headings[i].heading;
        }
    }
    return HEADING_NAMED;
}

/* The text with what is in front, in lines. */
static Str headed(Arena *arena, const Reporter *reporter, const Flags *flags,
                  const ReportEvent *event)
{
    Heading heading = heading_of(event->name);
    Str name = heading == HEADING_NAMED ? str_printf(arena, "[%s]", event->name) : (Str){0};
    Str title = heading != HEADING_BARE ? STR("Deprecated functionality\n\n") : (Str){0};
    Str text = str_printf(arena, "[%s]" STR_FMT ": " STR_FMT STR_FMT,
                          reporter->colors ? "\x1b[33mWARNING\x1b[0m" : "WARNING", STR_ARG(name),
                          STR_ARG(title), STR_ARG(event->text));
    bool as_written = strcmp(event->name, "ProjectFlagsMovedDeprecation") == 0;
    return as_written ? text : text_fold(arena, text, flag_width(flags));
}

/* True when it is the first one. */
static bool count_use(DeprecationTally *tally, const char *event, Str what)
{
    for (VEC_EACH(DeprecationCount, it, &tally->counts)) {
        if (strcmp(it->event, event) == 0 && str_eq(it->what, what)) {
            it->met++;
            return false;
        }
    }
    DeprecationCount first = {.event = event, .what = str_dup(tally->arena, what), .met = 1};
    VEC_PUSH(tally->arena, &tally->counts, first);
    return true;
}

void report_deprecation(const Session *session, const ReportEvent *event, Str what)
{
    DeprecationTally *tally = session->reporter->deprecations;
    if (tally == NULL || report_has_raised(session)) {
        return; /* the work stops there */
    }
    AUTO_FREE(arena) Arena *arena = arena_new("deprecation");
    ReportEvent told = *event;
    told.text = headed(arena, session->reporter, session->flags, event);
    bool raised =
        warn_error_fate(&session->flags->warn_error, str_from(event->name)) == WARNING_IS_ERROR;
    bool first = raised || count_use(tally, event->name, what);
    if (first || flag_on(session->flags, DBT_SHOW_ALL_DEPRECATIONS)) {
        report_warning_event(session, &told, false);
    }
}

void report_deprecated(const Session *session, const char *name, Str text)
{
    ReportEvent event = {.name = name, .text = text};
    report_deprecation(session, &event, (Str){0});
}

/* ---- Where flags come from ---- */

static void report_old_variables(const Session *session, Arena *arena)
{
    const StrVec *pairs = &session->flags->old_variables;
    for (size_t i = 0; i + 1 < pairs->len; i += 2) {
        Str old = pairs->data[i], now = pairs->data[i + 1];
        ReportField fields[] = {{"old_name", value_string(old)}, {"new_name", value_string(now)}};
        ReportEvent event = {
            .name = "EnvironmentVariableRenamed",
            .text = str_printf(
                arena,
                "The environment variable `" STR_FMT "` has been renamed as `" STR_FMT
                "`.\nIf `" STR_FMT "` is currently set, its value will be used instead of `" STR_FMT
                "`.\nSet `" STR_FMT "` and unset `" STR_FMT
                "` to avoid this deprecation warning and ensure it works properly "
                "in a future release.",
                STR_ARG(old), STR_ARG(now), STR_ARG(old), STR_ARG(now), STR_ARG(now), STR_ARG(old)),
            .fields = fields,
            .field_count = ARRAY_LEN(fields)};
        report_deprecation(session, &event, old);
    }
}

static void report_renamed_options(const Session *session, Arena *arena)
{
    bool include = (session->flags->weo_renamed & WEO_INCLUDE) != 0;
    bool exclude = (session->flags->weo_renamed & WEO_EXCLUDE) != 0;
    if (!include && !exclude) {
        return;
    }
    ReportField fields[] = {{"found_include", value_bool(include)},
                            {"found_exclude", value_bool(exclude)}};
    ReportEvent event = {
        .name = "WEOIncludeExcludeDeprecation",
        .text = str_printf(arena, "Found %s%s%s in `warn_error_options` specification.%s%s",
                           include ? "`include`" : "", include && exclude ? " and " : "",
                           exclude ? "`exclude`" : "",
                           include ? " Please use `error` instead of `include`." : "",
                           exclude ? " Please use `warn` instead of `exclude`." : ""),
        .fields = fields,
        .field_count = ARRAY_LEN(fields)};
    report_deprecation(session, &event, (Str){0});
}

static void report_odd_variables(const Session *session, Arena *arena)
{
    for (VEC_EACH(const Str, name, &session->flags->odd_variables)) {
        ReportField fields[] = {{"env_var", value_string(*name)},
                                {"reserved_prefix", value_string(STR("DBT_ENGINE"))}};
        ReportEvent event = {
            .name = "EnvironmentVariableNamespaceDeprecation",
            .text = str_printf(arena,
                               "Found custom environment variable `" STR_FMT
                               "` in the environment. The prefix `DBT_ENGINE` is reserved for dbt "
                               "engine environment variables. Custom environment variables with "
                               "the prefix `DBT_ENGINE` may cause collisions and runtime errors.",
                               STR_ARG(*name)),
            .fields = fields,
            .field_count = ARRAY_LEN(fields)};
        report_deprecation(session, &event, (Str){0});
    }
}

void report_deprecated_flags(const Session *session)
{
    AUTO_FREE(arena) Arena *arena = arena_new("deprecated flags");
    report_old_variables(session, arena);
    if (session->flags->old_home) {
        report_deprecated(session, "ProjectFlagsMovedDeprecation",
                          STR("User config should be moved from the 'config' key in profiles.yml "
                              "to the 'flags' key in dbt_project.yml."));
    }
    report_renamed_options(session, arena);
    if (session->options->models_option) {
        report_deprecated(session, "ModelParamUsageDeprecation",
                          STR("Usage of `--models`, `--model`, and `-m` is deprecated in favor of "
                              "`--select` or `-s`."));
    }
    report_odd_variables(session, arena);
}

/* ---- The end ---- */

static Value summaries_value(Arena *arena, const DeprecationTally *tally)
{
    ValueVec items = {0};
    for (VEC_EACH(const DeprecationCount, it, &tally->counts)) {
        ValueMapBuilder map = value_map_begin(arena);
        Str event = str_from(it->event);
        value_map_set(&map, STR("event_name"), value_string(event));
        value_map_set(&map, STR("event_code"), value_string(event_code(event)));
        value_map_set(&map, STR("occurrences"), value_int((int64_t)it->met));
        VEC_PUSH(arena, &items, value_map_end(&map));
    }
    return value_list_of(&items);
}

DeprecationSummary deprecation_summary(Arena *arena, const Reporter *reporter, const Flags *flags)
{
    static const char name[] = "DeprecationsSummary";
    const DeprecationTally *tally = reporter->deprecations;
    if (tally == NULL || tally->counts.len == 0) {
        return (DeprecationSummary){.fate = WARNING_SILENT};
    }
    bool all = flag_on(flags, DBT_SHOW_ALL_DEPRECATIONS);
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&text, "Summary of encountered deprecations:");
    for (VEC_EACH(const DeprecationCount, it, &tally->counts)) {
        strbuf_printf(&text, "\n\n- %s: %zu occurrence%s", it->event, it->met,
                      it->met == 1 ? "" : "s");
    }
    if (!all) {
        strbuf_add_c(&text, "\n\nTo see all deprecation instances instead of just the first "
                            "occurrence of each, run command again with the "
                            "`--show-all-deprecations` flag. You may also need to run with "
                            "`--no-partial-parse` as some deprecations are only encountered during "
                            "parsing.");
    }
    ReportField *fields = ARENA_ARRAY(arena, ReportField, 2);
    fields[0] = (ReportField){"summaries", summaries_value(arena, tally)};
    fields[1] = (ReportField){"show_all_hint", value_bool(!all)};
    DeprecationSummary summary = {.event = {.name = name,
                                            .level = LOG_WARNING,
                                            .text = strbuf_str(&text),
                                            .fields = fields,
                                            .field_count = 2},
                                  .fate = warn_error_fate(&flags->warn_error, str_from(name))};
    summary.event.text = headed(arena, reporter, flags, &summary.event);
    return summary;
}
