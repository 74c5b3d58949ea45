/* transform/select/select.h - which nodes a command is about: the words of --select and --exclude
 * against the graph. The grammar is dbt's: words unite, commas within a word intersect, `+`, `N+`,
 * `+N` and
 * `@` add neighbours, `method:value` asks for something else than a name. A method is a row of a
 * table in methods.c. */
#ifndef TRANSFORM_SELECT_SELECT_H
#define TRANSFORM_SELECT_SELECT_H

#include "transform/graph/graph.h"

/* Which tests come along with the nodes they test. */
#define INDIRECT_MODES(X) \
    X(EAGER, "eager")         /* those that touch a selected node */ \
    X(CAUTIOUS, "cautious")   /* those whose nodes are all selected */ \
    X(BUILDABLE, "buildable") /* or come before selected ones */ \
    X(EMPTY, "empty")         /* none */

typedef enum IndirectMode {
#define X(name, text) INDIRECT_##name,
    INDIRECT_MODES(X)
#undef X
} IndirectMode;

bool indirect_mode_parse(Str text, IndirectMode *out_mode);

/* One criterion: [@][[N]+][method[.args]:]value[+[N]] */
typedef struct Criterion {
    Str raw;
    Str method;       /* "fqn" where none was given */
    StrVec arguments; /* what follows the method's name: "materialized" of "config.materialized" */
    Str value;
    bool childrens_parents;
    bool parents;
    bool children;
    int parents_depth; /* GRAPH_UNLIMITED without a number */
    int children_depth;
} Criterion;

typedef enum SelectKind { SELECT_CRITERION, SELECT_UNION, SELECT_INTERSECTION } SelectKind;

/* What is selected, as a tree: a word of the command line, a definition of selectors.yml. */
typedef struct SelectExpr SelectExpr;
struct SelectExpr {
    SelectKind kind;
    Criterion criterion;   /* SELECT_CRITERION */
    IndirectMode indirect; /* its tests */
    VEC(const SelectExpr *) parts;
    const SelectExpr *excluded; /* taken away again; may be NULL */
    Str word;           /* as it was written, where somebody is told that it means nothing */
    bool folders_unite; /* see Selection */
};

typedef struct State State; /* see state.h */

typedef struct Selection {
    StrVec select; /* arguments as given; blanks within one separate words. Empty = everything */
    StrVec exclude;
    const SelectExpr *definition; /* in place of both; may be NULL */
    IndirectMode indirect;
    /* "a.*,b.*" means both folders when nothing lies in the two: how dango's own commands read it.
     */
    bool folders_unite;
    const State *state; /* what `state:` and `result:` compare with; may be NULL */
} Selection;

/* Told about words that match nothing. */
typedef void (*SelectWarning)(void *context, Str criterion);

/* The nodes meant, whatever their type. ERR_USAGE for a word that cannot be understood.
 * `out_selected` lives in `arena`. */
MUST_CHECK Error *select_nodes(const Graph *graph, Arena *arena, const Selection *selection,
                               SelectWarning warn, void *context, NodeSet *out_selected);

/* ---- What select.c and its tests share ---- */

MUST_CHECK Error *criterion_parse(Arena *arena, Str text, Criterion *out);
/* Adds the nodes that the method and value mean, without neighbours and tests. `state` may be NULL.
 */
MUST_CHECK Error *criterion_match(const Graph *graph, Arena *scratch, const Criterion *criterion,
                                  const State *state, NodeSet *out);
/* ERR_USAGE with the nearest one when there is no method of that name. */
MUST_CHECK Error *criterion_check_method(Str name);

/* Python's fnmatch with case: `*`, `?`, `[seq]`, `[!seq]`; `*` crosses dots and slashes. */
bool select_pattern_matches(Str pattern, Str text);
/* The rule of fqn selection: a whole name, a prefix of the path, or a pattern. */
bool select_fqn_matches(Arena *scratch, const StrVec *fqn, Str value);

#endif
