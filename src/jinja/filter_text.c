#include "base/unicode.h"
#include "jinja/builtin.h"

/* str(value), the subject of every filter on text. */
static Error *subject(JinjaState *s, const JCall *call, JValue *out)
{
    return jto_str(s, call->args[0], out);
}

static Error *filter_string(JinjaState *s, const JCall *call, JValue *out)
{
    return subject(s, call, out);
}

const JBuiltin jinja_filters_text[] = {
    {"string", filter_string, 1, 1, "object", 0, NULL},
    {0},
};
