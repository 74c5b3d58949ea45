#include "ingest/naming.h"

#include "unit/ingest/vectors.h"

/* Either the name or, where dlt raises one, an error. */
static void expect_identifier(Vectors *vectors, const Value *vector, const Naming *naming)
{
    Str name = {0};
    Error *err = naming_identifier(naming, vectors->arena, vector_text(vector, "text"), &name);
    const Value *expected = value_find(vector, STR("identifier"));
    if (value_is(expected, VALUE_MAP)) {
        assert_fails(err, ERR_INPUT, "cannot be a name");
        return;
    }
    assert_ok(err);
    vectors_expect(vectors, vector, value_text_or(expected, STR("?")), name);
}

static void every_convention_names_as_dlt_does(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "naming");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        Naming naming;
        assert_ok(naming_make(vector_text(vector, "convention"), NAMING_DUCKDB_MAX, &naming));
        expect_identifier(&vectors, vector, &naming);
        vectors_expect(&vectors, vector, vector_text(vector, "path"),
                       naming_path(&naming, vectors.arena, vector_text(vector, "text")));
    }
    vectors_done(&vectors);
}

static void long_names_are_cut_as_dlt_does(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "shortening");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        int64_t max = value_find(vector, STR("max"))->as.integer;
        Naming naming;
        assert_ok(naming_make(STR("snake_case"), (size_t)max, &naming));
        expect_identifier(&vectors, vector, &naming);
        vectors_expect(&vectors, vector, vector_text(vector, "path"),
                       naming_path(&naming, vectors.arena, vector_text(vector, "text")));
    }
    vectors_done(&vectors);
}

typedef struct KeyCase {
    const char *key;
    const char *name;
    const char *name_without_paths;
} KeyCase;

static void keys_of_rows_become_columns(void **state)
{
    (void)state;
    static const KeyCase cases[] = {
        {"CreatedAt", "created_at", "created_at"},
        {"a__b", "a__b", "a_b"},
        {"b__", "b", "bxx"},
        {"", "_empty", "_empty"},
        {"  ", "_empty", "_empty"},
        {"__", "", "xx"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Naming naming = naming_default();
        assert_true(str_is(naming_key(&naming, arena, str_from(cases[i].key)), cases[i].name));
        naming.keeps_no_paths = true;
        assert_true(str_is(naming_key(&naming, arena, str_from(cases[i].key)),
                           cases[i].name_without_paths));
    }
}

static void tables_and_paths_are_joined(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Naming naming = naming_default();
    Str table;
    assert_ok(naming_table(&naming, arena, STR("My Orders"), &table));
    assert_true(str_is(table, "my_orders"));
    assert_true(str_is(naming_join(&naming, arena, table, STR("items")), "my_orders__items"));
    assert_true(str_is(naming_join(&naming, arena, STR(""), STR("items")), "items"));
    assert_fails(naming_table(&naming, arena, STR(" __ "), &table), ERR_INPUT, "name a table");
    assert_ok(naming_make(STR("s3_tables"), 0, &naming));
    assert_ok(naming_table(&naming, arena, STR("_dlt_loads"), &table));
    assert_true(str_is(table, "dlt_loads"));
    assert_int_equal(naming.max_length, 255);
    assert_fails(naming_make(STR("my.naming"), 0, &naming), ERR_UNSUPPORTED, "'my.naming'");
}

static void schemas_are_named_by_identifiers(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"shop", "shop"},
        {"Shop", "Shop"},
        {"my-shop", "my_shop"},
        {"2 shops", "_2_shops"},
        {"ladenbür", "ladenbür"},
        {"", "source"},
        {"this_is_a_name_that_is_longer_than_sixty_four_characters_in_all_of_it",
         "this_is_a_name_that_is_longer_than_sixty_four_characters_in_all_of_it"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i + 1 < ARRAY_LEN(names); i++) {
        assert_true(str_is(naming_schema_name(arena, str_from(names[i][0])), names[i][1]));
    }
    Str cut = naming_schema_name(arena, str_from(names[ARRAY_LEN(names) - 1][0]));
    assert_int_equal(cut.len, NAMING_SCHEMA_NAME_MAX);
    assert_true(naming_is_schema_name(cut));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_convention_names_as_dlt_does),
        cmocka_unit_test(long_names_are_cut_as_dlt_does),
        cmocka_unit_test(keys_of_rows_become_columns),
        cmocka_unit_test(tables_and_paths_are_joined),
        cmocka_unit_test(schemas_are_named_by_identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
