#include "ingest/package/frame.h"

#include <stdlib.h>

#include "base/fs.h"

enum {
    FRAME_MAGIC = 0x31474F44, /* "DOG1" */
    ALIGNMENT = 8,
    WORD_BITS = 64,
    FIRST_CAPACITY = 1 << 16,
};

typedef struct FrameHeader {
    uint32_t magic;
    uint32_t row_count;
    uint32_t column_count;
    uint32_t table_len;
    uint64_t bytes; /* of the whole frame */
} FrameHeader;

/* Offsets count from the frame's beginning. */
struct FrameColumn {
    uint64_t name;
    uint64_t validity; /* 0: all rows have a value */
    uint64_t values;   /* of texts: row_count + 1 offsets of 32 bits into `texts` */
    uint64_t texts;
    uint32_t name_len;
    uint8_t kind;
    uint8_t precision;
    uint8_t scale;
    uint8_t unused;
};

/* ---- Writing ---- */

void frame_buffer_done(FrameBuffer *buffer)
{
    free(buffer->data);
    *buffer = (FrameBuffer){0};
}

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Room for `size` bytes, rounded up; where they begin. */
static size_t reserve(FrameBuffer *buffer, size_t size)
{
    size_t at = buffer->len;
    size_t needed = at + aligned(size);
    if (needed > buffer->capacity) {
        size_t wanted =
            buffer->capacity * 2 > FIRST_CAPACITY ? buffer->capacity * 2 : FIRST_CAPACITY;
        buffer->capacity = wanted > needed ? wanted : needed;
        buffer->data = memory_realloc(buffer->data, buffer->capacity);
    }
    memset(buffer->data + at + size, 0, aligned(size) - size);
    buffer->len = needed;
    return at;
}

static size_t add_bytes(FrameBuffer *buffer, const void *bytes, size_t size)
{
    size_t at = reserve(buffer, size);
    if (size > 0) {
        memcpy(buffer->data + at, bytes, size);
    }
    return at;
}

static bool is_text(ColumnKind kind)
{
    return kind == COLUMN_TEXT || kind == COLUMN_JSON || kind == COLUMN_BYTES;
}

static size_t text_bytes(const Column *column, size_t row_count)
{
    size_t bytes = 0;
    for (size_t row = 0; row < row_count; row++) {
        bytes += column_is_null(column, row) ? 0 : column_str(column, row).len;
    }
    return bytes;
}

/* The offsets, then the texts one after the other. */
static void add_texts(FrameBuffer *buffer, const Column *column, size_t row_count, size_t start,
                      FrameColumn *out)
{
    size_t offsets_at = reserve(buffer, (row_count + 1) * sizeof(uint32_t));
    size_t texts_at = reserve(buffer, text_bytes(column, row_count));
    uint32_t *offsets = (uint32_t *)(void *)(buffer->data + offsets_at);
    char *texts = buffer->data + texts_at;
    uint32_t at = 0;
    for (size_t row = 0; row < row_count; row++) {
        offsets[row] = at;
        if (!column_is_null(column, row)) {
            Str text = column_str(column, row);
            if (text.len > 0) {
                memcpy(texts + at, text.data, text.len);
            }
            at += (uint32_t)text.len;
        }
    }
    offsets[row_count] = at;
    out->values = offsets_at - start;
    out->texts = texts_at - start;
}

static size_t validity_bytes(size_t row_count)
{
    return (row_count + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t);
}

static void add_column(FrameBuffer *buffer, const Column *column, size_t row_count, size_t start,
                       FrameColumn *out)
{
    ColumnKind kind = column->type.kind;
    out->kind = (uint8_t)kind;
    out->precision = column->type.precision;
    out->scale = column->type.scale;
    if (column->validity != NULL) {
        out->validity = add_bytes(buffer, column->validity, validity_bytes(row_count)) - start;
    }
    if (is_text(kind)) {
        add_texts(buffer, column, row_count, start, out);
    } else {
        out->values = add_bytes(buffer, column->data, row_count * column_kind_size(kind)) - start;
    }
}

void frame_add(FrameBuffer *buffer, Str table, const Column *columns, size_t column_count,
               size_t row_count)
{
    FrameHeader header = {.magic = FRAME_MAGIC,
                          .row_count = (uint32_t)row_count,
                          .column_count = (uint32_t)column_count,
                          .table_len = (uint32_t)table.len};
    size_t start = add_bytes(buffer, &header, sizeof(header));
    (void)add_bytes(buffer, table.data, table.len);
    size_t list_at = reserve(buffer, column_count * sizeof(FrameColumn));
    for (size_t i = 0; i < column_count; i++) {
        FrameColumn column = {.name_len = (uint32_t)columns[i].name.len};
        column.name = add_bytes(buffer, columns[i].name.data, columns[i].name.len) - start;
        add_column(buffer, &columns[i], row_count, start, &column);
        memcpy(buffer->data + list_at + i * sizeof(column), &column, sizeof(column));
    }
    header.bytes = buffer->len - start;
    memcpy(buffer->data + start, &header, sizeof(header));
}

/* ---- Reading ---- */

static bool fits(const Frame *frame, uint64_t at, uint64_t size)
{
    return at <= frame->len && size <= frame->len - at && at % ALIGNMENT == 0;
}

static const uint32_t *text_offsets(const Frame *frame, const FrameColumn *column)
{
    return (const uint32_t *)(const void *)(frame->data + column->values);
}

/* The texts themselves are looked at when they are read: whoever opens a package touches no rows.
 */
static bool texts_fit(const Frame *frame, const FrameColumn *column)
{
    return fits(frame, column->values, (frame->row_count + 1) * sizeof(uint32_t)) &&
           fits(frame, column->texts, 0);
}

static bool column_fits(const Frame *frame, const FrameColumn *column)
{
    if (column->kind >= COLUMN_LIST || !fits(frame, column->name, column->name_len) ||
        (column->validity != 0 &&
         !fits(frame, column->validity, validity_bytes(frame->row_count)))) {
        return false;
    }
    ColumnKind kind = (ColumnKind)column->kind;
    return is_text(kind) ? texts_fit(frame, column)
                         : fits(frame, column->values, frame->row_count * column_kind_size(kind));
}

static Error *broken(void)
{
    return error_new(ERR_INPUT, "the rows of an unfinished load are damaged");
}

/* What is said of the columns is copied: looking something up in a frame that is mapped would bring
 * in what lies around it. */
static void keep_columns(Arena *arena, const FrameColumn *columns, Frame *frame)
{
    FrameColumn *kept = ARENA_ARRAY(arena, FrameColumn, frame->column_count + 1);
    Str *names = ARENA_ARRAY(arena, Str, frame->column_count + 1);
    for (size_t i = 0; i < frame->column_count; i++) {
        kept[i] = columns[i];
        names[i] = str_dup(arena, (Str){frame->data + columns[i].name, columns[i].name_len});
    }
    frame->columns = kept;
    frame->names = names;
}

Error *frame_open(Arena *arena, Str bytes, Frame *out)
{
    FrameHeader header;
    if (bytes.len < sizeof(header)) {
        return broken();
    }
    memcpy(&header, bytes.data, sizeof(header));
    if (header.magic != FRAME_MAGIC || header.bytes > bytes.len) {
        return broken();
    }
    *out = (Frame){.data = bytes.data,
                   .len = header.bytes,
                   .row_count = header.row_count,
                   .column_count = header.column_count};
    size_t list_at = sizeof(header) + aligned(header.table_len);
    if (!fits(out, sizeof(header), header.table_len) ||
        !fits(out, list_at, header.column_count * sizeof(FrameColumn))) {
        return broken();
    }
    const FrameColumn *columns = (const FrameColumn *)(const void *)(bytes.data + list_at);
    for (size_t i = 0; i < out->column_count; i++) {
        if (!column_fits(out, &columns[i])) {
            return broken();
        }
    }
    out->table = str_dup(arena, (Str){bytes.data + sizeof(header), header.table_len});
    keep_columns(arena, columns, out);
    return NULL;
}

void frame_release(const Frame *frame)
{
    fs_release_mapped((Str){frame->data, frame->len});
}

Str frame_column_name(const Frame *frame, size_t column)
{
    return frame->names[column];
}

size_t frame_find_column(const Frame *frame, Str name)
{
    for (size_t i = 0; i < frame->column_count; i++) {
        if (str_eq(frame_column_name(frame, i), name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

ColumnType frame_column_type(const Frame *frame, size_t column)
{
    const FrameColumn *it = &frame->columns[column];
    return (ColumnType){
        .kind = (ColumnKind)it->kind, .precision = it->precision, .scale = it->scale};
}

static Error *read_texts(const Frame *frame, const FrameColumn *column, size_t first, size_t rows,
                         Str *out)
{
    const uint32_t *offsets = text_offsets(frame, column) + first;
    const char *texts = frame->data + column->texts;
    if (!fits(frame, column->texts, offsets[rows])) {
        return broken();
    }
    for (size_t i = 0; i < rows; i++) {
        if (offsets[i] > offsets[i + 1] || offsets[i + 1] > offsets[rows]) {
            return broken();
        }
        out[i] = (Str){texts + offsets[i], offsets[i + 1] - offsets[i]};
    }
    return NULL;
}

Error *frame_read(const Frame *frame, size_t column, size_t first, size_t rows, Arena *arena,
                  Column *out)
{
    const FrameColumn *it = &frame->columns[column];
    ColumnKind kind = (ColumnKind)it->kind;
    *out = (Column){.name = frame_column_name(frame, column),
                    .type = frame_column_type(frame, column)};
    if (it->validity != 0) {
        const void *words = frame->data + it->validity;
        out->validity = (const uint64_t *)words + first / WORD_BITS;
    }
    if (!is_text(kind)) {
        out->data = frame->data + it->values + first * column_kind_size(kind);
        return NULL;
    }
    Str *texts = arena_alloc_raw(arena, rows * sizeof(*texts));
    out->data = texts;
    return read_texts(frame, it, first, rows, texts);
}
