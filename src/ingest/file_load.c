#include "ingest/file_load.h"

#include "ingest/bookkeeping.h"
#include "ingest/file_table.h"
#include "ingest/file_tracking.h"
#include "ingest/load_id.h"
#include "ingest/naming.h"
#include "ingest/raw_views.h"
#include "warehouse/file_scan.h"

/* A file that is to be loaded, and what is known of its content. */
typedef struct FileWork {
    const FileTask *task;
    FileShape shape;
    FileColumnVec columns;
    ColumnInfoVec texts; /* CSV: columns that are read as text whatever they look like */
    bool look_at_all;    /* CSV: types are found from the whole file */
} FileWork;

typedef struct Loader {
    const FileLoad *load;
    Arena *arena; /* the source context's */
    Connection *connection;
    const SourceConfig *config;
    Str shown_table;
    LoadPackage package; /* load id, schema document and state */
    int64_t now_us;
    bool dataset_exists;
    SourceFileVec files;
    FilePlan plan;
    VEC(FileWork) works;
    FileTable table;
    FileLoadResult result;
} Loader;

/* ---- Looking at the files ---- */

FileScan file_load_scan(const SourceFile *file, const FileShape *shape)
{
    static const ScanFormat formats[] = {[FILE_CSV] = SCAN_CSV,
                                         [FILE_JSON] = SCAN_JSON,
                                         [FILE_JSON_LINES] = SCAN_JSON_LINES,
                                         [FILE_PARQUET] = SCAN_PARQUET};
    static const ScanCompression compressions[] = {
        [FILE_PLAIN] = SCAN_PLAIN, [FILE_GZIP] = SCAN_GZIP, [FILE_ZSTD] = SCAN_ZSTD};
    return (FileScan){
        .format = formats[file->format],
        .compression = compressions[shape->compression],
        .path = shape->read_path,
        .encoding = shape->encoding,
        .delimiter = shape->delimiter,
        .quote = shape->quote,
        .has_header = shape->has_header,
        .date_format = shape->date_format,
    };
}

static FileScan scan_of(const FileWork *work)
{
    FileScan scan = file_load_scan(work->task->file, &work->shape);
    scan.typed_columns = work->texts.data;
    scan.typed_column_count = work->texts.len;
    scan.look_at_all = work->look_at_all;
    return scan;
}

/* The lines of a CSV file do not agree, and the search for types does not say where. Reading it as
 * plain text does. */
static Error *find_bad_line(Loader *loader, const FileWork *work)
{
    FileScan scan = scan_of(work);
    ColumnInfoVec texts = {0};
    for (size_t i = 0; i < work->shape.column_count; i++) {
        VEC_PUSH(loader->arena, &texts,
                 (ColumnInfo){.name = str_printf(loader->arena, "column%zu", i),
                              .type = STR("VARCHAR")});
    }
    scan.typed_columns = texts.data;
    scan.typed_column_count = texts.len;
    scan.columns_are_known = true;
    SqlBuilder sql = sql_begin(loader->arena);
    SQL_ADD(&sql, "select count(*) from ");
    file_scan_add_sql(loader->connection, &scan, &sql);
    int64_t rows = 0;
    Error *err = connection_query_int(loader->connection, sql_text(&sql), NULL, 0, &rows);
    return file_scan_error(loader->connection, work->task->file->shown, err);
}

static Error *describe(Loader *loader, FileWork *work)
{
    FileScan scan = scan_of(work);
    ColumnInfoVec read = {0};
    Error *err = file_scan_describe(loader->connection, loader->arena, &scan, &read);
    if (err != NULL) {
        err = file_scan_error(loader->connection, work->task->file->shown, err);
        Error *better = scan.format == SCAN_CSV ? find_bad_line(loader, work) : NULL;
        if (better != NULL) {
            error_discard(err, "the other one names the line");
            return better;
        }
        return err;
    }
    work->columns.len = 0;
    return file_columns_name(loader->arena, work->task->file->shown, &read, &work->shape.headers,
                             &work->columns);
}

static Error *inspect_files(Loader *loader)
{
    const Source *source = loader->load->source;
    for (VEC_EACH(FileTask, task, &loader->plan.tasks)) {
        if (task->change == FILE_UNCHANGED) {
            continue;
        }
        TRY(cancel_check(source->ctx->cancel));
        FileWork work = {.task = task};
        TRY(source->driver->inspect_file(source->ctx, source->state, task->file, &work.shape));
        if (!work.shape.is_empty) {
            TRY(describe(loader, &work));
        }
        VEC_PUSH(loader->arena, &loader->works, work);
    }
    return NULL;
}

/* Decides the table's columns from its own and those of the files. */
static Error *merge_columns(Loader *loader)
{
    ColumnRules rules = {
        .allow_new_columns = loader->load->source->ctx->project->load.allow_new_columns,
        .allow_any = loader->load->allow_schema_changes,
    };
    loader->table.columns = (TableColumnVec){0};
    if (!loader->load->full_refresh) {
        TRY(table_columns_read(loader->connection, loader->arena, loader->table.schema,
                               loader->table.name, &loader->table.columns));
    }
    for (VEC_EACH(FileWork, work, &loader->works)) {
        if (!work->shape.is_empty) {
            TRY(table_columns_merge(loader->arena, work->task->file->shown, loader->shown_table,
                                    &work->columns, rules, &loader->table.columns));
        }
    }
    return NULL;
}

/* A column that is text in the table is read as text, or "007" would arrive as 7. True when
 * something was added, so that the reader must be asked again. */
static void read_texts_as_text(Loader *loader, FileWork *work)
{
    for (VEC_EACH(FileColumn, column, &work->columns)) {
        const TableColumn *target = table_column_find(&loader->table.columns, column->name);
        if (target != NULL && str_is(target->type, "VARCHAR") && !str_is(column->type, "VARCHAR")) {
            VEC_PUSH(loader->arena, &work->texts,
                     (ColumnInfo){.name = column->read_name, .type = STR("VARCHAR")});
            column->type = STR("VARCHAR");
        }
    }
}

/* ---- The table ---- */

static Error *drop_table(Loader *loader)
{
    if (loader->load->events.dropping != NULL) {
        loader->load->events.dropping(loader->load->events.context, loader->shown_table);
    }
    return file_table_drop(&loader->table);
}

static Error *prepare_table(Loader *loader)
{
    TRY(file_tracking_prepare(loader->connection));
    TRY(bookkeeping_prepare(loader->connection, loader->arena, loader->table.schema));
    if (loader->load->full_refresh) {
        TRY(bookkeeping_forget_schema(loader->connection, loader->arena, loader->table.schema,
                                      loader->config->name));
        TRY(file_tracking_forget(loader->connection, loader->config->name));
        if (loader->table.exists) {
            TRY(drop_table(loader));
        }
    }
    if (loader->table.columns.len == 0 && !loader->table.exists) {
        return NULL; /* nothing but empty files yet */
    }
    return file_table_prepare(&loader->table, &loader->result.columns_changed);
}

/* ---- Rows ---- */

static bool replaces_all(const FileLoad *load)
{
    return load->source->driver->reads_all(load->source->state);
}

/* What the file brought before; of a source that is read whole each time, everything. */
static Error *delete_old_rows(Loader *loader, const FileWork *work)
{
    if (!loader->table.exists || loader->load->full_refresh) {
        return NULL;
    }
    if (replaces_all(loader->load)) {
        TRY(file_table_delete(&loader->table, STR("")));
        return file_tracking_forget(loader->connection, loader->config->name);
    }
    return work->task->is_recorded ? file_table_delete(&loader->table, work->task->file->shown)
                                   : NULL;
}

/* The columns of the table that a file has, and how they are read from it. */
static void add_file_columns(const Loader *loader, const FileWork *work, FilePart *part)
{
    SqlBuilder values = sql_begin(loader->arena);
    for (VEC_EACH(FileColumn, column, &work->columns)) {
        const TableColumn *target = table_column_find(&loader->table.columns, column->name);
        bool same = target == NULL || str_eq(target->type, column->type);
        SQL_ADD(&values, "{}{}{}{}", SQL_RAW(part->names.len == 0 ? STR("") : STR(", ")),
                SQL_ID(column->read_name), SQL_RAW(same ? STR("") : STR("::")),
                SQL_RAW(same ? STR("") : target->type));
        VEC_PUSH(loader->arena, &part->names, column->name);
    }
    part->values = sql_text(&values);
}

static Error *insert_file(Loader *loader, const FileWork *work, int64_t limit, int64_t *out_rows)
{
    SqlBuilder from = sql_begin(loader->arena);
    FileScan scan = scan_of(work);
    file_scan_add_sql(loader->connection, &scan, &from);
    if (limit > 0) {
        SQL_ADD(&from, " limit {}", SQL_INT(limit));
    }
    FilePart part = {
        .load_id = loader->package.load_id,
        .loaded_at_us = loader->now_us,
        .filename = work->task->file->shown,
        .modified_us = work->task->file->modified_us,
    };
    TRY(sql_finish(&from, &part.from));
    add_file_columns(loader, work, &part);
    return file_table_insert(&loader->table, &part, out_rows);
}

/* Loads one file; *failed tells which one an error is about. */
static Error *load_file(Loader *loader, FileWork *work)
{
    const FileLoad *load = loader->load;
    int64_t rows = 0;
    int64_t rest = load->row_limit > 0 ? load->row_limit - loader->result.rows : 0;
    if (load->row_limit > 0 && rest == 0) {
        return NULL;
    }
    if (load->events.reading != NULL) {
        load->events.reading(load->events.context, work->task->file);
    }
    TRY(delete_old_rows(loader, work));
    if (!work->shape.is_empty) {
        TRY(insert_file(loader, work, rest, &rows));
    }
    FileExtent extent = load->row_limit > 0 ? FILE_IN_PART : FILE_WHOLE;
    TRY(file_tracking_loaded(loader->connection, loader->config->name, work->task, rows, extent,
                             loader->now_us));
    loader->result.rows += rows;
    loader->result.files_loaded++;
    return NULL;
}

static Error *mark_deleted(Loader *loader)
{
    for (VEC_EACH(Str, path, &loader->plan.deleted)) {
        if (replaces_all(loader->load)) {
            continue; /* gone with the rest */
        }
        if (loader->table.exists) {
            TRY(file_table_mark_deleted(&loader->table, *path));
        }
        TRY(file_tracking_deleted(loader->connection, loader->config->name, *path, loader->now_us));
        loader->result.files_deleted++;
    }
    return NULL;
}

/* ---- The load as a whole ---- */

/* What is stored of schema and state, as a load begins. */
static Error *read_books(Loader *loader)
{
    Connection *connection = loader->connection;
    Arena *arena = loader->arena;
    Str name = loader->config->name;
    LoadPackage package = {.dataset = loader->table.schema};
    Str last_load;
    TRY(bookkeeping_read_last_load(connection, arena, loader->table.schema, &last_load));
    if (!loader->load->full_refresh) {
        TRY(bookkeeping_read_schema(connection, arena, loader->table.schema, name,
                                    &package.schema));
        TRY(bookkeeping_read_state(connection, arena, loader->table.schema, name, &package.state));
    }
    package.schema = package.schema != NULL ? package.schema : schema_new(arena, name);
    package.state = package.state != NULL ? package.state : state_new(arena, name);
    state_set_identity(package.state, &(StateIdentity){loader->table.schema, name});
    LoadIdClock clock = {0};
    load_id_seen(&clock, last_load);
    package.load_id = load_id_next(&clock, arena);
    loader->now_us = load_id_time_us(package.load_id);
    loader->package = package;
    return NULL;
}

/* What the pipeline's state says of the source's one resource. */
static void note_state(Loader *loader)
{
    Str name = loader->config->name;
    const Str rows_key[] = {STR("sources"), name, STR("resources"), name, STR("rows_synced")};
    const Str load_key[] = {STR("sources"), name, STR("resources"), name, STR("last_load_id")};
    State *state = loader->package.state;
    const Value *synced = state_find(state, rows_key, ARRAY_LEN(rows_key));
    int64_t before = value_is(synced, VALUE_INT) ? synced->as.integer : 0;
    loader->result.rows_synced = before + loader->result.rows;
    state_set(state, rows_key, ARRAY_LEN(rows_key), value_int(loader->result.rows_synced));
    state_set(state, load_key, ARRAY_LEN(load_key), value_string(loader->package.load_id));
}

static void note_schema(Loader *loader)
{
    Schema *schema = loader->package.schema;
    SchemaTable *table =
        schema_root_table(schema, loader->table.name, loader->config->name,
                          replaces_all(loader->load) ? STR("replace") : STR("append"));
    for (VEC_EACH(TableColumn, column, &loader->table.columns)) {
        DataType type = data_type_of_column(column->type);
        (void)schema_column(schema, table, column->name, &type, true);
    }
    (void)schema_system_column(schema, table, &system_column_load_id);
    (void)schema_system_column(schema, table, &system_column_id);
    for (size_t i = 0; i < bookkeeping_column_count; i++) {
        if (!bookkeeping_columns[i].is_dlt) {
            DataType type = data_type_of_column(str_from(bookkeeping_columns[i].type));
            (void)schema_column(schema, table, str_from(bookkeeping_columns[i].name), &type, true);
        }
    }
    VEC_PUSH(loader->arena, &loader->package.tables,
             (LoadedTable){loader->table.name, loader->result.total_rows});
}

static Error *finish(Loader *loader)
{
    TRY(file_table_count(&loader->table, &loader->result.total_rows));
    if (loader->table.exists) {
        note_schema(loader);
    }
    note_state(loader);
    if (loader->result.columns_changed || !loader->dataset_exists || loader->load->full_refresh) {
        TRY(raw_views_make(loader->connection, loader->config->name, loader->table.schema));
    }
    TRY(bookkeeping_write(loader->connection, loader->arena, &loader->package));
    loader->result.load_id = loader->package.load_id;
    return connection_commit(loader->connection);
}

/* A file that is replaced whole and is empty now: most likely a mistake of whoever wrote it. */
static bool would_empty(const Loader *loader)
{
    const FileLoad *load = loader->load;
    return !load->full_refresh && !load->allow_empty_replace && loader->result.rows == 0 &&
           loader->result.rows_before > 0 && load->source->driver->reads_all(load->source->state);
}

/* One transaction. *out_failed is the file that an error is about, or NULL. */
static Error *try_load(Loader *loader, FileWork **out_failed)
{
    *out_failed = NULL;
    loader->result.rows = 0;
    loader->result.files_loaded = 0;
    loader->result.files_deleted = 0;
    TRY(read_books(loader)); /* anew for each attempt: the last one changed them */
    TRY(connection_begin(loader->connection));
    TRY(prepare_table(loader));
    for (VEC_EACH(FileWork, work, &loader->works)) {
        TRY(cancel_check(loader->load->source->ctx->cancel));
        Error *err = load_file(loader, work);
        if (err != NULL) {
            *out_failed = work;
            return err;
        }
    }
    if (would_empty(loader)) {
        loader->result.kept_rows = true;
        loader->result.total_rows = loader->result.rows_before;
        return connection_rollback(loader->connection);
    }
    TRY(mark_deleted(loader));
    return finish(loader);
}

/* A value that does not fit the type its file's beginning suggested: look at the whole file; if
 * that was done, read the column as text. False when there is nothing left to try. */
static Error *relax(Loader *loader, FileWork *work, bool *out_relaxed)
{
    *out_relaxed = false;
    if (work->task->file->format != FILE_CSV) {
        return NULL;
    }
    const WarehouseFailure *failure = connection_failure(loader->connection);
    if (failure == NULL || failure->kind != FAILURE_CONVERSION) {
        return NULL;
    }
    if (work->look_at_all) {
        if (failure->file_column.len == 0) {
            return NULL;
        }
        VEC_PUSH(loader->arena, &work->texts,
                 (ColumnInfo){.name = str_dup(loader->arena, failure->file_column),
                              .type = STR("VARCHAR")});
    }
    work->look_at_all = true;
    TRY(connection_rollback(loader->connection));
    *out_relaxed = true;
    return describe(loader, work);
}

static Error *load_until_it_fits(Loader *loader)
{
    for (;;) {
        TRY(merge_columns(loader));
        for (VEC_EACH(FileWork, work, &loader->works)) {
            if (work->task->file->format == FILE_CSV) {
                read_texts_as_text(loader, work);
            }
        }
        const FileTable before = loader->table;
        FileWork *failed = NULL;
        Error *err = try_load(loader, &failed);
        if (err == NULL) {
            return NULL;
        }
        bool again = false;
        if (failed != NULL) {
            Error *other = relax(loader, failed, &again);
            if (other != NULL) {
                error_discard(err, "looking closer told more");
                return other;
            }
            if (!again) {
                err = file_scan_error(loader->connection, failed->task->file->shown, err);
            }
        }
        if (!again) {
            return error_first(err, connection_rollback(loader->connection));
        }
        error_discard(err, "the file is read again with wider types");
        loader->table = before;
    }
}

static Error *open_loader(const FileLoad *load, Loader *out)
{
    SourceContext *ctx = load->source->ctx;
    Loader loader = {
        .load = load, .arena = ctx->arena, .connection = load->connection, .config = ctx->config};
    Str schema = str_printf(ctx->arena, "raw_" STR_FMT, STR_ARG(ctx->config->namespace));
    Naming naming = naming_default();
    Str table;
    TRY(naming_table(&naming, ctx->arena, ctx->config->name, &table));
    TRY(file_table_open(load->connection, ctx->arena, schema, table, &loader.table));
    TRY(connection_has_relation(load->connection, schema, STR("_dlt_loads"),
                                &loader.dataset_exists));
    StrVec tables = {0};
    TRY(raw_list_tables(load->connection, ctx->arena, schema, &tables));
    loader.shown_table = raw_shown_name(ctx->arena, ctx->config->name, schema, table,
                                        tables.len + (loader.table.exists ? 0 : 1));
    TRY(load->source->driver->list_files(ctx, load->source->state, &loader.files));
    bool all = load->full_refresh || replaces_all(load);
    TRY(file_plan_make(load->connection, ctx->arena, ctx->config->name, &loader.files, all,
                       &loader.plan));
    *out = loader;
    return NULL;
}

Error *file_load_run(const FileLoad *load, FileLoadResult *out)
{
    Loader loader;
    TRY(open_loader(load, &loader));
    TRY(file_table_count(&loader.table, &loader.result.rows_before));
    loader.result.schema = loader.table.schema;
    loader.result.table = loader.table.name;
    loader.result.shown_table = loader.shown_table;
    loader.result.files_found = loader.files.len;
    loader.result.total_rows = loader.result.rows_before;
    bool nothing_to_do = loader.plan.to_load == 0 && loader.plan.deleted.len == 0 &&
                         !(load->full_refresh && loader.table.exists);
    if (!nothing_to_do) {
        TRY(inspect_files(&loader));
        TRY(load_until_it_fits(&loader));
    }
    *out = loader.result;
    return NULL;
}

Error *file_load_forecast(const FileLoad *load, FileForecast *out)
{
    Loader loader;
    TRY(open_loader(load, &loader));
    TRY(inspect_files(&loader));
    FileForecast forecast = {.files = loader.works.len,
                             .is_full = load->full_refresh || replaces_all(load)};
    for (VEC_EACH(FileWork, work, &loader.works)) {
        if (work->shape.is_empty) {
            continue;
        }
        FileScan scan = scan_of(work);
        SqlBuilder sql = sql_begin(loader.arena);
        SQL_ADD(&sql, "select count(*) from ");
        file_scan_add_sql(loader.connection, &scan, &sql);
        int64_t rows = 0;
        Error *err = connection_query_int(loader.connection, sql_text(&sql), NULL, 0, &rows);
        if (err != NULL) {
            return file_scan_error(loader.connection, work->task->file->shown, err);
        }
        forecast.rows += rows;
    }
    *out = forecast;
    return NULL;
}
