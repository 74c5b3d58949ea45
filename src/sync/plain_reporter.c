#include "sync/plain_reporter.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/number.h"

static const Str rule = STR_INIT("──────────────────────────────────────────────");

static void add_stamp(StrBuf *out, const SyncEvent *event)
{
    Str time = clock_hms_local(out->arena, event->time_us);
    strbuf_printf(out, "[" STR_FMT "] ", STR_ARG(time));
}

static void add_count(StrBuf *out, int64_t count, const char *noun)
{
    Str number = number_with_commas(out->arena, count);
    strbuf_printf(out, STR_FMT " %s%s", STR_ARG(number), noun, count == 1 ? "" : "s");
}

/* Hints stand on lines of their own, behind an arrow. */
static void add_hints(StrBuf *out, Str hints)
{
    for (Str line; hints.len > 0 && str_next_line(&hints, &line);) {
        if (line.len > 0) {
            strbuf_printf(out, "\n           → " STR_FMT, STR_ARG(line));
        }
    }
}

static void add_failure(StrBuf *out, const SyncEvent *event)
{
    if (event->error_class.len > 0) {
        strbuf_printf(out, STR_FMT ": ", STR_ARG(event->error_class));
    }
    strbuf_add(out, event->text);
    add_hints(out, event->hint);
}

static void add_started(PlainReporter *state, StrBuf *out, const SyncEvent *event)
{
    state->is_long = event->source.len == 0;
    add_stamp(out, event);
    if (!state->is_long) {
        strbuf_printf(out, "Starting sync for " STR_FMT, STR_ARG(event->source));
        return;
    }
    strbuf_add_c(out, "Starting sync for ");
    add_count(out, event->count, "source");
    strbuf_add_c(out, "...");
}

static void add_source_started(PlainReporter *state, StrBuf *out, const SyncEvent *event)
{
    state->began_fresh = false;
    if (!state->is_long) {
        return;
    }
    strbuf_add_char(out, '\n');
    add_stamp(out, event);
    strbuf_printf(out, "Syncing " STR_FMT " (%lld/%lld)", STR_ARG(event->source),
                  (long long)event->index, (long long)event->count);
}

static void add_source_done(StrBuf *out, const SyncEvent *event)
{
    add_stamp(out, event);
    if (event->flag) {
        strbuf_add_c(out, "✓ Sync complete (fresh data loaded)");
        return;
    }
    strbuf_add_c(out, "✓ Sync complete (");
    add_count(out, event->rows, "row");
    strbuf_printf(out, " in %.1fs)", event->seconds);
}

static void add_source_failed(StrBuf *out, const SyncEvent *event)
{
    add_stamp(out, event);
    strbuf_printf(out, "✗ Sync failed for " STR_FMT "\n", STR_ARG(event->source));
    add_stamp(out, event);
    add_failure(out, event);
}

static void add_finished(PlainReporter *state, StrBuf *out, const SyncEvent *event)
{
    if (!state->is_long) {
        return;
    }
    Str rows = number_with_commas(out->arena, event->rows);
    bool good = event->index == 0;
    strbuf_printf(out, "\n" STR_FMT "\n%s\n\n", STR_ARG(rule),
                  event->flag ? "⚠ Sync interrupted"
                  : good      ? "✓ All syncs complete!"
                              : "⚠ Sync finished with errors");
    strbuf_printf(out, "Total rows: " STR_FMT "\nTotal duration: %.1fs\n", STR_ARG(rows),
                  event->seconds);
    int64_t failed = event->index < event->count ? event->index : event->count;
    const char *noun = event->count == 1 ? "source" : "sources";
    strbuf_printf(out, "Success: %lld/%lld %s\nFailed: %lld/%lld %s\n" STR_FMT,
                  (long long)(event->count - failed), (long long)event->count, noun,
                  (long long)failed, (long long)event->count, noun, STR_ARG(rule));
}

/* ---- Dry run ---- */

static void add_forecast_table(StrBuf *out, const SyncEvent *event)
{
    strbuf_printf(out, "   - " STR_FMT ": ", STR_ARG(event->text));
    add_count(out, event->rows, event->flag ? "row" : "new row");
    strbuf_add_c(out, event->flag ? " (full refresh)" : "");
}

static void add_estimate(StrBuf *out, const char *head, const SyncEvent *event)
{
    strbuf_add_c(out, head);
    add_count(out, event->rows, "row");
    strbuf_printf(out, ", ~%.0fs", event->seconds);
}

static bool is_quiet_kind(SyncEventKind kind)
{
    return kind == SYNC_STARTED || kind == SYNC_SOURCE_STARTED || kind == SYNC_STEP ||
           kind == SYNC_SOURCE_DONE || kind == SYNC_HOOK;
}

static void add_event(PlainReporter *state, StrBuf *out, const SyncEvent *event)
{
    switch (event->kind) {
    case SYNC_STARTED:
        add_started(state, out, event);
        return;
    case SYNC_SOURCE_STARTED:
        add_source_started(state, out, event);
        return;
    case SYNC_STEP:
        add_stamp(out, event);
        strbuf_add(out, event->text);
        return;
    case SYNC_WARNING:
        add_stamp(out, event);
        strbuf_printf(out, "⚠ " STR_FMT, STR_ARG(event->text));
        add_hints(out, event->hint);
        return;
    case SYNC_SOURCE_DONE:
        add_source_done(out, event);
        return;
    case SYNC_SOURCE_FAILED:
        add_source_failed(out, event);
        return;
    case SYNC_HOOK:
        strbuf_add(out, event->text);
        return;
    case SYNC_HOOK_FAILED:
        strbuf_printf(out, "⚠ " STR_FMT, STR_ARG(event->text));
        add_hints(out, event->hint);
        return;
    case SYNC_LOCKED:
        strbuf_printf(out, "✗ Database is locked\n" STR_FMT, STR_ARG(event->text));
        add_hints(out, event->hint);
        return;
    case SYNC_FAILED:
        strbuf_add_c(out, "✗ Sync failed\n");
        add_failure(out, event);
        return;
    case SYNC_FINISHED:
        add_finished(state, out, event);
        return;
    case SYNC_FORECAST_STARTED:
        strbuf_add_c(out, "DRY RUN MODE - No data will be modified\n\nWould sync ");
        add_count(out, event->count, "source");
        strbuf_add_c(out, ":");
        return;
    case SYNC_FORECAST_SOURCE:
        strbuf_printf(out, "\n%lld. " STR_FMT, (long long)event->index, STR_ARG(event->source));
        return;
    case SYNC_FORECAST_TABLE:
        add_forecast_table(out, event);
        return;
    case SYNC_FORECAST_SOURCE_DONE:
        add_estimate(out, "   Estimated: ", event);
        return;
    case SYNC_FORECAST_FINISHED:
        add_estimate(out, "\nTotal estimated: ", event);
        strbuf_add_c(out, "\n\nNo data was modified.");
        return;
    case SYNC_PROGRESS:
    case SYNC_COUNTED:
        return;
    }
}

Str plain_event_text(PlainReporter *state, Arena *arena, const SyncEvent *event)
{
    StrBuf out = strbuf_init(arena, LIMIT_CHILD_LINE_BYTES);
    add_event(state, &out, event);
    return strbuf_str(&out);
}

static void report_plain(void *context, const SyncEvent *event)
{
    PlainReporter *state = context;
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    Str text = plain_event_text(state, arena, event);
    if (text.len > 0 && !(state->is_quiet && is_quiet_kind(event->kind))) {
        (void)fprintf(state->out, STR_FMT "\n", STR_ARG(text));
        (void)fflush(state->out);
    }
}

SyncReporter plain_reporter(PlainReporter *state)
{
    return (SyncReporter){report_plain, state};
}

static void report_json(void *context, const SyncEvent *event)
{
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    Str text = sync_event_json(arena, event);
    (void)fprintf(context, STR_FMT "\n", STR_ARG(text));
    (void)fflush(context);
}

SyncReporter json_reporter(FILE *out)
{
    return (SyncReporter){report_json, out};
}
