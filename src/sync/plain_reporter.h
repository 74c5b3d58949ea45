/* sync/plain_reporter.h - events as the lines of dango.md 4.2 and 5.11, and as JSON lines. */
#ifndef SYNC_PLAIN_REPORTER_H
#define SYNC_PLAIN_REPORTER_H

#include <stdio.h>

#include "sync/event.h"

typedef struct PlainReporter {
    FILE *out;
    bool
        is_long; /* several sources: headings, blank lines, closing block. Set by the first event */
    bool is_quiet;    /* only failures and the end */
    bool began_fresh; /* the line about it was printed for this source */
} PlainReporter;

/* The reporter borrows *state. Progress events are not shown: terminals have a reporter of their
 * own. */
SyncReporter plain_reporter(PlainReporter *state);
/* The text of one event, without a final line break; empty when it has none. For those who show
 * lines their own way. */
Str plain_event_text(PlainReporter *state, Arena *arena, const SyncEvent *event);

/* One JSON object per line, progress included. */
SyncReporter json_reporter(FILE *out);

#endif
