#include "jinja/scope.h"

uint32_t unit_slot(Unit *unit)
{
    return unit->slots++;
}

VarKind var_root_kind(const Var *var)
{
    while (var->kind == VAR_ALIAS) {
        var = var->outer;
    }
    return var->kind;
}

Var *scope_find(const Scope *scope, Str name)
{
    for (; scope != NULL; scope = scope->parent) {
        Var *var = strmap_find(&scope->vars, name);
        if (var != NULL) {
            return var;
        }
    }
    return NULL;
}

static Scope *new_scope(Arena *arena, Scope *parent, Unit *unit)
{
    Scope *scope = ARENA_NEW(arena, Scope);
    *scope = (Scope){.parent = parent, .unit = unit, .vars = strmap_init(arena), .arena = arena};
    return scope;
}

static Unit *new_unit(Arena *arena, Unit *parent)
{
    Unit *unit = ARENA_NEW(arena, Unit);
    unit->parent = parent;
    return unit;
}

static Var *define(Scope *scope, Str name, VarKind kind)
{
    Var *var = ARENA_NEW(scope->arena, Var);
    *var = (Var){.name = name, .kind = kind, .unit = scope->unit, .slot = unit_slot(scope->unit)};
    strmap_set(&scope->vars, name, var);
    return var;
}

static Var *param(Scope *scope, Str name)
{
    Var *var = define(scope, name, VAR_PARAM);
    var->stored = true;
    return var;
}

static void load(Scope *scope, Str name)
{
    if (scope_find(scope, name) == NULL) {
        define(scope, name, VAR_CONTEXT);
    }
}

/* `branch`: inside an `if`, where the name may stay as it was. */
static void store(Scope *scope, Str name, bool branch)
{
    Var *var = strmap_find(&scope->vars, name);
    if (var == NULL) {
        Var *outer = scope_find(scope->parent, name);
        var = define(scope, name, outer != NULL ? VAR_ALIAS : branch ? VAR_CONTEXT : VAR_UNSET);
        var->outer = outer;
        if (outer != NULL && outer->unit != scope->unit) {
            outer->captured = true;
        }
    }
    var->stored = true;
}

/* ---- First walk: what a scope itself loads and stores, in order ---- */

static void load_expr(Scope *scope, const Node *node);

static void load_exprs(Scope *scope, const NodeVec *nodes)
{
    for (size_t i = 0; i < nodes->len; i++) {
        load_expr(scope, nodes->data[i]);
    }
}

static void load_expr(Scope *scope, const Node *node)
{
    if (node == NULL) {
        return;
    }
    if (node->kind == N_NAME || node->kind == N_NSREF) {
        load(scope, node->name);
        return;
    }
    load_expr(scope, node->a);
    load_expr(scope, node->b);
    load_expr(scope, node->c);
    load_exprs(scope, &node->items);
    load_exprs(scope, &node->args.values);
    load_expr(scope, node->args.star);
    load_expr(scope, node->args.star_star);
}

static void store_target(Scope *scope, const Node *target, bool branch)
{
    if (target->kind == N_TUPLE) {
        for (size_t i = 0; i < target->items.len; i++) {
            store_target(scope, target->items.data[i], branch);
        }
    } else if (target->kind == N_NSREF) {
        load(scope, target->name);
    } else {
        store(scope, target->name, branch);
    }
}

static void param_target(Scope *scope, const Node *target)
{
    if (target->kind == N_TUPLE) {
        for (size_t i = 0; i < target->items.len; i++) {
            param_target(scope, target->items.data[i]);
        }
    } else {
        param(scope, target->name);
    }
}

static void collect(Scope *scope, const NodeVec *body, bool branch);

static void collect_statement(Scope *scope, const Node *node, bool branch)
{
    switch (JTYPE_OF_NODE(node)) {
    case N_OUTPUT:
        load_exprs(scope, &node->items);
        break;
    case N_SET:
        load_expr(scope, node->b);
        store_target(scope, node->a, branch);
        break;
    case N_SET_BLOCK:
        store_target(scope, node->a, branch);
        break;
    case N_FOR:
        load_expr(scope, node->b);
        break;
    case N_IF:
        load_expr(scope, node->a);
        collect(scope, &node->body, true);
        collect(scope, &node->elifs, true);
        collect(scope, &node->orelse, true);
        break;
    case N_MACRO:
        store(scope, node->name, branch);
        break;
    case N_CALL_BLOCK:
    case N_FILTER_BLOCK:
    case N_DO:
    case N_EXTENDS:
    case N_INCLUDE:
    case N_AUTOESCAPE:
        load_expr(scope, node->a);
        break;
    case N_WITH:
        load_exprs(scope, &node->more);
        break;
    case N_IMPORT:
        load_expr(scope, node->a);
        store(scope, node->name, branch);
        break;
    case N_FROM:
        load_expr(scope, node->a);
        for (size_t i = 0; i < node->more.len; i++) {
            store(scope, node->more.data[i]->name, branch);
        }
        break;
    default:
        break;
    }
}

static void collect(Scope *scope, const NodeVec *body, bool branch)
{
    for (size_t i = 0; i < body->len; i++) {
        collect_statement(scope, body->data[i], branch);
    }
}

/* ---- Which special names a body mentions, at any depth ---- */

static bool mentions(const Node *node, const char *name);

static bool any_mentions(const NodeVec *nodes, const char *name)
{
    for (size_t i = 0; i < nodes->len; i++) {
        if (mentions(nodes->data[i], name)) {
            return true;
        }
    }
    return false;
}

static bool mentions(const Node *node, const char *name)
{
    if (node == NULL || node->kind == N_BLOCK) {
        return false;
    }
    if (node->kind == N_NAME) {
        return str_is(node->name, name);
    }
    bool names_only = node->kind == N_MACRO || node->kind == N_CALL_BLOCK || node->kind == N_WITH ||
                      node->kind == N_FROM;
    bool target = node->kind == N_FOR || node->kind == N_SET || node->kind == N_SET_BLOCK;
    return (!target && mentions(node->a, name)) || mentions(node->b, name) ||
           mentions(node->c, name) || (!names_only && any_mentions(&node->items, name)) ||
           any_mentions(&node->more, name) || any_mentions(&node->body, name) ||
           any_mentions(&node->elifs, name) || any_mentions(&node->orelse, name) ||
           any_mentions(&node->args.values, name) || mentions(node->args.star, name) ||
           mentions(node->args.star_star, name);
}

static bool contains_scoped_block(const NodeVec *nodes)
{
    for (size_t i = 0; i < nodes->len; i++) {
        const Node *node = nodes->data[i];
        if ((node->kind == N_BLOCK && node->flag) || contains_scoped_block(&node->body) ||
            contains_scoped_block(&node->elifs) || contains_scoped_block(&node->orelse)) {
            return true;
        }
    }
    return false;
}

/* ---- Second walk: every name gets its variable, every body its scope ---- */

static void resolve_body(ScopeBuilder *sb, Scope *scope, NodeVec *body);

static Var *use(const Scope *scope, Str name)
{
    Var *var = scope_find(scope, name);
    if (var != NULL && var->unit != scope->unit) {
        var->captured = true;
    }
    return var;
}

static void resolve_expr(const Scope *scope, Node *node);

static void resolve_exprs(const Scope *scope, NodeVec *nodes)
{
    for (size_t i = 0; i < nodes->len; i++) {
        resolve_expr(scope, nodes->data[i]);
    }
}

/* Expressions and targets alike. */
static void resolve_expr(const Scope *scope, Node *node)
{
    if (node == NULL) {
        return;
    }
    if (node->kind == N_NAME || node->kind == N_NSREF) {
        node->var = use(scope, node->name);
        return;
    }
    resolve_expr(scope, node->a);
    resolve_expr(scope, node->b);
    resolve_expr(scope, node->c);
    resolve_exprs(scope, &node->items);
    resolve_exprs(scope, &node->args.values);
    resolve_expr(scope, node->args.star);
    resolve_expr(scope, node->args.star_star);
}

static Scope *inner(ScopeBuilder *sb, Scope *parent, NodeVec *body)
{
    Scope *scope = new_scope(sb->arena, parent, parent->unit);
    collect(scope, body, false);
    resolve_body(sb, scope, body);
    return scope;
}

static void resolve_for(ScopeBuilder *sb, Scope *scope, Node *node)
{
    resolve_expr(scope, node->b);
    node->uses_loop =
        node->flag || any_mentions(&node->body, "loop") || contains_scoped_block(&node->body);
    Unit *unit = scope->unit;
    if (node->flag) { /* recursive: the loop is a function of (iterable, depth) */
        unit = node->unit = new_unit(sb->arena, scope->unit);
        unit->slots = 2;
    }
    if (node->c != NULL) {
        node->test_scope = new_scope(sb->arena, scope, unit);
        param_target(node->test_scope, node->a);
        load_expr(node->test_scope, node->c);
        resolve_expr(node->test_scope, node->c);
    }
    node->scope = new_scope(sb->arena, scope, unit);
    if (node->uses_loop) {
        param(node->scope, STR("loop"));
    }
    param_target(node->scope, node->a);
    collect(node->scope, &node->body, false);
    resolve_expr(node->scope, node->a);
    resolve_body(sb, node->scope, &node->body);
    if (node->orelse.len > 0) {
        node->else_scope = new_scope(sb->arena, scope, unit);
        collect(node->else_scope, &node->orelse, false);
        resolve_body(sb, node->else_scope, &node->orelse);
    }
}

static bool has_param(const Node *node, const char *name)
{
    for (size_t i = 0; i < node->items.len; i++) {
        if (str_is(node->items.data[i]->name, name)) {
            return true;
        }
    }
    return false;
}

/* Macros and call blocks: parameters first, then the special names the body mentions. */
static void resolve_macro(ScopeBuilder *sb, Scope *scope, Node *node)
{
    node->unit = new_unit(sb->arena, scope->unit);
    node->scope = new_scope(sb->arena, scope, node->unit);
    for (size_t i = 0; i < node->items.len; i++) {
        Node *item = node->items.data[i];
        item->var = param(node->scope, item->name);
    }
    node->uses_caller = any_mentions(&node->body, "caller") && !has_param(node, "caller");
    node->uses_kwargs = any_mentions(&node->body, "kwargs") && !has_param(node, "kwargs");
    node->uses_varargs = any_mentions(&node->body, "varargs") && !has_param(node, "varargs");
    if (node->uses_caller) {
        param(node->scope, STR("caller"));
    }
    if (node->uses_kwargs) {
        param(node->scope, STR("kwargs"));
    }
    if (node->uses_varargs) {
        param(node->scope, STR("varargs"));
    }
    load_exprs(node->scope, &node->more);
    collect(node->scope, &node->body, false);
    resolve_exprs(node->scope, &node->more);
    resolve_body(sb, node->scope, &node->body);
}

static void resolve_with(ScopeBuilder *sb, Scope *scope, Node *node)
{
    resolve_exprs(scope, &node->more);
    node->scope = new_scope(sb->arena, scope, scope->unit);
    for (size_t i = 0; i < node->items.len; i++) {
        param_target(node->scope, node->items.data[i]);
        resolve_expr(node->scope, node->items.data[i]);
    }
    collect(node->scope, &node->body, false);
    resolve_body(sb, node->scope, &node->body);
}

/* A block is a function of its own that sees only the context. */
static void resolve_block(ScopeBuilder *sb, Scope *scope, Node *node)
{
    node->else_scope = scope; /* where it stands: a scoped block is given its variables */
    node->unit = new_unit(sb->arena, NULL);
    node->scope = new_scope(sb->arena, NULL, node->unit);
    param(node->scope, STR("self"));
    param(node->scope, STR("super"));
    collect(node->scope, &node->body, false);
    VEC_PUSH(sb->arena, &sb->blocks, node);
    resolve_body(sb, node->scope, &node->body);
}

/* Marks the variables that an include or import with context copies. */
static void capture_visible(const Scope *scope)
{
    for (const Scope *at = scope; at != NULL; at = at->parent) {
        for (STRMAP_EACH(it, &at->vars)) {
            Var *var = it->value;
            if (var->stored && var->unit != scope->unit) {
                var->captured = true;
            }
        }
    }
}

static void resolve_statement(ScopeBuilder *sb, Scope *scope, Node *node)
{
    switch (JTYPE_OF_NODE(node)) {
    case N_OUTPUT:
        resolve_exprs(scope, &node->items);
        break;
    case N_SET:
        resolve_expr(scope, node->b);
        resolve_expr(scope, node->a);
        break;
    case N_SET_BLOCK:
        resolve_expr(scope, node->a);
        node->scope = inner(sb, scope, &node->body);
        resolve_expr(node->scope, node->b);
        break;
    case N_FOR:
        resolve_for(sb, scope, node);
        break;
    case N_IF:
        resolve_expr(scope, node->a);
        resolve_body(sb, scope, &node->body);
        resolve_body(sb, scope, &node->elifs);
        resolve_body(sb, scope, &node->orelse);
        break;
    case N_MACRO:
        node->var = use(scope, node->name);
        resolve_macro(sb, scope, node);
        break;
    case N_CALL_BLOCK:
        resolve_expr(scope, node->a);
        resolve_macro(sb, scope, node);
        break;
    case N_FILTER_BLOCK:
    case N_AUTOESCAPE:
        resolve_expr(scope, node->a);
        node->scope = inner(sb, scope, &node->body);
        break;
    case N_WITH:
        resolve_with(sb, scope, node);
        break;
    case N_BLOCK:
        resolve_block(sb, scope, node);
        break;
    case N_INCLUDE:
    case N_DO:
    case N_EXTENDS:
        resolve_expr(scope, node->a);
        node->scope = scope;
        break;
    case N_IMPORT:
        resolve_expr(scope, node->a);
        node->scope = scope;
        node->var = use(scope, node->name);
        break;
    case N_FROM:
        resolve_expr(scope, node->a);
        node->scope = scope;
        resolve_exprs(scope, &node->more);
        break;
    default:
        break;
    }
    if (node->with_context || (node->kind == N_BLOCK && node->flag)) {
        capture_visible(scope);
    }
}

static void resolve_body(ScopeBuilder *sb, Scope *scope, NodeVec *body)
{
    for (size_t i = 0; i < body->len; i++) {
        resolve_statement(sb, scope, body->data[i]);
    }
}

Scope *scope_build(ScopeBuilder *sb, NodeVec *body)
{
    Scope *scope = new_scope(sb->arena, NULL, new_unit(sb->arena, NULL));
    param(scope, STR("self"));
    collect(scope, body, false);
    resolve_body(sb, scope, body);
    return scope;
}
