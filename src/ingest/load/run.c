#include "ingest/load/run.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/limits.h"
#include "ingest/document.h"
#include "ingest/load/commit.h"
#include "ingest/load/incremental.h"
#include "ingest/load/settings.h"
#include "ingest/load_id.h"
#include "value/json_page.h"

struct LoadStream {
    Resource resource;
    Str table; /* empty: a contract keeps all rows out */
    bool replaces;
    Incremental *incremental; /* NULL: all rows are new */
    uint64_t rows;
};

struct LoadRun {
    Arena *arena;
    LoadRunOptions options;
    Schema *schema;
    State *state;
    Str load_id;
    NormaliseJob job;
    bool has_job;
    Normaliser *normaliser;
    JsonPage page;
    PackageWriter *writer;
    VEC(LoadStream *) streams;
    uint64_t batch;
    StrVec dropped;
    StrVec truncated;
};

void load_run_free(LoadRun *run)
{
    if (run == NULL) {
        return;
    }
    package_writer_free(run->writer);
    normaliser_free(run->normaliser);
    json_page_done(&run->page);
    if (run->has_job) {
        normalise_job_done(&run->job);
    }
    Error *err = fs_remove_tree(str_to_c(run->arena, run->options.package_directory));
    if (err != NULL) {
        error_discard(err, "a directory that stays is looked at by the next load");
    }
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
    const Str sources[] = {STR("sources")};
    if (state_find(run->state, sources, ARRAY_LEN(sources)) == NULL) {
        ValueMapBuilder none = value_map_begin(run->arena);
        state_set(run->state, sources, ARRAY_LEN(sources), value_map_end(&none)); /* as dlt does */
    }
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
    TRY(read_books(run));
    if (run->options.refresh == REFRESH_SOURCES) {
        refresh_source(run);
    }
    use_naming(run);
    TRY(settings_apply(run->schema, run->options.settings));
    TRY(source_declare(run->schema, &run->options.source));
    TRY(normalise_job_init(&run->job, run->schema));
    run->has_job = true;
    return package_writer_open(run->options.package_directory, 0, &run->writer);
}

Error *load_run_begin(const LoadRunOptions *options, LoadRun **out)
{
    LoadRun *run = memory_alloc(sizeof(*run));
    *run = (LoadRun){.arena = arena_new("load"), .options = *options};
    Error *err = begin(run);
    if (err != NULL) {
        load_run_free(run);
        return err;
    }
    *out = run;
    return NULL;
}

/* ---- Rows ---- */

/* What is replaced begins anew each time: its state is forgotten. */
static Error *open_incremental(LoadRun *run, LoadStream *stream)
{
    const Resource *resource = &stream->resource;
    const Value *hints = value_find(resource->hints, STR("incremental"));
    if (stream->replaces) {
        const Str source[] = {STR("sources"), run->options.schema_name};
        state_reset_resource(run->state, run->options.schema_name, resource->name);
        if (state_find(run->state, source, ARRAY_LEN(source)) == NULL) {
            ValueMapBuilder empty = value_map_begin(run->arena);
            state_set(run->state, source, ARRAY_LEN(source), value_map_end(&empty));
        }
    }
    if (value_is_null(hints)) {
        return NULL;
    }
    IncrementalOptions options = {.hints = hints,
                                  .primary_key = value_find(resource->hints, STR("primary_key")),
                                  .source = run->options.schema_name,
                                  .resource = resource->name,
                                  .forgets = stream->replaces};
    return incremental_new(run->arena, run->state, &options, &stream->incremental);
}

Error *load_run_resource(LoadRun *run, const Resource *resource, LoadStream **out)
{
    SchemaTable *table = NULL;
    LoadStream *stream = ARENA_NEW(run->arena, LoadStream);
    stream->resource = *resource;
    if (run->options.refresh == REFRESH_DATA || run->options.refresh == REFRESH_RESOURCES) {
        refresh_resource(run, resource->name);
    }
    TRY(resource_declare(run->schema, &run->job.naming, resource, &table));
    if (table != NULL) {
        const Value *disposition = schema_table_member(table, STR("write_disposition"));
        stream->table = table->name;
        stream->replaces = str_is(value_text_or(disposition, STR("")), "replace");
    }
    TRY(open_incremental(run, stream));
    VEC_PUSH(run->arena, &run->streams, stream);
    *out = stream;
    return NULL;
}

/* Columns that the resources declare are known before the first row. */
static Error *begin_rows(LoadRun *run)
{
    if (run->normaliser != NULL) {
        return NULL;
    }
    (void)schema_bump(run->schema);
    return normaliser_new(&run->job, &run->normaliser);
}

static Error *add_row(LoadRun *run, LoadStream *stream, Str line)
{
    yyjson_val *row = NULL;
    bool keep = true;
    TRY(json_page_read(&run->page, line, &row));
    if (stream->incremental != NULL) {
        TRY(incremental_filter(stream->incremental, row, &keep));
    }
    if (!keep) {
        return NULL;
    }
    stream->rows++;
    return normaliser_add(run->normaliser, stream->table, row);
}

enum { BATCH_ROWS = 2000 };

/* One batch of lines; *rest moves on. */
static Error *add_batch(LoadRun *run, LoadStream *stream, Str shown, Str *rest,
                        unsigned *line_number)
{
    TRY(normaliser_begin(run->normaliser, run->batch++));
    Str line;
    for (size_t i = 0; i < BATCH_ROWS && str_next_line(rest, &line); i++) {
        (*line_number)++;
        if (str_trim(line).len > 0) {
            TRY_WRAP(add_row(run, stream, line), STR_FMT ":%u", STR_ARG(shown), *line_number);
        }
    }
    if (stream->incremental != NULL) {
        incremental_end_batch(stream->incremental);
    }
    TRY(normaliser_finish(run->normaliser));
    TRY(package_writer_add(run->writer, run->normaliser));
    normaliser_clear(run->normaliser);
    json_page_clear(&run->page);
    return NULL;
}

Error *load_run_rows(LoadRun *run, LoadStream *stream, Str text, Str shown)
{
    unsigned line = 0;
    if (stream->table.len == 0) {
        return NULL;
    }
    TRY(begin_rows(run));
    while (text.len > 0) {
        TRY(add_batch(run, stream, shown, &text, &line));
    }
    return NULL;
}

/* ---- The end ---- */

static bool is_seen(const LoadRun *run, Str table)
{
    const SchemaTable *found = schema_find_table(run->schema, table);
    return found != NULL && schema_has_seen_data(found);
}

static uint64_t find_emptied(const LoadRun *run, StrVec *emptied)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < run->streams.len; i++) {
        const LoadStream *stream = run->streams.data[i];
        rows += stream->rows;
        if (stream->incremental != NULL) {
            incremental_store(stream->incremental);
        }
        if (stream->replaces && stream->rows == 0 && is_seen(run, stream->table)) {
            VEC_PUSH(run->arena, emptied, stream->table);
        }
    }
    return rows;
}

static bool has_new_state(LoadRun *run)
{
    return !str_eq(state_hash(run->state, run->arena), run->state->stored_hash);
}

Error *load_run_finish(LoadRun *run, LoadRunResult *out)
{
    StrVec emptied = {0};
    *out = (LoadRunResult){0};
    TRY(package_writer_finish(run->writer));
    TRY(begin_rows(run));
    uint64_t rows = find_emptied(run, &emptied);
    bool forgets = run->dropped.len + run->truncated.len > 0;
    if (rows == 0 && emptied.len == 0 && !forgets && !has_new_state(run)) {
        return NULL;
    }
    Package package;
    TRY(package_open(run->arena, run->options.package_directory, &package));
    LoadCommit commit = {.connection = run->options.connection,
                         .dataset = run->options.dataset,
                         .load_id = run->load_id,
                         .schema = run->schema,
                         .state = run->state,
                         .package = &package,
                         .emptied = emptied,
                         .dropped = run->dropped,
                         .truncated = run->truncated,
                         .forgets_versions = run->options.refresh >= REFRESH_RESOURCES};
    TRY(load_commit(&commit));
    *out = (LoadRunResult){.load_id = run->load_id, .tables = commit.tables};
    return NULL;
}
