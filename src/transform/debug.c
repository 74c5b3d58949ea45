#include <stdlib.h>

#include "base/fs.h"
#include "transform/python_text.h"
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

static Error *check_connection(Session *session, Arena *arena)
{
    Error *err = try_connection(session);
    if (err == NULL) {
        say(session, STR("  Connection test: [OK connection ok]\n\n"));
        say(session, STR("All checks passed!"));
        return NULL;
    }
    Str reason = error_message(error_root(err));
    say(session, STR("  Connection test: [ERROR]\n\n"));
    say(session, STR("1 check failed:"));
    say(session, str_printf(arena,
                            "dbt was unable to connect to the specified database.\n"
                            "The database returned the following error:\n\n  >" STR_FMT "\n\n"
                            "Check your database credentials and try again.\n",
                            STR_ARG(reason)));
    error_discard(err, "its text was told just now");
    return error_new(ERR_FAILED, "the warehouse cannot be opened");
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

Error *transform_debug(const TransformOptions *options, Reporter *reporter, DebugPart part)
{
    AUTO_FREE(session) Session *session = NULL;
    AUTO_FREE(arena) Arena *arena = arena_new("debug");
    TRY(session_open(options, reporter, "debug", &session));
    say(session, STR("Running with dbt=" TRANSFORM_DBT_VERSION));
    Str profile = session->profile->file, directory = fs_directory_name(profile);
    if (part == DEBUG_CONFIG_DIR) {
        say(session, STR("To view your profiles.yml file, run:\n\n"));
        report_print(session, str_printf(arena, "xdg-open " STR_FMT, STR_ARG(directory)));
        return NULL;
    }
    say(session, STR("dbt version: " TRANSFORM_DBT_VERSION));
    say_place(session, arena, "profiles dir", directory);
    say_place(session, arena, "profiles.yml file", profile);
    say_place(session, arena, "dbt_project.yml file",
              fs_join(arena, session->projects.data[0].root, STR("dbt_project.yml")));
    say(session, STR("adapter type: duckdb"));
    say(session, STR("adapter version: " TRANSFORM_ADAPTER_VERSION));
    if (part == DEBUG_CONNECTION) {
        say(session, STR("Skipping steps before connection verification"));
    } else {
        say(session, STR("Configuration:"));
        say(session, STR("  profiles.yml file [OK found and valid]"));
        say(session, STR("  dbt_project.yml file [OK found and valid]"));
        check_dependencies(session, arena);
    }
    say_connection(session, arena);
    say(session, STR("Registered adapter: duckdb=" TRANSFORM_ADAPTER_VERSION));
    return check_connection(session, arena);
}
