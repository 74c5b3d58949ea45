/* sync/status_file.h - .dango/state/sync_status_<id>.json: where a sync is, for everybody who
 * watches it. Replaced whole at each change, so readers never see half of one (dango.md 5.1). */
#ifndef SYNC_STATUS_FILE_H
#define SYNC_STATUS_FILE_H

#include "project/project.h"

/* Phase, and its name in the file. */
#define SYNC_PHASES(X) \
    X(STARTING, "starting") \
    X(LOCK_WAITING, "lock_waiting") \
    X(DATA_LOAD, "data_load") \
    X(HOOKS, "post_sync_started") \
    X(DBT, "dbt_started") \
    X(COMPLETED, "completed") \
    X(FAILED, "failed")

typedef enum SyncPhase {
#define X(name, text) PHASE_##name,
    SYNC_PHASES(X)
#undef X
} SyncPhase;

/* Of the process that syncs. Texts live in the arena. */
typedef struct StatusFile {
    Arena *arena;
    const char *path;
    int64_t started_us;
    StrVec sources;
    Str label;
    Str message;
    Str error;
    Str dbt_error;       /* of steps after the load */
    int64_t rows_loaded; /* -1 = not known yet */
} StatusFile;

/* `id` is 12 hex digits; starts in PHASE_STARTING. */
MUST_CHECK Error *status_file_start(Arena *arena, const Project *project, Str id,
                                    const StrVec *sources, Str label, StatusFile *out);
MUST_CHECK Error *status_file_set(const StatusFile *status, SyncPhase phase);
/* The same for a sync that goes on unwatched when the file cannot be written: that is logged.
 * Without a path (dry runs) it does nothing. */
void status_file_note(StatusFile *status, SyncPhase phase, Str message);
/* Shown from the next change on, after what failed before. */
void status_file_add_dbt_error(StatusFile *status, Str message);
/* Removes the files of syncs that are over or whose process is gone. */
MUST_CHECK Error *status_file_clean(const Project *project);

#endif
