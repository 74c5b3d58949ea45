#include "jinja/builtin.h"

static Error *filter_default(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0];
    bool absent = value.type == J_UNDEFINED || (jarg_bool(call, 2, false) && !jtruth(value));
    *out = absent ? jarg_or(call, 1, jstr_value(jinja_heap(s), STR(""))) : value;
    return NULL;
}

const JBuiltin jinja_filters_value[] = {
    {"d", filter_default, 1, 3, "value default_value boolean", 0, NULL},
    {"default", filter_default, 1, 3, "value default_value boolean", 0, NULL},
    {0},
};
