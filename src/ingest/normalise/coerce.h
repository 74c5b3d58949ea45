/* ingest/normalise/coerce.h - whether a value of one type may enter a column of another, and as
 * what: dlt's rules (spec of dlt, 4.4), which follow Python's conversions. A value that may not
 * goes to a variant column. Results borrow from the cell or live in `arena`. Thread-safe. */
#ifndef INGEST_NORMALISE_COERCE_H
#define INGEST_NORMALISE_COERCE_H

#include "base/arena.h"
#include "ingest/normalise/cell.h"

/* The cell as a value of `kind`; the same cell when it is one already. False: not coercible. NULL
 * is of every kind. */
bool coerce(Arena *arena, const Cell *cell, DataKind kind, Cell *out);

/* The moment as a column without time zone, or with one, has it: microseconds since 1970 UTC. */
int64_t cell_timestamp_us(const Cell *cell);

#endif
