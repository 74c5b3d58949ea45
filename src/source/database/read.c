/* Reading tables: several at once where the database lets connections share a snapshot. */
#include "source/database/database_internal.h"
#include "source/database/query.h"

typedef struct TableReader {
    SourceContext *ctx;
    DatabaseSource *source;
    const StreamRequest *requests;
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

static Error *read_table(TableReader *reader, const StreamRequest *request,
                         DatabaseConnection *connection)
{
    const DatabaseSource *source = reader->source;
    AUTO_FREE(arena) Arena *arena = arena_new("table");
    const DatabaseTable *table = &source->tables.data[request->stream];
    TableChunks chunks = {{take_chunk}, reader, request->stream};
    DatabaseRead read = {.table = table, .rows = (size_t)source->chunk_size};
    if (table->columns.len == 0) {
        return NULL; /* there are such tables */
    }
    TRY(table_query(arena, source->client->quote, table,
                    value_find(source->streams.data[request->stream].hints, STR("incremental")),
                    request, &read.select));
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
        err = read_table(reader, &reader->requests[item], connection);
    }
    if (err != NULL) {
        AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&reader->mu);
        cancel_request(&reader->stop);
        reader->failure = error_first(reader->failure, err);
    }
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
