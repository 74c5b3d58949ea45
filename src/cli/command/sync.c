/* dango sync, and the hidden command under which sync_run() starts this program again to do the
 * work. */
#include "sync/sync.h"

#include "base/clock.h"
#include "base/number.h"
#include "cli/app.h"
#include "cli/command/all.h"
#include "sync/plain_reporter.h"
#include "sync/worker.h"

static const FlagDef flags[] = {
    {.name = "source",
     .kind = FLAG_LIST,
     .value = "SOURCE",
     .help = "only these sources; the same as naming them"},
    {.name = "select",
     .kind = FLAG_LIST,
     .value = "TABLE",
     .help = "only these tables of the sources"},
    {.name = "exclude", .kind = FLAG_LIST, .value = "SOURCE", .help = "all sources but these"},
    {.name = "full-refresh",
     .kind = FLAG_SWITCH,
     .help = "drop the sources' tables and load everything anew, after asking"},
    {.name = "dry-run", .kind = FLAG_SWITCH, .help = "say what would be loaded, change nothing"},
    {.name = "limit",
     .kind = FLAG_INT,
     .value = "N",
     .min = 1,
     .help = "at most N rows per table, for trying out"},
    {.name = "allow-schema-changes",
     .kind = FLAG_SWITCH,
     .help = "load files that hardly look like their table"},
    {.name = "allow-empty-replace",
     .kind = FLAG_SWITCH,
     .help = "let an empty load replace a filled table"},
    {.name = "block-empty-replace",
     .kind = FLAG_SWITCH,
     .help = "never let it, whatever the source says"},
    {.name = "no-dbt", .kind = FLAG_SWITCH, .help = "load only: no staging models, no dbt run"},
    {.name = "wait",
     .kind = FLAG_OPTIONAL,
     .value = "SECONDS",
     .help = "wait for another writer (300 s) instead of failing at once"},
    {.name = "yes", .letter = 'y', .kind = FLAG_SWITCH, .help = "do not ask"},
    {0},
};

/* Lines for people, and on a terminal a last one that shows how far it is. */
typedef struct SyncView {
    App *app;
    PlainReporter lines;
    SyncReporter plain;
    int64_t started_us; /* of the source at work, monotonic */
    bool progress_is_shown;
} SyncView;

static void clear_progress(SyncView *view)
{
    if (view->progress_is_shown) {
        term_printf(&view->app->err, "\r\033[K");
        fflush(view->app->err.file);
        view->progress_is_shown = false;
    }
}

/* Rows, rows per second, and the time that is left by the share that is done. */
static void add_rates(const SyncView *view, StrBuf *line, const SyncEvent *event)
{
    double seconds = (double)(clock_monotonic_us() - view->started_us) / 1e6;
    strbuf_printf(line, "  " STR_FMT " rows",
                  STR_ARG(number_with_commas(line->arena, event->rows)));
    if (seconds > 0.2 && event->rows > 0) {
        int64_t rate = (int64_t)((double)event->rows / seconds);
        Str number = number_with_commas(line->arena, rate);
        strbuf_printf(line, "  " STR_FMT " rows/s", STR_ARG(number));
    }
    if (event->percent > 0.5) {
        double left = seconds * (100 - event->percent) / event->percent;
        strbuf_printf(line, "  %.0f %%  ETA %.0fs", event->percent, left);
    }
}

static void show_progress(SyncView *view, const SyncEvent *event)
{
    const App *app = view->app;
    if (!app->err.is_terminal || app->quiet) {
        return;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("progress");
    StrBuf line = strbuf_init(arena, 1024);
    if (event->text.len > 0) {
        strbuf_printf(&line, "  %.0f %%  " STR_FMT, event->percent, STR_ARG(event->text));
    } else {
        add_rates(view, &line, event);
    }
    term_printf(&app->err, "\r\033[K%s", strbuf_c(&line));
    fflush(app->err.file);
    view->progress_is_shown = true;
}

static void on_event(void *context, const SyncEvent *event)
{
    SyncView *view = context;
    if (event->kind == SYNC_PROGRESS) {
        show_progress(view, event);
        return;
    }
    if (event->kind == SYNC_SOURCE_STARTED) {
        view->started_us = clock_monotonic_us();
    }
    clear_progress(view);
    view->plain.report(view->plain.context, event);
    fflush(view->app->out.file);
}

static SyncReporter open_view(App *app, SyncView *view)
{
    *view = (SyncView){.app = app, .lines = {.out = app->out.file, .is_quiet = app->quiet}};
    view->plain = plain_reporter(&view->lines);
    return app->json ? json_reporter(app->out.file)
                     : (SyncReporter){.report = on_event, .context = view};
}

static SyncEmpty empty_policy(const Invocation *invocation)
{
    if (invocation_switch(invocation, "block-empty-replace")) {
        return SYNC_EMPTY_BLOCK;
    }
    bool allowed = invocation_switch(invocation, "allow-empty-replace");
    return allowed ? SYNC_EMPTY_ALLOW : SYNC_EMPTY_BY_SOURCE;
}

static SyncRequest request_of(App *app, const Invocation *invocation)
{
    int64_t wait_s =
        invocation_has(invocation, "wait") ? invocation_int(invocation, "wait", 300) : 0;
    SyncRequest request = {
        .mode = invocation_switch(invocation, "dry-run") ? SYNC_FORECAST : SYNC_LOAD,
        .names = invocation_list(invocation, "source", app->arena),
        .exclude = invocation_list(invocation, "exclude", app->arena),
        .select = invocation_list(invocation, "select", app->arena),
        .full_refresh = invocation_switch(invocation, "full-refresh"),
        .allow_schema_changes = invocation_switch(invocation, "allow-schema-changes"),
        .empty = empty_policy(invocation),
        .no_hooks = invocation_switch(invocation, "no-dbt"),
        .limit = invocation_int(invocation, "limit", 0),
        .wait_us = wait_s * 1000000,
        .label = STR("cli"),
    };
    for (VEC_EACH(const Str, name, &invocation->args)) {
        VEC_PUSH(app->arena, &request.names, *name);
    }
    return request;
}

/* Says what a full refresh deletes and asks; false when it must not go on. */
static Error *confirm_refresh(App *app, const Invocation *invocation, const SyncRequest *request,
                              bool *out_confirmed)
{
    SyncCountVec counts = {0};
    TRY(sync_count(app->project, app->arena, request, app->cancel, &counts));
    *out_confirmed = invocation_switch(invocation, "yes") || app->json;
    if (app->json) {
        return NULL;
    }
    term_print(&app->out, STYLE_WARN, STR("⚠ Full refresh mode enabled"));
    term_printf(&app->out, "\nThis will DROP and RELOAD all data for selected sources.\n\n"
                           "Sources to refresh:\n");
    for (VEC_EACH(const SyncCount, count, &counts)) {
        Str rows = number_with_commas(app->arena, count->rows);
        term_printf(&app->out, "  - " STR_FMT " (" STR_FMT " row%s will be deleted)\n",
                    STR_ARG(count->source), STR_ARG(rows), count->rows == 1 ? "" : "s");
    }
    term_printf(&app->out, "\n");
    if (!*out_confirmed) {
        *out_confirmed = app_confirm(app, "Proceed? (y/N)");
        term_printf(&app->out, *out_confirmed ? "\n" : "Cancelled.\n");
    }
    return NULL;
}

static Error *run_sync(App *app, const Invocation *invocation)
{
    SyncRequest request = request_of(app, invocation);
    if (request.full_refresh && request.mode == SYNC_LOAD) {
        bool confirmed = false;
        TRY(confirm_refresh(app, invocation, &request, &confirmed));
        if (!confirmed) {
            return error_new(ERR_FAILED, "cancelled");
        }
    }
    SyncView view;
    SyncReporter reporter = open_view(app, &view);
    SyncOutcome outcome = {0};
    Error *err = sync_run(app->project, &request, &reporter, app->cancel, &outcome);
    clear_progress(&view);
    TRY(err);
    if (outcome.interrupted) {
        return error_new(ERR_CANCELLED, "interrupted");
    }
    return outcome.failed > 0 ? error_new(ERR_FAILED, "a source failed") : NULL;
}

const CommandDef command_sync = {
    .path = "sync",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_ANY,
    .args = "[SOURCE ...]",
    .summary = "load what is new or changed",
    .description =
        "Loads all enabled sources, or those named. Each source is one transaction: a failure or a "
        "killed process leaves it as it was. Files that did not change are not read again. Then "
        "the staging models of what was loaded are brought up to date and the models built that "
        "come from it; if that fails, the data stays loaded and the exit status is 1. "
        "'auto_dbt: false' in project.yml or --no-dbt leaves it out.",
    .examples = "dango sync\n"
                "dango sync sales --dry-run\n"
                "dango sync --source sales,people\n"
                "dango sync sales --full-refresh --yes\n"
                "dango sync --no-dbt                           # load only\n"
                "dango sync --json | jq .                      # one event per line",
    .flags = flags,
    .run = run_sync,
};

static Error *run_worker(App *app, const Invocation *invocation)
{
    (void)invocation;
    return sync_worker_run(app->project, app->cancel);
}

const CommandDef command_sync_worker = {
    .path = "sync-worker",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .summary = "do the work of a sync; reads a request, writes events",
    .hidden = true,
    .run = run_worker,
};
