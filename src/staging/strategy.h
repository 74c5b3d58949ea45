/* staging/strategy.h - how a staging model reduces the raw rows of one thing to what people want to
 * see. The names are those of sources.yml and --dedup-strategy. */
#ifndef STAGING_STRATEGY_H
#define STAGING_STRATEGY_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

typedef enum StrategyKind {
    STRATEGY_ALL,    /* every raw row */
    STRATEGY_ONE,    /* one row per key */
    STRATEGY_PERIODS /* every version of a key with the time it was valid */
} StrategyKind;

typedef struct Strategy {
    const char *name;
    StrategyKind kind;
    bool earliest;  /* STRATEGY_ONE: the first row instead of the last */
    bool of_change; /* STRATEGY_ONE: order by the row's own time of change before the time of
                       loading */
} Strategy;

/* ERR_CONFIG with the names allowed. */
MUST_CHECK Error *strategy_parse(Str name, const Strategy **out);
const Strategy *strategy_latest_only(void);
const Strategy *strategy_none(void);

#endif
