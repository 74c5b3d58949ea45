#include "source/filesystem/filesystem_source.h"

#include <unistd.h>

#include "base/limits.h"
#include "source/file/unpack.h"
#include "source/filesystem/csv_rows.h"
#include "source/filesystem/file_items.h"

typedef enum FileReader { READ_BY_NAME, READ_CSV, READ_JSON_LINES, READ_NOTHING } FileReader;

/* One table: the rows of the files that match, or the list of them. */
typedef struct FilesTable {
    Str name;
    Str glob;
    FileReader reader;
    const Value *entry; /* a map of its options */
    size_t rows;        /* number of the stream of rows */
    size_t list;        /* that of the files, of which only the new ones are read; SIZE_MAX: all */
} FilesTable;

typedef struct FilesystemSource {
    Str bucket_url;
    Str file_glob;
    Str format;
    Str delimiter;
    const Value *incremental;
    const Value *resources;
    Str write_disposition;
    StrVec primary_key;
    Str root; /* absolute */
    VEC(FilesTable) tables;
    StrVec copies; /* temporary files to remove */
} FilesystemSource;

static const char *const formats[] = {"csv", "jsonl", "files", NULL};
static const char *const dispositions[] = {"append", "replace", "merge", NULL};

static const OptionDef filesystem_options[] = {
    {"bucket_url", OPTION_STRING, offsetof(FilesystemSource, bucket_url), "data/uploads",
     "folder with the files: a path from the project's root, or file://", NULL},
    {"file_glob", OPTION_STRING, offsetof(FilesystemSource, file_glob), "*",
     "which of them: * and ? within a name, ** across folders", NULL},
    {"format", OPTION_STRING, offsetof(FilesystemSource, format), NULL,
     "csv, jsonl, or files for the list of files itself; found from each file's name when not "
     "given",
     formats},
    {"delimiter", OPTION_STRING, offsetof(FilesystemSource, delimiter), ",",
     "what separates the columns of a CSV file", NULL},
    {"incremental", OPTION_VALUE, offsetof(FilesystemSource, incremental), NULL,
     "true reads only new and changed files, as dlt's incremental on modification_date", NULL},
    {"write_disposition", OPTION_STRING, offsetof(FilesystemSource, write_disposition), "append",
     "append, replace or merge", dispositions},
    {"primary_key", OPTION_STRINGS, offsetof(FilesystemSource, primary_key), NULL,
     "columns that identify a row, for merge", NULL},
    {"resources", OPTION_VALUE, offsetof(FilesystemSource, resources), NULL,
     "several tables: a list of maps with 'name', 'file_glob', 'reader' and hints as dlt has them",
     NULL},
    {0},
};

/* ---- Opening ---- */

static Error *read_reader(const Value *value, FileReader *out)
{
    static const struct {
        const char *name;
        FileReader reader;
    } readers[] = {{"csv", READ_CSV}, {"jsonl", READ_JSON_LINES}, {"files", READ_NOTHING}};
    Str name = value_text_or(value, STR(""));
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        if (str_is(name, readers[i].name)) {
            *out = readers[i].reader;
            return NULL;
        }
    }
    Error *err = value_error(ERR_CONFIG, value, "there is no reader '" STR_FMT "'", STR_ARG(name));
    return error_hint(err, "use csv, jsonl or files; for Parquet the type 'local_files', with "
                           "'nested: tables' for tables as dlt makes them");
}

/* A table of `resources`; without a reader it is the list of files, as in dlt. */
static Error *add_listed(SourceContext *ctx, FilesystemSource *source, const Value *entry)
{
    Str name;
    FilesTable table = {.reader = READ_NOTHING, .entry = entry, .list = SIZE_MAX};
    TRY(value_get_string(value_find(entry, STR("name")), STR("name"), &name));
    const Value *reader = value_find(entry, STR("reader"));
    if (!value_is_null(reader)) {
        TRY(read_reader(reader, &table.reader));
    }
    table.name = name;
    table.glob = value_text_or(value_find(entry, STR("file_glob")), source->file_glob);
    VEC_PUSH(ctx->arena, &source->tables, table);
    return NULL;
}

/* `incremental: true` is the one that makes sense. */
static Value cursor_of(Arena *arena, const Value *incremental)
{
    if (!value_is(incremental, VALUE_BOOL)) {
        return *incremental;
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("cursor_path"), value_string(STR("modification_date")));
    return value_map_end(&map);
}

/* The block itself as the one table, named as the source. */
static Error *add_block(SourceContext *ctx, FilesystemSource *source)
{
    ValueMapBuilder entry = value_map_begin(ctx->arena);
    FilesTable table = {.name = ctx->config->name, .glob = source->file_glob, .list = SIZE_MAX};
    const Value *format = value_find(ctx->config->block, STR("format"));
    if (format != NULL) {
        TRY(read_reader(format, &table.reader));
    }
    value_map_set(&entry, STR("write_disposition"), value_string(source->write_disposition));
    if (source->primary_key.len > 0) {
        value_map_set(&entry, STR("primary_key"),
                      *value_find(ctx->config->block, STR("primary_key")));
    }
    bool wants_new = source->incremental != NULL && !(value_is(source->incremental, VALUE_BOOL) &&
                                                      !source->incremental->as.boolean);
    if (wants_new) {
        value_map_set(&entry, STR("incremental"), *source->incremental);
    }
    Value *kept = ARENA_NEW(ctx->arena, Value);
    *kept = value_map_end(&entry);
    table.entry = kept;
    VEC_PUSH(ctx->arena, &source->tables, table);
    return NULL;
}

static Error *find_root(SourceContext *ctx, FilesystemSource *source)
{
    FsInfo info;
    Str path = source->bucket_url;
    const Value *at = value_find(ctx->config->block, STR("bucket_url"));
    if (str_starts_with(path, STR("file://"))) {
        path = str_from_offset(path, strlen("file://"));
    } else if (str_find(path, STR("://"), 0) != SIZE_MAX) {
        return error_hint(value_error(ERR_UNSUPPORTED, at,
                                      "'" STR_FMT "' is not a folder of this machine",
                                      STR_ARG(path)),
                          "only paths and file:// can be read");
    }
    TRY(project_path(ctx->project, ctx->arena, path, PATH_ANYWHERE, &source->root));
    TRY(fs_info(str_to_c(ctx->arena, source->root), &info));
    return info.kind == FS_DIRECTORY
               ? NULL
               : value_error(ERR_CONFIG, at != NULL ? at : ctx->config->entry,
                             "the folder '" STR_FMT "' of source '" STR_FMT "' %s", STR_ARG(path),
                             STR_ARG(ctx->config->name),
                             info.kind == FS_MISSING ? "does not exist" : "is not a folder");
}

static Error *open_filesystem(SourceContext *ctx, void *state)
{
    FilesystemSource *source = state;
    if (str_is(source->delimiter, "\\t") || str_is(source->delimiter, "tab")) {
        source->delimiter = STR("\t");
    }
    if (source->delimiter.len != 1) {
        return value_error(ERR_CONFIG, value_find(ctx->config->block, STR("delimiter")),
                           "'delimiter' must be one character");
    }
    TRY(find_root(ctx, source));
    for (VALUE_EACH(it, source->resources)) {
        TRY(add_listed(ctx, source, it));
    }
    return source->tables.len == 0 ? add_block(ctx, source) : NULL;
}

static void close_filesystem(void *state)
{
    FilesystemSource *source = state;
    for (size_t i = 0; i < source->copies.len; i++) {
        (void)unlink(source->copies.data[i].data);
    }
}

/* ---- Streams ---- */

/* dlt's hints in the table's entry, those of the list of files or those of the rows. */
static const Value *hints_of(Arena *arena, const FilesTable *table, bool of_list)
{
    static const char *const of_rows[] = {"write_disposition", "primary_key",     "merge_key",
                                          "columns",           "schema_contract", "table_name",
                                          "max_table_nesting", "nested_hints"};
    const Value *incremental = value_find(table->entry, STR("incremental"));
    ValueMapBuilder hints = value_map_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(of_rows); i++) {
        const Value *hint = value_find(table->entry, str_from(of_rows[i]));
        if (hint != NULL && (!of_list || table->reader == READ_NOTHING)) {
            value_map_set(&hints, str_from(of_rows[i]), *hint);
        }
    }
    if (of_list && value_find(table->entry, STR("primary_key")) == NULL) {
        value_map_set(&hints, STR("primary_key"), value_string(STR("file_url")));
    }
    if (of_list && !value_is_null(incremental)) {
        value_map_set(&hints, STR("incremental"), cursor_of(arena, incremental));
    }
    Value *made = ARENA_NEW(arena, Value);
    *made = value_map_end(&hints);
    return made;
}

static Error *list_streams(SourceContext *ctx, void *state, SourceStreamVec *out)
{
    FilesystemSource *source = state;
    Arena *arena = ctx->arena;
    for (VEC_EACH(FilesTable, table, &source->tables)) {
        bool lists = table->reader == READ_NOTHING;
        if (!lists && !value_is_null(value_find(table->entry, STR("incremental")))) {
            table->list = out->len;
            VEC_PUSH(arena, out,
                     (SourceStream){
                         .name = str_printf(arena, "filesystem_" STR_FMT, STR_ARG(table->name)),
                         .hints = hints_of(arena, table, true),
                         .is_hidden = true});
        }
        table->rows = out->len;
        VEC_PUSH(arena, out,
                 (SourceStream){.name = table->name, .hints = hints_of(arena, table, lists)});
    }
    return NULL;
}

/* ---- Files ---- */

typedef struct FileReading {
    SourceContext *ctx;
    FilesystemSource *source;
    const FilesTable *table;
    RowSink *sink;
    FsEntry file;
    Str shown;
} FileReading;

static Error *add_csv(const FileReading *reading, Arena *arena, Str text)
{
    CsvRows reader;
    bool enough = false;
    uint64_t before = 0;
    TRY(csv_rows_open(arena, text, reading->shown, reading->source->delimiter.data[0], &reader));
    while (!enough) {
        JsonRows rows;
        TRY(cancel_check(reading->ctx->cancel));
        TRY(csv_rows_next(&reader, &rows));
        rows.place = reading->shown;
        rows.before = before;
        before += rows.rows.len;
        if (rows.rows.len == 0) {
            json_rows_done(&rows);
            return NULL;
        }
        TRY(reading->sink->add_json(reading->sink, reading->table->rows, &rows, &enough));
    }
    return NULL;
}

static Error *read_lines(const FileReading *reading, Str *rest, size_t *line, JsonRows *out)
{
    enum { LINES_AT_ONCE = 1000 };
    Str text;
    while (out->rows.len < LINES_AT_ONCE && rest->len > 0 && str_next_piece(rest, '\n', &text)) {
        yyjson_val *row = NULL;
        ++*line;
        if (str_trim(text).len > 0) {
            TRY_WRAP(json_page_read(&out->page, text, &row), STR_FMT ":%zu",
                     STR_ARG(reading->shown), *line);
            VEC_PUSH(out->page.arena, &out->rows, row);
        } else if (out->rows.len == 0) {
            out->before = *line; /* the page has no memory yet */
        } else {
            VEC_PUSH(out->page.arena, &out->rows, NULL);
        }
    }
    return NULL;
}

static Error *add_json_lines(const FileReading *reading, Arena *arena, Str text)
{
    (void)arena;
    size_t line = 0;
    bool enough = false;
    for (Str rest = text; rest.len > 0 && !enough;) {
        JsonRows rows = {.place = reading->shown, .before = line};
        TRY(cancel_check(reading->ctx->cancel));
        Error *err = read_lines(reading, &rest, &line, &rows);
        if (err != NULL || rows.rows.len == 0) {
            json_rows_done(&rows);
            return err;
        }
        TRY(reading->sink->add_json(reading->sink, reading->table->rows, &rows, &enough));
    }
    return NULL;
}

/* The file itself, or what is packed in it. */
static Error *readable_path(const FileReading *reading, Arena *arena, Str *out)
{
    SourceContext *ctx = reading->ctx;
    Str encoding = file_encoding(reading->file.relative);
    *out = reading->file.path;
    if (encoding.len == 0) {
        return NULL;
    }
    if (!str_is(encoding, "gzip")) {
        return error_new(ERR_UNSUPPORTED, STR_FMT ": files packed with " STR_FMT " cannot be read",
                         STR_ARG(reading->shown), STR_ARG(encoding));
    }
    Str directory = fs_join(arena, ctx->project->root, STR(".dango/state/unpacked"));
    Str path = str_printf(ctx->arena, STR_FMT "/%d_%zu_" STR_FMT, STR_ARG(directory), (int)getpid(),
                          reading->source->copies.len, STR_ARG(fs_base_name(reading->file.path)));
    SourceFile packed = {.path = reading->file.path,
                         .shown = reading->shown,
                         .size_bytes = reading->file.info.size_bytes,
                         .compression = FILE_GZIP};
    TRY(fs_make_directory(str_to_c(arena, directory)));
    VEC_PUSH(ctx->arena, &reading->source->copies, ((Str){str_to_c(ctx->arena, path), path.len}));
    *out = path;
    return file_unpack(&packed, false, str_to_c(arena, path), ctx->cancel);
}

static FileReader reader_of(const FileReading *reading)
{
    static const char *const packed[] = {".gz", ".bz2", ".xz"};
    Str name = reading->file.relative;
    if (reading->table->reader != READ_BY_NAME) {
        return reading->table->reader;
    }
    for (size_t i = 0; i < ARRAY_LEN(packed); i++) {
        if (str_ends_with(name, str_from(packed[i]))) {
            name = str_slice(name, 0, name.len - strlen(packed[i]));
        }
    }
    Str extension = fs_extension(name);
    return str_eq_nocase(extension, STR("jsonl")) || str_eq_nocase(extension, STR("ndjson"))
               ? READ_JSON_LINES
           : str_eq_nocase(extension, STR("csv")) ? READ_CSV
                                                  : READ_NOTHING;
}

static Error *read_file(FileReading *reading)
{
    static Error *(*const readers[])(const FileReading *reading, Arena *arena, Str text) = {
        [READ_CSV] = add_csv, [READ_JSON_LINES] = add_json_lines};
    AUTO_FREE(arena) Arena *arena = arena_new("file");
    Str path;
    Str text;
    reading->shown = project_shown_path(reading->ctx->project, reading->file.path);
    FileReader reader = reader_of(reading);
    if (reader == READ_NOTHING) {
        VEC_PUSH(reading->ctx->arena, &reading->ctx->problems,
                 (ProjectProblem){.severity = PROBLEM_WARNING,
                                  .place = reading->shown,
                                  .message = STR("not CSV or JSON lines by its name; skipping it"),
                                  .hint = STR("name the files you want in 'file_glob', or what "
                                              "they are in 'format'")});
        return NULL;
    }
    TRY(readable_path(reading, arena, &path));
    TRY(fs_map_file(arena, str_to_c(arena, path), &text));
    return readers[reader](reading, arena, text);
}

static Error *find_new(const FileReading *reading, Arena *arena, const FileItems *items,
                       uint32_t *out, size_t *out_count)
{
    if (reading->table->list != SIZE_MAX) {
        return reading->sink->find_new(reading->sink, reading->table->list, &items->chunk, out,
                                       out_count);
    }
    (void)arena;
    for (*out_count = 0; *out_count < items->files.len; ++*out_count) {
        out[*out_count] = (uint32_t)*out_count;
    }
    return NULL;
}

static Error *read_table(FileReading *reading)
{
    Arena *arena = reading->ctx->arena;
    const FilesTable *table = reading->table;
    FileItems items;
    size_t count = 0;
    bool enough = false;
    TRY(file_items_list(arena, reading->source->root, table->glob, &items));
    if (table->reader == READ_NOTHING) {
        return items.files.len == 0
                   ? NULL
                   : reading->sink->add_columns(reading->sink, table->rows, &items.chunk, &enough);
    }
    uint32_t *numbers = ARENA_ARRAY(arena, uint32_t, items.files.len + 1);
    TRY(find_new(reading, arena, &items, numbers, &count));
    for (size_t i = 0; i < count; i++) {
        reading->file = items.files.data[numbers[i]];
        TRY(read_file(reading));
    }
    return NULL;
}

static const FilesTable *table_of(const FilesystemSource *source, size_t stream)
{
    for (VEC_EACH(const FilesTable, table, &source->tables)) {
        if (table->rows == stream) {
            return table;
        }
    }
    return NULL; /* a list of files: it is looked at with its rows */
}

static Error *read_streams(SourceContext *ctx, void *state, const StreamRequest *requests,
                           size_t request_count, RowSink *sink)
{
    FileReading reading = {.ctx = ctx, .source = state, .sink = sink};
    for (size_t i = 0; i < request_count; i++) {
        reading.table = table_of(state, requests[i].stream);
        if (reading.table != NULL) {
            TRY(read_table(&reading));
        }
    }
    return NULL;
}

const SourceDriver source_filesystem = {
    .type = "filesystem",
    .title = "files as dlt reads them",
    .options = filesystem_options,
    .state_size = sizeof(FilesystemSource),
    .open = open_filesystem,
    .list_streams = list_streams,
    .read_streams = read_streams,
    .close = close_filesystem,
};
