/* ingest/load_id.h - the name of a load: the Unix time in seconds as Python writes a float,
 * "1795344267.818753". Packages are processed, and the newest state is found, in the order of these
 * texts, so every id must be greater than all before it. A LoadIdClock sees to that, also when the
 * system's clock stalls or goes back. Ours are whole microseconds:
 *
 *     LoadIdClock clock = {0};
 *     load_id_seen(&clock, newest_id_of_the_warehouse);
 *     Str load_id = load_id_next(&clock, arena);
 *
 * Not thread-safe: one clock belongs to whoever holds the write lock. */
#ifndef INGEST_LOAD_ID_H
#define INGEST_LOAD_ID_H

#include "base/str.h"

typedef struct LoadIdClock {
    int64_t latest_us; /* the greatest id so far, in microseconds since 1970 UTC */
} LoadIdClock;

/* What comes next will be greater than `load_id`; a text that is no load id (tests and other tools
 * write such) does not count. */
void load_id_seen(LoadIdClock *clock, Str load_id);
Str load_id_next(LoadIdClock *clock, Arena *arena);
/* True for ten digits, a point and digits. */
bool load_id_is_valid(Str text);
/* When it was made, in microseconds since 1970 UTC; 0 when it is no load id. */
int64_t load_id_time_us(Str load_id);

#endif
