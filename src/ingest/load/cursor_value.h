/* ingest/load/cursor_value.h - values of an incremental cursor: compared, and moved back by a lag.
 * Typed texts (typed_json.h) are the values they stand for. Thread-safe. */
#ifndef INGEST_LOAD_CURSOR_VALUE_H
#define INGEST_LOAD_CURSOR_VALUE_H

#include "value/value.h"

/* *out is below, at or above 0. ERR_INPUT in Python's words when the two cannot be compared. */
MUST_CHECK Error *cursor_compare(const Value *a, const Value *b, int *out);

/* The value moved against the cursor's direction (back for max, forward for min) by `lag`: seconds
 * for moments, days for days, as it is for numbers. Texts are read as one of these and written in
 * the form they had. ERR_CONFIG for a value that has no lag. */
MUST_CHECK Error *cursor_lag(Arena *arena, const Value *value, double lag, bool is_max, Value *out);

#endif
