/* ingest/load/incremental.h - which rows of a resource are new since the last load, by a value that
 * grows (spec of dlt, 6): rows before it are dropped, rows at it are known again by their hashes,
 * and the state remembers how far this load came. One Incremental per resource and load; not
 * thread-safe.
 *
 *     TRY(incremental_new(arena, hints, state, source, resource, &incremental));
 *     TRY(incremental_filter(incremental, row, &keep));   // each row
 *     incremental_end_batch(incremental);                 // before the rows' memory goes
 *     incremental_store(incremental);                     // into the state */
#ifndef INGEST_LOAD_INCREMENTAL_H
#define INGEST_LOAD_INCREMENTAL_H

#include <yyjson.h>

#include "ingest/state.h"
#include "source/stream.h"

typedef struct Incremental Incremental;

typedef struct IncrementalOptions {
    const Value *hints;       /* cursor_path, initial_value, end_value, lag, ... */
    const Value *primary_key; /* of the resource; NULL: none */
    Str source;
    Str resource;
    bool forgets; /* the resource is replaced: it begins anew each time */
    Str start;    /* a date, where this load begins whatever was loaded before; empty: not given */
} IncrementalOptions;

/* ERR_CONFIG for hints that mean nothing. */
MUST_CHECK Error *incremental_new(Arena *arena, State *state, const IncrementalOptions *options,
                                  Incremental **out);
/* ERR_INPUT for a row without the cursor, or one that cannot be compared. */
MUST_CHECK Error *incremental_filter(Incremental *incremental, yyjson_val *row, bool *out_keep);
/* The same for rows that come as columns: the numbers of those that stay, in order. `out` has room
 * for all. Nothing of the chunk is kept. */
MUST_CHECK Error *incremental_filter_chunk(Incremental *incremental, const Chunk *chunk,
                                           uint32_t *out, size_t *out_count);
/* The rows come in the order of the cursor ("row_order"), and all that may follow are out of range.
 */
bool incremental_is_past(const Incremental *incremental);
void incremental_end_batch(Incremental *incremental);
void incremental_store(Incremental *incremental);

/* Where this load begins, lag applied; NULL when everything is loaded. For what is asked of the
 * source. */
const Value *incremental_start(const Incremental *incremental);
/* The same for people: the day, where it is a moment. Empty when everything is loaded. */
Str incremental_start_text(const Incremental *incremental, Arena *arena);
/* True when no earlier load has left a cursor. */
bool incremental_is_first(const Incremental *incremental);
const Value *incremental_end(const Incremental *incremental);

/* The next load begins where this one ends: neither is everything replaced, nor is a range asked
 * for, nor is a lag read again. */
bool incremental_goes_on(const Incremental *incremental);
/* What the source left with the cursor of the last load; NULL: nothing, or others have moved the
 * cursor since, or this load begins elsewhere. */
const Value *incremental_mark(const Incremental *incremental);
/* Before the first row: JSON to leave with this load, if it keeps rows. */
void incremental_set_mark(Incremental *incremental, const Value *mark, StreamNews news);

#endif
