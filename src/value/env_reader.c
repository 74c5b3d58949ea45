#include "value/env_reader.h"

#include "base/limits.h"
#include "base/unicode.h"

typedef struct Reader {
    Arena *arena;
    const ReadOptions *options;
    const ValueFile *file;
    Str text;
    size_t at;
    size_t seen; /* up to where lines are counted */
    size_t line;
    size_t line_start;
} Reader;

static bool is_name_char(char c, bool first)
{
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    return letter || (!first && c >= '0' && c <= '9');
}

bool env_is_name(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_name_char(text.data[i], i == 0)) {
            return false;
        }
    }
    return text.len > 0;
}

static bool at_end(const Reader *reader)
{
    return reader->at == reader->text.len;
}

/* The character here, or a newline at the end of the text. */
static char peek(const Reader *reader)
{
    return at_end(reader) ? '\n' : reader->text.data[reader->at];
}

static void skip_blanks(Reader *reader)
{
    while (!at_end(reader) && strchr(" \t\r", peek(reader)) != NULL && peek(reader) != '\0') {
        reader->at++;
    }
}

static void skip_line(Reader *reader)
{
    while (peek(reader) != '\n') {
        reader->at++;
    }
    reader->at += at_end(reader) ? 0 : 1;
}

/* Places are asked for in the order of the text. */
static Value place_at(Reader *reader, size_t at)
{
    for (; reader->seen < at; reader->seen++) {
        if (reader->text.data[reader->seen] == '\n') {
            reader->line++;
            reader->line_start = reader->seen + 1;
        }
    }
    Value place = value_null();
    size_t column = utf8_count(str_slice(reader->text, reader->line_start, at)) + 1;
    value_set_place(&place, reader->file, reader->line, column);
    return place;
}

static Str take_word(Reader *reader)
{
    size_t start = reader->at;
    while (!at_end(reader) && is_name_char(peek(reader), reader->at == start)) {
        reader->at++;
    }
    return str_slice(reader->text, start, reader->at);
}

static Error *expected(Reader *reader, const char *what)
{
    const Value place = place_at(reader, reader->at);
    return error_hint(value_error(ERR_CONFIG, &place, "expected %s", what),
                      "write a line as KEY=value, or begin it with '#'");
}

/* "KEY =" or "export KEY =". */
static Error *read_key(Reader *reader, Value *out)
{
    size_t start = reader->at;
    Str word = take_word(reader);
    if (str_is(word, "export") && (peek(reader) == ' ' || peek(reader) == '\t')) {
        skip_blanks(reader);
        start = reader->at;
        word = take_word(reader);
    }
    if (word.len == 0) {
        return expected(reader, "a variable's name");
    }
    const Value place = place_at(reader, start);
    *out = value_placed_at(value_string(word), &place);
    skip_blanks(reader);
    if (peek(reader) != '=') {
        return expected(reader, "'=' after the variable's name");
    }
    reader->at++;
    skip_blanks(reader);
    return NULL;
}

static char unescaped(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

static Error *read_quoted(Reader *reader, Str *out)
{
    size_t start = reader->at;
    char quote = peek(reader);
    StrBuf value = strbuf_init(reader->arena, LIMIT_ENV_FILE_BYTES);
    for (reader->at++; !at_end(reader) && peek(reader) != quote; reader->at++) {
        bool escape = quote == '"' && peek(reader) == '\\' && reader->at + 1 < reader->text.len &&
                      strchr("ntr\"\\$", reader->text.data[reader->at + 1]) != NULL &&
                      reader->text.data[reader->at + 1] != '\0';
        reader->at += escape ? 1 : 0;
        strbuf_add_char(&value, escape ? unescaped(peek(reader)) : peek(reader));
    }
    if (at_end(reader)) {
        const Value place = place_at(reader, start);
        return value_error(ERR_CONFIG, &place, "the quote is not closed");
    }
    reader->at++;
    skip_blanks(reader);
    if (peek(reader) != '\n' && peek(reader) != '#') {
        return expected(reader, "the end of the line after the quoted value");
    }
    *out = strbuf_str(&value);
    return NULL;
}

/* Up to the end of the line, or to a comment that a blank precedes. */
static Str read_unquoted(Reader *reader)
{
    size_t start = reader->at;
    while (peek(reader) != '\n') {
        char before = reader->at > 0 ? reader->text.data[reader->at - 1] : ' ';
        if (peek(reader) == '#' && (before == ' ' || before == '\t')) {
            break;
        }
        reader->at++;
    }
    return str_trim(str_slice(reader->text, start, reader->at));
}

static Error *read_line(Reader *reader, ValueMapBuilder *map)
{
    skip_blanks(reader);
    if (peek(reader) == '\n' || peek(reader) == '#') {
        skip_line(reader);
        return NULL;
    }
    Value key = value_null();
    TRY(read_key(reader, &key));
    const Value place = place_at(reader, reader->at);
    Str text = STR("");
    if (peek(reader) == '"' || peek(reader) == '\'') {
        TRY(read_quoted(reader, &text));
    } else {
        text = read_unquoted(reader);
    }
    skip_line(reader);
    if (str_find_char(text, '\0') < text.len) {
        return value_error(ERR_CONFIG, &place, "the value of '" STR_FMT "' has a NUL character",
                           STR_ARG(key.as.text));
    }
    read_note_duplicate(reader->arena, reader->options, map, &key);
    value_map_put(map, key, value_placed_at(value_string(text), &place));
    return NULL;
}

Error *env_read(Arena *arena, Str text, const ReadOptions *options, const Value **out)
{
    ReadOptions full = options != NULL ? *options : (ReadOptions){0};
    full.max_bytes = full.max_bytes > 0 ? full.max_bytes : LIMIT_ENV_FILE_BYTES;
    full.secret = true;
    full = read_options_complete(&full);
    const ValueFile *file = read_file_of(arena, text, &full);
    TRY(read_check_text(file, &full));
    Reader reader = {
        .arena = arena, .options = &full, .file = file, .text = read_skip_bom(text), .line = 1};
    ValueMapBuilder map = value_map_begin(arena);
    while (!at_end(&reader)) {
        TRY(read_line(&reader, &map));
    }
    Value *root = ARENA_NEW(arena, Value);
    *root = value_map_end(&map);
    root->file = file;
    *out = root;
    return NULL;
}
