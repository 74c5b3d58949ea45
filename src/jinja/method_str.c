#include "jinja/builtin.h"

static Error *str_startswith(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    Str prefix = {0};
    TRY(jarg_text(call, 1, (Str){0}, &prefix));
    *out = jbool(str_starts_with(jtext(call->args[0]), prefix));
    return NULL;
}

const JBuiltin jinja_str_methods[] = {
    {"startswith", str_startswith, 2, 4, NULL, 0, NULL},
    {0},
};
