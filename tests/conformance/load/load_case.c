/* tests/conformance/load/load_case.c - does one load of a case (tests/cases/load/README.md) with
 * the load engine:
 *
 *     load_case CASE N WAREHOUSE PIPELINES_DIR
 *
 * N counts from 1; LOAD_CASE_BASE_URL stands for <BASE_URL> in it. Exits with 1 and says why when
 * the load fails. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "conformance/load/case_source.h"
#include "ingest/load/stream_load.h"
#include "value/yaml_reader.h"

typedef struct Case {
    Arena *arena;
    Str directory;
    const Value *document;
    const Value *load; /* the one that is done */
    Str pipelines;
} Case;

static Str text_of(const Value *map, const char *key, Str otherwise)
{
    return value_text_or(value_find(map, str_from(key)), otherwise);
}

static Error *read_case(Case *test, const char *directory, int64_t number)
{
    test->directory = str_from(directory);
    Str path = fs_join(test->arena, test->directory, STR("case.yml"));
    Str text;
    TRY(fs_read_file(test->arena, str_to_c(test->arena, path), LIMIT_CONFIG_BYTES, &text));
    const char *address = getenv("LOAD_CASE_BASE_URL"); /* of the case's server */
    if (address != NULL) {
        text = str_replace(test->arena, text, STR("<BASE_URL>"), str_from(address));
    }
    ReadOptions options = {.path = path};
    TRY(yaml_read(test->arena, text, &options, &test->document));
    const Value *loads = value_find(test->document, STR("loads"));
    test->load = number > 0 ? value_at(loads, (size_t)number - 1) : NULL;
    return test->load != NULL
               ? NULL
               : error_new(ERR_CONFIG, "the case has no load %lld", (long long)number);
}

/* The hints of a resource, those of the load over those of the case. */
static Value hints_of(Case *test, const Value *resource, Str name)
{
    ValueMapBuilder hints = value_map_begin(test->arena);
    const Value *over = value_find(value_find(test->load, STR("hints")), name);
    value_map_put_all(&hints, resource);
    if (over != NULL) {
        value_map_put_all(&hints, over);
    }
    return value_map_end(&hints);
}

static Error *load_file(Case *test, LoadStream *stream, const Value *file)
{
    Str name = value_text_or(file, STR(""));
    Str path = fs_join(test->arena, test->directory, name);
    Str text;
    TRY(fs_read_file(test->arena, str_to_c(test->arena, path), LIMIT_JSON_BYTES, &text));
    load_stream_from(stream, name, NULL);
    return load_run_lines(stream, text, LINES_IN_MEMORY);
}

typedef struct Running {
    LoadStream *stream;
    const Value *rows;
} Running;

/* NULL: the resource does not run. */
static const Value *rows_of(const Case *test, const Value *resource)
{
    Str name = text_of(resource, "name", STR("?"));
    return value_find(value_find(test->load, STR("rows")), name);
}

static Error *declare(Case *test, LoadRun *run, const Value *resource, LoadStream **out)
{
    Str name = text_of(resource, "name", STR("?"));
    Value *hints = ARENA_NEW(test->arena, Value);
    *hints = hints_of(test, resource, name);
    Resource declared = {.name = name,
                         .hints = hints,
                         .write_disposition = value_find(test->load, STR("write_disposition")),
                         .schema_contract = value_find(test->load, STR("schema_contract")),
                         .columnar = str_is(text_of(test->load, "as", STR("")), "arrow")};
    return load_run_resource(run, &declared, out);
}

static Error *load_rows(Case *test, LoadStream *stream, const Value *rows)
{
    if (value_is(rows, VALUE_STRING)) {
        return load_file(test, stream, rows);
    }
    for (VALUE_EACH(file, rows)) {
        TRY(load_file(test, stream, file));
    }
    return NULL;
}

/* That of the run, or that of the source. */
static const Value *contract_of(const Case *test)
{
    const Value *run = value_find(test->load, STR("schema_contract"));
    return run != NULL ? run : value_find(test->document, STR("schema_contract"));
}

/* ---- Sources ---- */

static void sqlite_auto_free(sqlite3 **database)
{
    (void)sqlite3_close(*database);
}

static Error *run_script(Case *test, const char *database)
{
    Str script;
    Str name = text_of(test->load, "script", STR(""));
    Str path = fs_join(test->arena, test->directory, name);
    AUTO_FREE(sqlite) sqlite3 *handle = NULL;
    TRY(fs_read_file(test->arena, str_to_c(test->arena, path), LIMIT_SQL_BYTES, &script));
    TRY(fs_make_directory(str_to_c(test->arena, test->pipelines)));
    if (sqlite3_open(database, &handle) != SQLITE_OK ||
        sqlite3_exec(handle, str_to_c(test->arena, script), NULL, NULL, NULL) != SQLITE_OK) {
        return error_new(ERR_SOURCE, "SQLite: %s", sqlite3_errmsg(handle));
    }
    return NULL;
}

/* The load's script makes the database; dlt appends where nothing else is said. */
static Error *prepare_database(Case *test, Value *block)
{
    Str path = fs_join(test->arena, test->pipelines, STR("source.sqlite"));
    const Value *own = value_find(test->load, STR("sql_database"));
    ValueMapBuilder options = value_map_begin(test->arena);
    TRY(run_script(test, path.data));
    value_map_set(&options, STR("connection_string"),
                  value_string(str_printf(test->arena, "sqlite:///" STR_FMT, STR_ARG(path))));
    value_map_set(&options, STR("write_disposition"), value_string(STR("append")));
    value_map_put_all(&options, own != NULL ? own : block);
    *block = value_map_end(&options);
    return NULL;
}

static Error *place_file(Case *test, Str folder, Str name, int64_t modified_s)
{
    Str from =
        str_printf(test->arena, STR_FMT "/files/" STR_FMT, STR_ARG(test->directory), STR_ARG(name));
    const char *to = str_to_c(test->arena, fs_join(test->arena, folder, name));
    const struct timespec times[] = {{.tv_sec = modified_s}, {.tv_sec = modified_s}};
    TRY(fs_make_directory(str_to_c(test->arena, fs_directory_name(str_from(to)))));
    TRY(fs_copy_file(str_to_c(test->arena, from), to));
    return utimensat(AT_FDCWD, to, times, 0) == 0
               ? NULL
               : error_new(ERR_IO, "the time of '%s' cannot be set", to);
}

/* The load's files come to those that are there already, with their times of change. */
static Error *prepare_files(Case *test, Value *block)
{
    Str folder = fs_join(test->arena, test->pipelines, STR("files"));
    const Value *own = value_find(test->load, STR("filesystem"));
    ValueMapBuilder options = value_map_begin(test->arena);
    for (VALUE_EACH_ENTRY(it, value_find(test->load, STR("files")))) {
        TRY(place_file(test, folder, value_text_or(&it->key, STR("")), it->value.as.integer));
    }
    value_map_set(&options, STR("bucket_url"), value_string(folder));
    value_map_set(&options, STR("resources"), own != NULL ? *own : *block);
    *block = value_map_end(&options);
    return NULL;
}

/* Which key of a case holds the options of its source, and what is done before each load. */
static const struct {
    const char *type;
    const char *key;
    Error *(*prepare)(Case *test, Value *block); /* NULL: nothing */
} sources[] = {{"rest_api", "rest", NULL},
               {"sql_database", "sql_database", prepare_database},
               {"filesystem", "filesystem", prepare_files}};

static Error *load_source(Case *test, const LoadRunOptions *options)
{
    Str type = text_of(test->document, "source", STR(""));
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        if (!str_is(type, sources[i].type)) {
            continue;
        }
        Project project = {.arena = test->arena, .root = test->pipelines};
        SourceContext ctx = {.arena = test->arena};
        const Value *given = value_find(test->document, str_from(sources[i].key));
        Value block = given != NULL ? *given : value_null();
        AUTO_DONE(source) Source source = {0};
        if (sources[i].prepare != NULL) {
            ctx.project = &project; /* its paths begin there; it sets nothing */
            TRY(sources[i].prepare(test, &block));
        }
        TRY(case_source_open(&ctx, type, &block, &source));
        StreamLoad load = {.source = &source,
                           .options = *options,
                           .write_disposition = value_find(test->load, STR("write_disposition")),
                           .schema_contract = value_find(test->load, STR("schema_contract"))};
        StreamLoadResult result;
        return stream_load_run(&load, test->arena, &result);
    }
    return error_new(ERR_UNSUPPORTED, "cases of '" STR_FMT "' cannot be run", STR_ARG(type));
}

/* ---- The load ---- */

static Error *load(Case *test, Connection *connection)
{
    const Value *document = test->document;
    Str schema = text_of(document, "schema", STR("src"));
    LoadRunOptions options = {
        .connection = connection,
        .dataset = text_of(document, "dataset", STR("raw")),
        .schema_name = schema,
        .pipeline = text_of(document, "pipeline", STR("pipe")),
        .package_directory = fs_join(test->arena, test->pipelines, STR("package")),
        .source = {.max_table_nesting = value_find(document, STR("max_table_nesting")),
                   .root_key = value_find(document, STR("root_key")),
                   .schema_contract = contract_of(test)},
        .settings = value_find(document, STR("settings")),
        .naming = text_of(value_find(document, STR("config")), "schema.naming", (Str){0}),
    };
    Str refresh = text_of(test->load, "refresh", (Str){0});
    if (refresh.len > 0 && !refresh_mode_find(refresh, &options.refresh)) {
        return error_new(ERR_CONFIG, "there is no refresh '" STR_FMT "'", STR_ARG(refresh));
    }
    if (value_find(document, STR("source")) != NULL) {
        return load_source(test, &options);
    }
    AUTO_FREE(load_run) LoadRun *run = NULL;
    TRY(load_run_begin(&options, &run));
    const Value *resources = value_find(document, STR("resources"));
    VEC(Running) running = {0};
    for (VALUE_EACH(resource, resources)) {
        Running one = {.rows = rows_of(test, resource)};
        if (one.rows != NULL) {
            TRY(declare(test, run, resource, &one.stream));
            VEC_PUSH(test->arena, &running, one);
        }
    }
    for (VEC_EACH(const Running, it, &running)) {
        TRY(load_rows(test, it->stream, it->rows));
    }
    LoadRunResult result;
    return load_run_finish(run, &result);
}

static Error *run(const char *directory, const char *number, const char *warehouse_path,
                  const char *pipelines)
{
    AUTO_FREE(arena) Arena *arena = arena_new("case");
    Case test = {.arena = arena, .pipelines = str_from(pipelines)};
    int64_t load_number = 0;
    if (!number_parse_int64(str_from(number), &load_number)) {
        return error_new(ERR_USAGE, "'%s' is no number of a load", number);
    }
    TRY(read_case(&test, directory, load_number));
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(warehouse_open(&(WarehouseOptions){.path = warehouse_path}, &warehouse));
    TRY(connection_open(warehouse, &connection));
    TRY(connection_execute(connection, STR("set TimeZone = 'UTC'"), NULL, 0, NULL));
    return load(&test, connection);
}

int main(int argc, char **argv)
{
    enum { ARGUMENTS = 5 };
    if (argc != ARGUMENTS) {
        (void)fprintf(stderr, "usage: load_case CASE N WAREHOUSE PIPELINES_DIR\n");
        return 2;
    }
    Error *err = run(argv[1], argv[2], argv[3], argv[4]);
    if (err == NULL) {
        return 0;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("failure");
    Str text = error_full_message(err, arena);
    (void)fprintf(stderr, STR_FMT "\n", STR_ARG(text));
    error_discard(err, "told");
    return 1;
}
