#include "jinja/wrap.h"

#include "base/unicode.h"
#include "base/vec.h"
#include "jinja/casing.h"
#include "jinja/str_edit.h"

/* A piece of a line that is not broken: blanks, a word, a part of a word, dashes. */
typedef struct Chunk {
    size_t start, end; /* bytes */
    size_t chars;
    bool blank;
} Chunk;

typedef VEC(Chunk) ChunkVec;

/* ---- Cutting into chunks ---- */

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Also of blanks between which no line is broken. */
static bool is_blank_text(Str text)
{
    return str_edit_strip(text, NULL, STRIP_START).len == 0;
}

static bool is_word(uint32_t c)
{
    return c == '_' || codepoint_is_alnum(c);
}

static bool is_letter(uint32_t c)
{
    return is_word(c) && !(c < 128 ? c >= '0' && c <= '9' : unicode_is_decimal(c));
}

/* A character of a word in the wider sense: letters, digits and what sticks to them. */
static bool is_word_mark(uint32_t c)
{
    return is_word(c) || (c != 0 && c < 128 && strchr("!\"'&.,?", (int)c) != NULL);
}

/* The text as code points, with a 0 behind the last one: hyphens are judged by what is around them.
 */
typedef struct Points {
    const uint32_t *at;
    const size_t *offsets; /* of each in bytes, and the end */
    size_t count;
} Points;

static Points decode(JinjaState *s, Str line)
{
    size_t count = utf8_count(line), i = 0;
    uint32_t *points = arena_alloc_array(jinja_scratch(s), count + 1, sizeof(uint32_t));
    size_t *offsets = arena_alloc_array(jinja_scratch(s), count + 1, sizeof(size_t));
    for (size_t at = 0; at < line.len; i++) {
        offsets[i] = at;
        points[i] = utf8_next(line, &at);
    }
    offsets[count] = line.len;
    return (Points){.at = points, .offsets = offsets, .count = count};
}

/* The end of the dashes at `at` if there are two or more and a word follows; else `at`. */
static size_t dash_end(const Points *p, size_t at)
{
    size_t end = at;
    while (end < p->count && p->at[end] == '-') {
        end++;
    }
    return end - at >= 2 && end < p->count && is_word(p->at[end]) ? end : at;
}

/* True if the hyphen at `at` may end a chunk: letters around it, not "a-b" cut to single letters.
 */
static bool is_hyphenation(const Points *p, size_t at)
{
    if (p->at[at] != '-' || at < 2) {
        return false;
    }
    bool before = (is_letter(p->at[at - 1]) && is_letter(p->at[at - 2])) ||
                  (at >= 3 && is_word_mark(p->at[at - 1]) && p->at[at - 2] == '-' &&
                   is_letter(p->at[at - 3]));
    size_t next = at + 1;
    if (!before || next >= p->count || !is_letter(p->at[next])) {
        return false;
    }
    next += next + 1 < p->count && p->at[next + 1] == '-' ? 2 : 1;
    return next < p->count && is_letter(p->at[next]);
}

/* The end of the chunk that begins at `at`. */
static size_t chunk_end(const Points *p, size_t at, bool hyphens)
{
    size_t end = at;
    if (is_blank(p->at[at])) {
        while (end < p->count && is_blank(p->at[end])) {
            end++;
        }
        return end;
    }
    if (hyphens && at > 0 && is_word_mark(p->at[at - 1]) && dash_end(p, at) > at) {
        return dash_end(p, at);
    }
    for (end = at + 1; end < p->count && !is_blank(p->at[end]); end++) {
        if (hyphens && is_hyphenation(p, end)) {
            return end + 1;
        }
        if (hyphens && is_word_mark(p->at[end - 1]) && dash_end(p, end) > end) {
            return end;
        }
    }
    return end;
}

static ChunkVec cut(JinjaState *s, Str line, bool hyphens)
{
    Points points = decode(s, line);
    ChunkVec chunks = {0};
    for (size_t at = 0, end = 0; at < points.count; at = end) {
        end = chunk_end(&points, at, hyphens);
        Chunk chunk = {.start = points.offsets[at], .end = points.offsets[end], .chars = end - at};
        Str text = str_slice(line, chunk.start, chunk.end);
        chunk.blank = is_blank_text(text);
        VEC_PUSH(jinja_scratch(s), &chunks, chunk);
    }
    return chunks;
}

/* ---- Filling lines ---- */

/* How many characters of a chunk too long for any line go into the `room` that is left. */
static size_t long_word_part(Str text, size_t room, bool hyphens)
{
    size_t end = utf8_offset(text, room), hyphen = SIZE_MAX;
    for (size_t i = 0; hyphens && i < end; i++) {
        hyphen = text.data[i] == '-' ? i : hyphen;
    }
    bool other = false;
    for (size_t i = 0; hyphen != SIZE_MAX && i < hyphen; i++) {
        other = other || text.data[i] != '-';
    }
    return other ? hyphen + 1 : end;
}

/* Puts what fits of a chunk too long for any line behind the `used` characters of this one. The
 * last piece of a line is dropped when it is blank; a piece of nothing counts as one. */
static size_t break_chunk(Str line, Chunk *chunk, const WrapOptions *options, size_t used)
{
    Str text = str_slice(line, chunk->start, chunk->end);
    size_t part = long_word_part(text, (size_t)options->width - used, options->break_on_hyphens);
    Str piece = str_slice(text, 0, part);
    size_t end = chunk->start + (is_blank_text(piece) ? 0 : part);
    chunk->chars -= utf8_count(piece);
    chunk->start += part;
    chunk->blank = is_blank_text(str_from_offset(text, part));
    return end;
}

/* Takes chunks for one line, from *next on, and gives the end of its text. */
static size_t fill_line(Str line, ChunkVec *chunks, const WrapOptions *options, size_t *next)
{
    size_t width = (size_t)options->width, used = 0, first = *next;
    while (*next < chunks->len && used + chunks->data[*next].chars <= width) {
        used += chunks->data[(*next)++].chars;
    }
    if (*next < chunks->len && chunks->data[*next].chars > width) {
        if (options->break_long_words) {
            return break_chunk(line, &chunks->data[*next], options, used);
        }
        *next += *next == first;
    }
    const Chunk *last = &chunks->data[*next - 1];
    return last->blank ? last->start : last->end;
}

Error *wrap_line(JinjaState *s, Str line, const WrapOptions *options, StrBuf *out)
{
    if (options->width <= 0) {
        return jraise("ValueError", "invalid width %lld (must be > 0)", (long long)options->width);
    }
    ChunkVec chunks = cut(s, line, options->break_on_hyphens);
    for (size_t next = 0, lines = 0; next < chunks.len;) {
        next += lines > 0 && chunks.data[next].blank; /* a line does not begin with a blank */
        if (next == chunks.len) {
            break;
        }
        size_t start = chunks.data[next].start;
        size_t end = fill_line(line, &chunks, options, &next);
        if (end > start) {
            strbuf_add(out, lines > 0 ? options->line_end : STR(""));
            strbuf_add(out, str_slice(line, start, end));
            lines++;
        }
        if (out->overflowed) {
            return jinja_check_bytes(SIZE_MAX);
        }
    }
    return NULL;
}
