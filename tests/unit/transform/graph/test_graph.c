#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/graph/graph.h"
#include "transform/graph/ref_list.h"
#include "unit/transform/small_manifest.h"

static const Graph *graph_of(Arena *arena, const Manifest *manifest)
{
    const Graph *graph = NULL;
    assert_null(graph_new(arena, manifest, &graph));
    return graph;
}

static NodeSet models_named(const Graph *graph, Arena *arena, const char *names)
{
    NodeSet set = node_set_new(arena, graph->count);
    Str word;
    for (Str rest = str_from(names); str_next_piece(&rest, ' ', &word);) {
        Str id = str_printf(arena, "model.x." STR_FMT, STR_ARG(word));
        node_set_add(&set, manifest_find(graph->manifest, id)->index);
    }
    return set;
}

static Str plan_text(const Graph *graph, Arena *arena, const GraphPlan *plan)
{
    StrBuf text = strbuf_init(arena, 10000);
    for (VEC_EACH(GraphStep, step, plan)) {
        Str name = graph->manifest->nodes.data[step->node]->name;
        strbuf_printf(&text, STR_FMT ":%zu ", STR_ARG(name), step->level);
    }
    return str_trim(strbuf_str(&text));
}

static void a_plan_goes_level_by_level_then_by_id(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Graph *graph = graph_of(arena, small_manifest(arena));
    NodeSet set = models_named(graph, arena, "report revenue stg_users leads stg_events");
    GraphPlan plan = graph_plan(graph, arena, &set);
    assert_true(str_is(plan_text(graph, arena, &plan),
                       "stg_events:0 stg_users:0 leads:1 revenue:1 report:2"));
}

static void unselected_nodes_keep_those_around_them_in_order(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Graph *graph = graph_of(arena, small_manifest(arena));
    NodeSet set = models_named(graph, arena, "report stg_users");
    GraphPlan plan = graph_plan(graph, arena, &set);
    assert_true(str_is(plan_text(graph, arena, &plan), "stg_users:0 report:1"));
    assert_int_equal(plan.data[1].waits_for.len, 1);
    assert_int_equal(plan.data[0].unlocks.data[0], 1);
}

static void a_test_stands_in_front_of_what_is_made_from_all_it_looks_at(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Manifest *manifest = manifest_new(arena, STR("x"));
    small_model(arena, manifest, "a", "");
    small_model(arena, manifest, "b", "");
    small_model(arena, manifest, "ab", "model.x.a model.x.b");
    small_model(arena, manifest, "only_b", "model.x.b");
    small_model(arena, manifest, "last", "model.x.ab");
    Node *test = small_model(arena, manifest, "same_ids", "model.x.a model.x.b");
    test->type = RESOURCE_TEST;
    assert_null(manifest_finish(manifest));
    const Graph *graph = graph_of(arena, manifest);
    const Graph *gated = graph_with_gates(arena, graph);
    const IndexVec *behind = &gated->children[test->index];
    assert_int_equal(graph->children[test->index].len, 0);
    assert_int_equal(behind->len, 1); /* `last` waits for `ab` anyway */
    assert_string_equal(manifest->nodes.data[behind->data[0]]->name.data, "ab");
}

static void a_reference_is_listed_once_however_many_there_are(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    RefCallVec list = {0};
    StrMap known = {0};
    for (int i = 0; i < 300; i++) {
        RefCall ref = {.name = str_printf(arena, "m%d", i % 100)};
        assert_int_equal(ref_list_add(arena, &list, &known, &ref), i < 100);
    }
    RefCall packaged = {.package = STR("p"), .name = STR("m1")};
    assert_true(ref_list_add(arena, &list, &known, &packaged));
    assert_int_equal(list.len, 101);
    assert_true(str_is(list.data[99].name, "m99"));
}

static void a_cycle_is_named_from_node_to_node(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Manifest *manifest = manifest_new(arena, STR("x"));
    small_model(arena, manifest, "a", "model.x.c");
    small_model(arena, manifest, "b", "model.x.a");
    small_model(arena, manifest, "c", "model.x.b");
    assert_null(manifest_finish(manifest));
    const Graph *graph = NULL;
    AUTO_FREE(error) Error *err = graph_new(arena, manifest, &graph);
    assert_non_null(err);
    assert_true(str_is(error_message(err), "Found a cycle: model.x.a --> model.x.b --> model.x.c"));
}

static void a_chain_of_many_models_is_walked_without_recursion(void **state)
{
    (void)state;
    enum { LENGTH = 20000 };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Manifest *manifest = manifest_new(arena, STR("x"));
    for (int i = 0; i < LENGTH; i++) {
        const char *parent = str_to_c(arena, str_printf(arena, "model.x.m%d", i - 1));
        small_model(arena, manifest, str_to_c(arena, str_printf(arena, "m%d", i)), parent);
    }
    assert_null(manifest_finish(manifest));
    const Graph *graph = graph_of(arena, manifest);
    NodeSet all = node_set_new(arena, graph->count);
    for (size_t i = 0; i < graph->count; i++) {
        node_set_add(&all, i);
    }
    GraphPlan plan = graph_plan(graph, arena, &all);
    assert_int_equal(VEC_LAST(&plan).level, LENGTH - 1);
}

static void two_models_of_one_name_are_refused(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Manifest *manifest = manifest_new(arena, STR("x"));
    Node *first = small_model(arena, manifest, "a", "");
    Node *second = ARENA_NEW(arena, Node);
    *second = *first;
    second->original_path = STR("models/q/a.sql");
    AUTO_FREE(error) Error *err = manifest_add_node(manifest, second);
    assert_non_null(err);
    assert_true(
        str_starts_with(error_message(err), STR("dbt found two models with the name \"a\".")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_goes_level_by_level_then_by_id),
        cmocka_unit_test(unselected_nodes_keep_those_around_them_in_order),
        cmocka_unit_test(a_test_stands_in_front_of_what_is_made_from_all_it_looks_at),
        cmocka_unit_test(a_reference_is_listed_once_however_many_there_are),
        cmocka_unit_test(a_cycle_is_named_from_node_to_node),
        cmocka_unit_test(a_chain_of_many_models_is_walked_without_recursion),
        cmocka_unit_test(two_models_of_one_name_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
