/* ingest/row_id.h - the values of the column _dlt_id. Which form a table uses is decided by its
 * write disposition (spec of dlt, 2.1): nested rows derive it from their parent, rows of upsert,
 * insert-only and cdc tables from their key, scd2 rows from their content, all others take a random
 * one. All are 14 characters, in `arena`. Thread-safe. */
#ifndef INGEST_ROW_ID_H
#define INGEST_ROW_ID_H

#include "value/value.h"

enum { ROW_ID_CHARS = 14 };

/* Writes ROW_ID_CHARS random characters, without a NUL. ERR_IO when the system has no randomness.
 */
MUST_CHECK Error *row_id_random(char out[ROW_ID_CHARS]);
/* `count` of them, one after the other. */
MUST_CHECK Error *row_ids_random(size_t count, char *out);
/* Row number `index`, from 0, of nested table `table` below the row `parent_id`. */
Str row_id_nested(Arena *arena, Str parent_id, Str table, size_t index);
/* Many at once, each from its "<parent_id>_<table>_<index>"; ROW_ID_CHARS characters each. */
void row_ids_nested(const Str *origins, size_t count, char *out);
/* From the key: a map of the primary key's columns under their normalised names. Values as
 * extracted, typed texts undecoded; the order of keys does not count, 1 and 1.0 differ. */
Str row_id_of_key(Arena *arena, const Value *key);
/* From the whole original row, nested values included, without its keys that begin with _dlt. */
Str row_id_of_row(Arena *arena, const Value *row);

#endif
