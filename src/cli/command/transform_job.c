#include "cli/command/transform_job.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "cli/command/transform_flags.h"
#include "value/json_writer.h"
#include "warehouse/lock.h"

const char *const transform_indirect_modes[] = {"eager", "cautious", "buildable", "empty", NULL};

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

Error *job_prepare(App *app, const Invocation *invocation, Job *out)
{
    *out = (Job){.app = app, .invocation = invocation};
    TransformOptions *options = &out->options;
    options->profiles_dir = job_text(invocation, "profiles-dir");
    options->profile = job_text(invocation, "profile");
    options->target = job_text(invocation, "target");
    options->target_path = job_text(invocation, "target-path");
    options->log_path = job_text(invocation, "log-path");
    options->vars = job_text(invocation, "vars");
    if (declares(invocation, "threads")) {
        options->threads = (size_t)invocation_int(invocation, "threads", 0);
    }
    options->selection.select = words(out, "select");
    options->selection.exclude = words(out, "exclude");
    options->selector = job_text(invocation, "selector");
    options->state = job_text(invocation, "state");
    options->defer_state = job_text(invocation, "defer-state");
    options->defer = job_switch(invocation, "defer");
    options->favor_state = job_switch(invocation, "favor-state");
    options->selection.folders_unite = invocation->program == PROGRAM_DANGO;
    const char *indirect = job_text(invocation, "indirect-selection");
    if (indirect != NULL) {
        (void)indirect_mode_parse(str_from(indirect), &options->selection.indirect);
    }
    for (size_t i = 0; declares(invocation, "select") && i < invocation->args.len; i++) {
        VEC_PUSH(app->arena, &options->selection.select, invocation->args.data[i]);
    }
    options->resource_types = words(out, "resource-type");
    options->exclude_resource_types = words(out, "exclude-resource-type");
    options->full_refresh = job_switch(invocation, "full-refresh");
    options->fail_fast = job_switch(invocation, "fail-fast");
    options->store_failures = job_switch(invocation, "store-failures");
    options->empty = job_switch(invocation, "empty");
    options->no_write_json =
        invocation_has(invocation, "write-json") && !invocation_switch(invocation, "write-json");
    options->no_version_check = invocation_has(invocation, "version-check") &&
                                !invocation_switch(invocation, "version-check");
    options->invocation_command = join_command(app->arena, invocation);
    options->cancel = app->cancel;
    options->quiet = app->quiet;
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
static Error *take_lock(const Job *job, WriteLock *out_lock)
{
    const Project *project = job->app->project;
    if (project == NULL) {
        return NULL;
    }
    int64_t wait_s =
        invocation_has(job->invocation, "wait") ? invocation_int(job->invocation, "wait", 300) : 0;
    LockRequest request = {
        .state_directory = fs_join(job->app->arena, project->root, STR(".dango/state")),
        .operation = str_from(job->invocation->command->path),
        .wait_us = wait_s * 1000000,
        .cancel = job->app->cancel,
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
    ReportEvent event = {
        .name = "MainEncounteredError", .level = LOG_ERROR, .text = strbuf_str(&told)};
    on_event(job, &event);
}

/* dbt tells with 2 that the work did not begin (a project that cannot be read) or was interrupted,
 * with 1 that a node failed. */
Error *job_end(Job *job, TAKES Error *err)
{
    if (err == NULL || error_kind(err) == ERR_FAILED || job->invocation->program != PROGRAM_DBT) {
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

Error *job_run(App *app, const Invocation *invocation, JobWork work)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    AUTO_DONE(write_lock) WriteLock lock = WRITE_LOCK_NONE;
    TRY(take_lock(&job, &lock));
    bool announced = job.reporter.style == REPORT_DANGO && !app->quiet && !app->json;
    if (announced) {
        term_printf(&app->out, "Running dbt...\n");
    }
    return job_end(&job, work(&job.options, &job.reporter, NULL));
}
