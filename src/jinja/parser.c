#include "jinja/parser.h"

#include "base/limits.h"
#include "jinja/ops.h"

static Error *parse_statement(Parser *p, Node **out);

/* ---- Shared with parser_expr.c ---- */

Node *parser_node(Parser *p, NodeKind kind, const Token *token)
{
    Node *node = ARENA_NEW(p->arena, Node);
    node->kind = kind;
    node->line = token->line;
    node->column = token->column;
    return node;
}

bool parser_is_name(const Parser *p, const char *name)
{
    return p->at->kind == T_NAME && str_is(p->at->text, name);
}

bool parser_skip(Parser *p, TokenKind kind)
{
    if (p->at->kind != kind) {
        return false;
    }
    p->at++;
    return true;
}

bool parser_skip_name(Parser *p, const char *name)
{
    if (!parser_is_name(p, name)) {
        return false;
    }
    p->at++;
    return true;
}

Error *parser_fail(Parser *p, uint32_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    StrBuf text = strbuf_init(p->arena, LIMIT_ERROR_BYTES);
    strbuf_vprintf(&text, format, args);
    va_end(args);
    p->error_line = line;
    p->error_column = line == p->at->line ? p->at->column : 0;
    return jraise("TemplateSyntaxError", STR_FMT, STR_ARG(strbuf_str(&text)));
}

Str parser_token_text(const Token *token)
{
    return token->kind == T_NAME ? token->text : str_from(token_kind_text(token->kind));
}

Error *parser_unexpected(Parser *p, const char *expected)
{
    if (p->at->kind == T_EOF) {
        return parser_fail(p, p->at->line, "unexpected end of template, expected '%s'.", expected);
    }
    return parser_fail(p, p->at->line, "expected token '%s', got '" STR_FMT "'", expected,
                       STR_ARG(parser_token_text(p->at)));
}

Error *parser_expect(Parser *p, TokenKind kind)
{
    if (p->at->kind != kind) {
        return parser_unexpected(p, token_kind_text(kind));
    }
    p->at++;
    return NULL;
}

/* ---- Bodies ---- */

/* The names of tags that end a body; the last one is NULL. */
typedef const char *const EndTags[4];

static bool at_end_tag(const Parser *p, EndTags ends)
{
    for (size_t i = 0; ends != NULL && ends[i] != NULL; i++) {
        if (p->at->kind == T_BLOCK_BEGIN && p->at[1].kind == T_NAME &&
            str_is(p->at[1].text, ends[i])) {
            return true;
        }
    }
    return false;
}

/* "'endfor' or 'else'" */
static const char *end_tags_text(Parser *p, EndTags ends)
{
    StrBuf text = strbuf_init(p->arena, LIMIT_ERROR_BYTES);
    for (size_t i = 0; ends[i] != NULL; i++) {
        strbuf_printf(&text, "%s'%s'", i > 0 ? " or " : "", ends[i]);
    }
    return strbuf_c(&text);
}

/* The template ended, or a tag came that nobody knows. */
static Error *unknown_tag(Parser *p, const Token *tag)
{
    StrBuf text = strbuf_init(p->arena, LIMIT_ERROR_BYTES);
    if (tag == NULL) {
        strbuf_add_c(&text, "Unexpected end of template.");
    } else {
        strbuf_printf(&text, "Encountered unknown tag '" STR_FMT "'.", STR_ARG(tag->text));
    }
    if (p->open.len > 0) {
        const char *looked_for = VEC_LAST(&p->open);
        bool mentioned =
            tag != NULL && str_contains(str_from(looked_for),
                                        str_printf(p->arena, "'" STR_FMT "'", STR_ARG(tag->text)));
        strbuf_add_c(&text, mentioned ? " You probably made a nesting mistake. Jinja is expecting "
                                        "this tag, but currently looking for "
                                      : " Jinja was looking for the following tags: ");
        strbuf_printf(&text, "%s. The innermost block that needs to be closed is '" STR_FMT "'.",
                      looked_for, STR_ARG(VEC_LAST(&p->open_tags)));
    }
    const Token *place = tag != NULL ? tag : p->at;
    return parser_fail(p, place->line, "%s", strbuf_c(&text));
}

static void add_output(Parser *p, NodeVec *body, Node *item, const Token *token)
{
    if (body->len == 0 || VEC_LAST(body)->kind != N_OUTPUT) {
        VEC_PUSH(p->arena, body, parser_node(p, N_OUTPUT, token));
    }
    VEC_PUSH(p->arena, &VEC_LAST(body)->items, item);
}

/* Statements and text up to one of `ends` (NULL: the end of the template). Stands behind "{%" of
 * it. */
static Error *parse_body(Parser *p, EndTags ends, NodeVec *out)
{
    for (;;) {
        const Token *token = p->at;
        if (token->kind == T_EOF) {
            return ends == NULL ? NULL : unknown_tag(p, NULL);
        }
        if (at_end_tag(p, ends)) {
            p->at++;
            return NULL;
        }
        p->at++;
        p->height = 0;
        if (token->kind == T_DATA) {
            Node *text = parser_node(p, N_CONST, token);
            text->value = jstr_value(p->constants, token->text);
            add_output(p, out, text, token);
        } else if (token->kind == T_PRINT_BEGIN) {
            Node *item = NULL;
            TRY(parse_tuple(p, TUPLE_FULL, false, &item));
            add_output(p, out, item, token);
            TRY(parser_expect(p, T_PRINT_END));
        } else {
            Node *statement = NULL;
            TRY(parse_statement(p, &statement));
            if (statement != NULL) {
                VEC_PUSH(p->arena, out, statement);
            }
            TRY(parser_expect(p, T_BLOCK_END));
        }
    }
}

/* "%} body {% end": the body of the statement `tag`, with the name of the end tag left to be read.
 */
static Error *parse_block(Parser *p, Str tag, EndTags ends, NodeVec *out)
{
    parser_skip(p, T_COLON);
    TRY(parser_expect(p, T_BLOCK_END));
    if (++p->depth > LIMIT_TEMPLATE_NESTING) {
        p->error_line = p->at->line;
        return error_new(ERR_LIMIT, "the template nests deeper than %d levels",
                         LIMIT_TEMPLATE_NESTING);
    }
    VEC_PUSH(p->arena, &p->open, end_tags_text(p, ends));
    VEC_PUSH(p->arena, &p->open_tags, tag);
    TRY(parse_body(p, ends, out));
    p->open.len--;
    p->open_tags.len--;
    p->depth--;
    return NULL;
}

/* A body with a single end tag, which is skipped. */
static Error *parse_simple_block(Parser *p, Str tag, const char *end, NodeVec *out)
{
    EndTags ends = {end};
    TRY(parse_block(p, tag, ends, out));
    p->at++;
    return NULL;
}

/* ---- Statements ---- */

static Error *parse_for(Parser *p, Node *node)
{
    static EndTags ends = {"endfor", "else"};
    TRY(parse_target(p, true, false, &node->a));
    if (!parser_skip_name(p, "in")) {
        return parser_unexpected(p, "in");
    }
    TRY(parse_tuple(p, TUPLE_NO_COND, false, &node->b));
    if (parser_skip_name(p, "if")) {
        TRY(parse_expr(p, &node->c));
    }
    node->flag = parser_skip_name(p, "recursive");
    TRY(parse_block(p, STR("for"), ends, &node->body));
    if (str_is(p->at++->text, "else")) {
        TRY(parse_simple_block(p, STR("for"), "endfor", &node->orelse));
    }
    return NULL;
}

static Error *parse_if(Parser *p, Node *node)
{
    static EndTags ends = {"elif", "else", "endif"};
    Node *branch = node;
    for (;;) {
        TRY(parse_tuple(p, TUPLE_NO_COND, false, &branch->a));
        TRY(parse_block(p, STR("if"), ends, &branch->body));
        const Token *end = p->at++;
        if (str_is(end->text, "elif")) {
            branch = parser_node(p, N_IF, end);
            VEC_PUSH(p->arena, &node->elifs, branch);
        } else if (str_is(end->text, "else")) {
            return parse_simple_block(p, STR("if"), "endif", &node->orelse);
        } else {
            return NULL;
        }
    }
}

static Error *parse_set(Parser *p, Node *node)
{
    TRY(parse_target(p, true, true, &node->a));
    if (parser_skip(p, T_ASSIGN)) {
        return parse_tuple(p, TUPLE_FULL, false, &node->b);
    }
    node->kind = N_SET_BLOCK;
    TRY(parse_filters(p, NULL, false, &node->b));
    return parse_simple_block(p, STR("set"), "endset", &node->body);
}

/* `name: type[type, ...]`: read and forgotten. */
static Error *skip_annotation(Parser *p)
{
    TRY(parser_expect(p, T_NAME));
    if (p->at->kind != T_LBRACKET) {
        return NULL;
    }
    int depth = 0;
    do {
        depth += p->at->kind == T_LBRACKET;
        depth -= p->at->kind == T_RBRACKET;
        if (p->at->kind == T_BLOCK_END || p->at->kind == T_EOF) {
            return parser_unexpected(p, "]");
        }
        p->at++;
    } while (depth > 0);
    return NULL;
}

/* Constants are no names, and a name stands only once. */
static Error *check_param(Parser *p, const Node *node, const Token *token)
{
    static const char *const constants[] = {"true", "false", "none", "True", "False", "None"};
    for (size_t i = 0; i < ARRAY_LEN(constants); i++) {
        if (str_is(token->text, constants[i])) {
            return parser_fail(p, token->line, "can't assign to 'name'");
        }
    }
    for (size_t i = 0; i < node->items.len; i++) {
        if (str_eq(node->items.data[i]->name, token->text)) {
            return error_as(parser_fail(p, token->line,
                                        "duplicate argument '" STR_FMT "' in function definition",
                                        STR_ARG(token->text)),
                            "SyntaxError");
        }
    }
    return NULL;
}

/* "(a, b=1)": names in items, defaults of the last ones in more. */
static Error *parse_signature(Parser *p, Node *node)
{
    TRY(parser_expect(p, T_LPAREN));
    for (bool first = true; p->at->kind != T_RPAREN; first = false) {
        if (!first) {
            TRY(parser_expect(p, T_COMMA));
        }
        const Token *token = p->at;
        TRY(parser_expect(p, T_NAME));
        TRY(check_param(p, node, token));
        Node *param = parser_node(p, N_NAME, token);
        param->name = token->text;
        VEC_PUSH(p->arena, &node->items, param);
        if (parser_skip(p, T_COLON)) {
            TRY(skip_annotation(p));
        }
        if (parser_skip(p, T_ASSIGN)) {
            Node *fallback = NULL;
            TRY(parse_expr(p, &fallback));
            VEC_PUSH(p->arena, &node->more, fallback);
        } else if (node->more.len > 0) {
            return parser_fail(p, token->line, "non-default argument follows default argument");
        }
    }
    return parser_expect(p, T_RPAREN);
}

static Error *parse_macro(Parser *p, Node *node)
{
    Str name = p->at->text;
    TRY(parser_expect(p, T_NAME));
    const char *prefix = p->options->macro_prefix;
    node->name = prefix != NULL ? str_printf(p->arena, "%s" STR_FMT, prefix, STR_ARG(name)) : name;
    node->text = STR("macro");
    TRY(parse_signature(p, node));
    return parse_simple_block(p, STR("macro"), "endmacro", &node->body);
}

static Error *parse_call_block(Parser *p, Node *node)
{
    if (p->at->kind == T_LPAREN) {
        TRY(parse_signature(p, node));
    }
    const Token *start = p->at;
    TRY(parse_expr(p, &node->a));
    if (node->a->kind != N_CALL) {
        return parser_fail(p, start->line, "expected call");
    }
    return parse_simple_block(p, STR("call"), "endcall", &node->body);
}

static Error *parse_filter_block(Parser *p, Node *node)
{
    TRY(parse_filters(p, NULL, true, &node->a));
    return parse_simple_block(p, STR("filter"), "endfilter", &node->body);
}

static Error *parse_with(Parser *p, Node *node)
{
    while (p->at->kind != T_BLOCK_END) {
        Node *target = NULL, *value = NULL;
        if (node->items.len > 0) {
            TRY(parser_expect(p, T_COMMA));
        }
        TRY(parse_target(p, false, false, &target));
        TRY(parser_expect(p, T_ASSIGN));
        TRY(parse_expr(p, &value));
        VEC_PUSH(p->arena, &node->items, target);
        VEC_PUSH(p->arena, &node->more, value);
    }
    return parse_simple_block(p, STR("with"), "endwith", &node->body);
}

static Error *parse_do(Parser *p, Node *node)
{
    return parse_tuple(p, TUPLE_FULL, false, &node->a);
}

static Error *parse_nothing(Parser *p, Node *node)
{
    (void)p;
    (void)node;
    return NULL;
}

static Error *parse_autoescape(Parser *p, Node *node)
{
    TRY(parse_expr(p, &node->a));
    return parse_simple_block(p, STR("autoescape"), "endautoescape", &node->body);
}

static Error *parse_block_tag(Parser *p, Node *node)
{
    node->name = p->at->text;
    TRY(parser_expect(p, T_NAME));
    node->flag = parser_skip_name(p, "scoped");
    node->required = parser_skip_name(p, "required");
    if (p->at->kind == T_SUB) {
        return parser_fail(p, p->at->line,
                           "Block names in Jinja have to be valid Python identifiers and may not "
                           "contain hyphens, use an underscore instead.");
    }
    TRY(parse_simple_block(p, STR("block"), "endblock", &node->body));
    if (p->at->kind == T_NAME && str_eq(p->at->text, node->name)) {
        p->at++;
    }
    return NULL;
}

static Error *parse_extends(Parser *p, Node *node)
{
    return parse_expr(p, &node->a);
}

/* "with context", "without context" or nothing. */
static void parse_context(Parser *p, Node *node, bool fallback)
{
    node->with_context = fallback;
    bool with = parser_is_name(p, "with"), without = parser_is_name(p, "without");
    if ((with || without) && p->at[1].kind == T_NAME && str_is(p->at[1].text, "context")) {
        p->at += 2;
        node->with_context = with;
    }
}

static Error *parse_include(Parser *p, Node *node)
{
    TRY(parse_expr(p, &node->a));
    if (parser_is_name(p, "ignore") && p->at[1].kind == T_NAME &&
        str_is(p->at[1].text, "missing")) {
        p->at += 2;
        node->flag = true;
    }
    parse_context(p, node, true);
    return NULL;
}

static Error *parse_import(Parser *p, Node *node)
{
    TRY(parse_expr(p, &node->a));
    if (!parser_skip_name(p, "as")) {
        return parser_unexpected(p, "as");
    }
    node->name = p->at->text;
    TRY(parser_expect(p, T_NAME));
    parse_context(p, node, false);
    return NULL;
}

static Error *parse_from(Parser *p, Node *node)
{
    TRY(parse_expr(p, &node->a));
    if (!parser_skip_name(p, "import")) {
        return parser_unexpected(p, "import");
    }
    bool with = false;
    for (;;) {
        if (node->items.len > 0 && !parser_skip(p, T_COMMA)) {
            break;
        }
        if (p->at->kind != T_NAME) {
            return parser_unexpected(p, "name");
        }
        with = (parser_is_name(p, "with") || parser_is_name(p, "without")) &&
               p->at[1].kind == T_NAME && str_is(p->at[1].text, "context");
        if (with) {
            break;
        }
        const Token *token = p->at++;
        if (token->text.data[0] == '_') {
            return error_as(
                parser_fail(p, token->line, "names starting with an underline can not be imported"),
                "TemplateAssertionError");
        }
        Node *name = parser_node(p, N_NAME, token), *alias = parser_node(p, N_NAME, token);
        name->name = alias->name = token->text;
        if (parser_skip_name(p, "as")) {
            alias->name = p->at->text;
            TRY(parser_expect(p, T_NAME));
        }
        VEC_PUSH(p->arena, &node->items, name);
        VEC_PUSH(p->arena, &node->more, alias);
    }
    if (node->items.len == 0) {
        return parser_unexpected(p, "name");
    }
    parse_context(p, node, false);
    return NULL;
}

/* ---- Tags of the embedder ---- */

/* `, adapter='duckdb'` or `, default` of a materialization: what its name gets at the end. */
static Error *parse_adapter(Parser *p, Str *out_suffix)
{
    *out_suffix = STR("_default");
    while (parser_skip(p, T_COMMA)) {
        Str key = p->at->text;
        TRY(parser_expect(p, T_NAME));
        if (!parser_skip(p, T_ASSIGN)) {
            continue; /* `default` */
        }
        Node *value = NULL;
        TRY(parse_expr(p, &value));
        if (str_is(key, "adapter") && value->kind == N_CONST && jis_str(value->value)) {
            *out_suffix = str_printf(p->arena, "_" STR_FMT, STR_ARG(jtext(value->value)));
        }
    }
    return NULL;
}

static Error *parse_custom_tag(Parser *p, const JinjaTag *tag, const Token *token, Node **out)
{
    Node *node = parser_node(p, N_MACRO, token);
    Str name = p->at->text, suffix = STR("");
    TRY(parser_expect(p, T_NAME));
    if (tag->has_params) {
        TRY(parse_signature(p, node));
    }
    if (tag->has_adapter) {
        TRY(parse_adapter(p, &suffix));
    }
    node->text = str_from(tag->name);
    node->name = str_printf(p->arena, "%s" STR_FMT STR_FMT, tag->macro_prefix, STR_ARG(name),
                            STR_ARG(suffix));
    *out = node;
    return parse_simple_block(p, str_from(tag->name), tag->end_name, &node->body);
}

/* ---- All tags ---- */

static const struct {
    const char *name;
    NodeKind kind;
    Error *(*parse)(Parser *p, Node *node);
} statements[] = {
    {"for", N_FOR, parse_for},
    {"if", N_IF, parse_if},
    {"set", N_SET, parse_set},
    {"macro", N_MACRO, parse_macro},
    {"call", N_CALL_BLOCK, parse_call_block},
    {"filter", N_FILTER_BLOCK, parse_filter_block},
    {"with", N_WITH, parse_with},
    {"do", N_DO, parse_do},
    {"break", N_BREAK, parse_nothing},
    {"continue", N_CONTINUE, parse_nothing},
    {"autoescape", N_AUTOESCAPE, parse_autoescape},
    {"block", N_BLOCK, parse_block_tag},
    {"extends", N_EXTENDS, parse_extends},
    {"include", N_INCLUDE, parse_include},
    {"import", N_IMPORT, parse_import},
    {"from", N_FROM, parse_from},
};

/* `{% print a, b %}` is output. */
static Error *parse_print(Parser *p, const Token *token, Node **out)
{
    Node *node = parser_node(p, N_OUTPUT, token), *item = NULL;
    while (p->at->kind != T_BLOCK_END) {
        if (node->items.len > 0) {
            TRY(parser_expect(p, T_COMMA));
        }
        TRY(parse_expr(p, &item));
        VEC_PUSH(p->arena, &node->items, item);
    }
    *out = node;
    return NULL;
}

static Error *parse_statement(Parser *p, Node **out)
{
    const Token *tag = p->at++;
    if (tag->kind != T_NAME) {
        p->at--;
        return parser_fail(p, tag->line, "tag name expected");
    }
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        if (str_is(tag->text, statements[i].name)) {
            *out = parser_node(p, statements[i].kind, tag);
            return statements[i].parse(p, *out);
        }
    }
    if (str_is(tag->text, "print")) {
        return parse_print(p, tag, out);
    }
    const JinjaTag *custom = p->options->tags;
    for (; custom != NULL && custom->name != NULL; custom++) {
        if (str_is(tag->text, custom->name)) {
            return parse_custom_tag(p, custom, tag, out);
        }
    }
    return unknown_tag(p, tag);
}

Error *parser_template(Parser *p, NodeVec *out_body)
{
    return parse_body(p, NULL, out_body);
}

Error *parser_expression(Parser *p, Node **out)
{
    TRY(parse_tuple(p, TUPLE_FULL, false, out));
    return p->at->kind == T_EOF ? NULL : parser_unexpected(p, "end of template");
}
