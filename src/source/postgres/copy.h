/* source/postgres/copy.h - rows of PostgreSQL's binary COPY on their way into a batch. The stream
 * is foreign: every length is checked against what is there before it is believed. Nothing here
 * calls the client library.
 *
 * A message of the protocol holds whole rows, the first one the stream's head before them; the
 * server cuts nowhere else. Not thread-safe. */
#ifndef SOURCE_POSTGRES_COPY_H
#define SOURCE_POSTGRES_COPY_H

#include "source/database/batch.h"

typedef struct CopyReader {
    Batch *batch;
    const DatabaseTable *table; /* the stream's columns are its columns, in order */
    bool has_head;
    bool has_ended;
    uint64_t rows; /* taken so far */
} CopyReader;

/* Takes the rows of a message. ERR_INPUT, with column and row, for a value that its column cannot
 * hold; ERR_SOURCE for a stream that is not what was asked for. Nothing of the message is kept. */
MUST_CHECK Error *copy_take(CopyReader *reader, Str message);
/* ERR_NETWORK when the stream broke off before its end. */
MUST_CHECK Error *copy_finish(const CopyReader *reader);

#endif
