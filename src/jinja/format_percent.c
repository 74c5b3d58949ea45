#include "jinja/ops.h"
#include "jinja/state.h"

Error *jformat_percent(JinjaState *s, JStr *format, JValue args, JValue *out)
{
    (void)s;
    (void)args;
    *out = jobj(format);
    return NULL;
}
