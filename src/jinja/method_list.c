#include "jinja/builtin.h"

static Error *list_append(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    jlist_append(call->args[0].list, call->args[1]);
    *out = JNONE;
    return NULL;
}

const JBuiltin jinja_list_methods[] = {
    {"append", list_append, 2, 2, NULL, 0, NULL},
    {0},
};

const JBuiltin jinja_tuple_methods[] = {
    {0},
};

const JBuiltin jinja_range_methods[] = {
    {0},
};
