/* Appending rows: columns become DuckDB's vectors, a vector's length at a time. */
#include <stdlib.h>

#include "warehouse/duckdb/duckdb_internal.h"

typedef struct DuckAppender {
    Appender base;
    duckdb_appender handle;
    duckdb_data_chunk chunk; /* filled again and again */
    size_t column_count;
    ColumnType *types; /* that the chunk was made for; NULL before the first rows */
} DuckAppender;

static Error *append_failure(DuckAppender *appender)
{
    return duck_failure(appender->base.connection, duckdb_appender_error(appender->handle),
                        (Str){0});
}

void duck_append_free(Appender *base)
{
    DuckAppender *appender = (DuckAppender *)base;
    duckdb_destroy_data_chunk(&appender->chunk);
    /* Rows of an appender that was not finished may go nowhere: the transaction is lost anyway. */
    (void)duckdb_appender_destroy(&appender->handle);
    free(appender->types);
    free(appender);
}

static Error *choose_columns(DuckAppender *appender, const Str *columns, size_t count)
{
    AUTO_FREE(arena) Arena *arena = arena_new("appender");
    for (size_t i = 0; i < count; i++) {
        if (duckdb_appender_add_column(appender->handle, str_to_c(arena, columns[i])) ==
            DuckDBError) {
            return append_failure(appender);
        }
    }
    appender->column_count = duckdb_appender_column_count(appender->handle);
    return NULL;
}

Error *duck_append_open(Connection *connection, Str schema, Str table, const Str *columns,
                        size_t column_count, Appender **out_appender)
{
    AUTO_FREE(arena) Arena *arena = arena_new("appender");
    DuckAppender *appender = memory_alloc(sizeof(*appender));
    *appender = (DuckAppender){.base.connection = connection};
    Error *err = NULL;
    if (duckdb_appender_create(duck_connection(connection)->handle, str_to_c(arena, schema),
                               str_to_c(arena, table), &appender->handle) == DuckDBError) {
        err = append_failure(appender);
    } else {
        err = choose_columns(appender, columns, column_count);
    }
    if (err != NULL) {
        duck_append_free(&appender->base);
        return err;
    }
    *out_appender = &appender->base;
    return NULL;
}

/* Kinds whose values are copied as they are or as text. */
static duckdb_type type_of(ColumnKind kind)
{
    switch (kind) {
    case COLUMN_BOOL:
        return DUCKDB_TYPE_BOOLEAN;
    case COLUMN_INT:
        return DUCKDB_TYPE_BIGINT;
    case COLUMN_HUGE_INT:
        return DUCKDB_TYPE_HUGEINT;
    case COLUMN_FLOAT:
        return DUCKDB_TYPE_FLOAT;
    case COLUMN_DOUBLE:
        return DUCKDB_TYPE_DOUBLE;
    case COLUMN_NULL:
    case COLUMN_TEXT:
    case COLUMN_JSON:
        return DUCKDB_TYPE_VARCHAR;
    case COLUMN_BYTES:
        return DUCKDB_TYPE_BLOB;
    case COLUMN_DATE:
        return DUCKDB_TYPE_DATE;
    case COLUMN_TIME:
        return DUCKDB_TYPE_TIME;
    case COLUMN_TIMESTAMP:
        return DUCKDB_TYPE_TIMESTAMP;
    case COLUMN_TIMESTAMP_NS:
        return DUCKDB_TYPE_TIMESTAMP_NS;
    case COLUMN_TIMESTAMP_TZ:
        return DUCKDB_TYPE_TIMESTAMP_TZ;
    case COLUMN_INTERVAL:
        return DUCKDB_TYPE_INTERVAL;
    case COLUMN_DECIMAL: /* width and scale are added by the caller */
        return DUCKDB_TYPE_DECIMAL;
    case COLUMN_LIST:
    case COLUMN_STRUCT:
    case COLUMN_MAP:
        break;
    }
    return DUCKDB_TYPE_INVALID;
}

/* DECIMAL is given as the smallest width that keeps it a 128-bit value. */
enum { WIDE_DECIMAL = 38 };

static duckdb_logical_type logical_of(const ColumnType *type)
{
    duckdb_type id = type_of(type->kind);
    if (id == DUCKDB_TYPE_DECIMAL) {
        return duckdb_create_decimal_type(WIDE_DECIMAL, type->scale);
    }
    return id == DUCKDB_TYPE_INVALID ? NULL : duckdb_create_logical_type(id);
}

static bool fits_chunk(const DuckAppender *appender, const Chunk *chunk)
{
    for (size_t i = 0; appender->types != NULL && i < chunk->column_count; i++) {
        const ColumnType *have = &appender->types[i];
        const ColumnType *want = &chunk->columns[i].type;
        if (have->kind != want->kind || have->scale != want->scale) {
            return false;
        }
    }
    return appender->types != NULL;
}

static void free_types(duckdb_logical_type *types, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        duckdb_destroy_logical_type(&types[i]);
    }
}

/* Makes the chunk for columns of these kinds. */
static Error *make_chunk(DuckAppender *appender, const Chunk *chunk)
{
    AUTO_FREE(arena) Arena *arena = arena_new("appender");
    size_t count = chunk->column_count;
    duckdb_logical_type *types = ARENA_ARRAY(arena, duckdb_logical_type, count);
    appender->types = memory_realloc(appender->types, (count + 1) * sizeof(ColumnType));
    for (size_t i = 0; i < count; i++) {
        appender->types[i] = chunk->columns[i].type;
        types[i] = logical_of(&chunk->columns[i].type);
        if (types[i] == NULL) {
            free_types(types, i);
            return error_new(ERR_UNSUPPORTED, "column %zu: nested values cannot be appended",
                             i + 1);
        }
    }
    duckdb_destroy_data_chunk(&appender->chunk);
    appender->chunk = duckdb_create_data_chunk(types, count);
    free_types(types, count);
    return NULL;
}

static void fill_nulls(duckdb_vector vector, const Column *column, size_t start, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        if (column_is_null(column, start + i)) {
            duckdb_vector_ensure_validity_writable(vector);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), i);
        }
    }
}

static void fill_vector(duckdb_vector vector, const Column *column, size_t start, size_t rows)
{
    ColumnKind kind = column->type.kind;
    if (kind == COLUMN_TEXT || kind == COLUMN_JSON || kind == COLUMN_BYTES) {
        for (size_t i = 0; i < rows; i++) {
            if (!column_is_null(column, start + i)) {
                Str text = column_str(column, start + i);
                duckdb_vector_assign_string_element_len(vector, i, text.data, text.len);
            }
        }
    } else if (kind != COLUMN_NULL) {
        size_t size = column_kind_size(kind);
        memcpy(duckdb_vector_get_data(vector), (const char *)column->data + start * size,
               rows * size);
    }
    if (column->validity != NULL || kind == COLUMN_NULL) {
        fill_nulls(vector, column, start, rows);
    }
}

Error *duck_append(Appender *base, const Chunk *chunk)
{
    DuckAppender *appender = (DuckAppender *)base;
    if (chunk->column_count != appender->column_count) {
        return error_new(ERR_BUG, "%zu columns appended to %zu", chunk->column_count,
                         appender->column_count);
    }
    if (!fits_chunk(appender, chunk)) {
        TRY(make_chunk(appender, chunk));
    }
    size_t at_most = duckdb_vector_size();
    for (size_t start = 0; start < chunk->row_count; start += at_most) {
        size_t rest = chunk->row_count - start;
        size_t rows = rest < at_most ? rest : at_most;
        duckdb_data_chunk_reset(appender->chunk);
        for (size_t i = 0; i < chunk->column_count; i++) {
            fill_vector(duckdb_data_chunk_get_vector(appender->chunk, i), &chunk->columns[i], start,
                        rows);
        }
        duckdb_data_chunk_set_size(appender->chunk, rows);
        if (duckdb_append_data_chunk(appender->handle, appender->chunk) == DuckDBError) {
            return append_failure(appender);
        }
    }
    return NULL;
}

Error *duck_append_finish(Appender *base)
{
    DuckAppender *appender = (DuckAppender *)base;
    if (duckdb_appender_close(appender->handle) == DuckDBError) {
        return append_failure(appender);
    }
    return NULL;
}
