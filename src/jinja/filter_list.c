#include "jinja/builtin.h"

static Error *filter_length(JinjaState *s, const JCall *call, JValue *out)
{
    size_t len = 0;
    TRY(jlength(s, call->args[0], &len));
    *out = jint((int64_t)len);
    return NULL;
}

const JBuiltin jinja_filters_list[] = {
    {"count", filter_length, 1, 1, "obj", 0, NULL},
    {"length", filter_length, 1, 1, "obj", 0, NULL},
    {0},
};
