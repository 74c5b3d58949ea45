/* base/str.h - text. A Str is a borrowed slice: pointer and length, by value, never owning, not
 * NUL-terminated; it is valid as long as what it points into. A StrBuf builds text in an arena
 * under a ceiling. Bytes are UTF-8 unless said otherwise; lengths are bytes. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/attr.h"

typedef struct Str {
    const char *data;
    size_t len;
} Str;

#define STR(literal) ((Str){("" literal), sizeof(literal) - 1})
/* For static initialisers, where a compound literal is not constant. */
#define STR_INIT(literal) \
    { \
        ("" literal), sizeof(literal) - 1 \
    }
#define STR_FMT "%.*s"
#define STR_ARG(str) (int)((str).len > INT32_MAX ? INT32_MAX : (str).len), (str).data

static inline Str str_from(const char *text)
{
    return (Str){text, text != NULL ? strlen(text) : 0};
}

/* The bytes from `start` up to `end`, both within `str`. */
static inline Str str_slice(Str str, size_t start, size_t end)
{
    /* an empty text may have no data at all, and C17 does not let 0 be added to NULL */
    return (Str){start > 0 ? str.data + start : str.data, end - start};
}

/* The rest of `str` from byte `start`, which must lie within it. */
static inline Str str_from_offset(Str str, size_t start)
{
    return str_slice(str, start, str.len);
}

static inline bool str_eq(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool str_is(Str a, const char *b)
{
    return str_eq(a, str_from(b));
}

/* Byte order, which for UTF-8 is code point order. */
int str_compare(Str a, Str b);
/* Equal when ASCII letters are compared without case. */
bool str_eq_nocase(Str a, Str b);
bool str_starts_with(Str str, Str prefix);
bool str_ends_with(Str str, Str suffix);
/* Byte offset of the first occurrence at or after `from`, or SIZE_MAX. An empty needle is found at
 * once. */
size_t str_find(Str str, Str needle, size_t from);
size_t str_find_last(Str str, Str needle);
size_t str_find_char(Str str, char c);
bool str_contains(Str str, Str needle);
/* ASCII white space. */
Str str_trim(Str str);
Str str_trim_start(Str str);
Str str_trim_end(Str str);
/* Splits at the first `separator`; false, and both results untouched, when there is none. */
bool str_cut(Str str, char separator, Str *out_before, Str *out_after);
/* Takes the next piece up to `separator` off the front of *rest. False when *rest is used up; an
 * empty text yields one empty piece. Begin with *rest pointing at the text; data becomes NULL at
 * the end. */
bool str_next_piece(Str *rest, char separator, Str *out_piece);
/* Takes the next line off *rest, without its "\n" or "\r\n". A final newline yields no empty line.
 */
bool str_next_line(Str *rest, Str *out_line);

Str str_dup(Arena *arena, Str str);
/* The copy is NUL-terminated; for C interfaces. Bytes after an inner NUL are not seen by them. */
char *str_to_c(Arena *arena, Str str);
Str str_printf(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
Str str_lower_ascii(Arena *arena, Str str);
Str str_upper_ascii(Arena *arena, Str str);
/* Joins `count` pieces. */
Str str_join(Arena *arena, const Str *pieces, size_t count, Str separator);
Str str_replace(Arena *arena, Str str, Str from, Str to);

/* Number of edits (insert, delete, replace, swap of neighbouring bytes) that turn a into b, at most
 * `limit` + 1; ASCII case does not count. Texts beyond 64 bytes are equal or `limit` + 1 apart. For
 * "did you mean". */
size_t str_distance(Str a, Str b, size_t limit);

/* A text under construction. It lives in its arena; the struct itself may be on the stack. After
 * the ceiling is passed nothing more is added and `overflowed` is set: look at it once, at the end.
 */
typedef struct StrBuf {
    Arena *arena;
    char *data;
    size_t len;
    size_t capacity;
    size_t limit;
    bool overflowed;
} StrBuf;

/* `limit` is the largest length in bytes; take one of limits.h. */
StrBuf strbuf_init(Arena *arena, size_t limit);
void strbuf_clear(StrBuf *buf);
/* Room for `extra` more bytes at data + len, or NULL once the ceiling is passed; the caller adds to
 * len. */
char *strbuf_reserve(StrBuf *buf, size_t extra);
void strbuf_add(StrBuf *buf, Str str);
void strbuf_add_c(StrBuf *buf, const char *text);
void strbuf_add_char(StrBuf *buf, char c);
void strbuf_add_repeat(StrBuf *buf, char c, size_t count);
/* What does not fit below the ceiling is left out as a whole. */
void strbuf_printf(StrBuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_vprintf(StrBuf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* What was built so far; valid until the next addition. */
static inline Str strbuf_str(const StrBuf *buf)
{
    return (Str){buf->data, buf->len};
}

/* The same, NUL-terminated. */
const char *strbuf_c(StrBuf *buf);

#endif
