/* transform/context/table_print.h - tables of results as text, as agate writes them: print_table(),
 * print_csv(), print_json(). */
#ifndef TRANSFORM_CONTEXT_TABLE_PRINT_H
#define TRANSFORM_CONTEXT_TABLE_PRINT_H

#include "transform/context/table_methods.h"

typedef struct TablePrint {
    int64_t max_rows;
    int64_t max_columns;
    int64_t max_column_width;
    int64_t max_precision; /* decimal places */
} TablePrint;

/* Lines of cells between bars, without a line break at the end. */
MUST_CHECK Error *table_print_bars(JinjaState *s, const TableParts *table,
                                   const TablePrint *options, StrBuf *out);
/* A line of names and a line per row. */
MUST_CHECK Error *table_print_csv(JinjaState *s, const TableParts *table, StrBuf *out);
/* A list of objects. */
MUST_CHECK Error *table_print_json(JinjaState *s, const TableParts *table, StrBuf *out);

#endif
