#include "staging/strategy.h"

static const Strategy strategies[] = {
    {.name = "latest_only", .kind = STRATEGY_ONE},
    {.name = "none", .kind = STRATEGY_ALL},
    {.name = "append_only", .kind = STRATEGY_ALL},
    {.name = "scd_type2", .kind = STRATEGY_PERIODS},
    {.name = "last_modified", .kind = STRATEGY_ONE, .of_change = true},
    {.name = "composite_key", .kind = STRATEGY_ONE},
    {.name = "first_seen", .kind = STRATEGY_ONE, .earliest = true},
    {.name = "row_number", .kind = STRATEGY_ONE, .earliest = true, .of_change = true},
};

Error *strategy_parse(Str name, const Strategy **out)
{
    for (size_t i = 0; i < ARRAY_LEN(strategies); i++) {
        if (str_is(name, strategies[i].name)) {
            *out = &strategies[i];
            return NULL;
        }
    }
    return error_hint(
        error_new(ERR_CONFIG, "'" STR_FMT "' is not a deduplication strategy", STR_ARG(name)),
        "use one of: latest_only, scd_type2, append_only, none, last_modified, "
        "first_seen, composite_key, row_number");
}

const Strategy *strategy_latest_only(void)
{
    return &strategies[0];
}

const Strategy *strategy_none(void)
{
    return &strategies[1];
}
