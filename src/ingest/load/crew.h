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

/* Takes the rows over, also when it fails. Waits while the threads have enough to do.
 * ERR_CANCELLED after a failure elsewhere. `table` and `extras`, which may be NULL, outlive the
 * crew. */
MUST_CHECK Error *crew_add_json(Crew *crew, Str table, JsonRows *rows, const RowExtraVec *extras);

/* JSON lines that the threads parse. */
typedef struct CrewLines {
    Str table;
    Str text;       /* whole lines of `whole`, which is borrowed until crew_finish() */
    Str whole;      /* for the numbers of lines */
    Str shown;      /* names `whole` in messages */
    bool is_mapped; /* from a file: its pages are let go after the work */
    /* Asked for each row, under `mu`; NULL: all rows are new. */
    Incremental *incremental;
    Mutex *mu;
    _Atomic uint64_t *rows; /* counts those kept */
    uint64_t limit;         /* of those kept; 0: none */
    const RowExtraVec *extras;
} CrewLines;
MUST_CHECK Error *crew_add_lines(Crew *crew, const CrewLines *lines);

/* Rows of one stream, brought as columns. */
typedef struct CrewColumns CrewColumns;
/* It lives as long as the crew. `table` outlives it. */
MUST_CHECK Error *crew_open_columns(Crew *crew, Str table, CrewColumns **out);
/* Those rows of the chunk, in order. One thread at a time per stream. */
MUST_CHECK Error *crew_add_columns(CrewColumns *columns, const Chunk *chunk, const uint32_t *rows,
                                   size_t row_count, const RowExtraVec *extras);

/* Ends the work unfinished: the error that came first, or NULL. */
MUST_CHECK Error *crew_failure(Crew *crew);
/* Waits for all pages. The error that came first, or NULL. Nothing may be added afterwards. */
MUST_CHECK Error *crew_finish(Crew *crew);

#endif
