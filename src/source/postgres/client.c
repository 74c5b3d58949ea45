/* PostgreSQL as a source. All waiting looks at the token: the library is never left to block. */
#include <poll.h>

#include "source/postgres/connection.h"

#include "base/clock.h"
#include "base/number.h"
#include "source/postgres/copy.h"

enum {
    LOOK_MS = 200, /* how often the token is looked at */
    CONNECT_SECONDS = 30,
    SECOND_US = 1000000,
};

extern const DatabaseClient database_client_postgres;

static inline void message_auto_free(char **message)
{
    PQfreemem(*message);
}

/* ---- Failures ---- */

static ErrorKind kind_of(const DatabaseConnection *connection, Str state)
{
    if (str_starts_with(state, STR("28"))) {
        return ERR_AUTH;
    }
    bool is_gone = str_starts_with(state, STR("08")) || str_starts_with(state, STR("57P")) ||
                   PQstatus(connection->handle) != CONNECTION_OK;
    return is_gone ? ERR_NETWORK : ERR_SOURCE;
}

/* What the server or the library said of the last failure. `result` may be NULL. */
static Error *failure(const DatabaseConnection *connection, const PGresult *result)
{
    TRY(cancel_check(connection->cancel));
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const char *said = primary != NULL ? primary : PQerrorMessage(connection->handle);
    Str text = str_trim(str_from(said != NULL ? said : "the connection is gone"));
    Error *err = error_new(kind_of(connection, str_from(state != NULL ? state : "")),
                           "PostgreSQL: " STR_FMT, STR_ARG(text));
    return hint != NULL ? error_hint(err, "%s", hint) : err;
}

/* ---- Waiting ---- */

/* Asks the server to stop what it does. That it may not hear is no matter: either the connection
 * goes, or the rest of the rows is thrown away. */
static void stop_statement(const DatabaseConnection *connection)
{
    char ignored[256];
    PGcancel *cancel = PQgetCancel(connection->handle);
    (void)PQcancel(cancel, ignored, sizeof(ignored));
    PQfreeCancel(cancel);
}

/* Until the socket is ready, or `deadline_us` (monotonic; 0: none) has passed. */
static Error *wait_for(const DatabaseConnection *connection, short events, int64_t deadline_us)
{
    struct pollfd fd = {.fd = PQsocket(connection->handle), .events = events};
    int ready = 0;
    while (ready <= 0) {
        TRY(cancel_check(connection->cancel));
        if (deadline_us > 0 && clock_monotonic_us() > deadline_us) {
            return error_hint(error_new(ERR_NETWORK, "PostgreSQL: no connection within %d seconds",
                                        CONNECT_SECONDS),
                              "is the host right, and does a firewall let the port through?");
        }
        ready = poll(&fd, 1, LOOK_MS);
    }
    return NULL;
}

static Error *wait_for_input(const DatabaseConnection *connection)
{
    Error *err = wait_for(connection, POLLIN, 0);
    if (err != NULL) {
        stop_statement(connection);
        return err;
    }
    return PQconsumeInput(connection->handle) == 1 ? NULL : failure(connection, NULL);
}

/* NULL at the end of a statement's results. */
static Error *next_result(const DatabaseConnection *connection, PGresult **out)
{
    while (PQisBusy(connection->handle) != 0) {
        TRY(wait_for_input(connection));
    }
    *out = PQgetResult(connection->handle);
    return NULL;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_COPY_OUT;
}

/* Throws away what else the statement gave; its first failure is told. */
static Error *finish_statement(const DatabaseConnection *connection)
{
    Error *err = NULL;
    for (;;) {
        AUTO_FREE(result) PGresult *more = NULL;
        TRY(next_result(connection, &more));
        if (more == NULL) {
            return err;
        }
        if (err == NULL && !is_good(more)) {
            err = failure(connection, more);
        }
    }
}

Error *postgres_query(DatabaseConnection *connection, const char *sql,
                      const char *const *parameters, int count, PGresult **out)
{
    PGresult *result = NULL;
    if (PQsendQueryParams(connection->handle, sql, count, NULL, parameters, NULL, NULL, 0) != 1) {
        return failure(connection, NULL);
    }
    TRY(next_result(connection, &result));
    Error *err = is_good(result) ? NULL : failure(connection, result);
    err = error_first(err, finish_statement(connection));
    if (err != NULL) {
        PQclear(result);
        return err;
    }
    *out = result;
    return NULL;
}

Str postgres_text(const PGresult *result, int row, int column)
{
    return (Str){PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
}

int64_t postgres_int(const PGresult *result, int row, int column)
{
    int64_t number = 0;
    (void)number_parse_int64(postgres_text(result, row, column), &number); /* the server wrote it */
    return number;
}

static Error *execute(DatabaseConnection *connection, const char *sql)
{
    AUTO_FREE(result) PGresult *result = NULL;
    return postgres_query(connection, sql, NULL, 0, &result);
}

/* ---- Connections ---- */

static void disconnect(DatabaseConnection *connection)
{
    if (connection != NULL) {
        PQfinish(connection->handle);
        free(connection);
    }
}

/* Words for the library, ended by NULL. */
typedef struct Parameters {
    Arena *arena;
    const char **names;
    const char **values;
    size_t count;
} Parameters;

static void set(Parameters *parameters, Str name, Str value)
{
    if (value.len > 0) {
        parameters->names[parameters->count] = str_to_c(parameters->arena, name);
        parameters->values[parameters->count++] = str_to_c(parameters->arena, value);
    }
}

static Parameters parameters_of(Arena *arena, const DatabaseAddress *address)
{
    enum { OWN = 9 };
    size_t most = address->parameters.len + OWN;
    Parameters made = {.arena = arena,
                       .names = ARENA_ARRAY(arena, const char *, most),
                       .values = ARENA_ARRAY(arena, const char *, most)};
    Str port = str_printf(arena, "%lld", (long long)address->port);
    set(&made, STR("application_name"), STR("dango"));
    set(&made, STR("host"), address->host);
    set(&made, STR("port"), address->port > 0 ? port : (Str){0});
    set(&made, STR("user"), address->user);
    set(&made, STR("password"), address->password);
    set(&made, STR("dbname"), address->database);
    for (VEC_EACH(const DatabaseParameter, it, &address->parameters)) {
        set(&made, it->name, it->value);
    }
    set(&made, STR("client_encoding"), STR("UTF8"));
    return made;
}

/* "... FATAL:  28P01: password authentication failed" and a line of where in the server: of a
 * failed connection there is no result that would have the parts. */
static Str take_state(Arena *arena, Str *text)
{
    enum { STATE_CHARS = 5 };
    const Str mark = STR(":  ");
    size_t place = str_find(*text, STR("\nLOCATION:"), 0);
    *text = str_slice(*text, 0, place == SIZE_MAX ? text->len : place);
    size_t colon = str_find(*text, mark, 0);
    if (colon == SIZE_MAX || text->len - colon < mark.len + STATE_CHARS + 2) {
        return (Str){0};
    }
    Str before = str_slice(*text, 0, colon);
    Str after = str_from_offset(*text, colon + mark.len);
    if (after.data[STATE_CHARS] != ':') {
        return (Str){0};
    }
    Str rest = str_from_offset(after, STATE_CHARS + 2);
    *text = str_printf(arena, STR_FMT ": " STR_FMT, STR_ARG(before), STR_ARG(rest));
    return str_slice(after, 0, STATE_CHARS);
}

static ErrorKind kind_of_refusal(const DatabaseConnection *connection, Str state)
{
    bool lacks_password = PQconnectionNeedsPassword(connection->handle) == 1;
    bool is_unknown_database = str_is(state, "3D000");
    return is_unknown_database                                   ? ERR_CONFIG
           : lacks_password || str_starts_with(state, STR("28")) ? ERR_AUTH
                                                                 : ERR_NETWORK;
}

static Error *refusal(const DatabaseConnection *connection)
{
    AUTO_FREE(arena) Arena *arena = arena_new("refusal");
    Str text = str_trim(str_from(PQerrorMessage(connection->handle)));
    Str state = take_state(arena, &text);
    return error_new(kind_of_refusal(connection, state), "PostgreSQL: " STR_FMT, STR_ARG(text));
}

static Error *establish(const DatabaseConnection *connection)
{
    int64_t deadline_us = clock_monotonic_us() + (int64_t)CONNECT_SECONDS * SECOND_US;
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (PQstatus(connection->handle) != CONNECTION_BAD && status != PGRES_POLLING_OK &&
           status != PGRES_POLLING_FAILED) {
        short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        TRY(wait_for(connection, events, deadline_us));
        status = PQconnectPoll(connection->handle);
    }
    TRY(cancel_check(connection->cancel));
    return PQstatus(connection->handle) == CONNECTION_OK ? NULL : refusal(connection);
}

/* Texts of values in one form, whatever the server or the user is set to; and a load that takes its
 * time is not ended for being idle. */
static const char *const settings[] = {
    "set timezone = 'UTC'",
    "set datestyle = 'ISO, YMD'",
    "set intervalstyle = 'postgres'",
    "set extra_float_digits = 1",
    "set bytea_output = 'hex'",
    "set standard_conforming_strings = on",
    "set idle_in_transaction_session_timeout = 0",
};

static Error *open_connection(const DatabaseAddress *address, DatabaseConnection *connection)
{
    AUTO_FREE(arena) Arena *arena = arena_new("parameters");
    Parameters parameters = parameters_of(arena, address);
    connection->handle = PQconnectStartParams(parameters.names, parameters.values, 0);
    if (connection->handle == NULL) {
        return error_new(ERR_NETWORK, "PostgreSQL: there is no memory for a connection");
    }
    (void)PQsetErrorVerbosity(connection->handle, PQERRORS_VERBOSE);
    TRY(establish(connection));
    (void)PQsetErrorVerbosity(connection->handle, PQERRORS_TERSE);
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        TRY(execute(connection, settings[i]));
    }
    return NULL;
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

static Error *connect(const DatabaseAddress *address, const Cancel *cancel,
                      DatabaseConnection **out)
{
    DatabaseConnection *connection = memory_alloc(sizeof(*connection));
    *connection = (DatabaseConnection){.cancel = cancel};
    Error *err = open_connection(address, connection);
    if (err != NULL) {
        disconnect(connection);
        return err;
    }
    (void)PQsetNoticeReceiver(connection->handle, ignore_notice, NULL);
    *out = connection;
    return NULL;
}

/* ---- Snapshots ---- */

static Error *begin(DatabaseConnection *connection)
{
    TRY(execute(connection, "begin transaction isolation level repeatable read, read only"));
    connection->in_snapshot = true;
    return NULL;
}

static Error *snapshot(DatabaseConnection *connection, Arena *arena, Str *out_name)
{
    static const char sql[] =
        "select pg_catalog.pg_export_snapshot(), pg_catalog.txid_snapshot_xmin(s),"
        " pg_catalog.txid_snapshot_xmax(s) from pg_catalog.txid_current_snapshot() s";
    AUTO_FREE(result) PGresult *result = NULL;
    if (!connection->in_snapshot) {
        TRY(postgres_list_running(connection, arena));
        TRY(begin(connection));
    }
    TRY(postgres_query(connection, sql, NULL, 0, &result));
    *out_name = str_dup(arena, postgres_text(result, 0, 0));
    connection->horizon = postgres_int(result, 0, 1);
    connection->end = postgres_int(result, 0, 2);
    return NULL;
}

static Error *enter(DatabaseConnection *connection, Str name)
{
    AUTO_FREE(arena) Arena *arena = arena_new("snapshot");
    TRY(begin(connection));
    Str sql = str_printf(arena, "set transaction snapshot '" STR_FMT "'", STR_ARG(name));
    return execute(connection, str_to_c(arena, sql));
}

/* ---- Rows ---- */

/* Takes messages as long as more rows are wanted. *out_ended: the server has no more. */
static Error *take_messages(const DatabaseConnection *connection, CopyReader *reader,
                            bool *out_ended)
{
    while (!reader->batch->enough) {
        AUTO_FREE(message) char *message = NULL;
        int len = PQgetCopyData(connection->handle, &message, 1);
        if (len > 0) {
            TRY(copy_take(reader, (Str){message, (size_t)len}));
        } else if (len == 0) {
            TRY(wait_for_input(connection));
        } else {
            *out_ended = true;
            return len == -1 ? NULL : failure(connection, NULL);
        }
    }
    return NULL;
}

/* Not all rows are wanted: the statement is stopped, and the transaction goes on from before it. */
static Error *leave_statement(DatabaseConnection *connection)
{
    stop_statement(connection);
    for (int len = 0; len >= 0;) {
        AUTO_FREE(message) char *message = NULL;
        len = PQgetCopyData(connection->handle, &message, 1);
        if (len == 0) {
            TRY(wait_for_input(connection));
        }
    }
    Error *err = finish_statement(connection);
    if (err != NULL) {
        error_discard(err, "that it was stopped");
    }
    return execute(connection, "rollback to savepoint before_rows");
}

static Error *copy_out(DatabaseConnection *connection, Str select)
{
    AUTO_FREE(arena) Arena *arena = arena_new("statement");
    AUTO_FREE(result) PGresult *result = NULL;
    Str sql = str_printf(arena, "copy (" STR_FMT ") to stdout (format binary)", STR_ARG(select));
    if (PQsendQuery(connection->handle, str_to_c(arena, sql)) != 1) {
        return failure(connection, NULL);
    }
    TRY(next_result(connection, &result));
    return PQresultStatus(result) == PGRES_COPY_OUT ? NULL : failure(connection, result);
}

static Error *read_rows(DatabaseConnection *connection, const DatabaseRead *read, ChunkTaker *taker)
{
    AUTO_DONE(batch) Batch batch;
    bool ended = false;
    batch_init(&batch, read, taker);
    CopyReader reader = {.batch = &batch, .table = read->table};
    TRY(execute(connection, "savepoint before_rows"));
    TRY(copy_out(connection, read->select));
    TRY(take_messages(connection, &reader, &ended));
    if (!ended) {
        return leave_statement(connection);
    }
    TRY(finish_statement(connection));
    TRY(copy_finish(&reader));
    TRY(execute(connection, "release savepoint before_rows"));
    return batch_flush(&batch);
}

const DatabaseClient database_client_postgres = {
    .version = DATABASE_CLIENT_VERSION,
    .quote = '"',
    .connect = connect,
    .disconnect = disconnect,
    .list_tables = postgres_list_tables,
    .reflect = postgres_reflect,
    .snapshot = snapshot,
    .enter = enter,
    .window = postgres_window,
    .read = read_rows,
};
