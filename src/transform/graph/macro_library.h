/* transform/graph/macro_library.h - which macro a name means, seen from a package: its own macros,
 * then the root project's, then the built-in ones; other packages only by their name. Built once;
 * immutable, any thread. */
#ifndef TRANSFORM_GRAPH_MACRO_LIBRARY_H
#define TRANSFORM_GRAPH_MACRO_LIBRARY_H

#include "base/map.h"
#include "jinja/jinja.h"
#include "transform/graph/manifest.h"

/* The two packages of built-in macros; together they are the namespace "dbt". */
#define PACKAGE_CORE "dbt"
#define PACKAGE_ADAPTER "dbt_duckdb"

typedef struct PackageMacros {
    Str name;
    StrMap macros; /* name -> Macro */
} PackageMacros;

/* Where dispatch looks, from the root project's `dispatch:`. */
typedef struct DispatchOrder {
    Str macro_namespace;
    StrVec search_order;
} DispatchOrder;
typedef VEC(DispatchOrder) DispatchOrderVec;

typedef struct MacroLibrary {
    Arena *arena;
    Str root_package;
    StrMap packages;        /* name -> PackageMacros */
    PackageMacros internal; /* the adapter's before the core's */
    DispatchOrderVec dispatch;
} MacroLibrary;

const MacroLibrary *macro_library_new(Arena *arena, const Manifest *manifest,
                                      const DispatchOrderVec *dispatch);

/* What a bare name means for a node of `package`; NULL when nothing. */
const Macro *macro_find(const MacroLibrary *library, Str package, Str name);
/* The macros behind `name.`: a package, or "dbt" for all built-in ones. NULL when there is no such
 * package. */
const PackageMacros *macro_namespace(const MacroLibrary *library, Str name);
const Macro *macro_in(const PackageMacros *macros, Str name);
/* The implementation that adapter.dispatch picks. `macro_namespace` may be empty. ERR_TEMPLATE with
 * all names tried when there is none. */
MUST_CHECK Error *macro_dispatch(const MacroLibrary *library, Str package, Str name,
                                 Str macro_namespace, const Macro **out);
/* generate_schema_name and its like: the root's own, else for a node of a package that package's,
 * else the built-in one. */
const Macro *macro_find_generator(const MacroLibrary *library, Str package, Str name);
/* materialization_<name>_<adapter>, the most specific one nearest to the root. ERR_TEMPLATE when
 * there is none. */
MUST_CHECK Error *macro_find_materialization(const MacroLibrary *library, Str name,
                                             const Macro **out);

#endif
