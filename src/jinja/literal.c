#include "jinja/literal.h"

#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "jinja/bytes.h"
#include "jinja/environment.h"
#include "jinja/lexer.h"
#include "jinja/ops.h"

/* The tokens are those of template expressions; what Python writes differently is refused here. */
typedef struct Reader {
    JHeap *heap;
    const Token *at;
    int depth;
} Reader;

static bool read_value(Reader *r, JValue *out);

static bool skip(Reader *r, TokenKind kind)
{
    if (r->at->kind != kind) {
        return false;
    }
    r->at++;
    return true;
}

static bool read_number(Reader *r, bool negative, JValue *out)
{
    const Token *token = r->at++;
    double number = 0;
    if (token->kind == T_FLOAT) {
        if (!number_parse_double(token->text, &number)) {
            return false;
        }
        *out = jfloat(negative ? -number : number);
        return true;
    }
    Str digits = token->text;
    char low = digits.len > 1 ? (char)(digits.data[1] | 0x20) : '\0';
    int base = low == 'x' ? 16 : low == 'o' ? 8 : low == 'b' ? 2 : 10;
    digits = base == 10 ? digits : str_from_offset(digits, 2);
    if (r->at->kind == T_INTEGER || !jint_from_text(r->heap, digits, base, out)) {
        return false; /* 007 is two tokens, and no number in Python */
    }
    *out = negative ? jint_negate(r->heap, *out) : *out;
    return true;
}

/* b'...': of code points below 256, for escapes were read as those of a str. */
static bool read_bytes(Reader *r, JValue *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("bytes literal");
    Str text = (r->at++)->text;
    StrBuf bytes = strbuf_init(arena, LIMIT_RENDER_BYTES);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if (c > UINT8_MAX) {
            return false;
        }
        strbuf_add_char(&bytes, (char)c);
    }
    *out = bytes_new(r->heap, strbuf_str(&bytes));
    return !bytes.overflowed;
}

static bool read_name(Reader *r, JValue *out)
{
    Str name = (r->at++)->text;
    if ((str_is(name, "b") || str_is(name, "B")) && r->at->kind == T_STRING) {
        return read_bytes(r, out);
    }
    if (str_is(name, "None")) {
        *out = JNONE;
        return true;
    }
    *out = jbool(str_is(name, "True"));
    return out->b || str_is(name, "False");
}

static void read_strings(Reader *r, JValue *out)
{
    *out = jstr_value(r->heap, (r->at++)->text);
    while (r->at->kind == T_STRING) {
        *out = jobj(jstr_concat(r->heap, jtext(*out), (r->at++)->text));
    }
}

/* Items up to `close`; *out_comma tells whether there was a comma. */
static bool read_items(Reader *r, TokenKind close, JList *items, bool *out_comma)
{
    *out_comma = false;
    while (!skip(r, close)) {
        JValue item = JNONE;
        if (jlist_len(items) > 0 && !*out_comma) {
            return false;
        }
        if (!read_value(r, &item)) {
            return false;
        }
        jlist_append(items, item);
        *out_comma = skip(r, T_COMMA);
        if (!*out_comma) {
            return skip(r, close);
        }
    }
    return true;
}

static bool read_parens(Reader *r, JValue *out)
{
    bool comma = false;
    JList *items = jlist_new(r->heap, 0);
    const Token *first = r->at;
    if (!read_items(r, T_RPAREN, items, &comma) || (comma && first->kind == T_COMMA)) {
        return false;
    }
    bool parenthesized = jlist_len(items) == 1 && !comma;
    *out = parenthesized ? jlist_at(items, 0)
                         : jtuple_value(jtuple_from(r->heap, items->items, jlist_len(items)));
    return true;
}

/* Whether a container took the item: it refuses what cannot be hashed. */
static bool taken(Error *err)
{
    if (err != NULL) {
        error_discard(err, "then it is no literal");
        return false;
    }
    return true;
}

static bool read_set(Reader *r, JValue first, JValue *out)
{
    JSet *set = jset_new(r->heap);
    JList *items = jlist_new(r->heap, 0);
    bool comma = false, more = skip(r, T_COMMA);
    if (more ? !read_items(r, T_RBRACE, items, &comma) : !skip(r, T_RBRACE)) {
        return false;
    }
    if (!taken(jset_add(set, first))) {
        return false;
    }
    for (size_t i = 0; i < jlist_len(items); i++) {
        if (!taken(jset_add(set, jlist_at(items, i)))) {
            return false;
        }
    }
    *out = jset_value(set);
    return true;
}

static bool read_braces(Reader *r, JValue *out)
{
    JDict *dict = jdict_new(r->heap);
    while (!skip(r, T_RBRACE)) {
        JValue key = JNONE, value = JNONE;
        if (!read_value(r, &key)) {
            return false;
        }
        if (r->at->kind != T_COLON) {
            return jdict_len(dict) == 0 && read_set(r, key, out);
        }
        r->at++;
        if (!read_value(r, &value) || !taken(jdict_set(dict, key, value))) {
            return false;
        }
        if (!skip(r, T_COMMA) && r->at->kind != T_RBRACE) {
            return false;
        }
    }
    *out = jdict_value(dict);
    return true;
}

static bool read_value(Reader *r, JValue *out)
{
    if (++r->depth > LIMIT_TEMPLATE_NESTING) {
        return false;
    }
    bool negative = r->at->kind == T_SUB;
    bool sign = negative || r->at->kind == T_ADD;
    r->at += sign;
    bool read = false;
    JList *items = NULL;
    bool comma = false;
    switch ((unsigned)r->at->kind) {
    case T_INTEGER:
    case T_FLOAT:
        read = read_number(r, negative, out);
        break;
    case T_NAME:
        read = !sign && read_name(r, out);
        break;
    case T_STRING:
        read_strings(r, out);
        read = !sign;
        break;
    case T_LPAREN:
        r->at++;
        read = read_parens(r, out);
        break;
    case T_LBRACKET:
        r->at++;
        items = jlist_new(r->heap, 0);
        read = read_items(r, T_RBRACKET, items, &comma);
        *out = jlist_value(items);
        break;
    case T_LBRACE:
        r->at++;
        read = read_braces(r, out);
        break;
    default:
        break;
    }
    r->depth--;
    return read;
}

/* A cheap look at the beginning spares most texts the lexer. */
static bool may_be_literal(Str text)
{
    if (text.len == 0) {
        return false;
    }
    char c = text.data[0];
    if (c == 'b' || c == 'B') {
        return text.len > 2 && (text.data[1] == '\'' || text.data[1] == '"');
    }
    return (c >= '0' && c <= '9') || strchr("+-.([{'\"TFN", c) != NULL;
}

/* Without a Python comment in its only line. */
static Str without_comment(Str text)
{
    if (str_find_char(text, '\n') != SIZE_MAX) {
        return text;
    }
    char quote = '\0';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (quote == '\0' && c == '#') {
            return str_trim(str_slice(text, 0, i));
        }
        if (quote != '\0' && c == '\\') {
            i++;
        } else if (quote != '\0' ? c == quote : c == '\'' || c == '"') {
            quote = quote != '\0' ? '\0' : c;
        }
    }
    return text;
}

bool literal_read(JHeap *heap, Str text, JValue *out)
{
    while (text.len > 0 && text.data[0] == '\n') {
        text = str_from_offset(text, 1);
    }
    text = without_comment(text);
    if (str_is(text, "set()")) { /* the one call that counts as a literal */
        *out = jset_value(jset_new(heap));
        return true;
    }
    if (!may_be_literal(text)) {
        return false;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("literal");
    static const JinjaSyntax syntax = {0};
    Str braced = str_printf(arena, "{{ " STR_FMT " }}", STR_ARG(text));
    TokenVec tokens = {0};
    uint32_t line = 0;
    Error *err = lexer_run(arena, braced, &syntax, &tokens, &line);
    if (err != NULL) {
        error_discard(err, "then it is no literal");
        return false;
    }
    Reader r = {.heap = heap, .at = tokens.data + 1};
    JValue value = JNONE;
    if (!read_value(&r, &value)) {
        return false;
    }
    if (r.at->kind == T_COMMA) { /* a bare tuple */
        JList *items = jlist_from(heap, &value, 1);
        while (skip(&r, T_COMMA) && r.at->kind != T_PRINT_END) {
            if (!read_value(&r, &value)) {
                return false;
            }
            jlist_append(items, value);
        }
        value = jtuple_value(jtuple_from(heap, items->items, jlist_len(items)));
    }
    if (r.at->kind != T_PRINT_END || r.at[1].kind != T_EOF) {
        return false;
    }
    *out = value;
    return true;
}
