/* ingest/typed_json.h - values that JSON has no form for, as dlt writes them: a text that begins
 * with a character of Unicode's private use area which names the type (U+F026 decimal, then
 * datetime, date, uuid, hex, bytes, wei, time). State documents keep such texts as they are, so
 * that nothing is lost in passing; only who looks at a value decodes it. Thread-safe. */
#ifndef INGEST_TYPED_JSON_H
#define INGEST_TYPED_JSON_H

#include "value/value.h"

typedef enum TypedKind {
    TYPED_DECIMAL,
    TYPED_DATETIME,
    TYPED_DATE,
    TYPED_UUID,
    TYPED_HEX,
    TYPED_BYTES,
    TYPED_WEI,
    TYPED_TIME,
    TYPED_NONE, /* a text like any other */
} TypedKind;

/* What `text` begins with; *out_body is the rest (all of it for TYPED_NONE). One character alone is
 * never a mark. */
TypedKind typed_split(Str text, Str *out_body);
/* The text of `kind` with this body. */
Str typed_join(Arena *arena, TypedKind kind, Str body);

/* DECIMAL, DATETIME, DATE, TIME or BYTES of a typed text; uuid, hex and wei become the text without
 * mark; whatever cannot be decoded, and all other values, stay as they are. */
Value typed_decode(Arena *arena, const Value *value);
/* The typed text of a DECIMAL, DATETIME, DATE, TIME or BYTES; other values as they are. */
Value typed_encode(Arena *arena, const Value *value);

#endif
