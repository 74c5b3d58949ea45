/* warehouse/row_source.h - rows that lie outside of the database and stand in a statement as a
 * table: `insert into t select * from dango_rows('orders')`. The database's threads read its parts
 * at once, only the columns that the statement needs, and without an intermediate copy of rows. */
#ifndef WAREHOUSE_ROW_SOURCE_H
#define WAREHOUSE_ROW_SOURCE_H

#include "warehouse/sql_builder.h"
#include "warehouse/warehouse.h"

/* Up to `most` rows of a part from row `first` on, a multiple of `most`, which is one of 64. */
typedef struct RowsWanted {
    size_t part;
    uint64_t first;
    size_t most;
    const size_t *columns; /* numbers; beyond the source's columns: only the row as such */
    size_t column_count;
} RowsWanted;

/* Names and types of columns are those of `columns`, whose data is not looked at. Everything must
 * stay as it is while the source is offered. */
typedef struct RowSource {
    void *context;
    const Column *columns; /* neither LIST nor STRUCT nor MAP */
    size_t column_count;
    size_t part_count;
    uint64_t row_count; /* for planning */
    /* Fills a column per wanted one and gives the number of rows; 0 at the part's end. Several
     * threads call it, each with an arena that is emptied before the next call; what the columns
     * point to lives until then or longer. Texts of more than a few bytes must live as long as the
     * source is offered. */
    MUST_CHECK Error *(*read)(void *context, const RowsWanted *wanted, Arena *arena, Column *out,
                              size_t *out_rows);
} RowSource;

/* Offers the source to all connections of the process under a name that nobody else uses. */
void row_source_offer(Str name, const RowSource *source);
/* No statement may be reading it any more. */
void row_source_withdraw(Str name);
/* For drivers: the source of that name, or NULL. */
const RowSource *row_source_find(Str name);
/* Appends the table expression. */
void row_source_add_sql(Str name, SqlBuilder *sql);

#endif
