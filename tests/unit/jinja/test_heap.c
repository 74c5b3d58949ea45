#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "jinja/heap.h"
#include "jinja/list.h"
#include "jinja/text.h"

static void mark_one(JMarker *marker, void *context)
{
    jmark_value(marker, *(const JValue *)context);
}

static void collecting_keeps_what_is_reached(void **state)
{
    (void)state;
    AUTO_FREE(jheap) JHeap *heap = jheap_new(JHEAP_RENDER, NULL);
    JList *list = jlist_new(heap, 0);
    JValue root = jlist_value(list);
    for (int64_t i = 0; i < 1000; i++) {
        jlist_append(list, jstr_value(heap, STR("kept")));
        jstr_new(heap, STR("dropped"));
    }
    jheap_collect(heap, mark_one, &root);
    for (size_t i = 0; i < 1000; i++) {
        assert_true(str_is(jtext(jlist_at(list, i)), "kept"));
    }
}

static void memory_stays_flat_over_a_million_texts(void **state)
{
    (void)state;
    AUTO_FREE(jheap) JHeap *heap = jheap_new(JHEAP_RENDER, NULL);
    JValue root = JNONE;
    for (int64_t i = 0; i < 1000000; i++) {
        root = jstr_value(heap, STR("a text of the loop that nobody keeps for long"));
        if (jheap_due(heap)) {
            jheap_collect(heap, mark_one, &root);
        }
    }
    assert_true(jheap_held_bytes(heap) < (size_t)32 * 1024 * 1024);
    assert_true(str_starts_with(jtext(root), STR("a text")));
}

static void lists_that_hold_themselves_are_collected(void **state)
{
    (void)state;
    AUTO_FREE(jheap) JHeap *heap = jheap_new(JHEAP_RENDER, NULL);
    JValue root = JNONE;
    for (int i = 0; i < 100; i++) {
        JList *list = jlist_new(heap, 0);
        jlist_append(list, jlist_value(list));
    }
    jheap_collect(heap, mark_one, &root);
    assert_int_equal(heap->live_bytes, 0);
}

static void deep_nesting_costs_no_c_stack(void **state)
{
    (void)state;
    AUTO_FREE(jheap) JHeap *heap = jheap_new(JHEAP_RENDER, NULL);
    JValue root = JNONE;
    for (int i = 0; i < 200000; i++) {
        JList *list = jlist_new(heap, 0);
        jlist_append(list, root);
        root = jlist_value(list);
    }
    jheap_collect(heap, mark_one, &root);
    assert_int_equal(jlist_len(root.list), 1);
}

static void what_was_born_outside_a_nested_run_is_alive_in_it(void **state)
{
    (void)state;
    AUTO_FREE(jheap) JHeap *heap = jheap_new(JHEAP_RENDER, NULL);
    JValue root = JNONE;
    jheap_set_depth(heap, 1);
    JValue held = jstr_value(heap, STR("held by a C function that waits"));
    jheap_set_depth(heap, 2);
    JValue dropped = jstr_value(heap, STR("made by the run"));
    JValue returned = jstr_value(heap, STR("returned by the run"));
    jheap_set_depth(heap, 1);
    jheap_adopt(heap, returned);
    jheap_set_depth(heap, 2);
    jheap_collect(heap, mark_one, &root);
    assert_true(str_starts_with(jtext(held), STR("held")));
    assert_true(str_starts_with(jtext(returned), STR("returned")));
    (void)dropped;
}

static void shared_values_outlive_their_render(void **state)
{
    (void)state;
    AUTO_FREE(jshared) JSharedHeap *shared = jshared_new();
    JHeap *first = jheap_new(JHEAP_RENDER, shared);
    JList *list = jlist_new(first, 0);
    jshare(first, shared, jlist_value(list));
    jheap_free(first);

    JHeap *second = jheap_new(JHEAP_RENDER, shared);
    JValue stored = jstr_value(second, STR("stored by another render"));
    jlist_append(list, stored);
    jheap_free(second);

    JValue found = jlist_at(list, 0);
    assert_ptr_equal(found.obj, stored.obj);
    assert_true(str_is(jtext(found), "stored by another render"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collecting_keeps_what_is_reached),
        cmocka_unit_test(memory_stays_flat_over_a_million_texts),
        cmocka_unit_test(lists_that_hold_themselves_are_collected),
        cmocka_unit_test(deep_nesting_costs_no_c_stack),
        cmocka_unit_test(what_was_born_outside_a_nested_run_is_alive_in_it),
        cmocka_unit_test(shared_values_outlive_their_render),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
