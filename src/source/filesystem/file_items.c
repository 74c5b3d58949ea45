#include "source/filesystem/file_items.h"

/* By the last part of the name, as Python's mimetypes has it; for other names "application/" and
 * that part. */
static const struct {
    const char *extension;
    const char *type;
} mime_types[] = {
    {"csv", "text/csv"},
    {"tsv", "text/tab-separated-values"},
    {"txt", "text/plain"},
    {"json", "application/json"},
    {"geojson", "application/geo+json"},
    {"xml", "application/xml"},
    {"html", "text/html"},
    {"htm", "text/html"},
    {"pdf", "application/pdf"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xls", "application/vnd.ms-excel"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"doc", "application/msword"},
    {"md", "text/markdown"},
    {"py", "text/x-python"},
    {"sql", "application/sql"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"svg", "image/svg+xml"},
    {"webp", "image/webp"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"wav", "audio/x-wav"},
    {"tar", "application/x-tar"},
    {"css", "text/css"},
    {"js", "text/javascript"},
    {"ics", "text/calendar"},
    {"eml", "message/rfc822"},
    {"bin", "application/octet-stream"},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},
};

/* What a file is packed with stands behind the name of what it is. */
static const struct {
    const char *suffix;
    const char *encoding;
} encodings[] = {{".gz", "gzip"}, {".bz2", "bzip2"}, {".xz", "xz"}};

Str file_encoding(Str name)
{
    for (size_t i = 0; i < ARRAY_LEN(encodings); i++) {
        if (str_ends_with(name, str_from(encodings[i].suffix))) {
            return str_from(encodings[i].encoding);
        }
    }
    return STR("");
}

static Str mime_type(Arena *arena, Str name)
{
    Str whole = fs_extension(name);
    Str inner = name;
    bool is_packed = file_encoding(name).len > 0;
    if (is_packed) {
        inner = str_slice(name, 0, name.len - whole.len - 1);
    }
    Str extension = fs_extension(inner);
    for (size_t i = 0; i < ARRAY_LEN(mime_types); i++) {
        if (str_eq_nocase(extension, str_from(mime_types[i].extension))) {
            return str_from(mime_types[i].type);
        }
    }
    return str_printf(arena, "application/" STR_FMT,
                      STR_ARG(whole.len > 0 ? whole : STR("octet-stream")));
}

/* ---- Rows ---- */

enum { NAME, PATH, URL, MIME, MODIFIED, SIZE, ENCODING, COLUMN_COUNT };

/* The values of each column. */
typedef union ItemValues {
    Str *texts;
    int64_t *numbers;
} ItemValues;

static Column *new_columns(Arena *arena, size_t rows, ItemValues values[COLUMN_COUNT])
{
    static const struct {
        const char *name;
        ColumnKind kind;
    } columns[COLUMN_COUNT] = {
        [NAME] = {"file_name", COLUMN_TEXT},
        [PATH] = {"relative_path", COLUMN_TEXT},
        [URL] = {"file_url", COLUMN_TEXT},
        [MIME] = {"mime_type", COLUMN_TEXT},
        [MODIFIED] = {"modification_date", COLUMN_TIMESTAMP_TZ},
        [SIZE] = {"size_in_bytes", COLUMN_INT},
        [ENCODING] = {"encoding", COLUMN_TEXT},
    };
    Column *made = ARENA_ARRAY(arena, Column, COLUMN_COUNT);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        made[i].name = str_from(columns[i].name);
        made[i].type.kind = columns[i].kind;
        if (columns[i].kind == COLUMN_TEXT) {
            made[i].data = values[i].texts = ARENA_ARRAY(arena, Str, rows + 1);
        } else {
            made[i].data = values[i].numbers = ARENA_ARRAY(arena, int64_t, rows + 1);
        }
    }
    return made;
}

/* "file://" and the path, with what a URL cannot hold as it is written %XX. */
static Str url_of(Arena *arena, Str path)
{
    static const char plain[] = "-._~/!$&'()*+,;=:@";
    StrBuf url = strbuf_init(arena, 4 * path.len + sizeof("file://"));
    strbuf_add_c(&url, "file://");
    for (size_t i = 0; i < path.len; i++) {
        char c = path.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_letter || strchr(plain, c) != NULL) {
            strbuf_add_char(&url, c);
        } else {
            strbuf_printf(&url, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
    return strbuf_str(&url);
}

static void fill_row(Arena *arena, const FsEntry *file, ItemValues values[COLUMN_COUNT],
                     uint64_t *has_encoding, size_t row)
{
    Str name = fs_base_name(file->relative);
    Str encoding = file_encoding(name);
    values[NAME].texts[row] = name;
    values[PATH].texts[row] = file->relative;
    values[URL].texts[row] = url_of(arena, file->path);
    values[MIME].texts[row] = mime_type(arena, name);
    values[MODIFIED].numbers[row] = file->info.modified_us;
    values[SIZE].numbers[row] = (int64_t)file->info.size_bytes;
    values[ENCODING].texts[row] = encoding;
    has_encoding[row / 64] |= (uint64_t)(encoding.len > 0) << (row % 64);
}

Error *file_items_list(Arena *arena, Str root, Str glob, FileItems *out)
{
    FsEntryVec entries = {0};
    *out = (FileItems){0};
    TRY(fs_walk(arena, str_to_c(arena, root), FS_WALK_RECURSIVE, &entries));
    for (VEC_EACH(FsEntry, entry, &entries)) {
        if (entry->info.kind == FS_FILE && fs_pattern_matches(glob, entry->relative)) {
            VEC_PUSH(arena, &out->files, *entry);
        }
    }
    size_t count = out->files.len;
    ItemValues values[COLUMN_COUNT];
    Column *columns = new_columns(arena, count, values);
    uint64_t *has_encoding = ARENA_ARRAY(arena, uint64_t, count / 64 + 1);
    columns[ENCODING].validity = has_encoding;
    for (size_t i = 0; i < count; i++) {
        fill_row(arena, &out->files.data[i], values, has_encoding, i);
    }
    out->chunk = (Chunk){.row_count = count, .column_count = COLUMN_COUNT, .columns = columns};
    return NULL;
}
