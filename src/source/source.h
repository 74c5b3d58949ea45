/* source/source.h - what every source of data implements. A driver is one const struct in a folder
 * of its own, listed in registry.c; its options are a table (option.h). The engine opens a source,
 * asks it for what there is to load and closes it, all on one thread.
 *
 * There are two kinds. Files are the short way: the driver only finds them and says how each is to
 * be read, and the warehouse reads them itself, which no code of ours can beat. All other sources
 * give rows (stream.h). A driver has the functions of one kind; those of the other are NULL. */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/thread.h"
#include "base/vec.h"
#include "project/project.h"
#include "source/option.h"
#include "source/stream.h"

/* What a driver is given for one run; lives until after close. */
typedef struct SourceContext {
    Arena *arena; /* as long as the run */
    const Project *project;
    const SourceConfig *config;
    const Cancel *cancel;
    ProjectProblemVec problems; /* what the driver wants told, in `arena` */
} SourceContext;

typedef enum FileFormat { FILE_CSV, FILE_JSON, FILE_JSON_LINES, FILE_PARQUET } FileFormat;
typedef enum FileCompression { FILE_PLAIN, FILE_GZIP, FILE_ZSTD } FileCompression;

/* A file there is, from its name and the directory alone. */
typedef struct SourceFile {
    Str path;  /* absolute */
    Str shown; /* as users know it: from the project's root */
    uint64_t size_bytes;
    int64_t modified_us;
    FileFormat format;
    FileCompression compression;
} SourceFile;
typedef VEC(SourceFile) SourceFileVec;

/* How a file is to be read, from a look into it. */
typedef struct FileShape {
    Str read_path;               /* the file itself, or a readable copy that lasts until close */
    FileCompression compression; /* of read_path */
    bool is_empty;               /* no rows: nothing, white space or a header only */
    /* CSV */
    Str encoding;
    char delimiter;
    char quote; /* 0 = none */
    bool has_header;
    Str date_format; /* empty = to be found out */
    size_t column_count;
    StrVec headers; /* as they stand in the file; empty without a header */
} FileShape;

typedef struct SourceDriver {
    const char *type;         /* as written in sources.yml: "csv" */
    const char *title;        /* what messages call it: "CSV files" */
    const OptionDef *options; /* ends with a NULL name */
    size_t state_size;        /* the engine allocates, zeroes and fills the options into it */

    /* Checks what the options say together; nothing is read yet. NULL: nothing to do. */
    MUST_CHECK Error *(*open)(SourceContext *ctx, void *state);
    /* ---- Files ---- */
    /* The files there are, sorted by path. A source that finds none succeeds. */
    MUST_CHECK Error *(*list_files)(SourceContext *ctx, void *state, SourceFileVec *out);
    /* Looks into one file. ERR_INPUT "path:line: ..." when it cannot be what its name says. */
    MUST_CHECK Error *(*inspect_file)(SourceContext *ctx, void *state, const SourceFile *file,
                                      FileShape *out);
    /* True when every run reads all of it anew, whatever is known of the last one. */
    bool (*reads_all)(const void *state);
    /* True when lists in the files are to become tables of their own. */
    bool (*nests)(const void *state);

    /* ---- Rows ---- */
    /* The streams there are, in order; what they are made of lives in the context's arena. */
    MUST_CHECK Error *(*list_streams)(SourceContext *ctx, void *state, SourceStreamVec *out);
    /* Reads the streams asked for to their end. Several may be read at once. Ends soon with
     * ERR_CANCELLED when the context's run is cancelled. */
    MUST_CHECK Error *(*read_streams)(SourceContext *ctx, void *state,
                                      const StreamRequest *requests, size_t request_count,
                                      RowSink *sink);

    /* Releases what the others acquired. Called exactly once, also after a failed open. */
    void (*close)(void *state);
} SourceDriver;

/* The drivers written in C, in the order help lists them; ends with NULL. Connectors for one API
 * each (rest/connector.h) come on top of them. */
extern const SourceDriver *const source_drivers[];
/* All types of sources: those of the drivers, then connectors, with the project's own (NULL: none).
 */
void source_types(Arena *arena, const Project *project, StrVec *out);
/* NULL when no driver is for that type. A connector's is made in `arena`. */
const SourceDriver *source_driver_find(Arena *arena, const Project *project, Str type);
/* ERR_CONFIG at the entry's place, with the nearest type. */
MUST_CHECK Error *source_driver_get(Arena *arena, const Project *project,
                                    const SourceConfig *config, const SourceDriver **out);

/* An open source; `done` closes it. */
typedef struct Source {
    const SourceDriver *driver; /* NULL when not open */
    void *state;
    SourceContext *ctx;
} Source;

/* Finds the driver, reads the options and opens. On failure *out needs no closing. */
MUST_CHECK Error *source_open(SourceContext *ctx, Source *out);
void source_done(Source *source);
DEFINE_AUTO_DONE(source, Source)

#endif
