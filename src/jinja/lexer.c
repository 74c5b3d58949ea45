#include "jinja/lexer.h"

#include "base/limits.h"
#include "base/unicode.h"
#include "jinja/state.h"

typedef struct Lexer {
    Arena *arena;
    Str source;
    const JinjaSyntax *syntax;
    size_t at;
    uint32_t line;
    size_t line_start; /* offset of the current line */
    size_t counted_to; /* code points of the line are counted up to this offset, */
    size_t counted;    /* which makes so many: a line may be megabytes long */
    TokenVec *tokens;
    VEC(char) brackets; /* the closing ones still expected */
} Lexer;

const char *token_kind_text(TokenKind kind)
{
    static const char *const texts[] = {
#define X(name, text) text,
        JINJA_TOKENS(X)
#undef X
    };
    return texts[kind];
}

Str lexer_normalize(Arena *arena, Str source, bool keep_trailing_newline)
{
    StrBuf out = strbuf_init(arena, LIMIT_TEMPLATE_BYTES + 1);
    size_t done = 0;
    for (size_t i = 0; i < source.len; i++) {
        if (source.data[i] == '\r') {
            strbuf_add(&out, str_slice(source, done, i));
            strbuf_add_char(&out, '\n');
            done = i + 1 < source.len && source.data[i + 1] == '\n' ? i + 2 : i + 1;
            i = done - 1;
        }
    }
    Str text = source;
    if (done > 0) {
        strbuf_add(&out, str_from_offset(source, done));
        text = strbuf_str(&out);
    }
    if (!keep_trailing_newline && str_ends_with(text, STR("\n"))) {
        text.len--;
    }
    return text;
}

static bool looking_at(const Lexer *lx, size_t at, const char *text)
{
    return str_starts_with(str_from_offset(lx->source, at), str_from(text));
}

static char char_at(const Lexer *lx, size_t at)
{
    return at < lx->source.len ? lx->source.data[at] : '\0';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Moves on, counting lines. */
static void advance(Lexer *lx, size_t to)
{
    for (; lx->at < to; lx->at++) {
        if (lx->source.data[lx->at] == '\n') {
            lx->line++;
            lx->line_start = lx->at + 1;
        }
    }
}

static uint32_t column(Lexer *lx)
{
    if (lx->counted_to < lx->line_start || lx->counted_to > lx->at) {
        lx->counted_to = lx->line_start;
        lx->counted = 0;
    }
    lx->counted += utf8_count(str_slice(lx->source, lx->counted_to, lx->at));
    lx->counted_to = lx->at;
    return (uint32_t)lx->counted + 1;
}

static void push(Lexer *lx, TokenKind kind, Str text)
{
    VEC_PUSH(lx->arena, lx->tokens,
             (Token){.kind = kind, .text = text, .line = lx->line, .column = column(lx)});
}

#define lex_error(...) jraise("TemplateSyntaxError", __VA_ARGS__)

/* ---- Text between tags ---- */

typedef enum Tag { TAG_NONE, TAG_PRINT, TAG_BLOCK, TAG_COMMENT } Tag;

static Tag tag_at(const Lexer *lx, size_t at)
{
    if (char_at(lx, at) != '{') {
        return TAG_NONE;
    }
    char next = char_at(lx, at + 1);
    return next == '{' ? TAG_PRINT : next == '%' ? TAG_BLOCK : next == '#' ? TAG_COMMENT : TAG_NONE;
}

/* The length of a text without the white space at its end. */
static size_t trim_end(Str text)
{
    size_t end = 0;
    for (size_t at = 0; at < text.len;) {
        end = unicode_is_space(utf8_next(text, &at)) ? end : at;
    }
    return end;
}

/* Where the text from `start` to the tag at `end` really ends: "-" takes all white space before the
 * tag, lstrip_blocks the blanks of its line unless "+" forbids it. */
static size_t text_end(const Lexer *lx, size_t start, size_t end, Tag tag)
{
    char sign = char_at(lx, end + 2);
    size_t cut = end;
    if (sign == '-') {
        cut = start + trim_end(str_slice(lx->source, start, end));
    } else if (lx->syntax->lstrip_blocks && sign != '+' && tag != TAG_PRINT) {
        while (cut > start && lx->source.data[cut - 1] != '\n' &&
               is_space(lx->source.data[cut - 1])) {
            cut--;
        }
        bool whole_line = cut == 0 || lx->source.data[cut - 1] == '\n';
        cut = whole_line ? cut : end;
    }
    return cut;
}

/* After the end of a tag: "-" takes the white space that follows, trim_blocks one newline. */
static void after_tag(Lexer *lx, char sign, bool trims)
{
    size_t at = lx->at;
    if (sign == '-') {
        for (size_t next = at; next < lx->source.len; at = next) {
            if (!unicode_is_space(utf8_next(lx->source, &next))) {
                break;
            }
        }
    } else if (trims && sign != '+' && lx->syntax->trim_blocks && char_at(lx, at) == '\n') {
        at++;
    }
    advance(lx, at);
}

/* Emits text up to a tag (or the end of the source) and stands on it. */
static Tag lex_data(Lexer *lx)
{
    size_t at = lx->at;
    Tag tag = TAG_NONE;
    while (at < lx->source.len) {
        const char *brace = memchr(lx->source.data + at, '{', lx->source.len - at);
        if (brace == NULL) {
            at = lx->source.len;
            break;
        }
        at = (size_t)(brace - lx->source.data);
        tag = tag_at(lx, at);
        if (tag != TAG_NONE) {
            break;
        }
        at++;
    }
    size_t end = tag != TAG_NONE ? text_end(lx, lx->at, at, tag) : at;
    if (end > lx->at) {
        push(lx, T_DATA, str_slice(lx->source, lx->at, end));
    }
    advance(lx, at);
    return tag;
}

static Error *lex_comment(Lexer *lx)
{
    char open_sign = char_at(lx, lx->at + 2);
    size_t start = lx->at + (open_sign == '-' || open_sign == '+' ? 3 : 2);
    size_t end = str_find(lx->source, STR("#}"), start);
    if (end == SIZE_MAX) {
        return lex_error("Missing end of comment tag");
    }
    char sign = end > start ? lx->source.data[end - 1] : '\0';
    advance(lx, end + 2);
    after_tag(lx, sign, true);
    return NULL;
}

/* Offset behind "{%[-+] *name *[-+]%}" at `at`, or SIZE_MAX; *out_sign is that of its end. */
static size_t match_bare_tag(const Lexer *lx, size_t at, const char *name, char *out_sign)
{
    if (!looking_at(lx, at, "{%")) {
        return SIZE_MAX;
    }
    at += 2;
    if (char_at(lx, at) == '-' || char_at(lx, at) == '+') {
        at++;
    }
    while (is_space(char_at(lx, at))) {
        at++;
    }
    if (!looking_at(lx, at, name)) {
        return SIZE_MAX;
    }
    at += strlen(name);
    while (is_space(char_at(lx, at))) {
        at++;
    }
    *out_sign = char_at(lx, at);
    if (*out_sign == '-' || *out_sign == '+') {
        at++;
    }
    return looking_at(lx, at, "%}") ? at + 2 : SIZE_MAX;
}

/* Behind "{% raw %}": text up to "{% endraw %}". */
static Error *lex_raw(Lexer *lx, size_t body, char open_sign)
{
    uint32_t line = lx->line;
    advance(lx, body);
    after_tag(lx, open_sign == '-' ? '-' : '+', false);
    for (size_t at = lx->at;; at += 2) {
        at = str_find(lx->source, STR("{%"), at);
        if (at == SIZE_MAX) {
            lx->line = line;
            return lex_error("Missing end of raw directive");
        }
        char sign = '\0';
        size_t end = match_bare_tag(lx, at, "endraw", &sign);
        if (end == SIZE_MAX) {
            continue;
        }
        size_t cut = text_end(lx, lx->at, at, TAG_BLOCK);
        if (cut > lx->at) {
            push(lx, T_DATA, str_slice(lx->source, lx->at, cut));
        }
        advance(lx, end);
        after_tag(lx, sign, true);
        return NULL;
    }
}

/* ---- Inside a tag ---- */

/* Digits with single underscores between them, of the given base, from `at`; where they end. */
static size_t match_digits(const Lexer *lx, size_t at, int base)
{
    size_t end = at;
    for (;;) {
        char c = char_at(lx, end);
        char low = (char)(c | 0x20);
        bool digit =
            base == 16 ? is_digit(c) || (low >= 'a' && low <= 'f') : c >= '0' && c < '0' + base;
        if (digit) {
            end++;
        } else if (c == '_' && end > at) {
            char next = char_at(lx, end + 1);
            char next_low = (char)(next | 0x20);
            bool next_digit = base == 16 ? is_digit(next) || (next_low >= 'a' && next_low <= 'f')
                                         : next >= '0' && next < '0' + base;
            if (!next_digit) {
                return end;
            }
            end++;
        } else {
            return end;
        }
    }
}

static Str without_underscores(Arena *arena, Str digits)
{
    return str_contains(digits, STR("_")) ? str_replace(arena, digits, STR("_"), STR("")) : digits;
}

/* Where a float at `at` ends whose whole part ends at `whole`; `whole` if it is none. */
static size_t match_float(const Lexer *lx, size_t whole)
{
    size_t end = whole;
    if (char_at(lx, end) == '.' && is_digit(char_at(lx, end + 1))) {
        end = match_digits(lx, end + 1, 10);
    }
    if ((char_at(lx, end) | 0x20) == 'e') {
        size_t digits = end + 1;
        if (char_at(lx, digits) == '+' || char_at(lx, digits) == '-') {
            digits++;
        }
        if (is_digit(char_at(lx, digits))) {
            end = match_digits(lx, digits, 10);
        }
    }
    return end;
}

static void lex_number(Lexer *lx)
{
    size_t start = lx->at;
    char low = (char)(char_at(lx, start + 1) | 0x20);
    int base = char_at(lx, start) != '0' ? 10
               : low == 'x'              ? 16
               : low == 'o'              ? 8
               : low == 'b'              ? 2
                                         : 10;
    if (base != 10) {
        size_t digits = char_at(lx, start + 2) == '_' ? start + 3 : start + 2;
        size_t end = match_digits(lx, digits, base);
        if (end > digits) {
            push(lx, T_INTEGER, without_underscores(lx->arena, str_slice(lx->source, start, end)));
            advance(lx, end);
            return;
        }
    }
    size_t whole = match_digits(lx, start, 10);
    bool after_dot = start > 0 && lx->source.data[start - 1] == '.';
    size_t end = after_dot ? whole : match_float(lx, whole);
    TokenKind kind = end > whole ? T_FLOAT : T_INTEGER;
    if (kind == T_INTEGER && char_at(lx, start) == '0') { /* 007 is 00 and then 7 */
        for (end = start; char_at(lx, end) == '0' || char_at(lx, end) == '_';) {
            end++;
        }
    }
    push(lx, kind, without_underscores(lx->arena, str_slice(lx->source, start, end)));
    advance(lx, end);
}

static int hex_value(char c)
{
    char low = (char)(c | 0x20);
    return is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Surrogates, which UTF-8 proper has not, are kept in three bytes until their other half comes. */
static void utf8_add_any(StrBuf *out, uint32_t code)
{
    if (code < 0xD800 || code > 0xDBFF) {
        utf8_add(out, code);
        return;
    }
    strbuf_add_char(out, (char)0xED);
    strbuf_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
    strbuf_add_char(out, (char)(0x80 | (code & 0x3F)));
}

/* The code point of the first half at the end of `out`, which is taken off, and of `low`. */
static uint32_t join_surrogates(StrBuf *out, uint32_t low)
{
    const uint8_t *end = (const uint8_t *)out->data + out->len - 3;
    if (end[0] != 0xED || (end[1] & 0xF0) != 0xA0) {
        return low;
    }
    uint32_t high = 0xD000 | (uint32_t)(end[1] & 0x3F) << 6 | (end[2] & 0x3F);
    out->len -= 3;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* \xhh, \uhhhh, \Uhhhhhhhh at `at` behind the letter. */
static Error *unescape_hex(Str body, size_t *at, int digits, StrBuf *out)
{
    uint32_t code = 0;
    for (int i = 0; i < digits; i++) {
        int value = *at + (size_t)i < body.len ? hex_value(body.data[*at + (size_t)i]) : -1;
        if (value < 0) {
            return lex_error("truncated \\%s escape", digits == 2   ? "xXX"
                                                      : digits == 4 ? "uXXXX"
                                                                    : "UXXXXXXXX");
        }
        code = code << 4 | (uint32_t)value;
    }
    if (code > 0x10FFFF) {
        return lex_error("illegal Unicode character");
    }
    *at += (size_t)digits;
    if (code >= 0xDC00 && code <= 0xDFFF && out->len >= 3) { /* the second half of a pair */
        code = join_surrogates(out, code);
    }
    utf8_add_any(out, code);
    return NULL;
}

/* The escape whose letter is at *at; moves behind it. */
static Error *unescape_one(Str body, size_t *at, StrBuf *out)
{
    static const char letters[] = "\\'\"abfnrtv";
    static const char meanings[] = "\\'\"\a\b\f\n\r\t\v";
    char c = body.data[(*at)++];
    const char *simple = c != '\0' ? strchr(letters, c) : NULL;
    if (simple != NULL) {
        strbuf_add_char(out, meanings[simple - letters]);
    } else if (c == '\n') {
        return NULL; /* a continued line */
    } else if (c == 'x' || c == 'u' || c == 'U') {
        return unescape_hex(body, at, c == 'x' ? 2 : c == 'u' ? 4 : 8, out);
    } else if (c == 'N') { /* we carry no table of names */
        return lex_error(*at < body.len && body.data[*at] == '{'
                             ? "unknown Unicode character name"
                             : "malformed \\N character escape");
    } else if (c >= '0' && c <= '7') {
        uint32_t code = (uint32_t)(c - '0');
        for (int i = 0; i < 2 && *at < body.len && body.data[*at] >= '0' && body.data[*at] <= '7';
             i++) {
            code = code * 8 + (uint32_t)(body.data[(*at)++] - '0');
        }
        utf8_add(out, code);
    } else { /* unknown escapes stay */
        strbuf_add_char(out, '\\');
        strbuf_add_char(out, c);
    }
    return NULL;
}

/* Halves whose other half never came become U+FFFD, which has as many bytes. */
static void replace_lone_surrogates(StrBuf *out)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    for (size_t at = 0; at + 3 <= out->len; at++) {
        const uint8_t *bytes = (const uint8_t *)out->data + at;
        if (bytes[0] == 0xED && bytes[1] >= 0xA0) {
            memcpy(out->data + at, replacement, sizeof(replacement) - 1);
        }
    }
}

static Error *unescape(Lexer *lx, Str *text)
{
    StrBuf out = strbuf_init(lx->arena, LIMIT_TEMPLATE_BYTES);
    for (size_t at = 0; at < text->len;) {
        if (text->data[at] == '\\' && at + 1 < text->len) {
            at++;
            TRY(unescape_one(*text, &at, &out));
        } else {
            strbuf_add_char(&out, text->data[at++]);
        }
    }
    replace_lone_surrogates(&out);
    *text = strbuf_str(&out);
    return NULL;
}

static Error *lex_string(Lexer *lx)
{
    char quote = lx->source.data[lx->at];
    size_t end = lx->at + 1;
    bool escapes = false;
    while (end < lx->source.len && lx->source.data[end] != quote) {
        escapes = escapes || lx->source.data[end] == '\\';
        end += lx->source.data[end] == '\\' ? 2 : 1;
    }
    if (end >= lx->source.len) {
        return lex_error("unexpected char %s at %zu", quote == '"' ? "'\"'" : "\"'\"",
                         utf8_count(str_slice(lx->source, 0, lx->at)));
    }
    Str body = str_slice(lx->source, lx->at + 1, end);
    if (escapes) {
        TRY(unescape(lx, &body));
    }
    push(lx, T_STRING, body);
    advance(lx, end + 1);
    return NULL;
}

/* True when a name was there. */
static bool lex_name(Lexer *lx)
{
    size_t end = lx->at;
    uint32_t c = utf8_next(lx->source, &end);
    if (c != '_' && !unicode_is_identifier_start(c)) {
        return false;
    }
    while (end < lx->source.len) {
        size_t next = end;
        c = utf8_next(lx->source, &next);
        if (!unicode_is_identifier_part(c)) {
            break;
        }
        end = next;
    }
    push(lx, T_NAME, str_slice(lx->source, lx->at, end));
    advance(lx, end);
    return true;
}

/* Keeps account of brackets. */
static Error *lex_bracket(Lexer *lx, char c)
{
    if (c == '(' || c == '[' || c == '{') {
        VEC_PUSH(lx->arena, &lx->brackets, c == '(' ? ')' : c == '[' ? ']' : '}');
        return NULL;
    }
    if (lx->brackets.len == 0) {
        return lex_error("unexpected '%c'", c);
    }
    char expected = VEC_POP(&lx->brackets);
    return c == expected ? NULL : lex_error("unexpected '%c', expected '%c'", c, expected);
}

static Error *lex_operator(Lexer *lx)
{
    TokenKind found = T_EOF;
    size_t len = 0;
    for (TokenKind kind = T_ADD; kind <= T_SEMICOLON; kind++) { /* the longest that fits */
        const char *text = token_kind_text(kind);
        if (strlen(text) > len && looking_at(lx, lx->at, text)) {
            found = kind;
            len = strlen(text);
        }
    }
    if (found == T_EOF) {
        size_t end = lx->at;
        utf8_next(lx->source, &end);
        StrBuf shown = strbuf_init(lx->arena, LIMIT_ERROR_BYTES);
        jrepr_text(str_slice(lx->source, lx->at, end), &shown);
        return lex_error("unexpected char " STR_FMT " at %zu", STR_ARG(strbuf_str(&shown)),
                         utf8_count(str_slice(lx->source, 0, lx->at)));
    }
    if (found >= T_LBRACKET && found <= T_RBRACE) {
        TRY(lex_bracket(lx, lx->source.data[lx->at]));
    }
    push(lx, found, str_slice(lx->source, lx->at, lx->at + len));
    advance(lx, lx->at + len);
    return NULL;
}

/* True when the tag ends here; its closing token is pushed. */
static bool lex_tag_end(Lexer *lx, Tag tag)
{
    const char *close = tag == TAG_PRINT ? "}}" : "%}";
    char sign = char_at(lx, lx->at);
    bool signed_end =
        (sign == '-' || (sign == '+' && tag == TAG_BLOCK)) && looking_at(lx, lx->at + 1, close);
    if (lx->brackets.len > 0 || (!signed_end && !looking_at(lx, lx->at, close))) {
        return false;
    }
    push(lx, tag == TAG_PRINT ? T_PRINT_END : T_BLOCK_END, str_from(close));
    advance(lx, lx->at + (signed_end ? 3 : 2));
    after_tag(lx, signed_end ? sign : '\0', tag == TAG_BLOCK);
    return true;
}

static Error *lex_tag(Lexer *lx, Tag tag)
{
    push(lx, tag == TAG_PRINT ? T_PRINT_BEGIN : T_BLOCK_BEGIN, STR(""));
    char sign = char_at(lx, lx->at + 2);
    bool has_sign = sign == '-' || (sign == '+' && tag != TAG_PRINT);
    advance(lx, lx->at + (has_sign ? 3 : 2));
    lx->brackets.len = 0;
    while (lx->at < lx->source.len) {
        char c = lx->source.data[lx->at];
        if (is_space(c)) {
            advance(lx, lx->at + 1);
        } else if (lex_tag_end(lx, tag)) {
            return NULL;
        } else if (is_digit(c)) {
            lex_number(lx);
        } else if (c == '\'' || c == '"') {
            TRY(lex_string(lx));
        } else if (!lex_name(lx)) {
            TRY(lex_operator(lx));
        }
    }
    return NULL; /* the parser misses the end */
}

static Error *lex_all(Lexer *lx)
{
    while (lx->at < lx->source.len) {
        Tag tag = lex_data(lx);
        char sign = '\0';
        if (tag == TAG_COMMENT) {
            TRY(lex_comment(lx));
        } else if (tag == TAG_BLOCK) {
            size_t raw = match_bare_tag(lx, lx->at, "raw", &sign);
            TRY(raw != SIZE_MAX ? lex_raw(lx, raw, sign) : lex_tag(lx, tag));
        } else if (tag == TAG_PRINT) {
            TRY(lex_tag(lx, tag));
        }
    }
    return NULL;
}

Error *lexer_run(Arena *arena, Str source, const JinjaSyntax *syntax, TokenVec *out_tokens,
                 uint32_t *out_line)
{
    Lexer lx = {
        .arena = arena, .source = source, .syntax = syntax, .line = 1, .tokens = out_tokens};
    Error *err = lex_all(&lx);
    *out_line = lx.line;
    uint32_t last_line = out_tokens->len > 0 ? VEC_LAST(out_tokens).line : 1;
    push(&lx, T_EOF, STR("")); /* also behind an error, for the parser may find one before it */
    VEC_LAST(out_tokens).line = last_line;
    return err;
}
