/* source/filesystem/csv_rows.h - a CSV text as rows with types, as pandas' read_csv gives them to
 * dlt's `filesystem`: 10,000 rows at a time, and a type per column and chunk. Whole numbers become
 * floats where one is missing, words such as "NA" stand for nothing, and what is not all numbers or
 * all truth values stays text. */
#ifndef SOURCE_FILESYSTEM_CSV_ROWS_H
#define SOURCE_FILESYSTEM_CSV_ROWS_H

#include "source/stream.h"

typedef struct CsvRows {
    Arena *arena; /* of the names of the columns */
    Str shown;    /* what errors call the file */
    Str rest;     /* not read yet */
    size_t line;  /* where `rest` begins, from 1 */
    char delimiter;
    StrVec columns;
} CsvRows;

/* Reads the line of names. `text` must outlive the reader. */
MUST_CHECK Error *csv_rows_open(Arena *arena, Str text, Str shown, char delimiter, CsvRows *out);
/* The next chunk; without rows at the end. ERR_INPUT names the line that has too many fields or a
 * quote without its partner. The caller frees *out with json_rows_done(). */
MUST_CHECK Error *csv_rows_next(CsvRows *reader, JsonRows *out);

#endif
