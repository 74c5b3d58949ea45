/* ingest/normalise/row_batch.h - the rows of one table that a batch of input brought, column by
 * column. A batch is filled, written (package.h) and emptied again and again; its memory stays.
 * Texts are borrowed: they must live until the batch is emptied. Not thread-safe. */
#ifndef INGEST_NORMALISE_ROW_BATCH_H
#define INGEST_NORMALISE_ROW_BATCH_H

#include "base/error.h"
#include "ingest/normalise/cell.h"
#include "value/column.h"

typedef struct BatchColumn {
    DataType type;
    ColumnType layout; /* as value/column.h has it */
    void *values;      /* of row_capacity values, those of NULLs unset */
    uint64_t *validity;
    size_t row_capacity;
    bool has_values; /* since it was emptied */
} BatchColumn;

typedef struct RowBatch {
    BatchColumn *columns;
    size_t column_count;
    size_t column_capacity;
    size_t row_count;
} RowBatch;

/* Frees what the batch holds, not the struct. */
void row_batch_done(RowBatch *batch);
/* Adds a column, NULL in all rows so far; its number counts from 0. ERR_SCHEMA for a type that no
 * column has. */
MUST_CHECK Error *row_batch_add_column(RowBatch *batch, const DataType *type, size_t *out_index);
/* Begins a row of NULLs; its number. */
size_t row_batch_begin_row(RowBatch *batch);
/* Takes the last row back. */
void row_batch_drop_row(RowBatch *batch);
/* Sets a value of the last row; `cell` is of the column's kind or NULL. ERR_INPUT when it is beyond
 * what the column's type can hold; the message names the value and the type. */
MUST_CHECK Error *row_batch_set(RowBatch *batch, size_t column, const Cell *cell);
/* Whether those rows of `values` can be taken over into the column as they are. */
bool row_batch_takes(const RowBatch *batch, size_t index, const Column *values,
                     const uint32_t *rows, size_t row_count);
/* Takes those rows of `values` over, into the rows from `first` on, which were begun. Texts are
 * borrowed. */
void row_batch_put(RowBatch *batch, size_t index, size_t first, const Column *values,
                   const uint32_t *rows, size_t row_count);
/* Forgets all rows. */
void row_batch_clear(RowBatch *batch);

/* How values of a type lie in memory. */
MUST_CHECK Error *row_batch_layout(const DataType *type, ColumnType *out);

static inline bool row_batch_is_set(const BatchColumn *column, size_t row)
{
    return column->has_values && row < column->row_capacity &&
           (column->validity[row / 64] >> (row % 64) & 1) != 0;
}

#endif
