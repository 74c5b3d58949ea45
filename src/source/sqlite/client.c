/* SQLite as a source. One connection reads everything: a file is read as fast by one. */
#include "source/sqlite/sqlite_internal.h"

#include "base/fs.h"

enum { BUSY_MS = 10000, STEPS_BETWEEN_LOOKS = 10000 };

extern const DatabaseClient database_client_sqlite;

/* ---- Statements ---- */

Error *sqlite_failure(const DatabaseConnection *connection)
{
    int code = sqlite3_errcode(connection->handle);
    if (code == SQLITE_INTERRUPT) {
        return error_first(cancel_check(connection->cancel),
                           error_new(ERR_CANCELLED, "the statement was stopped"));
    }
    ErrorKind kind = code == SQLITE_BUSY || code == SQLITE_LOCKED  ? ERR_LOCKED
                     : code == SQLITE_PERM || code == SQLITE_AUTH  ? ERR_AUTH
                     : code == SQLITE_IOERR || code == SQLITE_FULL ? ERR_IO
                                                                   : ERR_SOURCE;
    return error_new(kind, "SQLite: %s", sqlite3_errmsg(connection->handle));
}

Error *sqlite_prepare(DatabaseConnection *connection, Str sql, sqlite3_stmt **out)
{
    return sqlite3_prepare_v2(connection->handle, sql.data, (int)sql.len, out, NULL) == SQLITE_OK
               ? NULL
               : sqlite_failure(connection);
}

Error *sqlite_row(DatabaseConnection *connection, sqlite3_stmt *statement, bool *out_row)
{
    int code = sqlite3_step(statement);
    *out_row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? NULL : sqlite_failure(connection);
}

Str sqlite_text(sqlite3_stmt *statement, int column)
{
    const void *text = sqlite3_column_text(statement, column);
    return (Str){text, (size_t)sqlite3_column_bytes(statement, column)};
}

static Error *execute(DatabaseConnection *connection, const char *sql)
{
    return sqlite3_exec(connection->handle, sql, NULL, NULL, NULL) == SQLITE_OK
               ? NULL
               : sqlite_failure(connection);
}

/* ---- Connections ---- */

static int look_at_cancel(void *context)
{
    const DatabaseConnection *connection = context;
    Error *err = cancel_check(connection->cancel);
    bool stop = err != NULL;
    error_free(err);
    return stop;
}

static void disconnect(DatabaseConnection *connection)
{
    if (connection != NULL) {
        (void)sqlite3_close(connection->handle); /* every statement is finalised */
        free(connection);
    }
}

static Error *open_file(const char *path, DatabaseConnection *connection)
{
    int code = sqlite3_open_v2(path, &connection->handle, SQLITE_OPEN_READONLY, NULL);
    if (code != SQLITE_OK) {
        return error_new(ERR_SOURCE, "cannot open the SQLite database '%s': %s", path,
                         sqlite3_errstr(code));
    }
    (void)sqlite3_busy_timeout(connection->handle, BUSY_MS);
    sqlite3_progress_handler(connection->handle, STEPS_BETWEEN_LOOKS, look_at_cancel, connection);
    return NULL;
}

static Error *connect(const DatabaseAddress *address, const Cancel *cancel,
                      DatabaseConnection **out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("path");
    const char *path = str_to_c(arena, address->path);
    if (!fs_is_file(path)) {
        return error_new(ERR_NOT_FOUND, "there is no SQLite database '%s'", path);
    }
    DatabaseConnection *connection = memory_alloc(sizeof(DatabaseConnection));
    *connection = (DatabaseConnection){.cancel = cancel};
    Error *err = open_file(path, connection);
    if (err != NULL) {
        disconnect(connection);
        return err;
    }
    *out = connection;
    return NULL;
}

/* A transaction sees one state of the database; there is no way to let others in. */
static Error *snapshot(DatabaseConnection *connection, Arena *arena, Str *out_name)
{
    (void)arena;
    *out_name = (Str){0};
    return sqlite3_get_autocommit(connection->handle) != 0 ? execute(connection, "begin") : NULL;
}

static Error *enter(DatabaseConnection *connection, Str name)
{
    (void)connection;
    return error_new(ERR_BUG, "SQLite has no snapshot '" STR_FMT "'", STR_ARG(name));
}

static Error *read_rows(DatabaseConnection *connection, const DatabaseRead *read, ChunkTaker *taker)
{
    AUTO_FREE(statement) sqlite3_stmt *statement = NULL;
    AUTO_DONE(batch) Batch batch;
    batch_init(&batch, read, taker);
    TRY(sqlite_prepare(connection, read->select, &statement));
    bool has_row = false;
    TRY(sqlite_row(connection, statement, &has_row));
    while (has_row && !batch.enough) {
        TRY(batch_begin_row(&batch));
        TRY(sqlite_take_row(&batch, read->table, statement));
        TRY(sqlite_row(connection, statement, &has_row));
    }
    return batch_flush(&batch);
}

const DatabaseClient database_client_sqlite = {
    .version = DATABASE_CLIENT_VERSION,
    .quote = '"',
    .connect = connect,
    .disconnect = disconnect,
    .list_tables = sqlite_list_tables,
    .reflect = sqlite_reflect,
    .snapshot = snapshot,
    .enter = enter,
    .read = read_rows,
};
