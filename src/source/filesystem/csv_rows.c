#include "source/filesystem/csv_rows.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "value/json_writer.h"

enum { CHUNK_ROWS = 10000 };

/* ---- Records ---- */

static Error *open_quote(const CsvRows *reader, size_t line)
{
    return error_hint(error_new(ERR_INPUT, STR_FMT ":%zu: a quote without its partner",
                                STR_ARG(reader->shown), line),
                      "a quote within a field is written twice");
}

static void take_line_end(CsvRows *reader)
{
    size_t len = str_starts_with(reader->rest, STR("\r\n")) ? 2 : 1;
    reader->rest = str_from_offset(reader->rest, len < reader->rest.len ? len : reader->rest.len);
    reader->line++;
}

/* The part between quotes, of which two are one; `rest` stands behind the first. */
static Error *read_quoted(CsvRows *reader, StrBuf *field)
{
    size_t begin = reader->line;
    size_t at = 0;
    for (; at < reader->rest.len; at++) {
        char c = reader->rest.data[at];
        bool is_quote = c == '"';
        if (is_quote && (at + 1 == reader->rest.len || reader->rest.data[at + 1] != '"')) {
            reader->rest = str_from_offset(reader->rest, at + 1);
            return NULL;
        }
        at += is_quote;
        reader->line += c == '\n';
        strbuf_add_char(field, c);
    }
    return open_quote(reader, begin);
}

static bool ends_field(const CsvRows *reader, char c)
{
    return c == reader->delimiter || c == '\n' || c == '\r';
}

static Str take_plain(CsvRows *reader)
{
    size_t len = 0;
    while (len < reader->rest.len && !ends_field(reader, reader->rest.data[len])) {
        len++;
    }
    Str plain = str_slice(reader->rest, 0, len);
    reader->rest = str_from_offset(reader->rest, len);
    return plain;
}

/* Up to the delimiter or the end of the line, which stays. A quote only counts at the beginning. */
static Error *read_field(CsvRows *reader, Arena *arena, Str *out)
{
    if (!str_starts_with(reader->rest, STR("\""))) {
        *out = take_plain(reader);
        return NULL;
    }
    StrBuf field = strbuf_init(arena, LIMIT_JSON_BYTES);
    reader->rest = str_from_offset(reader->rest, 1);
    TRY(read_quoted(reader, &field));
    strbuf_add(&field, take_plain(reader));
    *out = strbuf_str(&field);
    return NULL;
}

/* The fields of the next line that is not blank; none at the end. */
static Error *read_record(CsvRows *reader, Arena *arena, StrVec *out)
{
    out->len = 0;
    while (reader->rest.len > 0 && (reader->rest.data[0] == '\n' || reader->rest.data[0] == '\r')) {
        take_line_end(reader);
    }
    while (reader->rest.len > 0) {
        Str field;
        TRY(read_field(reader, arena, &field));
        VEC_PUSH(arena, out, field);
        if (reader->rest.len == 0 || reader->rest.data[0] != reader->delimiter) {
            break;
        }
        reader->rest = str_from_offset(reader->rest, 1);
        if (reader->rest.len == 0) {
            VEC_PUSH(arena, out, STR(""));
        }
    }
    if (reader->rest.len > 0) {
        take_line_end(reader);
    }
    return NULL;
}

/* ---- Names of columns ---- */

/* "a", "a.1" for the same name again, "Unnamed: 2" for none. */
static Str column_name(Arena *arena, StrMap *taken, Str given, size_t index)
{
    Str name = given.len > 0 ? given : str_printf(arena, "Unnamed: %zu", index);
    Str first = name;
    for (size_t copy = 1; strmap_has(taken, name); copy++) {
        name = str_printf(arena, STR_FMT ".%zu", STR_ARG(first), copy);
    }
    (void)strmap_set(taken, name, NULL);
    return name;
}

Error *csv_rows_open(Arena *arena, Str text, Str shown, char delimiter, CsvRows *out)
{
    *out =
        (CsvRows){.arena = arena, .shown = shown, .rest = text, .line = 1, .delimiter = delimiter};
    if (str_starts_with(text, STR("\xEF\xBB\xBF"))) {
        out->rest = str_from_offset(text, 3);
    }
    StrVec names = {0};
    StrMap taken = strmap_init(arena);
    TRY(read_record(out, arena, &names));
    for (size_t i = 0; i < names.len; i++) {
        VEC_PUSH(arena, &out->columns, column_name(arena, &taken, names.data[i], i));
    }
    return NULL;
}

/* ---- Types ---- */

/* What pandas takes for nothing. */
static const char *const missing[] = {
    "",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};

typedef enum CsvType { CSV_INT, CSV_FLOAT, CSV_BOOL, CSV_TEXT } CsvType;

static bool is_missing(Str field)
{
    for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
        if (str_is(field, missing[i])) {
            return true;
        }
    }
    return false;
}

static bool is_true(Str field)
{
    return str_eq_nocase(field, STR("true"));
}

static bool is_bool(Str field)
{
    return is_true(field) || str_eq_nocase(field, STR("false"));
}

/* The rows of a chunk, field by field; NULL where a line is too short. */
typedef struct CsvChunk {
    Arena *arena;
    const CsvRows *reader;
    Str *fields;
    size_t row_count;
    CsvType *types;
} CsvChunk;

static Str field_of(const CsvChunk *chunk, size_t row, size_t column)
{
    return chunk->fields[row * chunk->reader->columns.len + column];
}

static bool all_of(const CsvChunk *chunk, size_t column, bool (*is)(Str field),
                   bool *out_some_missing)
{
    size_t seen = 0;
    *out_some_missing = false;
    for (size_t row = 0; row < chunk->row_count; row++) {
        Str field = field_of(chunk, row, column);
        if (is_missing(field)) {
            *out_some_missing = true;
        } else if (is(field)) {
            seen++;
        } else {
            return false;
        }
    }
    return seen > 0;
}

/* The digits of a whole number of any size, without what says nothing: "+007" is 7. */
static bool whole_digits(Str field, bool *out_negative, Str *out)
{
    Str text = str_trim(field);
    *out_negative = str_starts_with(text, STR("-"));
    if (*out_negative || str_starts_with(text, STR("+"))) {
        text = str_from_offset(text, 1);
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    size_t zeros = 0;
    while (zeros + 1 < text.len && text.data[zeros] == '0') {
        zeros++;
    }
    *out = str_from_offset(text, zeros);
    *out_negative = *out_negative && !str_is(*out, "0");
    return text.len > 0;
}

static bool is_int(Str field)
{
    bool is_negative;
    Str digits;
    return whole_digits(field, &is_negative, &digits);
}

static bool is_float(Str field)
{
    double number;
    return number_parse_double(str_trim(field), &number);
}

static CsvType type_of(const CsvChunk *chunk, size_t column)
{
    bool some_missing;
    if (all_of(chunk, column, is_int, &some_missing)) {
        return some_missing ? CSV_FLOAT : CSV_INT;
    }
    if (all_of(chunk, column, is_float, &some_missing)) {
        return CSV_FLOAT;
    }
    return all_of(chunk, column, is_bool, &some_missing) ? CSV_BOOL : CSV_TEXT;
}

/* ---- Rows ---- */

static void write_value(StrBuf *json, CsvType type, Str field)
{
    double number = 0;
    if (is_missing(field)) {
        strbuf_add_c(json, "null");
    } else if (type == CSV_TEXT) {
        json_write_string(json, field, &json_style_ordered);
    } else if (type == CSV_BOOL) {
        strbuf_add_c(json, is_true(field) ? "true" : "false");
    } else if (type == CSV_INT) {
        bool is_negative;
        Str digits;
        (void)whole_digits(field, &is_negative, &digits);
        strbuf_add_c(json, is_negative ? "-" : "");
        strbuf_add(json, digits);
    } else {
        (void)number_parse_double(str_trim(field), &number);
        json_write_float(json, number, JSON_NUMBERS_ORJSON);
    }
}

static Error *write_row(const CsvChunk *chunk, size_t row, StrBuf *json, JsonRows *out)
{
    const CsvRows *reader = chunk->reader;
    yyjson_val *root = NULL;
    strbuf_clear(json);
    strbuf_add_char(json, '{');
    for (size_t column = 0; column < reader->columns.len; column++) {
        strbuf_add_c(json, column > 0 ? "," : "");
        json_write_string(json, reader->columns.data[column], &json_style_ordered);
        strbuf_add_char(json, ':');
        write_value(json, chunk->types[column], field_of(chunk, row, column));
    }
    strbuf_add_char(json, '}');
    TRY(json_page_read(&out->page, strbuf_str(json), &root));
    VEC_PUSH(out->page.arena, &out->rows, root);
    return NULL;
}

static Error *too_many_fields(const CsvRows *reader, size_t line, size_t found)
{
    return error_hint(error_new(ERR_INPUT, STR_FMT ":%zu: expected %zu fields, found %zu",
                                STR_ARG(reader->shown), line, reader->columns.len, found),
                      "a field that holds the delimiter stands in quotes; 'delimiter' names "
                      "another one");
}

static Error *read_chunk(CsvRows *reader, CsvChunk *chunk)
{
    StrVec record = {0};
    size_t width = reader->columns.len;
    chunk->fields = ARENA_ARRAY(chunk->arena, Str, CHUNK_ROWS * width + 1);
    while (chunk->row_count < CHUNK_ROWS) {
        size_t line = reader->line;
        TRY(read_record(reader, chunk->arena, &record));
        if (record.len == 0) {
            return NULL;
        }
        if (record.len > width) {
            return too_many_fields(reader, line, record.len);
        }
        for (size_t i = 0; i < record.len; i++) {
            chunk->fields[chunk->row_count * width + i] = record.data[i];
        }
        chunk->row_count++;
    }
    return NULL;
}

static Error *write_rows(CsvChunk *chunk, JsonRows *out)
{
    StrBuf json = strbuf_init(chunk->arena, LIMIT_JSON_BYTES);
    chunk->types = ARENA_ARRAY(chunk->arena, CsvType, chunk->reader->columns.len + 1);
    for (size_t i = 0; i < chunk->reader->columns.len; i++) {
        chunk->types[i] = type_of(chunk, i);
    }
    for (size_t row = 0; row < chunk->row_count; row++) {
        TRY(write_row(chunk, row, &json, out));
    }
    return NULL;
}

Error *csv_rows_next(CsvRows *reader, JsonRows *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("csv rows");
    CsvChunk chunk = {.arena = arena, .reader = reader};
    *out = (JsonRows){0};
    TRY(read_chunk(reader, &chunk));
    Error *err = write_rows(&chunk, out);
    if (err != NULL) {
        json_rows_done(out);
    }
    return err;
}
