#include "sync/worker.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "sync/hooks.h"
#include "sync/request.h"
#include "sync/source_sync.h"
#include "sync/status_file.h"
#include "warehouse/lock.h"

/* Free disk below which a sync warns; below Project.min_free_gb it does not begin (dango.md 5.1).
 */
enum { WARN_FREE_GB = 10, BYTES_PER_GB = 1000000000 };

typedef struct Worker {
    Arena *arena;
    const Project *project;
    const Cancel *cancel;
    SyncRequest request;
    SyncSourceVec sources;
    SyncReporter reporter;
    StatusFile status; /* path NULL: nothing may be written */
    Connection *connection;
    StrVec loaded;
    int64_t rows;
    double seconds;
    size_t failed;
    bool interrupted;
} Worker;

/* ---- Telling ---- */

static void write_event(void *context, const SyncEvent *event)
{
    (void)context;
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    StrBuf line = strbuf_init(arena, LIMIT_CHILD_LINE_BYTES);
    strbuf_add(&line, sync_event_json(arena, event));
    strbuf_add_char(&line, '\n');
    (void)fwrite(line.data, 1, line.len, stdout);
    (void)fflush(stdout);
}

static void report(const Worker *worker, SyncEvent event)
{
    event.time_us = clock_now_us();
    worker->reporter.report(worker->reporter.context, &event);
}

/* ---- Before the load ---- */

static Error *read_request(Worker *worker)
{
    StrBuf text = strbuf_init(worker->arena, LIMIT_CONFIG_BYTES);
    for (;;) {
        enum { PIECE = 4096 };
        char *room = strbuf_reserve(&text, PIECE);
        if (room == NULL) {
            return error_new(ERR_LIMIT, "the request is too long");
        }
        size_t len = fread(room, 1, PIECE, stdin);
        text.len += len;
        if (len == 0) {
            break;
        }
    }
    TRY(sync_request_parse(worker->arena, strbuf_str(&text), &worker->request));
    return sync_request_sources(worker->project, worker->arena, &worker->request, &worker->sources);
}

static Error *check_disk(const Worker *worker)
{
    uint64_t free_bytes = 0;
    TRY(fs_free_bytes(str_to_c(worker->arena, worker->project->root), &free_bytes));
    double free_gb = (double)free_bytes / BYTES_PER_GB;
    if (free_gb < worker->project->min_free_gb) {
        return error_hint(error_new(ERR_IO,
                                    "only %.1f GB are free on the project's disk; a sync "
                                    "needs %.1f",
                                    free_gb, worker->project->min_free_gb),
                          "free some space, or lower platform.min_free_gb in project.yml");
    }
    if (free_gb < WARN_FREE_GB) {
        Str text =
            str_printf(worker->arena, "only %.1f GB are free on the project's disk", free_gb);
        report(worker, (SyncEvent){.kind = SYNC_WARNING, .text = text});
    }
    return NULL;
}

static StrVec source_names(Worker *worker)
{
    StrVec names = {0};
    for (size_t i = 0; i < worker->sources.len; i++) {
        VEC_PUSH(worker->arena, &names, worker->sources.data[i]->name);
    }
    return names;
}

static Error *take_lock(Worker *worker, WriteLock *out_lock)
{
    status_file_note(&worker->status, PHASE_LOCK_WAITING, STR("waiting for the write lock"));
    StrVec names = source_names(worker);
    LockRequest request = {
        .state_directory = fs_join(worker->arena, worker->project->root, STR(".dango/state")),
        .operation = STR("sync"),
        .source = str_join(worker->arena, names.data, names.len, STR(", ")),
        .wait_us = worker->request.wait_us,
        .cancel = worker->cancel,
    };
    return write_lock_take(&request, out_lock);
}

static Error *open_warehouse(const Worker *worker, Warehouse **out_warehouse)
{
    const char *path = str_to_c(worker->arena, worker->project->warehouse_path);
    bool writes = worker->request.mode == SYNC_LOAD;
    static const WarehouseSetting settings[] = {
        {STR_INIT("preserve_insertion_order"), STR_INIT("false")}, /* files are read in parallel */
    };
    WarehouseOptions options = {
        .path = writes || fs_is_file(path) ? path : NULL,
        .read_only = !writes && fs_is_file(path),
        .memory_limit_bytes = (uint64_t)worker->project->memory_limit_bytes,
        .settings = settings,
        .setting_count = ARRAY_LEN(settings),
    };
    if (writes) {
        Str directory = fs_directory_name(worker->project->warehouse_path);
        TRY(fs_make_directory(str_to_c(worker->arena, directory)));
    }
    return warehouse_open(&options, out_warehouse);
}

/* ---- The load ---- */

static SourceSync source_sync_of(const Worker *worker, const SourceConfig *config)
{
    return (SourceSync){
        .project = worker->project,
        .config = config,
        .request = &worker->request,
        .connection = worker->connection,
        .cancel = worker->cancel,
        .reporter = worker->reporter,
    };
}

static void load_source(Worker *worker, size_t index)
{
    const SourceConfig *config = worker->sources.data[index];
    report(worker, (SyncEvent){.kind = SYNC_SOURCE_STARTED,
                               .source = config->name,
                               .index = (int64_t)index + 1,
                               .count = (int64_t)worker->sources.len});
    status_file_note(&worker->status, PHASE_DATA_LOAD,
                     str_printf(worker->arena, "loading " STR_FMT, STR_ARG(config->name)));
    AUTO_FREE(arena) Arena *arena = arena_new("source");
    SourceSync sync = source_sync_of(worker, config);
    SourceOutcome outcome;
    source_sync_run(&sync, arena, &outcome);
    worker->rows += outcome.rows;
    worker->seconds += outcome.seconds;
    worker->failed += !outcome.succeeded;
    worker->interrupted = worker->interrupted || outcome.interrupted;
    worker->status.rows_loaded = worker->rows;
    if (outcome.changed) {
        VEC_PUSH(worker->arena, &worker->loaded, config->name);
    }
    if (outcome.error.len > 0) {
        worker->status.error = str_dup(worker->arena, outcome.error);
    }
}

static void tell_finished(const Worker *worker)
{
    report(worker, (SyncEvent){.kind = SYNC_FINISHED,
                               .rows = worker->rows,
                               .seconds = worker->seconds,
                               .count = (int64_t)worker->sources.len,
                               .index = (int64_t)worker->failed,
                               .flag = worker->interrupted});
}

/* For what comes after the load, which counts on the order of rows as `dango run` does. */
static Error *open_for_hooks(void *context, Warehouse **out_warehouse)
{
    static const WarehouseSetting ordered = {STR_INIT("preserve_insertion_order"),
                                             STR_INIT("true")};
    const Worker *worker = context;
    if (*out_warehouse == NULL) {
        TRY(open_warehouse(worker, out_warehouse));
    }
    return warehouse_configure(*out_warehouse, &ordered, 1);
}

static Error *run_hooks(Worker *worker, Warehouse **warehouse, const StrVec *names)
{
    if (worker->interrupted) {
        return NULL;
    }
    TRY(open_for_hooks(worker, warehouse));
    HookRun run = {
        .project = worker->project,
        .request = &worker->request,
        .warehouse = warehouse,
        .open = open_for_hooks,
        .context = worker,
        .cancel = worker->cancel,
        .reporter = &worker->reporter,
        .status = &worker->status,
        .requested = names,
        .loaded = &worker->loaded,
        .has_failures = worker->failed > 0,
    };
    HookOutcome outcome;
    hooks_run(&run, &outcome);
    worker->failed += outcome.failed;
    worker->interrupted = outcome.interrupted;
    return NULL;
}

static Error *load_sources(Worker *worker, Warehouse *warehouse)
{
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    connection_set_cancel(connection, worker->cancel);
    worker->connection = connection;
    for (size_t i = 0; i < worker->sources.len && !worker->interrupted; i++) {
        load_source(worker, i);
    }
    worker->connection = NULL;
    return NULL;
}

static Error *load_all(Worker *worker)
{
    StrVec names = source_names(worker);
    TRY(project_settle_namespaces(worker->project, &names));
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    TRY(open_warehouse(worker, &warehouse));
    TRY(load_sources(worker, warehouse));
    tell_finished(worker);
    return run_hooks(worker, &warehouse, &names);
}

static Error *load(Worker *worker)
{
    Error *err = status_file_clean(worker->project);
    if (err != NULL) {
        return err;
    }
    StrVec names = source_names(worker);
    TRY(status_file_start(worker->arena, worker->project, worker->request.id, &names,
                          worker->request.label, &worker->status));
    report(worker,
           (SyncEvent){.kind = SYNC_STARTED,
                       .source = worker->request.names.len == 1 && names.len == 1 ? names.data[0]
                                                                                  : STR(""),
                       .count = (int64_t)names.len});
    TRY(check_disk(worker));
    AUTO_DONE(write_lock) WriteLock lock = WRITE_LOCK_NONE;
    TRY(take_lock(worker, &lock));
    TRY(load_all(worker));
    status_file_note(&worker->status, worker->failed > 0 ? PHASE_FAILED : PHASE_COMPLETED,
                     STR("done"));
    return NULL;
}

/* ---- Dry run and counts ---- */

static Error *forecast(Worker *worker)
{
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(open_warehouse(worker, &warehouse));
    TRY(connection_open(warehouse, &connection));
    connection_set_cancel(connection, worker->cancel);
    worker->connection = connection;
    report(worker,
           (SyncEvent){.kind = SYNC_FORECAST_STARTED, .count = (int64_t)worker->sources.len});
    for (size_t i = 0; i < worker->sources.len; i++) {
        TRY(cancel_check(worker->cancel));
        report(worker, (SyncEvent){.kind = SYNC_FORECAST_SOURCE,
                                   .source = worker->sources.data[i]->name,
                                   .index = (int64_t)i + 1});
        AUTO_FREE(arena) Arena *arena = arena_new("source");
        SourceSync sync = source_sync_of(worker, worker->sources.data[i]);
        SourceOutcome outcome;
        source_sync_forecast(&sync, arena, &outcome);
        worker->rows += outcome.rows;
        worker->seconds += outcome.seconds;
        worker->failed += !outcome.succeeded;
    }
    report(worker, (SyncEvent){.kind = SYNC_FORECAST_FINISHED,
                               .rows = worker->rows,
                               .seconds = worker->seconds,
                               .index = (int64_t)worker->failed});
    return NULL;
}

static Error *count(Worker *worker)
{
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(open_warehouse(worker, &warehouse));
    TRY(connection_open(warehouse, &connection));
    worker->connection = connection;
    for (size_t i = 0; i < worker->sources.len; i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("source");
        SourceSync sync = source_sync_of(worker, worker->sources.data[i]);
        int64_t rows = 0;
        TRY(source_sync_count(&sync, arena, &rows));
        report(worker, (SyncEvent){.kind = SYNC_COUNTED,
                                   .source = worker->sources.data[i]->name,
                                   .rows = rows});
    }
    return NULL;
}

static Error *do_request(Worker *worker)
{
    TRY(read_request(worker));
    switch (worker->request.mode) {
    case SYNC_LOAD:
        return load(worker);
    case SYNC_FORECAST:
        return forecast(worker);
    case SYNC_COUNT:
        return count(worker);
    }
    return NULL;
}

Error *sync_worker_run(const Project *project, const Cancel *cancel)
{
    AUTO_FREE(arena) Arena *arena = arena_new("sync");
    Worker worker = {
        .arena = arena, .project = project, .cancel = cancel, .reporter = {.report = write_event}};
    Error *err = do_request(&worker);
    if (err != NULL) {
        Str message = error_full_message(err, arena);
        worker.status.error = message;
        status_file_note(&worker.status, PHASE_FAILED, message);
        report(&worker,
               (SyncEvent){.kind = error_kind(err) == ERR_LOCKED ? SYNC_LOCKED : SYNC_FAILED,
                           .error_class = str_from(error_class(err)),
                           .text = message,
                           .hint = error_hints(err, arena)});
    }
    return err;
}
