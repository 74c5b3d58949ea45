/* sync/request.h - what is to be synced, and how. It crosses from the process that starts a sync to
 * the one that does it, as JSON. */
#ifndef SYNC_REQUEST_H
#define SYNC_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "project/project.h"

typedef enum SyncMode {
    SYNC_LOAD,
    SYNC_FORECAST, /* --dry-run: tells what would be loaded, writes nothing */
    SYNC_COUNT,    /* rows the sources have now, for the question before a full refresh */
} SyncMode;

typedef enum SyncEmpty {
    SYNC_EMPTY_BY_SOURCE, /* as the source's empty_sync_policy says */
    SYNC_EMPTY_ALLOW,
    SYNC_EMPTY_BLOCK,
} SyncEmpty;

typedef struct SyncRequest {
    SyncMode mode;
    StrVec names;   /* sources; empty = all that are enabled */
    StrVec exclude; /* sources */
    StrVec select;  /* resources; empty = all */
    bool full_refresh;
    bool allow_schema_changes;
    SyncEmpty empty;
    bool no_hooks;   /* --no-dbt */
    int64_t limit;   /* rows per resource; 0 = all */
    Str start_date;  /* YYYY-MM-DD, for sources with a cursor; or empty */
    int64_t wait_us; /* for the write lock */
    Str label;       /* who asked: "cli", "ui", "scheduler", "watcher", "manual" */
    Str id;          /* 12 hex digits, set by sync_run */
} SyncRequest;

Str sync_request_json(Arena *arena, const SyncRequest *request);
MUST_CHECK Error *sync_request_parse(Arena *arena, Str text, SyncRequest *out);

/* The sources that a request means, in the order of the file. ERR_NOT_FOUND for an unknown name or
 * resource with those there are, ERR_CONFIG for one that is named and disabled; ERR_USAGE when
 * nothing is left. */
typedef VEC(const SourceConfig *) SyncSourceVec;
MUST_CHECK Error *sync_request_sources(const Project *project, Arena *arena,
                                       const SyncRequest *request, SyncSourceVec *out);

#endif
