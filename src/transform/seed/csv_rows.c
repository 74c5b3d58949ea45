#include "transform/seed/csv_rows.h"

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

static bool ends_cell(const CsvReader *reader, char c)
{
    return c == reader->delimiter || is_break(c);
}

/* Steps over one line break. */
static void skip_break(CsvReader *reader)
{
    bool two = str_starts_with(reader->rest, STR("\r\n"));
    reader->rest = str_from_offset(reader->rest, two ? 2 : 1);
    reader->line++;
}

/* Up to the delimiter or the end of the line. */
static Str plain_cell(CsvReader *reader)
{
    size_t len = 0;
    while (len < reader->rest.len && !ends_cell(reader, reader->rest.data[len])) {
        len++;
    }
    Str cell = str_slice(reader->rest, 0, len);
    reader->rest = str_from_offset(reader->rest, len);
    return cell;
}

/* Adds what stands up to the next quote; a line break becomes \n. */
static void add_quoted_run(CsvReader *reader, StrBuf *out)
{
    while (reader->rest.len > 0 && reader->rest.data[0] != '"') {
        if (is_break(reader->rest.data[0])) {
            skip_break(reader);
            strbuf_add_char(out, '\n');
        } else {
            strbuf_add_char(out, reader->rest.data[0]);
            reader->rest = str_from_offset(reader->rest, 1);
        }
    }
}

/* The rest stands behind the opening quote. A quote that is never closed ends with the text. */
static Str quoted_cell(CsvReader *reader)
{
    StrBuf text = strbuf_init(reader->arena, reader->rest.len + 1);
    add_quoted_run(reader, &text);
    while (str_starts_with(reader->rest, STR("\"\""))) {
        strbuf_add_char(&text, '"');
        reader->rest = str_from_offset(reader->rest, 2);
        add_quoted_run(reader, &text);
    }
    if (reader->rest.len > 0) {
        reader->rest = str_from_offset(reader->rest, 1);
        strbuf_add(&text, plain_cell(reader));
    }
    return strbuf_str(&text);
}

static Str next_cell(CsvReader *reader)
{
    if (!str_starts_with(reader->rest, STR("\""))) {
        return plain_cell(reader);
    }
    reader->rest = str_from_offset(reader->rest, 1);
    return quoted_cell(reader);
}

bool csv_next_row(CsvReader *reader, CsvRow *out)
{
    if (reader->rest.len == 0) {
        return false;
    }
    *out = (CsvRow){.line = reader->line};
    bool more = !is_break(reader->rest.data[0]);
    while (more) {
        VEC_PUSH(reader->arena, &out->cells, next_cell(reader));
        more = reader->rest.len > 0 && reader->rest.data[0] == reader->delimiter;
        if (more) {
            reader->rest = str_from_offset(reader->rest, 1);
        }
    }
    if (reader->rest.len > 0) {
        skip_break(reader);
    }
    return true;
}

void csv_rows_parse(Arena *arena, Str text, char delimiter, CsvRowVec *out)
{
    CsvReader reader = csv_reader(arena, text, delimiter);
    CsvRow row;
    while (csv_next_row(&reader, &row)) {
        VEC_PUSH(arena, out, row);
    }
}
