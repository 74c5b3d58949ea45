/* ingest/load/run.h - one load of one source from beginning to end: what the warehouse remembers is
 * read, resources are declared, rows go through the normaliser into a package on disk, and the
 * package is committed.
 *
 *     TRY(load_run_begin(&options, &run));
 *     TRY(load_run_resource(run, &resource, &stream));    // each resource that is read
 *     TRY(load_run_json(stream, &rows, &enough));         // its rows, any number of times
 *     TRY(load_run_finish(run, &result));
 *
 * Rows of different streams may be brought by different threads; all else is one thread's. */
#ifndef INGEST_LOAD_RUN_H
#define INGEST_LOAD_RUN_H

#include "ingest/load/commit.h"
#include "ingest/load/incremental.h"
#include "ingest/load/resource.h"
#include "ingest/normalise/normaliser.h"
#include "source/stream.h"

typedef struct LoadRun LoadRun;

/* What is forgotten before the load. */
typedef enum RefreshMode {
    REFRESH_NONE,
    REFRESH_DATA,      /* the rows of the resources that are read, and their state */
    REFRESH_RESOURCES, /* their tables, too */
    REFRESH_SOURCES,   /* all tables and all state of the source */
} RefreshMode;
/* "drop_data", "drop_resources", "drop_sources"; false for another text. */
bool refresh_mode_find(Str name, RefreshMode *out);

typedef struct LoadRunOptions {
    Connection *connection; /* without a transaction; outlives the run */
    Str dataset;
    Str schema_name;
    Str pipeline;
    Str package_directory; /* of one run at a time; emptied, made and removed by it */
    SourceHints source;
    /* Settings of the schema that are added or taken away; NULL: none. */
    const Value *settings;
    Str naming; /* of a new schema: "snake_case" and others; empty: dlt's default */
    RefreshMode refresh;
    size_t threads;     /* that normalise; 0: one per processor */
    uint64_t row_limit; /* of each resource, for trying out; cursors stay. 0: none */
    Str start;          /* a date: cursors begin there; empty: where the last load stopped */
    bool keeps_rows;    /* a replaced table is not emptied when nothing came for it */
    LoadHook hook;      /* in the commit's transaction */
    bool must_commit;   /* also when there is nothing to load */
    /* The views of this source are made anew with the commit (raw_views.h); empty: it has none. */
    Str viewed_source;
} LoadRunOptions;

/* A resource whose rows are read. */
typedef struct LoadStream LoadStream;

/* What a contract refused, and how many of both are in main._dango_rejected_rows. */
typedef struct LoadRejected {
    uint64_t rows; /* nested ones counted each */
    uint64_t values;
    uint64_t kept;
} LoadRejected;

typedef struct LoadRunResult {
    Str load_id; /* empty: there was nothing to load and nothing to remember */
    LoadedTableVec tables;
    StrVec kept; /* tables that keeps_rows saved from being emptied */
    LoadRejected rejected;
} LoadRunResult;

void load_run_free(LoadRun *run);
MUST_CHECK Error *load_run_begin(const LoadRunOptions *options, LoadRun **out);
DEFINE_AUTO_FREE(load_run, LoadRun)

MUST_CHECK Error *load_run_resource(LoadRun *run, const Resource *resource, LoadStream **out);
/* The cursor of the resource; NULL when it has none. Lives as long as the run. */
const Incremental *load_stream_incremental(const LoadStream *stream);
uint64_t load_stream_rows(const LoadStream *stream);
/* incremental_set_mark(): before the stream's rows. The mark lives as long as the run. */
void load_stream_set_mark(LoadStream *stream, const Value *mark, StreamNews news);

/* The rows from now on come from that file, and have values beside their own (NULL: none), until
 * other ones are given; borrowed until load_run_finish(). At first the place is the stream itself.
 */
void load_stream_from(LoadStream *stream, Str place, const RowExtraVec *extras);

/* The rows of a page; they are taken over, also on failure. *out_enough: nothing that would follow
 * is new. */
MUST_CHECK Error *load_run_json(LoadStream *stream, JsonRows *rows, bool *out_enough);
MUST_CHECK Error *load_run_chunk(LoadStream *stream, const Chunk *chunk, bool *out_enough);
/* Of a hidden resource with a cursor: the numbers of the rows that are new. `out` has room for all.
 */
MUST_CHECK Error *load_run_find_new(LoadStream *stream, const Chunk *chunk, uint32_t *out,
                                    size_t *out_count);
/* Rows as JSON lines, borrowed until load_run_finish(). A text of a mapped file takes memory only
 * while it is worked on. */
typedef enum LinesKind { LINES_IN_MEMORY, LINES_MAPPED } LinesKind;
MUST_CHECK Error *load_run_lines(LoadStream *stream, Str text, LinesKind kind);
/* After rows could not be brought: what went wrong in the run itself before, or NULL. Ends it. */
MUST_CHECK Error *load_run_failure(LoadRun *run);
/* Commits. The result lives as long as the run. */
MUST_CHECK Error *load_run_finish(LoadRun *run, LoadRunResult *out);

#endif
