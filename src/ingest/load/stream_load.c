#include "ingest/load/stream_load.h"

#include "base/suggest.h"
#include "ingest/typed_json.h"

/* The sink that a source's rows come to. */
typedef struct Loader {
    RowSink sink; /* first: the source only knows this */
    const StreamLoad *load;
    SourceStreamVec streams;
    LoadStream **opened; /* by number of the stream; NULL: not read */
} Loader;

/* ---- Rows ---- */

static Loader *loader_of(RowSink *sink)
{
    return (Loader *)(void *)sink;
}

static void tell_rows(const Loader *loader, size_t stream)
{
    const StreamLoadEvents *events = &loader->load->events;
    if (events->rows != NULL) {
        events->rows(events->context, loader->streams.data[stream].name,
                     load_stream_rows(loader->opened[stream]));
    }
}

static Error *named(TAKES Error *err, const Loader *loader, size_t stream)
{
    return err == NULL
               ? NULL
               : error_wrap(err, "'" STR_FMT "'", STR_ARG(loader->streams.data[stream].name));
}

static Error *add_json(RowSink *sink, size_t stream, JsonRows *rows, bool *out_enough)
{
    Loader *loader = loader_of(sink);
    CHECK(stream < loader->streams.len && loader->opened[stream] != NULL);
    Error *err = load_run_json(loader->opened[stream], rows, out_enough);
    tell_rows(loader, stream);
    return named(err, loader, stream);
}

static Error *add_columns(RowSink *sink, size_t stream, const Chunk *chunk, bool *out_enough)
{
    Loader *loader = loader_of(sink);
    CHECK(stream < loader->streams.len && loader->opened[stream] != NULL);
    Error *err = load_run_chunk(loader->opened[stream], chunk, out_enough);
    tell_rows(loader, stream);
    return named(err, loader, stream);
}

static Error *find_new(RowSink *sink, size_t stream, const Chunk *chunk, uint32_t *out,
                       size_t *out_count)
{
    Loader *loader = loader_of(sink);
    CHECK(stream < loader->streams.len && loader->opened[stream] != NULL);
    return named(load_run_find_new(loader->opened[stream], chunk, out, out_count), loader, stream);
}

static void set_mark(RowSink *sink, size_t stream, const Value *mark, StreamNews news)
{
    Loader *loader = loader_of(sink);
    CHECK(stream < loader->streams.len && loader->opened[stream] != NULL);
    load_stream_set_mark(loader->opened[stream], mark, news);
}

/* ---- Streams ---- */

static bool is_selected(const StreamLoad *load, Str name)
{
    bool found = load->selected == NULL;
    for (size_t i = 0; !found && i < load->selected->len; i++) {
        found = str_eq(load->selected->data[i], name);
    }
    return found;
}

static Error *unknown_stream(const Loader *loader, Str name)
{
    Suggestion best = suggestion_init(name);
    for (VEC_EACH(const SourceStream, it, &loader->streams)) {
        suggestion_try(&best, it->name);
    }
    Error *err = error_new(ERR_CONFIG, "the source has no stream '" STR_FMT "'", STR_ARG(name));
    return best.name.len == 0 ? err
                              : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
}

static Error *check_selected(const Loader *loader)
{
    const StrVec *selected = loader->load->selected;
    for (size_t i = 0; selected != NULL && i < selected->len; i++) {
        bool known = false;
        for (VEC_EACH(const SourceStream, it, &loader->streams)) {
            known = known || (!it->is_hidden && str_eq(it->name, selected->data[i]));
        }
        if (!known) {
            return unknown_stream(loader, selected->data[i]);
        }
    }
    return NULL;
}

/* A bound as sources are told of it: times as such. */
static const Value *plain_bound(const Loader *loader, const Value *bound)
{
    Arena *arena = loader->load->source->ctx->arena;
    Value *plain = NULL;
    if (!value_is_null(bound)) {
        plain = ARENA_NEW(arena, Value);
        *plain = typed_decode(arena, bound);
    }
    return plain;
}

static Error *open_stream(Loader *loader, LoadRun *run, size_t number, StreamRequest *out)
{
    const SourceStream *stream = &loader->streams.data[number];
    Resource resource = {.name = stream->name,
                         .hints = stream->hints,
                         .is_hidden = stream->is_hidden,
                         .write_disposition = loader->load->write_disposition,
                         .schema_contract = loader->load->schema_contract};
    TRY_WRAP(load_run_resource(run, &resource, &loader->opened[number]), "'" STR_FMT "'",
             STR_ARG(stream->name));
    const Incremental *incremental = load_stream_incremental(loader->opened[number]);
    *out = (StreamRequest){.stream = number};
    if (incremental != NULL) {
        out->from = plain_bound(loader, incremental_start(incremental));
        out->until = plain_bound(loader, incremental_end(incremental));
        out->goes_on = incremental_goes_on(incremental);
        out->mark = incremental_mark(incremental);
    }
    const StreamLoadEvents *events = &loader->load->events;
    if (events->reading != NULL && !stream->is_hidden) {
        events->reading(events->context, stream->name, incremental);
    }
    return NULL;
}

static Error *read_streams(Loader *loader, LoadRun *run, Arena *arena)
{
    size_t count = 0;
    const Source *source = loader->load->source;
    StreamRequest *requests = ARENA_ARRAY(arena, StreamRequest, loader->streams.len + 1);
    for (size_t i = 0; i < loader->streams.len; i++) {
        const SourceStream *stream = &loader->streams.data[i];
        if (stream->is_hidden || is_selected(loader->load, stream->name)) {
            TRY(open_stream(loader, run, i, &requests[count]));
            count++;
        }
    }
    return source->driver->read_streams(source->ctx, source->state, requests, count, &loader->sink);
}

/* ---- The load ---- */

static void keep_result(Arena *arena, const Loader *loader, const LoadRunResult *result,
                        StreamLoadResult *out)
{
    out->load_id = str_dup(arena, result->load_id);
    out->rejected = result->rejected;
    for (VEC_EACH(const LoadedTable, it, &result->tables)) {
        VEC_PUSH(arena, &out->tables, (LoadedTable){str_dup(arena, it->name), it->rows});
    }
    for (VEC_EACH(const Str, it, &result->kept)) {
        VEC_PUSH(arena, &out->kept, str_dup(arena, *it));
    }
    for (size_t i = 0; i < loader->streams.len; i++) {
        if (loader->opened[i] != NULL && !loader->streams.data[i].is_hidden) {
            uint64_t rows = load_stream_rows(loader->opened[i]);
            VEC_PUSH(arena, &out->streams,
                     (LoadedTable){loader->streams.data[i].name, (int64_t)rows});
            out->rows += rows;
        }
    }
}

/* Where rows went wrong is told, not that the source was stopped for it. */
static Error *finish(LoadRun *run, TAKES Error *read_error, LoadRunResult *out)
{
    if (read_error == NULL) {
        return load_run_finish(run, out);
    }
    Error *why = load_run_failure(run);
    if (why == NULL) {
        return read_error;
    }
    error_discard(read_error, "what came first is told");
    return why;
}

Error *stream_load_run(const StreamLoad *load, Arena *arena, StreamLoadResult *out)
{
    const Source *source = load->source;
    Loader loader = {.sink = {.add_json = add_json,
                              .add_columns = add_columns,
                              .find_new = find_new,
                              .set_mark = set_mark},
                     .load = load};
    AUTO_FREE(load_run) LoadRun *run = NULL;
    LoadRunResult result;
    *out = (StreamLoadResult){0};
    TRY(source->driver->list_streams(source->ctx, source->state, &loader.streams));
    TRY(check_selected(&loader));
    loader.opened = ARENA_ARRAY(arena, LoadStream *, loader.streams.len + 1);
    TRY(load_run_begin(&load->options, &run));
    TRY(finish(run, read_streams(&loader, run, arena), &result));
    keep_result(arena, &loader, &result, out);
    return NULL;
}
