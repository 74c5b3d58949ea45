/* ingest/load/crew.h - the threads that make rows of pages: a page is numbered when it comes, one
 * of the threads normalises it (normalise/job.h keeps them in step) and writes its rows into a file
 * of the package that is the thread's own. Columns are normalised by the thread that brings them.
 *
 *     TRY(crew_new(&options, &crew));
 *     TRY(crew_add_json(crew, table, &rows));   // any thread, any number of times
 *     TRY(crew_finish(crew));                   // all rows are on the disk for good
 *
 * Whatever goes wrong ends the work; crew_finish() tells what was first. */
#ifndef INGEST_LOAD_CREW_H
#define INGEST_LOAD_CREW_H

#include "ingest/load/incremental.h"
#include "ingest/package/package.h"
#include "source/stream.h"

typedef struct Crew Crew;

typedef struct CrewOptions {
    NormaliseJob *job; /* outlives the crew */
    Str directory;     /* of the package; outlives the crew */
    size_t threads;    /* at least 1 */
} CrewOptions;

/* Starts no thread before the first page. */
void crew_new(const CrewOptions *options, Crew **out);
/* Ends the work, unfinished as it may be. */
void crew_free(Crew *crew);
DEFINE_AUTO_FREE(crew, Crew)

/* What rows that come together share; its texts and extras outlive the crew. */
typedef struct PageOrigin {
    Str resource;
    Str place;                 /* the file, or again the resource */
    uint64_t first;            /* rows, or lines, of that place that came before */
    const RowExtraVec *extras; /* NULL: none */
} PageOrigin;

/* Takes the rows over, also when it fails; those that are NULL are only counted. Waits while the
 * threads have enough to do. ERR_CANCELLED after a failure elsewhere. `table` outlives the crew. */
MUST_CHECK Error *crew_add_json(Crew *crew, Str table, JsonRows *rows, const PageOrigin *origin);

/* JSON lines that the threads parse. */
typedef struct CrewLines {
    Str table;
    Str text;       /* borrowed until crew_finish() */
    bool is_mapped; /* from a file: its pages are let go after the work */
    /* Asked for each row, under `mu`; NULL: all rows are new. */
    Incremental *incremental;
    Mutex *mu;
    _Atomic uint64_t *rows; /* counts those kept */
    uint64_t limit;         /* of those kept; 0: none */
} CrewLines;
MUST_CHECK Error *crew_add_lines(Crew *crew, const CrewLines *lines, const PageOrigin *origin);

/* Rows of one stream, brought as columns. */
typedef struct CrewColumns CrewColumns;
/* It lives as long as the crew. `table` outlives it. */
MUST_CHECK Error *crew_open_columns(Crew *crew, Str table, CrewColumns **out);
/* Those rows of the chunk, in order. One thread at a time per stream. */
MUST_CHECK Error *crew_add_columns(CrewColumns *columns, const Chunk *chunk, const uint32_t *rows,
                                   size_t row_count, const PageOrigin *origin);

/* Ends the work unfinished: the error that came first, or NULL. */
MUST_CHECK Error *crew_failure(Crew *crew);
/* Waits for all pages. The error that came first, or NULL. Nothing may be added afterwards. */
MUST_CHECK Error *crew_finish(Crew *crew);

#endif
