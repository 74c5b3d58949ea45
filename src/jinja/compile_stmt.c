#include "base/limits.h"
#include "jinja/compile.h"
#include "jinja/vm.h"

static Error *compile_statement(Function *fn, const Node *node);

Error *compile_body(Function *fn, const NodeVec *body)
{
    for (size_t i = 0; i < body->len; i++) {
        TRY(compile_statement(fn, body->data[i]));
    }
    return NULL;
}

/* A body that is a scope, and no longer the top level. */
static Error *compile_inner(Function *fn, const Scope *scope, const NodeVec *body)
{
    bool top_level = fn->top_level, soft = fn->c->soft;
    fn->top_level = false;
    fn->c->soft = false;
    compile_scope_begin(fn, scope);
    TRY(compile_body(fn, body));
    fn->top_level = top_level;
    fn->c->soft = soft;
    return NULL;
}

void compile_scope_begin(Function *fn, const Scope *scope)
{
    for (STRMAP_EACH(it, &scope->vars)) {
        const Var *var = it->value;
        if (var->kind == VAR_ALIAS) {
            compile_load_raw(fn, var->outer);
            Error *err = compile_store_var(fn, var);
            CHECK(err == NULL);
        } else if (var->kind != VAR_PARAM && var->stored) {
            compile_clear_var(fn, var);
        }
    }
}

/* ---- Output ---- */

static void emit_text(Function *fn, StrBuf *text)
{
    if (text->len > 0) {
        emit(fn, OP_EMIT_TEXT, 0, 0, text_index(fn->c, strbuf_str(text)));
        strbuf_clear(text);
    }
}

/* The text of an expression that is the same in every render; false when it must wait for one. */
static bool fold(Function *fn, const Node *node, StrBuf *text)
{
    Compiler *c = fn->c;
    if (fn->c->escapes || !is_constant(node)) {
        return false;
    }
    JValue value = node->value;
    Error *err = NULL;
    if (node->kind != N_CONST) {
        Unit unit = {0};
        Function *once = function_begin(c, NULL, &unit, PROTO_ROOT, STR(""));
        bool soft = c->soft;
        c->soft = false;
        err = compile_expr(once, node);
        c->soft = soft;
        if (err == NULL) {
            emit_plain(once, OP_RETURN_VALUE);
            function_end(once);
            err = vm_run_constant(c->folder, once->proto, &value);
        }
        c->tpl->protos.len--;
    }
    if (err == NULL) {
        StrBuf printed = strbuf_init(c->scratch, LIMIT_TEMPLATE_BYTES);
        err = jprint(c->folder, value, &printed);
        if (err == NULL && !printed.overflowed) {
            strbuf_add(text, strbuf_str(&printed));
            return true;
        }
    }
    if (err != NULL) {
        error_discard(err, "it fails again, with its place, when the template runs");
    }
    return false;
}

static Error *compile_output(Function *fn, const Node *node)
{
    StrBuf text = strbuf_init(fn->c->scratch, LIMIT_TEMPLATE_BYTES);
    for (size_t i = 0; i < node->items.len; i++) {
        const Node *item = node->items.data[i];
        bool data = item->kind == N_CONST && jis_str(item->value);
        if (data) {
            strbuf_add(&text, jtext(item->value));
        } else if (!fold(fn, item, &text)) {
            emit_text(fn, &text);
            set_place(fn, item);
            if (item->kind == N_NAME && !item->var->captured && !fn->c->escapes) {
                emit(fn, OP_EMIT_SLOT, 0, item->var->slot, 0);
            }
            TRY(compile_expr(fn, item));
            emit(fn, OP_EMIT, fn->c->escapes, 0, 0);
        }
    }
    emit_text(fn, &text);
    return NULL;
}

/* ---- Loops ---- */

/* Stores the item on the stack in the test's variables and tries it. A jump that is taken when the
 * item is to be skipped; the item is then still on the stack. */
static Error *compile_loop_test(Function *fn, const Node *node, uint32_t *out_jump)
{
    emit_plain(fn, OP_DUP);
    Node target = *node->a;
    NodeVec items = {0};
    for (size_t i = 0; i < target.items.len; i++) { /* the same names, as the test sees them */
        Node *item = ARENA_NEW(fn->c->scratch, Node);
        *item = *target.items.data[i];
        item->var = scope_find(node->test_scope, item->name);
        VEC_PUSH(fn->c->scratch, &items, item);
    }
    target.items = items;
    target.var = target.kind == N_NAME ? scope_find(node->test_scope, target.name) : NULL;
    bool top_level = fn->top_level;
    fn->top_level = false;
    compile_scope_begin(fn, node->test_scope);
    TRY(compile_store(fn, &target));
    fn->top_level = top_level;
    TRY(compile_expr(fn, node->c));
    *out_jump = emit_jump(fn, OP_JUMP_IF_FALSE);
    return NULL;
}

/* A loop object knows its length, so a test runs over all items first. */
static Error *compile_filtered_list(Function *fn, const Node *node)
{
    uint32_t slot = unit_slot(fn->unit);
    uint32_t skip = 0;
    emit(fn, OP_LIST, 0, 0, 0);
    emit(fn, OP_STORE, 0, slot, 0);
    emit_plain(fn, OP_ITER);
    uint32_t next = emit_jump(fn, OP_NEXT);
    TRY(compile_loop_test(fn, node, &skip));
    emit(fn, OP_APPEND, 0, slot, 0);
    emit(fn, OP_JUMP, 0, 0, next);
    patch(fn, skip);
    fn->depth++;
    emit_plain(fn, OP_POP);
    emit(fn, OP_JUMP, 0, 0, next);
    patch(fn, next);
    fn->depth--; /* the walk is gone */
    emit(fn, OP_LOAD, 0, slot, 0);
    return NULL;
}

static bool is_pair(const Node *target)
{
    return target->kind == N_TUPLE && target->items.len == 2 &&
           target->items.data[0]->kind == N_NAME && target->items.data[1]->kind == N_NAME;
}

/* The head of a loop: begins the walk on the iterable on the stack; gives the NEXT instruction. */
static Error *compile_loop_head(Function *fn, const Node *node, uint32_t *out_next,
                                uint32_t *out_skip)
{
    bool lazy_test = node->c != NULL && !node->uses_loop;
    if (node->uses_loop) {
        emit(fn, OP_LOOP, node->flag, 0, 0);
        emit_plain(fn, OP_DUP);
        TRY(compile_store_var(fn, scope_find(node->scope, STR("loop"))));
    } else {
        emit_plain(fn, OP_ITER);
    }
    if (is_pair(node->a) && !lazy_test) {
        *out_next = emit_jump(fn, OP_NEXT_PAIR);
        TRY(compile_store_var(fn, node->a->items.data[1]->var));
        return compile_store_var(fn, node->a->items.data[0]->var);
    }
    *out_next = emit_jump(fn, OP_NEXT);
    if (lazy_test) {
        TRY(compile_loop_test(fn, node, out_skip));
    }
    return compile_store(fn, node->a);
}

/* The loop over the iterable on the stack, with its else part. */
static Error *compile_loop(Function *fn, const Node *node)
{
    bool has_else = node->orelse.len > 0, top_level = fn->top_level;
    uint32_t flag = has_else ? unit_slot(fn->unit) : 0;
    uint32_t skip = 0, base = fn->depth - 1;
    LoopFrame loop = {.up = fn->loop, .captures = fn->captures};
    if (has_else) {
        emit(fn, OP_CLEAR, 0, flag, 0);
    }
    fn->top_level = false;
    TRY(compile_loop_head(fn, node, &loop.next, &skip));
    fn->loop = &loop; // cppcheck-suppress autoVariables; taken away below
    TRY(compile_inner(fn, node->scope, &node->body));
    fn->loop = loop.up;
    if (has_else) { /* only a turn that comes to its end spares the else part */
        emit(fn, OP_CONST, 0, 0, constant_index(fn->c, jbool(true)));
        emit(fn, OP_STORE, 0, flag, 0);
    }
    emit(fn, OP_JUMP, 0, 0, loop.next);
    if (skip != 0) {
        patch(fn, skip);
        fn->depth++;
        emit_plain(fn, OP_POP);
        emit(fn, OP_JUMP, 0, 0, loop.next);
    }
    patch(fn, loop.next);
    for (size_t i = 0; i < loop.breaks.len; i++) {
        patch(fn, loop.breaks.data[i]);
    }
    fn->depth = base;
    if (has_else) {
        emit(fn, OP_LOAD, 0, flag, 0);
        uint32_t done = emit_jump(fn, OP_JUMP_IF_TRUE);
        TRY(compile_inner(fn, node->else_scope, &node->orelse));
        patch(fn, done);
    }
    fn->top_level = top_level;
    return NULL;
}

/* A recursive loop is a function of (iterable, depth) that is called with the iterable on the
 * stack. */
static Error *compile_recursive(Function *fn, const Node *node)
{
    Function *inner = function_begin(fn->c, fn, node->unit, PROTO_LOOP, STR("loop"));
    set_place(inner, node);
    inner->proto->param_count = 2;
    emit(inner, OP_LOAD, 0, 0, 0);
    if (node->c != NULL) {
        TRY(compile_filtered_list(inner, node));
    }
    TRY(compile_loop(inner, node));
    function_end(inner);
    emit(fn, OP_MACRO, 0, 0, proto_index(fn->c, inner->proto));
    TRY(compile_expr(fn, node->b));
    emit(fn, OP_CONST, 0, 0, constant_index(fn->c, jint(0)));
    emit(fn, OP_CALL, 0, 2, 0);
    emit_plain(fn, OP_EMIT);
    return NULL;
}

static Error *compile_for(Function *fn, const Node *node)
{
    for (size_t i = 0; i < node->a->items.len + 1; i++) {
        const Node *target = i < node->a->items.len ? node->a->items.data[i] : node->a;
        if (node->uses_loop && target->kind == N_NAME && str_is(target->name, "loop")) {
            return compile_fail(fn->c, target, "TemplateAssertionError",
                                "Can't assign to special loop variable in for-loop target");
        }
    }
    if (node->flag) {
        return compile_recursive(fn, node);
    }
    TRY(compile_expr(fn, node->b));
    if (node->c != NULL && node->uses_loop) {
        TRY(compile_filtered_list(fn, node));
    }
    return compile_loop(fn, node);
}

static Error *compile_exit(Function *fn, const Node *node)
{
    if (fn->loop == NULL) {
        return compile_fail(fn->c, node, "SyntaxError", "%s",
                            node->kind == N_BREAK ? "'break' outside loop"
                                                  : "'continue' not properly in loop");
    }
    uint32_t depth = fn->depth;
    for (uint32_t i = fn->loop->captures; i < fn->captures; i++) {
        emit_plain(fn, OP_CAPTURE_DROP);
    }
    if (node->kind == N_BREAK) {
        emit_plain(fn, OP_POP);
        VEC_PUSH(fn->c->scratch, &fn->loop->breaks, emit_jump(fn, OP_JUMP));
    } else {
        emit(fn, OP_JUMP, 0, 0, fn->loop->next);
    }
    fn->depth = depth;
    return NULL;
}

/* ---- Conditions ---- */

static Error *compile_branch(Function *fn, const Node *node, uint32_t *out_done)
{
    set_place(fn, node);
    JumpVec otherwise = {0};
    TRY(compile_jump(fn, node->a, false, &otherwise));
    TRY(compile_body(fn, &node->body));
    *out_done = emit_jump(fn, OP_JUMP);
    patch_all(fn, &otherwise);
    return NULL;
}

static Error *compile_if(Function *fn, const Node *node)
{
    bool soft = fn->c->soft;
    fn->c->soft = true;
    VEC(uint32_t) done = {0};
    uint32_t jump = 0;
    TRY(compile_branch(fn, node, &jump));
    VEC_PUSH(fn->c->scratch, &done, jump);
    for (size_t i = 0; i < node->elifs.len; i++) {
        TRY(compile_branch(fn, node->elifs.data[i], &jump));
        VEC_PUSH(fn->c->scratch, &done, jump);
    }
    TRY(compile_body(fn, &node->orelse));
    for (size_t i = 0; i < done.len; i++) {
        patch(fn, done.data[i]);
    }
    fn->c->soft = soft;
    return NULL;
}

/* ---- Macros ---- */

/* Slots of parameters that live in cells: the call fills slot i, then it moves to the cell. Slots
 * are numbered before cells are, so the slot is the parameter's position. */
static void compile_param_cell(Function *fn, const Var *var, uint32_t slot)
{
    if (var->captured) {
        emit(fn, OP_LOAD, 0, slot, 0);
        emit(fn, OP_STORE_CELL, 0, var->slot, 0);
    }
}

static Error *compile_params(Function *fn, const Node *node)
{
    Proto *proto = fn->proto;
    size_t required = node->items.len - node->more.len;
    proto->param_count = (uint32_t)node->items.len;
    proto->params = ARENA_ARRAY(fn->c->tpl->arena, JStr *, node->items.len);
    for (size_t i = 0; i < node->items.len; i++) {
        const Node *item = node->items.data[i];
        proto->params[i] = text_constant(fn->c, item->name);
        if (i < required && str_is(item->name, "caller")) {
            return compile_fail(
                fn->c, node, "TemplateAssertionError",
                "When defining macros or call blocks the special \"caller\" argument "
                "must be omitted or be given a default.");
        }
        if (i < required) {
            emit(fn, OP_PARAM_UNSET, 0, (uint32_t)i, text_index(fn->c, item->name));
        } else {
            uint32_t given = emit(fn, OP_DEFAULT, 0, (uint32_t)i, 0);
            fn->in_defaults = true; /* a later parameter has no value yet */
            TRY(compile_expr(fn, node->more.data[i - required]));
            fn->in_defaults = false;
            emit(fn, OP_STORE, 0, (uint32_t)i, 0);
            patch(fn, given);
        }
        compile_param_cell(fn, item->var, (uint32_t)i);
    }
    return NULL;
}

/* The special names take the slots behind the parameters. */
static void compile_specials(Function *fn, const Node *node)
{
    uint32_t slot = (uint32_t)node->items.len;
    const struct {
        bool used;
        Str name;
        uint16_t *out;
    } specials[] = {{node->uses_caller, STR("caller"), &fn->proto->caller_slot},
                    {node->uses_kwargs, STR("kwargs"), &fn->proto->kwargs_slot},
                    {node->uses_varargs, STR("varargs"), &fn->proto->varargs_slot}};
    for (size_t i = 0; i < ARRAY_LEN(specials); i++) {
        if (specials[i].used) {
            *specials[i].out = (uint16_t)slot;
            compile_param_cell(fn, strmap_find(&node->scope->vars, specials[i].name), slot);
            slot++;
        }
    }
}

/* Pushes the macro. */
static Error *compile_macro_value(Function *fn, const Node *node, ProtoKind kind, Str name)
{
    bool soft = fn->c->soft;
    fn->c->soft = false;
    Function *inner = function_begin(fn->c, fn, node->unit, kind, name);
    set_place(inner, node);
    TRY(compile_params(inner, node));
    compile_specials(inner, node);
    compile_scope_begin(inner, node->scope);
    TRY(compile_body(inner, &node->body));
    function_end(inner);
    fn->c->soft = soft;
    uint32_t index = proto_index(fn->c, inner->proto);
    if (kind == PROTO_MACRO && fn->top_level) {
        JinjaTemplate *tpl = fn->c->tpl;
        VEC_PUSH(tpl->arena, &tpl->macros,
                 (JinjaMacroInfo){.name = jstr_str(inner->proto->name),
                                  .tag = str_dup(tpl->arena, node->text),
                                  .line = node->line});
        VEC_PUSH(tpl->arena, &tpl->macro_protos, index);
    }
    emit(fn, OP_MACRO, 0, 0, index);
    return NULL;
}

static Error *compile_macro(Function *fn, const Node *node)
{
    TRY(compile_macro_value(fn, node, PROTO_MACRO, node->name));
    if (fn->top_level) {
        emit(fn, OP_EXPORT, 0, 0, text_index(fn->c, node->name));
    }
    return compile_store_var(fn, node->var);
}

/* The call's arguments come first, its block last. */
static Error *compile_call_block(Function *fn, const Node *node)
{
    Node *call = ARENA_NEW(fn->c->scratch, Node);
    *call = *node->a;
    uint32_t slot = unit_slot(fn->unit);
    TRY(compile_macro_value(fn, node, PROTO_CALLER, STR("caller")));
    emit(fn, OP_STORE, 0, slot, 0);
    Node *caller = ARENA_NEW(fn->c->scratch, Node);
    Var *var = ARENA_NEW(fn->c->scratch, Var);
    *var = (Var){.name = STR("caller"), .kind = VAR_PARAM, .unit = fn->unit, .slot = slot};
    *caller = (Node){.kind = N_NAME, .line = node->line, .name = var->name, .var = var};
    NodeVec values = {0};
    StrVec names = {0};
    for (size_t i = 0; i < call->args.values.len; i++) {
        VEC_PUSH(fn->c->scratch, &values, call->args.values.data[i]);
    }
    for (size_t i = 0; i < call->args.names.len; i++) {
        VEC_PUSH(fn->c->scratch, &names, call->args.names.data[i]);
    }
    VEC_PUSH(fn->c->scratch, &values, caller);
    VEC_PUSH(fn->c->scratch, &names, var->name);
    call->args.values = values;
    call->args.names = names;
    set_place(fn, node);
    TRY(compile_call(fn, call));
    emit_plain(fn, OP_EMIT);
    return NULL;
}

/* ---- Captures ---- */

static Error *compile_captured(Function *fn, const Node *node, const Node *filters)
{
    emit_plain(fn, OP_CAPTURE);
    fn->captures++;
    TRY(compile_inner(fn, node->scope, &node->body));
    fn->captures--;
    set_place(fn, node);
    emit_plain(fn, OP_CAPTURED);
    return compile_filter_chain(fn, filters);
}

static Error *compile_with(Function *fn, const Node *node)
{
    bool top_level = fn->top_level;
    for (size_t i = 0; i < node->more.len; i++) {
        TRY(compile_expr(fn, node->more.data[i]));
    }
    fn->top_level = false;
    for (size_t i = node->items.len; i > 0; i--) {
        TRY(compile_store(fn, node->items.data[i - 1]));
    }
    fn->top_level = top_level;
    return compile_inner(fn, node->scope, &node->body);
}

static Error *compile_autoescape(Function *fn, const Node *node)
{
    bool escapes = fn->c->escapes;
    fn->c->escapes = node->a->kind == N_CONST && jtruth(node->a->value);
    TRY(compile_inner(fn, node->scope, &node->body));
    fn->c->escapes = escapes;
    return NULL;
}

/* ---- Other templates ---- */

/* Pushes a dict of the variables seen from here that the templates set themselves; or none. */
static void compile_visible(Function *fn, const Scope *scope, bool wanted)
{
    if (!wanted) {
        emit(fn, OP_CONST, 0, 0, constant_index(fn->c, JNONE));
        return;
    }
    StrMap seen = strmap_init(fn->c->scratch);
    uint32_t count = 0;
    for (; scope != NULL; scope = scope->parent) {
        for (STRMAP_EACH(it, &scope->vars)) {
            const Var *var = it->value;
            if (var->stored && !str_is(var->name, "self") && !str_is(var->name, "super") &&
                strmap_set(&seen, var->name, it->value) == NULL) {
                emit(fn, OP_CONST, 0, 0, text_index(fn->c, var->name));
                compile_load_raw(fn, var);
                count += 2;
            }
        }
    }
    emit(fn, OP_DICT, 0, count, 0);
}

static Error *compile_include(Function *fn, const Node *node)
{
    TRY(compile_expr(fn, node->a));
    compile_visible(fn, node->scope, node->with_context);
    emit(fn, OP_INCLUDE,
         (uint8_t)((node->flag ? IMPORT_IGNORE_MISSING : 0) |
                   (node->with_context ? IMPORT_WITH_CONTEXT : 0)),
         0, 0);
    return NULL;
}

static Error *compile_import(Function *fn, const Node *node)
{
    TRY(compile_expr(fn, node->a));
    compile_visible(fn, node->scope, node->with_context);
    emit(fn, OP_IMPORT, node->with_context ? IMPORT_WITH_CONTEXT : 0, 0, 0);
    if (node->kind == N_IMPORT) {
        Node target = {.kind = N_NAME, .name = node->name, .var = node->var};
        return compile_store(fn, &target);
    }
    for (size_t i = 0; i < node->items.len; i++) {
        emit(fn, OP_IMPORT_NAME, 0, 0, text_index(fn->c, node->items.data[i]->name));
        TRY(compile_store(fn, node->more.data[i]));
    }
    emit_plain(fn, OP_POP);
    return NULL;
}

static Error *compile_block_call(Function *fn, const Node *node)
{
    compile_visible(fn, node->else_scope, node->flag);
    emit(fn, OP_BLOCK, 0, 0, text_index(fn->c, node->name));
    return NULL;
}

/* Jinja2 looks at the namespaces that a set assigns to before the value, and on the line of the
 * statement before. */
static void compile_namespace_checks(Function *fn, const Node *target)
{
    if (target->kind == N_NSREF) {
        compile_load_var(fn, target->var);
        emit_plain(fn, OP_NS_CHECK);
    }
    for (size_t i = 0; i < target->items.len; i++) {
        compile_namespace_checks(fn, target->items.data[i]);
    }
}

static Error *compile_statement(Function *fn, const Node *node)
{
    if (node->kind == N_SET) {
        compile_namespace_checks(fn, node->a);
    }
    if (node->kind != N_WITH) { /* its values count to the line of the statement before, too */
        set_place(fn, node);
    }
    switch (JTYPE_OF_NODE(node)) {
    case N_OUTPUT:
        return compile_output(fn, node);
    case N_SET:
        TRY(compile_expr(fn, node->b));
        return compile_store(fn, node->a);
    case N_SET_BLOCK:
        TRY(compile_captured(fn, node, node->b));
        return compile_store(fn, node->a);
    case N_FILTER_BLOCK:
        TRY(compile_captured(fn, node, node->a));
        emit_plain(fn, OP_TEXT_CHECK);
        emit_plain(fn, OP_EMIT);
        return NULL;
    case N_FOR:
        return compile_for(fn, node);
    case N_IF:
        return compile_if(fn, node);
    case N_MACRO:
        return compile_macro(fn, node);
    case N_CALL_BLOCK:
        return compile_call_block(fn, node);
    case N_WITH:
        return compile_with(fn, node);
    case N_DO:
        TRY(compile_expr(fn, node->a));
        emit_plain(fn, OP_POP);
        return NULL;
    case N_BREAK:
    case N_CONTINUE:
        return compile_exit(fn, node);
    case N_AUTOESCAPE:
        return compile_autoescape(fn, node);
    case N_BLOCK:
        return compile_block_call(fn, node);
    case N_EXTENDS:
        TRY(compile_expr(fn, node->a));
        emit_plain(fn, OP_EXTENDS);
        return NULL;
    case N_INCLUDE:
        return compile_include(fn, node);
    default: /* N_IMPORT, N_FROM */
        return compile_import(fn, node);
    }
}
