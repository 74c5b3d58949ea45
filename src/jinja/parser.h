/* jinja/parser.h - tokens to a tree. What the two files of the parser share stands at the end. */
#ifndef JINJA_PARSER_H
#define JINJA_PARSER_H

#include "base/arena.h"
#include "base/error.h"
#include "jinja/ast.h"
#include "jinja/lexer.h"

typedef struct Parser {
    Arena *arena;
    JHeap *constants; /* where constant values of the tree live */
    const JinjaOptions *options;
    const Token *at; /* the current token; the last one is EOF */
    int depth;
    int height; /* of what was read of the expression: nodes below each other */
    VEC(const char *)
    open; /* tags whose end is being looked for: "'endif'" lists, innermost last */
    StrVec open_tags;
    uint32_t error_line; /* where the error is that a function returned */
    uint32_t error_column;
} Parser;

/* The statements of a template. TemplateSyntaxError at p->error_line. */
MUST_CHECK Error *parser_template(Parser *p, NodeVec *out_body);
/* A single expression up to the end. */
MUST_CHECK Error *parser_expression(Parser *p, Node **out);

/* ---- Between parser.c and parser_expr.c ---- */

typedef enum TupleRule {
    TUPLE_FULL,    /* with conditional expressions */
    TUPLE_NO_COND, /* "for x in a, b if c" */
} TupleRule;

Node *parser_node(Parser *p, NodeKind kind, const Token *token);
bool parser_is_name(const Parser *p, const char *name);
/* Skips the token if it is this one. */
bool parser_skip(Parser *p, TokenKind kind);
bool parser_skip_name(Parser *p, const char *name);
MUST_CHECK Error *parser_expect(Parser *p, TokenKind kind);
Error *parser_fail(Parser *p, uint32_t line, const char *format, ...) PRINTF_LIKE(3, 4);
/* A token as messages show it: a name by its text, others by their kind. */
Str parser_token_text(const Token *token);
/* "expected token 'x', got 'y'" */
Error *parser_unexpected(Parser *p, const char *expected);

MUST_CHECK Error *parse_expr(Parser *p, Node **out);
MUST_CHECK Error *parse_or(Parser *p, Node **out); /* without a conditional */
/* An expression, or several with commas between as a tuple. */
MUST_CHECK Error *parse_tuple(Parser *p, TupleRule rule, bool explicit_parens, Node **out);
/* What stands on the left of "=" or after "for". */
MUST_CHECK Error *parse_target(Parser *p, bool with_tuple, bool with_namespace, Node **out);
MUST_CHECK Error *parse_call_args(Parser *p, Args *out);
/* "|name(...)" as often as it follows; `start_inline`: the first name stands there without "|". */
MUST_CHECK Error *parse_filters(Parser *p, Node *node, bool start_inline, Node **out);
MUST_CHECK Error *parse_postfix(Parser *p, Node *node, Node **out);

#endif
