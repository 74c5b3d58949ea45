/* transform/run/table_diff.h - how two tables with the same columns differ, row by row, as the text
 * that a failed unit test shows. Rows that changed stand with old and new values, rows of one table
 * alone are marked +++ and ---, and of the equal ones only those next to them are shown. The order
 * of rows does not count. Pure functions of texts. */
#ifndef TRANSFORM_RUN_TABLE_DIFF_H
#define TRANSFORM_RUN_TABLE_DIFF_H

#include <stdbool.h>

#include "base/str.h"
#include "base/vec.h"

/* A value: its text, and how it is written where it stands for a new or a missing one. */
typedef struct TextCell {
    Str text; /* data NULL stands for null */
    Str marked;
} TextCell;

/* The cells of a row, as many as there are columns. */
typedef const TextCell *TextRow;
typedef VEC(TextRow) TextRowVec;

typedef struct TextTable {
    const TextCell *names;
    const bool *numbers; /* by column: rows are sorted by what the texts are as numbers */
    size_t width;
    TextRowVec rows;
} TextTable;

/* False when both have the same rows, as often; else *out_text shows from `before` to `after`, in
 * lines that end with \r\n. Both tables must have the same names. */
bool table_diff(Arena *arena, const TextTable *before, const TextTable *after, Str *out_text);

#endif
