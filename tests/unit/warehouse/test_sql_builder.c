#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "warehouse/sql_builder.h"

static void names_and_texts_are_quoted(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "select {} from {} where {} = {}", SQL_ID(STR("a \"b\"")),
            SQL_NAME(STR("s"), STR("t")), SQL_TEXT(STR("it's")), SQL_INT(-3));
    SQL_ADD(&sql, " -- end");
    assert_true(str_is(sql_text(&sql),
                       "select \"a \"\"b\"\"\" from \"s\".\"t\" where 'it''s' = -3 -- end"));
}

static void a_name_without_schema_stands_alone_and_lists_are_joined(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "insert into {} (", SQL_NAME(STR(""), STR("t")));
    sql_add_identifiers(&sql, (Str[]){STR("a"), STR("b")}, 2);
    SQL_ADD(&sql, ") {}", SQL_RAW(STR("values (1, 2)")));
    Str text;
    assert_null(sql_finish(&sql, &text));
    assert_true(str_is(text, "insert into \"t\" (\"a\", \"b\") values (1, 2)"));
}

static void a_statement_beyond_the_ceiling_is_refused(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    SqlBuilder sql = sql_begin(arena);
    char *large = arena_alloc(arena, LIMIT_SQL_BYTES);
    memset(large, 'x', LIMIT_SQL_BYTES);
    SQL_ADD(&sql, "{}", SQL_TEXT(((Str){large, LIMIT_SQL_BYTES})));
    Str text;
    AUTO_FREE(error) Error *err = sql_finish(&sql, &text);
    assert_int_equal(error_kind(err), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_texts_are_quoted),
        cmocka_unit_test(a_name_without_schema_stands_alone_and_lists_are_joined),
        cmocka_unit_test(a_statement_beyond_the_ceiling_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
