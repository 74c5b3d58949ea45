#include "transform/console/report_internal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/map.h"

enum { LOG_FLUSH_BYTES = 64 * 1024 };

struct ReportSink {
    Mutex mu;
    Reporter *reporter;
    Arena *arena;
    Str log_file;
    StrBuf pending;  /* lines not yet in the file; guarded by mu */
    size_t warnings; /* guarded by mu */
    StrMap told;     /* warnings that come once; guarded by mu */
};

/* ---- The log file ---- */

static void add_time(int64_t now_us, StrBuf *out)
{
    ClockParts t = clock_parts_utc(now_us);
    strbuf_printf(out, "%02d:%02d:%02d.%06d", t.hour, t.minute, t.second, t.microsecond);
}

static const char *level_name(LogLevel level)
{
    switch (level) {
    case LOG_DEBUG:
        return "debug";
    case LOG_WARNING:
        return "warn ";
    case LOG_ERROR:
        return "error";
    case LOG_INFO:
    case LOG_OFF:
        break;
    }
    return "info ";
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

static void log_locked(ReportSink *sink, LogLevel level, Str text)
{
    add_time(clock_now_us(), &sink->pending);
    strbuf_printf(&sink->pending, " [%s] [MainThread]: ", level_name(level));
    strbuf_add(&sink->pending, text);
    strbuf_add_char(&sink->pending, '\n');
    if (sink->pending.len > LOG_FLUSH_BYTES) {
        flush_locked(sink);
    }
}

ReportSink *report_sink_new(Reporter *reporter, Str log_file, Str invocation_id)
{
    ReportSink *sink = memory_alloc(sizeof(*sink));
    *sink = (ReportSink){.reporter = reporter, .arena = arena_new("log")};
    mutex_init(&sink->mu);
    sink->told = strmap_init(sink->arena);
    sink->log_file = log_file.len > 0 ? str_from(str_to_c(sink->arena, log_file)) : (Str){0};
    sink->pending = strbuf_init(sink->arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&sink->pending, "\n\n============================== ");
    add_time(clock_now_us(), &sink->pending);
    strbuf_printf(&sink->pending, " | " STR_FMT " ==============================\n",
                  STR_ARG(invocation_id));
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

void report_event(const Session *session, const ReportEvent *event)
{
    ReportSink *sink = session->sink;
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&sink->mu);
    sink->warnings += event->level == LOG_WARNING;
    log_locked(sink, event->level, event->text);
    if (sink->reporter->event != NULL) {
        sink->reporter->event(sink->reporter->context, event);
    }
}

void report_text(const Session *session, LogLevel level, const char *name, Str text)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("message");
    ReportEvent event = {.name = name, .level = level, .text = text};
    if (level == LOG_WARNING) {
        event.text = str_printf(scratch, "[WARNING]: " STR_FMT, STR_ARG(text));
    }
    report_event(session, &event);
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
    ReportEvent event = {.name = name, .level = LOG_WARNING, .text = text};
    if (is_first_time(session->sink, text)) {
        report_event(session, &event);
    }
}

/* Breaks lines at spaces, so that they and what is in front of the first one fit. */
static Str folded(Arena *arena, Str text, size_t in_front)
{
    enum { WIDTH = 80 };
    StrBuf out = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    size_t column = in_front, gap = 0;
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        while (i < text.len && text.data[i] != ' ') {
            i++;
        }
        Str word = str_slice(text, start, i);
        bool breaks = column + gap + word.len > WIDTH && column > 0;
        if (breaks) {
            strbuf_add_char(&out, '\n');
        } else {
            strbuf_add(&out, str_slice(text, start - gap, start));
        }
        column = breaks ? word.len : column + gap + word.len;
        strbuf_add(&out, word);
        for (start = i; i < text.len && text.data[i] == ' ';) {
            i++;
        }
        gap = i - start;
    }
    return strbuf_str(&out);
}

void report_folded_warning(const Session *session, const char *name, Str text)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("folded");
    report_text(session, LOG_WARNING, name, folded(scratch, text, strlen("[WARNING]: ")));
}

void report_print(const Session *session, Str text)
{
    ReportSink *sink = session->sink;
    AUTO_FREE(arena) Arena *scratch = arena_new("message");
    Str pieces[] = {text, STR("\n")};
    Str line = str_join(scratch, pieces, ARRAY_LEN(pieces), STR(""));
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&sink->mu);
    if (sink->reporter->print != NULL) {
        sink->reporter->print(sink->reporter->context, line);
    }
}

size_t report_warning_count(const Session *session)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&session->sink->mu);
    return session->sink->warnings;
}
