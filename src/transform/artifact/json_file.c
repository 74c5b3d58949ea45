#include "transform/artifact/json_file.h"

#include "base/limits.h"
#include "value/json_writer.h"

enum { FLUSH_BYTES = 256 * 1024 };

struct JsonFile {
    Arena *arena;  /* of the file itself and its text */
    Arena *values; /* see json_file_arena() */
    const char *path;
    FsReplacement *file;
    StrBuf text; /* not written yet */
    JsonStyle style;
    bool needs_comma;
    Error *err;
};

Error *json_file_open(const char *path, JsonFile **out)
{
    FsReplacement *replacement = NULL;
    TRY(fs_replace_begin(path, 0644, &replacement));
    Arena *arena = arena_new("JSON file");
    JsonFile *file = ARENA_NEW(arena, JsonFile);
    *file = (JsonFile){.arena = arena,
                       .values = arena_new("JSON values"),
                       .path = str_dup(arena, str_from(path)).data,
                       .file = replacement,
                       .text = strbuf_init(arena, LIMIT_JSON_BYTES),
                       .style = json_style_python};
    file->style.ensure_ascii = false;
    strbuf_add_char(&file->text, '{');
    *out = file;
    return NULL;
}

void json_file_free(JsonFile *file)
{
    if (file == NULL) {
        return;
    }
    fs_replace_free(file->file);
    error_free(file->err);
    arena_free(file->values);
    arena_free(file->arena);
}

Arena *json_file_arena(JsonFile *file)
{
    return file->values;
}

static void flush(JsonFile *file)
{
    if (file->err == NULL && file->text.overflowed) {
        file->err = error_new(ERR_LIMIT, "'%s': a member is larger than %zu bytes", file->path,
                              (size_t)LIMIT_JSON_BYTES);
    }
    if (file->err == NULL) {
        file->err = fs_replace_add(file->file, strbuf_str(&file->text));
    }
    strbuf_clear(&file->text);
}

static void add_key(JsonFile *file, Str key)
{
    if (file->needs_comma) {
        strbuf_add_c(&file->text, file->style.item_separator);
    }
    json_write_string(&file->text, key, &file->style);
    strbuf_add_c(&file->text, file->style.key_separator);
}

void json_file_member(JsonFile *file, Str key, const Value *value)
{
    add_key(file, key);
    json_write(&file->text, value, &file->style);
    file->needs_comma = true;
    arena_reset(file->values);
    if (file->text.len >= FLUSH_BYTES) {
        flush(file);
    }
}

void json_file_begin(JsonFile *file, Str key)
{
    add_key(file, key);
    strbuf_add_char(&file->text, '{');
    file->needs_comma = false;
}

void json_file_end(JsonFile *file)
{
    strbuf_add_char(&file->text, '}');
    file->needs_comma = true;
}

Error *json_file_finish(JsonFile *file)
{
    strbuf_add_char(&file->text, '}');
    flush(file);
    Error *err = file->err;
    file->err = NULL;
    return err != NULL ? err : fs_replace_finish(file->file);
}
