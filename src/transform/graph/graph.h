/* transform/graph/graph.h - which node is made from which. A Graph has the manifest's nodes by
 * index, with edges from parent to child; it never changes once built and lives in its arena. */
#ifndef TRANSFORM_GRAPH_GRAPH_H
#define TRANSFORM_GRAPH_GRAPH_H

#include "base/error.h"
#include "transform/graph/manifest.h"
#include "transform/graph/node_set.h"

typedef VEC(size_t) IndexVec;

typedef struct Graph {
    const Manifest *manifest;
    size_t count;
    IndexVec *parents; /* by node, each once, in order of first use */
    IndexVec *children;
} Graph;

/* From the nodes' depends_on. ERR_TEMPLATE "Found a cycle: model.x.a --> model.x.b" when there is
 * one. */
MUST_CHECK Error *graph_new(Arena *arena, const Manifest *manifest, const Graph **out_graph);

typedef enum GraphDirection { GRAPH_PARENTS, GRAPH_CHILDREN } GraphDirection;

enum { GRAPH_UNLIMITED = -1 };

/* Adds to `out` what can be reached from the members of `from` within `depth` edges, without the
 * members themselves (unless one reaches another). */
void graph_reach(const Graph *graph, Arena *scratch, const NodeSet *from, GraphDirection direction,
                 int depth, NodeSet *out);

/* The order of work on a selection: unselected nodes are contracted, what they stand between stays
 * in order. Sorted by level (the longest way from a node without parents), then by unique_id. */
typedef struct GraphStep {
    size_t node; /* index in the manifest */
    size_t level;
    IndexVec waits_for; /* positions in the plan */
    IndexVec unlocks;
} GraphStep;
typedef VEC(GraphStep) GraphPlan;

/* The graph in which tests gate: a test stands in front of every model, seed and snapshot that is
 * made from all the nodes it looks at. */
const Graph *graph_with_gates(Arena *arena, const Graph *graph);

GraphPlan graph_plan(const Graph *graph, Arena *arena, const NodeSet *selected);

#endif
