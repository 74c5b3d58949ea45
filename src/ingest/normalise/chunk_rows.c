#include "ingest/normalise/chunk_rows.h"

#include "base/limits.h"
#include "ingest/typed_json.h"
#include "value/base64.h"
#include "value/json_writer.h"

/* Those rows of a chunk. */
typedef struct ChunkRows {
    const Chunk *chunk;
    const uint32_t *rows;
    size_t row_count;
} ChunkRows;

/* ---- Rows as JSON ---- */

static void add_string(StrBuf *out, Str text)
{
    json_write_string(out, text, &json_style_ordered);
}

static void add_typed(StrBuf *out, TypedKind kind, const Column *column, size_t row)
{
    AUTO_FREE(arena) Arena *arena = arena_new("value");
    add_string(out, typed_join(arena, kind, column_text(column, row, arena)));
}

static void add_bytes(StrBuf *out, Str bytes)
{
    AUTO_FREE(arena) Arena *arena = arena_new("value");
    StrBuf text = strbuf_init(arena, LIMIT_JSON_RECORD_BYTES);
    base64_add(&text, bytes);
    add_string(out, typed_join(arena, TYPED_BYTES, strbuf_str(&text)));
}

static void add_plain(StrBuf *out, const Column *column, size_t row)
{
    column_add_text(column, row, STR("null"), out);
}

static void add_text(StrBuf *out, const Column *column, size_t row)
{
    AUTO_FREE(arena) Arena *arena = arena_new("value");
    add_string(out, column_text(column, row, arena));
}

static void add_value_or_null(StrBuf *out, const Column *column, size_t row);

static void add_list(StrBuf *out, const Column *column, size_t row)
{
    ColumnSlice slice = ((const ColumnSlice *)column->data)[row];
    strbuf_add_char(out, '[');
    for (uint64_t i = 0; i < slice.len; i++) {
        strbuf_add_c(out, i > 0 ? "," : "");
        add_value_or_null(out, &column->children[0], slice.offset + i);
    }
    strbuf_add_char(out, ']');
}

static void add_members(StrBuf *out, const Column *members, size_t count, size_t row)
{
    strbuf_add_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        strbuf_add_c(out, i > 0 ? "," : "");
        add_string(out, members[i].name);
        strbuf_add_char(out, ':');
        add_value_or_null(out, &members[i], row);
    }
    strbuf_add_char(out, '}');
}

/* Keys of any type become texts. */
static void add_map(StrBuf *out, const Column *column, size_t row)
{
    ColumnSlice slice = ((const ColumnSlice *)column->data)[row];
    strbuf_add_char(out, '{');
    for (uint64_t i = 0; i < slice.len; i++) {
        strbuf_add_c(out, i > 0 ? "," : "");
        add_text(out, &column->children[0], slice.offset + i);
        strbuf_add_char(out, ':');
        add_value_or_null(out, &column->children[1], slice.offset + i);
    }
    strbuf_add_char(out, '}');
}

/* Columns are nested as deep as their type is written. */
static void add_value(StrBuf *out, const Column *column, size_t row)
{
    static const TypedKind marks[] = {
        [COLUMN_DECIMAL] = TYPED_DECIMAL,
        [COLUMN_DATE] = TYPED_DATE,
        [COLUMN_TIME] = TYPED_TIME,
        [COLUMN_TIMESTAMP] = TYPED_DATETIME,
        [COLUMN_TIMESTAMP_NS] = TYPED_DATETIME,
        [COLUMN_TIMESTAMP_TZ] = TYPED_DATETIME,
    };
    switch (column->type.kind) {
    case COLUMN_NULL:
    case COLUMN_BOOL:
    case COLUMN_INT:
    case COLUMN_HUGE_INT:
    case COLUMN_JSON:
        add_plain(out, column, row);
        return;
    case COLUMN_FLOAT:
        json_write_float(out, (double)((const float *)column->data)[row], JSON_NUMBERS_ORJSON);
        return;
    case COLUMN_DOUBLE:
        json_write_float(out, ((const double *)column->data)[row], JSON_NUMBERS_ORJSON);
        return;
    case COLUMN_TEXT:
        add_string(out, column_str(column, row));
        return;
    case COLUMN_BYTES:
        add_bytes(out, column_str(column, row));
        return;
    case COLUMN_DECIMAL:
    case COLUMN_DATE:
    case COLUMN_TIME:
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_NS:
    case COLUMN_TIMESTAMP_TZ:
        add_typed(out, marks[column->type.kind], column, row);
        return;
    case COLUMN_INTERVAL:
        add_text(out, column, row);
        return;
    case COLUMN_LIST:
        add_list(out, column, row);
        return;
    case COLUMN_STRUCT:
        add_members(out, column->children, column->child_count, row);
        return;
    case COLUMN_MAP:
        add_map(out, column, row);
        return;
    }
}

static void add_value_or_null(StrBuf *out, const Column *column, size_t row)
{
    if (column_is_null(column, row)) {
        strbuf_add(out, STR("null"));
    } else {
        add_value(out, column, row);
    }
}

void chunk_row_json(const Chunk *chunk, size_t row, StrBuf *out)
{
    add_members(out, chunk->columns, chunk->column_count, row);
}

static Error *add_as_json(Normaliser *normaliser, Str table, const ChunkRows *rows, JsonPage *page)
{
    AUTO_FREE(arena) Arena *arena = arena_new("row");
    const uint64_t before = normaliser->origin.number;
    for (size_t i = 0; i < rows->row_count; i++) {
        StrBuf text = strbuf_init(arena, LIMIT_JSON_RECORD_BYTES);
        yyjson_val *row;
        chunk_row_json(rows->chunk, rows->rows[i], &text);
        if (text.overflowed) {
            return error_new(ERR_LIMIT, "a row of table `" STR_FMT "` of more than %llu bytes",
                             STR_ARG(table), (unsigned long long)LIMIT_JSON_RECORD_BYTES);
        }
        TRY(json_page_read(page, strbuf_str(&text), &row));
        normaliser->origin.number = before + rows->rows[i] + 1;
        TRY(normaliser_add(normaliser, table, row));
        arena_reset(arena);
    }
    return NULL;
}

/* ---- Columns as they are ---- */

static bool has_null(const Column *column, const ChunkRows *rows)
{
    bool found = false;
    for (size_t i = 0; i < rows->row_count && !found; i++) {
        found = column_is_null(column, rows->rows[i]);
    }
    return found;
}

/* Whether the column can be taken over into what its field has in the table. */
static bool takes(const TableTarget *table, const FieldTarget *field, const Column *column,
                  const ChunkRows *rows)
{
    const ColumnTarget *target = field->column;
    if (field->is_row_id || target == NULL) {
        return target == NULL && column->type.kind == COLUMN_NULL; /* makes no column */
    }
    return row_batch_takes(&table->rows, target->index, column, rows->rows, rows->row_count) &&
           (target->nullable || !has_null(column, rows));
}

/* The fields of the chunk's columns; *out_same is false when one of them cannot be taken over. */
static Error *find_fields(Normaliser *normaliser, TableTarget *table, const ChunkRows *rows,
                          FieldTarget **fields, bool *out_same)
{
    *out_same = false;
    for (size_t i = 0; i < rows->chunk->column_count; i++) {
        const Column *column = &rows->chunk->columns[i];
        TRY(target_field(&normaliser->set, table->shape, column->name, &fields[i]));
        if (!takes(table, fields[i], column, rows)) {
            return NULL;
        }
    }
    *out_same = true;
    return NULL;
}

static Error *take_columns(Normaliser *normaliser, TableTarget *table, const ChunkRows *rows,
                           FieldTarget *const *fields)
{
    size_t first = table->rows.row_count;
    for (size_t i = 0; i < rows->row_count; i++) {
        normaliser_begin_row(normaliser, table, 0, 0);
    }
    for (size_t i = 0; i < rows->chunk->column_count; i++) {
        if (fields[i]->column != NULL) {
            row_batch_put(&table->rows, fields[i]->column->index, first, &rows->chunk->columns[i],
                          rows->rows, rows->row_count);
        }
    }
    normaliser->rows += rows->row_count;
    return table->has_system ? NULL : target_system_columns(&normaliser->set, table);
}

Error *chunk_rows_add(Normaliser *normaliser, Str table, const Chunk *chunk, const uint32_t *rows,
                      size_t row_count, JsonPage *page)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fields");
    FieldTarget **fields = ARENA_ARRAY(arena, FieldTarget *, chunk->column_count + 1);
    const ChunkRows taken = {chunk, rows, row_count};
    TableTarget *target;
    bool same = false;
    if (row_count == 0) {
        return NULL;
    }
    TRY(target_root_table(&normaliser->set, table, &target));
    bool plain = target->id_kind == ROW_ID_RANDOM || target->id_kind == ROW_ID_NONE;
    if (plain && normaliser->extras == NULL) {
        TRY(find_fields(normaliser, target, &taken, fields, &same));
    }
    return same ? take_columns(normaliser, target, &taken, fields)
                : add_as_json(normaliser, table, &taken, page);
}
