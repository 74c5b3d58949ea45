#include "value/reading.h"

#include "base/limits.h"
#include "base/unicode.h"

ReadOptions read_options_complete(const ReadOptions *options)
{
    ReadOptions full = options != NULL ? *options : (ReadOptions){0};
    full.max_bytes = full.max_bytes > 0 ? full.max_bytes : LIMIT_CONFIG_BYTES;
    full.max_nodes = full.max_nodes > 0 ? full.max_nodes : LIMIT_DOCUMENT_NODES;
    full.max_depth = full.max_depth > 0 ? full.max_depth : LIMIT_DOCUMENT_DEPTH;
    return full;
}

const ValueFile *read_file_of(Arena *arena, Str text, const ReadOptions *options)
{
    ValueFile *file = ARENA_NEW(arena, ValueFile);
    *file = (ValueFile){.path = str_dup(arena, options->path),
                        .text = text,
                        .line_base = options->line_base,
                        .secret = options->secret};
    return file;
}

Str read_skip_bom(Str text)
{
    return str_starts_with(text, STR("\xEF\xBB\xBF")) ? str_from_offset(text, 3) : text;
}

Value read_place(const ValueFile *file, size_t offset)
{
    Str before = str_slice(file->text, 0, offset < file->text.len ? offset : file->text.len);
    size_t line = (size_t)file->line_base + 1;
    size_t start = 0;
    for (size_t end; (end = str_find(before, STR("\n"), start)) != SIZE_MAX; start = end + 1) {
        line++;
    }
    size_t column = 1;
    for (size_t i = start; i < before.len; i++) {
        column += ((unsigned char)before.data[i] & 0xC0) != 0x80;
    }
    Value place = value_null();
    value_set_place(&place, file, line, column);
    return place;
}

Error *read_check_text(const ValueFile *file, const ReadOptions *options)
{
    const Value whole = {.file = file};
    if (file->text.len > options->max_bytes) {
        return value_error(ERR_LIMIT, &whole, "the file is too large: %zu bytes, at most %zu",
                           file->text.len, options->max_bytes);
    }
    size_t bad = utf8_find_invalid(file->text);
    if (bad == SIZE_MAX) {
        return NULL;
    }
    ValueFile without_text = {.path = file->path}; /* the line itself cannot be shown */
    Value place = read_place(file, bad);
    place.file = &without_text;
    return error_hint(value_error(ERR_CONFIG, &place, "not UTF-8: byte 0x%02X",
                                  (unsigned char)file->text.data[bad]),
                      "save the file as UTF-8");
}

void read_note_duplicate(Arena *arena, const ReadOptions *options, const ValueMapBuilder *builder,
                         const Value *key)
{
    const ValueEntry *first = value_map_peek(builder, key);
    if (first != NULL && options->duplicates != NULL) {
        VEC_PUSH(arena, options->duplicates, (DuplicateKey){.key = *key, .first = first->key});
    }
}
