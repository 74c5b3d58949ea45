/* Running statements. Each is prepared, bound and executed in small tasks, between which the
 * connection's cancel token is looked at and progress is told. */
#include <stdlib.h>

#include "base/clock.h"
#include "warehouse/duckdb/duckdb_internal.h"

enum {
    PROGRESS_INTERVAL_US = 100000,
    IDLE_WAIT_US = 500,
};

typedef struct DuckResult {
    Result base;
    duckdb_result handle;
    duckdb_data_chunk chunk; /* what the last duck_next gave; NULL = nothing yet */
    const DuckType *types;
    Str sql;
    ArenaMark rows_mark; /* what lies above belongs to the chunk */
    Chunk rows;
    Column *columns;
} DuckResult;

static Error *check_sql(Str sql)
{
    size_t at = str_find(sql, (Str){"\0", 1}, 0);
    if (at != SIZE_MAX) {
        return error_new(ERR_STORE, "the statement has a NUL character at byte %zu", at + 1);
    }
    return NULL;
}

static duckdb_state bind_param(duckdb_prepared_statement statement, idx_t index, const Param *param)
{
    switch (param->kind) {
    case PARAM_NULL:
        return duckdb_bind_null(statement, index);
    case PARAM_BOOL:
        return duckdb_bind_boolean(statement, index, param->as.boolean);
    case PARAM_INT:
        return duckdb_bind_int64(statement, index, param->as.integer);
    case PARAM_DOUBLE:
        return duckdb_bind_double(statement, index, param->as.number);
    case PARAM_TEXT:
        return duckdb_bind_varchar_length(statement, index, param->as.text.data,
                                          param->as.text.len);
    case PARAM_TIMESTAMP_TZ:
        return duckdb_bind_timestamp_tz(statement, index, (duckdb_timestamp){param->as.integer});
    }
    return DuckDBError;
}

static Error *bind_params(duckdb_prepared_statement statement, const Param *params, size_t count)
{
    if (duckdb_nparams(statement) != count) {
        return error_new(ERR_STORE, "the statement has %llu parameters, %zu were given",
                         (unsigned long long)duckdb_nparams(statement), count);
    }
    for (size_t i = 0; i < count; i++) {
        if (bind_param(statement, i + 1, &params[i]) == DuckDBError) {
            return error_new(ERR_STORE, "parameter %zu cannot be bound", i + 1);
        }
    }
    return NULL;
}

static void tell_progress(DuckConnection *connection)
{
    duckdb_query_progress_type progress = duckdb_query_progress(connection->handle);
    connection->base.progress(connection->base.progress_context, progress.percentage,
                              progress.rows_processed, progress.total_rows_to_process);
}

/* DuckDB only counts when it is told to. */
static void turn_on_progress(DuckConnection *connection)
{
    if (connection->base.progress != NULL && !connection->reports_progress) {
        connection->reports_progress = true;
        (void)duckdb_query(connection->handle, "set enable_progress_bar = true", NULL);
        (void)duckdb_query(connection->handle, "set enable_progress_bar_print = false", NULL);
    }
}

/* Waits a moment for DuckDB's own threads, which hold all work there is: the C interface has no
 * call that waits for them and still returns in time to look at the cancel token. */
static void wait_for_workers(void)
{
    Mutex mutex;
    Condition never;
    mutex_init(&mutex);
    condition_init(&never);
    mutex_lock(&mutex);
    (void)condition_wait_until(&never, &mutex, clock_monotonic_us() + IDLE_WAIT_US);
    mutex_unlock(&mutex);
    condition_done(&never);
    mutex_done(&mutex);
}

/* Works on a statement until its result can be taken. */
static Error *run_tasks(DuckConnection *connection, duckdb_pending_result pending, Str sql)
{
    int64_t next_progress_us = clock_monotonic_us() + PROGRESS_INTERVAL_US;
    for (;;) {
        if (connection->base.cancel != NULL && cancel_requested(connection->base.cancel)) {
            duckdb_interrupt(connection->handle);
        }
        duckdb_pending_state state = duckdb_pending_execute_task(pending);
        if (state == DUCKDB_PENDING_ERROR) {
            return duck_failure(&connection->base, duckdb_pending_error(pending), sql);
        }
        if (duckdb_pending_execution_is_finished(state)) {
            return NULL;
        }
        if (connection->base.progress != NULL && clock_monotonic_us() >= next_progress_us) {
            next_progress_us = clock_monotonic_us() + PROGRESS_INTERVAL_US;
            tell_progress(connection);
        }
        if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) {
            wait_for_workers();
        }
    }
}

/* Executes a bound statement. On failure *out is still to be destroyed. */
static Error *execute(DuckConnection *connection, duckdb_prepared_statement statement,
                      bool streaming, Str sql, duckdb_result *out)
{
    AUTO_FREE(duck_pending) duckdb_pending_result pending = NULL;
    duckdb_state state = streaming ? duckdb_pending_prepared_streaming(statement, &pending)
                                   : duckdb_pending_prepared(statement, &pending);
    if (state == DuckDBError) {
        return duck_failure(&connection->base, duckdb_pending_error(pending), sql);
    }
    TRY(run_tasks(connection, pending, sql));
    if (duckdb_execute_pending(pending, out) == DuckDBError) {
        return duck_failure(&connection->base, duckdb_result_error(out), sql);
    }
    return NULL;
}

void duck_free_result(Result *base)
{
    DuckResult *result = (DuckResult *)base;
    duckdb_destroy_data_chunk(&result->chunk);
    duckdb_destroy_result(&result->handle);
    arena_free(result->base.arena);
}

static Error *read_columns(DuckResult *result)
{
    Arena *arena = result->base.arena;
    size_t count = duckdb_column_count(&result->handle);
    DuckType *types = ARENA_ARRAY(arena, DuckType, count);
    Column *columns = ARENA_ARRAY(arena, Column, count);
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE(duck_type)
        duckdb_logical_type logical = duckdb_column_logical_type(&result->handle, i);
        Str name = str_dup(arena, str_from(duckdb_column_name(&result->handle, i)));
        TRY_WRAP(duck_read_type(arena, logical, &types[i]), "column '" STR_FMT "'", STR_ARG(name));
        columns[i] = (Column){.name = name, .type = types[i].type};
    }
    result->types = types;
    result->base.columns = columns;
    result->base.column_count = count;
    result->columns = ARENA_ARRAY(arena, Column, count);
    result->rows_mark = arena_mark(arena);
    return NULL;
}

/* Takes over *handle, also when it fails. */
static Error *make_result(Connection *connection, duckdb_result *handle, Str sql,
                          Result **out_result)
{
    Arena *arena = arena_new("result");
    DuckResult *result = ARENA_NEW(arena, DuckResult);
    *result = (DuckResult){.base = {.connection = connection, .arena = arena}, .handle = *handle};
    *handle = (duckdb_result){0};
    result->sql = str_dup(arena, sql);
    Error *err = read_columns(result);
    if (err != NULL) {
        duck_free_result(&result->base);
        return err;
    }
    *out_result = &result->base;
    return NULL;
}

Error *duck_next(Result *base, const Chunk **out_chunk)
{
    DuckResult *result = (DuckResult *)base;
    DuckConnection *connection = duck_connection(base->connection);
    duckdb_destroy_data_chunk(&result->chunk);
    arena_rewind(base->arena, result->rows_mark);
    if (base->connection->cancel != NULL && cancel_requested(base->connection->cancel)) {
        return error_new(ERR_CANCELLED, "interrupted");
    }
    result->chunk = duckdb_fetch_chunk(result->handle);
    size_t rows = result->chunk == NULL ? 0 : duckdb_data_chunk_get_size(result->chunk);
    if (rows == 0) {
        const char *message = duckdb_result_error(&result->handle);
        if (message != NULL) {
            return duck_failure(&connection->base, message, result->sql);
        }
        *out_chunk = NULL;
        return NULL;
    }
    for (size_t i = 0; i < base->column_count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(result->chunk, i);
        result->columns[i] = duck_read_vector(base->arena, &result->types[i], vector, rows);
        result->columns[i].name = base->columns[i].name;
    }
    result->rows = (Chunk){rows, base->column_count, result->columns};
    *out_chunk = &result->rows;
    return NULL;
}

typedef struct Run {
    Str sql;
    const Param *params;
    size_t param_count;
    int64_t *out_rows;
    Result **out_result; /* NULL = not wanted */
} Run;

static Error *run_one(DuckConnection *connection, duckdb_extracted_statements statements,
                      idx_t index, bool last, const Run *run)
{
    AUTO_FREE(duck_prepared) duckdb_prepared_statement prepared = NULL;
    if (duckdb_prepare_extracted_statement(connection->handle, statements, index, &prepared) ==
        DuckDBError) {
        return duck_failure(&connection->base, duckdb_prepare_error(prepared), run->sql);
    }
    TRY(bind_params(prepared, run->params, last ? run->param_count : 0));
    AUTO_FREE(duck_result) duckdb_result handle = {0};
    bool wanted = last && run->out_result != NULL;
    TRY(execute(connection, prepared, wanted, run->sql, &handle));
    if (last && duckdb_result_return_type(handle) == DUCKDB_RESULT_TYPE_CHANGED_ROWS) {
        *run->out_rows = (int64_t)duckdb_rows_changed(&handle);
    }
    return wanted ? make_result(&connection->base, &handle, run->sql, run->out_result) : NULL;
}

Error *duck_run(Connection *base, Str sql, const Param *params, size_t param_count,
                int64_t *out_rows, Result **out_result)
{
    DuckConnection *connection = duck_connection(base);
    TRY(check_sql(sql));
    turn_on_progress(connection);
    AUTO_FREE(arena) Arena *arena = arena_new("statement");
    AUTO_FREE(duck_extracted) duckdb_extracted_statements statements = NULL;
    idx_t count = duckdb_extract_statements(connection->handle, str_to_c(arena, sql), &statements);
    if (count == 0) {
        const char *message = duckdb_extract_statements_error(statements);
        return message != NULL ? duck_failure(base, message, sql)
                               : error_new(ERR_STORE, "there is no SQL statement in the text");
    }
    Run run = {.sql = sql, .params = params, .param_count = param_count, .out_result = out_result};
    run.out_rows = out_rows;
    for (idx_t i = 0; i < count; i++) {
        TRY(run_one(connection, statements, i, i + 1 == count, &run));
    }
    return NULL;
}

Error *duck_rollback(Connection *base)
{
    AUTO_FREE(duck_result) duckdb_result result = {0};
    if (duckdb_query(duck_connection(base)->handle, "rollback", &result) == DuckDBError &&
        str_find(str_from(duckdb_result_error(&result)), STR("no transaction is active"), 0) ==
            SIZE_MAX) {
        return error_new(ERR_STORE, "%s", duckdb_result_error(&result));
    }
    return NULL;
}

Error *duck_describe(Connection *base, Arena *arena, Str sql, ColumnInfoVec *out)
{
    TRY(check_sql(sql));
    AUTO_FREE(duck_prepared) duckdb_prepared_statement prepared = NULL;
    if (duckdb_prepare(duck_connection(base)->handle, str_to_c(arena, sql), &prepared) ==
        DuckDBError) {
        return duck_failure(base, duckdb_prepare_error(prepared), sql);
    }
    size_t count = duckdb_prepared_statement_column_count(prepared);
    for (size_t i = 0; i < count; i++) {
        const char *name = duckdb_prepared_statement_column_name(prepared, i);
        AUTO_FREE(duck_type)
        duckdb_logical_type logical = duckdb_prepared_statement_column_logical_type(prepared, i);
        DuckType type;
        TRY_WRAP(duck_read_type(arena, logical, &type), "column '%s'", name);
        VEC_PUSH(arena, out, (ColumnInfo){str_dup(arena, str_from(name)), type.type.name, true});
        duck_free_text(name);
    }
    return NULL;
}
