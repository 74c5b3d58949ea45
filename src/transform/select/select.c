#include "transform/select/select.h"

bool indirect_mode_parse(Str text, IndirectMode *out_mode)
{
    static const char *const names[] = {
#define X(name, text) text,
        INDIRECT_MODES(X)
#undef X
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_is(text, names[i])) {
            *out_mode = (IndirectMode)i;
            return true;
        }
    }
    return false;
}

/* ---- What words mean ---- */

/* "marts.*", "marts.finance", "models/marts": a folder, not a single thing. */
static bool is_folder_form(const Criterion *criterion)
{
    return str_is(criterion->method, "path") ||
           (str_is(criterion->method, "fqn") && str_find_char(criterion->value, '.') != SIZE_MAX);
}

/* The criteria of one word; all of them must hold. */
static Error *read_word(Arena *arena, const Selection *selection, Str word, SelectExpr **out)
{
    SelectExpr *expr = ARENA_NEW(arena, SelectExpr);
    *expr = (SelectExpr){
        .kind = SELECT_INTERSECTION, .word = word, .folders_unite = selection->folders_unite};
    Str piece;
    for (Str rest = word; str_next_piece(&rest, ',', &piece);) {
        SelectExpr *part = ARENA_NEW(arena, SelectExpr);
        *part = (SelectExpr){.kind = SELECT_CRITERION, .indirect = selection->indirect};
        TRY(criterion_parse(arena, piece, &part->criterion));
        expr->folders_unite = expr->folders_unite && is_folder_form(&part->criterion);
        VEC_PUSH(arena, &expr->parts, part);
    }
    CHECK(expr->parts.len > 0);
    *out = expr;
    return NULL;
}

/* All words of an option, united. */
static Error *read_words(Arena *arena, const Selection *selection, const StrVec *arguments,
                         bool expected, SelectExpr **out)
{
    SelectExpr *expr = ARENA_NEW(arena, SelectExpr);
    expr->kind = SELECT_UNION;
    for (VEC_EACH(const Str, argument, arguments)) {
        Str word;
        for (Str rest = *argument; str_next_piece(&rest, ' ', &word);) {
            SelectExpr *part = NULL;
            TRY(read_word(arena, selection, word, &part));
            part->word = expected ? part->word : (Str){0};
            VEC_PUSH(arena, &expr->parts, part);
        }
    }
    *out = expr;
    return NULL;
}

/* ---- Picking ---- */

typedef struct Selector {
    const Graph *graph;
    Arena *arena;
    const Selection *selection;
    SelectWarning warn;
    void *context;
} Selector;

/* What a part of the selection means: the nodes, and these with the tests that may yet join. */
typedef struct Picked {
    NodeSet direct;
    NodeSet possible;
} Picked;

static NodeSet empty_set(const Selector *selector)
{
    return node_set_new(selector->arena, selector->graph->count);
}

/* The members, what comes before them, and all sources. */
static NodeSet buildable_from(const Selector *selector, const NodeSet *selected)
{
    NodeSet set = node_set_copy(selector->arena, selected);
    graph_reach(selector->graph, selector->arena, selected, GRAPH_PARENTS, GRAPH_UNLIMITED, &set);
    for (size_t i = 0; i < selector->graph->count; i++) {
        if (selector->graph->manifest->nodes.data[i]->type == RESOURCE_SOURCE) {
            node_set_add(&set, i);
        }
    }
    return set;
}

static bool parents_within(const Graph *graph, size_t node, const NodeSet *set)
{
    for (VEC_EACH(size_t, parent, &graph->parents[node])) {
        if (!node_set_has(set, *parent)) {
            return false;
        }
    }
    return true;
}

/* Tests among `candidates` that the mode lets join `selected`. */
static NodeSet tests_that_join(const Selector *selector, IndirectMode mode, const NodeSet *selected,
                               const NodeSet *candidates)
{
    NodeSet joining = empty_set(selector);
    NodeSet allowed = mode == INDIRECT_BUILDABLE ? buildable_from(selector, selected) : *selected;
    for (NODE_SET_EACH(i, candidates)) {
        if (!node_is_test(selector->graph->manifest->nodes.data[i])) {
            continue;
        }
        if (mode == INDIRECT_EAGER || parents_within(selector->graph, i, &allowed)) {
            node_set_add(&joining, i);
        }
    }
    return joining;
}

static void add_neighbours(const Selector *selector, const Criterion *criterion, NodeSet *set)
{
    const Graph *graph = selector->graph;
    NodeSet chosen = node_set_copy(selector->arena, set);
    if (criterion->childrens_parents) {
        NodeSet family = node_set_copy(selector->arena, &chosen);
        graph_reach(graph, selector->arena, &chosen, GRAPH_CHILDREN, GRAPH_UNLIMITED, &family);
        node_set_unite(set, &family);
        graph_reach(graph, selector->arena, &family, GRAPH_PARENTS, GRAPH_UNLIMITED, set);
    }
    if (criterion->parents) {
        graph_reach(graph, selector->arena, &chosen, GRAPH_PARENTS, criterion->parents_depth, set);
    }
    if (criterion->children) {
        graph_reach(graph, selector->arena, &chosen, GRAPH_CHILDREN, criterion->children_depth,
                    set);
    }
}

/* Those of a model come along in every mode. */
static void add_unit_tests(const Selector *selector, NodeSet *set)
{
    NodeSet children = empty_set(selector);
    graph_reach(selector->graph, selector->arena, set, GRAPH_CHILDREN, 1, &children);
    for (NODE_SET_EACH(i, &children)) {
        if (node_is_unit_test(selector->graph->manifest->nodes.data[i])) {
            node_set_add(set, i);
        }
    }
}

static Error *pick_criterion(const Selector *selector, const SelectExpr *expr, Picked *out)
{
    Picked picked = {.direct = empty_set(selector)};
    const Criterion *criterion = &expr->criterion;
    TRY(criterion_match(selector->graph, selector->arena, criterion, selector->selection->state,
                        &picked.direct));
    add_neighbours(selector, criterion, &picked.direct);
    add_unit_tests(selector, &picked.direct);
    picked.possible = node_set_copy(selector->arena, &picked.direct);
    if (expr->indirect != INDIRECT_EMPTY) {
        NodeSet children = empty_set(selector);
        graph_reach(selector->graph, selector->arena, &picked.direct, GRAPH_CHILDREN, 1, &children);
        NodeSet joining = tests_that_join(selector, expr->indirect, &picked.direct, &children);
        for (NODE_SET_EACH(i, &children)) {
            if (node_is_test(selector->graph->manifest->nodes.data[i])) {
                node_set_add(&picked.possible, i);
            }
        }
        node_set_unite(&picked.direct, &joining);
    }
    *out = picked;
    return NULL;
}

/* After sets were combined, tests that no part could take alone may have all their nodes. */
static void rejoin_tests(const Selector *selector, Picked *picked)
{
    IndirectMode mode = selector->selection->indirect;
    if (mode == INDIRECT_CAUTIOUS || mode == INDIRECT_BUILDABLE) {
        NodeSet joining = tests_that_join(selector, mode, &picked->direct, &picked->possible);
        node_set_unite(&picked->direct, &joining);
    }
}

static void subtract(const Selector *selector, Picked *from, const Picked *excluded)
{
    node_set_subtract(&from->direct, &excluded->direct);
    node_set_subtract(&from->possible, &excluded->possible);
    rejoin_tests(selector, from);
}

static void combine(Picked *into, const Picked *with, SelectKind kind)
{
    if (kind == SELECT_UNION) {
        node_set_unite(&into->direct, &with->direct);
        node_set_unite(&into->possible, &with->possible);
    } else {
        node_set_intersect(&into->direct, &with->direct);
        node_set_intersect(&into->possible, &with->possible);
    }
}

static Picked combine_all(const Selector *selector, const Picked *parts, size_t count,
                          SelectKind kind)
{
    Picked result = {.direct = empty_set(selector), .possible = empty_set(selector)};
    for (size_t i = 0; i < count; i++) {
        combine(&result, &parts[i], i == 0 ? SELECT_UNION : kind);
    }
    return result;
}

static Error *pick(const Selector *selector, const SelectExpr *expr, Picked *out);

static Error *pick_parts(const Selector *selector, const SelectExpr *expr, Picked *out)
{
    Picked *parts = ARENA_ARRAY(selector->arena, Picked, expr->parts.len);
    for (size_t i = 0; i < expr->parts.len; i++) {
        TRY(pick(selector, expr->parts.data[i], &parts[i]));
    }
    *out = combine_all(selector, parts, expr->parts.len, expr->kind);
    if (expr->folders_unite && expr->parts.len > 1 && node_set_count(&out->direct) == 0) {
        *out = combine_all(selector, parts, expr->parts.len, SELECT_UNION);
    }
    rejoin_tests(selector, out);
    return NULL;
}

/* As deep as a document may be nested, so this recursion ends. */
static Error *pick(const Selector *selector, const SelectExpr *expr, Picked *out)
{
    TRY(expr->kind == SELECT_CRITERION ? pick_criterion(selector, expr, out)
                                       : pick_parts(selector, expr, out));
    if (expr->excluded != NULL) {
        Picked excluded;
        TRY(pick(selector, expr->excluded, &excluded));
        subtract(selector, out, &excluded);
    }
    if (expr->word.len > 0 && node_set_count(&out->direct) == 0) {
        selector->warn(selector->context, expr->word);
    }
    return NULL;
}

static Picked pick_everything(const Selector *selector)
{
    NodeSet all = empty_set(selector);
    for (size_t i = 0; i < selector->graph->count; i++) {
        node_set_add(&all, i);
    }
    return (Picked){.direct = all, .possible = node_set_copy(selector->arena, &all)};
}

static Error *pick_included(const Selector *selector, Picked *out)
{
    const Selection *selection = selector->selection;
    if (selection->definition != NULL) {
        return pick(selector, selection->definition, out);
    }
    if (selection->select.len == 0) {
        *out = pick_everything(selector);
        return NULL;
    }
    SelectExpr *included = NULL;
    TRY(read_words(selector->arena, selection, &selection->select, true, &included));
    return pick(selector, included, out);
}

Error *select_nodes(const Graph *graph, Arena *arena, const Selection *selection,
                    SelectWarning warn, void *context, NodeSet *out_selected)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("selection");
    const Selector selector = {
        .graph = graph, .arena = scratch, .selection = selection, .warn = warn, .context = context};
    Picked picked;
    TRY(pick_included(&selector, &picked));
    if (selection->exclude.len > 0 && selection->definition == NULL) {
        SelectExpr *excluded = NULL;
        Picked unwanted;
        TRY(read_words(scratch, selection, &selection->exclude, false, &excluded));
        TRY(pick(&selector, excluded, &unwanted));
        subtract(&selector, &picked, &unwanted);
    }
    *out_selected = node_set_copy(arena, &picked.direct);
    return NULL;
}
