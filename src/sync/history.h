/* sync/history.h - what the last syncs of a source did: .dango/history/<source>.json, newest first,
 * at most 100 entries. It is the one place that `source list`, dry runs and pages take "last sync",
 * rows and status from, so that they agree; reading it opens no database. */
#ifndef SYNC_HISTORY_H
#define SYNC_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"
#include "project/project.h"

/* A table of the source as it was after the sync. */
typedef struct HistoryTable {
    Str name; /* "raw_shop.orders" */
    int64_t rows;
} HistoryTable;
typedef VEC(HistoryTable) HistoryTableVec;

typedef struct HistoryEntry {
    Str timestamp; /* when it ended, ISO 8601 UTC */
    Str status;    /* "success", "failed", "partial", "interrupted" */
    double duration_seconds;
    int64_t rows_processed;
    int64_t total_row_count; /* of all tables afterwards; -1 = not known */
    bool full_refresh;
    Str error_message;   /* empty without */
    Str start_date;      /* --start-date, or empty */
    Str transform_error; /* what failed in the hooks after the load, or empty */
    HistoryTableVec tables;
} HistoryEntry;
typedef VEC(HistoryEntry) HistoryEntryVec;

/* No file gives no entries. A file that is no longer JSON is an error that names it. */
MUST_CHECK Error *history_read(Arena *arena, const Project *project, Str source,
                               HistoryEntryVec *out);
/* Puts the entry first and drops the oldest beyond 100. Under the write lock. */
MUST_CHECK Error *history_add(const Project *project, Str source, const HistoryEntry *entry);
/* Adds to the newest entry that a step after the load failed; without an entry it does nothing. */
MUST_CHECK Error *history_add_transform_error(const Project *project, Str source, Str message);
/* For a source that is removed. */
MUST_CHECK Error *history_remove(const Project *project, Str source);

/* The entry as the JSON it is stored as; for --json outputs too. */
Value history_value(Arena *arena, const HistoryEntry *entry);

#endif
