#include "ingest/row_id.h"

#include "base/map.h"
#include "ingest/boundary_hash.h"
#include "ingest/load_id.h"
#include "unit/ingest/vectors.h"

static void rows_are_named_by_content_as_dlt_does(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "row_hash");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        vectors_expect(&vectors, vector, vector_text(vector, "id"),
                       row_id_of_row(vectors.arena, value_find(vector, STR("row"))));
    }
    vectors_done(&vectors);
}

/* As they stand in what is hashed. */
static void numbers_are_written_as_dlt_does(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "float_text");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        Str text = vector_text(vector, "value");
        Value number = value_float(strtod(str_to_c(vectors.arena, text), NULL));
        vectors_expect(&vectors, vector, vector_text(vector, "json"),
                       json_text(vectors.arena, &number, &json_style_canonical));
    }
    vectors_done(&vectors);
}

static void nested_rows_are_named_by_their_parent(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "nested_id");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        int64_t index = value_find(vector, STR("index"))->as.integer;
        vectors_expect(&vectors, vector, vector_text(vector, "id"),
                       row_id_nested(vectors.arena, vector_text(vector, "parent"),
                                     vector_text(vector, "table"), (size_t)index));
    }
    vectors_done(&vectors);
}

static void boundary_rows_are_known_as_dlt_knows_them(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "dedup_hash");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        const Value *value = value_find(vector, STR("value"));
        vectors_expect(&vectors, vector, vector_text(vector, "hash"),
                       boundary_hash(vectors.arena, value, BOUNDARY_HASH_SHORT));
        vectors_expect(&vectors, vector, vector_text(vector, "hash_before_1_31"),
                       boundary_hash(vectors.arena, value, BOUNDARY_HASH_LONG));
    }
    vectors_done(&vectors);
}

static void a_list_of_boundary_rows_keeps_its_form(void **state)
{
    (void)state;
    Value short_hash = value_string(STR("Tp44cKMYfAuJ"));
    Value long_hash = value_string(STR("Tp44cKMYfAuJiBfxLAqu"));
    Value lists[] = {value_list(NULL, 0), value_list(&short_hash, 1), value_list(&long_hash, 1)};
    assert_int_equal(boundary_hash_form(&lists[0]), BOUNDARY_HASH_LONG);
    assert_int_equal(boundary_hash_form(&lists[1]), BOUNDARY_HASH_SHORT);
    assert_int_equal(boundary_hash_form(&lists[2]), BOUNDARY_HASH_LONG);
}

static void random_ids_differ(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrMap seen = strmap_init(arena);
    for (int i = 0; i < 1000; i++) {
        char id[ROW_ID_CHARS];
        assert_ok(row_id_random(id));
        assert_true(strspn(str_to_c(arena, (Str){id, ROW_ID_CHARS}),
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
                    ROW_ID_CHARS);
        strmap_set_copy(&seen, (Str){id, ROW_ID_CHARS}, NULL);
    }
    assert_int_equal(seen.len, 1000);
}

static void load_ids_grow_in_string_order(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    LoadIdClock clock = {0};
    Str last = load_id_next(&clock, arena);
    for (int i = 0; i < 10000; i++) {
        Str next = load_id_next(&clock, arena);
        assert_true(load_id_is_valid(next));
        assert_true(str_compare(last, next) < 0);
        last = next;
    }
}

static void load_ids_follow_those_of_the_warehouse(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    LoadIdClock clock = {0};
    load_id_seen(&clock, STR("2795344267.818753"));
    load_id_seen(&clock, STR("1795344267.818753"));
    load_id_seen(&clock, STR("manual_load"));
    assert_true(str_is(load_id_next(&clock, arena), "2795344267.818754"));
    assert_true(str_is(load_id_next(&clock, arena), "2795344267.818755"));
}

static void load_ids_tell_their_time(void **state)
{
    (void)state;
    assert_int_equal(load_id_time_us(STR("1795344267.818753")), 1795344267818753);
    assert_int_equal(load_id_time_us(STR("1795344267.0")), 1795344267000000);
    static const char *const others[] = {"",
                                         "1795344267",
                                         "1795344267.",
                                         "0795344267.5",
                                         "179534426.75",
                                         "1795344267.5e1",
                                         "-795344267.5",
                                         "17953442678.5"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_false(load_id_is_valid(str_from(others[i])));
        assert_int_equal(load_id_time_us(str_from(others[i])), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_named_by_content_as_dlt_does),
        cmocka_unit_test(numbers_are_written_as_dlt_does),
        cmocka_unit_test(nested_rows_are_named_by_their_parent),
        cmocka_unit_test(boundary_rows_are_known_as_dlt_knows_them),
        cmocka_unit_test(a_list_of_boundary_rows_keeps_its_form),
        cmocka_unit_test(random_ids_differ),
        cmocka_unit_test(load_ids_grow_in_string_order),
        cmocka_unit_test(load_ids_follow_those_of_the_warehouse),
        cmocka_unit_test(load_ids_tell_their_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
