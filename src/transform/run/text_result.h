/* transform/run/text_result.h - the rows of a query as texts, as Python prints them: what a failed
 * unit test shows. */
#ifndef TRANSFORM_RUN_TEXT_RESULT_H
#define TRANSFORM_RUN_TEXT_RESULT_H

#include "transform/run/table_diff.h"
#include "warehouse/warehouse.h"

/* An empty table with the columns of the result; names are in lower case. Lives in `arena`. */
TextTable text_result_begin(Arena *arena, const Result *result);
/* Adds the rows of a chunk of it. */
void text_result_add(Arena *arena, const Chunk *chunk, TextTable *table);
/* str() of one value that is not NULL: "3 days, 0:00:00", "b'abc'", nested values as JSON. */
Str text_result_cell(Arena *arena, const Column *column, size_t row);

#endif
