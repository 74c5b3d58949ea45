/* Sources that give rows: APIs and databases. */
#include "base/clock.h"
#include "base/fs.h"
#include "base/number.h"
#include "ingest/load/stream_load.h"
#include "ingest/raw_views.h"
#include "sync/source_load.h"
#include "warehouse/sql_builder.h"

/* ---- Telling ---- */

/* What is told while threads read. */
typedef struct Listener {
    const SourceSync *sync;
    Mutex mu;
    int64_t told_us; /* guarded by mu: progress was told last */
} Listener;

static void on_reading(void *context, Str stream, const Incremental *incremental)
{
    const Listener *listener = context;
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    Str how = STR("full refresh");
    if (incremental != NULL) {
        Str from = incremental_start_text(incremental, arena);
        bool is_first = incremental_is_first(incremental);
        how = from.len == 0 || (is_first && listener->sync->request->start_date.len == 0)
                  ? STR("incremental, first run")
                  : str_printf(arena, "incremental from " STR_FMT, STR_ARG(from));
    }
    source_sync_step(listener->sync, str_printf(arena, "Fetching " STR_FMT " (" STR_FMT ")",
                                                STR_ARG(stream), STR_ARG(how)));
}

static void on_rows(void *context, Str stream, uint64_t rows)
{
    enum { EVERY_US = 500000 };
    Listener *listener = context;
    (void)stream;
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&listener->mu);
    int64_t now = clock_monotonic_us();
    if (now - listener->told_us >= EVERY_US) {
        listener->told_us = now;
        source_sync_progress(listener->sync, -1, (int64_t)rows);
    }
}

static void tell_loaded(const SourceSync *sync, Arena *arena, Str dataset,
                        const StreamLoadResult *result)
{
    for (VEC_EACH(const LoadedTable, it, &result->streams)) {
        Str rows = number_with_commas(arena, it->rows);
        source_sync_step(sync, str_printf(arena, "Loaded " STR_FMT " " STR_FMT, STR_ARG(rows),
                                          STR_ARG(it->name)));
    }
    for (VEC_EACH(const Str, it, &result->kept)) {
        source_sync_warn(
            sync,
            str_printf(arena, STR_FMT ": 0 rows came — existing rows preserved", STR_ARG(*it)),
            STR("--allow-empty-replace, or 'empty_sync_policy: allow' for the source, lets a "
                "source without rows empty its tables"));
    }
    for (VEC_EACH(const LoadedTable, it, &result->tables)) {
        Str shown =
            raw_shown_name(arena, sync->config->name, dataset, it->name, result->tables.len);
        source_sync_step(sync, str_printf(arena, "Writing to " STR_FMT, STR_ARG(shown)));
    }
}

/* Rows that are missing in the tables are never missing without a word. */
static void tell_rejected(const SourceSync *sync, Arena *arena, const StreamLoadResult *result)
{
    const LoadRejected *rejected = &result->rejected;
    if (rejected->rows + rejected->values == 0) {
        return;
    }
    Str rows = source_sync_count_text(arena, (int64_t)rejected->rows, "row");
    Str values = source_sync_count_text(arena, (int64_t)rejected->values, "value");
    Str what = rejected->rows > 0 ? rows : values;
    if (rejected->rows > 0 && rejected->values > 0) {
        what = str_printf(arena, STR_FMT " and " STR_FMT, STR_ARG(rows), STR_ARG(values));
    }
    Str text = str_printf(arena, STR_FMT " rejected by the schema contract", STR_ARG(what));
    if (rejected->kept < rejected->rows + rejected->values) {
        Str kept = number_with_commas(arena, (int64_t)rejected->kept);
        text =
            str_printf(arena, STR_FMT ", " STR_FMT " of them kept", STR_ARG(text), STR_ARG(kept));
    }
    Str hint = str_printf(
        arena, "see dango query \"from _dango_rejected_rows where load_id = '" STR_FMT "'\"",
        STR_ARG(result->load_id));
    source_sync_warn(sync, text, hint);
}

/* ---- The load ---- */

static Error *tell_dropping(const SourceSync *sync, Arena *arena, Str dataset)
{
    StrVec tables = {0};
    TRY(raw_list_tables(sync->connection, arena, dataset, &tables));
    for (VEC_EACH(const Str, it, &tables)) {
        source_sync_step(sync, str_printf(arena, "Dropping " STR_FMT "." STR_FMT, STR_ARG(dataset),
                                          STR_ARG(*it)));
    }
    source_sync_step(sync, STR("Starting fresh sync..."));
    return NULL;
}

static LoadRunOptions run_options(const SourceSync *sync, Arena *arena, Str dataset)
{
    const SyncRequest *request = sync->request;
    LoadRunOptions options = {
        .connection = sync->connection,
        .dataset = dataset,
        .schema_name = sync->config->name,
        .pipeline = sync->config->name,
        .package_directory = source_sync_package_directory(sync, arena),
        .row_limit = (uint64_t)request->limit,
        .start = request->start_date,
        .keeps_rows = !request->full_refresh && !source_sync_allows_empty(sync),
        .viewed_source = sync->config->name,
    };
    if (request->full_refresh) {
        options.refresh = request->select.len > 0 ? REFRESH_RESOURCES : REFRESH_SOURCES;
    }
    return options;
}

/* All tables of the source as they are now. */
static Error *count_tables(const SourceSync *sync, Arena *arena, Str dataset, SourceLoaded *out)
{
    StrVec tables = {0};
    TRY(raw_list_tables(sync->connection, arena, dataset, &tables));
    for (VEC_EACH(const Str, it, &tables)) {
        SqlBuilder sql = sql_begin(arena);
        int64_t rows = 0;
        SQL_ADD(&sql, "select count(*) from {}", SQL_NAME(dataset, *it));
        TRY(connection_query_int(sync->connection, sql_text(&sql), NULL, 0, &rows));
        VEC_PUSH(arena, &out->tables,
                 (HistoryTable){
                     str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(dataset), STR_ARG(*it)), rows});
        out->total_rows += rows;
    }
    return NULL;
}

Error *stream_source_load(const SourceSync *sync, Source *source, Arena *arena, SourceLoaded *out)
{
    Str dataset = str_printf(arena, "raw_" STR_FMT, STR_ARG(sync->config->namespace));
    Listener listener = {.sync = sync, .mu = MUTEX_INIT};
    StreamLoadResult result;
    StreamLoad load = {
        .source = source,
        .options = run_options(sync, arena, dataset),
        .selected = sync->request->select.len > 0 ? &sync->request->select : NULL,
        .events = {.context = &listener, .reading = on_reading, .rows = on_rows},
    };
    source_sync_step(sync, str_printf(arena, "Connecting to %s", source->driver->title));
    if (sync->request->full_refresh) {
        TRY(tell_dropping(sync, arena, dataset));
    }
    TRY(stream_load_run(&load, arena, &result));
    tell_loaded(sync, arena, dataset, &result);
    tell_rejected(sync, arena, &result);
    *out = (SourceLoaded){
        .load_id = result.load_id,
        .shown = sync->config->name,
        .rows = (int64_t)result.rows,
        .rows_synced = (int64_t)result.rows,
    };
    return count_tables(sync, arena, dataset, out);
}
