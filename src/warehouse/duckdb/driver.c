/* Opening and closing, and the table that the program sees of this driver. */
#include "base/limits.h"
#include "warehouse/duckdb/duckdb_internal.h"

enum {
    CLOSING_NEW_BYTES = 4 * MIB, /* of tables not yet in the file: less is not worth the effort */
    CLOSING_EXTRA_BYTES = 16 * MIB, /* enough for the blocks that are being written */
};

static Error *set_option(duckdb_config config, const char *name, const char *value)
{
    if (duckdb_set_config(config, name, value) == DuckDBError) {
        return error_new(ERR_CONFIG, "DuckDB does not take the setting '%s' = '%s'", name, value);
    }
    return NULL;
}

static Error *set_options(Arena *arena, duckdb_config config, const WarehouseOptions *options)
{
    TRY(set_option(config, "access_mode", options->read_only ? "READ_ONLY" : "AUTOMATIC"));
    /* Nothing is fetched from the network behind the user's back. */
    TRY(set_option(config, "autoinstall_known_extensions", "false"));
    TRY(set_option(config, "autoload_known_extensions", "false"));
    if (options->memory_limit_bytes > 0) {
        Str text = str_printf(arena, "%lluB", (unsigned long long)options->memory_limit_bytes);
        TRY(set_option(config, "memory_limit", str_to_c(arena, text)));
    }
    if (options->threads > 0) {
        Str text = str_printf(arena, "%zu", options->threads);
        TRY(set_option(config, "threads", str_to_c(arena, text)));
    }
    if (options->temp_directory != NULL) {
        TRY(set_option(config, "temp_directory", options->temp_directory));
    }
    for (size_t i = 0; i < options->setting_count; i++) {
        const WarehouseSetting *setting = &options->settings[i];
        TRY(set_option(config, str_to_c(arena, setting->name), str_to_c(arena, setting->value)));
    }
    return NULL;
}

static Error *open_database(const WarehouseOptions *options, duckdb_database *out_handle)
{
    AUTO_FREE(arena) Arena *arena = arena_new("warehouse options");
    AUTO_FREE(duck_config) duckdb_config config = NULL;
    if (duckdb_create_config(&config) == DuckDBError) {
        return error_new(ERR_BUG, "DuckDB gives no configuration");
    }
    TRY(set_options(arena, config, options));
    char *message = NULL;
    if (duckdb_open_ext(options->path, out_handle, config, &message) == DuckDBError) {
        Error *err = duck_open_failure(options->path, message != NULL ? message : "unknown reason");
        duckdb_free(message);
        return err;
    }
    return NULL;
}

static Error *duck_open(const WarehouseOptions *options, Warehouse **out_warehouse)
{
    duckdb_database handle = NULL;
    TRY(open_database(options, &handle));
    duck_let_code_go();
    DuckWarehouse *warehouse = memory_alloc(sizeof(*warehouse));
    *warehouse = (DuckWarehouse){.base.version = duckdb_library_version(), .handle = handle};
    *out_warehouse = &warehouse->base;
    return NULL;
}

/* One number, or 0 when there is none. */
static int64_t ask_number(duckdb_connection connection, const char *sql)
{
    AUTO_FREE(duck_result) duckdb_result result = {0};
    if (duckdb_query(connection, sql, &result) == DuckDBError) {
        return 0;
    }
    duckdb_data_chunk chunk = duckdb_fetch_chunk(result);
    int64_t number = 0;
    if (chunk != NULL && duckdb_data_chunk_get_size(chunk) == 1) {
        number = *(int64_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    }
    duckdb_destroy_data_chunk(&chunk);
    return number;
}

/* What is left in the log is written into the file when the database is closed, and DuckDB keeps
 * each block that it wrote, 256 KiB for the smallest table: 250 new tables took 70 MB at the very
 * end. Nobody will read them: many are written before, under a limit above what is used by what is
 * new, so that rows need not leave memory before they are written.
 * Failures do not matter, for closing does what is left. */
static void write_log(duckdb_connection connection)
{
    static const char *const used_sql =
        "select coalesce(sum(memory_usage_bytes), 0)::bigint from duckdb_memory()";
    static const char *const new_sql =
        "select coalesce(sum(memory_usage_bytes), 0)::bigint from duckdb_memory() "
        "where tag = 'IN_MEMORY_TABLE'";
    int64_t new_bytes = ask_number(connection, new_sql);
    if (new_bytes < CLOSING_NEW_BYTES) {
        return;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("closing");
    int64_t limit = ask_number(connection, used_sql) + new_bytes + CLOSING_EXTRA_BYTES;
    Str set = str_printf(arena, "set memory_limit = '%lldB'", (long long)limit);
    if (duckdb_query(connection, str_to_c(arena, set), NULL) == DuckDBSuccess) {
        (void)duckdb_query(connection, "checkpoint", NULL);
        (void)duckdb_query(connection, "reset memory_limit", NULL);
    }
}

static void duck_close(Warehouse *base)
{
    DuckWarehouse *warehouse = (DuckWarehouse *)base;
    duckdb_connection connection = NULL;
    duck_let_code_go();
    if (duckdb_connect(warehouse->handle, &connection) == DuckDBSuccess) {
        write_log(connection);
        duckdb_disconnect(&connection);
    }
    duckdb_close(&warehouse->handle);
    free(warehouse);
}

static void duck_disconnect(Connection *base)
{
    DuckConnection *connection = duck_connection(base);
    duckdb_disconnect(&connection->handle);
    free(connection);
}

static Error *duck_connect(Warehouse *base, Connection **out_connection)
{
    DuckConnection *connection = memory_alloc(sizeof(*connection));
    *connection = (DuckConnection){0};
    if (duckdb_connect(((DuckWarehouse *)base)->handle, &connection->handle) == DuckDBError) {
        free(connection);
        return error_new(ERR_STORE, "DuckDB gives no further connection");
    }
    /* Times are shown and compared in UTC on every machine, as dlt and dbt expect. */
    AUTO_FREE(duck_result) duckdb_result result = {0};
    if (duckdb_query(connection->handle, "set TimeZone = 'UTC'", &result) == DuckDBError) {
        Error *err = error_new(ERR_STORE, "%s", duckdb_result_error(&result));
        duck_disconnect(&connection->base);
        return err;
    }
    duck_register_row_number(connection->handle);
    duck_register_rows(connection->handle);
    *out_connection = &connection->base;
    return NULL;
}

extern const WarehouseDriver warehouse_duckdb;
const WarehouseDriver warehouse_duckdb = {
    .version = WAREHOUSE_DRIVER_VERSION,
    .dialect = "duckdb",
    .open = duck_open,
    .close = duck_close,
    .connect = duck_connect,
    .disconnect = duck_disconnect,
    .run = duck_run,
    .rollback = duck_rollback,
    .next = duck_next,
    .free_result = duck_free_result,
    .append_open = duck_append_open,
    .append = duck_append,
    .append_finish = duck_append_finish,
    .append_free = duck_append_free,
    .list_schemas = duck_list_schemas,
    .list_relations = duck_list_relations,
    .list_columns = duck_list_columns,
    .describe = duck_describe,
    .add_scan = duck_add_scan,
    .row_number = "dango_row_number()",
    /* Nothing is tried, which is half of a checkpoint's time: of 14 random characters no way to
     * store them saves more than a fifth, and that costs more than writing them does. */
    .texts = {[TEXTS_UNLIKE] = "using compression uncompressed",
              [TEXTS_ALIKE] = "using compression dictionary"},
};
