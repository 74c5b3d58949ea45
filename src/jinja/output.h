/* jinja/output.h - what a template puts out: bytes at the end of one buffer, or in native rendering
 * values in a list. Nested captures are marks into it. */
#ifndef JINJA_OUTPUT_H
#define JINJA_OUTPUT_H

#include "base/number.h"
#include "jinja/vm.h"

size_t vm_output_mark(const JinjaState *s);
void vm_output_drop(JinjaState *s, size_t mark);
/* Ends captured output that began at `mark`: a text, or in native mode whatever it is. */
MUST_CHECK Error *vm_take_output(JinjaState *s, size_t mark, JValue *out);
/* ERR_LIMIT once the output has passed its ceiling. */
MUST_CHECK Error *vm_check_output(const JinjaState *s);
/* Puts out any value. */
MUST_CHECK Error *vm_emit(JinjaState *s, JValue value, bool escaped);

static inline void emit_bytes(StrBuf *out, const char *data, size_t len)
{
    if (LIKELY(out->capacity - out->len > len && out->data != NULL)) {
        memcpy(out->data + out->len, data, len);
        out->len += len;
    } else {
        strbuf_add(out, (Str){data, len});
    }
}

static inline void emit_int(StrBuf *out, int64_t number)
{
    if (out->data != NULL && out->capacity - out->len > NUMBER_TEXT_BYTES) {
        char *at = out->data + out->len;
        if (number >= 0 && number < 10) {
            *at = (char)('0' + number);
            out->len++;
        } else {
            out->len += number_format_int64(number, at);
        }
        return;
    }
    char digits[NUMBER_TEXT_BYTES];
    strbuf_add(out, (Str){digits, number_format_int64(number, digits)});
}

#endif
