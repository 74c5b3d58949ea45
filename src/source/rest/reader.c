#include "source/rest/reader.h"

enum {
    /* Fewer pages are not worth threads, and their order tells people more. */
    PAGES_SIDE_BY_SIDE = 4,
};

/* What all threads of one read share. */
typedef struct Reader {
    const RestRead *read;
    bool *needed; /* per resource: it is read, for itself or for its children */
    Mutex mutex;
    Error *error; /* guarded by mutex: the first that is no cancellation */
    atomic_bool failed;
} Reader;

/* Those that work side by side hand on what they have in order of their items. */
typedef struct Turns {
    Mutex mutex;
    Condition changed;
    size_t next; /* guarded by mutex: whose turn it is */
} Turns;

static void turns_init(Turns *turns)
{
    *turns = (Turns){0};
    mutex_init(&turns->mutex);
    condition_init(&turns->changed);
}

static void turns_done(Turns *turns)
{
    condition_done(&turns->changed);
    mutex_done(&turns->mutex);
}

/* Items are taken up in order, so whoever is waited for is at work. */
static void turn_wait(Turns *turns, size_t item)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&turns->mutex);
    while (turns->next < item) {
        condition_wait(&turns->changed, &turns->mutex);
    }
}

static void turn_end(Turns *turns, size_t item)
{
    turn_wait(turns, item);
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&turns->mutex);
    turns->next = item + 1;
    condition_wake_all(&turns->changed);
}

/* Keeps the first failure; the others end soon. */
static void fail(Reader *reader, Error *err)
{
    if (err == NULL) {
        return;
    }
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&reader->mutex);
    bool is_better = reader->error == NULL || error_kind(reader->error) == ERR_CANCELLED;
    if (is_better) {
        error_discard(reader->error, "only an echo of the real failure");
        reader->error = err;
    } else {
        error_discard(err, "the first failure is told");
    }
    atomic_store(&reader->failed, true);
    cancel_request(reader->read->cancel);
}

/* One series to read. */
typedef struct Job {
    Reader *reader;
    size_t resource;
    const RestResource *parent; /* NULL without one */
    yyjson_val *row;            /* of the parent */
    Turns *turns;               /* in which its pages are handed on; NULL: at any time */
    size_t turn;
} Job;

static Error *read_series(const Job *job);

/* ---- Pages ---- */

/* The children of a page: one series per row. */
typedef struct ChildWork {
    Job job; /* of the first */
    const JsonRows *rows;
    Turns turns;
} ChildWork;

static void read_child(void *context, size_t item, size_t worker)
{
    ChildWork *work = context;
    Job job = work->job;
    (void)worker;
    job.row = work->rows->rows.data[item];
    job.turns = &work->turns;
    job.turn = item;
    if (!atomic_load(&job.reader->failed)) {
        fail(job.reader, read_series(&job));
    }
    turn_end(&work->turns, item);
}

static void read_children(const Job *job, const JsonRows *rows)
{
    Reader *reader = job->reader;
    const RestPlan *plan = reader->read->plan;
    for (size_t child = 0; child < plan->resources.len; child++) {
        if (plan->resources.data[child].parent != (int)job->resource || !reader->needed[child]) {
            continue;
        }
        ChildWork work = {.job = {.reader = reader,
                                  .resource = child,
                                  .parent = &plan->resources.data[job->resource]},
                          .rows = rows};
        turns_init(&work.turns);
        thread_for_each(rows->rows.len, reader->read->workers, read_child, &work);
        turns_done(&work.turns);
    }
}

/* Children first: afterwards the rows are the sink's. */
static Error *deliver(const Job *job, JsonRows *rows, bool *out_enough)
{
    const RestRead *read = job->reader->read;
    size_t stream = read->streams[job->resource];
    read_children(job, rows);
    TRY(cancel_check(read->cancel));
    return stream == SIZE_MAX ? NULL : read->sink->add_json(read->sink, stream, rows, out_enough);
}

/* ---- Series ---- */

/* Pages whose place is known before their predecessors came. */
typedef struct PageWork {
    const Job *job;
    const Series *series; /* where it stands before them */
    atomic_bool enough;
    Turns turns;
} PageWork;

static Error *read_page(PageWork *work, size_t item)
{
    AUTO_FREE(arena) Arena *arena = arena_new("page");
    AUTO_DONE(json_rows) JsonRows rows = {0};
    Series series = *work->series;
    series.arena = arena;
    series.pager.arena = arena;
    pager_jump(&series.pager, (int64_t)item);
    TRY(series_fetch(&series, &series.pager, arena, &rows));
    turn_wait(&work->turns, item);
    bool enough = series.is_ignored || atomic_load(&work->enough);
    if (!enough) {
        TRY(deliver(work->job, &rows, &enough));
    }
    if (enough) {
        atomic_store(&work->enough, true);
    }
    return NULL;
}

static void read_page_item(void *context, size_t item, size_t worker)
{
    PageWork *work = context;
    Reader *reader = work->job->reader;
    (void)worker;
    if (!atomic_load(&reader->failed) && !atomic_load(&work->enough)) {
        fail(reader, read_page(work, item));
    }
    turn_end(&work->turns, item);
}

static void read_pages_ahead(const Job *job, const Series *series, size_t pages)
{
    PageWork work = {.job = job, .series = series};
    turns_init(&work.turns);
    thread_for_each(pages, job->reader->read->workers, read_page_item, &work);
    turns_done(&work.turns);
}

static Error *read_next(const Job *job, Series *series, Arena *page_arena, bool *out_enough)
{
    AUTO_DONE(json_rows) JsonRows rows = {0};
    TRY(series_fetch(series, &series->pager, page_arena, &rows));
    if (series->is_ignored) {
        return NULL; /* not even an empty page */
    }
    if (job->turns != NULL) {
        turn_wait(job->turns, job->turn);
    }
    return deliver(job, &rows, out_enough);
}

static Error *read_series(const Job *job)
{
    Reader *reader = job->reader;
    const RestRead *read = reader->read;
    AUTO_FREE(arena) Arena *arena = arena_new("series");
    AUTO_FREE(arena) Arena *page_arena = arena_new("page");
    const SeriesStart start = {.plan = read->plan,
                               .resource = &read->plan->resources.data[job->resource],
                               .client = read->client,
                               .range = &read->ranges[job->resource],
                               .parent = job->parent,
                               .row = job->row};
    Series series;
    bool enough = false;
    series_begin(&series, arena, &start);
    while (!series.pager.is_done && !enough && !atomic_load(&reader->failed)) {
        int64_t ahead = pager_known_ahead(&series.pager);
        if (ahead >= PAGES_SIDE_BY_SIDE) {
            if (job->turns != NULL) {
                turn_wait(job->turns, job->turn);
            }
            read_pages_ahead(job, &series, (size_t)ahead);
            return NULL;
        }
        TRY(read_next(job, &series, page_arena, &enough));
        arena_reset(page_arena);
    }
    return NULL;
}

/* ---- All ---- */

typedef struct RootWork {
    Reader *reader;
    size_t *roots;
} RootWork;

static void read_root(void *context, size_t item, size_t worker)
{
    RootWork *work = context;
    (void)worker;
    Job job = {.reader = work->reader, .resource = work->roots[item]};
    const RestResource *it = &work->reader->read->plan->resources.data[job.resource];
    if (atomic_load(&work->reader->failed)) {
        return;
    }
    Error *err = read_series(&job);
    bool is_cancelled = err != NULL && error_kind(err) == ERR_CANCELLED;
    fail(work->reader, err == NULL || is_cancelled
                           ? err
                           : error_wrap(err, "resource '" STR_FMT "'", STR_ARG(it->name)));
}

Error *rest_read(const RestRead *read)
{
    AUTO_FREE(arena) Arena *arena = arena_new("reading an API");
    const RestResourceVec *resources = &read->plan->resources;
    Reader reader = {.read = read, .needed = ARENA_ARRAY(arena, bool, resources->len)};
    RootWork work = {.reader = &reader, .roots = ARENA_ARRAY(arena, size_t, resources->len)};
    size_t roots = 0;
    for (size_t i = 0; i < resources->len; i++) {
        if (read->streams[i] == SIZE_MAX) {
            continue;
        }
        for (int at = (int)i; at != NO_PARENT; at = resources->data[at].parent) {
            reader.needed[at] = true;
        }
    }
    for (size_t i = 0; i < resources->len; i++) {
        if (reader.needed[i] && resources->data[i].parent == NO_PARENT) {
            work.roots[roots++] = i;
        }
    }
    mutex_init(&reader.mutex);
    thread_for_each(roots, read->workers, read_root, &work);
    mutex_done(&reader.mutex);
    return reader.error;
}
