/* transform/context/unit_scope.h - what a model sees while a unit test compiles it: rows in place
 * of what it reads, values in place of some macros and variables. Made by run/unit_test.c, lives as
 * long as the compilation. */
#ifndef TRANSFORM_CONTEXT_UNIT_SCOPE_H
#define TRANSFORM_CONTEXT_UNIT_SCOPE_H

#include "transform/graph/node.h"

typedef struct UnitInput {
    const Node *replaced; /* what the model refers to */
    Node node; /* stands for the rows: how messages call them, and where their types are from */
    Str cte;   /* "__dbt__cte__orders" */
    const UnitFixture *fixture;
} UnitInput;
typedef VEC(UnitInput) UnitInputVec;

typedef struct UnitScope {
    const Node *test;
    UnitInputVec inputs;
} UnitScope;

/* The input that stands for a node; NULL when none does. For the tested model it is `this`. */
const UnitInput *unit_scope_input(const UnitScope *scope, const Node *replaced);
const UnitInput *unit_scope_this(const UnitScope *scope);

/* The value of an override, NULL where there is none: of a macro called by its bare name
 * (`package` is empty) or behind the name of a package, of a variable, of an environment variable.
 * `scope` may be NULL. */
const Value *unit_scope_macro(const UnitScope *scope, Str package, Str name);
const Value *unit_scope_var(const UnitScope *scope, Str name);
const Value *unit_scope_env_var(const UnitScope *scope, Str name);

#endif
