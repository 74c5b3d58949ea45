#include "value/json_reader.h"

#include <yyjson.h>

#include "base/number.h"

/* yyjson does not say where in the text a value stood. A second walk over the text, which is known
 * to be valid by then, finds the places: the values of the tree come in the order of the text. */
typedef struct Walk {
    Str text;
    size_t at;
    size_t line;
    size_t column;
} Walk;

typedef struct Reader {
    Arena *arena;
    const ReadOptions *options;
    const ValueFile *file;
    Walk walk;
} Reader;

static void doc_auto_free(yyjson_doc **doc)
{
    yyjson_doc_free(*doc);
}

static void walk_step(Walk *walk)
{
    char c = walk->text.data[walk->at++];
    if (c == '\n') {
        walk->line++;
        walk->column = 1;
    } else if (((unsigned char)c & 0xC0) != 0x80) {
        walk->column++;
    }
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* To the next value: over white space, separators and the ends of lists and maps. */
static void walk_to_value(Walk *walk)
{
    while (walk->at < walk->text.len && is_one_of(walk->text.data[walk->at], " \t\r\n,:]}")) {
        walk_step(walk);
    }
}

static void walk_over_string(Walk *walk)
{
    walk_step(walk);
    while (walk->at < walk->text.len && walk->text.data[walk->at] != '"') {
        if (walk->text.data[walk->at] == '\\') {
            walk_step(walk);
        }
        walk_step(walk);
    }
    walk_step(walk);
}

/* Over a scalar, or over the bracket that opens a list or map. */
static void walk_over_value(Walk *walk)
{
    char first = walk->text.data[walk->at];
    if (first == '"') {
        walk_over_string(walk);
        return;
    }
    walk_step(walk);
    while (first != '[' && first != '{' && walk->at < walk->text.len &&
           !is_one_of(walk->text.data[walk->at], " \t\r\n,:]}")) {
        walk_step(walk);
    }
}

/* Gives `value` the place of the next value of the text. */
static void take_place(Reader *reader, Value *value)
{
    Walk *walk = &reader->walk;
    if (reader->options->no_positions) {
        return;
    }
    walk_to_value(walk);
    CHECK(walk->at < walk->text.len);
    value_set_place(value, reader->file, walk->line, walk->column);
    walk_over_value(walk);
}

static Error *convert(Reader *reader, yyjson_val *from, size_t depth, Value *out);

static Error *convert_list(Reader *reader, yyjson_val *from, size_t depth, Value *out)
{
    size_t len = yyjson_arr_size(from);
    Value *items = ARENA_ARRAY(reader->arena, Value, len);
    size_t count = 0;
    yyjson_arr_iter iter = yyjson_arr_iter_with(from);
    for (yyjson_val *item; (item = yyjson_arr_iter_next(&iter)) != NULL; count++) {
        TRY(convert(reader, item, depth + 1, &items[count]));
    }
    out->as.list.items = items;
    out->as.list.len = len;
    return NULL;
}

static Error *convert_map(Reader *reader, yyjson_val *from, size_t depth, Value *out)
{
    ValueMapBuilder builder = value_map_begin(reader->arena);
    yyjson_obj_iter iter = yyjson_obj_iter_with(from);
    for (yyjson_val *name; (name = yyjson_obj_iter_next(&iter)) != NULL;) {
        Value key;
        Value value;
        TRY(convert(reader, name, depth + 1, &key));
        TRY(convert(reader, yyjson_obj_iter_get_val(name), depth + 1, &value));
        read_note_duplicate(reader->arena, reader->options, &builder, &key);
        value_map_put(&builder, key, value);
    }
    out->as.map = value_map_end(&builder).as.map;
    return NULL;
}

/* A number that yyjson hands over as its text, for it fits neither 64 bits nor a double. */
static Value convert_raw_number(Str text)
{
    bool fraction = str_contains(text, STR(".")) || str_contains(text, STR("e")) ||
                    str_contains(text, STR("E"));
    double number = 0;
    if (fraction && number_parse_double(text, &number)) {
        return value_float(number);
    }
    return value_text(VALUE_BIG_INT, text);
}

static Value convert_integer(Arena *arena, yyjson_val *from)
{
    if (yyjson_is_sint(from) || yyjson_get_uint(from) <= INT64_MAX) {
        return value_int(yyjson_get_sint(from));
    }
    return value_text(VALUE_BIG_INT,
                      str_printf(arena, "%llu", (unsigned long long)yyjson_get_uint(from)));
}

static Value convert_scalar(Arena *arena, yyjson_val *from)
{
    switch (yyjson_get_type(from)) {
    case YYJSON_TYPE_BOOL:
        return value_bool(yyjson_get_bool(from));
    case YYJSON_TYPE_NUM:
        return yyjson_is_real(from) ? value_float(yyjson_get_real(from))
                                    : convert_integer(arena, from);
    case YYJSON_TYPE_RAW:
        return convert_raw_number((Str){yyjson_get_raw(from), yyjson_get_len(from)});
    case YYJSON_TYPE_STR:
        return value_string((Str){yyjson_get_str(from), yyjson_get_len(from)});
    default:
        return value_null();
    }
}

static Error *convert(Reader *reader, yyjson_val *from, size_t depth, Value *out)
{
    bool is_list = yyjson_is_arr(from);
    bool is_map = yyjson_is_obj(from);
    *out = is_list || is_map ? (Value){.kind = is_list ? VALUE_LIST : VALUE_MAP}
                             : convert_scalar(reader->arena, from);
    out->file = reader->file;
    take_place(reader, out);
    if (depth > reader->options->max_depth) {
        return value_error(ERR_LIMIT, out, "nested too deeply: more than %zu levels",
                           reader->options->max_depth);
    }
    if (is_list) {
        return convert_list(reader, from, depth, out);
    }
    return is_map ? convert_map(reader, from, depth, out) : NULL;
}

/* Reads in place in a copy, so that texts of the tree are slices of it. */
static Error *parse(Reader *reader, yyjson_doc **out)
{
    Str text = reader->walk.text;
    char *copy = arena_alloc_raw(reader->arena, text.len + YYJSON_PADDING_SIZE);
    memcpy(copy, text.data, text.len);
    memset(copy + text.len, 0, YYJSON_PADDING_SIZE);
    yyjson_read_flag flags = YYJSON_READ_INSITU | YYJSON_READ_BIGNUM_AS_RAW;
    flags |= reader->options->allow_nan ? YYJSON_READ_ALLOW_INF_AND_NAN : YYJSON_READ_NOFLAG;
    yyjson_read_err err = {0};
    *out = yyjson_read_opts(copy, text.len, flags, NULL, &err);
    if (*out == NULL) {
        size_t skipped = reader->file->text.len - text.len;
        const Value place = read_place(reader->file, skipped + err.pos);
        const char *why = text.len > 0 ? err.msg : "the text is empty";
        return value_error(ERR_CONFIG, &place, "not valid JSON: %s", why);
    }
    if (yyjson_doc_get_val_count(*out) > reader->options->max_nodes) {
        const Value whole = {.file = reader->file};
        return value_error(ERR_LIMIT, &whole, "too many values: more than %zu",
                           reader->options->max_nodes);
    }
    return NULL;
}

Error *json_read(Arena *arena, Str text, const ReadOptions *options, const Value **out)
{
    ReadOptions full = read_options_complete(options);
    const ValueFile *file = read_file_of(arena, text, &full);
    TRY(read_check_text(file, &full));
    Str body = read_skip_bom(text);
    Reader reader = {.arena = arena,
                     .options = &full,
                     .file = file,
                     .walk = {.text = body, .line = 1 + full.line_base, .column = 1}};
    __attribute__((cleanup(doc_auto_free))) yyjson_doc *doc = NULL;
    TRY(parse(&reader, &doc));
    Value *root = ARENA_NEW(arena, Value);
    TRY(convert(&reader, yyjson_doc_get_root(doc), 0, root));
    *out = root;
    return NULL;
}

JsonLines json_lines(Str text, const ReadOptions *options)
{
    return (JsonLines){.rest = read_skip_bom(text), .options = *options};
}

Error *json_lines_next(JsonLines *lines, Arena *arena, const Value **out)
{
    Str line;
    while (str_next_line(&lines->rest, &line)) {
        lines->options.line_base = lines->line++;
        if (str_trim(line).len > 0) {
            return json_read(arena, line, &lines->options, out);
        }
    }
    *out = NULL;
    return NULL;
}
