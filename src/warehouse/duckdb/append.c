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
        types[i] = duck_vector_type(&chunk->columns[i].type);
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
            duck_fill_vector(duckdb_data_chunk_get_vector(appender->chunk, i), &chunk->columns[i],
                             start, rows, DUCK_TEXTS_COPIED);
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
