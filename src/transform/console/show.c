#include "transform/console/show.h"

#include <math.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "base/unicode.h"
#include "value/json_writer.h"

enum {
    SHOWN_COLUMNS = 6,     /* the others become one of "..." */
    SHOWN_CHARACTERS = 20, /* of a cell */
    SHOWN_PLACES = 3,      /* of a number */
};

/* A column with all its cells, as the database writes them; data NULL stands for NULL. */
typedef struct ShownColumn {
    Str name;
    ColumnKind kind;
    bool is_real;  /* numbers that may have places */
    bool is_left;  /* aligned as text */
    size_t places; /* the most that a value has */
    StrVec cells;
} ShownColumn;
typedef VEC(ShownColumn) ShownColumnVec;

/* ---- Reading ---- */

static bool is_text(ColumnKind kind)
{
    switch (kind) {
    case COLUMN_TEXT:
    case COLUMN_JSON:
    case COLUMN_BYTES:
    case COLUMN_TIME:
    case COLUMN_INTERVAL:
    case COLUMN_LIST:
    case COLUMN_STRUCT:
    case COLUMN_MAP:
        return true;
    case COLUMN_NULL:
    case COLUMN_BOOL:
    case COLUMN_INT:
    case COLUMN_HUGE_INT:
    case COLUMN_FLOAT:
    case COLUMN_DOUBLE:
    case COLUMN_DECIMAL:
    case COLUMN_DATE:
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_NS:
    case COLUMN_TIMESTAMP_TZ:
        break;
    }
    return false;
}

static bool is_time(ColumnKind kind)
{
    return kind == COLUMN_TIMESTAMP || kind == COLUMN_TIMESTAMP_NS || kind == COLUMN_TIMESTAMP_TZ;
}

static size_t places_of(Str number)
{
    size_t dot = str_find_char(number, '.');
    if (str_find(number, STR("e-"), 0) != SIZE_MAX) {
        return SHOWN_PLACES + 1;
    }
    if (dot == SIZE_MAX) {
        return 0;
    }
    size_t end = number.len;
    while (end > dot + 1 && number.data[end - 1] == '0') {
        end--;
    }
    return end - dot - 1;
}

/* Fractions of seconds have six digits, zones a minute, as in Python. */
static Str time_text(Arena *arena, Str text)
{
    size_t dot = str_find_char(text, '.'), end = text.len;
    size_t zone = str_find_last(text, STR("+"));
    Str suffix = {0};
    if (zone != SIZE_MAX) {
        suffix = str_from_offset(text, zone);
        end = zone;
    }
    StrBuf out = strbuf_init(arena, LIMIT_ERROR_BYTES);
    strbuf_add(&out, str_slice(text, 0, end));
    if (dot != SIZE_MAX && end - dot - 1 < 6) {
        strbuf_add_repeat(&out, '0', 6 - (end - dot - 1));
    }
    strbuf_add(&out, suffix);
    strbuf_add_c(&out, suffix.len == 3 ? ":00" : "");
    return strbuf_str(&out);
}

static Str cell_text(Arena *arena, const Column *column, size_t row)
{
    Str text = column_text(column, row, arena);
    if (column->type.kind == COLUMN_BOOL) {
        return str_is(text, "true") ? STR("True") : STR("False");
    }
    return is_time(column->type.kind) ? time_text(arena, text) : text;
}

static void add_columns(const Result *result, Arena *arena, ShownColumnVec *out)
{
    StrMap seen = strmap_init(arena);
    for (size_t i = 0; i < result_column_count(result); i++) {
        const Column *column = result_column(result, i);
        Str name = str_dup(arena, column->name);
        for (int copy = 2; strmap_has(&seen, name); copy++) {
            name = str_printf(arena, STR_FMT "_%d", STR_ARG(column->name), copy);
        }
        strmap_set(&seen, name, NULL);
        ColumnKind kind = column->type.kind;
        bool is_real = kind == COLUMN_FLOAT || kind == COLUMN_DOUBLE ||
                       (kind == COLUMN_DECIMAL && column->type.scale > 0);
        VEC_PUSH(arena, out, (ShownColumn){.name = name, .kind = kind, .is_real = is_real});
    }
}

static void add_cell(Arena *arena, ShownColumn *out, const Column *column, size_t row)
{
    if (column_is_null(column, row)) {
        VEC_PUSH(arena, &out->cells, (Str){0});
        return;
    }
    Str text = cell_text(arena, column, row);
    if (out->is_real) {
        size_t places = places_of(text);
        out->places = places > out->places ? places : out->places;
    }
    out->is_left = is_text(out->kind);
    VEC_PUSH(arena, &out->cells, text);
}

static Error *read_rows(Result *result, Arena *arena, ShownColumnVec *out)
{
    size_t rows = 0;
    add_columns(result, arena, out);
    for (const Chunk *chunk = NULL;;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL) {
            return NULL;
        }
        rows += chunk->row_count;
        if (rows > LIMIT_SHOW_ROWS) {
            return error_hint(
                error_new(ERR_LIMIT, "more than %d rows cannot be shown", (int)LIMIT_SHOW_ROWS),
                "ask for fewer with --limit");
        }
        for (size_t row = 0; row < chunk->row_count; row++) {
            for (size_t i = 0; i < out->len; i++) {
                add_cell(arena, &out->data[i], &chunk->columns[i], row);
            }
        }
    }
}

/* ---- As a table ---- */

static size_t characters(Str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.data[i] & 0xC0U) != 0x80U;
    }
    return count;
}

/* The text, cut when it is too long to be shown. */
static Str shortened(Arena *arena, Str text)
{
    if (characters(text) <= SHOWN_CHARACTERS) {
        return text;
    }
    size_t end = 0;
    for (size_t count = 0; end < text.len; end++) {
        bool begins = ((unsigned char)text.data[end] & 0xC0U) != 0x80U;
        if (begins && count++ == SHOWN_CHARACTERS - 3) {
            break;
        }
    }
    return str_printf(arena, STR_FMT "...", STR_ARG(str_slice(text, 0, end)));
}

/* 1234567.891 as "1,234,567.891", with the places of its column; what is beyond them shows as an
 * ellipsis. */
static Str real_text(Arena *arena, Str text, size_t places)
{
    double value = 0;
    if (!number_parse_double(text, &value) || !isfinite(value)) {
        return str_is(text, "nan") ? STR("NaN") : text;
    }
    int shown = (int)(places < SHOWN_PLACES ? places : SHOWN_PLACES);
    Str plain = str_printf(arena, "%.*f", shown, value);
    size_t dot = str_find_char(plain, '.');
    size_t whole = dot != SIZE_MAX ? dot : plain.len;
    StrBuf out = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (size_t i = 0; i < plain.len; i++) {
        bool after_digit = i > 0 && plain.data[i - 1] != '-';
        if (i < whole && after_digit && (whole - i) % 3 == 0) {
            strbuf_add_char(&out, ',');
        }
        strbuf_add_char(&out, plain.data[i]);
    }
    strbuf_add_c(&out, places > SHOWN_PLACES ? "\xE2\x80\xA6" : "");
    return strbuf_str(&out);
}

/* The cells as they are shown, the name first. */
static StrVec shown_cells(Arena *arena, const ShownColumn *column)
{
    StrVec shown = {0};
    VEC_PUSH(arena, &shown, shortened(arena, column->name));
    for (VEC_EACH(const Str, cell, &column->cells)) {
        Str text = cell->data == NULL ? STR("")
                   : column->is_real  ? real_text(arena, *cell, column->places)
                                      : *cell;
        VEC_PUSH(arena, &shown, shortened(arena, text));
    }
    return shown;
}

/* A column of the table: cells, and whether they are aligned to the left. */
typedef struct TableColumn {
    StrVec cells;
    size_t width;
    bool is_left;
} TableColumn;
typedef VEC(TableColumn) TableColumnVec;

static void add_table_column(Arena *arena, TableColumnVec *out, StrVec cells, bool is_left)
{
    TableColumn column = {.cells = cells, .is_left = is_left};
    for (VEC_EACH(const Str, cell, &cells)) {
        size_t width = characters(*cell);
        column.width = width > column.width ? width : column.width;
    }
    VEC_PUSH(arena, out, column);
}

static void print_row(const TableColumnVec *columns, size_t row, StrBuf *out)
{
    for (VEC_EACH(const TableColumn, column, columns)) {
        Str cell = column->cells.data[row];
        size_t pad = column->width - characters(cell);
        strbuf_add_c(out, "| ");
        strbuf_add_repeat(out, ' ', column->is_left ? 0 : pad);
        strbuf_add(out, cell);
        strbuf_add_repeat(out, ' ', column->is_left ? pad + 1 : 1);
    }
    strbuf_add_c(out, "|\n");
}

/* At most that many rows and columns. */
static Str table_text(Arena *arena, const ShownColumnVec *columns, size_t most_rows,
                      size_t most_columns)
{
    TableColumnVec shown = {0};
    size_t rows = columns->len > 0 ? columns->data[0].cells.len + 1 : 0;
    bool cut = rows > most_rows + 1;
    rows = cut ? most_rows + 2 : rows;
    for (size_t i = 0; i < columns->len && i < most_columns; i++) {
        const ShownColumn *column = &columns->data[i];
        StrVec cells = shown_cells(arena, column);
        if (cut) {
            cells.len = rows;
            cells.data[rows - 1] = STR("...");
        }
        add_table_column(arena, &shown, cells, column->is_left);
    }
    if (columns->len > most_columns) {
        StrVec dots = {0};
        for (size_t i = 0; i < rows; i++) {
            VEC_PUSH(arena, &dots, STR("..."));
        }
        add_table_column(arena, &shown, dots, true);
    }
    StrBuf out = strbuf_init(arena, LIMIT_JSON_BYTES);
    for (size_t row = 0; row < rows; row++) {
        print_row(&shown, row, &out);
        for (size_t i = 0; row == 0 && i < shown.len; i++) {
            strbuf_add_c(&out, "| ");
            strbuf_add_repeat(&out, '-', shown.data[i].width);
            strbuf_add_c(&out, i + 1 < shown.len ? " " : " |\n");
        }
    }
    return strbuf_str(&out);
}

/* ---- As JSON ---- */

static Value cell_value(Arena *arena, const ShownColumn *column, Str cell)
{
    int64_t integer = 0;
    double real = 0;
    if (cell.data == NULL) {
        return value_null();
    }
    if (column->kind == COLUMN_BOOL) {
        return value_bool(str_is(cell, "True"));
    }
    if (column->is_real && number_parse_double(cell, &real)) {
        return value_float(real);
    }
    bool whole = column->kind == COLUMN_INT || column->kind == COLUMN_DECIMAL;
    if (whole && number_parse_int64(cell, &integer)) {
        return value_int(integer);
    }
    if (whole || column->kind == COLUMN_HUGE_INT) {
        return value_text(VALUE_BIG_INT, cell);
    }
    return value_string(is_time(column->kind) ? str_replace(arena, cell, STR(" "), STR("T"))
                                              : cell);
}

static Str json_rows(Arena *arena, const ShownColumnVec *columns, Str node)
{
    ValueVec rows = {0};
    for (size_t row = 0; columns->len > 0 && row < columns->data[0].cells.len; row++) {
        ValueMapBuilder cells = value_map_begin(arena);
        for (VEC_EACH(const ShownColumn, column, columns)) {
            value_map_set(&cells, column->name, cell_value(arena, column, column->cells.data[row]));
        }
        VEC_PUSH(arena, &rows, value_map_end(&cells));
    }
    ValueMapBuilder map = value_map_begin(arena);
    if (node.len > 0) {
        value_map_set(&map, STR("node"), value_string(node));
    }
    value_map_set(&map, STR("show"), value_list_of(&rows));
    Value document = value_map_end(&map);
    return json_text(arena, &document, &json_style_pretty);
}

Error *show_result(Result *result, Arena *arena, Str node, bool json, Str *out_text)
{
    ShownColumnVec columns = {0};
    TRY(read_rows(result, arena, &columns));
    *out_text = json ? json_rows(arena, &columns, node)
                     : table_text(arena, &columns, SIZE_MAX - 2, SHOWN_COLUMNS);
    return NULL;
}

Error *show_sample(Result *result, Arena *arena, size_t limit, Str *out_text)
{
    ShownColumnVec columns = {0};
    TRY(read_rows(result, arena, &columns));
    *out_text = table_text(arena, &columns, limit, SIZE_MAX);
    return NULL;
}

/* ---- Around it ---- */

bool show_wants(const TransformOptions *options, const Node *node)
{
    const StrVec *words = &options->selection.select;
    return words->len > 0 && str_contains(words->data[0], node->name);
}

Error *show_failure(Str message)
{
    AUTO_FREE(arena) Arena *arena = arena_new("failure");
    StrBuf text = strbuf_init(arena, (size_t)LIMIT_ERROR_BYTES * 4);
    strbuf_add_c(&text, "Runtime Error");
    Str line;
    while (str_next_line(&message, &line)) {
        strbuf_printf(&text, "\n  " STR_FMT, STR_ARG(line));
    }
    return error_as(error_new(ERR_TEMPLATE, STR_FMT, STR_ARG(strbuf_str(&text))), "dbt");
}
