#include "transform/parse/python_tokens.h"

enum { TAB_COLUMNS = 8 };

typedef struct Scanner {
    Arena *arena;
    Str text;
    Str file;
    size_t at;
    unsigned line;
    bool begins; /* the next token begins a logical line */
    size_t indent;
    PythonTokenVec *out;
    VEC(PythonToken) open; /* brackets */
} Scanner;

bool python_is(const PythonToken *token, const char *text)
{
    return token->kind != PYTHON_STRING && str_is(token->text, text);
}

static char char_at(const Scanner *s, size_t at)
{
    return at < s->text.len ? s->text.data[at] : '\0';
}

/* "'(' was never closed (x.py, line 2)" and the line itself. */
static Error *syntax_error(const Scanner *s, unsigned line, Str problem)
{
    Str rest = s->text, shown = {0};
    for (unsigned i = 0; i < line; i++) {
        (void)str_next_line(&rest, &shown);
    }
    Error *err = error_new(ERR_TEMPLATE, STR_FMT " (" STR_FMT ", line %u)\n" STR_FMT "\n",
                           STR_ARG(problem), STR_ARG(s->file), line, STR_ARG(shown));
    return error_as(err, "ParsingError");
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void push(Scanner *s, PythonTokenKind kind, size_t from, unsigned line)
{
    PythonToken token = {.kind = kind,
                         .text = str_slice(s->text, from, s->at),
                         .line = line,
                         .begins = s->begins,
                         .indent = s->indent};
    VEC_PUSH(s->arena, s->out, token);
    s->begins = false;
}

/* ---- Strings ---- */

/* How many letters stand in front of a quote at `at`; SIZE_MAX when none does. */
static size_t prefix_length(const Scanner *s, size_t at)
{
    static const char letters[] = "rRbBuUfF";
    size_t length = 0;
    while (length < 2 && char_at(s, at + length) != '\0' &&
           strchr(letters, char_at(s, at + length)) != NULL) {
        length++;
    }
    char quote = char_at(s, at + length);
    return quote == '\'' || quote == '"' ? length : SIZE_MAX;
}

static Error *scan_string(Scanner *s, size_t prefix)
{
    size_t from = s->at;
    unsigned first_line = s->line;
    char quote = char_at(s, from + prefix);
    size_t at = from + prefix;
    bool triple = char_at(s, at + 1) == quote && char_at(s, at + 2) == quote;
    for (at += triple ? 3 : 1;; at++) {
        char c = char_at(s, at);
        bool ends =
            c == quote && (!triple || (char_at(s, at + 1) == quote && char_at(s, at + 2) == quote));
        if (at >= s->text.len || (c == '\n' && !triple)) {
            Str problem =
                str_printf(s->arena, "unterminated %sstring literal (detected at line %u)",
                           triple ? "triple-quoted " : "", s->line);
            return syntax_error(s, first_line, problem);
        }
        if (ends) {
            break;
        }
        s->line += c == '\n';
        if (c == '\\' && at + 1 < s->text.len) {
            at++;
            s->line += char_at(s, at) == '\n';
        }
    }
    s->at = at + (triple ? 3 : 1);
    push(s, PYTHON_STRING, from, first_line);
    return NULL;
}

/* ---- Signs ---- */

static char opening_of(char c)
{
    return c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : '\0';
}

static Error *scan_sign(Scanner *s)
{
    char c = char_at(s, s->at);
    s->at++;
    push(s, PYTHON_SIGN, s->at - 1, s->line);
    if (c == '(' || c == '[' || c == '{') {
        VEC_PUSH(s->arena, &s->open, VEC_LAST(s->out));
        return NULL;
    }
    char opening = opening_of(c);
    if (opening == '\0') {
        return NULL;
    }
    if (s->open.len == 0) {
        return syntax_error(s, s->line, str_printf(s->arena, "unmatched '%c'", c));
    }
    PythonToken last = s->open.data[s->open.len - 1];
    if (last.text.data[0] != opening) {
        return syntax_error(
            s, s->line,
            str_printf(s->arena, "closing parenthesis '%c' does not match opening parenthesis '%c'",
                       c, last.text.data[0]));
    }
    s->open.len--;
    return NULL;
}

/* ---- Lines ---- */

static void begin_line(Scanner *s)
{
    s->line++;
    s->at++;
    if (s->open.len > 0) {
        return;
    }
    s->begins = true;
    s->indent = 0;
    for (; char_at(s, s->at) == ' ' || char_at(s, s->at) == '\t'; s->at++) {
        s->indent =
            char_at(s, s->at) == ' ' ? s->indent + 1 : (s->indent / TAB_COLUMNS + 1) * TAB_COLUMNS;
    }
}

static void skip_comment(Scanner *s)
{
    while (s->at < s->text.len && char_at(s, s->at) != '\n') {
        s->at++;
    }
}

/* White space, comments and lines that go on. False when a token begins here. */
static bool scan_blank(Scanner *s)
{
    char c = char_at(s, s->at);
    bool goes_on = c == '\\' && (char_at(s, s->at + 1) == '\n' || char_at(s, s->at + 1) == '\r');
    if (c == '\n') {
        begin_line(s);
    } else if (c == '#') {
        skip_comment(s);
    } else if (goes_on) {
        s->at += char_at(s, s->at + 1) == '\r' && char_at(s, s->at + 2) == '\n' ? 3 : 2;
        s->line++;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
        s->at++;
    } else {
        return false;
    }
    return true;
}

/* ".5" and "5" */
static bool begins_number(const Scanner *s, size_t at)
{
    return is_digit(char_at(s, at)) || (char_at(s, at) == '.' && is_digit(char_at(s, at + 1)));
}

/* The sign in "1e-3", which "0x1e-3" does not have. */
static bool is_exponent_sign(const Scanner *s, size_t from, size_t at)
{
    char before = at > from ? char_at(s, at - 1) : '\0';
    char base = char_at(s, from + 1);
    return (char_at(s, at) == '-' || char_at(s, at) == '+') && (before == 'e' || before == 'E') &&
           base != 'x' && base != 'X';
}

static void scan_word(Scanner *s)
{
    size_t from = s->at;
    bool number = begins_number(s, from);
    while (is_word(char_at(s, s->at)) ||
           (number && (char_at(s, s->at) == '.' || is_exponent_sign(s, from, s->at)))) {
        s->at++;
    }
    push(s, number ? PYTHON_NUMBER : PYTHON_NAME, from, s->line);
}

static Error *scan_token(Scanner *s)
{
    size_t prefix = prefix_length(s, s->at);
    if (prefix != SIZE_MAX) {
        return scan_string(s, prefix);
    }
    if (is_word(char_at(s, s->at)) || begins_number(s, s->at)) {
        scan_word(s);
        return NULL;
    }
    return scan_sign(s);
}

Error *python_tokens(Arena *arena, Str text, Str file, PythonTokenVec *out)
{
    Scanner s = {.arena = arena, .text = text, .file = file, .line = 1, .begins = true, .out = out};
    while (s.at < text.len) {
        if (!scan_blank(&s)) {
            TRY(scan_token(&s));
        }
    }
    if (s.open.len > 0) {
        PythonToken last = s.open.data[s.open.len - 1];
        return syntax_error(
            &s, last.line, str_printf(arena, "'" STR_FMT "' was never closed", STR_ARG(last.text)));
    }
    return NULL;
}
