#include <stdlib.h>

#include "base/fs.h"
#include "transform/python/text.h"
#include "transform/session_open.h"

/* Keys of a target that are no secret, and what they are when they are not given. */
static const char *const shown_keys[][2] = {
    {"database", "None"},
    {"schema", "None"},
    {"path", ":memory:"},
    {"config_options", "None"},
    {"extensions", "None"},
    {"settings", "{}"},
    {"external_root", "."},
    {"use_credential_provider", "None"},
    {"attach", "None"},
    {"filesystems", "None"},
    {"remote", "None"},
    {"plugins", "None"},
    {"disable_transactions", "False"},
};

static void say(const Session *session, Str text)
{
    report_text(session, LOG_INFO, "DebugCmdOut", text);
}

static void say_place(const Session *session, Arena *arena, const char *what, Str path)
{
    say(session, str_printf(arena, "Using %s at " STR_FMT, what, STR_ARG(path)));
}

static void say_connection(const Session *session, Arena *arena)
{
    const Value *target = session->profile->target_dict;
    say(session, STR("Connection:"));
    for (size_t i = 0; i < ARRAY_LEN(shown_keys); i++) {
        const Value *value = value_find(target, str_from(shown_keys[i][0]));
        bool given = value != NULL && !value_is_null(value);
        Str text = given ? python_str(value, arena) : str_from(shown_keys[i][1]);
        say(session, str_printf(arena, "  %s: " STR_FMT, shown_keys[i][0], STR_ARG(text)));
    }
}

/* Opens the warehouse and asks it something. */
static Error *try_connection(Session *session)
{
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(session_connect(session));
    TRY(connection_open(session->warehouse, &connection));
    return connection_execute(connection, STR("select 1 as id"), NULL, 0, NULL);
}

/* ---- What was found ---- */

typedef VEC(Str) ProblemVec;

static bool is_not_found(const Error *fault)
{
    return fault != NULL &&
           str_starts_with(error_message(error_root(fault)), STR("Could not find profiles.yml"));
}

static void note_missing_profiles(const Session *session, Arena *arena, ProblemVec *problems)
{
    const char *directory = session->options->profiles_dir;
    VEC_PUSH(
        arena, problems,
        str_printf(arena,
                   "dbt looked for a profiles.yml file in %s/profiles.yml, but did\n"
                   "not find one. For more information on configuring your profile, consult the\n"
                   "documentation:\n\nhttps://docs.getdbt.com/docs/configure-your-profile\n",
                   directory != NULL ? directory : "the project's directory and ~/.dbt"));
}

static void note_fault(ProblemVec *problems, Arena *arena, const char *what, const Error *fault)
{
    if (fault != NULL) {
        Str text = transform_error_text(fault, arena);
        VEC_PUSH(arena, problems,
                 str_printf(arena, "%s loading failed for the following reason:\n" STR_FMT "\n",
                            what, STR_ARG(text)));
    }
}

static void check_connection(Session *session, Arena *arena, ProblemVec *problems)
{
    Error *err = try_connection(session);
    if (err == NULL) {
        say(session, STR("  Connection test: [OK connection ok]\n\n"));
        return;
    }
    Str reason = error_message(error_root(err));
    say(session, STR("  Connection test: [ERROR]\n\n"));
    VEC_PUSH(arena, problems,
             str_printf(arena,
                        "dbt was unable to connect to the specified database.\n"
                        "The database returned the following error:\n\n  >" STR_FMT "\n\n"
                        "Check your database credentials and try again.\n",
                        STR_ARG(reason)));
    error_discard(err, "its text is among the problems");
}

static Error *tell_problems(const Session *session, Arena *arena, const ProblemVec *problems)
{
    if (problems->len == 0) {
        say(session, STR("All checks passed!"));
        return NULL;
    }
    say(session,
        str_printf(arena, "%zu check%s failed:", problems->len, problems->len == 1 ? "" : "s"));
    for (VEC_EACH(const Str, problem, problems)) {
        say(session, *problem);
    }
    return error_new(ERR_FAILED, "%zu checks failed", problems->len);
}

static bool is_program(Arena *arena, const char *name)
{
    const char *path = getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    Str rest = str_from(path != NULL ? path : ""), directory;
    while (str_next_piece(&rest, ':', &directory)) {
        if (fs_is_file(str_to_c(arena, fs_join(arena, directory, str_from(name))))) {
            return true;
        }
    }
    return false;
}

/* What else the project needs: git brings packages. */
static void check_dependencies(const Session *session, Arena *arena)
{
    say(session, STR("Required dependencies:"));
    bool found = is_program(arena, "git");
    say(session, found ? STR(" - git [OK found]\n\n") : STR(" - git [ERROR]\n\n"));
}

static void say_places(const Session *session, Arena *arena)
{
    const TransformOptions *options = session->options;
    Str file = {0};
    if (session->profile != NULL) {
        file = session->profile->file;
    } else if (options->profiles_dir != NULL) {
        file = fs_join(arena, str_from(options->profiles_dir), STR("profiles.yml"));
    }
    say(session, STR("dbt version: " TRANSFORM_DBT_VERSION));
    if (file.len > 0) {
        say_place(session, arena, "profiles dir", fs_directory_name(file));
        say_place(session, arena, "profiles.yml file", file);
    }
    say_place(session, arena, "dbt_project.yml file",
              fs_join(arena, session->projects.data[0].root, STR("dbt_project.yml")));
    if (session->profile != NULL) {
        say(session, STR("adapter type: duckdb"));
        say(session, STR("adapter version: " TRANSFORM_ADAPTER_VERSION));
    }
}

static void say_configuration(const Session *session, Arena *arena)
{
    bool profile = session->profile_fault == NULL, project = session->project_fault == NULL;
    const char *wrong = is_not_found(session->profile_fault) ? "ERROR not found" : "ERROR invalid";
    say(session, STR("Configuration:"));
    say(session,
        str_printf(arena, "  profiles.yml file [%s]", profile ? "OK found and valid" : wrong));
    say(session, str_printf(arena, "  dbt_project.yml file [%s]",
                            project ? "OK found and valid" : "ERROR invalid"));
    check_dependencies(session, arena);
}

Error *transform_debug(const TransformOptions *options, Reporter *reporter, DebugPart part)
{
    AUTO_FREE(session) Session *session = NULL;
    AUTO_FREE(arena) Arena *arena = arena_new("debug");
    TRY(session_open(options, reporter, "debug", &session));
    say(session, STR("Running with dbt=" TRANSFORM_DBT_VERSION));
    if (part == DEBUG_CONFIG_DIR && session->profile != NULL) {
        Str directory = fs_directory_name(session->profile->file);
        say(session, STR("To view your profiles.yml file, run:\n"));
        report_print(session, str_printf(arena, "xdg-open " STR_FMT, STR_ARG(directory)));
        return NULL;
    }
    ProblemVec problems = {0};
    if (is_not_found(session->profile_fault)) {
        note_missing_profiles(session, arena, &problems);
    } else {
        note_fault(&problems, arena, "Profile", session->profile_fault);
    }
    note_fault(&problems, arena, "Project", session->project_fault);
    say_places(session, arena);
    if (part == DEBUG_CONNECTION) {
        say(session, STR("Skipping steps before connection verification"));
    } else {
        say_configuration(session, arena);
    }
    if (session->profile == NULL) {
        say(session, STR("Connection test skipped since no profile was found"));
        return tell_problems(session, arena, &problems);
    }
    say_connection(session, arena);
    say(session, STR("Registered adapter: duckdb=" TRANSFORM_ADAPTER_VERSION));
    check_connection(session, arena, &problems);
    return tell_problems(session, arena, &problems);
}
