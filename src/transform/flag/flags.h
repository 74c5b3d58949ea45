/* transform/flag/flags.h - dbt's flags: settings of an invocation that may be given on the command
 * line, by the environment and under `flags:` in dbt_project.yml. The first of these that has one
 * counts, then the preset. The tables below are all there is to know of them: the command line
 * makes its options of GLOBAL_FLAGS, and artifacts and templates show them all.
 *
 * A Flags is made once, in an arena, and then does not change. */
#ifndef TRANSFORM_FLAG_FLAGS_H
#define TRANSFORM_FLAG_FLAGS_H

#include "base/error.h"
#include "transform/flag/warn_error.h"
#include "value/value.h"

/* Values of a CHOICE; each ends with NULL. */
extern const char *const flag_levels[];
extern const char *const flag_formats[];
extern const char *const flag_modes[];

/* Taken by every command of dbt: id, letter, name, kind, what help calls the value, the values it
 * can have (NULL: any), preset ("" for none), whether `flags:` may hold it, whether help leaves it
 * out, help.
 *
 * Kinds: SWITCH --x and --no-x, ON --x alone, TEXT, INT, CHOICE one of its values, YAML a map. */
#define GLOBAL_FLAGS(X) \
    X(DEBUG, 'd', "debug", SWITCH, NULL, NULL, "false", true, false, \
      "also tell what is done on the way, and the SQL that is run") \
    X(QUIET, 'q', "quiet", SWITCH, NULL, NULL, "false", false, false, \
      "print errors and results only") \
    X(PRINT, 0, "print", SWITCH, NULL, NULL, "true", false, false, \
      "let print() of templates print (the default)") \
    X(PRINTER_WIDTH, 0, "printer-width", INT, "N", NULL, "80", true, false, \
      "how wide the lines of nodes are") \
    X(LOG_LEVEL, 0, "log-level", CHOICE, "LEVEL", flag_levels, "info", true, false, \
      "what is told from on") \
    X(LOG_FORMAT, 0, "log-format", CHOICE, "FORMAT", flag_formats, "default", true, false, \
      "how it is told") \
    X(LOG_LEVEL_FILE, 0, "log-level-file", CHOICE, "LEVEL", flag_levels, "debug", true, false, \
      "what goes into dbt.log") \
    X(LOG_FORMAT_FILE, 0, "log-format-file", CHOICE, "FORMAT", flag_formats, "debug", true, false, \
      "how it is written there") \
    X(LOG_PATH, 0, "log-path", TEXT, "PATH", NULL, "", false, false, "where dbt.log goes") \
    X(LOG_FILE_MAX_BYTES, 0, "log-file-max-bytes", INT, "N", NULL, "10485760", false, false, \
      "size of dbt.log from which it is put aside and begun anew; 0: never") \
    X(USE_COLORS, 0, "use-colors", SWITCH, NULL, NULL, "true", true, false, \
      "colour even without a terminal, or never with --no-use-colors") \
    X(USE_COLORS_FILE, 0, "use-colors-file", SWITCH, NULL, NULL, "true", true, false, \
      "colours in dbt.log") \
    X(WARN_ERROR, 0, "warn-error", ON, NULL, NULL, "", true, false, "treat warnings as errors") \
    X(WARN_ERROR_OPTIONS, 0, "warn-error-options", YAML, "YAML", NULL, "", true, false, \
      "which warnings are errors: '{error: all, warn: [NAME], silence: [NAME]}'") \
    X(FAIL_FAST, 'x', "fail-fast", SWITCH, NULL, NULL, "false", true, false, \
      "stop at the first failure") \
    X(PROFILE, 0, "profile", TEXT, "PROFILE", NULL, "", false, false, \
      "the profile, in place of the project's") \
    X(TARGET, 't', "target", TEXT, "TARGET", NULL, "", false, false, "the profile's target") \
    X(STATE, 0, "state", TEXT, "PATH", NULL, "", false, false, \
      "a directory with the artifacts of an earlier run, for state: and result:") \
    X(DEFER, 0, "defer", SWITCH, NULL, NULL, "false", false, false, \
      "read models that are not built here from where --state has them") \
    X(DEFER_STATE, 0, "defer-state", TEXT, "PATH", NULL, "", false, false, \
      "the same directory for --defer alone") \
    X(FAVOR_STATE, 0, "favor-state", SWITCH, NULL, NULL, "false", false, false, \
      "with --defer, also those that are built here but not selected") \
    X(INDIRECT_SELECTION, 0, "indirect-selection", CHOICE, "MODE", flag_modes, "eager", true, \
      false, "which tests come along with selected models") \
    X(WRITE_JSON, 0, "write-json", SWITCH, NULL, NULL, "true", true, false, \
      "write manifest.json and run_results.json (the default)") \
    X(VERSION_CHECK, 0, "version-check", SWITCH, NULL, NULL, "true", true, false, \
      "check the version of dbt that projects ask for (the default)") \
    X(SHOW_ALL_DEPRECATIONS, 0, "show-all-deprecations", SWITCH, NULL, NULL, "false", false, \
      false, "tell every use of what is deprecated, not only the first one of each kind") \
    X(SINGLE_THREADED, 0, "single-threaded", SWITCH, NULL, NULL, "false", false, true, \
      "work on one node at a time") \
    X(CACHE_SELECTED_ONLY, 0, "cache-selected-only", SWITCH, NULL, NULL, "false", true, true, \
      "accepted; relations are listed by schema when they are asked for") \
    X(POPULATE_CACHE, 0, "populate-cache", SWITCH, NULL, NULL, "true", true, true, \
      "accepted; relations are listed by schema when they are asked for") \
    X(LOG_CACHE_EVENTS, 0, "log-cache-events", SWITCH, NULL, NULL, "false", false, true, \
      "accepted; the cache tells nothing") \
    X(MACRO_DEBUGGING, 0, "macro-debugging", SWITCH, NULL, NULL, "false", false, true, \
      "accepted; errors in macros name their lines anyway") \
    X(PARTIAL_PARSE, 0, "partial-parse", SWITCH, NULL, NULL, "true", true, true, \
      "accepted; parsing is always whole") \
    X(PARTIAL_PARSE_FILE_DIFF, 0, "partial-parse-file-diff", SWITCH, NULL, NULL, "true", false, \
      true, "accepted; parsing is always whole") \
    X(PARTIAL_PARSE_FILE_PATH, 0, "partial-parse-file-path", TEXT, "PATH", NULL, "", false, true, \
      "accepted; parsing is always whole") \
    X(STATIC_PARSER, 0, "static-parser", SWITCH, NULL, NULL, "true", true, true, \
      "accepted; there is one parser") \
    X(USE_EXPERIMENTAL_PARSER, 0, "use-experimental-parser", SWITCH, NULL, NULL, "false", true, \
      true, "accepted; there is one parser") \
    X(USE_FAST_TEST_EDGES, 0, "use-fast-test-edges", SWITCH, NULL, NULL, "false", false, true, \
      "accepted; they always are") \
    X(RECORD_TIMING_INFO, 'r', "record-timing-info", TEXT, "PATH", NULL, "", false, true, \
      "accepted; there is no Python to be measured") \
    X(SEND_ANONYMOUS_USAGE_STATS, 0, "send-anonymous-usage-stats", SWITCH, NULL, NULL, "true", \
      true, true, "accepted; nothing is ever sent") \
    X(UPLOAD_TO_ARTIFACTS_INGEST_API, 0, "upload-to-artifacts-ingest-api", SWITCH, NULL, NULL, \
      "false", false, true, "accepted; nothing is ever sent") \
    X(DEPRECATED_FAVOR_STATE, 0, "deprecated-favor-state", TEXT, "TEXT", NULL, "", false, true, \
      "accepted; for an old variable of the environment") \
    X(SHOW_RESOURCE_REPORT, 0, "show-resource-report", SWITCH, NULL, NULL, "false", false, true, \
      "accepted; no report is made")

/* Of some commands, whose own tables have the options; the environment may give them, too. */
#define LOCAL_FLAGS(X) \
    X(PROJECT_DIR, "project-dir", TEXT, "") \
    X(PROFILES_DIR, "profiles-dir", TEXT, "") \
    X(TARGET_PATH, "target-path", TEXT, "") \
    X(FULL_REFRESH, "full-refresh", ON, "false") \
    X(STORE_FAILURES, "store-failures", ON, "false") \
    X(EMPTY, "empty", SWITCH, "false") \
    X(SAMPLE, "sample", TEXT, "") \
    X(EVENT_TIME_START, "event-time-start", TIME, "") \
    X(EVENT_TIME_END, "event-time-end", TIME, "") \
    X(INTROSPECT, "introspect", SWITCH, "true") \
    X(RESOURCE_TYPES, "resource-type", WORDS, "") \
    X(EXCLUDE_RESOURCE_TYPES, "exclude-resource-type", WORDS, "") \
    X(CLEAN_PROJECT_FILES_ONLY, "clean-project-files-only", SWITCH, "true") \
    X(HOST, "host", TEXT, "127.0.0.1") \
    X(PORT, "port", INT, "8080")

/* Behaviour flags: only under `flags:`. */
#define BEHAVIOUR_FLAGS(X) \
    X("require_batched_execution_for_custom_microbatch_strategy", false) \
    X("require_event_names_in_deprecations", false) \
    X("require_explicit_package_overrides_for_builtin_materializations", true) \
    X("require_resource_names_without_spaces", true) \
    X("source_freshness_run_project_hooks", true) \
    X("skip_nodes_if_on_run_start_fails", false) \
    X("state_modified_compare_more_unrendered_values", false) \
    X("state_modified_compare_vars", false) \
    X("require_yaml_configuration_for_mf_time_spines", false) \
    X("require_nested_cumulative_type_params", false) \
    X("validate_macro_args", false) \
    X("require_all_warnings_handled_by_warn_error", false) \
    X("require_generic_test_arguments_property", true) \
    X("require_unique_project_resource_names", false) \
    X("require_ref_searches_node_package_before_root", false)

/* Class of errors that are about the command line itself: dbt tells them with how it is used. */
#define FLAG_USAGE_CLASS "usage"

typedef enum FlagId {
#define X(id, ...) DBT_##id,
    GLOBAL_FLAGS(X) LOCAL_FLAGS(X)
#undef X
        FLAG_ID_COUNT
} FlagId;

/* Where a value came from; a later one wins. */
typedef enum FlagOrigin { FROM_PRESET, FROM_FILE, FROM_ENVIRONMENT, FROM_CALLER } FlagOrigin;

/* What the caller was given on the command line, by FlagId. */
typedef struct FlagGiven {
    bool declared; /* the command takes it; of others the environment does not count */
    bool given;
    bool on;      /* of switches */
    StrVec words; /* of others; the last one counts, all of WORDS */
} FlagGiven;

typedef struct Flags {
    Value values[FLAG_ID_COUNT]; /* null: none */
    FlagOrigin origins[FLAG_ID_COUNT];
    const Value *behaviours; /* `flags:` of the project, or NULL */
    WarnErrorOptions warn_error;
    Str trouble;          /* why the flags of the file do not count, or empty */
    bool old_home;        /* they stand in profiles.yml */
    unsigned weo_renamed; /* WeoRenamed: old names used in warn_error_options */
    StrVec old_variables; /* environment variables with old names, and what they are called now */
    StrVec odd_variables; /* DBT_ENGINE_... that mean nothing */
} Flags;

/* The id of the option `name` ("log-level"); false for others. */
bool flag_id_find(Str name, FlagId *out);
/* "log-level" */
Str flag_name(FlagId id);
/* "log_level", as files, templates and artifacts write it. */
Str flag_key(Arena *arena, FlagId id);

/* Settles what `given` (FLAG_ID_COUNT of them, or NULL for nothing given to a command that takes
 * the global ones) and the environment say. ERR_USAGE for values that cannot be, in the words of
 * dbt. */
MUST_CHECK Error *flags_begin(Arena *arena, const FlagGiven *given, Flags **out);
/* Adds the `flags:` of the project in `root` or the `config:` of `profiles_file` (either path may
 * be empty: not looked at). ERR_CONFIG for what contradicts itself. The flags do not change after.
 */
MUST_CHECK Error *flags_finish(Arena *arena, Flags *flags, Str root, Str profiles_file);
/* The presets alone. */
void flags_preset(Flags *out);

bool flag_on(const Flags *flags, FlagId id);
/* The text, or NULL when there is none; NUL-terminated. */
const char *flag_text(const Flags *flags, FlagId id);
int64_t flag_int(const Flags *flags, FlagId id);
/* --printer-width: how many characters a line has. */
size_t flag_width(const Flags *flags);
/* Microseconds since 1970, as if it were in UTC; false when there is none. */
bool flag_time(const Flags *flags, FlagId id, int64_t *out_us);
StrVec flag_words(const Flags *flags, FlagId id, Arena *arena);
/* True when it was given, anywhere. */
static inline bool flag_is_given(const Flags *flags, FlagId id)
{
    return flags->origins[id] != FROM_PRESET;
}
/* A behaviour flag: as the project has it, else as dbt has it. */
bool behaviour_on(const Flags *flags, const char *name);
/* All of them as templates and artifacts show them, by key in lower case. */
void flags_put_all(const Flags *flags, ValueMapBuilder *out);

#endif
