/* http/budget.h - how many requests an account may make, as far as its answers say, shared by all
 * threads that ask in its name:
 *
 *     X-RateLimit-Limit, -Remaining, -Reset    RateLimit-Limit, ...    RateLimit: limit=,
 * remaining=
 *
 * A Reset may be seconds from now or since 1970. Until the first answer came only one request is
 * under way, so that a limit is known before it is used up; what is under way counts as used. */
#ifndef HTTP_BUDGET_H
#define HTTP_BUDGET_H

#include <stdint.h>

#include "base/thread.h"
#include "http/http.h"

typedef struct Budget {
    Mutex mutex;
    Condition changed;
    /* all of it guarded by mutex; times are of the monotonic clock, in microseconds */
    size_t under_way;
    bool is_answered;         /* at least once in this window */
    int64_t limit;            /* of a window; -1 = not known */
    int64_t left;             /* of this window as the answers had it; -1 = not known */
    int64_t reset_us;         /* when the window ends; 0 = not known */
    int64_t blocked_until_us; /* nobody asks before */
    int64_t next_us;          /* the earliest time of the next request, as configured */
} Budget;

void budget_init(Budget *budget);
void budget_done(Budget *budget);

/* Waits for the right to send one request, of which there are at most `max_concurrent` at once,
 * `delay_us` apart. ERR_CANCELLED; ERR_RATE_LIMIT when the wait would be beyond the ceiling. Each
 * success is followed by budget_give_back(). */
MUST_CHECK Error *budget_take(Budget *budget, size_t max_concurrent, int64_t delay_us,
                              const Cancel *cancel);
/* What the answer's headers say is learned; NULL: there was no answer. */
void budget_give_back(Budget *budget, const HttpHeaderVec *headers);
/* Nobody sends for so long. */
void budget_block(Budget *budget, int64_t wait_us);

/* What an answer says about its window; -1 where it does not. */
typedef struct BudgetNews {
    int64_t limit;
    int64_t left;
    int64_t reset_after_us; /* from now, rounded up */
} BudgetNews;
void budget_read(const HttpHeaderVec *headers, int64_t now_us, BudgetNews *out);

/* "120", "1.5" or an HTTP date as microseconds from `now_us` (since 1970), never negative. False
 * when it is neither. */
bool http_parse_wait(Str text, int64_t now_us, int64_t *out_us);

#endif
