/* transform/run/table_align.h - which row of one table is which row of another: rows with the same
 * rare values belong together, then rows between those that do, in their order. Rows are counted
 * from 0 and include the line of names, which both tables begin with. */
#ifndef TRANSFORM_RUN_TABLE_ALIGN_H
#define TRANSFORM_RUN_TABLE_ALIGN_H

#include "transform/run/table_diff.h"

enum { ROW_NONE = -1 };

/* A row before and after; one of them may be ROW_NONE. */
typedef struct RowPair {
    int64_t before, after;
} RowPair;
typedef VEC(RowPair) RowPairVec;

typedef struct TableAlignment {
    RowPairVec rows; /* in the order in which they are shown; the names first */
    bool *keys;      /* by column: whether rows were told apart by it */
} TableAlignment;

TableAlignment table_align(Arena *arena, const TextTable *before, const TextTable *after);

#endif
