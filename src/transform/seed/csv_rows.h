/* transform/seed/csv_rows.h - a seed's text as rows of cells, read as Python's csv module does: a
 * cell may be quoted, a doubled quote in it stands for one, and what follows the closing quote
 * belongs to the cell. Pure functions of bytes. */
#ifndef TRANSFORM_SEED_CSV_ROWS_H
#define TRANSFORM_SEED_CSV_ROWS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

typedef struct CsvRow {
    StrVec cells; /* none for an empty line */
    size_t line;  /* where it begins, from 1 */
} CsvRow;
typedef VEC(CsvRow) CsvRowVec;

/* Where reading stands. The arena may be reset between two rows. */
typedef struct CsvReader {
    Arena *arena; /* of cells that are no slices, and of lists of cells */
    Str rest;
    char delimiter;
    size_t line;
} CsvReader;

/* Cells are slices of `text` wherever that is possible, so it must live as long as they. Line
 * breaks may be \n, \r\n or \r. */
static inline CsvReader csv_reader(Arena *arena, Str text, char delimiter)
{
    return (CsvReader){.arena = arena, .rest = text, .delimiter = delimiter, .line = 1};
}

/* False behind the last row. */
bool csv_next_row(CsvReader *reader, CsvRow *out);
/* All rows at once. */
void csv_rows_parse(Arena *arena, Str text, char delimiter, CsvRowVec *out);

#endif
