#include "jinja/output.h"

size_t vm_output_mark(const JinjaState *s)
{
    return s->native == JINJA_TEXT ? s->out.len : jlist_len(s->parts);
}

void vm_output_drop(JinjaState *s, size_t mark)
{
    if (s->native == JINJA_TEXT) {
        s->out.len = mark;
        return;
    }
    while (jlist_len(s->parts) > mark) {
        jlist_remove(s->parts, jlist_len(s->parts) - 1);
    }
}

Error *vm_check_output(const JinjaState *s)
{
    return !s->out.overflowed
               ? NULL
               : error_new(ERR_LIMIT, "the output is larger than %zu bytes", s->out.limit);
}

Error *vm_take_output(JinjaState *s, size_t mark, JValue *out)
{
    if (s->native != JINJA_TEXT) {
        TRY(native_concat(s, s->parts, mark, out));
        vm_output_drop(s, mark);
        return NULL;
    }
    TRY(vm_check_output(s));
    Str text = s->out.len > mark ? (Str){s->out.data + mark, s->out.len - mark} : STR("");
    *out = jstr_value(s->heap, text);
    s->out.len = mark;
    return NULL;
}

Error *vm_emit(JinjaState *s, JValue value, bool escaped)
{
    if (s->native != JINJA_TEXT) {
        jlist_append(s->parts, value);
        return NULL;
    }
    if (escaped && !jis_safe(value)) {
        JValue text = JNONE;
        TRY(jto_str(s, value, &text));
        jescape(jtext(text), &s->out);
        return NULL;
    }
    if (value.type == J_STR) {
        emit_str(&s->out, value.str);
        return NULL;
    }
    return jprint(s, value, &s->out);
}
