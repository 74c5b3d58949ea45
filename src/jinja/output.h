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

/* Most texts are short: all of their room is copied, whatever the length, in halves that mostly are
 * what wrote them. */
static inline void emit_str(StrBuf *out, const JStr *str)
{
    enum { HALF = JSTR_GRAIN / 2 };
    if (LIKELY(str->len <= JSTR_GRAIN && out->capacity - out->len > JSTR_GRAIN)) {
        char *at = out->data + out->len;
        memcpy(at, str->text, HALF);
        memcpy(at + HALF, str->text + HALF, HALF);
        out->len += str->len;
    } else {
        strbuf_add(out, jstr_str(str));
    }
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
