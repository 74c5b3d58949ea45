/* jinja/scope.h - which variable a name means. Jinja2's rules: loops, macros, call, filter, with
 * and set blocks open scopes, `if` does not; what is set in a scope is gone after it; a name set in
 * a scope starts with the value it has outside. Variables used by an inner macro live in cells that
 * both share, all others in slots of their function's frame. */
#ifndef JINJA_SCOPE_H
#define JINJA_SCOPE_H

#include "base/map.h"
#include "jinja/ast.h"

/* A function to be compiled: the template itself, a macro, a call block, a block, a recursive loop.
 */
typedef struct Unit {
    struct Unit *parent; /* whose variables it may use; NULL for the template and for blocks */
    uint32_t slots;
    uint32_t cells;
} Unit;

typedef enum VarKind {
    VAR_PARAM,   /* always has a value */
    VAR_UNSET,   /* none until it is set */
    VAR_CONTEXT, /* from the context until it is set */
    VAR_ALIAS,   /* begins as the variable `outer` */
} VarKind;

struct Var {
    Str name;
    VarKind kind;
    Var *outer;
    Unit *unit;
    bool stored;
    bool captured; /* lives in a cell */
    uint32_t slot; /* or number of the cell */
};

struct Scope {
    Scope *parent;
    Unit *unit;
    StrMap vars; /* Var *, in order of appearance */
    Arena *arena;
};

typedef struct ScopeBuilder {
    Arena *arena;
    NodeVec blocks; /* all {% block %} found, in order */
} ScopeBuilder;

/* Resolves every name in `body`, the template's statements; the result is the scope of the
 * template. */
Scope *scope_build(ScopeBuilder *sb, NodeVec *body);
/* The variable a name means in a scope; NULL if the scope does not mention it. */
Var *scope_find(const Scope *scope, Str name);
/* A new slot of the unit. */
uint32_t unit_slot(Unit *unit);
/* The kind of the variable behind a chain of aliases. */
VarKind var_root_kind(const Var *var);

#endif
