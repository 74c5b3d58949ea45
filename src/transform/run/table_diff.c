#include "transform/run/table_diff.h"

#include <math.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "transform/run/table_align.h"

enum {
    CONTEXT = 1,       /* rows and columns shown around changed ones */
    WIDEST_TEXT = 130, /* characters of a line whose columns are aligned */
};

#define ARROW "\xe2\x86\x92" /* U+2192 */
#define BLANK "\xe2\x90\xa3" /* U+2423, a blank that can be seen */

/* ---- Sorting ---- */

typedef struct SortedRow {
    TextRow cells;
    const TextTable *table;
    size_t position;
} SortedRow;

static bool is_whole(Str number)
{
    return str_find_char(number, '.') == SIZE_MAX && str_find_char(number, 'E') == SIZE_MAX;
}

static int compare_numbers(Str a, Str b)
{
    double left = 0, right = 0;
    if (!number_parse_double(a, &left) || !number_parse_double(b, &right)) {
        return str_compare(a, b);
    }
    if (left != right || !is_whole(a) || !is_whole(b)) {
        return (left > right) - (left < right);
    }
    int sign = left < 0 ? -1 : 1; /* too long for a double to tell */
    return a.len != b.len ? (a.len > b.len ? sign : -sign) : sign * str_compare(a, b);
}

/* Null comes last. */
static int compare_cells(Str a, Str b, bool numbers)
{
    if (a.data == NULL || b.data == NULL) {
        return (a.data == NULL) - (b.data == NULL);
    }
    return numbers ? compare_numbers(a, b) : str_compare(a, b);
}

static int compare_rows(const void *a, const void *b)
{
    const SortedRow *left = a, *right = b;
    const TextTable *table = left->table;
    for (size_t i = 0; i < table->width; i++) {
        int order = compare_cells(left->cells[i].text, right->cells[i].text, table->numbers[i]);
        if (order != 0) {
            return order;
        }
    }
    return left->position < right->position ? -1 : 1;
}

static TextTable sorted_table(Arena *arena, const TextTable *table)
{
    TextTable sorted = *table;
    SortedRow *rows = ARENA_ARRAY(arena, SortedRow, table->rows.len + 1);
    for (size_t i = 0; i < table->rows.len; i++) {
        rows[i] = (SortedRow){.cells = table->rows.data[i], .table = table, .position = i};
    }
    qsort(rows, table->rows.len, sizeof(*rows), compare_rows);
    sorted.rows = (TextRowVec){0};
    for (size_t i = 0; i < table->rows.len; i++) {
        VEC_PUSH(arena, &sorted.rows, rows[i].cells);
    }
    return sorted;
}

/* ---- What is shown ---- */

/* Of a line of rows or columns: which change, which are shown around those, and where something is
 * left out. */
typedef enum Shown { SHOWN_NOT, SHOWN_CHANGED, SHOWN_AROUND, SHOWN_GAP } Shown;

static void mark_around(Shown *shown, size_t count, bool backwards)
{
    size_t since = CONTEXT + 2; /* the last changed one */
    for (size_t n = 0; n < count; n++) {
        size_t i = backwards ? count - 1 - n : n;
        if (shown[i] == SHOWN_CHANGED) {
            since = 0;
            continue;
        }
        since++;
        if (shown[i] != SHOWN_AROUND && since <= CONTEXT) {
            shown[i] = SHOWN_AROUND;
        } else if (shown[i] != SHOWN_AROUND && since == CONTEXT + 1) {
            shown[i] = SHOWN_GAP;
        }
    }
}

static void spread(Shown *shown, size_t count)
{
    mark_around(shown, count, false);
    mark_around(shown, count, true);
    bool in_gap = false; /* which is shown once */
    for (size_t i = 0; i < count; i++) {
        if (shown[i] == SHOWN_GAP && in_gap) {
            shown[i] = SHOWN_NOT;
        }
        in_gap = shown[i] == SHOWN_GAP || (in_gap && shown[i] == SHOWN_NOT);
    }
}

typedef struct Diff {
    Arena *arena;
    const TextTable *before, *after;
    TableAlignment alignment;
    Shown *rows; /* by position in the alignment */
    Shown *columns;
} Diff;

static const TextCell *cells_of(const TextTable *table, int64_t row)
{
    if (row == 0) {
        return table->names;
    }
    return row > 0 && table->rows.data != NULL ? table->rows.data[row - 1] : NULL;
}

/* The text None is how null is written where cells are compared. */
static bool is_null(Str cell)
{
    return cell.data == NULL || str_is(cell, "None");
}

static bool same_cell(Str a, Str b)
{
    return is_null(a) || is_null(b) ? is_null(a) && is_null(b) : str_eq(a, b);
}

/* Marks the columns in which the row changed: all of a new row, none of one that is gone. */
static bool mark_changes(Diff *diff, const RowPair *pair)
{
    TextRow before = cells_of(diff->before, pair->before);
    TextRow after = cells_of(diff->after, pair->after);
    bool changed = after == NULL;
    for (size_t i = 0; i < diff->before->width && after != NULL; i++) {
        if (before == NULL || !same_cell(before[i].text, after[i].text)) {
            diff->columns[i] = SHOWN_CHANGED;
            changed = true;
        }
    }
    return changed;
}

static bool find_changes(Diff *diff)
{
    bool any = false;
    const RowPairVec *pairs = &diff->alignment.rows;
    for (size_t i = 1; i < pairs->len; i++) {
        if (mark_changes(diff, &pairs->data[i])) {
            diff->rows[i] = SHOWN_CHANGED;
            any = true;
        }
    }
    for (size_t i = 0; i < diff->before->width; i++) {
        if (diff->alignment.keys[i]) {
            diff->columns[i] = SHOWN_CHANGED;
        }
    }
    spread(diff->rows, pairs->len);
    spread(diff->columns, diff->before->width);
    return any;
}

/* ---- Cells ---- */

static bool is_blank_at(Str text, size_t at)
{
    return at < text.len && text.data[at] == ' ';
}

/* The text with the blanks marked that the other does not have, when they differ in nothing else.
 */
static Str mark_blanks(Arena *arena, Str text, Str other)
{
    StrBuf out = strbuf_init(arena, LIMIT_SQL_BYTES);
    size_t i = 0, j = 0;
    while (i < text.len || j < other.len) {
        if (i < text.len && j < other.len && text.data[i] == other.data[j]) {
            strbuf_add_char(&out, text.data[i++]);
            j++;
        } else if (is_blank_at(text, i)) {
            strbuf_add_c(&out, BLANK);
            i++;
        } else if (is_blank_at(other, j)) {
            j++;
        } else {
            return text;
        }
    }
    return strbuf_str(&out);
}

/* A text that is told from null: NULL is null, _NULL is the text NULL, and so on. */
static Str changed_text(Arena *arena, Str cell)
{
    size_t underscores = 0;
    while (underscores < cell.len && cell.data[underscores] == '_') {
        underscores++;
    }
    bool looks_null = str_is(str_from_offset(cell, underscores), "NULL");
    return is_null(cell) ? STR("NULL")
           : looks_null  ? str_printf(arena, "_" STR_FMT, STR_ARG(cell))
                         : cell;
}

static Str quoted(Arena *arena, Str text)
{
    StrBuf out = strbuf_init(arena, LIMIT_SQL_BYTES);
    strbuf_add_char(&out, '"');
    for (size_t i = 0; i < text.len; i++) {
        strbuf_add_char(&out, text.data[i]);
        if (text.data[i] == '"') {
            strbuf_add_char(&out, '"');
        }
    }
    strbuf_add_char(&out, '"');
    return strbuf_str(&out);
}

static bool has_special(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\",\r\n\t", text.data[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A text of the result, and how many characters it counts for where columns are aligned. */
typedef struct ShownCell {
    Str text;
    size_t length;
} ShownCell;
typedef VEC(ShownCell) ShownCellVec;

/* A cell of a row that both tables have; here blanks at the ends are seen by the quotes. */
static ShownCell plain_cell(Arena *arena, Str cell)
{
    bool blanks = cell.len > 0 && (cell.data[0] == ' ' || cell.data[cell.len - 1] == ' ');
    Str text = cell.data == NULL             ? STR("NULL")
               : blanks || has_special(cell) ? quoted(arena, cell)
                                             : cell;
    return (ShownCell){.text = text, .length = utf8_count(text)};
}

/* A cell that stands for a change counts as if it were a plain one. */
static ShownCell marked_cell(Arena *arena, const TextCell *cell)
{
    ShownCell shown = plain_cell(arena, cell->text);
    Str marked = cell->text.data == NULL ? STR("null") : cell->marked;
    shown.text = has_special(marked) ? quoted(arena, marked) : marked;
    return shown;
}

static ShownCell changed_cell(Arena *arena, Str before, Str after)
{
    Str old = changed_text(arena, before), new = changed_text(arena, after);
    old = mark_blanks(arena, old, new);
    new = mark_blanks(arena, new, old);
    Str both = str_printf(arena, STR_FMT ARROW STR_FMT, STR_ARG(old), STR_ARG(new));
    return marked_cell(arena, &(TextCell){.text = both, .marked = both});
}

static ShownCell pair_cell(Arena *arena, TextRow before, TextRow after, size_t column)
{
    if (before == NULL || after == NULL) {
        return marked_cell(arena, before != NULL ? &before[column] : &after[column]);
    }
    return same_cell(before[column].text, after[column].text)
               ? plain_cell(arena, before[column].text)
               : changed_cell(arena, before[column].text, after[column].text);
}

/* ---- Lines ---- */

/* The cells of all lines, `width` each. */
typedef struct Grid {
    ShownCellVec cells;
    size_t width;
} Grid;

static Str row_mark(const Diff *diff, size_t position)
{
    const RowPair *pair = &diff->alignment.rows.data[position];
    return position == 0                           ? STR("@@")
           : diff->rows[position] == SHOWN_GAP     ? STR("...")
           : pair->before == ROW_NONE              ? STR("+++")
           : pair->after == ROW_NONE               ? STR("---")
           : diff->rows[position] == SHOWN_CHANGED ? STR(ARROW)
                                                   : STR("");
}

static void add_line(const Diff *diff, size_t position, Grid *grid)
{
    const RowPair *pair = &diff->alignment.rows.data[position];
    TextRow before = cells_of(diff->before, pair->before);
    TextRow after = cells_of(diff->after, pair->after);
    bool gap = position > 0 && diff->rows[position] == SHOWN_GAP;
    VEC_PUSH(diff->arena, &grid->cells, plain_cell(diff->arena, row_mark(diff, position)));
    for (size_t i = 0; i < diff->before->width; i++) {
        if (diff->columns[i] != SHOWN_NOT) {
            bool gap_here = gap || diff->columns[i] == SHOWN_GAP;
            VEC_PUSH(diff->arena, &grid->cells,
                     gap_here ? plain_cell(diff->arena, STR("..."))
                              : pair_cell(diff->arena, before, after, i));
        }
    }
}

static Grid make_grid(const Diff *diff)
{
    Grid grid = {.width = 1};
    for (size_t i = 0; i < diff->before->width; i++) {
        grid.width += diff->columns[i] != SHOWN_NOT;
    }
    for (size_t i = 0; i < diff->alignment.rows.len; i++) {
        if (i == 0 || diff->rows[i] != SHOWN_NOT) {
            add_line(diff, i, &grid);
        }
    }
    return grid;
}

static size_t length_at(const Grid *grid, size_t row, size_t column)
{
    return grid->cells.data != NULL ? grid->cells.data[row * grid->width + column].length : 0;
}

static size_t grid_height(const Grid *grid)
{
    return grid->width > 0 ? grid->cells.len / grid->width : 0;
}

/* Characters a column is padded to: enough for nearly all of its texts, but not for a few that are
 * far longer than the others. */
static size_t column_size(const Grid *grid, size_t column)
{
    size_t height = grid_height(grid);
    double sum = 0, squares = 0;
    for (size_t row = 0; row < height; row++) {
        double length = (double)length_at(grid, row, column);
        sum += length;
        squares += length * length;
    }
    double mean = sum / (double)height;
    double spread_out = sqrt(fmax(squares / (double)height - mean * mean, 0));
    size_t usual = (size_t)(mean + 2 * spread_out + 0.5);
    size_t size = length_at(grid, 0, column);
    for (size_t row = 0; row < height; row++) {
        size_t length = length_at(grid, row, column);
        size = length <= usual && length > size ? length : size;
    }
    return size;
}

/* A text that is longer than its column takes the blanks of the next ones. */
static void add_text_line(const Grid *grid, size_t row, const size_t *sizes, StrBuf *out)
{
    size_t missing = 0;
    for (size_t i = 0; i < grid->width; i++) {
        const ShownCell *cell = &grid->cells.data[row * grid->width + i];
        bool last = i == grid->width - 1;
        strbuf_add(out, cell->text);
        if (!last && sizes != NULL) {
            size_t used = cell->length + missing;
            missing = used > sizes[i] ? used - sizes[i] : 0;
            strbuf_add_repeat(out, ' ', missing > 0 ? 0 : sizes[i] - used);
        }
        strbuf_add_c(out, last ? "\r\n" : ",");
    }
}

static Str grid_text(Arena *arena, const Grid *grid)
{
    size_t *sizes = ARENA_ARRAY(arena, size_t, grid->width);
    size_t total = grid->width - 1; /* commas */
    for (size_t i = 0; i < grid->width; i++) {
        sizes[i] = column_size(grid, i);
        total += sizes[i];
    }
    StrBuf out = strbuf_init(arena, LIMIT_RENDER_BYTES);
    for (size_t row = 0; row < grid_height(grid); row++) {
        add_text_line(grid, row, total <= WIDEST_TEXT ? sizes : NULL, &out);
    }
    return strbuf_str(&out);
}

bool table_diff(Arena *arena, const TextTable *before, const TextTable *after, Str *out_text)
{
    TextTable sorted_before = sorted_table(arena, before);
    TextTable sorted_after = sorted_table(arena, after);
    Diff diff = {.arena = arena,
                 .before = &sorted_before,
                 .after = &sorted_after,
                 .alignment = table_align(arena, &sorted_before, &sorted_after)};
    diff.rows = ARENA_ARRAY(arena, Shown, diff.alignment.rows.len);
    diff.columns = ARENA_ARRAY(arena, Shown, before->width + 1);
    if (!find_changes(&diff)) {
        return false;
    }
    Grid grid = make_grid(&diff);
    *out_text = grid_text(arena, &grid);
    return true;
}
