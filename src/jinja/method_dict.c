#include "jinja/builtin.h"

static Error *dict_items(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jview_new(jinja_heap(s), call->args[0].dict, JVIEW_ITEMS);
    return NULL;
}

const JBuiltin jinja_dict_methods[] = {
    {"items", dict_items, 1, 1, NULL, 0, NULL},
    {0},
};

const JBuiltin jinja_set_methods[] = {
    {0},
};

const JBuiltin jinja_view_methods[] = {
    {0},
};
