#include "transform/parse/template_blocks.h"

#include "base/limits.h"

typedef struct BlockWords {
    Str word;
    Str end;
} BlockWords;

static const BlockWords block_words[] = {
#define X(name, word, end) [BLOCK_##name] = {STR_INIT(word), STR_INIT(end)},
    BLOCK_KINDS(X)
#undef X
};

/* ---- Tags ---- */

typedef struct Tag {
    size_t start; /* of "{%" */
    size_t end;   /* behind "%}" */
    Str word;     /* "macro", "if", "endmacro" */
    Str rest;     /* behind the word */
    bool trims_before;
    bool trims_after;
} Tag;

typedef struct Scanner {
    Str text;
    Str path;
    size_t at;
} Scanner;

static unsigned line_at(Str text, size_t offset)
{
    unsigned line = 1;
    for (size_t i = 0; i < offset; i++) {
        line += text.data[i] == '\n';
    }
    return line;
}

/* Behind the closing mark that follows `from`, strings skipped; SIZE_MAX without one. */
static size_t find_close(Str text, size_t from, const char *close)
{
    for (size_t i = from; i + 1 < text.len; i++) {
        char c = text.data[i];
        if (c == '\'' || c == '"') {
            for (i++; i < text.len && text.data[i] != c; i++) {
                i += text.data[i] == '\\';
            }
        } else if (c == close[0] && text.data[i + 1] == close[1]) {
            return i + 2;
        }
    }
    return SIZE_MAX;
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static Str take_word(Str *rest)
{
    *rest = str_trim_start(*rest);
    size_t len = 0;
    while (len < rest->len && is_word_char(rest->data[len])) {
        len++;
    }
    Str word = str_slice(*rest, 0, len);
    *rest = str_from_offset(*rest, len);
    return word;
}

static Tag read_tag(Str text, size_t start, size_t end)
{
    Tag tag = {.start = start, .end = end};
    Str inside = str_slice(text, start + 2, end - 2);
    if (inside.len > 0 && (inside.data[0] == '-' || inside.data[0] == '+')) {
        tag.trims_before = inside.data[0] == '-';
        inside = str_from_offset(inside, 1);
    }
    if (inside.len > 0 &&
        (inside.data[inside.len - 1] == '-' || inside.data[inside.len - 1] == '+')) {
        tag.trims_after = inside.data[inside.len - 1] == '-';
        inside.len--;
    }
    tag.rest = inside;
    tag.word = take_word(&tag.rest);
    tag.rest = str_trim(tag.rest);
    return tag;
}

/* Behind {% endraw %}, or the end of the text. */
static size_t skip_raw(Str text, size_t from)
{
    for (size_t at = from; (at = str_find(text, STR("{%"), at)) != SIZE_MAX; at += 2) {
        size_t end = str_find(text, STR("%}"), at);
        if (end != SIZE_MAX && str_is(read_tag(text, at, end + 2).word, "endraw")) {
            return end + 2;
        }
    }
    return text.len;
}

/* The next {% %} tag; false at the end. Comments, expressions and what is raw are passed over. A
 * mark that is never closed ends the scan: compiling the template will say so better. */
static bool next_tag(Scanner *scanner, Tag *out)
{
    Str text = scanner->text;
    while (scanner->at + 1 < text.len) {
        const char *brace = memchr(text.data + scanner->at, '{', text.len - scanner->at);
        size_t start = brace != NULL ? (size_t)(brace - text.data) : text.len;
        char mark = start + 1 < text.len ? text.data[start + 1] : 0;
        size_t end = start + 1;
        if (mark == '#') {
            end = str_find(text, STR("#}"), start + 2);
            end = end == SIZE_MAX ? SIZE_MAX : end + 2;
        } else if (mark == '{') {
            end = find_close(text, start + 2, "}}");
        } else if (mark == '%') {
            end = find_close(text, start + 2, "%}");
        }
        if (end == SIZE_MAX || start >= text.len) {
            break;
        }
        scanner->at = end;
        if (mark == '%') {
            *out = read_tag(text, start, end);
            if (str_is(out->word, "raw")) {
                scanner->at = skip_raw(text, end);
            }
            return true;
        }
    }
    scanner->at = text.len;
    return false;
}

/* ---- Blocks ---- */

static bool find_kind(Str word, unsigned kinds, BlockKind *out_kind)
{
    for (size_t i = 0; i < ARRAY_LEN(block_words); i++) {
        if ((kinds >> i & 1u) != 0 && str_eq(block_words[i].word, word)) {
            *out_kind = (BlockKind)i;
            return true;
        }
    }
    return false;
}

/* Those of the blanks that a file begins with, which dbt does not count. */
static unsigned leading_lines(Str text)
{
    return line_at(text, text.len - str_trim_start(text).len) - 1;
}

static Error *read_block(Scanner *scanner, BlockKind kind, const Tag *open, TemplateBlock *out)
{
    unsigned line = line_at(scanner->text, open->start);
    TemplateBlock block = {.kind = kind, .line = line, .arguments = open->rest};
    block.name = take_word(&block.arguments);
    if (block.name.len == 0) {
        return error_new(ERR_TEMPLATE, STR_FMT ":%u: " STR_FMT " needs a name",
                         STR_ARG(scanner->path), line, STR_ARG(open->word));
    }
    Tag close;
    do {
        if (!next_tag(scanner, &close)) {
            return error_hint(error_new(ERR_TEMPLATE,
                                        "Reached EOF without finding a close tag for " STR_FMT
                                        " (searched from line %u)",
                                        STR_ARG(open->word), line - leading_lines(scanner->text)),
                              "at " STR_FMT ": end '" STR_FMT "' with {%% " STR_FMT " %%}",
                              STR_ARG(scanner->path), STR_ARG(block.name),
                              STR_ARG(block_words[kind].end));
        }
    } while (!str_eq(close.word, block_words[kind].end));
    block.full = str_slice(scanner->text, open->start, close.end);
    block.body = str_slice(scanner->text, open->end, close.start);
    block.trims_before = open->trims_before;
    block.trims_inside_start = open->trims_after;
    block.trims_inside_end = close.trims_before;
    block.trims_after = close.trims_after;
    *out = block;
    return NULL;
}

/* ---- Around blocks ---- */

/* Tags that must stand in pairs even where they count for nothing. */
static const struct {
    Str word, end;
} control_words[] = {{STR_INIT("if"), STR_INIT("endif")}, {STR_INIT("for"), STR_INIT("endfor")}};

/* "3:0": as dbt counts, which does not see the blanks that a file begins with. */
static Str place_of(const Scanner *scanner, const Tag *tag, Arena *arena)
{
    Str text = str_trim_start(scanner->text);
    size_t at = tag->start - (scanner->text.len - text.len);
    size_t line_start = str_find_last(str_slice(text, 0, at), STR("\n"));
    size_t column = line_start == SIZE_MAX ? at : at - line_start - 1;
    return str_printf(arena, "%u:%zu", line_at(text, at), column);
}

static Error *unexpected_end(const Scanner *scanner, const Tag *tag, const StrVec *open, Str begin,
                             Arena *arena)
{
    Str place = place_of(scanner, tag, arena);
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    strbuf_printf(&text, "Got an unexpected control flow end tag, got " STR_FMT " but ",
                  STR_ARG(tag->word));
    if (open->len == 0) {
        strbuf_printf(&text, "never saw a preceeding " STR_FMT, STR_ARG(begin));
    } else {
        strbuf_printf(&text, "expected " STR_FMT " next", STR_ARG(VEC_LAST(open)));
    }
    return error_hint(error_new(ERR_TEMPLATE, STR_FMT " (@ " STR_FMT ")",
                                STR_ARG(strbuf_str(&text)), STR_ARG(place)),
                      "in " STR_FMT, STR_ARG(scanner->path));
}

/* `open` are the ends that are waited for. */
static Error *follow_control(const Scanner *scanner, Arena *arena, const Tag *tag, StrVec *open)
{
    for (size_t i = 0; i < ARRAY_LEN(control_words); i++) {
        if (str_eq(tag->word, control_words[i].word)) {
            VEC_PUSH(arena, open, control_words[i].end);
        } else if (str_eq(tag->word, control_words[i].end)) {
            if (open->len == 0 || !str_eq(VEC_LAST(open), tag->word)) {
                return unexpected_end(scanner, tag, open, control_words[i].word, arena);
            }
            open->len--;
        }
    }
    return NULL;
}

Error *template_blocks(Arena *arena, Str text, Str path, unsigned kinds, TemplateBlockVec *out,
                       StrVec *out_strays)
{
    Scanner scanner = {.text = text, .path = path};
    StrVec open = {0};
    Tag tag;
    while (next_tag(&scanner, &tag)) {
        BlockKind kind;
        if (!find_kind(tag.word, kinds, &kind)) {
            TRY(follow_control(&scanner, arena, &tag, &open));
            if (out_strays != NULL) {
                VEC_PUSH(arena, out_strays, tag.word);
            }
            continue;
        }
        if (open.len > 0) {
            return error_hint(error_new(ERR_TEMPLATE,
                                        "Got a block definition inside control flow at " STR_FMT
                                        ". All dbt block definitions must be at the top level",
                                        STR_ARG(place_of(&scanner, &tag, arena))),
                              "in " STR_FMT, STR_ARG(path));
        }
        TemplateBlock block;
        TRY(read_block(&scanner, kind, &tag, &block));
        VEC_PUSH(arena, out, block);
    }
    return NULL;
}
