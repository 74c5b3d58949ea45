#include "warehouse/warehouse.h"

#include "base/limits.h"
#include "base/module.h"
#include "warehouse/driver.h"
#include "warehouse/sql_builder.h"

enum { QUERY_ROWS_CELLS_MAX = 1000000 };

static Error *check_version(const WarehouseDriver *driver)
{
    if (driver->version == WAREHOUSE_DRIVER_VERSION) {
        return NULL;
    }
    return error_hint(error_new(ERR_UNSUPPORTED, "the warehouse driver is of version %u, not %d",
                                driver->version, WAREHOUSE_DRIVER_VERSION),
                      "install the program again, with its lib/dango folder");
}

Error *warehouse_open(const WarehouseOptions *options, Warehouse **out_warehouse)
{
    const void *symbol = NULL;
    TRY_WRAP(module_open("duckdb", "warehouse_duckdb",
                         "libduckdb.so 1.5.5 (tools/setup brings it) beside the module", &symbol),
             "opening the warehouse driver");
    const WarehouseDriver *driver = symbol;
    TRY(check_version(driver));
    Warehouse *warehouse = NULL;
    TRY(driver->open(options, &warehouse));
    warehouse->driver = driver;
    *out_warehouse = warehouse;
    return NULL;
}

void warehouse_close(Warehouse *warehouse)
{
    if (warehouse != NULL) {
        warehouse->driver->close(warehouse);
    }
}

const char *warehouse_version(const Warehouse *warehouse)
{
    return warehouse->version;
}

const char *warehouse_dialect(const Warehouse *warehouse)
{
    return warehouse->driver->dialect;
}

static const WarehouseDriver *driver_of(const Connection *connection)
{
    return connection->warehouse->driver;
}

Error *connection_open(Warehouse *warehouse, Connection **out_connection)
{
    Connection *connection = NULL;
    TRY(warehouse->driver->connect(warehouse, &connection));
    *out_connection = connection;
    connection->warehouse = warehouse;
    connection->failure_arena = arena_new("warehouse failure");
    return NULL;
}

void connection_close(Connection *connection)
{
    if (connection != NULL) {
        arena_free(connection->failure_arena);
        driver_of(connection)->disconnect(connection);
    }
}

Error *warehouse_configure(Warehouse *warehouse, const WarehouseSetting *settings, size_t count)
{
    if (count == 0) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("warehouse settings");
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    SqlBuilder sql = sql_begin(arena);
    for (size_t i = 0; i < count; i++) {
        sql_clear(&sql);
        SQL_ADD(&sql, "set global {} = {}", SQL_ID(settings[i].name), SQL_TEXT(settings[i].value));
        Error *err = connection_execute(connection, sql_text(&sql), NULL, 0, NULL);
        if (err != NULL) {
            return error_wrap(error_with_kind(err, ERR_CONFIG),
                              "setting '" STR_FMT "' = '" STR_FMT "'", STR_ARG(settings[i].name),
                              STR_ARG(settings[i].value));
        }
    }
    return NULL;
}

Str connection_texts_sql(const Connection *connection, TextsKind kind)
{
    return str_from(driver_of(connection)->texts[kind]);
}

void connection_set_cancel(Connection *connection, const Cancel *cancel)
{
    connection->cancel = cancel;
}

void connection_set_progress(Connection *connection, WarehouseProgress progress, void *context)
{
    connection->progress = progress;
    connection->progress_context = context;
}

static void forget_failure(Connection *connection)
{
    connection->failure = NULL;
    arena_reset(connection->failure_arena);
}

const WarehouseFailure *connection_failure(const Connection *connection)
{
    return connection->failure;
}

Error *connection_execute(Connection *connection, Str sql, const Param *params, size_t param_count,
                          int64_t *out_rows)
{
    forget_failure(connection);
    int64_t rows = 0;
    TRY(driver_of(connection)->run(connection, sql, params, param_count, &rows, NULL));
    if (out_rows != NULL) {
        *out_rows = rows;
    }
    return NULL;
}

Error *connection_query(Connection *connection, Str sql, const Param *params, size_t param_count,
                        Result **out_result)
{
    forget_failure(connection);
    int64_t rows = 0;
    return driver_of(connection)->run(connection, sql, params, param_count, &rows, out_result);
}

Error *connection_begin(Connection *connection)
{
    return connection_execute(connection, STR("begin transaction"), NULL, 0, NULL);
}

Error *connection_commit(Connection *connection)
{
    return connection_execute(connection, STR("commit"), NULL, 0, NULL);
}

Error *connection_rollback(Connection *connection)
{
    return driver_of(connection)->rollback(connection);
}

size_t result_column_count(const Result *result)
{
    return result->column_count;
}

const Column *result_column(const Result *result, size_t index)
{
    return &result->columns[index];
}

Error *result_next(Result *result, const Chunk **out_chunk)
{
    return driver_of(result->connection)->next(result, out_chunk);
}

void result_free(Result *result)
{
    if (result != NULL) {
        driver_of(result->connection)->free_result(result);
    }
}

Error *connection_query_rows(Connection *connection, Arena *arena, Str sql, const Param *params,
                             size_t param_count, TextRows *out_rows)
{
    AUTO_FREE(result) Result *result = NULL;
    TRY(connection_query(connection, sql, params, param_count, &result));
    StrVec cells = {0};
    size_t rows = 0;
    for (const Chunk *chunk;;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL) {
            break;
        }
        for (size_t row = 0; row < chunk->row_count; row++, rows++) {
            for (size_t i = 0; i < chunk->column_count; i++) {
                const Column *column = &chunk->columns[i];
                Str cell = {0};
                if (!column_is_null(column, row)) {
                    cell = column_text(column, row, arena);
                }
                VEC_PUSH(arena, &cells, cell);
            }
        }
        if (cells.len > QUERY_ROWS_CELLS_MAX) {
            return error_new(ERR_LIMIT, "an answer of more than %d values", QUERY_ROWS_CELLS_MAX);
        }
    }
    *out_rows = (TextRows){result->column_count, rows, cells.data};
    return NULL;
}

/* The one row of a statement whose answer has one column. */
static Error *query_cell(Connection *connection, Str sql, const Param *params, size_t param_count,
                         Result **out_result, Column *out_column)
{
    TRY(connection_query(connection, sql, params, param_count, out_result));
    const Chunk *chunk = NULL;
    TRY(result_next(*out_result, &chunk));
    if (chunk == NULL || chunk->row_count != 1 || chunk->column_count != 1) {
        return error_new(ERR_BUG, "expected one row of one column from: " STR_FMT, STR_ARG(sql));
    }
    *out_column = chunk->columns[0];
    return NULL;
}

Error *connection_query_int(Connection *connection, Str sql, const Param *params,
                            size_t param_count, int64_t *out_value)
{
    AUTO_FREE(result) Result *result = NULL;
    Column column = {0};
    TRY(query_cell(connection, sql, params, param_count, &result, &column));
    if (column_is_null(&column, 0)) {
        *out_value = 0;
        return NULL;
    }
    switch ((int)column.type.kind) {
    case COLUMN_BOOL:
        *out_value = ((const bool *)column.data)[0];
        return NULL;
    case COLUMN_INT:
        *out_value = column_int(&column, 0);
        return NULL;
    case COLUMN_HUGE_INT:
        *out_value = (int64_t)((const Int128 *)column.data)[0];
        return NULL;
    default:
        return error_new(ERR_BUG, "expected a whole number from: " STR_FMT, STR_ARG(sql));
    }
}

Error *connection_query_text(Connection *connection, Arena *arena, Str sql, const Param *params,
                             size_t param_count, Str *out_value)
{
    AUTO_FREE(result) Result *result = NULL;
    Column column = {0};
    TRY(query_cell(connection, sql, params, param_count, &result, &column));
    *out_value = column_text(&column, 0, arena);
    return NULL;
}

Error *appender_open(Connection *connection, Str schema, Str table, const Str *columns,
                     size_t column_count, Appender **out_appender)
{
    forget_failure(connection);
    return driver_of(connection)
        ->append_open(connection, schema, table, columns, column_count, out_appender);
}

Error *appender_add(Appender *appender, const Chunk *chunk)
{
    return driver_of(appender->connection)->append(appender, chunk);
}

Error *appender_finish(Appender *appender)
{
    return driver_of(appender->connection)->append_finish(appender);
}

void appender_free(Appender *appender)
{
    if (appender != NULL) {
        driver_of(appender->connection)->append_free(appender);
    }
}

Error *connection_list_schemas(Connection *connection, Arena *arena, StrVec *out)
{
    return driver_of(connection)->list_schemas(connection, arena, out);
}

Error *connection_list_relations(Connection *connection, Arena *arena, Str schema, RelationVec *out)
{
    return connection_list_relations_of(connection, arena, STR(""), schema, out);
}

Error *connection_list_relations_of(Connection *connection, Arena *arena, Str database, Str schema,
                                    RelationVec *out)
{
    return driver_of(connection)->list_relations(connection, arena, database, schema, STR(""), out);
}

Error *connection_has_relation(Connection *connection, Str schema, Str name, bool *out_found)
{
    AUTO_FREE(arena) Arena *arena = arena_new("relation");
    RelationVec found = {0};
    TRY(driver_of(connection)->list_relations(connection, arena, STR(""), schema, name, &found));
    *out_found = found.len > 0;
    return NULL;
}

Error *connection_list_columns(Connection *connection, Arena *arena, Str schema, Str relation,
                               ColumnInfoVec *out)
{
    return driver_of(connection)->list_columns(connection, arena, schema, relation, out);
}

Error *connection_describe(Connection *connection, Arena *arena, Str sql, ColumnInfoVec *out)
{
    forget_failure(connection);
    return driver_of(connection)->describe(connection, arena, sql, out);
}
