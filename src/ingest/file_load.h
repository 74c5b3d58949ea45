/* ingest/file_load.h - loading the files of a source: only new and changed ones, read by the
 * warehouse itself, with all bookkeeping in one transaction (dango.md 5.6 and 5.8). The caller
 * holds the write lock. */
#ifndef INGEST_FILE_LOAD_H
#define INGEST_FILE_LOAD_H

#include "source/source.h"
#include "warehouse/file_scan.h"
#include "warehouse/warehouse.h"

/* What the load tells while it works; every member may be NULL. */
typedef struct LoadEvents {
    void *context;
    void (*reading)(void *context, const SourceFile *file);
    void (*loaded)(void *context, int64_t rows);
    void (*writing)(void *context, Str shown_table);
    void (*dropping)(void *context, Str shown_table);
    void (*warning)(void *context, Str place, Str message, Str hint);
} LoadEvents;

typedef struct FileLoad {
    Connection *connection; /* without a transaction */
    Source *source;
    LoadEvents events;
    bool full_refresh;
    bool allow_schema_changes;
    bool allow_empty_replace;
    int64_t row_limit; /* at most that many rows, for trying out; 0 = all */
} FileLoad;

typedef struct FileLoadResult {
    Str load_id; /* empty when nothing was written */
    Str schema;  /* "raw_shop" */
    Str table;
    Str shown_table;    /* "raw.shop" */
    int64_t rows;       /* loaded by this run */
    int64_t total_rows; /* in the table afterwards */
    int64_t rows_before;
    int64_t rows_synced; /* by all loads since the last fresh start */
    size_t files_loaded;
    size_t files_deleted;
    size_t files_found;
    bool columns_changed;
    bool kept_rows; /* an empty file would have emptied the table, and was not let to */
} FileLoadResult;

/* Texts of the result live in the source context's arena. On any failure, also a killed process,
 * the warehouse is as it was before. ERR_INPUT names file and line, ERR_SCHEMA the columns. */
MUST_CHECK Error *file_load_run(const FileLoad *load, FileLoadResult *out);

/* How the warehouse reads a file of that shape. */
FileScan file_load_scan(const SourceFile *file, const FileShape *shape);

/* What a load would do, for a dry run: counts, where the warehouse can count without loading.
 * Nothing is written. */
typedef struct FileForecast {
    size_t files;
    int64_t rows;
    bool is_full; /* everything would be loaded anew */
} FileForecast;
MUST_CHECK Error *file_load_forecast(const FileLoad *load, FileForecast *out);

#endif
