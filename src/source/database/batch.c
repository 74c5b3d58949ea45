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

static size_t count_slots(const DatabaseColumn *columns, size_t count)
{
    size_t slots = count;
    for (size_t i = 0; i < count; i++) {
        slots += count_slots(columns[i].members, columns[i].member_count);
    }
    return slots;
}

/* Fills the slots from `first` on with these columns; those below them follow from *next on. */
static void init_slots(Batch *batch, const DatabaseColumn *columns, size_t count, size_t first,
                       size_t *next)
{
    for (size_t i = 0; i < count; i++) {
        const DatabaseColumn *column = &columns[i];
        uint64_t *validity = arena_alloc(batch->arena, validity_bytes(batch));
        void *data = arena_alloc_array(batch->arena, batch->capacity, SLOT_BYTES);
        size_t below = *next;
        batch->fill[first + i] =
            (BatchColumn){.validity = validity, .data = data, .first_member = below};
        batch->columns[first + i] = (Column){.name = column->name,
                                             .type = column->type,
                                             .validity = validity,
                                             .data = data,
                                             .children = &batch->columns[below],
                                             .child_count = column->member_count};
        *next += column->member_count;
        init_slots(batch, column->members, column->member_count, below, next);
    }
}

void batch_init(Batch *batch, const DatabaseRead *read, ChunkTaker *taker)
{
    const DatabaseColumnVec *columns = &read->table->columns;
    size_t slots = count_slots(columns->data, columns->len);
    size_t next = columns->len;
    *batch = (Batch){.arena = arena_new("batch"),
                     .texts = arena_new("texts"),
                     .column_count = columns->len,
                     .slot_count = slots,
                     .capacity = capacity_of(read->rows, slots),
                     .taker = taker};
    batch->columns = ARENA_ARRAY(batch->arena, Column, slots + 1);
    batch->fill = ARENA_ARRAY(batch->arena, BatchColumn, slots + 1);
    init_slots(batch, columns->data, columns->len, 0, &next);
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
    for (size_t i = 0; i < batch->slot_count; i++) {
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
    for (size_t i = 0; i < batch->slot_count; i++) {
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
