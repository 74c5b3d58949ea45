#include "transform/console/report_internal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/map.h"
#include "transform/console/fold.h"

enum { LOG_FLUSH_BYTES = 64 * 1024 };

struct ReportSink {
    Mutex mu;
    Reporter *reporter;
    Arena *arena;
    Str log_file;
    Str invocation_id;
    StrBuf pending;  /* lines not yet in the file; guarded by mu */
    size_t warnings; /* guarded by mu */
    Str raised;      /* the first warning that is an error; guarded by mu */
    bool muted;      /* guarded by mu */
    StrMap told;     /* warnings that come once; guarded by mu */
};

/* ---- The log file ---- */

static void add_time(int64_t now_us, StrBuf *out)
{
    ClockParts t = clock_parts_utc(now_us);
    strbuf_printf(out, "%02d:%02d:%02d.%06d", t.hour, t.minute, t.second, t.microsecond);
}

/* The caller holds the lock. A log that cannot be written does not stop the work. */
static void flush_locked(ReportSink *sink)
{
    if (sink->pending.len > 0 && sink->log_file.len > 0) {
        Error *err = fs_append_file(sink->log_file.data, strbuf_str(&sink->pending), 0644);
        if (err != NULL) {
            error_discard(err, "models are built even where no log can be written");
            sink->log_file = (Str){0};
        }
    }
    strbuf_clear(&sink->pending);
}

/* dbt.log becomes dbt.log.1, that dbt.log.2, and so on; the last one goes. */
static void put_aside(const ReportSink *sink)
{
    enum { KEPT = 5 };
    AUTO_FREE(arena) Arena *arena = arena_new("log names");
    Error *err = NULL;
    for (int i = KEPT; i > 0 && err == NULL; i--) {
        Str from = i == 1 ? sink->log_file
                          : str_printf(arena, STR_FMT ".%d", STR_ARG(sink->log_file), i - 1);
        Str to = str_printf(arena, STR_FMT ".%d", STR_ARG(sink->log_file), i);
        if (fs_is_file(str_to_c(arena, from))) {
            err = fs_rename(str_to_c(arena, from), to.data);
        }
    }
    if (err != NULL) {
        error_discard(err, "the log then grows on");
    }
}

static void put_aside_when_full(const ReportSink *sink)
{
    int64_t most = sink->reporter->log_file_max_bytes;
    FsInfo info = {0};
    if (most <= 0 || sink->log_file.len == 0) {
        return;
    }
    Error *err = fs_info(sink->log_file.data, &info);
    if (err != NULL) {
        error_discard(err, "the log then grows on");
    } else if (info.kind == FS_FILE && info.size_bytes >= (uint64_t)most) {
        put_aside(sink);
    }
}

/* The caller holds the lock. */
static void log_locked(ReportSink *sink, Str line)
{
    strbuf_add(&sink->pending, line);
    if (sink->pending.len > LOG_FLUSH_BYTES) {
        flush_locked(sink);
    }
}

/* What stands between two invocations, where lines are for people. */
static Str banner(Arena *arena, const LineStyle *style, Str invocation_id)
{
    if (style->format != LINE_DEBUG || style->level >= LOG_ERROR) {
        return (Str){0};
    }
    StrBuf out = strbuf_init(arena, LIMIT_ERROR_BYTES);
    strbuf_add_c(&out, "\n\n============================== ");
    add_time(clock_now_us(), &out);
    strbuf_printf(&out, " | " STR_FMT " ==============================\n", STR_ARG(invocation_id));
    return strbuf_str(&out);
}

ReportSink *report_sink_new(Reporter *reporter, Str log_file, Str invocation_id)
{
    ReportSink *sink = memory_alloc(sizeof(*sink));
    *sink = (ReportSink){.reporter = reporter, .arena = arena_new("log")};
    mutex_init(&sink->mu);
    sink->told = strmap_init(sink->arena);
    sink->log_file = log_file.len > 0 ? str_from(str_to_c(sink->arena, log_file)) : (Str){0};
    sink->pending = strbuf_init(sink->arena, LIMIT_CONFIG_BYTES);
    sink->invocation_id = str_dup(sink->arena, invocation_id);
    put_aside_when_full(sink);
    strbuf_add(&sink->pending, banner(sink->arena, &reporter->file, invocation_id));
    Str head = banner(sink->arena, &reporter->console, invocation_id);
    if (head.len > 0 && reporter->print != NULL) {
        reporter->print(reporter->context, head);
    }
    return sink;
}

void report_sink_free(ReportSink *sink)
{
    if (sink != NULL) {
        flush_locked(sink);
        mutex_done(&sink->mu);
        arena_free(sink->arena);
        free(sink);
    }
}

/* ---- Telling ---- */

void report_mute(const Session *session, bool muted)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&session->sink->mu);
    session->sink->muted = muted;
}

void report_event(const Session *session, const ReportEvent *event)
{
    ReportSink *sink = session->sink;
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&sink->mu);
    if (sink->muted) {
        return;
    }
    const Reporter *reporter = sink->reporter;
    AUTO_FREE(arena) Arena *arena = arena_new("line");
    int64_t now_us = clock_now_us();
    sink->warnings += event->level == LOG_WARNING;
    log_locked(sink, report_line(arena, &reporter->file, sink->invocation_id, event, now_us));
    if (reporter->event != NULL) {
        Str line = report_line(arena, &reporter->console, sink->invocation_id, event, now_us);
        reporter->event(reporter->context, event, line);
    }
}

static void keep_raised(ReportSink *sink, Str text)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&sink->mu);
    if (sink->raised.data == NULL) {
        sink->raised = str_dup(sink->arena, text);
    }
}

static Str warning_mark(const Session *session)
{
    return session->reporter->colors ? STR("[\x1b[33mWARNING\x1b[0m]: ") : STR("[WARNING]: ");
}

void report_warning_event(const Session *session, const ReportEvent *event, bool marked)
{
    AUTO_FREE(arena) Arena *arena = arena_new("warning");
    ReportEvent told = *event;
    told.level = LOG_WARNING;
    if (marked) {
        told.text = str_printf(arena, STR_FMT STR_FMT, STR_ARG(warning_mark(session)),
                               STR_ARG(event->text));
    }
    switch (warn_error_fate(&session->flags->warn_error, str_from(event->name))) {
    case WARNING_TOLD:
        report_event(session, &told);
        break;
    case WARNING_IS_ERROR:
        keep_raised(session->sink, told.text);
        break;
    case WARNING_SILENT:
        break;
    }
}

void report_warning(const Session *session, const char *name, Str text)
{
    ReportEvent event = {.name = name, .text = text};
    report_warning_event(session, &event, false);
}

bool report_has_raised(const Session *session)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&session->sink->mu);
    return session->sink->raised.data != NULL;
}

Error *report_raised(const Session *session)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&session->sink->mu);
    Str raised = session->sink->raised;
    return raised.data != NULL ? error_new(ERR_TEMPLATE, STR_FMT, STR_ARG(raised)) : NULL;
}

void report_text(const Session *session, LogLevel level, const char *name, Str text)
{
    ReportEvent event = {.name = name, .level = level, .text = text};
    if (level == LOG_WARNING) {
        report_warning_event(session, &event, true);
    } else {
        report_event(session, &event);
    }
}

static bool is_first_time(ReportSink *sink, Str text)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&sink->mu);
    if (strmap_has(&sink->told, text)) {
        return false;
    }
    strmap_set_copy(&sink->told, text, sink);
    return true;
}

void report_warning_once(const Session *session, const char *name, Str text)
{
    if (is_first_time(session->sink, text)) {
        report_warning(session, name, text);
    }
}

void report_marked_warning_once(const Session *session, const char *name, Str text)
{
    if (is_first_time(session->sink, text)) {
        report_text(session, LOG_WARNING, name, text);
    }
}

void report_folded_warning(const Session *session, const char *name, Str text)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("folded");
    Str marked =
        str_printf(scratch, STR_FMT STR_FMT, STR_ARG(warning_mark(session)), STR_ARG(text));
    report_warning(session, name, text_fold(scratch, marked, flag_width(session->flags)));
}

/* The caller holds the lock. */
static void show_result_line(const Reporter *reporter, Arena *arena, const ReportEvent *event,
                             Str invocation_id, bool muted)
{
    if (muted || reporter->console.level == LOG_OFF) {
        return;
    }
    if (reporter->console.format == LINE_JSON && reporter->event != NULL) {
        LineStyle all = {.format = LINE_JSON, .level = LOG_DEBUG};
        Str line = report_line(arena, &all, invocation_id, event, clock_now_us());
        reporter->event(reporter->context, event, line);
    } else if (reporter->print != NULL) {
        Str pieces[] = {event->text, STR("\n")};
        reporter->print(reporter->context, str_join(arena, pieces, ARRAY_LEN(pieces), STR("")));
    }
}

void report_result(const Session *session, const ReportEvent *event)
{
    ReportSink *sink = session->sink;
    AUTO_FREE(arena) Arena *arena = arena_new("result");
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&sink->mu);
    show_result_line(sink->reporter, arena, event, sink->invocation_id, sink->muted);
}

void report_print(const Session *session, Str text)
{
    ReportEvent event = {.name = "PrintEvent", .level = LOG_INFO, .text = text};
    report_result(session, &event);
}

size_t report_warning_count(const Session *session)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&session->sink->mu);
    return session->sink->warnings;
}
