/* jinja/lexer.h - template source to tokens, with Jinja2's rules for white space around tags. */
#ifndef JINJA_LEXER_H
#define JINJA_LEXER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "jinja/jinja.h"

/* Token, as messages name it. */
#define JINJA_TOKENS(X) \
    X(DATA, "template data / text") \
    X(BLOCK_BEGIN, "begin of statement block") \
    X(BLOCK_END, "end of statement block") \
    X(PRINT_BEGIN, "begin of print statement") \
    X(PRINT_END, "end of print statement") \
    X(NAME, "name") \
    X(INTEGER, "integer") \
    X(FLOAT, "float") \
    X(STRING, "string") \
    X(EOF, "end of template") \
    X(ADD, "+") \
    X(SUB, "-") \
    X(MUL, "*") \
    X(DIV, "/") \
    X(FLOORDIV, "//") \
    X(MOD, "%") \
    X(POW, "**") \
    X(TILDE, "~") \
    X(LBRACKET, "[") \
    X(RBRACKET, "]") \
    X(LPAREN, "(") \
    X(RPAREN, ")") \
    X(LBRACE, "{") \
    X(RBRACE, "}") \
    X(EQ, "==") \
    X(NE, "!=") \
    X(GT, ">") \
    X(GE, ">=") \
    X(LT, "<") \
    X(LE, "<=") \
    X(ASSIGN, "=") \
    X(DOT, ".") \
    X(COLON, ":") \
    X(PIPE, "|") \
    X(COMMA, ",") \
    X(SEMICOLON, ";")

typedef enum TokenKind {
#define X(name, text) T_##name,
    JINJA_TOKENS(X)
#undef X
} TokenKind;

typedef struct Token {
    TokenKind kind;
    Str text; /* a string with its escapes resolved; digits without underscores */
    uint32_t line, column;
} Token;

typedef VEC(Token) TokenVec;

const char *token_kind_text(TokenKind kind);

/* The source as lines count it: CRLF and CR become LF, one final newline is dropped unless it is
 * kept. */
Str lexer_normalize(Arena *arena, Str source, bool keep_trailing_newline);

/* Reads all of a normalized source; the last token is EOF. TemplateSyntaxError with *out_line set;
 * the tokens before it are there, and EOF. */
MUST_CHECK Error *lexer_run(Arena *arena, Str source, const JinjaSyntax *syntax,
                            TokenVec *out_tokens, uint32_t *out_line);

#endif
