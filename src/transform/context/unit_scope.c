#include "transform/context/unit_scope.h"

#include "transform/graph/macro_library.h"

const UnitInput *unit_scope_input(const UnitScope *scope, const Node *replaced)
{
    for (VEC_EACH(const UnitInput, it, &scope->inputs)) {
        if (it->replaced == replaced) {
            return it;
        }
    }
    return NULL;
}

const UnitInput *unit_scope_this(const UnitScope *scope)
{
    return unit_scope_input(scope, scope->test->unit_test->tested);
}

static const Value *find_override(const UnitScope *scope, const char *part, Str name)
{
    return scope != NULL
               ? value_find(value_find(scope->test->unit_test->overrides, str_from(part)), name)
               : NULL;
}

/* One without a package also replaces the built-in macro behind its namespace. */
const Value *unit_scope_macro(const UnitScope *scope, Str package, Str name)
{
    if (scope == NULL) {
        return NULL;
    }
    if (package.len == 0 || str_is(package, PACKAGE_CORE)) {
        const Value *bare = find_override(scope, "macros", name);
        if (bare != NULL || package.len == 0) {
            return bare;
        }
    }
    AUTO_FREE(arena) Arena *arena = arena_new("override");
    return find_override(scope, "macros",
                         str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(package), STR_ARG(name)));
}

const Value *unit_scope_var(const UnitScope *scope, Str name)
{
    return find_override(scope, "vars", name);
}

const Value *unit_scope_env_var(const UnitScope *scope, Str name)
{
    return find_override(scope, "env_vars", name);
}
