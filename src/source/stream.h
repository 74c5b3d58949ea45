/* source/stream.h - rows of sources that are not files: APIs and databases. Such a driver names its
 * streams (resources, in dlt's words), then reads those it is asked for and hands their rows to a
 * sink: as parsed JSON, or as columns where types are known. What rows become is not its business:
 * names, types, tables of lists, ids and what is new are the engine's. */
#ifndef SOURCE_STREAM_H
#define SOURCE_STREAM_H

#include "base/error.h"
#include "base/vec.h"
#include "value/column.h"
#include "value/json_page.h"
#include "value/value.h"

typedef struct SourceStream {
    Str name;
    /* A map of dlt's hints (ingest/load/resource.h): write_disposition, primary_key, columns,
     * incremental and others; NULL: none. What a database reflects of a table stands in "columns".
     */
    const Value *hints;
    /* Its rows make no table: the driver only asks which of them are new (find_new), and reads in
     * another stream what they stand for. */
    bool is_hidden;
} SourceStream;
typedef VEC(SourceStream) SourceStreamVec;

/* A stream to read. The engine drops rows outside of the range and rows it has had; a driver that
 * can ask for less does so. */
typedef struct StreamRequest {
    size_t stream;      /* its number in the list of streams */
    const Value *from;  /* of the cursor, lag applied; NULL: from the beginning */
    const Value *until; /* NULL: without an end */
    bool goes_on;       /* the next load begins where this one ends */
    /* What the driver left with the load before (set_mark); NULL: nothing, or the cursor was moved
     * by others since. */
    const Value *mark;
} StreamRequest;

/* What is new in a stream with a cursor is told by it, or by the driver: then none of its rows is
 * dropped for being behind the cursor or having been loaded. */
typedef enum StreamNews { NEWS_BY_CURSOR, NEWS_BY_DRIVER } StreamNews;

/* Rows of one or several JSON documents, and the memory they lie in. */
typedef struct JsonRows {
    JsonPage page;
    VEC(yyjson_val *) rows; /* in page.arena; NULL: an empty line, only counted */
    /* The file they are from, for messages, and how many rows of it came before; the text lives as
     * long as the source. Empty: they are of the stream as such. */
    Str place;
    uint64_t before;
} JsonRows;
void json_rows_done(JsonRows *rows);
DEFINE_AUTO_DONE(json_rows, JsonRows)

/* Where rows go. Several streams may be read at once, by a thread each; of one stream one call
 * comes after the other, in the order of its rows. A call may wait while what came before is worked
 * on. */
typedef struct RowSink RowSink;
struct RowSink {
    /* Takes the rows over, also when it fails: *rows is empty afterwards. *out_enough: nothing that
     * would follow in this stream is new. */
    MUST_CHECK Error *(*add_json)(RowSink *sink, size_t stream, JsonRows *rows, bool *out_enough);
    /* The chunk is borrowed. All chunks of a stream have the same columns. */
    MUST_CHECK Error *(*add_columns)(RowSink *sink, size_t stream, const Chunk *chunk,
                                     bool *out_enough);
    /* Of a hidden stream: the numbers of the rows that no load has seen, in order. `out` has room
     * for all. */
    MUST_CHECK Error *(*find_new)(RowSink *sink, size_t stream, const Chunk *chunk, uint32_t *out,
                                  size_t *out_count);
    /* Of a stream whose request goes on, before its rows: JSON that the next load's request brings
     * back, if this load brings any rows. */
    void (*set_mark)(RowSink *sink, size_t stream, const Value *mark, StreamNews news);
};

#endif
