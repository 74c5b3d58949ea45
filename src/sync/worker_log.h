/* sync/worker_log.h - what the process of a sync wrote, in .dango/logs/sync_<source>_<time>.log.
 * Removed after a success, kept for a week after a failure. */
#ifndef SYNC_WORKER_LOG_H
#define SYNC_WORKER_LOG_H

#include <stdio.h>

#include "project/project.h"
#include "sync/event.h"

typedef struct WorkerLog {
    const char *path; /* NULL: nothing is kept */
    FILE *out;
} WorkerLog;

/* Also removes logs older than a week. With `keep` false nothing is written. */
MUST_CHECK Error *worker_log_open(Arena *arena, const Project *project, Str label, bool keep,
                                  WorkerLog *out);
void worker_log_add(WorkerLog *log, Str bytes);
void worker_log_add_event(WorkerLog *log, Arena *arena, const SyncEvent *event);
/* The last 50 lines. */
Str worker_log_tail(WorkerLog *log, Arena *arena);
void worker_log_close(WorkerLog *log, bool succeeded);

#endif
