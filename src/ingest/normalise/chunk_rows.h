/* ingest/normalise/chunk_rows.h - rows that come as columns (value/column.h). Where the columns are
 * those of the table already, and rows need no more than a random id, they are taken over as they
 * are, without looking at values. All else (the first rows of a table without declared columns, a
 * type that changed, ids made of what rows say) becomes JSON and goes the way of JSON, so that
 * there is one set of rules. */
#ifndef INGEST_NORMALISE_CHUNK_ROWS_H
#define INGEST_NORMALISE_CHUNK_ROWS_H

#include "ingest/normalise/normaliser.h"
#include "value/json_page.h"

/* Adds those rows of the chunk, whose first comes after row normaliser->origin.number, between
 * normaliser_begin() and normaliser_finish(). The chunk and `page`, which rows are parsed into
 * where that is needed, must live until normaliser_clear(). */
MUST_CHECK Error *chunk_rows_add(Normaliser *normaliser, Str table, const Chunk *chunk,
                                 const uint32_t *rows, size_t row_count, JsonPage *page);
/* One row as a JSON object; what JSON has no form for as typed texts (typed_json.h). */
void chunk_row_json(const Chunk *chunk, size_t row, StrBuf *out);

#endif
