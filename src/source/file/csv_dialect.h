/* source/file/csv_dialect.h - how a CSV file is written: delimiter, quoting, header. Found out from
 * the file's beginning by reading it with every candidate; what the user says is not questioned.
 * Pure functions of bytes. */
#ifndef SOURCE_FILE_CSV_DIALECT_H
#define SOURCE_FILE_CSV_DIALECT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

typedef enum CsvHeader { CSV_HEADER_UNKNOWN, CSV_HEADER_NO, CSV_HEADER_YES } CsvHeader;

typedef struct CsvDialect {
    char delimiter; /* 0 = to be found out */
    char quote;
    CsvHeader header;
    StrVec names;   /* of the header, as they stand there */
    size_t columns; /* fields of a line; 0 = there is no line */
    bool has_rows;  /* something beyond the header */
} CsvDialect;

/* Completes *dialect from `text`, UTF-8 without byte order mark. `is_whole`: nothing follows it,
 * otherwise its last line is not judged. ERR_INPUT "line 3: expected 3 columns, found 2: '5,e'",
 * with the line number in *out_line, for lines that do not agree. Names live in `arena`. */
MUST_CHECK Error *csv_dialect_find(Arena *arena, Str text, bool is_whole, CsvDialect *dialect,
                                   size_t *out_line);

#endif
