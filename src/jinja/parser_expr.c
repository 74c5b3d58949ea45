#include "base/limits.h"
#include "base/number.h"
#include "jinja/ops.h"
#include "jinja/parser.h"

static Error *parse_unary(Parser *p, bool with_filters, Node **out);

/* Every recursion passes here: nesting has a ceiling. */
static Error *enter(Parser *p)
{
    if (++p->depth > LIMIT_TEMPLATE_NESTING) {
        p->error_line = p->at->line;
        return error_new(ERR_LIMIT, "the template nests deeper than %d levels",
                         LIMIT_TEMPLATE_NESTING);
    }
    return NULL;
}

/* Every loop that puts what was read below a new node passes here: what visits the nodes recurses
 * along such chains, too. */
static Error *lengthen(Parser *p)
{
    if (++p->height > LIMIT_TEMPLATE_CHAIN) {
        p->error_line = p->at->line;
        return error_new(ERR_LIMIT,
                         "the expression has more than %d operators, filters or "
                         "attributes behind each other",
                         LIMIT_TEMPLATE_CHAIN);
    }
    return NULL;
}

Error *parse_expr(Parser *p, Node **out)
{
    TRY(enter(p));
    const Token *start = p->at;
    int outer = p->height;
    p->height = 0;
    TRY(parse_or(p, out));
    while (parser_skip_name(p, "if")) {
        TRY(lengthen(p));
        Node *cond = parser_node(p, N_COND, start);
        cond->b = *out;
        TRY(parse_or(p, &cond->a));
        if (parser_skip_name(p, "else")) {
            TRY(parse_expr(p, &cond->c));
        }
        *out = cond;
        start = p->at;
    }
    p->height = outer > p->height ? outer : p->height + 1;
    p->depth--;
    return NULL;
}

/* ---- Binary operators: one level of precedence each ---- */

static Error *binary_node(Parser *p, NodeKind kind, const Token *start, Node **left,
                          Error *(*operand)(Parser *, Node **))
{
    TRY(lengthen(p));
    Node *node = parser_node(p, kind, start);
    node->a = *left;
    TRY(operand(p, &node->b));
    *left = node;
    return NULL;
}

static Error *parse_power(Parser *p, Node **out)
{
    const Token *start = p->at;
    TRY(parse_unary(p, true, out));
    while (p->at->kind == T_POW) {
        TRY(lengthen(p));
        p->at++;
        Node *node = parser_node(p, N_BINARY, start);
        node->op = JBIN_POW;
        node->a = *out;
        TRY(parse_unary(p, true, &node->b));
        *out = node;
        start = p->at;
    }
    return NULL;
}

static Error *parse_product(Parser *p, Node **out)
{
    const Token *start = p->at;
    TRY(parse_power(p, out));
    for (;;) {
        TokenKind kind = p->at->kind;
        if (kind != T_MUL && kind != T_DIV && kind != T_FLOORDIV && kind != T_MOD) {
            return NULL;
        }
        p->at++;
        TRY(binary_node(p, N_BINARY, start, out, parse_power));
        (*out)->op = kind == T_MUL        ? JBIN_MUL
                     : kind == T_DIV      ? JBIN_DIV
                     : kind == T_FLOORDIV ? JBIN_FLOORDIV
                                          : JBIN_MOD;
        start = p->at;
    }
}

static Error *parse_concat(Parser *p, Node **out)
{
    const Token *start = p->at;
    TRY(parse_product(p, out));
    if (p->at->kind != T_TILDE) {
        return NULL;
    }
    Node *node = parser_node(p, N_CONCAT, start);
    VEC_PUSH(p->arena, &node->items, *out);
    int highest = p->height;
    while (parser_skip(p, T_TILDE)) {
        Node *item = NULL;
        p->height = 0; /* they stand beside each other */
        TRY(parse_product(p, &item));
        VEC_PUSH(p->arena, &node->items, item);
        highest = p->height > highest ? p->height : highest;
    }
    p->height = highest;
    *out = node;
    return NULL;
}

static Error *parse_sum(Parser *p, Node **out)
{
    const Token *start = p->at;
    TRY(parse_concat(p, out));
    while (p->at->kind == T_ADD || p->at->kind == T_SUB) {
        TokenKind kind = p->at->kind;
        p->at++;
        TRY(binary_node(p, N_BINARY, start, out, parse_concat));
        (*out)->op = kind == T_ADD ? JBIN_ADD : JBIN_SUB;
        start = p->at;
    }
    return NULL;
}

/* True, and the operator skipped, when a comparison follows. */
static bool compare_operator(Parser *p, CompareOperator *out)
{
    static const struct {
        TokenKind token;
        CompareOperator kind;
    } operators[] = {{T_EQ, COMPARE_EQ}, {T_NE, COMPARE_NE}, {T_LT, COMPARE_LT},
                     {T_LE, COMPARE_LE}, {T_GT, COMPARE_GT}, {T_GE, COMPARE_GE}};
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (parser_skip(p, operators[i].token)) {
            *out = operators[i].kind;
            return true;
        }
    }
    if (parser_skip_name(p, "in")) {
        *out = COMPARE_IN;
        return true;
    }
    if (parser_is_name(p, "not") && p->at[1].kind == T_NAME && str_is(p->at[1].text, "in")) {
        p->at += 2;
        *out = COMPARE_NOT_IN;
        return true;
    }
    return false;
}

static Error *parse_compare(Parser *p, Node **out)
{
    const Token *start = p->at;
    CompareOperator kind = COMPARE_EQ;
    TRY(parse_sum(p, out));
    if (!compare_operator(p, &kind)) {
        return NULL;
    }
    Node *node = parser_node(p, N_COMPARE, start);
    node->a = *out;
    VEC(uint8_t) kinds = {0};
    do {
        Node *item = NULL;
        TRY(parse_sum(p, &item));
        VEC_PUSH(p->arena, &node->items, item);
        VEC_PUSH(p->arena, &kinds, (uint8_t)kind);
    } while (compare_operator(p, &kind));
    node->ops = kinds.data;
    *out = node;
    return NULL;
}

static Error *parse_not(Parser *p, Node **out)
{
    const Token *start = p->at;
    if (!parser_skip_name(p, "not")) {
        return parse_compare(p, out);
    }
    TRY(enter(p));
    Node *node = parser_node(p, N_NOT, start);
    TRY(parse_not(p, &node->a));
    *out = node;
    p->depth--;
    return NULL;
}

static Error *parse_and(Parser *p, Node **out)
{
    const Token *start = p->at;
    TRY(parse_not(p, out));
    while (parser_skip_name(p, "and")) {
        TRY(binary_node(p, N_AND, start, out, parse_not));
        start = p->at;
    }
    return NULL;
}

Error *parse_or(Parser *p, Node **out)
{
    const Token *start = p->at;
    TRY(parse_and(p, out));
    while (parser_skip_name(p, "or")) {
        TRY(binary_node(p, N_OR, start, out, parse_and));
        start = p->at;
    }
    return NULL;
}

/* ---- Primaries ---- */

static Node *const_node(Parser *p, const Token *token, JValue value)
{
    Node *node = parser_node(p, N_CONST, token);
    node->value = value;
    return node;
}

static Error *parse_integer(Parser *p, const Token *token, Node **out)
{
    Str digits = token->text;
    char low = digits.len > 1 ? (char)(digits.data[1] | 0x20) : '\0';
    int base = low == 'x' ? 16 : low == 'o' ? 8 : low == 'b' ? 2 : 10;
    JValue value = JMISSING;
    Str bare = base == 10 ? digits : str_from_offset(digits, 2);
    if (!jint_from_text(p->constants, bare, base, &value)) {
        return parser_fail(p, token->line, "invalid integer");
    }
    *out = const_node(p, token, value);
    return NULL;
}

static Node *parse_strings(Parser *p, const Token *first)
{
    Str text = first->text;
    if (p->at->kind == T_STRING) { /* neighbours are one text */
        StrBuf joined = strbuf_init(p->arena, LIMIT_TEMPLATE_BYTES);
        strbuf_add(&joined, text);
        for (; p->at->kind == T_STRING; p->at++) {
            strbuf_add(&joined, p->at->text);
        }
        text = strbuf_str(&joined);
    }
    return const_node(p, first, jstr_value(p->constants, text));
}

static Node *name_or_constant(Parser *p, const Token *token)
{
    static const struct {
        const char *name;
        JValue value;
    } constants[] = {
        {"true", {.type = J_BOOL, .b = true}},
        {"True", {.type = J_BOOL, .b = true}},
        {"false", {.type = J_BOOL, .b = false}},
        {"False", {.type = J_BOOL, .b = false}},
        {"none", {.type = J_NONE}},
        {"None", {.type = J_NONE}},
    };
    for (size_t i = 0; i < ARRAY_LEN(constants); i++) {
        if (str_is(token->text, constants[i].name)) {
            return const_node(p, token, constants[i].value);
        }
    }
    Node *node = parser_node(p, N_NAME, token);
    node->name = token->text;
    return node;
}

/* Items up to `close`, which may follow a comma. */
static Error *parse_items(Parser *p, TokenKind close, NodeVec *items)
{
    while (p->at->kind != close) {
        if (items->len > 0) {
            TRY(parser_expect(p, T_COMMA));
        }
        if (p->at->kind == close) {
            break;
        }
        Node *item = NULL;
        TRY(parse_expr(p, &item));
        VEC_PUSH(p->arena, items, item);
    }
    return parser_expect(p, close);
}

static Error *parse_dict(Parser *p, const Token *start, Node **out)
{
    Node *node = parser_node(p, N_DICT, start);
    while (p->at->kind != T_RBRACE) {
        if (node->items.len > 0) {
            TRY(parser_expect(p, T_COMMA));
        }
        if (p->at->kind == T_RBRACE) {
            break;
        }
        Node *key = NULL, *value = NULL;
        TRY(parse_expr(p, &key));
        TRY(parser_expect(p, T_COLON));
        TRY(parse_expr(p, &value));
        VEC_PUSH(p->arena, &node->items, key);
        VEC_PUSH(p->arena, &node->items, value);
    }
    *out = node;
    return parser_expect(p, T_RBRACE);
}

static Error *parse_primary(Parser *p, Node **out)
{
    const Token *token = p->at;
    double number = 0;
    switch ((unsigned)token->kind) {
    case T_NAME:
        p->at++;
        *out = name_or_constant(p, token);
        return NULL;
    case T_STRING:
        p->at++;
        *out = parse_strings(p, token);
        return NULL;
    case T_INTEGER:
        p->at++;
        return parse_integer(p, token, out);
    case T_FLOAT:
        p->at++;
        if (!number_parse_double(token->text, &number)) {
            return parser_fail(p, token->line, "invalid float");
        }
        *out = const_node(p, token, jfloat(number));
        return NULL;
    case T_LPAREN:
        p->at++;
        TRY(parse_tuple(p, TUPLE_FULL, true, out));
        return parser_expect(p, T_RPAREN);
    case T_LBRACKET:
        p->at++;
        *out = parser_node(p, N_LIST, token);
        return parse_items(p, T_RBRACKET, &(*out)->items);
    case T_LBRACE:
        p->at++;
        return parse_dict(p, token, out);
    default:
        return parser_fail(p, token->line, "unexpected '" STR_FMT "'",
                           STR_ARG(parser_token_text(token)));
    }
}

/* True when the token can only follow a complete tuple. */
static bool ends_tuple(const Parser *p)
{
    return p->at->kind == T_PRINT_END || p->at->kind == T_BLOCK_END || p->at->kind == T_RPAREN ||
           p->at->kind == T_EOF;
}

Error *parse_tuple(Parser *p, TupleRule rule, bool explicit_parens, Node **out)
{
    const Token *start = p->at;
    NodeVec items = {0};
    bool is_tuple = false;
    for (;;) {
        if (items.len > 0) {
            TRY(parser_expect(p, T_COMMA));
        }
        if (ends_tuple(p)) {
            break;
        }
        Node *item = NULL;
        TRY(rule == TUPLE_FULL ? parse_expr(p, &item) : parse_or(p, &item));
        VEC_PUSH(p->arena, &items, item);
        if (p->at->kind != T_COMMA) {
            break;
        }
        is_tuple = true;
    }
    if (!is_tuple) {
        if (items.len > 0) {
            *out = items.data[0];
            return NULL;
        }
        if (!explicit_parens) {
            return parser_fail(p, p->at->line, "Expected an expression, got '%s'",
                               token_kind_text(p->at->kind));
        }
    }
    *out = parser_node(p, N_TUPLE, start);
    (*out)->items = items;
    return NULL;
}

/* "ns.attr" */
static bool is_namespace_target(const Token *at)
{
    return at->kind == T_NAME && at[1].kind == T_DOT && at[2].kind == T_NAME;
}

static Node *namespace_target(Parser *p)
{
    const Token *start = p->at;
    Node *node = parser_node(p, N_NSREF, start);
    node->name = start->text;
    node->text = start[2].text;
    p->at += 3;
    return node;
}

static Error *parse_target_item(Parser *p, bool with_namespace, uint32_t line, Node **out)
{
    if (with_namespace && is_namespace_target(p->at)) {
        *out = namespace_target(p);
        return NULL;
    }
    Node *item = NULL;
    TRY(parse_primary(p, &item));
    CHECK(item != NULL);
    if (item->kind != N_NAME && item->kind != N_TUPLE && item->kind != N_NSREF) {
        const char *what = item->kind == N_CONST  ? "const"
                           : item->kind == N_LIST ? "list"
                           : item->kind == N_DICT ? "dict"
                                                  : "getattr";
        return parser_fail(p, line, "can't assign to '%s'", what);
    }
    *out = item;
    return NULL;
}

Error *parse_target(Parser *p, bool with_tuple, bool with_namespace, Node **out)
{
    const Token *start = p->at;
    NodeVec items = {0};
    bool is_tuple = false;
    for (;;) {
        if (items.len > 0) {
            TRY(parser_expect(p, T_COMMA));
        }
        if (ends_tuple(p) || (items.len > 0 && p->at->kind == T_ASSIGN)) {
            break;
        }
        Node *item = NULL;
        TRY(parse_target_item(p, with_namespace, start->line, &item));
        VEC_PUSH(p->arena, &items, item);
        if (!with_tuple || p->at->kind != T_COMMA) {
            break;
        }
        is_tuple = true;
    }
    if (items.len == 0) {
        return parser_fail(p, p->at->line, "Expected an expression, got '%s'",
                           token_kind_text(p->at->kind));
    }
    *out = items.data[0];
    if (is_tuple) {
        *out = parser_node(p, N_TUPLE, start);
        (*out)->items = items;
    }
    return NULL;
}

/* ---- Postfixes ---- */

static Error *parse_keyword_arg(Parser *p, Args *out)
{
    for (size_t i = 0; i < out->names.len; i++) {
        if (str_eq(out->names.data[i], p->at->text)) {
            return error_as(parser_fail(p, p->at->line, "keyword argument repeated: " STR_FMT,
                                        STR_ARG(p->at->text)),
                            "SyntaxError");
        }
    }
    VEC_PUSH(p->arena, &out->names, p->at->text);
    p->at += 2;
    Node *value = NULL;
    TRY(parse_expr(p, &value));
    VEC_PUSH(p->arena, &out->values, value);
    return NULL;
}

/* One argument: *a, **a, a=b or a. */
static Error *parse_arg(Parser *p, Args *out)
{
    bool misplaced = false;
    if (parser_skip(p, T_MUL)) {
        misplaced = out->star != NULL || out->star_star != NULL;
        if (!misplaced) {
            return parse_expr(p, &out->star);
        }
    } else if (parser_skip(p, T_POW)) {
        misplaced = out->star_star != NULL;
        if (!misplaced) {
            return parse_expr(p, &out->star_star);
        }
    } else if (p->at->kind == T_NAME && p->at[1].kind == T_ASSIGN && out->star_star == NULL) {
        return parse_keyword_arg(p, out);
    }
    if (misplaced || out->names.len > 0 || out->star != NULL || out->star_star != NULL) {
        return parser_fail(p, p->at->line, "invalid syntax for function call expression");
    }
    Node *value = NULL;
    TRY(parse_expr(p, &value));
    VEC_PUSH(p->arena, &out->values, value);
    return NULL;
}

Error *parse_call_args(Parser *p, Args *out)
{
    TRY(parser_expect(p, T_LPAREN));
    for (bool first = true; p->at->kind != T_RPAREN; first = false) {
        if (!first) {
            TRY(parser_expect(p, T_COMMA));
            if (p->at->kind == T_RPAREN) {
                break;
            }
        }
        TRY(parse_arg(p, out));
    }
    return parser_expect(p, T_RPAREN);
}

/* One part of "a:b:c"; NULL where nothing stands. */
static Error *parse_slice_part(Parser *p, Node **out)
{
    *out = NULL;
    TokenKind kind = p->at->kind;
    return kind == T_COLON || kind == T_RBRACKET || kind == T_COMMA ? NULL : parse_expr(p, out);
}

/* a[from:to:step], from the first colon on. */
static Error *parse_slice(Parser *p, Node *slice, Node *from)
{
    Node *parts[3] = {from, NULL, NULL};
    for (int i = 1; i < 3 && parser_skip(p, T_COLON); i++) {
        TRY(parse_slice_part(p, &parts[i]));
    }
    for (int i = 0; i < 3; i++) {
        VEC_PUSH(p->arena, &slice->items, parts[i]);
    }
    return p->at->kind == T_COLON ? parser_unexpected(p, ",") : parser_expect(p, T_RBRACKET);
}

/* Up to the closing bracket: a[1, 2] has a tuple as its key, and so has a[]. */
static Error *parse_key(Parser *p, const Token *bracket, Node *first, Node **out)
{
    if (first != NULL && p->at->kind != T_COMMA) {
        *out = first;
        return parser_expect(p, T_RBRACKET);
    }
    Node *tuple = parser_node(p, N_TUPLE, bracket);
    for (Node *item = first; item != NULL;) {
        VEC_PUSH(p->arena, &tuple->items, item);
        item = NULL;
        if (parser_skip(p, T_COMMA)) {
            TRY(parse_expr(p, &item));
        }
    }
    *out = tuple;
    return parser_expect(p, T_RBRACKET);
}

static Error *parse_subscript(Parser *p, Node *node, Node **out)
{
    const Token *bracket = p->at++;
    Node *first = NULL;
    if (p->at->kind != T_COLON && p->at->kind != T_RBRACKET) {
        TRY(parse_expr(p, &first));
    }
    Node *found = parser_node(p, p->at->kind == T_COLON ? N_SLICE : N_ITEM, bracket);
    found->a = node;
    *out = found;
    return found->kind == N_SLICE ? parse_slice(p, found, first)
                                  : parse_key(p, bracket, first, &found->b);
}

static Error *parse_dot(Parser *p, Node *node, Node **out)
{
    const Token *dot = p->at++;
    const Token *name = p->at++;
    if (name->kind == T_NAME) {
        *out = parser_node(p, N_ATTR, dot);
        (*out)->a = node;
        (*out)->name = name->text;
        return NULL;
    }
    if (name->kind != T_INTEGER) {
        p->at--;
        return parser_fail(p, name->line, "expected name or number");
    }
    *out = parser_node(p, N_ITEM, dot);
    (*out)->a = node;
    return parse_integer(p, name, &(*out)->b);
}

static Error *parse_call(Parser *p, Node *callee, Node **out)
{
    Node *call = parser_node(p, N_CALL, p->at);
    call->a = callee;
    *out = call;
    return parse_call_args(p, &call->args);
}

Error *parse_postfix(Parser *p, Node *node, Node **out)
{
    for (;;) {
        if (p->at->kind == T_DOT) {
            TRY(parse_dot(p, node, &node));
        } else if (p->at->kind == T_LBRACKET) {
            TRY(parse_subscript(p, node, &node));
        } else if (p->at->kind == T_LPAREN) {
            TRY(parse_call(p, node, &node));
        } else {
            *out = node;
            return NULL;
        }
        TRY(lengthen(p));
    }
}

/* A name with dots, as filters and tests may have. */
static Error *parse_dotted_name(Parser *p, Str *out)
{
    Str name = p->at->text;
    TRY(parser_expect(p, T_NAME));
    while (p->at->kind == T_DOT && p->at[1].kind == T_NAME) {
        name = str_printf(p->arena, STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(p->at[1].text));
        p->at += 2;
    }
    *out = name;
    return NULL;
}

Error *parse_filters(Parser *p, Node *node, bool start_inline, Node **out)
{
    while (p->at->kind == T_PIPE || start_inline) {
        if (!start_inline) {
            p->at++;
        }
        start_inline = false;
        TRY(lengthen(p));
        Node *filter = parser_node(p, N_FILTER, p->at);
        TRY(parse_dotted_name(p, &filter->name));
        filter->a = node;
        if (p->at->kind == T_LPAREN) {
            TRY(parse_call_args(p, &filter->args));
        }
        node = filter;
    }
    *out = node;
    return NULL;
}

/* A test's argument may stand without parentheses: "is divisibleby 3". */
static bool starts_test_argument(const Parser *p)
{
    switch ((unsigned)p->at->kind) {
    case T_NAME:
        return !parser_is_name(p, "else") && !parser_is_name(p, "or") && !parser_is_name(p, "and");
    case T_STRING:
    case T_INTEGER:
    case T_FLOAT:
    case T_LPAREN:
    case T_LBRACKET:
    case T_LBRACE:
        return true;
    default:
        return false;
    }
}

static Error *parse_test(Parser *p, Node *subject, Node **out)
{
    TRY(lengthen(p));
    const Token *is = p->at++;
    bool negated = parser_skip_name(p, "not");
    Node *test = parser_node(p, N_TEST, is);
    TRY(parse_dotted_name(p, &test->name));
    test->a = subject;
    if (p->at->kind == T_LPAREN) {
        TRY(parse_call_args(p, &test->args));
    } else if (starts_test_argument(p)) {
        Node *argument = NULL;
        if (parser_is_name(p, "is")) {
            return parser_fail(p, p->at->line, "You cannot chain multiple tests with is");
        }
        TRY(parse_primary(p, &argument));
        TRY(parse_postfix(p, argument, &argument));
        VEC_PUSH(p->arena, &test->args.values, argument);
    }
    *out = test;
    if (negated) {
        *out = parser_node(p, N_NOT, is);
        (*out)->a = test;
    }
    return NULL;
}

/* Filters, tests and calls behind a primary or a signed one. */
static Error *parse_filters_and_tests(Parser *p, Node *node, Node **out)
{
    for (;;) {
        if (p->at->kind == T_PIPE) {
            TRY(parse_filters(p, node, false, &node));
        } else if (parser_is_name(p, "is")) {
            TRY(parse_test(p, node, &node));
        } else if (p->at->kind == T_LPAREN) {
            TRY(lengthen(p));
            TRY(parse_call(p, node, &node));
        } else {
            *out = node;
            return NULL;
        }
    }
}

static Error *parse_unary(Parser *p, bool with_filters, Node **out)
{
    TRY(enter(p));
    const Token *start = p->at;
    if (start->kind == T_SUB || start->kind == T_ADD) {
        p->at++;
        Node *node = parser_node(p, start->kind == T_SUB ? N_NEGATE : N_POSITIVE, start);
        TRY(parse_unary(p, false, &node->a));
        *out = node;
    } else {
        TRY(parse_primary(p, out));
    }
    TRY(parse_postfix(p, *out, out));
    if (with_filters) {
        TRY(parse_filters_and_tests(p, *out, out));
    }
    p->depth--;
    return NULL;
}
