#include "ingest/normalise/row_batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "ingest/normalise/coerce.h"
#include "ingest/normalise/decimal_text.h"

enum {
    FIRST_ROWS = 256,
    WORD_BITS = 64,
    BIGINT_BITS = 64,
    DECIMAL_PRECISION = 38,
    DECIMAL_SCALE = 9,
};

void row_batch_done(RowBatch *batch)
{
    for (size_t i = 0; i < batch->column_count; i++) {
        free(batch->columns[i].values);
        free(batch->columns[i].validity);
    }
    free(batch->columns);
    *batch = (RowBatch){0};
}

Error *row_batch_layout(const DataType *type, ColumnType *out)
{
    static const ColumnKind kinds[] = {
        [DATA_TEXT] = COLUMN_TEXT,
        [DATA_BIGINT] = COLUMN_INT,
        [DATA_DOUBLE] = COLUMN_DOUBLE,
        [DATA_BOOL] = COLUMN_BOOL,
        [DATA_TIMESTAMP] = COLUMN_TIMESTAMP_TZ,
        [DATA_DATE] = COLUMN_DATE,
        [DATA_TIME] = COLUMN_TIME,
        [DATA_BINARY] = COLUMN_BYTES,
        [DATA_DECIMAL] = COLUMN_DECIMAL,
        [DATA_WEI] = COLUMN_DECIMAL,
        [DATA_JSON] = COLUMN_JSON,
    };
    AUTO_FREE(arena) Arena *arena = arena_new("layout");
    Str sql;
    TRY(data_type_sql(arena, type, &sql));
    *out = (ColumnType){.kind = kinds[type->kind]};
    if (type->kind == DATA_BIGINT && type->precision > BIGINT_BITS) {
        out->kind = COLUMN_HUGE_INT;
    }
    if (type->kind == DATA_TIMESTAMP && type->is_naive) {
        out->kind = COLUMN_TIMESTAMP;
    }
    if (out->kind == COLUMN_DECIMAL) {
        int scale = type->kind == DATA_WEI ? 0 : DECIMAL_SCALE;
        out->precision =
            (uint8_t)(type->precision != DATA_DEFAULT ? type->precision : DECIMAL_PRECISION);
        out->scale = (uint8_t)(type->scale != DATA_DEFAULT ? type->scale : scale);
    }
    return NULL;
}

Error *row_batch_add_column(RowBatch *batch, const DataType *type, size_t *out_index)
{
    BatchColumn column = {.type = *type};
    TRY(row_batch_layout(type, &column.layout));
    if (batch->column_count == batch->column_capacity) {
        batch->column_capacity = batch->column_capacity * 2 + 8;
        batch->columns =
            memory_realloc(batch->columns, batch->column_capacity * sizeof(BatchColumn));
    }
    *out_index = batch->column_count;
    batch->columns[batch->column_count++] = column;
    return NULL;
}

size_t row_batch_begin_row(RowBatch *batch)
{
    return batch->row_count++;
}

void row_batch_drop_row(RowBatch *batch)
{
    size_t row = --batch->row_count;
    for (size_t i = 0; i < batch->column_count; i++) {
        BatchColumn *column = &batch->columns[i];
        if (row < column->row_capacity) {
            column->validity[row / WORD_BITS] &= ~((uint64_t)1 << (row % WORD_BITS));
        }
    }
}

void row_batch_clear(RowBatch *batch)
{
    for (size_t i = 0; i < batch->column_count; i++) {
        BatchColumn *column = &batch->columns[i];
        if (column->has_values) {
            memset(column->validity, 0, column->row_capacity / 8);
            column->has_values = false;
        }
    }
    batch->row_count = 0;
}

/* Cold: a column's first rows, and each doubling. */
static void grow(BatchColumn *column, size_t rows)
{
    size_t capacity = column->row_capacity > 0 ? column->row_capacity * 2 : FIRST_ROWS;
    while (capacity < rows) {
        capacity *= 2;
    }
    size_t size = column_kind_size(column->layout.kind);
    column->values = memory_realloc(column->values, capacity * size);
    column->validity = memory_realloc(column->validity, capacity / 8);
    memset((char *)column->validity + column->row_capacity / 8, 0,
           (capacity - column->row_capacity) / 8);
    column->row_capacity = capacity;
}

/* ---- Values ---- */

static Error *does_not_fit(Str value, const BatchColumn *column)
{
    AUTO_FREE(arena) Arena *arena = arena_new("value");
    Str sql = STR("?");
    TRY(data_type_sql(arena, &column->type, &sql));
    return error_new(ERR_INPUT, "'" STR_FMT "' does not fit a column of type " STR_FMT,
                     STR_ARG(value), STR_ARG(sql));
}

static Error *cell_does_not_fit(const Cell *cell, const BatchColumn *column)
{
    AUTO_FREE(arena) Arena *arena = arena_new("value");
    Cell text;
    return does_not_fit(coerce(arena, cell, DATA_TEXT, &text) ? text.as.text : STR("?"), column);
}

/* Integers of a narrow column have a range. */
static bool has_range(const BatchColumn *column)
{
    return column->type.kind == DATA_BIGINT && column->layout.kind == COLUMN_INT &&
           column->type.precision != DATA_DEFAULT && column->type.precision < BIGINT_BITS;
}

static int64_t greatest_int(const BatchColumn *column)
{
    int bits = has_range(column) ? column->type.precision : BIGINT_BITS;
    return bits <= 8 ? INT8_MAX : bits <= 16 ? INT16_MAX : bits <= 32 ? INT32_MAX : INT64_MAX;
}

static Error *set_int(const BatchColumn *column, size_t row, const Cell *cell)
{
    if (column->layout.kind == COLUMN_HUGE_INT) {
        DecimalUnits huge = cell->as.integer;
        if (cell->is_big && !decimal_text_units(cell->as.text, DECIMAL_PRECISION, 0, &huge)) {
            return does_not_fit(cell->as.text, column);
        }
        ((Int128 *)column->values)[row] = huge;
        return NULL;
    }
    int64_t limit = greatest_int(column);
    if (cell->is_big || cell->as.integer > limit || cell->as.integer < -limit - 1) {
        return cell_does_not_fit(cell, column);
    }
    ((int64_t *)column->values)[row] = cell->as.integer;
    return NULL;
}

static Error *set_decimal(const BatchColumn *column, size_t row, const Cell *cell)
{
    DecimalUnits units = 0;
    if (!decimal_text_units(cell->as.text, column->layout.precision, column->layout.scale,
                            &units)) {
        return does_not_fit(cell->as.text, column);
    }
    ((Int128 *)column->values)[row] = units;
    return NULL;
}

static int64_t time_us(const DateTime *time)
{
    enum { SECOND_US = 1000000 };
    int64_t seconds = ((int64_t)time->hour * 60 + time->minute) * 60 + time->second;
    int64_t shift = time->has_offset ? time->offset_s : 0;
    enum { DAY_S = 24 * 60 * 60 };
    return ((seconds - shift) % DAY_S + DAY_S) % DAY_S * SECOND_US + time->microsecond;
}

static Error *set_value(const BatchColumn *column, size_t row, const Cell *cell)
{
    switch (column->type.kind) {
    case DATA_TEXT:
    case DATA_JSON:
    case DATA_BINARY:
        ((Str *)column->values)[row] = cell->as.text;
        return cell->is_malformed ? does_not_fit(cell->as.text, column) : NULL;
    case DATA_BIGINT:
        return set_int(column, row, cell);
    case DATA_DOUBLE: /* JSON has neither infinities nor NaN; a text that says so is a mistake */
        ((double *)column->values)[row] = cell->as.number;
        return isfinite(cell->as.number) ? NULL : cell_does_not_fit(cell, column);
    case DATA_BOOL:
        ((bool *)column->values)[row] = cell->as.boolean;
        return NULL;
    case DATA_TIMESTAMP:
        ((int64_t *)column->values)[row] = cell_timestamp_us(cell);
        return NULL;
    case DATA_DATE: {
        const DateTime *day = &cell->as.time;
        ((int32_t *)column->values)[row] = (int32_t)date_to_days(day->year, day->month, day->day);
        return NULL;
    }
    case DATA_TIME:
        ((int64_t *)column->values)[row] = time_us(&cell->as.time);
        return NULL;
    case DATA_DECIMAL:
    case DATA_WEI:
        return set_decimal(column, row, cell);
    }
    return NULL;
}

Error *row_batch_set(RowBatch *batch, size_t index, const Cell *cell)
{
    BatchColumn *column = &batch->columns[index];
    size_t row = batch->row_count - 1;
    if (row >= column->row_capacity) {
        grow(column, row + 1);
    }
    uint64_t bit = (uint64_t)1 << (row % WORD_BITS);
    if (cell->is_null) {
        column->validity[row / WORD_BITS] &= ~bit;
        return NULL;
    }
    TRY(set_value(column, row, cell));
    column->validity[row / WORD_BITS] |= bit;
    column->has_values = true;
    return NULL;
}

/* ---- Whole columns ---- */

static bool is_in_range(const BatchColumn *column, const Column *values, const uint32_t *rows,
                        size_t row_count)
{
    int64_t limit = greatest_int(column);
    bool fits = true;
    for (size_t i = 0; i < row_count && has_range(column); i++) {
        int64_t value = column_is_null(values, rows[i]) ? 0 : column_int(values, rows[i]);
        fits = fits && value <= limit && value >= -limit - 1;
    }
    return fits;
}

bool row_batch_takes(const RowBatch *batch, size_t index, const Column *values,
                     const uint32_t *rows, size_t row_count)
{
    const BatchColumn *column = &batch->columns[index];
    const ColumnType *type = &values->type;
    if (type->kind == COLUMN_NULL) {
        return true;
    }
    if (type->kind == COLUMN_JSON) {
        return false; /* documents are written anew, as dlt writes them */
    }
    if (type->kind == COLUMN_DECIMAL &&
        (column->layout.scale != type->scale || column->layout.precision < type->precision)) {
        return false;
    }
    return type->kind == column->layout.kind && is_in_range(column, values, rows, row_count);
}

static void put_values(const BatchColumn *column, size_t first, const Column *values,
                       const uint32_t *rows, size_t row_count)
{
    size_t size = column_kind_size(column->layout.kind);
    char *to = (char *)column->values + first * size;
    const char *from = values->data;
    if (rows[row_count - 1] - rows[0] + 1 == row_count) { /* all of them, one after the other */
        memcpy(to, from + rows[0] * size, row_count * size);
        return;
    }
    for (size_t i = 0; i < row_count; i++) {
        memcpy(to + i * size, from + rows[i] * size, size);
    }
}

void row_batch_put(RowBatch *batch, size_t index, size_t first, const Column *values,
                   const uint32_t *rows, size_t row_count)
{
    BatchColumn *column = &batch->columns[index];
    if (row_count == 0 || values->type.kind == COLUMN_NULL) {
        return;
    }
    if (first + row_count > column->row_capacity) {
        grow(column, first + row_count);
    }
    put_values(column, first, values, rows, row_count);
    for (size_t i = 0; i < row_count; i++) {
        uint64_t is_set = !column_is_null(values, rows[i]);
        column->validity[(first + i) / WORD_BITS] |= is_set << ((first + i) % WORD_BITS);
    }
    column->has_values = true;
}
