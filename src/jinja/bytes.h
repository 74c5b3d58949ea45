/* jinja/bytes.h - bytes, as str.encode() gives them: enough to print, measure, compare and decode.
 */
#ifndef JINJA_BYTES_H
#define JINJA_BYTES_H

#include "jinja/state.h"

/* The text in utf-8, ascii or latin-1; `errors` is strict, ignore or replace. */
MUST_CHECK Error *bytes_encode(JinjaState *s, JStr *text, Str encoding, Str errors, JValue *out);
/* These bytes as a value. */
JValue bytes_new(JHeap *heap, Str data);
/* The bytes of a value that bytes_encode made; false for any other value. */
bool bytes_get(JValue value, Str *out);

#endif
