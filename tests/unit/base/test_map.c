#include "base_fixture.h"

#include "base/map.h"
#include "fuzz/map_model.h"

static void an_empty_map_finds_nothing(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrMap map = strmap_init(arena);
    assert_null(strmap_find(&map, STR("a")));
    assert_false(strmap_has(&map, STR("")));
    assert_null(strmap_entry(&map, (Str){NULL, 0}));
    assert_false(strmap_remove(&map, STR("a")));
    strmap_clear(&map);
    for (STRMAP_EACH(it, &map)) {
        fail();
    }
}

static void null_is_a_value_and_the_empty_text_a_key(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrMap map = strmap_init(arena);
    int one = 1, two = 2;
    assert_null(strmap_set(&map, STR(""), &one));
    assert_null(strmap_set(&map, STR("a"), NULL));
    assert_true(strmap_has(&map, STR("a")));
    assert_null(strmap_find(&map, STR("a")));
    assert_ptr_equal(strmap_find(&map, (Str){NULL, 0}), &one);
    assert_ptr_equal(strmap_set_copy(&map, STR(""), &two), &one);
    assert_ptr_equal(strmap_find(&map, STR("")), &two);
    assert_int_equal(map.len, 2);
}

static void entries_keep_their_order_through_removals_and_replacements(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrMap map = strmap_init(arena);
    enum { KEYS = 100 };
    for (int i = 0; i < KEYS; i++) {
        strmap_set_copy(&map, str_printf(arena, "key%d", i), arena);
    }
    strmap_set(&map, STR("key3"), NULL);
    for (int i = 0; i < KEYS; i += 2) {
        assert_true(strmap_remove(&map, str_printf(arena, "key%d", i)));
    }
    strmap_set(&map, STR("key0"), NULL); /* removed before: now the last */
    int next = 1;
    for (STRMAP_EACH(it, &map)) {
        Str expected = str_printf(arena, "key%d", next <= KEYS ? next : 0);
        assert_true(str_eq(it->key, expected));
        next += 2;
    }
    assert_int_equal(map.len, KEYS / 2 + 1);
}

/* 20 to 5000 operations between comparisons, so that maps of all sizes are compared. */
static void a_map_does_what_a_naive_one_does(void **state)
{
    (void)state;
    Random random = random_seeded("map");
    for (size_t round = 0; round < 40; round++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        MapModel model;
        map_model_init(&model, arena);
        StrMap map = strmap_init(arena);
        size_t keys = round % 4 == 0 ? 8 + round / 4 : MODEL_KEYS;
        for (size_t step = 0; step < 4000; step++) {
            unsigned operation = (unsigned)random_below(&random, (size_t)MAP_OPERATIONS * 3);
            if (operation == MAP_CLEAR && step % 8 != 0) {
                operation = MAP_SET;
            }
            operation = operation >= MAP_OPERATIONS ? operation % 2 : operation;
            map_model_apply(&model, &map, operation, random_below(&random, keys),
                            random_below(&random, 3) > 0 ? &map : NULL);
            if (step % 97 == 0) {
                map_model_compare(&model, &map);
            }
        }
        map_model_compare(&model, &map);
    }
}

static void a_map_of_many_entries_finds_each(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrMap map = strmap_init(arena);
    enum { KEYS = 100000 };
    for (size_t i = 0; i < KEYS; i++) {
        strmap_set(&map, str_printf(arena, "%zu", i), arena);
    }
    assert_int_equal(map.len, KEYS);
    char text[24];
    for (size_t i = 0; i < KEYS; i++) {
        int len = snprintf(text, sizeof(text), "%zu", i);
        const StrMapEntry *entry = strmap_entry(&map, (Str){text, (size_t)len});
        assert_ptr_equal(entry, &map.entries[i]);
    }
    assert_null(strmap_find(&map, STR("100000")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_finds_nothing),
        cmocka_unit_test(null_is_a_value_and_the_empty_text_a_key),
        cmocka_unit_test(entries_keep_their_order_through_removals_and_replacements),
        cmocka_unit_test(a_map_does_what_a_naive_one_does),
        cmocka_unit_test(a_map_of_many_entries_finds_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
