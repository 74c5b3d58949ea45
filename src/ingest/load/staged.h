/* ingest/load/staged.h - the rows of one table of a package as a table of the warehouse: all
 * columns that are asked for, whether a frame has them or not, read where they lie. */
#ifndef INGEST_LOAD_STAGED_H
#define INGEST_LOAD_STAGED_H

#include "ingest/package/package.h"
#include "warehouse/row_source.h"

typedef struct StagedRows {
    Str dataset; /* with the two below: what makes the name unique */
    Str load_id;
    Str table;
    const PackageTable *rows; /* NULL: there are none */
    const Column *columns;    /* names and types */
    size_t column_count;
    size_t load_id_column; /* its value is load_id; SIZE_MAX: none */
} StagedRows;

typedef struct StagedTable StagedTable;
/* Lives in `arena`; what `rows` points to outlives it. */
StagedTable *staged_table(Arena *arena, const StagedRows *rows);
Str staged_name(const StagedTable *staged);
bool staged_has_rows(const StagedTable *staged);
/* Between the two, statements may read it by its name (warehouse/row_source.h). */
void staged_offer(const StagedTable *staged);
void staged_withdraw(const StagedTable *staged);

#endif
