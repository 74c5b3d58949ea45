#include "source/file/file_source.h"

#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/unicode.h"
#include "source/file/csv_dialect.h"
#include "source/file/file_head.h"
#include "source/file/nul_scan.h"
#include "source/file/unpack.h"

enum { HEAD_BYTES = 1 << 20 };

typedef struct FileSource {
    Str directory;
    Str file_pattern;
    Str file_path;
    Str delimiter;
    OptionSwitch header;
    Str encoding;
    Str date_format;
    StrVec primary_key;
    Str timestamp_column;
    Str timestamp_sort;
    Str deduplication_strategy;
    Str nested;
    Str directory_path; /* absolute; empty with file_path */
    Str one_path;       /* absolute; empty without file_path */
    StrVec copies;      /* temporary files to remove */
} FileSource;

static const char *const encodings[] = {"utf-8",   "utf8",   "utf-16",     "utf16",
                                        "latin-1", "latin1", "iso-8859-1", NULL};
static const char *const nestings[] = {"columns", "tables", NULL};
static const char *const sorts[] = {"asc", "desc", NULL};
static const char *const strategies[] = {"none", "latest_only", "append_only", "scd_type2", NULL};

/* Both types take the same keys; only the pattern differs when none is given. */
#define FILE_OPTIONS(pattern) \
    {"directory", \
     OPTION_STRING, \
     offsetof(FileSource, directory), \
     "data/uploads", \
     "folder with the files, from the project's root", \
     NULL}, \
        {"file_pattern", \
         OPTION_STRING, \
         offsetof(FileSource, file_pattern), \
         pattern, \
         "which of them: * and ? within a name, ** across folders", \
         NULL}, \
        {"file_path", \
         OPTION_STRING, \
         offsetof(FileSource, file_path), \
         NULL, \
         "one file instead of a folder; it is read whole each time", \
         NULL}, \
        {"delimiter", \
         OPTION_STRING, \
         offsetof(FileSource, delimiter), \
         NULL, \
         "what separates the columns of a CSV file; found out when not given", \
         NULL}, \
        {"header", \
         OPTION_SWITCH, \
         offsetof(FileSource, header), \
         NULL, \
         "whether a CSV file's first line names the columns; found out when not given", \
         NULL}, \
        {"encoding", \
         OPTION_STRING, \
         offsetof(FileSource, encoding), \
         "utf-8", \
         "how the text of a CSV file is encoded", \
         encodings}, \
        {"date_format", \
         OPTION_STRING, \
         offsetof(FileSource, date_format), \
         NULL, \
         "how dates are written in a CSV file, as strftime has it: %d.%m.%Y", \
         NULL}, \
        {"nested", \
         OPTION_STRING, \
         offsetof(FileSource, nested), \
         "columns", \
         "what becomes of lists and objects in JSON and Parquet files: columns of a nested type, " \
         "or tables and columns as dlt makes them", \
         nestings}, \
        {"primary_key", \
         OPTION_STRINGS, \
         offsetof(FileSource, primary_key), \
         NULL, \
         "columns that identify a row, for the staging model", \
         NULL}, \
        {"timestamp_column", \
         OPTION_STRING, \
         offsetof(FileSource, timestamp_column), \
         NULL, \
         "column that tells which version of a row is newer, for the staging model", \
         NULL}, \
        {"timestamp_sort", \
         OPTION_STRING, \
         offsetof(FileSource, timestamp_sort), \
         "desc", \
         "which end of it is the newest", \
         sorts}, \
        {"deduplication_strategy", \
         OPTION_STRING, \
         offsetof(FileSource, deduplication_strategy), \
         NULL, \
         "what the staging model keeps of several versions of a row", \
         strategies}, \
    { \
        0 \
    }

static const OptionDef csv_options[] = {FILE_OPTIONS("*.csv")};
static const OptionDef local_files_options[] = {FILE_OPTIONS("*")};

const char *file_format_title(FileFormat format)
{
    switch (format) {
    case FILE_CSV:
        return "CSV";
    case FILE_JSON:
    case FILE_JSON_LINES:
        return "JSON";
    case FILE_PARQUET:
        return "Parquet";
    }
    return "";
}

/* ---- Options ---- */

static Error *option_error(const SourceContext *ctx, const char *key, const char *reason)
{
    const Value *value = value_find(ctx->config->block, str_from(key));
    return value_error(ERR_CONFIG, value != NULL ? value : ctx->config->entry,
                       "'%s' of source '" STR_FMT "' %s", key, STR_ARG(ctx->config->name), reason);
}

/* A relative path must stay inside the project; an absolute one says clearly what is meant. */
static Error *resolve(const SourceContext *ctx, Str path, Str *out)
{
    bool is_absolute = str_starts_with(path, STR("/"));
    return project_path(ctx->project, ctx->arena, path, is_absolute ? PATH_ANYWHERE : PATH_INSIDE,
                        out);
}

static Str plain_encoding(Str name)
{
    if (str_find(name, STR("16"), 0) != SIZE_MAX) {
        return STR("utf-16");
    }
    return str_starts_with(name, STR("utf")) ? STR("utf-8") : STR("latin-1");
}

static Error *open_files(SourceContext *ctx, void *state)
{
    FileSource *source = state;
    if (str_is(source->delimiter, "\\t") || str_is(source->delimiter, "tab")) {
        source->delimiter = STR("\t");
    }
    if (source->delimiter.len > 1) {
        return option_error(ctx, "delimiter", "must be one character");
    }
    source->encoding = plain_encoding(source->encoding);
    if (source->file_path.len == 0) {
        return resolve(ctx, source->directory, &source->directory_path);
    }
    if (value_find(ctx->config->block, STR("directory")) != NULL) {
        return option_error(ctx, "file_path", "and 'directory' exclude each other");
    }
    return resolve(ctx, source->file_path, &source->one_path);
}

static bool reads_all(const void *state)
{
    return ((const FileSource *)state)->file_path.len > 0;
}

static bool nests(const void *state)
{
    return str_is(((const FileSource *)state)->nested, "tables");
}

static void close_files(void *state)
{
    FileSource *source = state;
    for (size_t i = 0; i < source->copies.len; i++) {
        (void)unlink(source->copies.data[i].data);
    }
}

/* ---- Finding files ---- */

typedef struct FormatName {
    const char *extension;
    FileFormat format;
} FormatName;

static const FormatName format_names[] = {
    {".csv", FILE_CSV},           {".tsv", FILE_CSV},         {".tab", FILE_CSV},
    {".txt", FILE_CSV},           {".json", FILE_JSON},       {".jsonl", FILE_JSON_LINES},
    {".ndjson", FILE_JSON_LINES}, {".parquet", FILE_PARQUET},
};

/* Takes the extension off *name when it is that one, in any case. */
static bool cut_extension(Str *name, const char *extension)
{
    size_t len = strlen(extension);
    if (name->len <= len ||
        !str_eq_nocase(str_from_offset(*name, name->len - len), str_from(extension))) {
        return false;
    }
    name->len -= len;
    return true;
}

/* From the name alone: "x.csv.gz". False for a name that tells no format. */
static bool recognise(Str name, SourceFile *file)
{
    file->compression = cut_extension(&name, ".gz")    ? FILE_GZIP
                        : cut_extension(&name, ".zst") ? FILE_ZSTD
                                                       : FILE_PLAIN;
    for (size_t i = 0; i < ARRAY_LEN(format_names); i++) {
        if (cut_extension(&name, format_names[i].extension)) {
            file->format = format_names[i].format;
            return true;
        }
    }
    return false;
}

static Error *add_file(SourceContext *ctx, Str path, const FsInfo *info, SourceFileVec *out)
{
    SourceFile file = {
        .path = path,
        .shown = project_shown_path(ctx->project, path),
        .size_bytes = info->size_bytes,
        .modified_us = info->modified_us,
    };
    if (!recognise(fs_base_name(path), &file)) {
        if (!str_is(ctx->config->type, "csv")) {
            VEC_PUSH(ctx->arena, &ctx->problems,
                     (ProjectProblem){
                         .severity = PROBLEM_WARNING,
                         .place = file.shown,
                         .message = STR("not a CSV, JSON or Parquet file by its name; skipping it"),
                         .hint = STR("name the files you want in 'file_pattern'"),
                     });
            return NULL;
        }
        file.format = FILE_CSV;
    }
    VEC_PUSH(ctx->arena, out, file);
    return NULL;
}

static Error *list_one(SourceContext *ctx, const FileSource *source, SourceFileVec *out)
{
    const char *path = str_to_c(ctx->arena, source->one_path);
    FsInfo info;
    TRY(fs_info(path, &info));
    const Value *at = value_find(ctx->config->block, STR("file_path"));
    if (info.kind == FS_MISSING) {
        return value_error(ERR_CONFIG, at,
                           "the file '" STR_FMT "' of source '" STR_FMT "' does not exist",
                           STR_ARG(source->file_path), STR_ARG(ctx->config->name));
    }
    if (info.kind != FS_FILE) {
        return error_hint(value_error(ERR_CONFIG, at,
                                      "'" STR_FMT "' of source '" STR_FMT "' is %s, not a file",
                                      STR_ARG(source->file_path), STR_ARG(ctx->config->name),
                                      info.kind == FS_DIRECTORY ? "a directory" : "a device"),
                          "use 'directory' for a folder of files");
    }
    return add_file(ctx, source->one_path, &info, out);
}

static Error *check_directory(SourceContext *ctx, const FileSource *source)
{
    FsInfo info;
    TRY(fs_info(str_to_c(ctx->arena, source->directory_path), &info));
    if (info.kind == FS_DIRECTORY) {
        return NULL;
    }
    const Value *at = value_find(ctx->config->block, STR("directory"));
    return value_error(ERR_CONFIG, at != NULL ? at : ctx->config->entry,
                       "the directory '" STR_FMT "' of source '" STR_FMT "' %s",
                       STR_ARG(source->directory), STR_ARG(ctx->config->name),
                       info.kind == FS_MISSING ? "does not exist" : "is not a directory");
}

static Error *list_files(SourceContext *ctx, void *state, SourceFileVec *out)
{
    const FileSource *source = state;
    if (source->one_path.len > 0) {
        return list_one(ctx, source, out);
    }
    TRY(check_directory(ctx, source));
    bool deep = str_find(source->file_pattern, STR("/"), 0) != SIZE_MAX ||
                str_find(source->file_pattern, STR("**"), 0) != SIZE_MAX;
    FsEntryVec entries = {0};
    TRY(fs_walk(ctx->arena, str_to_c(ctx->arena, source->directory_path),
                deep ? FS_WALK_RECURSIVE : 0, &entries));
    for (VEC_EACH(FsEntry, entry, &entries)) {
        if (entry->info.kind == FS_FILE &&
            fs_pattern_matches(source->file_pattern, entry->relative)) {
            TRY(add_file(ctx, entry->path, &entry->info, out));
        }
    }
    return NULL;
}

/* ---- Looking into one ---- */

static Error *make_copy(SourceContext *ctx, FileSource *source, const SourceFile *file,
                        bool swap_bytes, FileShape *shape)
{
    Str directory = fs_join(ctx->arena, ctx->project->root, STR(".dango/state/unpacked"));
    TRY(fs_make_directory(str_to_c(ctx->arena, directory)));
    Str path = str_printf(ctx->arena, STR_FMT "/%d_%zu_" STR_FMT, STR_ARG(directory), (int)getpid(),
                          source->copies.len, STR_ARG(fs_base_name(file->path)));
    Str name = {str_to_c(ctx->arena, path), path.len};
    VEC_PUSH(ctx->arena, &source->copies, name);
    TRY(file_unpack(file, swap_bytes, name.data, ctx->cancel));
    shape->read_path = name;
    shape->compression = FILE_PLAIN;
    return NULL;
}

/* The byte order of UTF-16 text: what its mark says, else where the zeroes of ASCII stand. */
static bool is_big_endian(Str bytes)
{
    size_t even = 0, odd = 0;
    if (bytes.len >= 2 &&
        ((unsigned char)bytes.data[0] == 0xFE || (unsigned char)bytes.data[0] == 0xFF)) {
        return (unsigned char)bytes.data[0] == 0xFE;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] == '\0') {
            *(i % 2 == 0 ? &even : &odd) += 1;
        }
    }
    return even > odd;
}

static bool has_utf16_mark(Str bytes)
{
    return bytes.len >= 2 &&
           (memcmp(bytes.data, "\xFF\xFE", 2) == 0 || memcmp(bytes.data, "\xFE\xFF", 2) == 0);
}

static size_t line_at(Str text, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset; i++) {
        line += text.data[i] == '\n';
    }
    return line;
}

static Error *nul_found(const SourceFile *file, size_t line)
{
    return error_hint(error_new(ERR_INPUT, STR_FMT ":%zu: expected text, found a NUL byte",
                                STR_ARG(file->shown), line),
                      "a text file has none; UTF-16 needs 'encoding: utf-16'");
}

/* The beginning of the file as UTF-8 without a byte order mark. */
static Error *decode_head(Arena *arena, const SourceFile *file, const FileHead *head,
                          const FileShape *shape, Str *out_text)
{
    Str text = head->bytes;
    if (str_is(shape->encoding, "utf-16")) {
        text = utf16_to_utf8(arena, text, is_big_endian(text));
    } else if (str_is(shape->encoding, "latin-1")) {
        text = latin1_to_utf8(arena, text);
    }
    if (str_starts_with(text, STR("\xEF\xBB\xBF"))) {
        text = str_from_offset(text, 3);
    }
    size_t bad = utf8_find_invalid(text);
    bool cut_character = !head->is_whole && bad != SIZE_MAX && text.len - bad < 4;
    if (bad != SIZE_MAX && !cut_character) {
        return error_hint(
            error_new(ERR_INPUT, STR_FMT ":%zu: expected UTF-8 text, found the byte 0x%02X",
                      STR_ARG(file->shown), line_at(text, bad), (unsigned char)text.data[bad]),
            "if the file is in another encoding, say so: 'encoding: latin-1' or 'utf-16'");
    }
    text.len = cut_character ? bad : text.len;
    size_t nul = str_find(text, (Str){"\0", 1}, 0);
    if (nul != SIZE_MAX) {
        return nul_found(file, line_at(text, nul));
    }
    *out_text = text;
    return NULL;
}

static Error *find_dialect(SourceContext *ctx, const FileSource *source, const SourceFile *file,
                           Str text, bool is_whole, FileShape *shape)
{
    CsvDialect dialect = {
        .delimiter = source->delimiter.len > 0 ? source->delimiter.data[0] : '\0',
        .quote = '"',
        .header = source->header == OPTION_UNSET ? CSV_HEADER_UNKNOWN
                  : source->header == OPTION_ON  ? CSV_HEADER_YES
                                                 : CSV_HEADER_NO,
    };
    size_t line = 0;
    Error *err = csv_dialect_find(ctx->arena, text, is_whole, &dialect, &line);
    if (err != NULL) {
        Str why = error_message(err);
        Error *placed = error_new(ERR_INPUT, STR_FMT ":%zu: " STR_FMT, STR_ARG(file->shown), line,
                                  STR_ARG(why));
        error_discard(err, "told again with the file's name");
        return placed;
    }
    shape->delimiter = dialect.delimiter;
    shape->quote = dialect.quote;
    shape->has_header = dialect.header == CSV_HEADER_YES;
    shape->headers = dialect.names;
    shape->column_count = dialect.columns;
    shape->is_empty = !dialect.has_rows && is_whole;
    return NULL;
}

/* Behind the beginning. Of a packed file only the beginning is looked at: to unpack it twice would
 * cost more than a stray byte. */
static Error *check_rest(const SourceContext *ctx, const SourceFile *file, const FileHead *head,
                         const FileShape *shape)
{
    if (head->is_whole || file->compression != FILE_PLAIN || str_is(shape->encoding, "utf-16")) {
        return NULL;
    }
    size_t line = 0;
    TRY(nul_scan(file, head->bytes.len, ctx->cancel, &line));
    return line == 0 ? NULL : nul_found(file, line);
}

static Error *inspect_csv(SourceContext *ctx, FileSource *source, const SourceFile *file,
                          const FileHead *head, Arena *scratch, FileShape *shape)
{
    shape->encoding = has_utf16_mark(head->bytes) ? STR("utf-16") : source->encoding;
    shape->date_format = source->date_format;
    Str text = {0};
    TRY(decode_head(scratch, file, head, shape, &text));
    TRY(find_dialect(ctx, source, file, text, head->is_whole, shape));
    TRY(check_rest(ctx, file, head, shape));
    bool swap = str_is(shape->encoding, "utf-16") && is_big_endian(head->bytes);
    bool is_packed = file->compression != FILE_PLAIN;
    if (swap || (is_packed && !str_is(shape->encoding, "utf-8"))) {
        return make_copy(ctx, source, file, swap, shape);
    }
    return NULL;
}

static Error *inspect_file(SourceContext *ctx, void *state, const SourceFile *file, FileShape *out)
{
    FileSource *source = state;
    FileShape shape = {.read_path = file->path, .compression = file->compression};
    if (file->format == FILE_PARQUET) {
        if (file->compression != FILE_PLAIN) {
            TRY(make_copy(ctx, source, file, false, &shape));
        }
        *out = shape;
        return NULL;
    }
    AUTO_FREE(arena) Arena *scratch = arena_new("file head");
    FileHead head;
    TRY(file_head_read(scratch, file, HEAD_BYTES, &head));
    Str content = str_trim(head.bytes);
    bool no_records = file->format != FILE_CSV && str_is(content, "[]");
    if (head.is_whole && (content.len == 0 || no_records)) {
        shape.is_empty = true;
    } else if (file->format == FILE_CSV) {
        TRY(inspect_csv(ctx, source, file, &head, scratch, &shape));
    }
    *out = shape;
    return NULL;
}

const SourceDriver source_csv = {
    .type = "csv",
    .title = "CSV files",
    .options = csv_options,
    .state_size = sizeof(FileSource),
    .open = open_files,
    .list_files = list_files,
    .inspect_file = inspect_file,
    .reads_all = reads_all,
    .nests = nests,
    .close = close_files,
};

const SourceDriver source_local_files = {
    .type = "local_files",
    .title = "CSV, JSON and Parquet files",
    .options = local_files_options,
    .state_size = sizeof(FileSource),
    .open = open_files,
    .list_files = list_files,
    .inspect_file = inspect_file,
    .reads_all = reads_all,
    .nests = nests,
    .close = close_files,
};
