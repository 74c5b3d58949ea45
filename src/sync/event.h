/* sync/event.h - what a sync tells while it runs. The process that syncs writes events as JSON
 * lines; the one that started it reads them and hands them to a reporter. Texts are borrowed: an
 * event is for the moment of the call. */
#ifndef SYNC_EVENT_H
#define SYNC_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/* Kind, and its name in JSON. */
#define SYNC_EVENTS(X) \
    X(STARTED, "started")                   /* source, when one was named; count */ \
    X(SOURCE_STARTED, "source_started")     /* source, index from 1, count */ \
    X(STEP, "step")                         /* source, text: "Reading CSV: data/sales.csv" */ \
    X(PROGRESS, "progress")                 /* source or text, percent (-1 = not known), rows */ \
    X(WARNING, "warning")                   /* source, text, hint */ \
    X(SOURCE_DONE, "source_done")           /* source, rows, seconds, flag: full refresh */ \
    X(SOURCE_FAILED, "source_failed")       /* source, error_class, text, hint, seconds */ \
    X(LOCKED, "locked")                     /* text, hint: nothing was synced */ \
    X(FAILED, "failed")                     /* error_class, text, hint: nothing was synced */ \
    X(FINISHED, "finished")                 /* rows, seconds, count, index: how many failed */ \
    X(HOOK, "hook")                         /* text: what a step after the load did */ \
    X(HOOK_FAILED, "hook_failed")           /* source: the step, error_class, text, hint, \
                                             * flag: interrupted */ \
    X(FORECAST_STARTED, "forecast_started") /* count */ \
    X(FORECAST_SOURCE, "forecast_source")   /* source, index */ \
    X(FORECAST_TABLE, "forecast_table")     /* source, text: table, rows, flag: full refresh */ \
    X(FORECAST_SOURCE_DONE, "forecast_source_done") /* source, rows, seconds */ \
    X(FORECAST_FINISHED, "forecast_finished")       /* rows, seconds */ \
    X(COUNTED, "counted")                           /* source, rows it has now */

typedef enum SyncEventKind {
#define X(name, text) SYNC_##name,
    SYNC_EVENTS(X)
#undef X
} SyncEventKind;

typedef struct SyncEvent {
    SyncEventKind kind;
    int64_t time_us;
    Str source;
    Str text;
    Str hint; /* lines */
    Str error_class;
    int64_t index;
    int64_t count;
    int64_t rows;
    double seconds;
    double percent;
    bool flag;
} SyncEvent;

typedef struct SyncReporter {
    void (*report)(void *context, const SyncEvent *event);
    void *context;
} SyncReporter;

/* One line of JSON, without the line break. */
Str sync_event_json(Arena *arena, const SyncEvent *event);
/* ERR_BUG for what is no event: both ends are the same program. */
MUST_CHECK Error *sync_event_parse(Arena *arena, Str line, SyncEvent *out);

#endif
