/* jinja/output.h - what a template puts out: bytes at the end of one buffer, or in native rendering
 * values in a list. Nested captures are marks into it. */
#ifndef JINJA_OUTPUT_H
#define JINJA_OUTPUT_H

#include "jinja/digits.h"
#include "jinja/vm.h"

size_t vm_output_mark(const JinjaState *s);
void vm_output_drop(JinjaState *s, size_t mark);
/* Ends captured output that began at `mark`: a text, or in native mode whatever it is. */
MUST_CHECK Error *vm_take_output(JinjaState *s, size_t mark, JValue *out);
/* ERR_LIMIT once the output has passed its ceiling. */
MUST_CHECK Error *vm_check_output(const JinjaState *s);
/* Puts out any value. */
MUST_CHECK Error *vm_emit(JinjaState *s, JValue value, bool escaped);

/* memcpy for what is mostly shorter than a call of it: the two halves may overlap. */
static inline void copy_bytes(char *to, const char *from, size_t len)
{
    if (len > 16) {
        memcpy(to, from, len);
    } else if (len >= 8) {
        memcpy(to, from, 8);
        memcpy(to + len - 8, from + len - 8, 8);
    } else if (len >= 4) {
        memcpy(to, from, 4);
        memcpy(to + len - 4, from + len - 4, 4);
    } else if (len > 0) {
        to[0] = from[0];
        to[len / 2] = from[len / 2];
        to[len - 1] = from[len - 1];
    }
}

static inline void emit_bytes(StrBuf *out, const char *data, size_t len)
{
    if (LIKELY(out->capacity - out->len > len && out->data != NULL)) {
        copy_bytes(out->data + out->len, data, len);
        out->len += len;
    } else {
        strbuf_add(out, (Str){data, len});
    }
}

static inline void emit_str(StrBuf *out, const JStr *str)
{
    emit_bytes(out, str->text, str->len);
}

static inline void emit_int(StrBuf *out, int64_t number)
{
    if (out->data != NULL && out->capacity - out->len > NUMBER_TEXT_BYTES) {
        char *at = out->data + out->len;
        out->len += digits_put(number, at);
        return;
    }
    char digits[NUMBER_TEXT_BYTES];
    strbuf_add(out, (Str){digits, digits_put(number, digits)});
}

#endif
