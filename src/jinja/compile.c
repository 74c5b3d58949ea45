#include "jinja/compile.h"

#include "base/limits.h"
#include "base/unicode.h"
#include "jinja/parser.h"
#include "jinja/vm.h"

const OpcodeInfo opcode_infos[] = {
#define X(name, pops, pushes, operand, meaning) {#name, pops, pushes, operand, meaning},
    JINJA_OPCODES(X)
#undef X
};

/* ---- Code ---- */

uint32_t emit(Function *fn, Opcode op, uint8_t c, uint32_t b, uint32_t a)
{
    const OpcodeInfo *info = &opcode_infos[op];
    int pops = info->pops >= 0 ? info->pops : (int)b + (POPS_B - info->pops);
    CHECK((int)fn->depth >= pops);
    fn->depth = (uint32_t)((int)fn->depth - pops + info->pushes);
    fn->max_depth = fn->depth > fn->max_depth ? fn->depth : fn->max_depth;
    if (b > UINT16_MAX) { /* noticed by function_end */
        fn->c->error_line = fn->place.line;
        b = UINT16_MAX;
    }
    VEC_PUSH(fn->c->scratch, &fn->code,
             (Instr){.op = (uint8_t)op, .c = c, .b = (uint16_t)b, .a = a});
    VEC_PUSH(fn->c->scratch, &fn->places, fn->place);
    return (uint32_t)fn->code.len - 1;
}

uint32_t emit_jump(Function *fn, Opcode op)
{
    return emit(fn, op, 0, 0, 0);
}

void patch(Function *fn, uint32_t jump)
{
    fn->code.data[jump].a = (uint32_t)fn->code.len;
}

void patch_all(Function *fn, const JumpVec *jumps)
{
    for (size_t i = 0; i < jumps->len; i++) {
        patch(fn, jumps->data[i]);
    }
}

void set_place(Function *fn, const Node *node)
{
    fn->place = (Place){.line = node->line, .column = node->column};
}

/* ---- Constants ---- */

uint32_t constant_index(Compiler *c, JValue value)
{
    if (value.type == J_STR && !jis_safe(value)) {
        return text_index(c, jtext(value));
    }
    VEC_PUSH(c->tpl->arena, &c->tpl->constants, value);
    return (uint32_t)c->tpl->constants.len - 1;
}

uint32_t text_index(Compiler *c, Str text)
{
    uintptr_t known = (uintptr_t)strmap_find(&c->texts, text);
    if (known == 0) {
        JStr *str = jstr_new(c->tpl->constants_heap, text);
        VEC_PUSH(c->tpl->arena, &c->tpl->constants, jobj(str));
        known = c->tpl->constants.len;
        strmap_set(&c->texts, jstr_str(str),
                   (void *)known); // NOLINT(performance-no-int-to-ptr): a number, never followed
    }
    return (uint32_t)known - 1;
}

JStr *text_constant(Compiler *c, Str text)
{
    uint32_t index = text_index(c, text); /* first: it may move the constants */
    return c->tpl->constants.data[index].str;
}

Error *compile_fail(Compiler *c, const Node *node, const char *class_name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    StrBuf text = strbuf_init(c->scratch, LIMIT_ERROR_BYTES);
    strbuf_vprintf(&text, format, args);
    va_end(args);
    c->error_line = node->line;
    c->error_column = node->column;
    return jraise(class_name, STR_FMT, STR_ARG(strbuf_str(&text)));
}

/* ---- Functions ---- */

Function *function_begin(Compiler *c, Function *up, Unit *unit, ProtoKind kind, Str name)
{
    Function *fn = ARENA_NEW(c->scratch, Function);
    Proto *proto = ARENA_NEW(c->tpl->arena, Proto);
    *proto = (Proto){.tpl = c->tpl,
                     .kind = kind,
                     .name = text_constant(c, name),
                     .caller_slot = NO_SLOT,
                     .kwargs_slot = NO_SLOT,
                     .varargs_slot = NO_SLOT};
    VEC_PUSH(c->tpl->arena, &c->tpl->protos, proto);
    *fn = (Function){.c = c, .up = up, .unit = unit, .proto = proto};
    if (unit->cells > 0) {
        emit(fn, OP_CELLS, 0, unit->cells, 0);
    }
    return fn;
}

/* Jumps to a jump go where that one goes. Loops of nothing but jumps do not occur: there is NEXT in
 * each. */
static void thread_jumps(Function *fn)
{
    for (size_t i = 0; i < fn->code.len; i++) {
        Instr *in = &fn->code.data[i];
        while (opcode_infos[in->op].operand == A_TARGET && fn->code.data[in->a].op == OP_JUMP) {
            in->a = fn->code.data[in->a].a;
        }
    }
}

void function_end(Function *fn)
{
    emit_plain(fn, OP_RETURN);
    thread_jumps(fn);
    Arena *arena = fn->c->tpl->arena;
    Proto *proto = fn->proto;
    size_t count = fn->code.len;
    proto->code = arena_alloc_raw(arena, count * sizeof(Instr));
    proto->places = arena_alloc_raw(arena, count * sizeof(Place));
    memcpy(proto->code, fn->code.data, count * sizeof(Instr));
    memcpy(proto->places, fn->places.data, count * sizeof(Place));
    proto->code_len = (uint32_t)count;
    proto->slots = fn->unit->slots;
    proto->stack = fn->max_depth;
}

uint32_t proto_index(Compiler *c, const Proto *proto)
{
    for (size_t i = c->tpl->protos.len; i > 0; i--) {
        if (c->tpl->protos.data[i - 1] == proto) {
            return (uint32_t)i - 1;
        }
    }
    CHECK(false);
    return 0;
}

/* ---- Calls with constant arguments, for the embedder ---- */

/* "f" or "object.f"; empty for a callee that is neither. */
static Str callee_name(Arena *arena, const Node *callee)
{
    if (callee->kind == N_NAME) {
        return str_dup(arena, callee->name);
    }
    bool dotted = callee->kind == N_ATTR && callee->a->kind == N_NAME;
    return dotted ? str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(callee->a->name),
                               STR_ARG(callee->name))
                  : (Str){0};
}

static void note_call(Compiler *c, const Node *call)
{
    Str name = callee_name(c->tpl->arena, call->a);
    if (name.len == 0) {
        return;
    }
    JinjaStaticCall found = {.name = name,
                             .line = call->line,
                             .constant = call->args.star == NULL && call->args.star_star == NULL,
                             .argc = call->args.values.len,
                             .kwarg_count = call->args.names.len};
    JValue *args = ARENA_ARRAY(c->tpl->arena, JValue, found.argc);
    Str *names = ARENA_ARRAY(c->tpl->arena, Str, found.kwarg_count);
    for (size_t i = 0; i < found.argc; i++) {
        const Node *value = call->args.values.data[i];
        found.constant = found.constant && value->kind == N_CONST;
        args[i] = value->kind == N_CONST ? value->value : JMISSING;
    }
    for (size_t i = 0; i < found.kwarg_count; i++) {
        names[i] = str_dup(c->tpl->arena, call->args.names.data[i]);
    }
    found.args = args;
    found.kwarg_names = names;
    VEC_PUSH(c->tpl->arena, &c->tpl->calls, found);
}

static void find_calls(Compiler *c, const Node *node);

static void find_calls_in(Compiler *c, const NodeVec *nodes)
{
    for (size_t i = 0; i < nodes->len; i++) {
        find_calls(c, nodes->data[i]);
    }
}

static void find_calls(Compiler *c, const Node *node)
{
    if (node == NULL) {
        return;
    }
    if (node->kind == N_CALL) {
        note_call(c, node);
    }
    find_calls(c, node->a);
    find_calls(c, node->b);
    find_calls(c, node->c);
    find_calls_in(c, &node->items);
    find_calls_in(c, &node->more);
    find_calls_in(c, &node->args.values);
    find_calls(c, node->args.star);
    find_calls(c, node->args.star_star);
    find_calls_in(c, &node->body);
    find_calls_in(c, &node->elifs);
    find_calls_in(c, &node->orelse);
}

/* ---- A whole template ---- */

/* Cells get numbers of their own, in order of their variables' slots. */
static void number_cells(const Scope *scope)
{
    for (STRMAP_EACH(it, &scope->vars)) {
        Var *var = it->value;
        if (var->captured) {
            var->slot = var->unit->cells++;
        }
    }
}

static void number_all_cells(const NodeVec *body)
{
    for (size_t i = 0; i < body->len; i++) {
        const Node *node = body->data[i];
        bool owns = node->kind != N_INCLUDE && node->kind != N_IMPORT && node->kind != N_FROM &&
                    node->kind != N_DO && node->kind != N_EXTENDS;
        if (owns && node->scope != NULL) {
            number_cells(node->scope);
        }
        if (node->kind == N_FOR && node->else_scope != NULL) {
            number_cells(node->else_scope);
        }
        if (node->kind == N_FOR && node->test_scope != NULL) {
            number_cells(node->test_scope);
        }
        number_all_cells(&node->body);
        number_all_cells(&node->elifs);
        number_all_cells(&node->orelse);
    }
}

/* `self` in the template itself. */
static void begin_root(Function *fn, const Scope *scope)
{
    fn->place = (Place){.line = 1, .column = 1};
    emit_plain(fn, OP_SELF);
    Error *err = compile_store_var(fn, scope_find(scope, STR("self")));
    CHECK(err == NULL);
}

static Error *compile_block(Compiler *c, const Node *node)
{
    for (size_t i = 0; i < c->tpl->blocks.len; i++) {
        if (str_eq(jstr_str(c->tpl->blocks.data[i].name), node->name)) {
            return compile_fail(c, node, "TemplateAssertionError",
                                "block '" STR_FMT "' defined twice", STR_ARG(node->name));
        }
    }
    Function *fn = function_begin(c, NULL, node->unit, PROTO_BLOCK, node->name);
    set_place(fn, node);
    for (uint8_t super = 0; super < 2; super++) {
        emit(fn, OP_SELF, super, 0, 0);
        TRY(compile_store_var(fn, scope_find(node->scope, super ? STR("super") : STR("self"))));
    }
    compile_scope_begin(fn, node->scope);
    TRY(compile_body(fn, &node->body));
    function_end(fn);
    fn->proto->required = node->required;
    VEC_PUSH(c->tpl->arena, &c->tpl->blocks,
             (TemplateBlock){text_constant(c, node->name), fn->proto});
    return NULL;
}

static Error *compile_template(Compiler *c, NodeVec *body)
{
    ScopeBuilder sb = {.arena = c->scratch};
    Scope *scope = scope_build(&sb, body);
    number_cells(scope);
    number_all_cells(body);
    Function *fn = function_begin(c, NULL, scope->unit, PROTO_ROOT, STR(""));
    fn->top_level = true;
    begin_root(fn, scope);
    TRY(compile_body(fn, body));
    function_end(fn);
    for (size_t i = 0; i < sb.blocks.len; i++) {
        TRY(compile_block(c, sb.blocks.data[i]));
    }
    find_calls_in(c, body);
    return NULL;
}

static Error *compile_single(Compiler *c, Node *expr)
{
    NodeVec body = {0};
    Node *output = ARENA_NEW(c->scratch, Node);
    *output = (Node){.kind = N_OUTPUT, .line = 1};
    VEC_PUSH(c->scratch, &output->items, expr);
    VEC_PUSH(c->scratch, &body, output);
    ScopeBuilder sb = {.arena = c->scratch};
    Scope *scope = scope_build(&sb, &body);
    Function *fn = function_begin(c, NULL, scope->unit, PROTO_ROOT, STR(""));
    begin_root(fn, scope);
    set_place(fn, expr);
    TRY(compile_expr(fn, expr));
    emit_plain(fn, OP_RETURN_VALUE);
    function_end(fn);
    find_calls_in(c, &body);
    return NULL;
}

static JinjaTemplate *new_template(const JinjaEnv *env, Str name)
{
    Arena *arena = arena_new("jinja template");
    JinjaTemplate *tpl = ARENA_NEW(arena, JinjaTemplate);
    tpl->env = env;
    tpl->arena = arena;
    tpl->constants_heap = jheap_new(JHEAP_IMMORTAL, NULL);
    tpl->name = str_dup(arena, name);
    return tpl;
}

void jinja_template_free(JinjaTemplate *tpl)
{
    if (tpl != NULL) {
        jheap_free(tpl->constants_heap);
        arena_free(tpl->arena);
    }
}

Str template_line(const JinjaTemplate *tpl, uint32_t line)
{
    Str rest = tpl->source, text = {0};
    for (uint32_t i = 0; i < line; i++) {
        if (!str_next_line(&rest, &text)) {
            return (Str){0};
        }
    }
    return text;
}

/* Puts the place in front of what is wrong with the source. */
static Error *locate(const JinjaTemplate *tpl, Error *err, uint32_t line, uint32_t column)
{
    err = error_excerpt(err, template_line(tpl, line), column);
    return error_wrap(err, STR_FMT ":%u", STR_ARG(tpl->name), line);
}

/* Of an error of the lexer and one of the parser, the one that stands first; with its place. */
static Error *first_error(Parser *p, const JinjaTemplate *tpl, Error *parse_error, Error *lex_error,
                          uint32_t lex_line)
{
    if (lex_error != NULL && (parse_error == NULL || p->at->kind == T_EOF)) {
        if (parse_error != NULL) {
            error_discard(parse_error, "it only says that the tokens end where the lexer failed");
        }
        return locate(tpl, lex_error, lex_line, 0);
    }
    if (lex_error != NULL) {
        error_discard(lex_error, "the parser failed before it");
    }
    return parse_error != NULL ? locate(tpl, parse_error, p->error_line, p->error_column) : NULL;
}

static Error *parse_and_compile(Compiler *c, bool expression)
{
    JinjaTemplate *tpl = c->tpl;
    const JinjaOptions *options = jinja_env_options(tpl->env);
    TokenVec tokens = {0};
    uint32_t line = 0;
    Error *err = NULL;
    if (expression) { /* lexed as what stands between the braces */
        tpl->source = str_printf(tpl->arena, "{{" STR_FMT "}}", STR_ARG(tpl->source));
    }
    Error *lex_error = lexer_run(c->scratch, tpl->source, &options->syntax, &tokens, &line);
    Parser p = {.arena = c->scratch,
                .constants = tpl->constants_heap,
                .options = options,
                .at = tokens.data};
    if (expression) {
        Node *expr = NULL;
        p.at++; /* behind the braces */
        err = parse_tuple(&p, TUPLE_FULL, false, &expr);
        if (err == NULL && p.at->kind != T_PRINT_END) {
            err = parser_unexpected(&p, "end of expression");
        }
        TRY(first_error(&p, tpl, err, lex_error, line));
        return compile_single(c, expr);
    }
    NodeVec body = {0};
    err = parser_template(&p, &body);
    TRY(first_error(&p, tpl, err, lex_error, line));
    err = compile_template(c, &body);
    return err != NULL ? locate(tpl, err, c->error_line, c->error_column) : NULL;
}

static Error *compile_source(const JinjaEnv *env, Str name, Str source, bool expression,
                             JinjaTemplate **out)
{
    if (source.len > LIMIT_TEMPLATE_BYTES) {
        return error_new(ERR_LIMIT, "template '" STR_FMT "' is larger than %zu bytes",
                         STR_ARG(name), LIMIT_TEMPLATE_BYTES);
    }
    size_t invalid = utf8_find_invalid(source);
    if (invalid != SIZE_MAX) {
        return error_new(ERR_TEMPLATE, "template '" STR_FMT "' is not UTF-8 at byte %zu",
                         STR_ARG(name), invalid);
    }
    AUTO_FREE(arena) Arena *scratch = arena_new("jinja compiler");
    JinjaTemplate *tpl = new_template(env, name);
    const JinjaOptions *options = jinja_env_options(env);
    Str normal = lexer_normalize(scratch, source, options->syntax.keep_trailing_newline);
    tpl->source = str_dup(tpl->arena, normal);
    Compiler c = {.tpl = tpl, .scratch = scratch, .texts = strmap_init(scratch)};
    c.folder = jinja_state_for_constants(env, tpl->constants_heap);
    Error *err = parse_and_compile(&c, expression);
    jinja_state_free(c.folder);
    if (err != NULL) {
        jinja_template_free(tpl);
        return err;
    }
    *out = tpl;
    return NULL;
}

Error *jinja_compile(const JinjaEnv *env, Str name, Str source, JinjaTemplate **out)
{
    return compile_source(env, name, source, false, out);
}

Error *jinja_compile_expression(const JinjaEnv *env, Str name, Str source, JinjaTemplate **out)
{
    return compile_source(env, name, source, true, out);
}

/* ---- What the embedder may ask ---- */

Str jinja_template_name(const JinjaTemplate *tpl)
{
    return tpl->name;
}

size_t jinja_macro_count(const JinjaTemplate *tpl)
{
    return tpl->macros.len;
}

JinjaMacroInfo jinja_macro_info(const JinjaTemplate *tpl, size_t index)
{
    return tpl->macros.data[index];
}

size_t jinja_static_call_count(const JinjaTemplate *tpl)
{
    return tpl->calls.len;
}

JinjaStaticCall jinja_static_call(const JinjaTemplate *tpl, size_t index)
{
    return tpl->calls.data[index];
}
