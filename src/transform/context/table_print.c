#include "transform/context/table_print.h"

#include <math.h>

#include "base/number.h"
#include "base/unicode.h"
#include "jinja/ops.h"
#include "transform/context/convert.h"
#include "transform/python/modules.h"
#include "value/json_writer.h"

#define ELLIPSIS STR("...")
#define MORE_DIGITS STR("\xE2\x80\xA6") /* one character, behind a rounded number */

/* One column as it is printed. */
typedef struct PrintColumn {
    Str *cells; /* of the rows that are shown */
    size_t width;
    bool is_text; /* these stand left, all others right */
    bool is_fractional;
    int places; /* of its numbers; -1 where there are none */
    bool is_rounded;
} PrintColumn;

typedef struct Printing {
    JinjaState *s;
    Arena *arena;
    const TableParts *table;
    const TablePrint *options;
    size_t rows;    /* shown */
    size_t columns; /* shown */
} Printing;

static JValue cell_of(const TableParts *table, size_t row, size_t column)
{
    return table_row_cells(table->rows->items[row])->items[column];
}

/* ---- Numbers ---- */

/* How many decimal places a number needs. */
static int places_of(double number)
{
    NumberDigits digits;
    number_shortest_digits(fabs(number), &digits);
    int places = (int)digits.len - digits.point;
    return places > 0 ? places : 0;
}

/* "-1,234.50" */
static Str grouped(Arena *arena, double number, int places)
{
    enum { GROUP = 3 };
    Str plain = str_printf(arena, "%.*f", places, fabs(number));
    size_t dot = str_find_char(plain, '.');
    size_t whole = dot == SIZE_MAX ? plain.len : dot;
    StrBuf out = strbuf_init(arena, 2 * plain.len + 2);
    if (signbit(number) != 0) {
        strbuf_add_char(&out, '-');
    }
    for (size_t i = 0; i < plain.len; i++) {
        if (i > 0 && i < whole && (whole - i) % GROUP == 0) {
            strbuf_add_char(&out, ',');
        }
        strbuf_add_char(&out, plain.data[i]);
    }
    return strbuf_str(&out);
}

/* ---- Cells ---- */

/* A number that may have decimal places. */
static bool number_of(JValue cell, double *out)
{
    Str text;
    *out = cell.type == J_FLOAT ? cell.f : 0;
    if (!python_decimal_of(cell, &text)) {
        return cell.type == J_FLOAT;
    }
    (void)number_parse_double(text, out);
    return true;
}

static void look_at_column(const Printing *printing, size_t column, PrintColumn *out)
{
    *out = (PrintColumn){.places = 0};
    for (size_t row = 0; row < jlist_len(printing->table->rows); row++) {
        JValue cell = cell_of(printing->table, row, column);
        out->is_text = out->is_text || jis_str(cell);
        double number = 0;
        bool is_number = number_of(cell, &number);
        out->is_fractional = out->is_fractional || is_number;
        if (row < printing->rows && is_number && isfinite(number)) {
            int places = places_of(number);
            out->places = places > out->places ? places : out->places;
        }
    }
    if (out->places > printing->options->max_precision) {
        out->places = (int)printing->options->max_precision;
        out->is_rounded = true;
    }
}

/* At most `most` characters of it. */
static Str shortened(Arena *arena, Str text, int64_t most)
{
    size_t limit = most > (int64_t)ELLIPSIS.len ? (size_t)most : ELLIPSIS.len;
    if (utf8_count(text) <= limit) {
        return text;
    }
    Str kept = str_slice(text, 0, utf8_offset(text, limit - ELLIPSIS.len));
    return str_join(arena, (const Str[]){kept, ELLIPSIS}, 2, STR(""));
}

static Error *cell_text_of(const Printing *printing, const PrintColumn *column, JValue cell,
                           Str *out)
{
    *out = STR("");
    if (cell.type == J_NONE) {
        return NULL;
    }
    int64_t whole = 0;
    double number = 0;
    bool is_number = column->is_fractional && cell.type != J_BOOL;
    bool has_places = number_of(cell, &number);
    if (is_number && (has_places || jto_int64(cell, &whole))) {
        number = has_places ? number : (double)whole;
        Str digits = grouped(printing->arena, number, column->places);
        *out =
            str_join(printing->arena,
                     (const Str[]){digits, column->is_rounded ? MORE_DIGITS : STR("")}, 2, STR(""));
    } else {
        TRY(convert_to_text(printing->s, printing->arena, cell, out));
    }
    return NULL;
}

static Error *fill_column(const Printing *printing, size_t number, bool has_more, PrintColumn *out)
{
    int64_t most = printing->options->max_column_width;
    Str name;
    look_at_column(printing, number, out);
    out->cells = ARENA_ARRAY(printing->arena, Str, printing->rows + 2);
    TRY(convert_to_text(printing->s, printing->arena, printing->table->names->items[number],
                        &name));
    out->cells[0] = shortened(printing->arena, name, most);
    for (size_t row = 0; row < printing->rows; row++) {
        Str text;
        TRY(cell_text_of(printing, out, cell_of(printing->table, row, number), &text));
        out->cells[row + 1] = shortened(printing->arena, text, most);
    }
    out->cells[printing->rows + 1] = ELLIPSIS;
    for (size_t i = 0; i < printing->rows + 1 + has_more; i++) {
        size_t width = utf8_count(out->cells[i]);
        out->width = width > out->width ? width : out->width;
    }
    return NULL;
}

/* ---- Lines ---- */

static void add_line(const Printing *printing, const PrintColumn *columns, bool is_cut, size_t line,
                     StrBuf *out)
{
    for (size_t i = 0; i < printing->columns; i++) {
        const PrintColumn *column = &columns[i];
        Str text = column->cells[line];
        size_t blanks = column->width - utf8_count(text);
        strbuf_add_c(out, "| ");
        strbuf_add_repeat(out, ' ', column->is_text ? 0 : blanks);
        strbuf_add(out, text);
        strbuf_add_repeat(out, ' ', column->is_text ? blanks : 0);
        strbuf_add_char(out, ' ');
    }
    strbuf_add_c(out, is_cut ? "| ... |" : "|");
}

static void add_rule(const Printing *printing, const PrintColumn *columns, bool is_cut, StrBuf *out)
{
    strbuf_add_char(out, '\n');
    for (size_t i = 0; i < printing->columns; i++) {
        strbuf_add_c(out, "| ");
        strbuf_add_repeat(out, '-', columns[i].width);
        strbuf_add_char(out, ' ');
    }
    strbuf_add_c(out, is_cut ? "| --- |" : "|");
}

static size_t at_most(size_t count, int64_t most)
{
    return most < 0 ? 0 : count < (size_t)most ? count : (size_t)most;
}

Error *table_print_bars(JinjaState *s, const TableParts *table, const TablePrint *options,
                        StrBuf *out)
{
    size_t row_count = jlist_len(table->rows);
    Printing printing = {.s = s,
                         .arena = jinja_scratch(s),
                         .table = table,
                         .options = options,
                         .rows = at_most(row_count, options->max_rows),
                         .columns = at_most(table->names->len, options->max_columns)};
    bool is_cut = printing.columns < table->names->len;
    bool has_more = printing.rows < row_count;
    PrintColumn *columns = ARENA_ARRAY(printing.arena, PrintColumn, printing.columns + 1);
    for (size_t i = 0; i < printing.columns; i++) {
        TRY(fill_column(&printing, i, has_more, &columns[i]));
    }
    add_line(&printing, columns, is_cut, 0, out);
    add_rule(&printing, columns, is_cut, out);
    for (size_t line = 1; line < printing.rows + 1 + has_more; line++) {
        strbuf_add_char(out, '\n');
        add_line(&printing, columns, is_cut, line, out);
    }
    return NULL;
}

/* ---- CSV and JSON ---- */

static void add_csv_field(Str text, StrBuf *out)
{
    bool is_quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        is_quoted = is_quoted || strchr(",\"\r\n", text.data[i]) != NULL;
    }
    if (!is_quoted) {
        strbuf_add(out, text);
        return;
    }
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        strbuf_add_c(out, text.data[i] == '"' ? "\"" : "");
        strbuf_add_char(out, text.data[i]);
    }
    strbuf_add_char(out, '"');
}

/* A moment as ISO 8601 writes it. False for other values. */
static bool moment_text(Arena *arena, JValue cell, Str *out)
{
    const PythonTime *time = python_time_of(cell);
    if (time == NULL || time->kind != PYTHON_DATETIME) {
        return false;
    }
    char *text = arena_alloc_raw(arena, DATETIME_TEXT_BYTES);
    *out = (Str){text, datetime_format(&time->at, 'T', text)};
    return true;
}

static Error *plain_text(JinjaState *s, JValue cell, Str *out)
{
    *out = STR("");
    return cell.type == J_NONE || moment_text(jinja_scratch(s), cell, out)
               ? NULL
               : convert_to_text(s, jinja_scratch(s), cell, out);
}

static Error *add_csv_line(JinjaState *s, const JTuple *cells, StrBuf *out)
{
    for (size_t i = 0; i < cells->len; i++) {
        Str text;
        strbuf_add_c(out, i > 0 ? "," : "");
        TRY(plain_text(s, cells->items[i], &text));
        add_csv_field(text, out);
    }
    return NULL;
}

Error *table_print_csv(JinjaState *s, const TableParts *table, StrBuf *out)
{
    TRY(add_csv_line(s, table->names, out));
    for (size_t row = 0; row < jlist_len(table->rows); row++) {
        strbuf_add_char(out, '\n');
        TRY(add_csv_line(s, table_row_cells(table->rows->items[row]), out));
    }
    return NULL;
}

static Error *add_json_value(JinjaState *s, JValue cell, StrBuf *out)
{
    Str moment;
    Value value;
    if (moment_text(jinja_scratch(s), cell, &moment)) {
        value = value_string(moment);
    } else {
        TRY(convert_from_jinja(s, jinja_scratch(s), cell, &value));
    }
    json_write(out, &value, &json_style_python);
    return NULL;
}

Error *table_print_json(JinjaState *s, const TableParts *table, StrBuf *out)
{
    strbuf_add_char(out, '[');
    for (size_t row = 0; row < jlist_len(table->rows); row++) {
        const JTuple *cells = table_row_cells(table->rows->items[row]);
        strbuf_add_c(out, row > 0 ? ", {" : "{");
        for (size_t i = 0; i < cells->len; i++) {
            strbuf_add_c(out, i > 0 ? ", " : "");
            TRY(add_json_value(s, table->names->items[i], out));
            strbuf_add_c(out, ": ");
            TRY(add_json_value(s, cells->items[i], out));
        }
        strbuf_add_char(out, '}');
    }
    strbuf_add_char(out, ']');
    return NULL;
}
