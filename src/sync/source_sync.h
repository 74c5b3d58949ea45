/* sync/source_sync.h - one source from end to end: load, bookkeeping on disk, history, what is
 * told. */
#ifndef SYNC_SOURCE_SYNC_H
#define SYNC_SOURCE_SYNC_H

#include "base/thread.h"
#include "sync/event.h"
#include "sync/request.h"
#include "warehouse/warehouse.h"

typedef struct SourceSync {
    const Project *project;
    const SourceConfig *config;
    const SyncRequest *request;
    Connection *connection;
    const Cancel *cancel;
    SyncReporter reporter;
} SourceSync;

typedef struct SourceOutcome {
    bool succeeded;
    bool interrupted;
    bool changed; /* rows or columns were written */
    int64_t rows;
    double seconds;
    Str error; /* "DataValidationError: message", in the caller's arena; empty without */
} SourceOutcome;

/* Never fails: what goes wrong is told through the reporter and in the outcome. */
void source_sync_run(SourceSync *sync, Arena *arena, SourceOutcome *out);
/* What a sync would load; nothing is written. */
void source_sync_forecast(const SourceSync *sync, Arena *arena, SourceOutcome *out);
/* Rows its tables hold now. */
MUST_CHECK Error *source_sync_count(const SourceSync *sync, Arena *arena, int64_t *out_rows);

#endif
