/* sync/sync.h - a sync from end to end, for the command line, the scheduler and the pages alike.
 *
 * It always runs in a process of its own, so that a crash in it takes nothing down, and so that
 * whoever asks for it never opens the warehouse. The process is this program once more, started
 * with the hidden command "sync-worker", rather than a fork that goes on: the server that also
 * syncs has threads, of which a fork keeps none but their locks. It costs three milliseconds. */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include "base/thread.h"
#include "sync/event.h"
#include "sync/request.h"

typedef struct SyncOutcome {
    int64_t rows;
    double seconds;
    size_t sources;
    size_t failed; /* sources, and steps after the load */
    bool interrupted;
    bool is_complete; /* false: the process ended before all sources were done */
} SyncOutcome;

/* Runs a request and hands its events to the reporter as they come. When `cancel` is requested, the
 * process is asked to stop, and rolls back. A source that fails is an event and counts in the
 * outcome; an error says that nothing could be synced at all, and was reported too (ERR_FAILED),
 * but for ERR_NOT_FOUND and ERR_USAGE of a request that names nothing sensible. */
MUST_CHECK Error *sync_run(const Project *project, const SyncRequest *request,
                           const SyncReporter *reporter, const Cancel *cancel,
                           SyncOutcome *out_outcome);

/* Rows that a full refresh would delete, source by source. */
typedef struct SyncCount {
    Str source;
    int64_t rows;
} SyncCount;
typedef VEC(SyncCount) SyncCountVec;
MUST_CHECK Error *sync_count(const Project *project, Arena *arena, const SyncRequest *request,
                             const Cancel *cancel, SyncCountVec *out);

#endif
