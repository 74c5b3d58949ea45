/* sync/source_load.h - what differs between kinds of sources in a sync: the load itself and what is
 * told of it. source_sync.c has what all of them share. */
#ifndef SYNC_SOURCE_LOAD_H
#define SYNC_SOURCE_LOAD_H

#include "source/source.h"
#include "sync/history.h"
#include "sync/source_sync.h"

typedef struct SourceLoaded {
    Str load_id;        /* empty: nothing was written */
    Str shown;          /* what messages call the data: its table, or the source */
    int64_t rows;       /* of this load */
    int64_t total_rows; /* in the source's tables now */
    int64_t rows_synced;
    HistoryTableVec tables; /* "raw_shop.orders", rows now */
} SourceLoaded;

/* Telling, for the loads. */
void source_sync_step(const SourceSync *sync, Str text);
void source_sync_warn(const SourceSync *sync, Str text, Str hint);
/* `percent` -1: not known. From any thread, one at a time. */
void source_sync_progress(const SourceSync *sync, double percent, int64_t rows);
/* "1,523 rows" */
Str source_sync_count_text(Arena *arena, int64_t count, const char *noun);
/* The request's way with loads that would empty a table, or else the source's. */
bool source_sync_allows_empty(const SourceSync *sync);

/* Where rows of this source's load lie until they are committed. */
Str source_sync_package_directory(const SourceSync *sync, Arena *arena);

/* Loads what the open source has; results live in `arena`. */
MUST_CHECK Error *file_source_load(const SourceSync *sync, Source *source, Arena *arena,
                                   SourceLoaded *out);
MUST_CHECK Error *stream_source_load(const SourceSync *sync, Source *source, Arena *arena,
                                     SourceLoaded *out);

#endif
