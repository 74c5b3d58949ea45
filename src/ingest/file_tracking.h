/* ingest/file_tracking.h - which files of a source are loaded, and in which version: the table
 * main._dango_file_metadata (dango.md 5.8), and what it means for the files on disk now. */
#ifndef INGEST_FILE_TRACKING_H
#define INGEST_FILE_TRACKING_H

#include "source/source.h"
#include "warehouse/warehouse.h"

typedef enum FileChange { FILE_NEW, FILE_UPDATED, FILE_UNCHANGED } FileChange;

/* A file on disk and what is to be done with it. */
typedef struct FileTask {
    const SourceFile *file;
    FileChange change;
    bool is_recorded; /* rows of it may be in the table */
} FileTask;
typedef VEC(FileTask) FileTaskVec;

typedef struct FilePlan {
    FileTaskVec tasks; /* all files on disk, in their order */
    StrVec deleted;    /* paths of files that were loaded and are gone now */
    size_t to_load;    /* tasks that are not FILE_UNCHANGED */
} FilePlan;

/* Compares the files on disk with what is recorded. `all`: every file counts as changed. */
MUST_CHECK Error *file_plan_make(Connection *connection, Arena *arena, Str source,
                                 const SourceFileVec *files, bool all, FilePlan *out);

/* Makes the table where it is missing. */
MUST_CHECK Error *file_tracking_prepare(Connection *connection);
/* Records that the file's rows are loaded. A file loaded in part counts as changed at the next
 * sync. */
typedef enum FileExtent { FILE_WHOLE, FILE_IN_PART } FileExtent;
MUST_CHECK Error *file_tracking_loaded(Connection *connection, Str source, const FileTask *task,
                                       int64_t rows, FileExtent extent, int64_t now_us);
MUST_CHECK Error *file_tracking_deleted(Connection *connection, Str source, Str path,
                                        int64_t now_us);
/* Forgets all files of the source. */
MUST_CHECK Error *file_tracking_forget(Connection *connection, Str source);

#endif
