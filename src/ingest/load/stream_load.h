/* ingest/load/stream_load.h - one load of a source that gives rows (source/stream.h): its streams
 * are declared, read from where the last load stopped, and committed together. The caller holds the
 * write lock. */
#ifndef INGEST_LOAD_STREAM_LOAD_H
#define INGEST_LOAD_STREAM_LOAD_H

#include "ingest/load/run.h"
#include "source/source.h"

/* What the load tells while it works, from any thread; every member may be NULL. */
typedef struct StreamLoadEvents {
    void *context;
    /* NULL: the stream has no cursor. */
    void (*reading)(void *context, Str stream, const Incremental *incremental);
    void (*rows)(void *context, Str stream, uint64_t rows); /* of that stream so far */
} StreamLoadEvents;

typedef struct StreamLoad {
    Source *source; /* open, with list_streams */
    LoadRunOptions options;
    /* Names of the streams to read; NULL: all. */
    const StrVec *selected;
    /* Of the run, over what hints of streams say; NULL: as they say. */
    const Value *write_disposition;
    const Value *schema_contract;
    StreamLoadEvents events;
} StreamLoad;

typedef struct StreamLoadResult {
    Str load_id; /* empty when nothing was written */
    LoadedTableVec tables;
    StrVec kept;            /* tables that were not emptied, see LoadRunOptions */
    LoadedTableVec streams; /* those read, and the rows that came, nested ones not counted */
    uint64_t rows;          /* of all streams */
    LoadRejected rejected;
} StreamLoadResult;

/* What the result points to lives in `arena`. On any failure, also of a killed process, the
 * warehouse is as it was before. ERR_CONFIG for a selected stream that is none. */
MUST_CHECK Error *stream_load_run(const StreamLoad *load, Arena *arena, StreamLoadResult *out);

#endif
