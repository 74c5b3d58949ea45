#include "ingest/nested_file_load.h"

#include "base/clock.h"
#include "base/fs.h"
#include "ingest/file_tracking.h"
#include "ingest/load/run.h"
#include "ingest/load_id.h"
#include "ingest/raw_views.h"
#include "warehouse/sql_builder.h"

/* What every root row says of its file. */
#define COLUMN_FILENAME STR("_dango_filename")
#define COLUMN_MTIME STR("_dango_file_mtime")
#define COLUMN_LOADED STR("_dango_loaded_at")
#define COLUMN_DELETED STR("_dango_deleted")

typedef struct NestedLoad {
    const FileLoad *load;
    Arena *arena; /* the source context's */
    const SourceConfig *config;
    Str dataset;
    Str table;
    int64_t now_us;
    SourceFileVec files;
    FilePlan plan;
    VEC(const FileTask *) loaded;
    LoadStream *stream;
} NestedLoad;

/* ---- Rows of a file ---- */

static Cell time_cell(int64_t us)
{
    DateTime time = {0};
    (void)datetime_from_us(us, &time);
    time.has_offset = true;
    return cell_time(DATA_TIMESTAMP, time);
}

static const RowExtraVec *extras_of(const NestedLoad *nested, const SourceFile *file)
{
    const RowExtra extras[] = {
        {COLUMN_FILENAME, cell_text(DATA_TEXT, file->shown)},
        {COLUMN_MTIME, time_cell(file->modified_us)},
        {COLUMN_LOADED, time_cell(nested->now_us)},
        {COLUMN_DELETED, cell_bool(false)},
    };
    RowExtraVec *all = ARENA_NEW(nested->arena, RowExtraVec);
    for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
        VEC_PUSH(nested->arena, all, extras[i]);
    }
    return all;
}

/* A chunk of one column of records, as they stand in the file. */
static Error *add_records(const NestedLoad *nested, const Chunk *chunk, bool *out_enough)
{
    JsonRows rows = {0};
    Error *err = NULL;
    for (size_t i = 0; i < chunk->row_count && err == NULL; i++) {
        yyjson_val *row = NULL;
        err = json_page_read(&rows.page, column_str(&chunk->columns[0], i), &row);
        if (err == NULL) {
            VEC_PUSH(rows.page.arena, &rows.rows, row);
        }
    }
    if (err != NULL) {
        json_rows_done(&rows);
        return err;
    }
    return load_run_json(nested->stream, &rows, out_enough);
}

static Error *add_scanned(const NestedLoad *nested, const FileScan *scan)
{
    Connection *connection = nested->load->connection;
    SqlBuilder sql = sql_begin(nested->arena);
    AUTO_FREE(result) Result *result = NULL;
    const Chunk *chunk = NULL;
    bool enough = false;
    SQL_ADD(&sql, "select * from ");
    file_scan_add_sql(connection, scan, &sql);
    TRY(connection_query(connection, sql_text(&sql), NULL, 0, &result));
    for (;;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL || enough) {
            return NULL;
        }
        TRY(scan->as_objects ? add_records(nested, chunk, &enough)
                             : load_run_chunk(nested->stream, chunk, &enough));
    }
}

/* Plain lines are parsed by the threads of the load; all else is read by the warehouse. */
static Error *add_file(NestedLoad *nested, const SourceFile *file, const FileShape *shape)
{
    if (file->format == FILE_JSON_LINES && shape->compression == FILE_PLAIN) {
        Str text;
        TRY(fs_map_file(nested->arena, str_to_c(nested->arena, shape->read_path), &text));
        return load_run_lines(nested->stream, text, LINES_MAPPED);
    }
    FileScan scan = file_load_scan(file, shape);
    scan.as_objects = file->format == FILE_JSON || file->format == FILE_JSON_LINES;
    Error *err = add_scanned(nested, &scan);
    return err == NULL ? NULL : file_scan_error(nested->load->connection, file->shown, err);
}

static Error *load_file(NestedLoad *nested, const FileTask *task)
{
    const Source *source = nested->load->source;
    const LoadEvents *events = &nested->load->events;
    FileShape shape = {0};
    TRY(cancel_check(source->ctx->cancel));
    if (events->reading != NULL) {
        events->reading(events->context, task->file);
    }
    TRY(source->driver->inspect_file(source->ctx, source->state, task->file, &shape));
    if (!shape.is_empty) {
        load_stream_from(nested->stream, task->file->shown, extras_of(nested, task->file));
        TRY(add_file(nested, task->file, &shape));
    }
    VEC_PUSH(nested->arena, &nested->loaded, task);
    return NULL;
}

/* ---- In the transaction ---- */

/* Rows whose parents are gone; parents stand before their children in the schema. */
static Error *delete_orphans(const NestedLoad *nested, Connection *connection, const Schema *schema)
{
    for (STRMAP_EACH(it, &schema->tables)) {
        const SchemaTable *table = it->value;
        const Value *parent = schema_table_member(table, STR("parent"));
        if (parent == NULL || !schema_has_seen_data(table)) {
            continue;
        }
        SqlBuilder sql = sql_begin(nested->arena);
        SQL_ADD(&sql, "delete from {} where _dlt_parent_id not in (select _dlt_id from {})",
                SQL_NAME(nested->dataset, table->name),
                SQL_NAME(nested->dataset, value_text_or(parent, STR(""))));
        TRY(connection_execute(connection, sql_text(&sql), NULL, 0, NULL));
    }
    return NULL;
}

/* What the files that are read again had brought goes. */
static Error *delete_old_rows(void *context, Connection *connection, const Schema *schema)
{
    NestedLoad *nested = context;
    bool exists = false, changed = false;
    TRY(file_tracking_prepare(connection));
    if (nested->load->full_refresh) {
        return file_tracking_forget(connection, nested->config->name);
    }
    TRY(connection_has_relation(connection, nested->dataset, nested->table, &exists));
    for (size_t i = 0; i < nested->loaded.len; i++) {
        const FileTask *task = nested->loaded.data[i];
        if (!exists || !task->is_recorded) {
            continue;
        }
        SqlBuilder sql = sql_begin(nested->arena);
        SQL_ADD(&sql, "delete from {} where {} = {}", SQL_NAME(nested->dataset, nested->table),
                SQL_ID(COLUMN_FILENAME), SQL_TEXT(task->file->shown));
        TRY(connection_execute(connection, sql_text(&sql), NULL, 0, NULL));
        changed = true;
    }
    return changed ? delete_orphans(nested, connection, schema) : NULL;
}

static Error *count_file(const NestedLoad *nested, Connection *connection, const SourceFile *file,
                         int64_t *out)
{
    SqlBuilder sql = sql_begin(nested->arena);
    SQL_ADD(&sql, "select count(*) from {} where {} = {}", SQL_NAME(nested->dataset, nested->table),
            SQL_ID(COLUMN_FILENAME), SQL_TEXT(file->shown));
    return connection_query_int(connection, sql_text(&sql), NULL, 0, out);
}

static Error *note_files(void *context, Connection *connection)
{
    NestedLoad *nested = context;
    FileExtent extent = nested->load->row_limit > 0 ? FILE_IN_PART : FILE_WHOLE;
    bool exists = false;
    TRY(connection_has_relation(connection, nested->dataset, nested->table, &exists));
    for (size_t i = 0; i < nested->loaded.len; i++) {
        const FileTask *task = nested->loaded.data[i];
        int64_t rows = 0;
        if (exists) {
            TRY(count_file(nested, connection, task->file, &rows));
        }
        TRY(file_tracking_loaded(connection, nested->config->name, task, rows, extent,
                                 nested->now_us));
    }
    for (VEC_EACH(const Str, path, &nested->plan.deleted)) {
        SqlBuilder sql = sql_begin(nested->arena);
        SQL_ADD(&sql, "update {} set {} = true where {} = {}",
                SQL_NAME(nested->dataset, nested->table), SQL_ID(COLUMN_DELETED),
                SQL_ID(COLUMN_FILENAME), SQL_TEXT(*path));
        if (exists) {
            TRY(connection_execute(connection, sql_text(&sql), NULL, 0, NULL));
        }
        TRY(file_tracking_deleted(connection, nested->config->name, *path, nested->now_us));
    }
    return NULL;
}

/* ---- The load ---- */

static Error *open_load(const FileLoad *load, NestedLoad *out)
{
    SourceContext *ctx = load->source->ctx;
    const SourceDriver *driver = load->source->driver;
    Naming naming = naming_default();
    *out = (NestedLoad){
        .load = load, .arena = ctx->arena, .config = ctx->config, .now_us = clock_now_us()};
    out->dataset = str_printf(ctx->arena, "raw_" STR_FMT, STR_ARG(ctx->config->namespace));
    TRY(naming_table(&naming, ctx->arena, ctx->config->name, &out->table));
    TRY(driver->list_files(ctx, load->source->state, &out->files));
    bool all = load->full_refresh || driver->reads_all(load->source->state);
    return file_plan_make(load->connection, ctx->arena, ctx->config->name, &out->files, all,
                          &out->plan);
}

static Error *count_rows(const NestedLoad *nested, int64_t *out)
{
    bool exists = false;
    *out = 0;
    TRY(connection_has_relation(nested->load->connection, nested->dataset, nested->table, &exists));
    SqlBuilder sql = sql_begin(nested->arena);
    SQL_ADD(&sql, "select count(*) from {}", SQL_NAME(nested->dataset, nested->table));
    return exists ? connection_query_int(nested->load->connection, sql_text(&sql), NULL, 0, out)
                  : NULL;
}

static Error *load_files(NestedLoad *nested, Str package_directory, FileLoadResult *out)
{
    const FileLoad *load = nested->load;
    LoadRunOptions options = {
        .connection = load->connection,
        .dataset = nested->dataset,
        .schema_name = nested->config->name,
        .pipeline = nested->config->name,
        .package_directory = package_directory,
        .refresh = load->full_refresh ? REFRESH_SOURCES : REFRESH_NONE,
        .row_limit = (uint64_t)load->row_limit,
        .hook = {nested, delete_old_rows, note_files},
        .must_commit = true,
        .viewed_source = nested->config->name,
    };
    AUTO_FREE(load_run) LoadRun *run = NULL;
    LoadRunResult result;
    Resource resource = {.name = nested->config->name};
    TRY(load_run_begin(&options, &run));
    TRY(load_run_resource(run, &resource, &nested->stream));
    for (VEC_EACH(const FileTask, task, &nested->plan.tasks)) {
        if (task->change != FILE_UNCHANGED) {
            TRY(load_file(nested, task));
        }
    }
    TRY(load_run_finish(run, &result));
    out->rows = (int64_t)load_stream_rows(nested->stream);
    out->load_id = str_dup(nested->arena, result.load_id);
    return NULL;
}

Error *nested_file_load_run(const FileLoad *load, Str package_directory, FileLoadResult *out)
{
    NestedLoad nested;
    TRY(open_load(load, &nested));
    *out = (FileLoadResult){
        .schema = nested.dataset, .table = nested.table, .files_found = nested.files.len};
    TRY(count_rows(&nested, &out->rows_before));
    bool is_needed = nested.plan.to_load > 0 || nested.plan.deleted.len > 0;
    if (is_needed || load->full_refresh) {
        TRY(load_files(&nested, package_directory, out));
        out->files_loaded = nested.loaded.len;
        out->files_deleted = nested.plan.deleted.len;
    }
    TRY(count_rows(&nested, &out->total_rows));
    out->rows_synced = out->rows;
    StrVec tables = {0};
    TRY(raw_list_tables(load->connection, nested.arena, nested.dataset, &tables));
    out->shown_table =
        raw_shown_name(nested.arena, nested.config->name, nested.dataset, nested.table, tables.len);
    return NULL;
}
