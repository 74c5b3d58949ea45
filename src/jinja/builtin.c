#include "jinja/builtin.h"

Error *jarg_int(const JCall *call, size_t index, int64_t fallback, int64_t *out)
{
    JValue arg = call->args[index];
    if (jis_absent(arg)) {
        *out = fallback;
        return NULL;
    }
    if (arg.type == J_BIGINT) {
        return jraise("OverflowError", "Python int too large to convert to C ssize_t");
    }
    if (!jto_int64(arg, out)) {
        return jraise("TypeError", "'%s' object cannot be interpreted as an integer",
                      jtype_name(arg));
    }
    return NULL;
}

Error *jarg_text(const JCall *call, size_t index, const char *what, Str *out)
{
    JValue arg = call->args[index];
    if (arg.type != J_STR) {
        bool named = what[0] != '\0';
        return jraise("TypeError", "%s%smust be str, not %s", what, named ? " " : "",
                      named && arg.type == J_NONE ? "None" : jtype_name(arg));
    }
    *out = jtext(arg);
    return NULL;
}

JValue jresult_like(JinjaState *s, JValue text, JValue model)
{
    return jis_safe(model) && text.type == J_STR ? jstr_as_safe(jinja_heap(s), text, true) : text;
}

JValue jresult_text(JinjaState *s, Str text, JValue model)
{
    return jresult_like(s, jstr_value(jinja_heap(s), text), model);
}
