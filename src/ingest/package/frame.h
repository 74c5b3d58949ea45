/* ingest/package/frame.h - a batch of rows of one table as bytes: what a load keeps on disk between
 * fetching and committing. Columns lie in the file as they lie in memory (native byte order: a
 * package never leaves its machine), so writing is copying and reading is mapping the file.
 *
 *     FrameHeader, table name, FrameColumn and name of each column, then per column its validity
 *     words (unless all rows have a value), its values, or offsets and bytes of its texts.
 *
 * Every part begins at a multiple of eight bytes. */
#ifndef INGEST_PACKAGE_FRAME_H
#define INGEST_PACKAGE_FRAME_H

#include "base/error.h"
#include "base/vec.h"
#include "value/column.h"

/* Bytes that grow outside of any arena, used again for each batch. */
typedef struct FrameBuffer {
    char *data;
    size_t len;
    size_t capacity;
} FrameBuffer;

void frame_buffer_done(FrameBuffer *buffer);

/* Appends the rows 0 .. row_count of the columns. */
void frame_add(FrameBuffer *buffer, Str table, const Column *columns, size_t column_count,
               size_t row_count);

typedef struct FrameColumn FrameColumn;

/* A frame in memory that somebody else holds; what is told of its table and columns lies in the
 * arena it was opened with. */
typedef struct Frame {
    const char *data;
    size_t len;
    Str table;
    size_t row_count;
    size_t column_count;
    const FrameColumn *columns;
    const Str *names; /* of the columns */
} Frame;

/* The frame at the beginning of `bytes`; ERR_INPUT when it is none, or broken. Its values are not
 * looked at. */
MUST_CHECK Error *frame_open(Arena *arena, Str bytes, Frame *out);
Str frame_column_name(const Frame *frame, size_t column);
/* SIZE_MAX when there is none. */
size_t frame_find_column(const Frame *frame, Str name);
ColumnType frame_column_type(const Frame *frame, size_t column);
/* It is not read again soon: see fs_release_mapped(). */
void frame_release(const Frame *frame);
/* Rows first .. first + rows; `first` is a multiple of 64. Values point into the frame; what must
 * be made lives in `arena`. ERR_INPUT when texts lie outside of it. */
MUST_CHECK Error *frame_read(const Frame *frame, size_t column, size_t first, size_t rows,
                             Arena *arena, Column *out);

#endif
