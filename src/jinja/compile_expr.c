#include "base/limits.h"
#include "jinja/compile.h"

/* ---- Variables ---- */

/* How many functions out a captured variable lives. */
static uint8_t cell_depth(const Function *fn, const Var *var)
{
    uint8_t depth = 0;
    for (const Unit *unit = fn->unit; unit != var->unit; unit = unit->parent) {
        depth = (uint8_t)(depth + (unit->cells > 0)); /* functions without cells have no link */
    }
    return depth;
}

static void emit_var(Function *fn, const Var *var, Opcode slot_op, Opcode cell_op, uint32_t a)
{
    if (var->captured) {
        emit(fn, cell_op, cell_depth(fn, var), var->slot, a);
    } else {
        emit(fn, slot_op, 0, var->slot, a);
    }
}

/* The slot whose value a name has; NO_SLOT when it is found elsewhere. */
static uint32_t slot_of(const Node *node)
{
    return node->kind == N_NAME && !node->var->captured ? node->var->slot : NO_SLOT;
}

/* Between the operands of an operator: the shortcut for ints, if the right one is one that it can
 * reach. `left` is compiled already unless it is in a slot. */
static void compile_shortcut(Function *fn, Opcode op, uint32_t operator, const Node * left,
                             const Node *right)
{
    uint32_t slot = slot_of(left), where = slot_of(right);
    bool constant = right->kind == N_CONST && right->value.type == J_INT;
    if (where == NO_SLOT && !constant) {
        return;
    }
    uint32_t c = (slot != NO_SLOT ? INT_LEFT_IN_SLOT : 0) |
                 (constant ? INT_RIGHT_CONSTANT : 0) | operator<< INT_OPERATOR_SHIFT;
    emit(fn, op, (uint8_t)c, slot != NO_SLOT ? slot : 0,
         constant ? constant_index(fn->c, right->value) : where);
}

/* The two operands of an operator, behind the shortcut past it. */
static Error *compile_operands(Function *fn, Opcode op, uint32_t operator, const Node * left,
                               const Node *right)
{
    if (slot_of(left) != NO_SLOT) {
        compile_shortcut(fn, op, operator, left, right);
        TRY(compile_expr(fn, left));
    } else {
        TRY(compile_expr(fn, left));
        compile_shortcut(fn, op, operator, left, right);
    }
    return compile_expr(fn, right);
}

void compile_load_var(Function *fn, const Var *var)
{
    uint32_t name = text_index(fn->c, var->name);
    switch (var_root_kind(var)) {
    case VAR_PARAM:
        emit_var(fn, var, fn->in_defaults ? OP_LOAD_SET : OP_LOAD,
                 fn->in_defaults ? OP_LOAD_CELL_SET : OP_LOAD_CELL, name);
        break;
    case VAR_CONTEXT:
        emit_var(fn, var, OP_LOAD_NAME, OP_LOAD_CELL_NAME, name);
        break;
    case VAR_UNSET:
    case VAR_ALIAS:
        emit_var(fn, var, OP_LOAD_SET, OP_LOAD_CELL_SET, name);
        break;
    }
}

void compile_load_raw(Function *fn, const Var *var)
{
    emit_var(fn, var, OP_LOAD, OP_LOAD_CELL, 0);
}

void compile_clear_var(Function *fn, const Var *var)
{
    emit_var(fn, var, OP_CLEAR, OP_CLEAR_CELL, 0);
}

Error *compile_store_var(Function *fn, const Var *var)
{
    emit_var(fn, var, OP_STORE, OP_STORE_CELL, 0);
    return NULL;
}

Error *compile_store(Function *fn, const Node *target)
{
    if (target->kind == N_TUPLE) {
        emit(fn, OP_UNPACK, 0, (uint32_t)target->items.len, 0);
        fn->depth += (uint32_t)target->items.len;
        fn->max_depth = fn->depth > fn->max_depth ? fn->depth : fn->max_depth;
        for (size_t i = 0; i < target->items.len; i++) {
            TRY(compile_store(fn, target->items.data[i]));
        }
        return NULL;
    }
    if (target->kind == N_NSREF) {
        compile_load_var(fn, target->var);
        emit(fn, OP_NS_SET, 0, 0, text_index(fn->c, target->text));
        return NULL;
    }
    if (fn->top_level) {
        emit(fn, OP_EXPORT, 0, 0, text_index(fn->c, target->name));
    }
    return compile_store_var(fn, target->var);
}

/* ---- Calls ---- */

/* Pushes arguments; *out_site tells what is special about them, 0 when nothing is. */
static Error *compile_args(Function *fn, const Args *args, const JBuiltin *builtin,
                           uint32_t *out_count, uint32_t *out_site, uint8_t *out_special)
{
    Compiler *c = fn->c;
    Site site = {
        .builtin = builtin, .star = args->star != NULL, .star_star = args->star_star != NULL};
    for (size_t i = 0; i < args->values.len; i++) {
        TRY(compile_expr(fn, args->values.data[i]));
    }
    size_t names = args->names.len;
    uint32_t count = (uint32_t)args->values.len;
    if (args->star != NULL) {
        TRY(compile_expr(fn, args->star));
        count++;
    }
    if (args->star_star != NULL) {
        TRY(compile_expr(fn, args->star_star));
        count++;
    }
    if (names > 0) {
        site.names = jtuple_new(c->tpl->constants_heap, names);
        for (size_t i = 0; i < args->names.len; i++) {
            site.names->items[i] = jobj(text_constant(c, args->names.data[i]));
        }
    }
    *out_special = names > 0 || site.star || site.star_star;
    *out_count = count;
    *out_site = 0;
    if (builtin != NULL || *out_special) {
        VEC_PUSH(c->tpl->arena, &c->tpl->sites, site);
        *out_site = (uint32_t)c->tpl->sites.len - 1;
    }
    return NULL;
}

static bool is_plain(const Args *args)
{
    return args->names.len == 0 && args->star == NULL && args->star_star == NULL;
}

Error *compile_call(Function *fn, const Node *call)
{
    uint32_t count = 0, site = 0;
    uint8_t special = 0;
    if (call->a->kind == N_ATTR && is_plain(&call->args)) {
        TRY(compile_expr(fn, call->a->a));
        TRY(compile_args(fn, &call->args, NULL, &count, &site, &special));
        emit(fn, OP_METHOD, 0, count, text_index(fn->c, call->a->name));
        return NULL;
    }
    TRY(compile_expr(fn, call->a));
    TRY(compile_args(fn, &call->args, NULL, &count, &site, &special));
    emit(fn, OP_CALL, special, count, site);
    return NULL;
}

/* Arguments of a filter or test behind its subject, which is on the stack. */
static Error *compile_builtin(Function *fn, Opcode op, const Node *node, const JBuiltin *builtin)
{
    uint32_t count = 0, site = 0;
    uint8_t special = 0;
    TRY(compile_args(fn, &node->args, builtin, &count, &site, &special));
    count++;
    bool exact =
        builtin->max_args != JARGS_ANY && count >= builtin->min_args && count <= builtin->max_args;
    FilterKind kind = special ? FILTER_NAMED : exact ? FILTER_EXACT : FILTER_PLAIN;
    emit(fn, op, (uint8_t)kind, count, site);
    return NULL;
}

/* A filter or test that does not exist: refused now, or when it is reached inside an `if`. */
static Error *compile_unknown(Function *fn, const Node *node, const char *what)
{
    if (!fn->c->soft) {
        return compile_fail(fn->c, node, "TemplateAssertionError", "No %s named '" STR_FMT "'.",
                            what, STR_ARG(node->name));
    }
    Str message =
        str_printf(fn->c->scratch, "No %s named '" STR_FMT "' found.", what, STR_ARG(node->name));
    emit_plain(fn, OP_POP);
    emit(fn, OP_FAIL, 0, 0, text_index(fn->c, message));
    return NULL;
}

static Error *compile_filter(Function *fn, const Node *node)
{
    const JBuiltin *builtin = jinja_env_filter(fn->c->tpl->env, node->name);
    return builtin != NULL ? compile_builtin(fn, OP_FILTER, node, builtin)
                           : compile_unknown(fn, node, "filter");
}

static Error *compile_test(Function *fn, const Node *node)
{
    TRY(compile_expr(fn, node->a));
    const JBuiltin *builtin = jinja_env_test(fn->c->tpl->env, node->name);
    return builtin != NULL ? compile_builtin(fn, OP_TEST, node, builtin)
                           : compile_unknown(fn, node, "test");
}

Error *compile_filter_chain(Function *fn, const Node *filter)
{
    if (filter == NULL) {
        return NULL;
    }
    TRY(compile_filter_chain(fn, filter->a));
    return compile_filter(fn, filter);
}

/* ---- Everything else ---- */

static Error *compile_items(Function *fn, const Node *node, Opcode op)
{
    for (size_t i = 0; i < node->items.len; i++) {
        TRY(compile_expr(fn, node->items.data[i]));
    }
    emit(fn, op, 0, (uint32_t)node->items.len, 0);
    return NULL;
}

static Error *compile_logic(Function *fn, const Node *node)
{
    TRY(compile_expr(fn, node->a));
    uint32_t jump = emit_jump(fn, node->kind == N_AND ? OP_AND : OP_OR);
    TRY(compile_expr(fn, node->b));
    patch(fn, jump);
    return NULL;
}

Error *compile_jump(Function *fn, const Node *node, bool when, JumpVec *jumps)
{
    if (node->kind == N_NOT) {
        return compile_jump(fn, node->a, !when, jumps);
    }
    if (node->kind != N_AND && node->kind != N_OR) {
        if (slot_of(node) != NO_SLOT) {
            emit(fn, OP_BRANCH_SLOT, 0, slot_of(node), 0);
        }
        TRY(compile_expr(fn, node));
        uint32_t jump = emit_jump(fn, when ? OP_JUMP_IF_TRUE : OP_JUMP_IF_FALSE);
        VEC_PUSH(fn->c->scratch, jumps, jump);
        return NULL;
    }
    bool decides = node->kind == N_OR; /* this truth of the first operand spares the second */
    JumpVec past = {0};
    TRY(compile_jump(fn, node->a, decides, when == decides ? jumps : &past));
    TRY(compile_jump(fn, node->b, when, jumps));
    patch_all(fn, &past);
    return NULL;
}

/* a < b < c: each operand is computed once. */
static Error *compile_compare(Function *fn, const Node *node)
{
    VEC(uint32_t) jumps = {0};
    if (node->items.len == 1 && node->ops[0] <= COMPARE_GE) {
        TRY(compile_operands(fn, OP_INT_COMPARE, node->ops[0], node->a, node->items.data[0]));
        emit(fn, OP_COMPARE, node->ops[0], 0, 0);
        return NULL;
    }
    TRY(compile_expr(fn, node->a));
    for (size_t i = 0; i < node->items.len; i++) {
        TRY(compile_expr(fn, node->items.data[i]));
        if (i + 1 == node->items.len) {
            emit(fn, OP_COMPARE, node->ops[i], 0, 0);
        } else {
            VEC_PUSH(fn->c->scratch, &jumps, emit(fn, OP_COMPARE_CHAIN, node->ops[i], 0, 0));
        }
    }
    for (size_t i = 0; i < jumps.len; i++) {
        patch(fn, jumps.data[i]);
    }
    return NULL;
}

static Error *compile_cond(Function *fn, const Node *node)
{
    bool soft = fn->c->soft;
    fn->c->soft = true;
    JumpVec otherwise = {0};
    TRY(compile_jump(fn, node->a, false, &otherwise));
    TRY(compile_expr(fn, node->b));
    uint32_t done = emit_jump(fn, OP_JUMP);
    fn->depth--;
    patch_all(fn, &otherwise);
    if (node->c != NULL) {
        TRY(compile_expr(fn, node->c));
    } else {
        Str message = str_printf(fn->c->scratch,
                                 "the inline if-expression on line %u evaluated to false and no "
                                 "else section was defined.",
                                 node->line);
        emit(fn, OP_FAIL, 1, 0, text_index(fn->c, message));
    }
    patch(fn, done);
    fn->c->soft = soft;
    return NULL;
}

static Error *compile_slice(Function *fn, const Node *node)
{
    TRY(compile_expr(fn, node->a));
    for (size_t i = 0; i < 3; i++) {
        if (node->items.data[i] != NULL) {
            TRY(compile_expr(fn, node->items.data[i]));
        } else {
            emit(fn, OP_CONST, 0, 0, constant_index(fn->c, JNONE));
        }
    }
    emit_plain(fn, OP_SLICE);
    return NULL;
}

static Error *compile_binary(Function *fn, const Node *node)
{
    if (node->op == JBIN_POW) {
        TRY(compile_expr(fn, node->a));
        TRY(compile_expr(fn, node->b));
    } else {
        TRY(compile_operands(fn, (Opcode)(OP_INT_ADD + node->op), 0, node->a, node->b));
    }
    emit(fn, OP_BINARY, node->op, 0, 0);
    return NULL;
}

static Error *compile_operator(Function *fn, const Node *node)
{
    TRY(compile_expr(fn, node->a));
    switch (JTYPE_OF_NODE(node)) {
    case N_NEGATE:
        emit_plain(fn, OP_NEGATE);
        break;
    case N_POSITIVE:
        emit_plain(fn, OP_POSITIVE);
        break;
    case N_NOT:
        emit_plain(fn, OP_NOT);
        break;
    case N_ITEM:
        TRY(compile_expr(fn, node->b));
        emit_plain(fn, OP_ITEM);
        break;
    default: /* N_ATTR */
        emit(fn, OP_ATTR, 0, 0, text_index(fn->c, node->name));
        break;
    }
    return NULL;
}

Error *compile_expr(Function *fn, const Node *node)
{
    switch (JTYPE_OF_NODE(node)) {
    case N_CONST:
        emit(fn, OP_CONST, 0, 0, constant_index(fn->c, node->value));
        return NULL;
    case N_NAME:
        compile_load_var(fn, node->var);
        return NULL;
    case N_TUPLE:
        return compile_items(fn, node, OP_TUPLE);
    case N_LIST:
        return compile_items(fn, node, OP_LIST);
    case N_DICT:
        return compile_items(fn, node, OP_DICT);
    case N_CONCAT:
        return compile_items(fn, node, OP_CONCAT);
    case N_AND:
    case N_OR:
        return compile_logic(fn, node);
    case N_COMPARE:
        return compile_compare(fn, node);
    case N_COND:
        return compile_cond(fn, node);
    case N_SLICE:
        return compile_slice(fn, node);
    case N_CALL:
        return compile_call(fn, node);
    case N_FILTER:
        TRY(compile_expr(fn, node->a));
        return compile_filter(fn, node);
    case N_TEST:
        return compile_test(fn, node);
    case N_BINARY:
        return compile_binary(fn, node);
    default:
        return compile_operator(fn, node);
    }
}

/* ---- What is constant ---- */

static bool all_constant(const NodeVec *nodes)
{
    for (size_t i = 0; i < nodes->len; i++) {
        if (nodes->data[i] != NULL && !is_constant(nodes->data[i])) {
            return false;
        }
    }
    return true;
}

bool is_constant(const Node *node)
{
    if (node == NULL) {
        return true;
    }
    if (node->kind == N_NAME || node->kind == N_CALL || (node->kind == N_COND && node->c == NULL)) {
        return false;
    }
    return is_constant(node->a) && is_constant(node->b) && is_constant(node->c) &&
           all_constant(&node->items) && all_constant(&node->args.values) &&
           node->args.star == NULL && node->args.star_star == NULL;
}
