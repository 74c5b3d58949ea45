#include "cli/cli.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/log.h"
#include "cli/app.h"
#include "cli/command/hand_over.h"
#include "cli/help.h"
#include "cli/usage.h"
#include "transform/transform.h"
#include "value/json_writer.h"

/* Set by the signal handler, read by everything that runs long. */
static Cancel interrupted;

static void on_signal(int number)
{
    (void)number;
    cancel_request(&interrupted);
}

/* The first signal asks for a stop, the second one ends the program as the system would. */
static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A reader that went away is seen as an error of writing, not as a death. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
}

static Program program_of(const char *path)
{
    Str name = fs_base_name(str_from(path));
    return str_is(name, "dbt") ? PROGRAM_DBT : str_is(name, "dlt") ? PROGRAM_DLT : PROGRAM_DANGO;
}

static ColorWish color_wish(const Invocation *invocation)
{
    if (!invocation_has(invocation, "color")) {
        return COLOR_AUTO;
    }
    return invocation_switch(invocation, "color") ? COLOR_ALWAYS : COLOR_NEVER;
}

static bool environment_says(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' && !str_is(str_from(value), "0");
}

static void set_up_log(const App *app, const Invocation *invocation)
{
    /* commands around models have a log of their own */
    bool models = invocation->command != NULL && invocation->command->shared != NULL;
    LogSettings settings = {.level = app->debug && !models ? LOG_DEBUG : LOG_WARNING};
    const char *level = getenv("DANGO_LOG_LEVEL");
    if (level != NULL) {
        (void)log_level_parse(str_from(level), &settings.level);
    }
    Str wanted = {0};
    if (!models) {
        wanted = invocation_text(invocation, "log-level");
    }
    if (wanted.data != NULL) {
        if (str_is(wanted, "warn")) {
            wanted = STR("warning");
        } else if (str_is(wanted, "none")) {
            wanted = STR("off");
        }
        (void)log_level_parse(wanted, &settings.level);
    }
    settings.json = !models && str_is(invocation_text(invocation, "log-format"), "json");
    log_setup(&settings);
}

static App app_init(Arena *arena, const Invocation *invocation)
{
    ColorWish wish = color_wish(invocation);
    App app = {.arena = arena,
               .out = term_init(stdout, wish),
               .err = term_init(stderr, wish),
               .json = invocation_switch(invocation, "json"),
               .quiet = invocation_switch(invocation, "quiet"),
               .verbose = invocation_switch(invocation, "verbose"),
               .debug = invocation_switch(invocation, "debug") || environment_says("DANGO_DEBUG"),
               .cancel = &interrupted};
    Str project_dir = invocation_text(invocation, "project-dir");
    const char *from_environment = getenv("DANGO_PROJECT_ROOT");
    app.project_dir = project_dir.data != NULL ? project_dir.data : from_environment;
    return app;
}

Error *app_load_project(App *app)
{
    return project_load(app->arena, app->project_dir, &app->project);
}

Error *app_open_warehouse(App *app, AppAccess access, Warehouse **out_warehouse)
{
    const Project *project = app->project;
    const char *path = str_to_c(app->arena, project->warehouse_path);
    if (access == APP_READ && !fs_is_file(path)) {
        return error_hint(error_new(ERR_NOT_FOUND, "there is no warehouse at '%s' yet", path),
                          "run 'dango sync' first");
    }
    WarehouseOptions options = {.path = path,
                                .read_only = access == APP_READ,
                                .memory_limit_bytes = (uint64_t)project->memory_limit_bytes};
    return warehouse_open(&options, out_warehouse);
}

Error *app_print_json(App *app, const Value *value)
{
    StrBuf text = strbuf_init(app->arena, LIMIT_JSON_BYTES);
    json_write(&text, value, app->out.is_terminal ? &json_style_pretty : &json_style_compact);
    if (text.overflowed) {
        return error_new(ERR_LIMIT, "the result has more than %zu bytes", LIMIT_JSON_BYTES);
    }
    fwrite(text.data, 1, text.len, app->out.file);
    term_printf(&app->out, "\n");
    return NULL;
}

Str app_ask(App *app, const char *question, Str otherwise)
{
    term_printf(&app->out, "%s", question);
    if (otherwise.len > 0) {
        term_printf(&app->out, " (" STR_FMT ")", STR_ARG(otherwise));
    }
    term_printf(&app->out, ": ");
    fflush(app->out.file);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len = getline(&line, &capacity, stdin);
    Str answer = str_dup(app->arena, str_trim((Str){line, len > 0 ? (size_t)len : 0}));
    free(line);
    if (len <= 0) {
        term_printf(&app->out, "\n"); /* nobody typed the line end */
    }
    return answer.len > 0 ? answer : otherwise;
}

bool app_confirm(App *app, const char *question)
{
    Str answer = app_ask(app, question, STR(""));
    return str_eq_nocase(answer, STR("y")) || str_eq_nocase(answer, STR("yes"));
}

/* --help and nothing else to do are answered before anything is loaded. */
static bool answer_help(const App *app, const Invocation *invocation)
{
    bool asked = invocation_switch(invocation, "help");
    if (invocation->command != NULL && asked) {
        help_print_command(&app->out, invocation->program, invocation->command);
        return true;
    }
    if (invocation->command == NULL && (asked || invocation->group.len == 0)) {
        help_print_commands(&app->out, invocation->program, invocation->group);
        return true;
    }
    return false;
}

/* Under the name dbt in dbt's layout, which tools read the release from. */
static void print_version(const App *app, Program program)
{
    if (program != PROGRAM_DBT) {
        term_printf(&app->out, "%s version %s\n", program_name(program), DANGO_VERSION);
        return;
    }
    term_printf(&app->out,
                "Core:\n  - installed: %s\n  - latest:    %s - Up to date!\n\nPlugins:\n"
                "  - duckdb: %s - Up to date!\n\n\n",
                TRANSFORM_DBT_VERSION, TRANSFORM_DBT_VERSION, TRANSFORM_ADAPTER_VERSION);
}

static Error *run_command(App *app, const Invocation *invocation)
{
    if (invocation_switch(invocation, "version")) {
        print_version(app, invocation->program);
        return NULL;
    }
    if (answer_help(app, invocation)) {
        return NULL;
    }
    if (invocation->command == NULL && invocation->program == PROGRAM_DBT) {
        help_print_commands(&app->out, invocation->program, invocation->group);
        app->exit_status = 2;
        return error_new(ERR_FAILED, "a group of commands does nothing");
    }
    if (invocation->command == NULL) {
        return error_hint(error_new(ERR_USAGE, "'%s " STR_FMT "' needs a command",
                                    program_name(invocation->program), STR_ARG(invocation->group)),
                          "see '%s " STR_FMT " --help'", program_name(invocation->program),
                          STR_ARG(invocation->group));
    }
    bool ours = invocation->program == PROGRAM_DANGO;
    if (ours && (invocation->command->needs & NEEDS_PROJECT) != 0) {
        TRY(app_load_project(app));
    }
    return is_handed_over(app, invocation) ? hand_over(app, invocation)
                                           : invocation->command->run(app, invocation);
}

/* A full disk or a closed pipe must not look like success. */
static Error *finish_output(const App *app)
{
    if (fflush(app->out.file) != 0 || ferror(app->out.file)) {
        return error_new(ERR_IO, "cannot write the output");
    }
    return NULL;
}

int cli_main(int argc, char *argv[])
{
    AUTO_FREE(arena) Arena *arena = arena_new("command");
    const char **words = ARENA_ARRAY(arena, const char *, (size_t)argc + 1);
    for (int i = 0; i < argc; i++) {
        words[i] = argv[i];
    }
    watch_signals();
    Invocation invocation;
    Error *usage =
        invocation_parse(program_of(argc > 0 ? argv[0] : "dango"), argc, words, arena, &invocation);
    App app = app_init(arena, &invocation);
    set_up_log(&app, &invocation);
    AUTO_FREE(error) Error *err = usage != NULL ? usage : run_command(&app, &invocation);
    err = error_first(err, finish_output(&app));
    if (err != NULL && error_kind(err) == ERR_USAGE) {
        usage_print(&invocation, err, stderr, app.debug);
    } else if (err != NULL && error_kind(err) != ERR_FAILED) {
        error_print(err, stderr, app.debug);
    }
    return err != NULL && app.exit_status != 0 ? app.exit_status : error_exit_code(err);
}
