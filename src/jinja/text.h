/* jinja/text.h - str values: immutable UTF-8 with the text behind the header. Positions in the
 * language count code points; a text that is all ASCII (chars == len) is indexed directly. */
#ifndef JINJA_TEXT_H
#define JINJA_TEXT_H

#include "base/str.h"
#include "jinja/heap.h"
#include "jinja/value.h"

struct JStr {
    JObj obj;
    uint32_t len;   /* bytes */
    uint32_t chars; /* code points; UINT32_MAX = not yet counted */
    uint32_t hash;  /* 0 = not yet computed */
    char text[];    /* ends with a NUL that len does not count */
};

enum { JSTR_GRAIN = 16 }; /* the room for the text is a multiple, so that short ones copy whole */

#define JSTR_UNCOUNTED UINT32_MAX

/* Room for `len` bytes at ->text, to be filled at once with valid UTF-8. At most
 * LIMIT_STRING_BYTES, which the caller has checked (state.h: jinja_check_bytes) where the size
 * comes from the template. */
JStr *jstr_new_raw(JHeap *heap, size_t len);
JStr *jstr_new(JHeap *heap, Str text);
/* a followed by b. */
JStr *jstr_concat(JHeap *heap, Str a, Str b);

static inline Str jstr_str(const JStr *str)
{
    return (Str){str->text, str->len};
}

static inline JValue jstr_value(JHeap *heap, Str text)
{
    return (JValue){.type = J_STR, .str = jstr_new(heap, text)};
}

/* The text of a value that is a str. */
static inline Str jtext(JValue value)
{
    return jstr_str(value.str);
}

static inline bool jis_str(JValue value)
{
    return value.type == J_STR;
}

static inline bool jis_safe(JValue value)
{
    return value.type == J_STR && (value.obj->flags & JOBJ_SAFE) != 0;
}

/* The same text as Markup, or as plain text. */
JValue jstr_as_safe(JHeap *heap, JValue str, bool safe);

uint32_t jstr_count(JStr *str);
uint32_t jstr_make_hash(JStr *str);
/* The hash a str of this text has; never 0. */
uint32_t jtext_hash(Str text);

/* Length in code points. */
static inline size_t jstr_chars(JStr *str)
{
    return str->chars != JSTR_UNCOUNTED ? str->chars : jstr_count(str);
}

static inline bool jstr_is_ascii(JStr *str)
{
    return jstr_chars(str) == str->len;
}

static inline uint32_t jstr_hash(JStr *str)
{
    return str->hash != 0 ? str->hash : jstr_make_hash(str);
}

static inline bool jstr_eq(JStr *a, JStr *b)
{
    return a == b || (a->len == b->len && memcmp(a->text, b->text, a->len) == 0);
}

/* Byte offset of code point `index`, which is at most jstr_chars(str). */
size_t jstr_offset(JStr *str, size_t index);
/* The code points [start, end) as a text of its own. */
JValue jstr_sub(JHeap *heap, JStr *str, size_t start, size_t end);

#endif
