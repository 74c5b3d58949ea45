#include "ingest/load/run.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/limits.h"
#include "ingest/document.h"
#include "ingest/load/commit.h"
#include "ingest/load/crew.h"
#include "ingest/load/incremental.h"
#include "ingest/load/settings.h"
#include "ingest/load_id.h"

struct LoadStream {
    LoadRun *run;
    Resource resource;
    Str table; /* empty: a contract keeps all rows out */
    bool replaces;
    bool is_new;   /* the table was not there before */
    bool was_seen; /* it had rows before */
    /* Something came, if only an empty page; a page of which no row is new is nothing. */
    atomic_bool has_yielded;
    Mutex mu;                 /* held while `incremental` is asked by the crew */
    Incremental *incremental; /* NULL: all rows are new */
    CrewColumns *columns;     /* NULL: no chunk came yet */
    PageOrigin origin;        /* of the rows that come next */
    _Atomic uint64_t rows;
};

struct LoadRun {
    Arena *arena;
    LoadRunOptions options;
    Schema *schema;
    State *state;
    Str load_id;
    NormaliseJob job;
    bool has_job;
    Mutex mu;
    Crew *crew; /* made under mu: NULL before the first row */
    VEC(LoadStream *) streams;
    StrVec dropped;
    StrVec truncated;
};

void load_run_free(LoadRun *run)
{
    if (run == NULL) {
        return;
    }
    crew_free(run->crew);
    if (run->has_job) {
        normalise_job_done(&run->job);
    }
    Error *err = fs_remove_tree(str_to_c(run->arena, run->options.package_directory));
    if (err != NULL) {
        error_discard(err, "a directory that stays is looked at by the next load");
    }
    for (size_t i = 0; i < run->streams.len; i++) {
        mutex_done(&run->streams.data[i]->mu);
    }
    mutex_done(&run->mu);
    arena_free(run->arena);
    free(run);
}

/* ---- What is remembered ---- */

static Error *read_books(LoadRun *run)
{
    const LoadRunOptions *options = &run->options;
    Connection *connection = options->connection;
    Arena *arena = run->arena;
    Str last = {0};
    bool known = false;
    TRY(connection_has_relation(connection, options->dataset, str_from(system_table_loads.name),
                                &known));
    if (known) {
        TRY(bookkeeping_read_schema(connection, arena, options->dataset, options->schema_name,
                                    &run->schema));
        TRY(bookkeeping_read_state(connection, arena, options->dataset, options->pipeline,
                                   &run->state));
        TRY(bookkeeping_read_last_load(connection, arena, options->dataset, &last));
    }
    if (run->schema == NULL) {
        run->schema = schema_new(arena, options->schema_name);
    }
    if (run->state == NULL) {
        run->state = state_new(arena, options->pipeline);
    }
    LoadIdClock clock = {0};
    load_id_seen(&clock, last);
    run->load_id = load_id_next(&clock, arena);
    state_set_identity(run->state, &(StateIdentity){options->dataset, options->schema_name});
    return NULL;
}

bool refresh_mode_find(Str name, RefreshMode *out)
{
    static const char *const names[] = {"", "drop_data", "drop_resources", "drop_sources"};
    for (size_t i = 1; i < ARRAY_LEN(names); i++) {
        if (str_is(name, names[i])) {
            *out = (RefreshMode)i;
            return true;
        }
    }
    return false;
}

static bool is_data_table(const SchemaTable *table)
{
    return !system_name(table->name) && schema_has_seen_data(table);
}

/* A refresh leaves a state that has the member, as dlt does. */
static void begin_sources(LoadRun *run)
{
    const Str sources[] = {STR("sources")};
    if (state_find(run->state, sources, ARRAY_LEN(sources)) == NULL) {
        ValueMapBuilder none = value_map_begin(run->arena);
        state_set(run->state, sources, ARRAY_LEN(sources), value_map_end(&none));
    }
}

/* All tables and all state of the source go; its schema begins anew. */
static void refresh_source(LoadRun *run)
{
    for (STRMAP_EACH(it, &run->schema->tables)) {
        if (is_data_table(it->value)) {
            VEC_PUSH(run->arena, &run->dropped, it->key);
        }
    }
    const Str source[] = {STR("sources"), run->options.schema_name};
    state_remove(run->state, source, ARRAY_LEN(source));
    begin_sources(run);
    run->schema = schema_new(run->arena, run->options.schema_name);
}

static Str resource_of(const Schema *schema, const SchemaTable *table)
{
    const Value *parent = schema_table_member(table, STR("parent"));
    for (size_t depth = 0; parent != NULL && depth < schema->tables.len; depth++) {
        table = schema_find_table(schema, value_text_or(parent, STR("")));
        parent = table != NULL ? schema_table_member(table, STR("parent")) : NULL;
    }
    return table != NULL ? value_text_or(schema_table_member(table, STR("resource")), STR(""))
                         : STR("");
}

/* The tables of a resource that is read go, or only their rows; and its state. */
static void refresh_resource(LoadRun *run, Str resource)
{
    bool drops = run->options.refresh == REFRESH_RESOURCES;
    StrVec names = {0};
    for (STRMAP_EACH(it, &run->schema->tables)) {
        if (is_data_table(it->value) && str_eq(resource_of(run->schema, it->value), resource)) {
            VEC_PUSH(run->arena, &names, it->key);
        }
    }
    begin_sources(run);
    for (VEC_EACH(const Str, name, &names)) {
        if (drops) {
            VEC_PUSH(run->arena, &run->dropped, *name);
            (void)schema_remove_table(run->schema, *name);
        } else {
            VEC_PUSH(run->arena, &run->truncated, *name);
        }
    }
    state_reset_resource(run->state, run->options.schema_name, resource);
}

static void use_naming(LoadRun *run)
{
    if (run->options.naming.len > 0 && schema_version_hash(run->schema).len == 0) {
        schema_use_naming(run->schema, run->options.naming);
    }
}

static Error *begin(LoadRun *run)
{
    /* what a killed run left there must not become part of this one */
    TRY(fs_remove_tree(str_to_c(run->arena, run->options.package_directory)));
    TRY(read_books(run));
    if (run->options.refresh == REFRESH_SOURCES) {
        refresh_source(run);
    }
    use_naming(run);
    TRY(settings_apply(run->schema, run->options.settings));
    TRY(source_declare(run->schema, &run->options.source));
    TRY(normalise_job_init(&run->job, run->schema));
    run->has_job = true;
    return NULL;
}

Error *load_run_begin(const LoadRunOptions *options, LoadRun **out)
{
    LoadRun *run = memory_alloc(sizeof(*run));
    *run = (LoadRun){.arena = arena_new("load"), .options = *options};
    mutex_init(&run->mu);
    Error *err = begin(run);
    if (err != NULL) {
        load_run_free(run);
        return err;
    }
    *out = run;
    return NULL;
}

/* ---- Rows ---- */

/* What is replaced begins anew each time. */
static void forget_state(LoadRun *run, Str resource)
{
    const Str source[] = {STR("sources"), run->options.schema_name};
    state_reset_resource(run->state, run->options.schema_name, resource);
    if (state_find(run->state, source, ARRAY_LEN(source)) == NULL) {
        ValueMapBuilder empty = value_map_begin(run->arena);
        state_set(run->state, source, ARRAY_LEN(source), value_map_end(&empty));
    }
}

static Error *open_incremental(LoadRun *run, LoadStream *stream)
{
    const Resource *resource = &stream->resource;
    const Value *hints = value_find(resource->hints, STR("incremental"));
    IncrementalOptions options = {.hints = hints,
                                  .primary_key = value_find(resource->hints, STR("primary_key")),
                                  .source = run->options.schema_name,
                                  .resource = resource->name,
                                  .forgets = stream->replaces,
                                  .start = run->options.start};
    if (!value_is_null(hints)) {
        TRY(incremental_new(run->arena, run->state, &options, &stream->incremental));
    }
    if (stream->replaces) {
        forget_state(run, resource->name);
    }
    return NULL;
}

static bool is_seen(const LoadRun *run, Str table)
{
    const SchemaTable *found = schema_find_table(run->schema, table);
    return found != NULL && schema_has_seen_data(found);
}

/* Of several resources that share a table the first says what it is like; so dlt has it. */
static Error *declare(LoadRun *run, LoadStream *stream, SchemaTable **out)
{
    Str name;
    const Resource *resource = &stream->resource;
    TRY(resource_table_name(run->schema, &run->job.naming, resource, &name));
    stream->was_seen = is_seen(run, name);
    for (size_t i = 0; i < run->streams.len; i++) {
        if (str_eq(run->streams.data[i]->table, name)) {
            *out = schema_find_table(run->schema, name);
            return NULL;
        }
    }
    return resource_declare(run->schema, &run->job.naming, resource, out);
}

Error *load_run_resource(LoadRun *run, const Resource *resource, LoadStream **out)
{
    SchemaTable *table = NULL;
    LoadStream *stream = ARENA_NEW(run->arena, LoadStream);
    stream->run = run;
    stream->resource = *resource;
    stream->origin = (PageOrigin){.resource = resource->name, .place = resource->name};
    mutex_init(&stream->mu);
    VEC_PUSH(run->arena, &run->streams, stream);
    if (run->options.refresh == REFRESH_DATA || run->options.refresh == REFRESH_RESOURCES) {
        refresh_resource(run, resource->name);
    }
    size_t tables_before = run->schema->tables.len;
    if (!resource->is_hidden) {
        TRY(declare(run, stream, &table));
    }
    stream->is_new = run->schema->tables.len > tables_before;
    if (table != NULL) {
        const Value *disposition = schema_table_member(table, STR("write_disposition"));
        stream->table = table->name;
        stream->replaces = str_is(value_text_or(disposition, STR("")), "replace");
    } else if (!resource->is_hidden) {
        TRY(resource_replaces(resource,
                              &stream->replaces)); /* of what is remembered, all the same */
    }
    TRY(open_incremental(run, stream));
    *out = stream;
    return NULL;
}

const Incremental *load_stream_incremental(const LoadStream *stream)
{
    return stream->incremental;
}

uint64_t load_stream_rows(const LoadStream *stream)
{
    return stream->rows;
}

void load_stream_set_mark(LoadStream *stream, const Value *mark, StreamNews news)
{
    CHECK(stream->incremental != NULL);
    incremental_set_mark(stream->incremental, mark, news);
}

void load_stream_from(LoadStream *stream, Str place, const RowExtraVec *extras)
{
    stream->origin =
        (PageOrigin){.resource = stream->resource.name, .place = place, .extras = extras};
}

/* Columns that the resources declare are known before the first row. */
static Crew *crew_of(LoadRun *run)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&run->mu);
    if (run->crew == NULL) {
        size_t threads = run->options.threads;
        (void)schema_bump(run->schema);
        crew_new(&(CrewOptions){.job = &run->job,
                                .directory = run->options.package_directory,
                                .threads = threads > 0 ? threads : thread_processor_count()},
                 &run->crew);
    }
    return run->crew;
}

/* How many of `rows` further rows are wanted. */
static size_t wanted_rows(const LoadStream *stream, size_t rows)
{
    uint64_t limit = stream->run->options.row_limit;
    uint64_t left = limit > stream->rows ? limit - stream->rows : 0;
    return limit == 0 || rows < left ? rows : (size_t)left;
}

static bool has_enough(const LoadStream *stream)
{
    return (stream->run->options.row_limit > 0 && wanted_rows(stream, 1) == 0) ||
           (stream->incremental != NULL && incremental_is_past(stream->incremental));
}

/* NULL in place of those rows that are not new, or more than wanted. */
static Error *keep_new(LoadStream *stream, JsonRows *rows, size_t *out_kept)
{
    size_t kept = 0;
    const size_t wanted = wanted_rows(stream, rows->rows.len);
    for (size_t i = 0; i < rows->rows.len; i++) {
        bool keep = rows->rows.data[i] != NULL;
        if (keep && stream->incremental != NULL) {
            TRY(incremental_filter(stream->incremental, rows->rows.data[i], &keep));
        }
        if (!keep || kept == wanted) {
            rows->rows.data[i] = NULL;
        } else {
            kept++;
        }
    }
    if (stream->incremental != NULL) {
        incremental_end_batch(stream->incremental);
    }
    *out_kept = kept;
    return NULL;
}

static void note_page(LoadStream *stream, size_t came, size_t kept)
{
    if (stream->incremental == NULL || came == 0 || kept > 0) {
        atomic_store(&stream->has_yielded, true);
    }
}

Error *load_run_json(LoadStream *stream, JsonRows *rows, bool *out_enough)
{
    size_t kept = 0;
    const size_t came = rows->rows.len;
    PageOrigin origin = stream->origin;
    if (rows->place.len > 0) {
        origin.place = rows->place;
        origin.first = rows->before;
    }
    Error *err = stream->table.len > 0 ? keep_new(stream, rows, &kept) : NULL;
    note_page(stream, came, kept);
    *out_enough = stream->table.len == 0;
    if (err != NULL || kept == 0) {
        json_rows_done(rows);
    } else {
        stream->rows += kept;
        err = crew_add_json(crew_of(stream->run), stream->table, rows, &origin);
    }
    stream->origin.first += came;
    *out_enough = *out_enough || has_enough(stream);
    return err;
}

Error *load_run_chunk(LoadStream *stream, const Chunk *chunk, bool *out_enough)
{
    AUTO_FREE(arena) Arena *arena = arena_new("chunk");
    uint32_t *rows = ARENA_ARRAY(arena, uint32_t, chunk->row_count + 1);
    size_t count = 0;
    *out_enough = stream->table.len == 0;
    if (stream->table.len == 0) {
        return NULL;
    }
    if (stream->columns == NULL) {
        TRY(crew_open_columns(crew_of(stream->run), stream->table, &stream->columns));
    }
    if (stream->incremental != NULL) {
        TRY(incremental_filter_chunk(stream->incremental, chunk, rows, &count));
    } else {
        for (; count < chunk->row_count; count++) {
            rows[count] = (uint32_t)count;
        }
    }
    note_page(stream, chunk->row_count, count);
    count = wanted_rows(stream, count);
    stream->rows += count;
    TRY(crew_add_columns(stream->columns, chunk, rows, count, &stream->origin));
    stream->origin.first += chunk->row_count;
    *out_enough = has_enough(stream);
    return NULL;
}

Error *load_run_find_new(LoadStream *stream, const Chunk *chunk, uint32_t *out, size_t *out_count)
{
    CHECK(stream->resource.is_hidden && stream->incremental != NULL);
    return incremental_filter_chunk(stream->incremental, chunk, out, out_count);
}

/* The next whole lines, about as many bytes as a thread works on at once. */
static Str next_lines(Str *rest)
{
    enum { PAGE_BYTES = 1 << 20 };
    size_t len = rest->len;
    if (len > PAGE_BYTES) {
        const char *end = memchr(rest->data + PAGE_BYTES, '\n', len - PAGE_BYTES);
        len = end != NULL ? (size_t)(end - rest->data) + 1 : len;
    }
    Str lines = str_slice(*rest, 0, len);
    *rest = str_from_offset(*rest, len);
    return lines;
}

static uint64_t count_lines(Str lines)
{
    uint64_t count = 0;
    for (const char *at = lines.data, *end = at + lines.len;
         (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++) {
        count++;
    }
    return count;
}

Error *load_run_lines(LoadStream *stream, Str text, LinesKind kind)
{
    note_page(stream, text.len, 0);
    CrewLines lines = {.table = stream->table,
                       .is_mapped = kind == LINES_MAPPED,
                       .incremental = stream->incremental,
                       .mu = &stream->mu,
                       .rows = &stream->rows,
                       .limit = stream->run->options.row_limit};
    for (Str rest = text; rest.len > 0 && stream->table.len > 0 && !has_enough(stream);) {
        lines.text = next_lines(&rest);
        TRY(crew_add_lines(crew_of(stream->run), &lines, &stream->origin));
        stream->origin.first += count_lines(lines.text);
    }
    return NULL;
}

/* ---- The end ---- */

/* Whether none of the resources that share its table gave anything. */
static bool is_silent(const LoadStream *stream)
{
    const LoadRun *run = stream->run;
    bool silent = true;
    for (size_t i = 0; i < run->streams.len; i++) {
        const LoadStream *other = run->streams.data[i];
        bool speaks = atomic_load(&other->has_yielded) || other->rows > 0;
        silent = silent && !(speaks && str_eq(other->table, stream->table));
    }
    return silent;
}

/* What is replaced by nothing: no row came, or none that a contract lets in. */
static uint64_t find_emptied(const LoadRun *run, const Package *package, StrVec *emptied,
                             StrVec *kept)
{
    const LoadRunOptions *options = &run->options;
    uint64_t rows = 0;
    for (size_t i = 0; i < run->streams.len; i++) {
        const LoadStream *stream = run->streams.data[i];
        rows += stream->rows;
        if (stream->incremental != NULL && options->row_limit == 0) {
            incremental_store(stream->incremental);
        }
        if (stream->replaces && package_table(package, stream->table) == NULL &&
            is_seen(run, stream->table)) {
            VEC_PUSH(run->arena, options->keeps_rows ? kept : emptied, stream->table);
        }
    }
    return rows;
}

static bool has_new_state(LoadRun *run)
{
    return !str_eq(state_hash(run->state, run->arena), run->state->stored_hash);
}

Error *load_run_failure(LoadRun *run)
{
    return run->crew != NULL ? crew_failure(run->crew) : NULL;
}

/* As dlt has it: a resource that gave nothing at all, not even an empty page, is not declared. What
 * its hints took away, no row brings back. */
static void forget_silent(LoadRun *run)
{
    for (size_t i = 0; i < run->streams.len; i++) {
        const LoadStream *stream = run->streams.data[i];
        SchemaTable *table = schema_find_table(run->schema, stream->table);
        if (stream->is_new && is_silent(stream)) {
            (void)schema_remove_table(run->schema, stream->table);
        } else if (table != NULL && stream->was_seen) {
            schema_mark_seen(run->schema, table);
        }
    }
}

Error *load_run_finish(LoadRun *run, LoadRunResult *out)
{
    StrVec emptied = {0};
    *out = (LoadRunResult){0};
    TRY(crew_finish(crew_of(run)));
    forget_silent(run);
    Package package;
    TRY(package_open(run->arena, run->options.package_directory, &package));
    uint64_t rows = find_emptied(run, &package, &emptied, &out->kept);
    bool forgets = run->dropped.len + run->truncated.len > 0 || run->options.must_commit;
    if (rows == 0 && emptied.len == 0 && !forgets && !has_new_state(run)) {
        return NULL;
    }
    LoadCommit commit = {.arena = run->arena,
                         .connection = run->options.connection,
                         .dataset = run->options.dataset,
                         .load_id = run->load_id,
                         .schema = run->schema,
                         .state = run->state,
                         .package = &package,
                         .emptied = emptied,
                         .dropped = run->dropped,
                         .truncated = run->truncated,
                         .hook = run->options.hook,
                         .viewed_source = run->options.viewed_source,
                         .forgets_versions = run->dropped.len > 0};
    TRY(load_commit(&commit));
    out->load_id = run->load_id;
    out->tables = commit.tables;
    out->rejected = (LoadRejected){.rows = run->job.rejected.rows,
                                   .values = run->job.rejected.values,
                                   .kept = run->job.rejected.kept};
    return NULL;
}
