/* Files, read by the warehouse itself. */
#include "base/clock.h"
#include "base/number.h"
#include "ingest/nested_file_load.h"
#include "source/file/file_source.h"
#include "sync/source_load.h"

static void on_reading(void *context, const SourceFile *file)
{
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    source_sync_step(context, str_printf(arena, "Reading %s: " STR_FMT,
                                         file_format_title(file->format), STR_ARG(file->shown)));
}

static void on_dropping(void *context, Str shown_table)
{
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    source_sync_step(context, str_printf(arena, "Dropping " STR_FMT, STR_ARG(shown_table)));
    source_sync_step(context, STR("Starting fresh sync..."));
}

static void report_loaded(const SourceSync *sync, Arena *arena, const FileLoadResult *result)
{
    if (result->files_found == 0) {
        source_sync_step(sync, STR("No files found to load"));
    }
    if (result->kept_rows) {
        Str kept = number_with_commas(arena, result->rows_before);
        source_sync_warn(
            sync,
            str_printf(arena, "Sync returned 0 rows — existing " STR_FMT " rows preserved",
                       STR_ARG(kept)),
            STR("--allow-empty-replace, or 'empty_sync_policy: allow' for the source, lets an "
                "empty file empty the table"));
        return;
    }
    Str rows = source_sync_count_text(arena, result->rows, "row");
    source_sync_step(sync, str_printf(arena, "Loaded " STR_FMT, STR_ARG(rows)));
    if (result->files_deleted > 0) {
        Str files = source_sync_count_text(arena, (int64_t)result->files_deleted, "file");
        source_sync_step(sync,
                         str_printf(arena, "Marked rows of " STR_FMT " that are gone as deleted",
                                    STR_ARG(files)));
    }
    if (result->load_id.len > 0) {
        source_sync_step(sync,
                         str_printf(arena, "Writing to " STR_FMT, STR_ARG(result->shown_table)));
    }
}

Error *file_source_load(const SourceSync *sync, Source *source, Arena *arena, SourceLoaded *out)
{
    union {
        const SourceSync *sync;
        void *context;
    } listener = {.sync = sync};
    FileLoadResult result;
    FileLoad file_load = {
        .connection = sync->connection,
        .source = source,
        .events = {.context = listener.context, .reading = on_reading, .dropping = on_dropping},
        .full_refresh = sync->request->full_refresh,
        .allow_schema_changes = sync->request->allow_schema_changes,
        .allow_empty_replace = source_sync_allows_empty(sync),
        .row_limit = sync->request->limit,
    };
    if (sync->request->start_date.len > 0) {
        source_sync_step(sync, STR("Files have no cursor: the start date is ignored"));
    }
    if (source->driver->nests(source->state)) {
        Str directory = source_sync_package_directory(sync, arena);
        TRY(nested_file_load_run(&file_load, directory, &result));
    } else {
        TRY(file_load_run(&file_load, &result));
    }
    report_loaded(sync, arena, &result);
    *out = (SourceLoaded){.load_id = result.load_id,
                          .shown = result.shown_table,
                          .rows = result.rows,
                          .total_rows = result.total_rows,
                          .rows_synced = result.rows_synced};
    if (result.load_id.len > 0 || result.total_rows > 0) {
        VEC_PUSH(arena, &out->tables,
                 (HistoryTable){str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(result.schema),
                                           STR_ARG(result.table)),
                                result.total_rows});
    }
    return NULL;
}
