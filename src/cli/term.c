#include "cli/term.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number.h"
#include "base/unicode.h"

static const char *const style_codes[] = {
    [STYLE_PLAIN] = "",        [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
    [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m", [STYLE_WARN] = "\033[33m",
};

static size_t terminal_width(int fd)
{
    const char *columns = getenv("COLUMNS");
    int64_t wanted = 0;
    if (columns != NULL && number_parse_int64(str_from(columns), &wanted) && wanted >= 20) {
        return (size_t)wanted;
    }
    struct winsize size = {0};
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
        return size.ws_col;
    }
    return 80;
}

static bool wants_color(bool is_terminal, ColorWish wish)
{
    const char *no_color = getenv("NO_COLOR"), *kind = getenv("TERM");
    if (wish != COLOR_AUTO) {
        return wish == COLOR_ALWAYS;
    }
    return is_terminal && (no_color == NULL || no_color[0] == '\0') &&
           (kind == NULL || !str_is(str_from(kind), "dumb"));
}

Term term_init(FILE *file, ColorWish wish)
{
    bool is_terminal = isatty(fileno(file)) == 1;
    return (Term){.file = file,
                  .is_terminal = is_terminal,
                  .color = wants_color(is_terminal, wish),
                  .width = is_terminal ? terminal_width(fileno(file)) : SIZE_MAX};
}

void term_print(const Term *term, Style style, Str text)
{
    bool colored = term->color && style != STYLE_PLAIN;
    fputs(colored ? style_codes[style] : "", term->file);
    fwrite(text.data, 1, text.len, term->file);
    fputs(colored ? "\033[0m" : "", term->file);
}

void term_printf(const Term *term, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(term->file, format, args);
    va_end(args);
}

void term_wrap(const Term *term, Str text, size_t indent, size_t column)
{
    size_t width = term->width < 100 ? term->width : 100;
    Str rest = text, word;
    bool first = true;
    while (str_next_piece(&rest, ' ', &word)) {
        size_t columns = utf8_display_width(word);
        if (!first && column + 1 + columns > width) {
            fprintf(term->file, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', term->file);
            column++;
        }
        fwrite(word.data, 1, word.len, term->file);
        column += columns;
        first = false;
    }
    fputc('\n', term->file);
}

Table table_init(Arena *arena, const char *const *headings, size_t columns, unsigned right_aligned)
{
    Table table = {.arena = arena, .right_aligned = right_aligned};
    for (size_t i = 0; i < columns; i++) {
        VEC_PUSH(arena, &table.headings, str_from(headings[i]));
    }
    table.empty = arena_mark(arena);
    return table;
}

void table_add(Table *table, Str cell)
{
    VEC_PUSH(table->arena, &table->cells, cell);
}

/* Tabs and line ends inside a cell would break the row apart. */
static void print_cell(const Term *term, Str cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.data[i];
        fputc(c == '\t' || c == '\n' || c == '\r' ? ' ' : c, term->file);
    }
}

static void print_separated(const StrVec *cells, size_t columns, const Term *term)
{
    for (size_t i = 0; i < cells->len; i++) {
        print_cell(term, cells->data[i]);
        fputc(i % columns + 1 == columns ? '\n' : '\t', term->file);
    }
}

void table_print_part(Table *table, const Term *term)
{
    if (!table->has_headings) {
        print_separated(&table->headings, table->headings.len, term);
        table->has_headings = true;
    }
    print_separated(&table->cells, table->headings.len, term);
    table->cells = (StrVec){0};
    arena_rewind(table->arena, table->empty);
}

/* One row; the last left-aligned column is not filled up. */
static void print_row(const Table *table, const Term *term, const Str *cells, const size_t *widths,
                      Style style)
{
    size_t columns = table->headings.len;
    for (size_t i = 0; i < columns; i++) {
        size_t used = utf8_display_width(cells[i]);
        int fill = (int)(widths[i] > used ? widths[i] - used : 0);
        bool right = (table->right_aligned >> i & 1U) != 0;
        fprintf(term->file, "%*s", right ? fill : 0, "");
        if (term->color && style != STYLE_PLAIN) {
            fputs(style_codes[style], term->file);
        }
        print_cell(term, cells[i]);
        if (term->color && style != STYLE_PLAIN) {
            fputs("\033[0m", term->file);
        }
        if (i + 1 < columns) {
            fprintf(term->file, "%*s", (right ? 0 : fill) + 2, "");
        }
    }
    fputc('\n', term->file);
}

void table_print(Table *table, const Term *term)
{
    if (!term->is_terminal) {
        table_print_part(table, term);
        return;
    }
    size_t columns = table->headings.len;
    CHECK(columns > 0);
    size_t *widths = ARENA_ARRAY(table->arena, size_t, columns);
    for (size_t i = 0; i < columns + table->cells.len; i++) {
        Str cell = i < columns ? table->headings.data[i] : table->cells.data[i - columns];
        size_t width = utf8_display_width(cell);
        widths[i % columns] = width > widths[i % columns] ? width : widths[i % columns];
    }
    print_row(table, term, table->headings.data, widths, STYLE_BOLD);
    for (size_t row = 0; row * columns < table->cells.len; row++) {
        print_row(table, term, table->cells.data + row * columns, widths, STYLE_PLAIN);
    }
}
