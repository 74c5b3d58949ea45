/* cli/term.h - an output that may be a terminal. On one: colour, aligned tables, lines cut to its
 * width and progress that rewrites itself. In a pipe or file: plain lines, tab-separated tables,
 * nothing cut. NO_COLOR and TERM=dumb are obeyed. */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/str.h"
#include "base/vec.h"

typedef enum Style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_BAD, STYLE_WARN } Style;

typedef struct Term {
    FILE *file;
    bool is_terminal;
    bool color;
    size_t width; /* columns; SIZE_MAX without a terminal */
} Term;

typedef enum ColorWish { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorWish;

Term term_init(FILE *file, ColorWish wish);
/* Prints in a style; the text itself must not hold escape codes. */
void term_print(const Term *term, Style style, Str text);
void term_printf(const Term *term, const char *format, ...) PRINTF_LIKE(2, 3);
/* Text with words wrapped at the width, every line indented by `indent` blanks but the first, which
 * begins at column `column`. */
void term_wrap(const Term *term, Str text, size_t indent, size_t column);

/* A table: fill it row by row, then print it. Cells are borrowed until then, most often from the
 * same arena. */
typedef struct Table {
    Arena *arena;
    StrVec headings;
    StrVec cells;           /* row after row */
    unsigned right_aligned; /* bit n: column n holds numbers */
    ArenaMark empty;        /* what table_print_part goes back to */
    bool has_headings;      /* they are printed already */
} Table;

Table table_init(Arena *arena, const char *const *headings, size_t columns, unsigned right_aligned);
void table_add(Table *table, Str cell);
/* A title line above the columns on a terminal; tab-separated with headings in a pipe. */
void table_print(Table *table, const Term *term);
/* Not on a terminal: prints the rows so far and forgets them, so that a long table needs no memory.
 */
void table_print_part(Table *table, const Term *term);

#endif
