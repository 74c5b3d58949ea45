/* dango build, run, test, seed, compile, ls, parse, and the same as dbt: one function, whatever the
 * name. What differs is where the project is looked for, how lines look, and that dango's own
 * commands hold the write lock. */
#include "transform/transform.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "cli/app.h"
#include "cli/command/all.h"
#include "value/json_writer.h"
#include "warehouse/lock.h"

static const char *const indirect_modes[] = {"eager", "cautious", "buildable", "empty", NULL};
static const char *const outputs[] = {"selector", "name", "path", "json", NULL};

/* Options of every command here; a table per command adds its own in front. */
#define SELECTION_FLAGS \
    {.name = "select", \
     .letter = 's', \
     .kind = FLAG_WORDS, \
     .value = "SELECTOR", \
     .help = "only what these select: names, +name+, tag:x, path:models/marts, ...", \
     .alias = "models"}, \
        {.name = "exclude", \
         .kind = FLAG_WORDS, \
         .value = "SELECTOR", \
         .help = "but not what these select"}, \
        {.name = "indirect-selection", \
         .kind = FLAG_TEXT, \
         .value = "MODE", \
         .choices = indirect_modes, \
         .help = "which tests come along with selected models"}, \
        {.name = "resource-type", \
         .kind = FLAG_WORDS, \
         .value = "TYPE", \
         .help = "only nodes of this type", \
         .alias = "resource-types"}, \
    { \
        .name = "exclude-resource-type", .kind = FLAG_WORDS, .value = "TYPE", \
        .help = "no nodes of this type", .alias = "exclude-resource-types" \
    }

#define PROJECT_FLAGS \
    {.name = "vars", \
     .kind = FLAG_TEXT, \
     .value = "YAML", \
     .help = "values for var(), such as 'year: 2024'; win over the project's"}, \
        {.name = "target", \
         .letter = 't', \
         .kind = FLAG_TEXT, \
         .value = "TARGET", \
         .help = "the profile's target"}, \
        {.name = "profile", \
         .kind = FLAG_TEXT, \
         .value = "PROFILE", \
         .help = "the profile, in place of the project's"}, \
        {.name = "profiles-dir", \
         .kind = FLAG_TEXT, \
         .value = "PATH", \
         .help = "where profiles.yml lies"}, \
        {.name = "target-path", \
         .kind = FLAG_TEXT, \
         .value = "PATH", \
         .help = "where compiled SQL and artifacts go"}, \
        {.name = "log-path", .kind = FLAG_TEXT, .value = "PATH", .help = "where dbt.log goes"}, \
        {.name = "write-json", \
         .kind = FLAG_SWITCH, \
         .help = "write manifest.json and run_results.json (the default)", \
         .negatable = true, \
         .hidden = true}, \
        {.name = "partial-parse", \
         .kind = FLAG_SWITCH, \
         .help = "accepted; parsing is always whole", \
         .negatable = true, \
         .hidden = true}, \
        {.name = "version-check", \
         .kind = FLAG_SWITCH, \
         .help = "accepted", \
         .negatable = true, \
         .hidden = true}, \
        {.name = "send-anonymous-usage-stats", \
         .kind = FLAG_SWITCH, \
         .help = "accepted; nothing is ever sent", \
         .negatable = true, \
         .hidden = true}, \
    { \
        .name = "wait", .kind = FLAG_OPTIONAL, .value = "SECONDS", \
        .help = "wait for another writer instead of failing at once" \
    }

#define THREAD_FLAGS \
    {.name = "threads", \
     .kind = FLAG_INT, \
     .value = "N", \
     .min = 1, \
     .help = "how many nodes to work on at a time"}, \
    { \
        .name = "fail-fast", .letter = 'x', .kind = FLAG_SWITCH, \
        .help = "stop at the first failure", .negatable = true \
    }

static const FlagDef run_flags[] = {
    {.name = "full-refresh",
     .letter = 'f',
     .kind = FLAG_SWITCH,
     .help = "build incremental models anew"},
    {.name = "empty",
     .kind = FLAG_SWITCH,
     .help = "build on no rows: a quick check of the SQL",
     .negatable = true},
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef test_flags[] = {
    {.name = "store-failures", .kind = FLAG_SWITCH, .help = "keep the failing rows in tables"},
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef build_flags[] = {
    {.name = "full-refresh",
     .letter = 'f',
     .kind = FLAG_SWITCH,
     .help = "build incremental models and seeds anew"},
    {.name = "empty",
     .kind = FLAG_SWITCH,
     .help = "build on no rows: a quick check of the SQL",
     .negatable = true},
    {.name = "store-failures", .kind = FLAG_SWITCH, .help = "keep the failing rows in tables"},
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef seed_flags[] = {
    {.name = "full-refresh",
     .letter = 'f',
     .kind = FLAG_SWITCH,
     .help = "make the tables anew, for files whose columns changed"},
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef compile_flags[] = {
    {.name = "inline",
     .kind = FLAG_TEXT,
     .value = "SQL",
     .help = "compile this text instead of files"},
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef list_flags[] = {
    {.name = "output",
     .kind = FLAG_TEXT,
     .value = "KIND",
     .choices = outputs,
     .help = "how to write each node"},
    {.name = "output-keys",
     .kind = FLAG_WORDS,
     .value = "KEY",
     .help = "with --output json: only these keys"},
    SELECTION_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef operation_flags[] = {
    {.name = "args",
     .kind = FLAG_TEXT,
     .value = "YAML",
     .help = "arguments of the macro, such as 'name: value'"},
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef parse_flags[] = {PROJECT_FLAGS, {0}};

/* One invocation: what transform/ needs from the command line. */
typedef struct Job {
    App *app;
    const Invocation *invocation;
    TransformOptions options;
    Reporter reporter;
} Job;

static bool declares(const Invocation *invocation, const char *flag)
{
    return flag_find(invocation->command, str_from(flag)) != NULL;
}

static const char *text_or_null(const Invocation *invocation, const char *flag)
{
    return declares(invocation, flag) ? invocation_text(invocation, flag).data : NULL;
}

static bool switched(const Invocation *invocation, const char *flag)
{
    return declares(invocation, flag) && invocation_switch(invocation, flag);
}

static StrVec words(const Job *job, const char *flag)
{
    bool known = declares(job->invocation, flag);
    return known ? invocation_list(job->invocation, flag, job->app->arena) : (StrVec){0};
}

static void print_event_json(const Job *job, const ReportEvent *event)
{
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    ValueMapBuilder map = value_map_begin(arena);
    static const char *const levels[] = {"debug", "info", "warn", "error", "off"};
    value_map_set(&map, STR("name"), value_string(str_from(event->name)));
    value_map_set(&map, STR("level"), value_string(str_from(levels[event->level])));
    value_map_set(&map, STR("ts"), value_string(clock_iso_utc(arena, clock_now_us())));
    value_map_set(&map, STR("msg"), value_string(event->text));
    if (event->node.len > 0) {
        value_map_set(&map, STR("unique_id"), value_string(event->node));
        value_map_set(&map, STR("status"), value_string(event->status));
        value_map_set(&map, STR("index"), value_int((int64_t)event->index));
        value_map_set(&map, STR("total"), value_int((int64_t)event->total));
        value_map_set(&map, STR("elapsed_us"), value_int(event->elapsed_us));
    }
    Value line = value_map_end(&map);
    Str text = json_text(arena, &line, &json_style_python);
    term_printf(&job->app->out, STR_FMT "\n", STR_ARG(text));
}

/* Whether a line is shown: with --quiet only errors, debug lines only on request. */
static bool is_shown(const App *app, const ReportEvent *event)
{
    if (event->level == LOG_DEBUG) {
        return app->debug;
    }
    return !app->quiet || event->level >= LOG_ERROR;
}

static void on_event(void *context, const ReportEvent *event)
{
    const Job *job = context;
    const App *app = job->app;
    if (!is_shown(app, event)) {
        return;
    }
    if (str_is(invocation_text(job->invocation, "log-format"), "json")) {
        print_event_json(job, event);
        return;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    Str time = clock_hms_local(arena, clock_now_us());
    Style style = event->level == LOG_ERROR     ? STYLE_BAD
                  : event->level == LOG_WARNING ? STYLE_WARN
                                                : STYLE_PLAIN;
    term_printf(&app->out, STR_FMT "%s", STR_ARG(time), event->text.len > 0 ? "  " : "\n");
    Str line;
    for (Str rest = event->text; event->text.len > 0 && str_next_line(&rest, &line);) {
        term_print(&app->out, style, line); /* lines after the first one stand as they are */
        term_printf(&app->out, "\n");
    }
    fflush(app->out.file);
}

static void on_print(void *context, Str text)
{
    const Job *job = context;
    fwrite(text.data, 1, text.len, job->app->out.file);
}

static Str join_command(Arena *arena, const Invocation *invocation)
{
    StrBuf text = strbuf_init(arena, SIZE_MAX / 4);
    strbuf_printf(&text, "dbt %s", invocation->command->path);
    for (VEC_EACH(const FlagValue, value, &invocation->values)) {
        strbuf_printf(&text, " --%s%s" STR_FMT, value->flag->name,
                      value->text.data != NULL ? " " : "", STR_ARG(value->text));
    }
    return strbuf_str(&text);
}

/* As dango: the project's own dbt directory and warehouse. As dbt: what dbt would find. */
static Error *locate(Job *job)
{
    App *app = job->app;
    if (job->invocation->program == PROGRAM_DBT) {
        job->options.project_dir = app->project_dir;
        Error *err = app_load_project(app);
        if (err != NULL) {
            error_discard(err, "dbt projects need no project of ours around them");
            app->project = NULL;
        }
    }
    if (job->invocation->program == PROGRAM_DANGO) {
        transform_use_project(app->arena, app->project, &job->options);
    } else if (app->project != NULL) {
        Str fallback = fs_join(app->arena, app->project->root, STR(".dango"));
        job->options.fallback_profiles_dir = fallback.data;
    }
    return NULL;
}

static Error *prepare(App *app, const Invocation *invocation, Job *out)
{
    *out = (Job){.app = app, .invocation = invocation};
    TransformOptions *options = &out->options;
    options->profiles_dir = text_or_null(invocation, "profiles-dir");
    options->profile = text_or_null(invocation, "profile");
    options->target = text_or_null(invocation, "target");
    options->target_path = text_or_null(invocation, "target-path");
    options->log_path = text_or_null(invocation, "log-path");
    options->vars = text_or_null(invocation, "vars");
    if (declares(invocation, "threads")) {
        options->threads = (size_t)invocation_int(invocation, "threads", 0);
    }
    options->selection.select = words(out, "select");
    options->selection.exclude = words(out, "exclude");
    options->selection.folders_unite = invocation->program == PROGRAM_DANGO;
    const char *indirect = text_or_null(invocation, "indirect-selection");
    if (indirect != NULL) {
        (void)indirect_mode_parse(str_from(indirect), &options->selection.indirect);
    }
    for (size_t i = 0; declares(invocation, "select") && i < invocation->args.len; i++) {
        VEC_PUSH(app->arena, &options->selection.select, invocation->args.data[i]);
    }
    options->resource_types = words(out, "resource-type");
    options->exclude_resource_types = words(out, "exclude-resource-type");
    options->full_refresh = switched(invocation, "full-refresh");
    options->fail_fast = switched(invocation, "fail-fast");
    options->store_failures = switched(invocation, "store-failures");
    options->empty = switched(invocation, "empty");
    options->no_write_json =
        invocation_has(invocation, "write-json") && !invocation_switch(invocation, "write-json");
    options->invocation_command = join_command(app->arena, invocation);
    options->cancel = app->cancel;
    options->relative_to_project = true; /* as dbt, which changes into the project's directory */
    bool is_dango = invocation->program == PROGRAM_DANGO;
    out->reporter = (Reporter){.style = is_dango ? REPORT_DANGO : REPORT_DBT,
                               .context = out,
                               .event = on_event,
                               .print = on_print};
    return locate(out);
}

/* Writers of the project's warehouse take turns; a dbt project of its own has no lock but DuckDB's.
 */
static Error *take_lock(const Job *job, const char *operation, WriteLock *out_lock)
{
    const Project *project = job->app->project;
    if (project == NULL) {
        return NULL;
    }
    int64_t wait_s =
        invocation_has(job->invocation, "wait") ? invocation_int(job->invocation, "wait", 300) : 0;
    LockRequest request = {
        .state_directory = fs_join(job->app->arena, project->root, STR(".dango/state")),
        .operation = str_from(operation),
        .wait_us = wait_s * 1000000,
        .cancel = job->app->cancel,
    };
    return write_lock_take(&request, out_lock);
}

typedef Error *(*Work)(const TransformOptions *options, Reporter *reporter,
                       TransformCounts *counts);

/* A failure to begin, in dbt's words on stdout, with the place and what to do about it behind. */
static void tell_failure(Job *job, const Error *err)
{
    Arena *arena = job->app->arena;
    Str text = transform_error_text(err, arena);
    Str excerpt = error_excerpt_text(err, arena), hints = error_hints(err, arena);
    StrBuf told = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_printf(&told, "Encountered an error:\n" STR_FMT, STR_ARG(text));
    if (excerpt.len > 0) {
        strbuf_printf(&told, "\n\n" STR_FMT, STR_ARG(excerpt));
    }
    if (hints.len > 0) {
        strbuf_printf(&told, "\n\n" STR_FMT, STR_ARG(hints));
    }
    ReportEvent event = {
        .name = "MainEncounteredError", .level = LOG_ERROR, .text = strbuf_str(&told)};
    on_event(job, &event);
}

/* dbt tells with 2 that the work did not begin (a project that cannot be read), with 1 that a node
 * failed. */
static Error *with_exit_code(Job *job, TAKES Error *err)
{
    if (err == NULL || error_kind(err) == ERR_FAILED || error_kind(err) == ERR_CANCELLED ||
        job->invocation->program != PROGRAM_DBT) {
        return err;
    }
    tell_failure(job, err);
    error_discard(err, "its text was told just now");
    job->app->exit_status = 2;
    return error_new(ERR_FAILED, "the work did not begin");
}

static Error *work_on(App *app, const Invocation *invocation, const char *operation, Work work)
{
    Job job;
    TRY(prepare(app, invocation, &job));
    AUTO_DONE(write_lock) WriteLock lock = WRITE_LOCK_NONE;
    TRY(take_lock(&job, operation, &lock));
    bool announced = job.reporter.style == REPORT_DANGO && !app->quiet && !app->json;
    if (announced) {
        term_printf(&app->out, "Running dbt...\n");
    }
    return with_exit_code(&job, work(&job.options, &job.reporter, NULL));
}

static Error *run_run(App *app, const Invocation *invocation)
{
    return work_on(app, invocation, "run", transform_run);
}

static Error *run_test(App *app, const Invocation *invocation)
{
    return work_on(app, invocation, "test", transform_test);
}

static Error *run_build(App *app, const Invocation *invocation)
{
    return work_on(app, invocation, "build", transform_build);
}

static Error *run_seed(App *app, const Invocation *invocation)
{
    return work_on(app, invocation, "seed", transform_seed);
}

static Error *call_operation(const TransformOptions *options, Reporter *reporter,
                             TransformCounts *counts)
{
    const Job *job = reporter->context;
    TransformOptions named = *options;
    named.macro = job->invocation->args.data[0].data;
    named.macro_args = text_or_null(job->invocation, "args");
    return transform_run_operation(&named, reporter, counts);
}

static Error *run_run_operation(App *app, const Invocation *invocation)
{
    return work_on(app, invocation, "run-operation", call_operation);
}

static Error *run_compile(App *app, const Invocation *invocation)
{
    Job job;
    TRY(prepare(app, invocation, &job));
    Str text = invocation_text(invocation, "inline");
    if (text.data == NULL) {
        return with_exit_code(&job, transform_compile(&job.options, &job.reporter, NULL));
    }
    Str sql;
    Error *err = transform_compile_inline(&job.options, &job.reporter, app->arena, text, &sql);
    if (err != NULL) {
        return with_exit_code(&job, err);
    }
    term_printf(&app->out, STR_FMT "\n", STR_ARG(sql));
    return NULL;
}

static Error *run_ls(App *app, const Invocation *invocation)
{
    Job job;
    TRY(prepare(app, invocation, &job));
    ListOutput output = app->json ? LIST_JSON : LIST_SELECTOR;
    Str wanted = invocation_text(invocation, "output");
    if (wanted.data != NULL) {
        TRY(list_output_parse(wanted, &output));
    }
    StrVec keys = invocation_list(invocation, "output-keys", app->arena);
    return with_exit_code(&job, transform_list(&job.options, &job.reporter, output, &keys));
}

static Error *run_parse(App *app, const Invocation *invocation)
{
    Job job;
    TRY(prepare(app, invocation, &job));
    return with_exit_code(&job, transform_parse(&job.options, &job.reporter));
}

const CommandDef command_run = {
    .path = "run",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_ANY,
    .args = "[SELECTOR ...]",
    .summary = "build models in dependency order",
    .examples = "dango run\n"
                "dango run --select +fct_orders            # a model and what it needs\n"
                "dango run --select staging.* --threads 8\n"
                "dango run --vars 'year: 2024' --fail-fast",
    .flags = run_flags,
    .run = run_run,
};
const CommandDef command_test = {
    .path = "test",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_ANY,
    .args = "[SELECTOR ...]",
    .summary = "run the tests on models and sources",
    .examples = "dango test\ndango test --select fct_orders",
    .flags = test_flags,
    .run = run_test,
};
const CommandDef command_build = {
    .path = "build",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_ANY,
    .args = "[SELECTOR ...]",
    .summary = "load seeds, build models and test them, each before what is made from it",
    .description = "What is made from a node whose test failed is skipped.",
    .examples = "dango build\ndango build --select stg_orders+ --fail-fast",
    .flags = build_flags,
    .run = run_build,
};
const CommandDef command_seed = {
    .path = "seed",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_ANY,
    .args = "[SELECTOR ...]",
    .summary = "load the project's CSV files into tables",
    .examples = "dango seed\n"
                "dango seed --select countries --full-refresh   # after a column was added",
    .flags = seed_flags,
    .run = run_seed,
};
#define RUN_OPERATION(program, wanted) \
    { \
        .path = "run-operation", .programs = (program), .needs = (wanted), .args_kind = ARGS_ONE, \
        .args = "MACRO", .summary = "call a macro", \
        .examples = "dango run-operation grant_select --args '{role: reporter}'\n" \
                    "dango run-operation my_package.clean_up", \
        .flags = operation_flags, .run = run_run_operation, \
    }

const CommandDef command_run_operation = RUN_OPERATION(PROGRAM_DANGO, NEEDS_PROJECT);
const CommandDef command_dbt_run_operation = RUN_OPERATION(PROGRAM_DBT, 0);

const CommandDef command_compile = {
    .path = "compile",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_ANY,
    .args = "[SELECTOR ...]",
    .summary = "show the SQL of models without running it",
    .examples = "dango compile --select fct_orders\n"
                "dango compile --inline \"select * from {{ ref('fct_orders') }}\"",
    .flags = compile_flags,
    .run = run_compile,
};
const CommandDef command_ls = {
    .path = "ls",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_ANY,
    .args = "[SELECTOR ...]",
    .summary = "list models, tests and sources",
    .examples = "dango ls --select tag:daily\ndango ls --resource-type model --output json",
    .flags = list_flags,
    .run = run_ls,
};

/* Under the name dbt there is no project of ours to load, and selectors are options only. */
const CommandDef command_dbt_run = {
    .path = "run",
    .programs = PROGRAM_DBT,
    .summary = "build models in dependency order",
    .examples = "dbt run --select staging+ --vars '{\"year\": 2024}'",
    .flags = run_flags,
    .run = run_run,
};
const CommandDef command_dbt_test = {
    .path = "test",
    .programs = PROGRAM_DBT,
    .summary = "run the tests on models and sources",
    .examples = "dbt test --profiles-dir .dango --project-dir dbt",
    .flags = test_flags,
    .run = run_test,
};
const CommandDef command_dbt_build = {
    .path = "build",
    .programs = PROGRAM_DBT,
    .summary = "load seeds, build models and test them, each before what is made from it",
    .description = "What is made from a node whose test failed is skipped.",
    .examples = "dbt build --select staging+ --exclude tag:slow",
    .flags = build_flags,
    .run = run_build,
};
const CommandDef command_dbt_seed = {
    .path = "seed",
    .programs = PROGRAM_DBT,
    .summary = "load the project's CSV files into tables",
    .examples = "dbt seed --select countries --full-refresh",
    .flags = seed_flags,
    .run = run_seed,
};
const CommandDef command_dbt_compile = {
    .path = "compile",
    .programs = PROGRAM_DBT,
    .summary = "render models to SQL below target/compiled",
    .examples = "dbt compile --select my_model",
    .flags = compile_flags,
    .run = run_compile,
};
const CommandDef command_dbt_ls = {
    .path = "ls",
    .programs = PROGRAM_DBT,
    .summary = "list the nodes of the project",
    .examples = "dbt ls --select path:models/marts --output name",
    .flags = list_flags,
    .run = run_ls,
};
const CommandDef command_dbt_list = {
    .path = "list",
    .programs = PROGRAM_DBT,
    .summary = "list the nodes of the project",
    .flags = list_flags,
    .hidden = true,
    .run = run_ls,
};
const CommandDef command_dbt_parse = {
    .path = "parse",
    .programs = PROGRAM_DBT,
    .summary = "read the project and write manifest.json",
    .examples = "dbt parse",
    .flags = parse_flags,
    .run = run_parse,
};
