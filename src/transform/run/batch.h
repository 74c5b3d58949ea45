/* transform/run/batch.h - the parts of time that microbatch models are built in. Times are
 * microseconds since 1970 UTC; batches are half-open: the end belongs to the next one. */
#ifndef TRANSFORM_RUN_BATCH_H
#define TRANSFORM_RUN_BATCH_H

#include "transform/graph/node.h"

/* Size, what configurations call it. */
#define BATCH_SIZES(X) \
    X(HOUR, "hour") \
    X(DAY, "day") \
    X(MONTH, "month") \
    X(YEAR, "year")

typedef enum BatchSize {
#define X(name, text) BATCH_##name,
    BATCH_SIZES(X)
#undef X
        BATCH_SIZE_COUNT
} BatchSize;

/* "hour"; for the size BATCH_SIZE_COUNT, there is none. */
const char *batch_size_name(BatchSize size);
/* False when no size is called so. */
bool batch_size_parse(Str text, BatchSize *out);

typedef struct Batch {
    int64_t start_us;
    int64_t end_us;
} Batch;
typedef VEC(Batch) BatchVec;

/* One of a model's batches while it is worked on. */
typedef struct BatchStep {
    BatchSize size;
    Batch time;
    bool first, last; /* of those of this run: hooks are run before and after all of them */
    bool incremental; /* there is a table to add to */
} BatchStep;

/* How the batches of a model ended, each list in order of time. */
typedef struct BatchResults {
    BatchVec successful;
    BatchVec failed; /* and those that were skipped */
} BatchResults;

/* Where the batch begins that the time lies in, and the first such place that is not before it. */
int64_t batch_floor(BatchSize size, int64_t time_us);
MUST_CHECK Error *batch_ceiling(BatchSize size, int64_t time_us, int64_t *out_us);
/* The beginning of the batch `count` after (or, below 0, before) the one the time lies in.
 * ERR_INPUT outside of the years 1 to 9999. */
MUST_CHECK Error *batch_offset(BatchSize size, int64_t time_us, int64_t count, int64_t *out_us);
/* The batches from the place `start_us` to `end_us`, which is the end of the last one; at least
 * one. ERR_LIMIT when there are too many. */
MUST_CHECK Error *batch_split(Arena *arena, BatchSize size, int64_t start_us, int64_t end_us,
                              BatchVec *out);

/* "2024-09-17T16", "2024-09-17", "2024-09" or "2024": what lines and files call the batch. */
Str batch_start_text(Arena *arena, BatchSize size, int64_t start_us);
/* The same without dashes: "20240917T16". */
Str batch_id(Arena *arena, BatchSize size, int64_t start_us);

#endif
