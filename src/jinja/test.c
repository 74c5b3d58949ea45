#include "jinja/builtin.h"

static Error *test_defined(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = jbool(call->args[0].type != J_UNDEFINED);
    return NULL;
}

const JBuiltin jinja_tests[] = {
    {"defined", test_defined, 1, 1, "value", 0, NULL},
    {0},
};
