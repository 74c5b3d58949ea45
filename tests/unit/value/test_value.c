#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/unicode.h"
#include "value/value.h"

static void a_map_keeps_the_order_of_its_keys_and_finds_each(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    enum { KEYS = 1000 };
    ValueMapBuilder builder = value_map_begin(arena);
    for (int i = 0; i < KEYS; i++) {
        assert_false(value_map_set(&builder, str_printf(arena, "key%d", i), value_int(i)));
    }
    assert_true(value_map_set(&builder, STR("key7"), value_int(-7)));
    Value map = value_map_end(&builder);
    assert_int_equal(value_len(&map), KEYS);
    for (int i = 0; i < KEYS; i++) {
        const Value *found = value_find(&map, str_printf(arena, "key%d", i));
        assert_non_null(found);
        assert_int_equal(found->as.integer, i == 7 ? -7 : i);
        assert_ptr_equal(found, value_at(&map, (size_t)i));
    }
    assert_null(value_find(&map, STR("key1000")));
}

static void numbers_that_pyyaml_takes_for_the_same_are_one_key(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ValueMapBuilder builder = value_map_begin(arena);
    assert_false(value_map_put(&builder, value_int(1), value_string(STR("int"))));
    assert_true(value_map_put(&builder, value_float(1.0), value_string(STR("float"))));
    assert_true(value_map_put(&builder, value_bool(true), value_string(STR("bool"))));
    assert_false(value_map_put(&builder, value_string(STR("1")), value_null()));
    assert_false(value_map_put(&builder, value_null(), value_null()));
    assert_true(value_map_put(&builder, value_null(), value_null()));
    assert_false(value_map_put(&builder, value_float(nan("")), value_int(1)));
    assert_true(value_map_put(&builder, value_float(-nan("")), value_int(2)));
    Value map = value_map_end(&builder);
    assert_int_equal(value_len(&map), 4);
    assert_true(value_equal(&map, &map));
}

static void accessors_find_nothing_in_values_of_another_kind(void **state)
{
    (void)state;
    Value number = value_int(5);
    assert_null(value_find(&number, STR("a")));
    assert_null(value_find(NULL, STR("a")));
    assert_null(value_at(&number, 0));
    assert_int_equal(value_len(NULL), 0);
    assert_true(value_is_null(NULL));
    assert_int_equal(value_text_or(&number, STR("no")).len, 2);
    for (VALUE_EACH(it, &number)) {
        fail();
    }
    for (VALUE_EACH_ENTRY(it, NULL)) {
        fail();
    }
}

static void a_path_goes_down_maps_and_lists(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Value items[] = {value_int(10), value_int(20)};
    ValueMapBuilder inner = value_map_begin(arena);
    value_map_set(&inner, STR("b"), value_list(items, ARRAY_LEN(items)));
    ValueMapBuilder outer = value_map_begin(arena);
    value_map_set(&outer, STR("a"), value_map_end(&inner));
    Value root = value_map_end(&outer);
    assert_int_equal(value_find_path(&root, STR("a.b.1"))->as.integer, 20);
    static const char *const absent[] = {"a.b.2", "a.b.x", "a.b.-1", "a.c", "b", "a.b.1.z", ""};
    for (size_t i = 0; i < ARRAY_LEN(absent); i++) {
        assert_null(value_find_path(&root, str_from(absent[i])));
    }
}

static void equality_ignores_the_order_of_keys_but_not_the_kind(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ValueMapBuilder left = value_map_begin(arena);
    value_map_set(&left, STR("a"), value_int(1));
    value_map_set(&left, STR("b"), value_null());
    Value one = value_map_end(&left);
    ValueMapBuilder right = value_map_begin(arena);
    value_map_set(&right, STR("b"), value_null());
    value_map_set(&right, STR("a"), value_int(1));
    Value two = value_map_end(&right);
    assert_true(value_equal(&one, &two));
    Value copy = value_copy(arena, &one);
    assert_true(value_equal(&one, &copy));
    Value integer = value_int(1);
    Value real = value_float(1);
    assert_false(value_equal(&integer, &real));
    assert_false(value_equal(&one, NULL));
}

static void a_wrong_kind_is_told_with_place_and_value(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const ValueFile file = {.path = STR("project.yml"), .text = STR("a: 1\nport: many\n")};
    Value value = value_string(STR("many"));
    value.file = &file;
    value.line = 2;
    value.column = 7;
    int64_t port = 5;
    AUTO_FREE(error) Error *err = value_get_int(&value, STR("port"), &port);
    assert_non_null(err);
    assert_int_equal(error_kind(err), ERR_CONFIG);
    assert_true(
        str_is(error_message(err), "project.yml:2:7: 'port' must be a whole number, not 'many'"));
    assert_true(str_is(error_excerpt_text(err, arena), "  port: many\n        ^"));
    assert_int_equal(port, 5);
}

static void long_texts_are_shortened_between_characters(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf text = strbuf_init(arena, 1000);
    for (int i = 0; i < 50; i++) {
        strbuf_add_c(&text, "\xC3\xA9");
    }
    Value value = value_string(strbuf_str(&text));
    Str described = value_describe(arena, &value);
    assert_true(described.len < 70);
    assert_int_equal(utf8_find_invalid(described), SIZE_MAX);
    assert_true(str_ends_with(described, STR("...'")));
}

static void lists_of_texts_take_one_text_where_that_is_allowed(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Value text = value_string(STR("x"));
    StrVec out = {0};
    assert_null(value_get_strings(arena, &text, STR("tags"), VALUE_SINGLE_TOO, &out));
    assert_int_equal(out.len, 1);
    AUTO_FREE(error)
    Error *one = value_get_strings(arena, &text, STR("tags"), VALUE_LIST_ONLY, &out);
    assert_non_null(one);
    const Value items[] = {value_string(STR("a")), value_int(3)};
    Value list = value_list(items, ARRAY_LEN(items));
    AUTO_FREE(error)
    Error *mixed = value_get_strings(arena, &list, STR("tags"), VALUE_LIST_ONLY, &out);
    assert_non_null(mixed);
    assert_true(str_is(error_message(mixed), "'tags' must be a list of texts, not 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_keeps_the_order_of_its_keys_and_finds_each),
        cmocka_unit_test(numbers_that_pyyaml_takes_for_the_same_are_one_key),
        cmocka_unit_test(accessors_find_nothing_in_values_of_another_kind),
        cmocka_unit_test(a_path_goes_down_maps_and_lists),
        cmocka_unit_test(equality_ignores_the_order_of_keys_but_not_the_kind),
        cmocka_unit_test(a_wrong_kind_is_told_with_place_and_value),
        cmocka_unit_test(long_texts_are_shortened_between_characters),
        cmocka_unit_test(lists_of_texts_take_one_text_where_that_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
