#include "jinja/builtin.h"

Error *jarg_int(const JCall *call, size_t index, int64_t fallback, int64_t *out)
{
    JValue arg = call->args[index];
    if (jis_absent(arg)) {
        *out = fallback;
        return NULL;
    }
    if (arg.type == J_UNDEFINED) {
        TRY(jundefined_error(arg));
    }
    if (!jto_int64(arg, out)) {
        return jraise("TypeError", "'%s' object cannot be interpreted as an integer",
                      jtype_name(arg));
    }
    return NULL;
}

Error *jarg_text(const JCall *call, size_t index, Str fallback, Str *out)
{
    JValue arg = call->args[index];
    if (jis_absent(arg)) {
        *out = fallback;
        return NULL;
    }
    if (arg.type == J_UNDEFINED) {
        TRY(jundefined_error(arg));
    }
    if (arg.type != J_STR) {
        return jraise("TypeError", "expected str instance, %s found", jtype_name(arg));
    }
    *out = jtext(arg);
    return NULL;
}
