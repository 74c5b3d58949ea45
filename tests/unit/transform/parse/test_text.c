/* The parts that work on plain text: common table expressions, blocks of macro files, .dbtignore.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/parse/discover.h"
#include "transform/parse/template_blocks.h"
#include "transform/run/cte.h"

static void expressions_go_in_front_or_into_the_with_clause(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *expected;
    } rows[] = {
        {"select 1", "with a as (\nX\n) select 1"},
        {"\n select 1", "\n with a as (\nX\n) select 1"},
        {"with b as (select 1) select 2", "with  a as (\nX\n), b as (select 1) select 2"},
        {"-- with\nWITH b as (y) z", "-- with\nWITH  a as (\nX\n), b as (y) z"},
        {"/* c */ with recursive r as (y) z", "/* c */ with recursive  a as (\nX\n), r as (y) z"},
        {"without", "with a as (\nX\n) without"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        CteVec ctes = {0};
        VEC_PUSH(arena, &ctes, (Cte){.id = STR("id"), .name = STR("a"), .sql = STR("X")});
        Str got;
        assert_null(cte_inject(arena, str_from(rows[i].sql), &ctes, &got));
        assert_string_equal(str_to_c(arena, got), rows[i].expected);
    }
}

static void blocks_are_found_outside_comments_strings_and_raw(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str text = STR("{# {% macro no() %}{% endmacro %} #}\n"
                   "{% raw %}{% macro no2() %}{% endraw %}\n"
                   "{%- macro one(a='%}', b=2) -%} {{ \"{% endmacro %}\" }} {%- endmacro -%}\n"
                   "{% test two(model) %}x{% endtest %}\n"
                   "{% materialization three, adapter='duckdb' %}{% endmaterialization %}\n");
    TemplateBlockVec blocks = {0};
    assert_null(template_blocks(arena, text, STR("m.sql"), BLOCKS_OF_MACROS, &blocks, NULL));
    assert_int_equal(blocks.len, 3);
    assert_true(str_is(blocks.data[0].name, "one"));
    assert_true(str_is(blocks.data[0].arguments, "(a='%}', b=2)"));
    assert_int_equal(blocks.data[0].line, 3);
    assert_int_equal(blocks.data[1].kind, BLOCK_TEST);
    assert_int_equal(blocks.data[2].kind, BLOCK_MATERIALIZATION);
}

static void a_block_without_an_end_is_an_error_with_its_place(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    TemplateBlockVec blocks = {0};
    AUTO_FREE(error)
    Error *err = template_blocks(arena, STR("\n{% macro m() %}"), STR("m.sql"), BLOCKS_OF_MACROS,
                                 &blocks, NULL);
    assert_non_null(err);
    assert_true(str_starts_with(error_message(err),
                                STR("Reached EOF without finding a close tag for macro")));
}

static void ignore_files_read_as_gitignore_does(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const IgnoreList *list = ignore_list_parse(
        arena, STR("# comment\n*.tmp.sql\n/models/old/\ndrafts\n!keep.tmp.sql\n"));
    static const struct {
        const char *path;
        bool ignored;
    } rows[] = {
        {"models/a.sql", false},
        {"models/a.tmp.sql", true},
        {"models/old/b.sql", true},
        {"models/x/old/b.sql", false},
        {"models/drafts/c.sql", true},
        {"models/keep.tmp.sql", false},
        {"drafts", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(ignore_list_matches(list, str_from(rows[i].path)), rows[i].ignored);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_go_in_front_or_into_the_with_clause),
        cmocka_unit_test(blocks_are_found_outside_comments_strings_and_raw),
        cmocka_unit_test(a_block_without_an_end_is_an_error_with_its_place),
        cmocka_unit_test(ignore_files_read_as_gitignore_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
