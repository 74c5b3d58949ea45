#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "staging/model_sql.h"

static StagingSql orders(Arena *arena, const char *strategy)
{
    StagingSql sql = {
        .model = STR("stg_shop_orders"),
        .materialized = STR("view"),
        .source = STR("shop"),
        .table = STR("orders"),
        .has_extracted_at = true,
    };
    assert_null(strategy_parse(str_from(strategy), &sql.strategy));
    static const char *const columns[] = {"id", "order", "Total", "_dlt_load_id",
                                          "_dlt_extracted_at"};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        VEC_PUSH(arena, &sql.columns, str_from(columns[i]));
    }
    VEC_PUSH(arena, &sql.key, STR("id"));
    return sql;
}

static void expect_parts(Str text, const char *const *parts)
{
    size_t at = 0;
    for (; *parts != NULL; parts++) {
        size_t found = str_find(text, str_from(*parts), at);
        if (found == SIZE_MAX) {
            print_error("'%s' is missing in\n" STR_FMT, *parts, STR_ARG(text));
        }
        assert_true(found != SIZE_MAX);
        at = found + strlen(*parts);
    }
}

static void latest_only_keeps_the_last_row_of_a_key(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StagingSql sql = orders(arena, "latest_only");
    static const char columns[] = "    \"order\",\n    \"Total\",\n    _dlt_load_id,\n"
                                  "    _dlt_extracted_at\nFROM deduplicated\nWHERE _rn = 1\n";
    expect_parts(staging_sql_text(arena, &sql),
                 (const char *const[]){
                     "-- stg_shop_orders.sql\n", "{{ config(materialized='view') }}",
                     "WITH deduplicated AS (", "PARTITION BY id", "ORDER BY _dlt_extracted_at DESC",
                     "as _rn", "FROM {{ source('shop', 'orders') }}", "SELECT\n    id,\n", columns,
                     NULL});
}

static void a_tie_is_broken_by_the_row_id_and_the_change_comes_first(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StagingSql sql = orders(arena, "latest_only");
    sql.has_row_id = true;
    sql.change_column = STR("updated_at");
    expect_parts(
        staging_sql_text(arena, &sql),
        (const char *const[]){
            "ORDER BY updated_at DESC NULLS LAST, _dlt_extracted_at DESC, _dlt_id DESC", NULL});
    assert_null(strategy_parse(STR("first_seen"), &sql.strategy));
    expect_parts(
        staging_sql_text(arena, &sql),
        (const char *const[]){"ORDER BY updated_at NULLS LAST, _dlt_extracted_at, _dlt_id", NULL});
}

static void without_a_key_every_row_is_shown(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StagingSql sql = orders(arena, "latest_only");
    sql.key = (StrVec){0};
    sql.has_deleted = true;
    Str text = staging_sql_text(arena, &sql);
    expect_parts(text,
                 (const char *const[]){"SELECT\n    id,", "FROM {{ source('shop', 'orders') }}\n",
                                       "WHERE NOT coalesce(_dango_deleted, false)\n", NULL});
    assert_false(str_contains(text, STR("ROW_NUMBER")));
}

static void scd_type2_gives_each_version_its_time(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StagingSql sql = orders(arena, "scd_type2");
    static const char valid_to[] = "LEAD(_dlt_extracted_at) OVER (PARTITION BY id ORDER BY "
                                   "_dlt_extracted_at) as _valid_to";
    expect_parts(staging_sql_text(arena, &sql),
                 (const char *const[]){"IS DISTINCT FROM", "_dlt_extracted_at as _valid_from",
                                       valid_to, "IS NULL THEN TRUE ELSE FALSE END as _is_current",
                                       "WHERE _is_change", NULL});
}

static void a_generated_file_is_told_from_an_edited_one(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StagingSql sql = orders(arena, "none");
    Str text = staging_sql_text(arena, &sql);
    assert_int_equal(staging_sql_state(text), STAGING_FILE_GENERATED);
    Str edited = str_replace(arena, text, STR("    id,"), STR("    id as order_id,"));
    assert_int_equal(staging_sql_state(edited), STAGING_FILE_EDITED);
    assert_int_equal(staging_sql_state(STR("select 1")), STAGING_FILE_EDITED);
    for (size_t cut = 0; cut < text.len; cut++) {
        assert_int_equal(staging_sql_state(str_slice(text, 0, cut)), STAGING_FILE_EDITED);
    }
}

static void an_unknown_strategy_is_an_error_that_lists_the_known(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Strategy *strategy = NULL;
    AUTO_FREE(error) Error *err = strategy_parse(STR("latest"), &strategy);
    assert_int_equal(error_kind(err), ERR_CONFIG);
    assert_true(str_contains(error_hints(err, arena), STR("latest_only, scd_type2")));
    assert_null(strategy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latest_only_keeps_the_last_row_of_a_key),
        cmocka_unit_test(a_tie_is_broken_by_the_row_id_and_the_change_comes_first),
        cmocka_unit_test(without_a_key_every_row_is_shown),
        cmocka_unit_test(scd_type2_gives_each_version_its_time),
        cmocka_unit_test(a_generated_file_is_told_from_an_edited_one),
        cmocka_unit_test(an_unknown_strategy_is_an_error_that_lists_the_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
