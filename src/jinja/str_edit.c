#include "jinja/str_edit.h"

#include "base/unicode.h"

static bool is_ascii_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F);
}

bool str_edit_is_space(uint32_t codepoint)
{
    return codepoint < 128 ? is_ascii_space((char)codepoint) : unicode_is_space(codepoint);
}

/* ---- Replacing ---- */

static size_t next_hit(Str text, Str from, size_t at)
{
    if (from.len > 1) {
        return str_find(text, from, at);
    }
    size_t hit = str_find_char(str_from_offset(text, at), from.data[0]);
    return hit != SIZE_MAX ? at + hit : SIZE_MAX;
}

static size_t count_hits(Str text, Str from, size_t limit)
{
    size_t hits = 0;
    for (size_t at = 0; hits < limit; hits++) {
        at = next_hit(text, from, at);
        if (at == SIZE_MAX) {
            break;
        }
        at += from.len;
    }
    return hits;
}

static char *put(char *at, Str text)
{
    if (text.len > 0) {
        memcpy(at, text.data, text.len);
    }
    return at + text.len;
}

/* `to` before each of the first `hits` characters; the last one may stand at the end. */
static void insert_between(char *at, Str text, Str to, size_t hits)
{
    size_t done = 0;
    for (size_t i = 0; i < hits; i++) {
        at = put(at, to);
        size_t next = done;
        if (done < text.len) {
            utf8_next(text, &next);
            at = put(at, str_slice(text, done, next));
            done = next;
        }
    }
    put(at, str_from_offset(text, done));
}

/* Writes `to`, which is as long as `from`, over the occurrences in a copy of the text. */
static JValue replace_in_copy(JinjaState *s, JStr *text, Str from, Str to, size_t limit)
{
    Str whole = jstr_str(text);
    size_t hit = limit > 0 ? next_hit(whole, from, 0) : SIZE_MAX;
    if (hit == SIZE_MAX) {
        return jstr_as_safe(jinja_heap(s), jobj(text), false);
    }
    JStr *copy = jstr_new_raw(jinja_heap(s), whole.len);
    memcpy(copy->text, whole.data, whole.len);
    copy->chars = from.len == 1 ? text->chars : JSTR_UNCOUNTED;
    for (size_t hits = 0; hit != SIZE_MAX && hits < limit; hits++) {
        memcpy(copy->text + hit, to.data, to.len);
        hit = next_hit(whole, from, hit + from.len);
    }
    return jobj(copy);
}

Error *str_edit_replace(JinjaState *s, JStr *text, Str from, Str to, int64_t count, JValue *out)
{
    Str whole = jstr_str(text);
    size_t limit = count < 0 ? SIZE_MAX : (size_t)count;
    size_t hits = 0;
    if (from.len == to.len && from.len > 0) {
        *out = replace_in_copy(s, text, from, to, limit);
        return NULL;
    }
    if (from.len == 0) {
        hits = jstr_chars(text) + 1 < limit ? jstr_chars(text) + 1 : limit;
    } else {
        hits = count_hits(whole, from, limit);
    }
    if (hits == 0) {
        *out = jstr_as_safe(jinja_heap(s), jobj(text), false);
        return NULL;
    }
    size_t added = 0, size = 0;
    if (__builtin_mul_overflow(hits, to.len, &added) ||
        __builtin_add_overflow(whole.len - hits * from.len, added, &size)) {
        size = SIZE_MAX;
    }
    TRY(jinja_check_bytes(size));
    JStr *result = jstr_new_raw(jinja_heap(s), size);
    *out = jobj(result);
    if (from.len == 0) {
        insert_between(result->text, whole, to, hits);
        return NULL;
    }
    char *at = result->text;
    size_t done = 0;
    for (size_t i = 0; i < hits; i++) {
        size_t hit = next_hit(whole, from, done);
        at = put(at, str_slice(whole, done, hit));
        at = put(at, to);
        done = hit + from.len;
    }
    put(at, str_from_offset(whole, done));
    return NULL;
}

/* ---- Stripping ---- */

static bool holds(Str chars, uint32_t codepoint)
{
    for (size_t at = 0; at < chars.len;) {
        if (utf8_next(chars, &at) == codepoint) {
            return true;
        }
    }
    return false;
}

static bool is_stripped(uint32_t codepoint, const Str *chars)
{
    return chars != NULL ? holds(*chars, codepoint) : str_edit_is_space(codepoint);
}

/* What certainly stays when blanks are stripped. */
static bool is_plain(char c, const Str *chars)
{
    return chars == NULL && c > ' ';
}

/* Where the last character of `text`, which is not empty, begins. */
static size_t last_char(Str text)
{
    size_t at = text.len - 1;
    while (at > 0 && ((unsigned char)text.data[at] & 0xC0) == 0x80) {
        at--;
    }
    return at;
}

Str str_edit_strip(Str text, const Str *chars, StripEnds ends)
{
    if (chars == NULL) { /* blanks, which one sees at once */
        while ((ends & STRIP_START) != 0 && text.len > 0 && is_ascii_space(text.data[0])) {
            text = str_from_offset(text, 1);
        }
        while ((ends & STRIP_END) != 0 && text.len > 0 && is_ascii_space(text.data[text.len - 1])) {
            text.len--;
        }
    }
    while ((ends & STRIP_START) != 0 && text.len > 0) {
        size_t next = 0;
        if (is_plain(text.data[0], chars) || !is_stripped(utf8_next(text, &next), chars)) {
            break;
        }
        text = str_from_offset(text, next);
    }
    while ((ends & STRIP_END) != 0 && text.len > 0) {
        size_t start = last_char(text), next = start;
        if (is_plain(text.data[start], chars) || !is_stripped(utf8_next(text, &next), chars)) {
            break;
        }
        text.len = start;
    }
    return text;
}

/* ---- Padding ---- */

static char *put_fill(char *at, Str fill, size_t count)
{
    if (fill.len == 1) {
        memset(at, fill.data[0], count);
        return at + count;
    }
    for (size_t i = 0; i < count; i++) {
        at = put(at, fill);
    }
    return at;
}

Error *str_edit_pad(JinjaState *s, JStr *text, int64_t width, Str fill, PadSide side, JValue *out)
{
    size_t chars = jstr_chars(text);
    if (width <= (int64_t)chars) {
        *out = jstr_as_safe(jinja_heap(s), jobj(text), false);
        return NULL;
    }
    size_t missing = (size_t)width - chars, size = 0;
    if (__builtin_mul_overflow(missing, fill.len, &size) ||
        __builtin_add_overflow(size, text->len, &size)) {
        size = SIZE_MAX;
    }
    TRY(jinja_check_bytes(size));
    /* Python gives the odd one to the left when the width is odd. */
    size_t half = missing / 2 + (missing & (size_t)width & 1);
    size_t left = side == PAD_LEFT ? missing : side == PAD_RIGHT ? 0 : half;
    JStr *padded = jstr_new_raw(jinja_heap(s), size);
    char *at = put_fill(padded->text, fill, left);
    at = put(at, jstr_str(text));
    put_fill(at, fill, missing - left);
    *out = jobj(padded);
    return NULL;
}

/* ---- Lines and words ---- */

static bool is_line_end(uint32_t c)
{
    return (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 ||
           c == 0x2029;
}

/* Past the characters that need no second look: printable ASCII. */
static size_t skip_plain(Str text, size_t at)
{
    while (at < text.len && (unsigned char)text.data[at] - 0x20U <= 0x7E - 0x20) {
        at++;
    }
    return at;
}

bool str_edit_next_line(Str *rest, Str *out_line, Str *out_end)
{
    if (rest->len == 0) {
        return false;
    }
    Str text = *rest;
    for (size_t at = skip_plain(text, 0); at < text.len; at = skip_plain(text, at)) {
        size_t start = at;
        uint32_t c = utf8_next(text, &at);
        if (!is_line_end(c)) {
            continue;
        }
        if (c == '\r' && at < text.len && text.data[at] == '\n') {
            at++;
        }
        *out_line = str_slice(text, 0, start);
        *out_end = str_slice(text, start, at);
        *rest = str_from_offset(text, at);
        return true;
    }
    *out_line = text;
    *out_end = str_from_offset(text, text.len);
    *rest = *out_end;
    return true;
}

bool str_edit_next_word(Str *rest, Str *out_word)
{
    Str text = str_edit_strip(*rest, NULL, STRIP_START);
    size_t end = 0;
    while (end < text.len) {
        size_t at = end;
        if ((unsigned char)text.data[at] - 0x21U > 0x7E - 0x21 &&
            str_edit_is_space(utf8_next(text, &at))) {
            break;
        }
        end = at > end ? at : end + 1;
    }
    *out_word = str_slice(text, 0, end);
    *rest = str_from_offset(text, end);
    return end > 0;
}
