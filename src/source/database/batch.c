#include "source/database/batch.h"

#include "base/limits.h"

enum {
    ROWS_MAX = 16384,
    ROWS_MIN = 64,
    WORD_BITS = 64,
    SLOT_BYTES = sizeof(Int128), /* the widest value */
};

/* A chunk of a table with many columns has fewer rows. */
static size_t capacity_of(size_t rows, size_t columns)
{
    size_t fitting = 32 * MIB / (SLOT_BYTES * (columns + 1));
    fitting = fitting < ROWS_MIN ? ROWS_MIN : fitting;
    fitting = fitting > ROWS_MAX ? ROWS_MAX : fitting;
    return rows > 0 && rows < fitting ? rows : fitting;
}

static size_t validity_bytes(const Batch *batch)
{
    return (batch->capacity + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t);
}

void batch_init(Batch *batch, const DatabaseRead *read, ChunkTaker *taker)
{
    size_t count = read->table->columns.len;
    *batch = (Batch){.arena = arena_new("batch"),
                     .texts = arena_new("texts"),
                     .column_count = count,
                     .capacity = capacity_of(read->rows, count),
                     .taker = taker};
    batch->columns = ARENA_ARRAY(batch->arena, Column, count + 1);
    batch->fill = ARENA_ARRAY(batch->arena, BatchColumn, count + 1);
    for (size_t i = 0; i < count; i++) {
        const DatabaseColumn *column = &read->table->columns.data[i];
        uint64_t *validity = arena_alloc(batch->arena, validity_bytes(batch));
        void *data = arena_alloc_array(batch->arena, batch->capacity, SLOT_BYTES);
        batch->fill[i] = (BatchColumn){.validity = validity, .data = data};
        batch->columns[i] = (Column){
            .name = column->name, .type = column->type, .validity = validity, .data = data};
    }
}

void batch_done(Batch *batch)
{
    arena_free(batch->texts);
    arena_free(batch->arena);
}

/* The row that was begun last stays out when `keep` is 1: it is being set. */
static Error *hand_over(Batch *batch, size_t rows)
{
    Chunk chunk = {
        .row_count = rows, .column_count = batch->column_count, .columns = batch->columns};
    return rows > 0 && !batch->enough ? batch->taker->take(batch->taker, &chunk, &batch->enough)
                                      : NULL;
}

static void forget(Batch *batch)
{
    for (size_t i = 0; i < batch->column_count; i++) {
        memset(batch->fill[i].validity, 0, validity_bytes(batch));
        batch->fill[i].has_values = false;
    }
    arena_reset(batch->texts);
    batch->rows = 0;
    batch->text_bytes = 0;
    if (batch->on_flush != NULL) {
        batch->on_flush(batch->context);
    }
}

Error *batch_flush(Batch *batch)
{
    TRY(hand_over(batch, batch->rows));
    forget(batch);
    return NULL;
}

Error *batch_begin_row(Batch *batch)
{
    if (UNLIKELY(batch->rows == batch->capacity || batch->text_bytes > 32 * MIB)) {
        TRY(batch_flush(batch));
    }
    batch->rows++;
    return NULL;
}

/* Moves the row that is being set to the front. */
static void keep_last(Batch *batch, size_t last)
{
    for (size_t i = 0; i < batch->column_count; i++) {
        BatchColumn *fill = &batch->fill[i];
        size_t size = column_kind_size(batch->columns[i].type.kind);
        bool has_value = (fill->validity[last / WORD_BITS] >> (last % WORD_BITS) & 1) != 0;
        memset(fill->validity, 0, validity_bytes(batch));
        fill->validity[0] = has_value;
        fill->has_values = has_value;
        memmove(fill->data, (char *)fill->data + last * size, size);
    }
    batch->rows = 1;
}

Error *batch_retype(Batch *batch, size_t column, ColumnType type)
{
    if (batch->fill[column].has_values && batch->rows > 1) {
        size_t last = batch->rows - 1;
        TRY(hand_over(batch, last));
        keep_last(batch, last);
    }
    batch->columns[column].type = type;
    return NULL;
}

Str batch_text(Batch *batch, Str text)
{
    return str_dup(batch->texts, text);
}
