#include "cli/command/transform_job.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "cli/command/transform_flags.h"

static bool declares(const Invocation *invocation, const char *flag)
{
    return flag_find(invocation->command, str_from(flag)) != NULL;
}

const char *job_text(const Invocation *invocation, const char *flag)
{
    return declares(invocation, flag) ? invocation_text(invocation, flag).data : NULL;
}

bool job_switch(const Invocation *invocation, const char *flag)
{
    return declares(invocation, flag) && invocation_switch(invocation, flag);
}

static StrVec words(const Job *job, const char *flag)
{
    bool known = declares(job->invocation, flag);
    return known ? invocation_list(job->invocation, flag, job->app->arena) : (StrVec){0};
}

/* ---- Lines ---- */

static void on_event(void *context, const ReportEvent *event, Str line)
{
    const Job *job = context;
    (void)event;
    if (line.len > 0) {
        fwrite(line.data, 1, line.len, job->app->out.file);
        fflush(job->app->out.file);
    }
}

static void on_print(void *context, Str text)
{
    const Job *job = context;
    fwrite(text.data, 1, text.len, job->app->out.file);
}

/* An event of the command line itself, which no session tells. */
static void tell(Job *job, const ReportEvent *event)
{
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    Str line = report_line(arena, &job->reporter.console, job->options.invocation_id, event,
                           clock_now_us());
    on_event(job, event, line);
}

void job_say(Job *job, const char *name, const char *format, ...)
{
    AUTO_FREE(arena) Arena *arena = arena_new("line");
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    va_list args;
    va_start(args, format);
    strbuf_vprintf(&text, format, args);
    va_end(args);
    ReportEvent event = {.name = name, .level = LOG_INFO, .text = strbuf_str(&text)};
    tell(job, &event);
}

static void tell_error(Job *job, Str text, Str exception)
{
    ReportField fields[] = {{"exc", value_string(exception)}};
    ReportEvent event = {.name = "MainEncounteredError",
                         .level = LOG_ERROR,
                         .text = text,
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    tell(job, &event);
}

static Str join_command(Arena *arena, const Invocation *invocation)
{
    StrBuf text = strbuf_init(arena, SIZE_MAX / 4);
    strbuf_printf(&text, "dbt %s", invocation->command->path);
    for (VEC_EACH(const FlagValue, value, &invocation->values)) {
        bool negated = value->flag->kind == FLAG_SWITCH && !value->on;
        strbuf_printf(&text, " --%s%s%s" STR_FMT, negated ? "no-" : "", value->flag->name,
                      value->text.data != NULL ? " " : "", STR_ARG(value->text));
    }
    return strbuf_str(&text);
}

/* ---- Options ---- */

/* As dango: the project's own dbt directory and warehouse. As dbt: what dbt would find. */
static void locate(Job *job)
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
}

/* dbt takes an option before or after the command, but not twice. */
static Error *check_doubles(const Invocation *invocation)
{
    for (VEC_EACH(const FlagValue, early, &invocation->values)) {
        for (VEC_EACH(const FlagValue, late, &invocation->values)) {
            if (early->early && !late->early && early->flag == late->flag) {
                Str name =
                    str_replace(invocation->arena, str_from(early->flag->name), STR("-"), STR("_"));
                return error_as(error_new(ERR_CONFIG,
                                          STR_FMT " was provided both before and after the "
                                                  "subcommand, it can only be set either before "
                                                  "or after.",
                                          STR_ARG(name)),
                                "dbt");
            }
        }
    }
    return NULL;
}

/* A query of the command line is no selection of nodes; what stands for an old variable of the
 * environment is for the environment alone. */
static Error *check_contradictions(const Invocation *invocation)
{
    if (invocation_has(invocation, "deprecated-favor-state")) {
        return error_as(
            error_new(ERR_CONFIG,
                      "Deprecated parameters can only be set via environment variables"),
            "dbt");
    }
    static const char *const others[] = {"select", "selector"};
    for (size_t i = 0; job_text(invocation, "inline") != NULL && i < ARRAY_LEN(others); i++) {
        if (invocation_has(invocation, others[i])) {
            return error_as(
                error_new(ERR_CONFIG, "inline: not allowed with argument %s", others[i]), "dbt");
        }
    }
    return NULL;
}

/* dbt's flags among the options. */
static const FlagGiven *given_flags(const Invocation *invocation, Arena *arena)
{
    FlagGiven *given = ARENA_ARRAY(arena, FlagGiven, FLAG_ID_COUNT);
    for (size_t i = 0; i < FLAG_ID_COUNT; i++) {
        const FlagDef *flag = flag_find(invocation->command, flag_name((FlagId)i));
        /* a project of ours has its own place */
        bool ours = i == DBT_PROJECT_DIR && invocation->program != PROGRAM_DBT;
        if (flag == NULL || ours) {
            continue;
        }
        given[i].declared = true;
        given[i].given = invocation_has(invocation, flag->name);
        given[i].on = invocation_switch(invocation, flag->name);
        if (flag->kind != FLAG_SWITCH) {
            given[i].words = invocation_list(invocation, flag->name, arena);
        }
    }
    return given;
}

/* dbt looks at the words alone. */
static bool uses_models_option(const Invocation *invocation)
{
    for (VEC_EACH(const FlagValue, value, &invocation->values)) {
        if (str_is(value->spelled, "--models") || str_is(value->spelled, "--model") ||
            str_is(value->spelled, "-m")) {
            return true;
        }
    }
    return false;
}

static void read_selection(Job *job)
{
    const Invocation *invocation = job->invocation;
    TransformOptions *options = &job->options;
    options->vars = job_text(invocation, "vars");
    if (declares(invocation, "threads")) {
        options->threads = (size_t)invocation_int(invocation, "threads", 0);
    }
    options->selection.select = words(job, "select");
    options->selection.exclude = words(job, "exclude");
    options->models_option = uses_models_option(invocation);
    options->selector = job_text(invocation, "selector");
    options->strict = job_switch(invocation, "strict");
    options->foretell = invocation->program == PROGRAM_DANGO && declares(invocation, "strict") &&
                        !invocation_has(invocation, "strict");
    options->selection.folders_unite = invocation->program == PROGRAM_DANGO;
    for (size_t i = 0; declares(invocation, "select") && i < invocation->args.len; i++) {
        VEC_PUSH(job->app->arena, &options->selection.select, invocation->args.data[i]);
    }
}

static Error *use_flags(Job *job)
{
    const Invocation *invocation = job->invocation;
    Arena *arena = job->app->arena;
    TRY(check_doubles(invocation));
    TRY(check_contradictions(invocation));
    return transform_use_flags(arena, given_flags(invocation, arena), &job->options);
}

Error *job_prepare(App *app, const Invocation *invocation, Job *out)
{
    bool is_dango = invocation->program == PROGRAM_DANGO;
    *out = (Job){.app = app, .invocation = invocation};
    out->reporter = (Reporter){.style = is_dango ? REPORT_DANGO : REPORT_DBT,
                               .console = {.level = LOG_INFO, .local = is_dango},
                               .context = out,
                               .event = on_event,
                               .print = on_print};
    out->deprecations = (DeprecationTally){.arena = app->arena};
    out->reporter.deprecations = is_dango ? NULL : &out->deprecations;
    out->options.invocation_command = join_command(app->arena, invocation);
    out->options.invocation_id = transform_new_id(app->arena);
    out->options.cancel = app->cancel;
    locate(out);
    read_selection(out);
    Error *err = use_flags(out);
    if (out->options.flags != NULL) {
        reporter_use_flags(&out->reporter, out->options.flags, app->out.is_terminal);
    }
    return job_end(out, err);
}

Error *job_take_lock(const App *app, const Invocation *invocation, WriteLock *out_lock)
{
    const Project *project = app->project;
    if (project == NULL) {
        return NULL;
    }
    int64_t wait_s =
        invocation_has(invocation, "wait") ? invocation_int(invocation, "wait", 300) : 0;
    LockRequest request = {
        .state_directory = fs_join(app->arena, project->root, STR(".dango/state")),
        .operation = str_from(invocation->command->path),
        .wait_us = wait_s * 1000000,
        .cancel = app->cancel,
    };
    return write_lock_take(&request, out_lock);
}

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
    tell_error(job, strbuf_str(&told), text);
}

/* What was deprecated, when the work has ended as `err` says. */
static Error *tell_deprecations(Job *job, TAKES Error *err)
{
    if (job->options.flags == NULL) {
        return err;
    }
    DeprecationSummary summary =
        deprecation_summary(job->app->arena, &job->reporter, job->options.flags);
    if (summary.fate == WARNING_TOLD) {
        tell(job, &summary.event);
    }
    if (summary.fate != WARNING_IS_ERROR || err != NULL) {
        return err;
    }
    Error *raised = error_new(ERR_TEMPLATE, STR_FMT, STR_ARG(summary.event.text));
    tell_failure(job, raised);
    error_discard(raised, "its text was told just now");
    return error_new(ERR_FAILED, "a warning is an error");
}

/* dbt tells with 2 that the work did not begin (a project that cannot be read) or was interrupted,
 * with 1 that a node failed. */
static Error *end_work(Job *job, TAKES Error *err)
{
    bool usage = err != NULL && strcmp(error_class(err), FLAG_USAGE_CLASS) == 0;
    if (err == NULL || error_kind(err) == ERR_FAILED || usage ||
        job->invocation->program != PROGRAM_DBT) {
        return err;
    }
    if (error_kind(err) == ERR_CANCELLED) {
        job->app->exit_status = 2;
        return err;
    }
    tell_failure(job, err);
    error_discard(err, "its text was told just now");
    job->app->exit_status = 2;
    return error_new(ERR_FAILED, "the work did not begin");
}

Error *job_end(Job *job, TAKES Error *err)
{
    return tell_deprecations(job, end_work(job, err));
}

Error *job_run(App *app, const Invocation *invocation, JobWork work)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    AUTO_DONE(write_lock) WriteLock lock = WRITE_LOCK_NONE;
    TRY(job_take_lock(app, invocation, &lock));
    bool announced = job.reporter.style == REPORT_DANGO && !app->quiet && !app->json;
    if (announced) {
        term_printf(&app->out, "Running dbt...\n");
    }
    return job_end(&job, work(&job.options, &job.reporter, NULL));
}
