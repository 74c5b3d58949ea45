/* transform/graph/manifest.h - everything that was found in a project and its packages: nodes,
 * macros, and what was disabled. Filled by the parser on one thread; after manifest_finish() it
 * never changes and may be read by all threads. It lives in the arena it was made in. */
#ifndef TRANSFORM_GRAPH_MANIFEST_H
#define TRANSFORM_GRAPH_MANIFEST_H

#include "base/error.h"
#include "base/map.h"
#include "transform/graph/node.h"

/* Two nodes of one package and name, of different types. */
typedef struct SameName {
    const Node *first, *second;
} SameName;

/* While edges are found: the parents of the node that they are found for. */
typedef struct ParentSet {
    const Node *node;
    StrMap ids;
} ParentSet;

typedef struct Manifest {
    Arena *arena;
    ParentSet parents;
    bool unique_names; /* nodes of different types must not share a name */
    VEC(SameName) same_names;
    Str root_package;
    StrVec packages; /* root first, then the dependencies by name */
    NodeVec nodes;   /* enabled, in the order dbt lists them; sources and exposures too */
    NodeVec disabled;
    MacroVec macros;
    GroupVec groups;
    StrMap by_id;            /* unique_id -> Node, enabled ones */
    StrMap refables;         /* name, and "name.v2" -> first NameEntry: what ref() may mean */
    StrMap source_names;     /* "source.table" -> first NameEntry */
    StrMap disabled_names;   /* the same for disabled nodes, both kinds */
    StrMap metric_names;     /* name -> first NameEntry: what metric() may mean */
    StrMap disabled_metrics; /* the same for disabled ones */
    StrMap function_names;   /* the same two for function() */
    StrMap disabled_functions;
    StrMap macros_by_id; /* unique_id -> Macro */
    StrMap docs;         /* unique_id -> DocBlock */
} Manifest;

Manifest *manifest_new(Arena *arena, Str root_package);

/* Adds a node that is enabled or not. ERR_TEMPLATE when another enabled one of its package has the
 * unique_id, or the name and the type. Of different types that share a name, unless that is
 * refused, the last one is what the name means. */
MUST_CHECK Error *manifest_add_node(Manifest *manifest, Node *node);
/* ERR_TEMPLATE when the package has a macro of that name already. */
MUST_CHECK Error *manifest_add_macro(Manifest *manifest, Macro *macro);

/* Checks what only the whole shows (two nodes for one relation), numbers the nodes. Call once,
 * after the last node and after manifest_resolve (resolve.h). */
MUST_CHECK Error *manifest_finish(Manifest *manifest);

/* NULL when there is none, or it is disabled. */
Node *manifest_find(const Manifest *manifest, Str unique_id);
const Macro *manifest_find_macro(const Manifest *manifest, Str unique_id);

/* What was found under a name: nodes of different packages may share one. */
typedef struct NameEntry {
    Node *node;
    struct NameEntry *next; /* of the same name, in order of appearance */
} NameEntry;

/* The entries of a name in one of the maps above; NULL when there are none. */
const NameEntry *manifest_names(const StrMap *names, Str name);
/* The model "metricflow_time_spine", once the calendar of all metrics; NULL without one. */
const Node *manifest_legacy_time_spine(const Manifest *manifest);
/* "source.table" */
Str manifest_source_key(Arena *arena, Str source, Str table);

#endif
