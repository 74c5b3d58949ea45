#include "transform/graph/graph.h"

#include <stdlib.h>

/* ---- Building ---- */

typedef enum VisitState { VISIT_NEW, VISIT_OPEN, VISIT_DONE } VisitState;

/* One node on the way down, and which child comes next. */
typedef struct VisitFrame {
    size_t node;
    size_t next_child;
} VisitFrame;

/* All of a short list; of a long one both ends. */
static Str join_ends(Arena *arena, const StrVec *texts, Str separator)
{
    const size_t ends = 10;
    if (texts->len <= 2 * ends) {
        return str_join(arena, texts->data, texts->len, separator);
    }
    Str begin = str_join(arena, texts->data, ends, separator);
    Str end = str_join(arena, texts->data + texts->len - ends, ends, separator);
    Str more = str_printf(arena, "(%zu more)", texts->len - 2 * ends);
    return str_join(arena, (const Str[]){begin, more, end}, 3, separator);
}

static Error *cycle_error(const Graph *graph, const VisitFrame *frames, size_t len, size_t back_to)
{
    AUTO_FREE(arena) Arena *arena = arena_new("cycle");
    size_t start = len;
    while (start > 0 && frames[start - 1].node != back_to) {
        start--;
    }
    StrVec names = {0}, files = {0};
    for (size_t i = start - 1; i < len; i++) {
        const Node *node = graph->manifest->nodes.data[frames[i].node];
        VEC_PUSH(arena, &names, node->unique_id);
        VEC_PUSH(arena, &files, node->original_path);
    }
    Str path = join_ends(arena, &names, STR(" --> "));
    Str places = join_ends(arena, &files, STR(", "));
    return error_hint(error_new(ERR_TEMPLATE, "Found a cycle: " STR_FMT, STR_ARG(path)),
                      "let one of these read from something else: " STR_FMT, STR_ARG(places));
}

/* Depth first without recursion: a project may be a chain of any length. */
static Error *find_cycle_from(const Graph *graph, size_t root, uint8_t *states, VisitFrame *frames)
{
    size_t depth = 0;
    frames[depth++] = (VisitFrame){.node = root};
    states[root] = VISIT_OPEN;
    while (depth > 0) {
        VisitFrame *top = &frames[depth - 1];
        const IndexVec *children = &graph->children[top->node];
        if (top->next_child == children->len) {
            states[top->node] = VISIT_DONE;
            depth--;
            continue;
        }
        size_t child = children->data[top->next_child++];
        if (states[child] == VISIT_OPEN) {
            return cycle_error(graph, frames, depth, child);
        }
        if (states[child] == VISIT_NEW) {
            states[child] = VISIT_OPEN;
            frames[depth++] = (VisitFrame){.node = child};
        }
    }
    return NULL;
}

static Error *check_acyclic(const Graph *graph)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("cycle search");
    uint8_t *states = ARENA_ARRAY(scratch, uint8_t, graph->count);
    VisitFrame *frames = ARENA_ARRAY(scratch, VisitFrame, graph->count);
    for (size_t i = 0; i < graph->count; i++) {
        if (states[i] == VISIT_NEW) {
            TRY(find_cycle_from(graph, i, states, frames));
        }
    }
    return NULL;
}

Error *graph_new(Arena *arena, const Manifest *manifest, const Graph **out_graph)
{
    Graph *graph = ARENA_NEW(arena, Graph);
    graph->manifest = manifest;
    graph->count = manifest->nodes.len;
    graph->parents = ARENA_ARRAY(arena, IndexVec, graph->count);
    graph->children = ARENA_ARRAY(arena, IndexVec, graph->count);
    for (size_t i = 0; i < graph->count; i++) {
        for (VEC_EACH(Str, id, &manifest->nodes.data[i]->depends_on)) {
            const Node *parent = manifest_find(manifest, *id);
            if (parent != NULL) {
                VEC_PUSH(arena, &graph->parents[i], parent->index);
                VEC_PUSH(arena, &graph->children[parent->index], i);
            }
        }
    }
    TRY(check_acyclic(graph));
    *out_graph = graph;
    return NULL;
}

/* ---- Neighbours ---- */

void graph_reach(const Graph *graph, Arena *scratch, const NodeSet *from, GraphDirection direction,
                 int depth, NodeSet *out)
{
    const IndexVec *edges = direction == GRAPH_PARENTS ? graph->parents : graph->children;
    NodeSet seen = node_set_new(scratch, graph->count);
    IndexVec wave = {0};
    for (NODE_SET_EACH(i, from)) {
        VEC_PUSH(scratch, &wave, i);
    }
    for (int step = 0; wave.len > 0 && (depth == GRAPH_UNLIMITED || step < depth); step++) {
        IndexVec next = {0};
        for (VEC_EACH(size_t, at, &wave)) {
            for (VEC_EACH(size_t, neighbour, &edges[*at])) {
                if (!node_set_has(&seen, *neighbour)) {
                    node_set_add(&seen, *neighbour);
                    VEC_PUSH(scratch, &next, *neighbour);
                }
            }
        }
        wave = next;
    }
    node_set_unite(out, &seen);
}

/* ---- The plan ---- */

/* The nearest selected ancestors of `node`, through unselected ones. `stamps` tells who was seen
 * for it. */
static void add_selected_parents(const Graph *graph, Arena *arena, const NodeSet *selected,
                                 size_t node, size_t *stamps, IndexVec *out)
{
    IndexVec stack = {0};
    VEC_PUSH(arena, &stack, node);
    while (stack.len > 0) {
        size_t at = VEC_POP(&stack);
        for (VEC_EACH(size_t, parent, &graph->parents[at])) {
            if (stamps[*parent] == node + 1) {
                continue;
            }
            stamps[*parent] = node + 1;
            if (node_set_has(selected, *parent)) {
                VEC_PUSH(arena, out, *parent);
            } else {
                VEC_PUSH(arena, &stack, *parent);
            }
        }
    }
}

typedef struct PlanSort {
    GraphStep step;
    Str unique_id;
} PlanSort;

static int compare_steps(const void *a, const void *b)
{
    const PlanSort *left = a, *right = b;
    if (left->step.level != right->step.level) {
        return left->step.level < right->step.level ? -1 : 1;
    }
    return str_compare(left->unique_id, right->unique_id);
}

/* Levels by Kahn's algorithm: a node is free once the last of its parents has its level. */
static void set_levels(const Graph *graph, Arena *scratch, const IndexVec *parents,
                       const NodeSet *selected, size_t *levels)
{
    size_t *missing = ARENA_ARRAY(scratch, size_t, graph->count);
    IndexVec *unlocks = ARENA_ARRAY(scratch, IndexVec, graph->count);
    IndexVec ready = {0};
    for (NODE_SET_EACH(i, selected)) {
        missing[i] = parents[i].len;
        if (missing[i] == 0) {
            VEC_PUSH(scratch, &ready, i);
        }
        for (VEC_EACH(size_t, parent, &parents[i])) {
            VEC_PUSH(scratch, &unlocks[*parent], i);
        }
    }
    while (ready.len > 0) {
        size_t at = VEC_POP(&ready);
        for (VEC_EACH(size_t, child, &unlocks[at])) {
            levels[*child] = levels[at] + 1 > levels[*child] ? levels[at] + 1 : levels[*child];
            if (--missing[*child] == 0) {
                VEC_PUSH(scratch, &ready, *child);
            }
        }
    }
}

GraphPlan graph_plan(const Graph *graph, Arena *arena, const NodeSet *selected)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("plan");
    size_t count = node_set_count(selected);
    IndexVec *parents = ARENA_ARRAY(scratch, IndexVec, graph->count);
    size_t *stamps = ARENA_ARRAY(scratch, size_t, graph->count);
    for (NODE_SET_EACH(i, selected)) {
        add_selected_parents(graph, scratch, selected, i, stamps, &parents[i]);
    }
    size_t *levels = ARENA_ARRAY(scratch, size_t, graph->count);
    set_levels(graph, scratch, parents, selected, levels);

    PlanSort *sorted = ARENA_ARRAY(scratch, PlanSort, count);
    size_t filled = 0;
    for (NODE_SET_EACH(i, selected)) {
        sorted[filled++] = (PlanSort){.step = {.node = i, .level = levels[i]},
                                      .unique_id = graph->manifest->nodes.data[i]->unique_id};
    }
    qsort(sorted, count, sizeof(*sorted), compare_steps);

    GraphPlan plan = {0};
    VEC_RESERVE(arena, &plan, count);
    size_t *positions = ARENA_ARRAY(scratch, size_t, graph->count);
    for (size_t i = 0; i < count; i++) {
        positions[sorted[i].step.node] = i;
        VEC_PUSH(arena, &plan, sorted[i].step);
    }
    for (size_t i = 0; i < count; i++) {
        for (VEC_EACH(size_t, parent, &parents[plan.data[i].node])) {
            VEC_PUSH(arena, &plan.data[i].waits_for, positions[*parent]);
            VEC_PUSH(arena, &plan.data[positions[*parent]].unlocks, i);
        }
    }
    return plan;
}

/* ---- Gates ---- */

static void copy_edges(Arena *arena, const IndexVec *from, size_t count, IndexVec *to)
{
    for (size_t i = 0; i < count; i++) {
        for (VEC_EACH(const size_t, node, &from[i])) {
            VEC_PUSH(arena, &to[i], *node);
        }
    }
}

/* What is made, directly or not, from all parents of the test. */
static NodeSet behind_all_parents(const Graph *graph, Arena *scratch, size_t test)
{
    NodeSet behind = node_set_new(scratch, graph->count);
    for (size_t i = 0; i < graph->parents[test].len; i++) {
        NodeSet parent = node_set_new(scratch, graph->count);
        NodeSet reached = node_set_new(scratch, graph->count);
        node_set_add(&parent, graph->parents[test].data[i]);
        graph_reach(graph, scratch, &parent, GRAPH_CHILDREN, GRAPH_UNLIMITED, &reached);
        if (i == 0) {
            behind = reached;
        } else {
            node_set_intersect(&behind, &reached);
        }
    }
    return behind;
}

/* Whether a parent of the node is in the set: then the gate in front of that one is enough. */
static bool has_parent_in(const Graph *graph, size_t node, const NodeSet *set)
{
    for (VEC_EACH(const size_t, parent, &graph->parents[node])) {
        if (node_set_has(set, *parent)) {
            return true;
        }
    }
    return false;
}

/* dbt lets nothing stand in front of tests, exposures and queries but what they name. */
static bool is_gated(const Node *node)
{
    return !node_is_test(node) && node->type != RESOURCE_EXPOSURE &&
           node->type != RESOURCE_FUNCTION && !resource_type_is_semantic(node->type);
}

static void add_gates_of(const Graph *graph, Arena *arena, size_t test, Graph *gated)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("gates");
    NodeSet behind = behind_all_parents(graph, scratch, test);
    for (NODE_SET_EACH(i, &behind)) {
        if (is_gated(graph->manifest->nodes.data[i]) && !has_parent_in(graph, i, &behind)) {
            VEC_PUSH(arena, &gated->children[test], i);
            VEC_PUSH(arena, &gated->parents[i], test);
        }
    }
}

const Graph *graph_with_gates(Arena *arena, const Graph *graph)
{
    Graph *gated = ARENA_NEW(arena, Graph);
    *gated = (Graph){.manifest = graph->manifest,
                     .count = graph->count,
                     .parents = ARENA_ARRAY(arena, IndexVec, graph->count),
                     .children = ARENA_ARRAY(arena, IndexVec, graph->count)};
    copy_edges(arena, graph->parents, graph->count, gated->parents);
    copy_edges(arena, graph->children, graph->count, gated->children);
    for (size_t i = 0; i < graph->count; i++) {
        if (node_is_test(graph->manifest->nodes.data[i])) {
            add_gates_of(graph, arena, i, gated);
        }
    }
    return gated;
}
