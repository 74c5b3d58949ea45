/* Reading tables: several at once where the database lets connections share a snapshot. */
#include "source/database/database_internal.h"
#include "source/database/query.h"

typedef struct TableReader {
    SourceContext *ctx;
    DatabaseSource *source;
    const StreamRequest *requests;
    const DatabaseWindow *windows; /* of each request; a null mark: none */
    RowSink *sink;
    Str snapshot;
    DatabaseConnection **connections; /* by worker; the first is the source's own */
    Mutex mu;
    Error *failure; /* the first one; guarded by mu */
    Cancel stop;    /* after a failure, and when the run is cancelled */
} TableReader;

/* One table's chunks on their way to the engine. */
typedef struct TableChunks {
    ChunkTaker taker; /* first: clients only know this */
    TableReader *reader;
    size_t stream;
} TableChunks;

static Error *take_chunk(ChunkTaker *taker, const Chunk *chunk, bool *out_enough)
{
    const TableChunks *chunks = (const TableChunks *)(const void *)taker;
    TRY(cancel_check(&chunks->reader->stop));
    RowSink *sink = chunks->reader->sink;
    return sink->add_columns(sink, chunks->stream, chunk, out_enough);
}

static const Value *incremental_of(const DatabaseSource *source, const StreamRequest *request)
{
    return value_find(source->streams.data[request->stream].hints, STR("incremental"));
}

static Error *read_table(TableReader *reader, size_t item, DatabaseConnection *connection)
{
    const DatabaseSource *source = reader->source;
    const StreamRequest *request = &reader->requests[item];
    AUTO_FREE(arena) Arena *arena = arena_new("table");
    const DatabaseTable *table = &source->tables.data[request->stream];
    TableChunks chunks = {{take_chunk}, reader, request->stream};
    DatabaseRead read = {.table = table, .rows = (size_t)source->chunk_size};
    if (table->columns.len == 0) {
        return NULL; /* there are such tables */
    }
    TableQuery asked = {.quote = source->client->quote,
                        .table = table,
                        .incremental = incremental_of(source, request),
                        .request = request,
                        .window = &reader->windows[item]};
    TRY(table_query(arena, &asked, &read.select));
    TRY_WRAP(source->client->read(connection, &read, &chunks.taker), "table '" STR_FMT "'",
             STR_ARG(table->name));
    return NULL;
}

static Error *worker_connection(TableReader *reader, size_t worker, DatabaseConnection **out)
{
    const DatabaseSource *source = reader->source;
    if (reader->connections[worker] == NULL) {
        TRY(source->client->connect(&source->address, &reader->stop, &reader->connections[worker]));
        TRY(source->client->enter(reader->connections[worker], reader->snapshot));
    }
    *out = reader->connections[worker];
    return NULL;
}

static void work(void *context, size_t item, size_t worker)
{
    TableReader *reader = context;
    DatabaseConnection *connection = NULL;
    Error *err = cancel_check(&reader->stop);
    if (err == NULL) {
        err = worker_connection(reader, worker, &connection);
    }
    if (err == NULL) {
        err = read_table(reader, item, connection);
    }
    if (err != NULL) {
        AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&reader->mu);
        cancel_request(&reader->stop);
        reader->failure = error_first(reader->failure, err);
    }
}

/* What the database itself knows of which rows are new. It knows of a cursor only that it rises. */
static Error *find_window(const TableReader *reader, const StreamRequest *request,
                          DatabaseWindow *out)
{
    const DatabaseSource *source = reader->source;
    Arena *arena = reader->ctx->arena;
    const Value *function = value_find(incremental_of(source, request), STR("last_value_func"));
    DatabaseSince since = {.table = &source->tables.data[request->stream], .mark = request->mark};
    *out = (DatabaseWindow){.mark = value_null()};
    if (!request->goes_on || source->client->window == NULL ||
        str_is(value_text_or(function, STR("max")), "min")) {
        return NULL;
    }
    if (!value_is_null(request->from)) {
        TRY(cursor_text(arena, request->from, &since.last));
    }
    TRY_WRAP(source->client->window(source->connection, arena, &since, out), "table '" STR_FMT "'",
             STR_ARG(since.table->name));
    if (!value_is_null(&out->mark)) {
        reader->sink->set_mark(reader->sink, request->stream, &out->mark,
                               out->is_complete ? NEWS_BY_DRIVER : NEWS_BY_CURSOR);
    }
    return NULL;
}

static Error *find_windows(TableReader *reader, size_t count)
{
    DatabaseWindow *windows = ARENA_ARRAY(reader->ctx->arena, DatabaseWindow, count + 1);
    for (size_t i = 0; i < count; i++) {
        TRY(find_window(reader, &reader->requests[i], &windows[i]));
    }
    reader->windows = windows;
    return NULL;
}

Error *database_read_streams(SourceContext *ctx, void *state, const StreamRequest *requests,
                             size_t request_count, RowSink *sink)
{
    DatabaseSource *source = state;
    TableReader reader = {.ctx = ctx,
                          .source = source,
                          .requests = requests,
                          .sink = sink,
                          .mu = MUTEX_INIT,
                          .stop = {.parent = ctx->cancel}};
    TRY(database_connect(ctx, source));
    TRY(source->client->snapshot(source->connection, ctx->arena, &reader.snapshot));
    TRY(find_windows(&reader, request_count));
    size_t workers = reader.snapshot.len > 0 ? (size_t)source->parallel : 1;
    reader.connections = ARENA_ARRAY(ctx->arena, DatabaseConnection *, workers);
    reader.connections[0] = source->connection;
    thread_for_each(request_count, workers, work, &reader);
    for (size_t i = 1; i < workers; i++) {
        if (reader.connections[i] != NULL) {
            source->client->disconnect(reader.connections[i]);
        }
    }
    return reader.failure;
}
