#include "base/str.h"

#include <stdio.h>

int str_compare(Str a, Str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared > 0 ? memcmp(a.data, b.data, shared) : 0;
    if (order != 0) {
        return order;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

static char lower_char(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static char upper_char(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

bool str_eq_nocase(Str a, Str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower_char(a.data[i]) != lower_char(b.data[i])) {
            return false;
        }
    }
    return true;
}

bool str_starts_with(Str str, Str prefix)
{
    return str.len >= prefix.len && str_eq(str_slice(str, 0, prefix.len), prefix);
}

bool str_ends_with(Str str, Str suffix)
{
    return str.len >= suffix.len && str_eq(str_from_offset(str, str.len - suffix.len), suffix);
}

size_t str_find(Str str, Str needle, size_t from)
{
    if (from > str.len || needle.len > str.len - from) {
        return SIZE_MAX;
    }
    if (needle.len == 0) {
        return from;
    }
    const char *hit = memmem(str.data + from, str.len - from, needle.data, needle.len);
    return hit != NULL ? (size_t)(hit - str.data) : SIZE_MAX;
}

size_t str_find_last(Str str, Str needle)
{
    if (needle.len > str.len) {
        return SIZE_MAX;
    }
    for (size_t at = str.len - needle.len + 1; at-- > 0;) {
        if (str_eq(str_slice(str, at, at + needle.len), needle)) {
            return at;
        }
    }
    return SIZE_MAX;
}

size_t str_find_char(Str str, char c)
{
    const char *hit = str.len > 0 ? memchr(str.data, c, str.len) : NULL;
    return hit != NULL ? (size_t)(hit - str.data) : SIZE_MAX;
}

bool str_contains(Str str, Str needle)
{
    return str_find(str, needle, 0) != SIZE_MAX;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

Str str_trim_start(Str str)
{
    size_t start = 0;
    while (start < str.len && is_space(str.data[start])) {
        start++;
    }
    return str_from_offset(str, start);
}

Str str_trim_end(Str str)
{
    while (str.len > 0 && is_space(str.data[str.len - 1])) {
        str.len--;
    }
    return str;
}

Str str_trim(Str str)
{
    return str_trim_end(str_trim_start(str));
}

bool str_cut(Str str, char separator, Str *out_before, Str *out_after)
{
    size_t at = str_find_char(str, separator);
    if (at == SIZE_MAX) {
        return false;
    }
    *out_before = str_slice(str, 0, at);
    *out_after = str_from_offset(str, at + 1);
    return true;
}

bool str_next_piece(Str *rest, char separator, Str *out_piece)
{
    if (rest->data == NULL) {
        return false;
    }
    if (!str_cut(*rest, separator, out_piece, rest)) {
        *out_piece = *rest;
        *rest = (Str){NULL, 0};
    }
    return true;
}

bool str_next_line(Str *rest, Str *out_line)
{
    if (rest->len == 0) {
        return false;
    }
    Str line = *rest;
    if (!str_cut(*rest, '\n', &line, rest)) {
        *rest = str_from_offset(*rest, rest->len);
    } else if (line.len > 0 && line.data[line.len - 1] == '\r') {
        line.len--;
    }
    *out_line = line;
    return true;
}

char *str_to_c(Arena *arena, Str str)
{
    char *copy = arena_alloc_raw(arena, str.len + 1);
    if (str.len > 0) {
        memcpy(copy, str.data, str.len);
    }
    copy[str.len] = '\0';
    return copy;
}

Str str_dup(Arena *arena, Str str)
{
    return (Str){str_to_c(arena, str), str.len};
}

Str str_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    StrBuf buf = strbuf_init(arena, SIZE_MAX / 4);
    strbuf_vprintf(&buf, format, args);
    va_end(args);
    return strbuf_str(&buf);
}

Str str_lower_ascii(Arena *arena, Str str)
{
    char *copy = str_to_c(arena, str);
    for (size_t i = 0; i < str.len; i++) {
        copy[i] = lower_char(copy[i]);
    }
    return (Str){copy, str.len};
}

Str str_upper_ascii(Arena *arena, Str str)
{
    char *copy = str_to_c(arena, str);
    for (size_t i = 0; i < str.len; i++) {
        copy[i] = upper_char(copy[i]);
    }
    return (Str){copy, str.len};
}

Str str_join(Arena *arena, const Str *pieces, size_t count, Str separator)
{
    StrBuf buf = strbuf_init(arena, SIZE_MAX / 4);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            strbuf_add(&buf, separator);
        }
        strbuf_add(&buf, pieces[i]);
    }
    return strbuf_str(&buf);
}

Str str_replace(Arena *arena, Str str, Str from, Str to)
{
    if (from.len == 0) {
        return str;
    }
    StrBuf buf = strbuf_init(arena, SIZE_MAX / 4);
    size_t done = 0;
    for (size_t hit; (hit = str_find(str, from, done)) != SIZE_MAX; done = hit + from.len) {
        strbuf_add(&buf, str_slice(str, done, hit));
        strbuf_add(&buf, to);
    }
    if (done == 0) {
        return str;
    }
    strbuf_add(&buf, str_from_offset(str, done));
    return strbuf_str(&buf);
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment over three rows. Names longer than the rows are never near each other in
 * a sense that helps a reader. */
size_t str_distance(Str a, Str b, size_t limit)
{
    enum { LONGEST = 64 };
    size_t rows[3][LONGEST + 1];
    size_t beyond = limit < SIZE_MAX ? limit + 1 : SIZE_MAX;
    if (a.len > LONGEST || b.len > LONGEST) {
        return str_eq_nocase(a, b) ? 0 : beyond;
    }
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.len; j++) {
        before[j] = 0;
        last[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = lower_char(a.data[i - 1]), y = lower_char(b.data[j - 1]);
            row[j] = min_size(min_size(last[j] + 1, row[j - 1] + 1), last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower_char(b.data[j - 2]) &&
                lower_char(a.data[i - 2]) == y) {
                row[j] = min_size(row[j], before[j - 2] + 1);
            }
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return min_size(last[b.len], beyond);
}

StrBuf strbuf_init(Arena *arena, size_t limit)
{
    /* far below SIZE_MAX, so that sums of lengths cannot overflow */
    return (StrBuf){.arena = arena, .limit = min_size(limit, SIZE_MAX / 4)};
}

void strbuf_clear(StrBuf *buf)
{
    buf->len = 0;
    buf->overflowed = false;
}

char *strbuf_reserve(StrBuf *buf, size_t extra)
{
    if (buf->overflowed || extra > buf->limit || buf->len > buf->limit - extra) {
        buf->overflowed = true;
        return NULL;
    }
    if (buf->capacity - buf->len > extra) {
        return buf->data + buf->len;
    }
    size_t needed = buf->len + extra + 1; /* one more, for strbuf_c */
    size_t wanted = buf->capacity * 2 > 64 ? buf->capacity * 2 : 64;
    wanted = wanted > needed ? wanted : needed;
    buf->data = arena_grow(buf->arena, buf->data, buf->capacity, wanted);
    buf->capacity = wanted;
    return buf->data + buf->len;
}

void strbuf_add(StrBuf *buf, Str str)
{
    char *at = str.len > 0 ? strbuf_reserve(buf, str.len) : NULL;
    if (at != NULL) {
        memcpy(at, str.data, str.len);
        buf->len += str.len;
    }
}

void strbuf_add_c(StrBuf *buf, const char *text)
{
    strbuf_add(buf, str_from(text));
}

void strbuf_add_char(StrBuf *buf, char c)
{
    strbuf_add(buf, (Str){&c, 1});
}

void strbuf_add_repeat(StrBuf *buf, char c, size_t count)
{
    char *at = strbuf_reserve(buf, count);
    if (at != NULL) {
        memset(at, c, count);
        buf->len += count;
    }
}

void strbuf_printf(StrBuf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_vprintf(buf, format, args);
    va_end(args);
}

void strbuf_vprintf(StrBuf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int needed = vsnprintf(NULL, 0, format, args);
    char *at = NULL;
    if (needed < 0) {
        buf->overflowed = true; /* longer than an int can say, or not to be encoded */
    } else {
        at = strbuf_reserve(buf, (size_t)needed);
    }
    if (at != NULL) {
        (void)vsnprintf(at, (size_t)needed + 1, format, again);
        buf->len += (size_t)needed;
    }
    va_end(again);
}

const char *strbuf_c(StrBuf *buf)
{
    if (buf->data == NULL) {
        return "";
    }
    buf->data[buf->len] = '\0';
    return buf->data;
}
