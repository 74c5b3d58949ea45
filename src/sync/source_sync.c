#include "sync/source_sync.h"

#include <math.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/number.h"
#include "ingest/file_load.h"
#include "ingest/raw_views.h"
#include "ingest/state_file.h"
#include "sync/activity.h"
#include "sync/history.h"
#include "sync/source_load.h"

/* A table's rows against those after the last success, in percent: beyond it a sync warns. */
enum { FEW_ROWS_PERCENT = 50, MANY_ROWS_PERCENT = 300 };

static void report(const SourceSync *sync, SyncEvent event)
{
    event.source = sync->config->name;
    event.time_us = clock_now_us();
    sync->reporter.report(sync->reporter.context, &event);
}

void source_sync_step(const SourceSync *sync, Str text)
{
    report(sync, (SyncEvent){.kind = SYNC_STEP, .text = text});
}

void source_sync_warn(const SourceSync *sync, Str text, Str hint)
{
    report(sync, (SyncEvent){.kind = SYNC_WARNING, .text = text, .hint = hint});
}

Str source_sync_count_text(Arena *arena, int64_t count, const char *noun)
{
    Str number = number_with_commas(arena, count);
    return str_printf(arena, STR_FMT " %s%s", STR_ARG(number), noun, count == 1 ? "" : "s");
}

void source_sync_progress(const SourceSync *sync, double percent, int64_t rows)
{
    report(sync, (SyncEvent){.kind = SYNC_PROGRESS, .percent = percent, .rows = rows});
}

Str source_sync_package_directory(const SourceSync *sync, Arena *arena)
{
    return str_printf(arena, STR_FMT "/.dango/state/packages/" STR_FMT,
                      STR_ARG(sync->project->root), STR_ARG(sync->config->name));
}

/* The cursor is where it was before: this sync reads again what that one had read. */
static Error *tell_unfinished(const SourceSync *sync, Arena *arena)
{
    FsEntryVec files = {0};
    uint64_t bytes = 0;
    const char *directory = str_to_c(arena, source_sync_package_directory(sync, arena));
    if (!fs_is_directory(directory)) {
        return NULL;
    }
    TRY(fs_walk(arena, directory, 0, &files));
    for (VEC_EACH(const FsEntry, it, &files)) {
        bytes += it->info.size_bytes;
    }
    Str size = number_human_bytes(arena, bytes);
    source_sync_warn(sync,
                     str_printf(arena,
                                "an earlier sync was ended in its midst and left " STR_FMT
                                " of rows that were never committed",
                                STR_ARG(size)),
                     STR("nothing is lost: this sync begins where the last complete one ended"));
    return fs_remove_tree(directory);
}

static void on_progress(void *context, double percent, uint64_t rows_done, uint64_t rows_total)
{
    (void)rows_total;
    source_sync_progress(context, percent, (int64_t)rows_done);
}

/* What the source's driver wanted told. */
static void report_problems(const SourceSync *sync, Arena *arena, const ProjectProblemVec *problems)
{
    for (size_t i = 0; i < problems->len; i++) {
        const ProjectProblem *problem = &problems->data[i];
        Str text = problem->place.len == 0
                       ? problem->message
                       : str_printf(arena, STR_FMT ": " STR_FMT, STR_ARG(problem->place),
                                    STR_ARG(problem->message));
        source_sync_warn(sync, text, problem->hint);
    }
}

/* ---- Afterwards ---- */

/* The rows after the last success, or -1. */
static int64_t last_total(const SourceSync *sync, Arena *arena)
{
    HistoryEntryVec entries = {0};
    error_discard(history_read(arena, sync->project, sync->config->name, &entries),
                  "without a history there is nothing to compare with");
    for (size_t i = 0; i < entries.len; i++) {
        if (str_is(entries.data[i].status, "success")) {
            return entries.data[i].total_row_count;
        }
    }
    return -1;
}

static void warn_of_anomaly(const SourceSync *sync, Arena *arena, const SourceLoaded *result)
{
    int64_t before = last_total(sync, arena);
    if (before <= 0 || sync->request->limit > 0 || sync->request->full_refresh) {
        return;
    }
    bool few = result->total_rows < before * FEW_ROWS_PERCENT / 100;
    bool many = result->total_rows > before * MANY_ROWS_PERCENT / 100;
    if (few || many) {
        Str now = source_sync_count_text(arena, result->total_rows, "row");
        Str then = number_with_commas(arena, before);
        source_sync_warn(
            sync,
            str_printf(arena, STR_FMT " has " STR_FMT " now, after " STR_FMT " at the last sync",
                       STR_ARG(result->shown), STR_ARG(now), STR_ARG(then)),
            STR("look whether the files are complete"));
    }
}

static void add_history(const SourceSync *sync, Arena *arena, const SourceOutcome *outcome,
                        const SourceLoaded *result)
{
    HistoryEntry entry = {
        .timestamp = clock_iso_utc(arena, clock_now_us()),
        .status = outcome->succeeded     ? STR("success")
                  : outcome->interrupted ? STR("interrupted")
                                         : STR("failed"),
        .duration_seconds = outcome->seconds,
        .rows_processed = outcome->rows,
        .total_row_count = outcome->succeeded ? result->total_rows : -1,
        .full_refresh = sync->request->full_refresh,
        .error_message = outcome->error,
        .start_date = sync->request->start_date,
    };
    if (outcome->succeeded) {
        entry.tables = result->tables;
    }
    Error *err = history_add(sync->project, sync->config->name, &entry);
    Str message =
        outcome->succeeded ? source_sync_count_text(arena, outcome->rows, "row") : outcome->error;
    err = error_first(err, activity_add(sync->project, outcome->succeeded ? "info" : "error",
                                        sync->config->name, message));
    if (err != NULL) {
        Str why = error_full_message(err, arena);
        log_warning("the history of " STR_FMT " is not complete: " STR_FMT,
                    STR_ARG(sync->config->name), STR_ARG(why));
        error_discard(err, "the data is loaded; only its record is missing");
    }
}

static void write_state_files(const SourceSync *sync, Arena *arena, const SourceLoaded *result,
                              double seconds)
{
    StateFacts facts = {
        .source = sync->config->name,
        .resource = sync->config->name,
        .table = result->shown,
        .load_id = result->load_id,
        .rows = result->rows,
        .total_rows = result->total_rows,
        .rows_synced = result->rows_synced,
        .seconds = seconds,
    };
    Error *err = state_files_write(sync->project, &facts);
    if (err != NULL) {
        Str why = error_full_message(err, arena);
        log_warning("the state files of " STR_FMT " are not up to date: " STR_FMT,
                    STR_ARG(sync->config->name), STR_ARG(why));
        error_discard(err, "they are copies; the state is in the warehouse");
    }
}

bool source_sync_allows_empty(const SourceSync *sync)
{
    switch (sync->request->empty) {
    case SYNC_EMPTY_ALLOW:
        return true;
    case SYNC_EMPTY_BLOCK:
        return false;
    case SYNC_EMPTY_BY_SOURCE:
        return sync->config->allow_empty;
    }
    return false;
}

/* The entry itself may be what is wrong. */
static Error *check_entry(const SourceConfig *config)
{
    if (config->error == NULL) {
        return NULL;
    }
    return error_hint(error_new(ERR_CONFIG, STR_FMT ": " STR_FMT, STR_ARG(config->error->place),
                                STR_ARG(config->error->message)),
                      STR_FMT, STR_ARG(config->error->hint));
}

static Error *load(SourceSync *sync, Arena *arena, SourceLoaded *out)
{
    TRY(check_entry(sync->config));
    TRY(tell_unfinished(sync, arena));
    SourceContext ctx = {
        .arena = arena, .project = sync->project, .config = sync->config, .cancel = sync->cancel};
    AUTO_DONE(source) Source source = {0};
    Error *err = source_open(&ctx, &source);
    if (err == NULL) {
        connection_set_progress(sync->connection, on_progress, sync);
        err = source.driver->read_streams != NULL ? stream_source_load(sync, &source, arena, out)
                                                  : file_source_load(sync, &source, arena, out);
        connection_set_progress(sync->connection, NULL, NULL);
    }
    report_problems(sync, arena, &ctx.problems);
    return err;
}

static void report_failure(const SourceSync *sync, Arena *arena, const Error *err,
                           SourceOutcome *outcome)
{
    Str message = error_full_message(err, arena);
    outcome->interrupted = error_kind(err) == ERR_CANCELLED;
    outcome->error = str_printf(arena, "%s: " STR_FMT, error_class(err), STR_ARG(message));
    report(sync, (SyncEvent){.kind = SYNC_SOURCE_FAILED,
                             .error_class = str_from(error_class(err)),
                             .text = message,
                             .hint = error_hints(err, arena),
                             .seconds = outcome->seconds});
}

void source_sync_run(SourceSync *sync, Arena *arena, SourceOutcome *out)
{
    int64_t start_us = clock_monotonic_us();
    SourceLoaded result = {0};
    SourceOutcome outcome = {0};
    AUTO_FREE(error) Error *err = load(sync, arena, &result);
    outcome.seconds = (double)(clock_monotonic_us() - start_us) / 1e6;
    if (err != NULL) {
        report_failure(sync, arena, err, &outcome);
    } else {
        outcome.succeeded = true;
        outcome.rows = result.rows;
        outcome.changed = result.load_id.len > 0;
        warn_of_anomaly(sync, arena, &result);
        report(sync, (SyncEvent){.kind = SYNC_SOURCE_DONE,
                                 .rows = result.rows,
                                 .seconds = outcome.seconds,
                                 .flag = sync->request->full_refresh});
        if (outcome.changed) {
            write_state_files(sync, arena, &result, outcome.seconds);
        }
    }
    add_history(sync, arena, &outcome, &result);
    *out = outcome;
}

/* ---- Dry run ---- */

/* Mean duration of the last successes; below zero without. */
static double usual_seconds(const SourceSync *sync, Arena *arena)
{
    HistoryEntryVec entries = {0};
    error_discard(history_read(arena, sync->project, sync->config->name, &entries),
                  "without a history nothing can be estimated");
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < entries.len; i++) {
        if (str_is(entries.data[i].status, "success")) {
            sum += entries.data[i].duration_seconds;
            count++;
        }
    }
    return count > 0 ? sum / (double)count : -1;
}

/* Of the last success; 0 without. */
static int64_t usual_rows(const SourceSync *sync, Arena *arena)
{
    HistoryEntryVec entries = {0};
    error_discard(history_read(arena, sync->project, sync->config->name, &entries),
                  "without a history nothing can be estimated");
    for (VEC_EACH(const HistoryEntry, it, &entries)) {
        if (str_is(it->status, "success")) {
            return it->rows_processed;
        }
    }
    return 0;
}

static Error *forecast(const SourceSync *sync, Arena *arena, FileForecast *out)
{
    TRY(check_entry(sync->config));
    SourceContext ctx = {
        .arena = arena, .project = sync->project, .config = sync->config, .cancel = sync->cancel};
    AUTO_DONE(source) Source source = {0};
    TRY(source_open(&ctx, &source));
    Error *err = NULL;
    if (source.driver->read_streams != NULL) {
        *out =
            (FileForecast){.rows = usual_rows(sync, arena), .is_full = sync->request->full_refresh};
    } else {
        FileLoad file_load = {.connection = sync->connection,
                              .source = &source,
                              .full_refresh = sync->request->full_refresh};
        err = file_load_forecast(&file_load, out);
    }
    report_problems(sync, arena, &ctx.problems);
    return err;
}

void source_sync_forecast(const SourceSync *sync, Arena *arena, SourceOutcome *out)
{
    enum { ROWS_PER_SECOND = 500000 };
    FileForecast expected = {0};
    SourceOutcome outcome = {.succeeded = true};
    AUTO_FREE(error) Error *err = forecast(sync, arena, &expected);
    if (err != NULL) {
        outcome.succeeded = false;
        Str message = error_full_message(err, arena);
        source_sync_warn(sync,
                         str_printf(arena, "%s: " STR_FMT, error_class(err), STR_ARG(message)),
                         error_hints(err, arena));
    }
    int64_t limit = sync->request->limit;
    outcome.rows = limit > 0 && limit < expected.rows ? limit : expected.rows;
    double usual = usual_seconds(sync, arena);
    outcome.seconds = ceil(usual >= 0 ? usual : (double)outcome.rows / ROWS_PER_SECOND);
    if (err == NULL) {
        report(sync, (SyncEvent){.kind = SYNC_FORECAST_TABLE,
                                 .text = sync->config->name,
                                 .rows = outcome.rows,
                                 .flag = expected.is_full});
    }
    report(sync, (SyncEvent){.kind = SYNC_FORECAST_SOURCE_DONE,
                             .rows = outcome.rows,
                             .seconds = outcome.seconds});
    *out = outcome;
}

Error *source_sync_count(const SourceSync *sync, Arena *arena, int64_t *out_rows)
{
    Str schema = str_printf(arena, "raw_" STR_FMT, STR_ARG(sync->config->namespace));
    return raw_count_rows(sync->connection, schema, out_rows);
}
