#include "transform/select.h"

#include "base/number.h"

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

/* ---- One criterion ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A depth beyond any graph is no limit. */
static int depth_of(Str digits)
{
    int64_t depth = 0;
    if (digits.len == 0 || !number_parse_int64(digits, &depth) || depth > INT32_MAX) {
        return GRAPH_UNLIMITED;
    }
    return (int)depth;
}

/* "[N]+" in front. */
static Str take_parents(Str text, Criterion *out)
{
    size_t digits = 0;
    while (digits < text.len && is_digit(text.data[digits])) {
        digits++;
    }
    if (digits == text.len || text.data[digits] != '+') {
        return text;
    }
    out->parents = true;
    out->parents_depth = depth_of(str_slice(text, 0, digits));
    return str_from_offset(text, digits + 1);
}

/* "+[N]" at the end. */
static Str take_children(Str text, Criterion *out)
{
    size_t digits = text.len;
    while (digits > 0 && is_digit(text.data[digits - 1])) {
        digits--;
    }
    if (digits == 0 || text.data[digits - 1] != '+') {
        return text;
    }
    out->children = true;
    out->children_depth = depth_of(str_from_offset(text, digits));
    return str_slice(text, 0, digits - 1);
}

static bool is_method_char(char c)
{
    return is_digit(c) || c == '_' || c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "method.arg.arg:" in front of the value. */
static Str take_method(Arena *arena, Str text, Criterion *out)
{
    size_t colon = 0;
    while (colon < text.len && is_method_char(text.data[colon])) {
        colon++;
    }
    if (colon == 0 || colon == text.len || text.data[colon] != ':') {
        return text;
    }
    Str piece;
    Str rest = str_slice(text, 0, colon);
    (void)str_next_piece(&rest, '.', &out->method);
    while (str_next_piece(&rest, '.', &piece)) {
        VEC_PUSH(arena, &out->arguments, piece);
    }
    return str_from_offset(text, colon + 1);
}

static bool ends_with_nocase(Str text, Str suffix)
{
    return text.len >= suffix.len &&
           str_eq_nocase(str_from_offset(text, text.len - suffix.len), suffix);
}

static Str default_method(Str value)
{
    if (str_find_char(value, '/') != SIZE_MAX) {
        return STR("path");
    }
    bool file = ends_with_nocase(value, STR(".sql")) || ends_with_nocase(value, STR(".py")) ||
                ends_with_nocase(value, STR(".csv"));
    return file ? STR("file") : STR("fqn");
}

Error *criterion_parse(Arena *arena, Str text, Criterion *out)
{
    *out = (Criterion){
        .raw = text, .parents_depth = GRAPH_UNLIMITED, .children_depth = GRAPH_UNLIMITED};
    Str rest = text;
    if (rest.len > 0 && rest.data[0] == '@') {
        out->childrens_parents = true;
        rest = str_from_offset(rest, 1);
    }
    rest = take_parents(rest, out);
    rest = take_children(rest, out);
    out->value = take_method(arena, rest, out);
    if (out->method.len == 0) {
        out->method = default_method(out->value);
    }
    if (out->childrens_parents && out->children) {
        return error_new(ERR_USAGE,
                         "Invalid node spec " STR_FMT
                         " - \"@\" prefix and \"+\" suffix are incompatible",
                         STR_ARG(text));
    }
    return NULL;
}

/* ---- Sets of criteria ---- */

typedef struct Selector {
    const Graph *graph;
    Arena *arena;
    IndirectMode indirect;
    bool folders_unite;
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
static NodeSet tests_that_join(const Selector *selector, const NodeSet *selected,
                               const NodeSet *candidates)
{
    NodeSet joining = empty_set(selector);
    NodeSet allowed =
        selector->indirect == INDIRECT_BUILDABLE ? buildable_from(selector, selected) : *selected;
    for (NODE_SET_EACH(i, candidates)) {
        if (!node_is_test(selector->graph->manifest->nodes.data[i])) {
            continue;
        }
        if (selector->indirect == INDIRECT_EAGER || parents_within(selector->graph, i, &allowed)) {
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

static Error *pick_criterion(const Selector *selector, const Criterion *criterion, Picked *out)
{
    Picked picked = {.direct = empty_set(selector)};
    TRY(criterion_match(selector->graph, selector->arena, criterion, &picked.direct));
    add_neighbours(selector, criterion, &picked.direct);
    picked.possible = node_set_copy(selector->arena, &picked.direct);
    if (selector->indirect != INDIRECT_EMPTY) {
        NodeSet children = empty_set(selector);
        graph_reach(selector->graph, selector->arena, &picked.direct, GRAPH_CHILDREN, 1, &children);
        NodeSet joining = tests_that_join(selector, &picked.direct, &children);
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
    if (selector->indirect == INDIRECT_CAUTIOUS || selector->indirect == INDIRECT_BUILDABLE) {
        NodeSet joining = tests_that_join(selector, &picked->direct, &picked->possible);
        node_set_unite(&picked->direct, &joining);
    }
}

/* "marts.*", "marts.finance", "models/marts": a folder, not a single thing. */
static bool is_folder_form(const Criterion *criterion)
{
    return str_is(criterion->method, "path") ||
           (str_is(criterion->method, "fqn") && str_find_char(criterion->value, '.') != SIZE_MAX);
}

static void combine(NodeSet *into, const NodeSet *with, bool unite)
{
    if (unite) {
        node_set_unite(into, with);
    } else {
        node_set_intersect(into, with);
    }
}

/* The criteria of one word; all of them must hold. */
static Error *pick_word(const Selector *selector, Str word, bool expected, Picked *out)
{
    VEC(Picked) parts = {0};
    bool folders = selector->folders_unite;
    Str piece;
    for (Str rest = word; str_next_piece(&rest, ',', &piece);) {
        Criterion criterion;
        Picked picked;
        TRY(criterion_parse(selector->arena, piece, &criterion));
        TRY(pick_criterion(selector, &criterion, &picked));
        folders = folders && is_folder_form(&criterion);
        VEC_PUSH(selector->arena, &parts, picked);
    }
    CHECK(parts.len > 0);
    Picked result = {0};
    for (int attempt = 0; attempt < 2; attempt++) {
        bool unite = attempt == 1;
        result.direct = node_set_copy(selector->arena, &parts.data[0].direct);
        result.possible = node_set_copy(selector->arena, &parts.data[0].possible);
        for (size_t i = 1; i < parts.len; i++) {
            combine(&result.direct, &parts.data[i].direct, unite);
            combine(&result.possible, &parts.data[i].possible, unite);
        }
        if (!folders || parts.len < 2 || node_set_count(&result.direct) > 0) {
            break;
        }
    }
    rejoin_tests(selector, &result);
    if (expected && node_set_count(&result.direct) == 0) {
        selector->warn(selector->context, str_printf(selector->arena,
                                                     "The selection criterion '" STR_FMT
                                                     "' does not match any enabled nodes",
                                                     STR_ARG(word)));
    }
    *out = result;
    return NULL;
}

/* All words of an option, united. */
static Error *pick_words(const Selector *selector, const StrVec *arguments, bool expected,
                         Picked *out)
{
    Picked result = {.direct = empty_set(selector), .possible = empty_set(selector)};
    for (VEC_EACH(Str, argument, arguments)) {
        Str word;
        for (Str rest = *argument; str_next_piece(&rest, ' ', &word);) {
            Picked picked;
            TRY(pick_word(selector, word, expected, &picked));
            node_set_unite(&result.direct, &picked.direct);
            node_set_unite(&result.possible, &picked.possible);
        }
    }
    rejoin_tests(selector, &result);
    *out = result;
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

Error *select_nodes(const Graph *graph, Arena *arena, const Selection *selection,
                    SelectWarning warn, void *context, NodeSet *out_selected)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("selection");
    const Selector selector = {.graph = graph,
                               .arena = scratch,
                               .indirect = selection->indirect,
                               .folders_unite = selection->folders_unite,
                               .warn = warn,
                               .context = context};
    Picked picked;
    if (selection->select.len > 0) {
        TRY(pick_words(&selector, &selection->select, true, &picked));
    } else {
        picked = pick_everything(&selector);
    }
    if (selection->exclude.len > 0) {
        Picked excluded;
        TRY(pick_words(&selector, &selection->exclude, false, &excluded));
        node_set_subtract(&picked.direct, &excluded.direct);
        node_set_subtract(&picked.possible, &excluded.possible);
        rejoin_tests(&selector, &picked);
    }
    *out_selected = node_set_copy(arena, &picked.direct);
    return NULL;
}
