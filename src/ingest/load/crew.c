#include "ingest/load/crew.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/queue.h"
#include "ingest/normalise/chunk_rows.h"

typedef struct CrewPage {
    uint64_t batch;
    Str table;
    JsonRows rows; /* unless there are lines */
    PageOrigin origin;
    bool has_lines;
    CrewLines lines;
} CrewPage;

/* What makes rows and the file they go to. Used by one thread at a time. */
typedef struct CrewPlace {
    Normaliser *normaliser;
    PackageWriter *writer;
} CrewPlace;

typedef struct CrewWorker {
    Crew *crew;
    Thread thread;
    CrewPlace place;
    JsonPage page; /* of lines */
} CrewWorker;

struct CrewColumns {
    Crew *crew;
    CrewPlace place;
    JsonPage page; /* of rows that must become JSON */
    Str table;
};

struct Crew {
    CrewOptions options;
    Arena *arena; /* guarded by mu */
    Queue *pages;
    CrewWorker *workers;
    Mutex order; /* held while a page gets its number and its place in the queue */
    uint64_t next_batch;
    bool has_threads; /* guarded by order */
    Mutex mu;
    unsigned files;             /* guarded by mu */
    VEC(CrewColumns *) columns; /* guarded by mu */
    Error *failure;             /* guarded by mu: the first */
};

void crew_new(const CrewOptions *options, Crew **out)
{
    enum { PAGES_PER_THREAD = 2 };
    Crew *crew = memory_alloc(sizeof(*crew));
    *crew = (Crew){.options = *options,
                   .arena = arena_new("crew"),
                   .pages = queue_new(options->threads * PAGES_PER_THREAD)};
    crew->workers = memory_alloc(options->threads * sizeof(CrewWorker));
    memset(crew->workers, 0, options->threads * sizeof(CrewWorker));
    mutex_init(&crew->order);
    mutex_init(&crew->mu);
    *out = crew;
}

static void free_page(CrewPage *page)
{
    json_rows_done(&page->rows);
    free(page);
}

static void close_place(CrewPlace *place)
{
    normaliser_free(place->normaliser);
    package_writer_free(place->writer);
    *place = (CrewPlace){0};
}

static void join_all(Crew *crew)
{
    queue_close(crew->pages);
    for (size_t i = 0; i < crew->options.threads; i++) {
        thread_join(&crew->workers[i].thread);
        crew->workers[i].thread = (Thread){0};
    }
}

void crew_free(Crew *crew)
{
    if (crew == NULL) {
        return;
    }
    normalise_job_fail(crew->options.job);
    join_all(crew);
    for (CrewPage *page; (page = queue_pop(crew->pages)) != NULL;) {
        free_page(page);
    }
    for (size_t i = 0; i < crew->options.threads; i++) {
        close_place(&crew->workers[i].place);
        json_page_done(&crew->workers[i].page);
    }
    for (size_t i = 0; i < crew->columns.len; i++) {
        close_place(&crew->columns.data[i]->place);
        json_page_done(&crew->columns.data[i]->page);
    }
    error_free(crew->failure);
    queue_free(crew->pages);
    mutex_done(&crew->mu);
    mutex_done(&crew->order);
    free(crew->workers);
    arena_free(crew->arena);
    free(crew);
}

/* ---- Failure ---- */

static bool has_failed(Crew *crew)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&crew->mu);
    return crew->failure != NULL;
}

/* Keeps the first error; whoever waits for a turn waits no longer. */
static void fail(Crew *crew, TAKES Error *err)
{
    mutex_lock(&crew->mu);
    bool is_first = crew->failure == NULL;
    if (is_first) {
        crew->failure = err;
    }
    mutex_unlock(&crew->mu);
    if (!is_first) {
        error_discard(err, "the first failure is told");
    }
    normalise_job_fail(crew->options.job);
}

static Error *stopped(void)
{
    return error_new(ERR_CANCELLED, "another part of the load failed");
}

/* ---- Work ---- */

static Error *open_place(Crew *crew, CrewPlace *place)
{
    mutex_lock(&crew->mu);
    unsigned number = crew->files++;
    mutex_unlock(&crew->mu);
    TRY(package_writer_open(crew->options.directory, number, &place->writer));
    return normaliser_new(crew->options.job, &place->normaliser);
}

/* The rows that were added since the batch began go to the file. */
static Error *write_batch(CrewPlace *place)
{
    TRY(normaliser_finish(place->normaliser));
    TRY(package_writer_add(place->writer, place->normaliser));
    normaliser_clear(place->normaliser);
    return NULL;
}

static Error *add_line(CrewWorker *worker, const CrewLines *lines, Str line)
{
    yyjson_val *row = NULL;
    bool keep = true;
    TRY(json_page_read(&worker->page, line, &row));
    if (lines->incremental != NULL) {
        AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(lines->mu);
        TRY(incremental_filter(lines->incremental, row, &keep));
        incremental_end_batch(lines->incremental);
    }
    if (!keep) {
        return NULL;
    }
    uint64_t before = atomic_fetch_add(lines->rows, 1);
    if (lines->limit > 0 && before >= lines->limit) {
        atomic_fetch_sub(lines->rows, 1);
        return NULL;
    }
    return normaliser_add(worker->place.normaliser, lines->table, row);
}

static Error *add_lines(CrewWorker *worker, const CrewPage *page)
{
    const PageOrigin *origin = &page->origin;
    Str rest = page->lines.text;
    uint64_t number = origin->first;
    for (Str line; str_next_line(&rest, &line);) {
        number++;
        if (str_trim(line).len > 0) {
            worker->place.normaliser->origin =
                (RowOrigin){origin->resource, origin->place, number, line};
            TRY_WRAP(add_line(worker, &page->lines, line), STR_FMT ":%llu", STR_ARG(origin->place),
                     (unsigned long long)number);
        }
    }
    return NULL;
}

static Error *add_rows(Normaliser *normaliser, const CrewPage *page)
{
    const PageOrigin *origin = &page->origin;
    for (size_t i = 0; i < page->rows.rows.len; i++) {
        yyjson_val *row = page->rows.rows.data[i];
        if (row != NULL) {
            normaliser->origin =
                (RowOrigin){origin->resource, origin->place, origin->first + i + 1, {0}};
            TRY(normaliser_add(normaliser, page->table, row));
        }
    }
    return NULL;
}

static Error *work_on(CrewWorker *worker, const CrewPage *page)
{
    if (worker->place.writer == NULL) {
        TRY(open_place(worker->crew, &worker->place));
    }
    Normaliser *normaliser = worker->place.normaliser;
    normaliser->extras = page->origin.extras;
    TRY(normaliser_begin(normaliser, page->batch));
    if (page->has_lines) {
        TRY(add_lines(worker, page));
    }
    if (page->lines.is_mapped) {
        fs_release_mapped(page->lines.text);
    }
    TRY(add_rows(normaliser, page));
    TRY(write_batch(&worker->place));
    json_page_clear(&worker->page);
    return NULL;
}

static void *work(void *argument)
{
    CrewWorker *worker = argument;
    Crew *crew = worker->crew;
    Error *err = NULL;
    for (CrewPage *page; (page = queue_pop(crew->pages)) != NULL;) {
        if (err == NULL && !has_failed(crew)) {
            err = work_on(worker, page);
        }
        free_page(page);
        if (err != NULL) {
            fail(crew, err);
            err = NULL;
        }
    }
    return NULL;
}

/* ---- Adding ---- */

/* At least one of the threads that are wanted must start. */
static Error *start_threads(Crew *crew)
{
    Error *err = NULL;
    size_t started = 0;
    for (size_t i = 0; i < crew->options.threads && err == NULL; i++) {
        CrewWorker *worker = &crew->workers[i];
        worker->crew = crew;
        err = thread_start(&worker->thread, "normalise", 0, work, worker);
        started += err == NULL;
    }
    crew->has_threads = started > 0;
    if (err != NULL && started > 0) {
        error_discard(err, "fewer threads do it, too");
        err = NULL;
    }
    return err;
}

static Error *push(Crew *crew, TAKES CrewPage *page)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&crew->order);
    Error *err = has_failed(crew) ? stopped() : NULL;
    if (err == NULL && !crew->has_threads) {
        err = start_threads(crew);
    }
    page->batch = crew->next_batch;
    if (err == NULL && !queue_push(crew->pages, page)) {
        err = stopped();
    }
    if (err != NULL) {
        free_page(page);
        return err;
    }
    crew->next_batch++;
    return NULL;
}

Error *crew_add_json(Crew *crew, Str table, JsonRows *rows, const PageOrigin *origin)
{
    CrewPage *page = memory_alloc(sizeof(*page));
    *page = (CrewPage){.table = table, .rows = *rows, .origin = *origin};
    *rows = (JsonRows){0};
    return push(crew, page);
}

Error *crew_add_lines(Crew *crew, const CrewLines *lines, const PageOrigin *origin)
{
    CrewPage *page = memory_alloc(sizeof(*page));
    *page =
        (CrewPage){.table = lines->table, .has_lines = true, .lines = *lines, .origin = *origin};
    return push(crew, page);
}

Error *crew_open_columns(Crew *crew, Str table, CrewColumns **out)
{
    mutex_lock(&crew->mu);
    CrewColumns *columns = ARENA_NEW(crew->arena, CrewColumns);
    *columns = (CrewColumns){.crew = crew, .table = table};
    VEC_PUSH(crew->arena, &crew->columns, columns);
    mutex_unlock(&crew->mu);
    *out = columns;
    return open_place(crew, &columns->place);
}

Error *crew_add_columns(CrewColumns *columns, const Chunk *chunk, const uint32_t *rows,
                        size_t row_count, const PageOrigin *origin)
{
    Crew *crew = columns->crew;
    if (has_failed(crew)) {
        return stopped();
    }
    mutex_lock(&crew->order);
    uint64_t batch = crew->next_batch++;
    mutex_unlock(&crew->order);
    columns->place.normaliser->extras = origin->extras;
    columns->place.normaliser->origin =
        (RowOrigin){origin->resource, origin->place, origin->first, {0}};
    TRY(normaliser_begin(columns->place.normaliser, batch));
    Error *err = chunk_rows_add(columns->place.normaliser, columns->table, chunk, rows, row_count,
                                &columns->page);
    err = err == NULL ? write_batch(&columns->place) : err;
    json_page_clear(&columns->page);
    if (err != NULL) {
        normalise_job_fail(crew->options.job);
    }
    return err;
}

/* ---- The end ---- */

static Error *finish_place(const CrewPlace *place)
{
    return place->writer != NULL ? package_writer_finish(place->writer) : NULL;
}

static Error *take_failure(Crew *crew)
{
    Error *err = crew->failure;
    crew->failure = NULL;
    return err;
}

Error *crew_failure(Crew *crew)
{
    normalise_job_fail(crew->options.job);
    join_all(crew);
    Error *err = take_failure(crew);
    if (err != NULL && error_kind(err) == ERR_CANCELLED) {
        error_discard(err, "it is only that the work was ended");
        err = NULL;
    }
    return err;
}

Error *crew_finish(Crew *crew)
{
    join_all(crew);
    TRY(take_failure(crew));
    for (size_t i = 0; i < crew->options.threads; i++) {
        TRY(finish_place(&crew->workers[i].place));
    }
    for (size_t i = 0; i < crew->columns.len; i++) {
        TRY(finish_place(&crew->columns.data[i]->place));
    }
    return NULL;
}
