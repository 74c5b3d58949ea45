/* source/database/batch.h - rows of a table on their way into chunks: a client sets the values of a
 * row, column by column, and the batch hands over full chunks. Its memory is used again for each
 * chunk. Texts are borrowed until the chunk is handed over; batch_text() keeps a copy until then.
 *
 *     for each row: TRY(batch_begin_row(batch)); batch_set_...(batch, column, value); ...
 *     TRY(batch_flush(batch));
 *
 * A column that is not set is NULL. The members of a struct are columns, too, with numbers of their
 * own: batch_member(). */
#ifndef SOURCE_DATABASE_BATCH_H
#define SOURCE_DATABASE_BATCH_H

#include "source/database/client.h"

typedef struct BatchColumn {
    uint64_t *validity;
    void *data; /* room for `capacity` values of its kind */
    bool has_values;
    size_t first_member; /* the number of the first column below it */
} BatchColumn;

typedef struct Batch {
    Arena *arena;    /* as long as the batch */
    Arena *texts;    /* as long as the chunk */
    Column *columns; /* the table's, then members */
    BatchColumn *fill;
    size_t column_count; /* of the table */
    size_t slot_count;   /* with members */
    size_t capacity;
    size_t rows; /* begun so far; the last one is being set */
    size_t text_bytes;
    bool enough; /* the taker wants no more */
    ChunkTaker *taker;
    void (*on_flush)(void *context); /* texts are no longer needed; may be NULL */
    void *context;
} Batch;

void batch_init(Batch *batch, const DatabaseRead *read, ChunkTaker *taker);
void batch_done(Batch *batch);
DEFINE_AUTO_DONE(batch, Batch)

/* Hands over what is there when it is full. */
MUST_CHECK Error *batch_begin_row(Batch *batch);
MUST_CHECK Error *batch_flush(Batch *batch);
/* The column has values of that kind from this row on; what came before is handed over if it has
 * values of another kind. */
MUST_CHECK Error *batch_retype(Batch *batch, size_t column, ColumnType type);
/* A copy that lives until the chunk is handed over. */
Str batch_text(Batch *batch, Str text);

/* Where the value of the row goes, which is no longer NULL. The column must be of that kind. */
static inline void *batch_slot(Batch *batch, size_t column, size_t value_size)
{
    size_t row = batch->rows - 1;
    BatchColumn *fill = &batch->fill[column];
    fill->validity[row / 64] |= UINT64_C(1) << (row % 64);
    fill->has_values = true;
    return (char *)fill->data + row * value_size;
}

/* The number of a member of a struct, counted from 0 within it. */
static inline size_t batch_member(const Batch *batch, size_t column, size_t member)
{
    return batch->fill[column].first_member + member;
}

/* A struct that is not NULL, whatever its members are. */
static inline void batch_set_struct(Batch *batch, size_t column)
{
    (void)batch_slot(batch, column, sizeof(char));
}

static inline void batch_set_int(Batch *batch, size_t column, int64_t value)
{
    *(int64_t *)batch_slot(batch, column, sizeof(value)) = value;
}

static inline void batch_set_int32(Batch *batch, size_t column, int32_t value)
{
    *(int32_t *)batch_slot(batch, column, sizeof(value)) = value;
}

static inline void batch_set_bool(Batch *batch, size_t column, bool value)
{
    *(bool *)batch_slot(batch, column, sizeof(value)) = value;
}

static inline void batch_set_double(Batch *batch, size_t column, double value)
{
    *(double *)batch_slot(batch, column, sizeof(value)) = value;
}

static inline void batch_set_wide(Batch *batch, size_t column, Int128 value)
{
    *(Int128 *)batch_slot(batch, column, sizeof(value)) = value;
}

/* Borrowed; counts for how much memory a chunk may take. */
static inline void batch_set_text(Batch *batch, size_t column, Str text)
{
    *(Str *)batch_slot(batch, column, sizeof(text)) = text;
    batch->text_bytes += text.len;
}

#endif
