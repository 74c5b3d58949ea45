/* Statements made of a profile's secrets and attached databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/run/profile_prepare.h"
#include "value/yaml_reader.h"

static const Value *read_entry(Arena *arena, const char *text)
{
    ReadOptions options = {.path = STR("profiles.yml")};
    const Value *value = NULL;
    assert_null(yaml_read(arena, str_from(text), &options, &value));
    return value;
}

static void secrets_quote_what_is_no_word_of_the_language(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *expected;
    } rows[] = {
        {"{type: s3, key_id: a'b}",
         "create or replace secret _dbt_secret_3 (type s3, key_id 'a''b')"},
        {"{type: s3, name: mine, persistent: true, provider: config, scope: s3://x}",
         "create or replace persistent secret \"mine\" (type s3, provider config, scope 's3://x')"},
        {"{type: http, extra_http_headers: {a: b}, scope: [x, y]}",
         "create or replace secret _dbt_secret_3 (type http, extra_http_headers map {'a': 'b'}, "
         "scope 'x', scope 'y')"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Str sql;
        assert_null(profile_secret_sql(arena, read_entry(arena, rows[i].entry), 3, &sql));
        assert_string_equal(str_to_c(arena, sql), rows[i].expected);
    }
}

static void databases_are_attached_with_their_options(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *expected;
    } rows[] = {
        {"{path: a.db}", "attach if not exists 'a.db'"},
        {"{path: a.db, alias: b, type: sqlite, read_only: true}",
         "attach if not exists 'a.db' as \"b\" (TYPE sqlite, READ_ONLY)"},
        {"{path: a.db, read_only: false, options: {data_path: x, n: 3, off: false}}",
         "attach if not exists 'a.db' (DATA_PATH 'x', N 3)"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Str sql;
        assert_null(profile_attach_sql(arena, read_entry(arena, rows[i].entry), &sql));
        assert_string_equal(str_to_c(arena, sql), rows[i].expected);
    }
}

static void entries_that_say_too_little_or_too_much_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"{alias: b}", "{path: a, type: x, options: {type: y}}"};
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str sql;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        AUTO_FREE(error) Error *err = profile_attach_sql(arena, read_entry(arena, wrong[i]), &sql);
        assert_int_equal(error_kind(err), ERR_CONFIG);
    }
    AUTO_FREE(error) Error *err = profile_secret_sql(arena, read_entry(arena, "{a: b}"), 1, &sql);
    assert_int_equal(error_kind(err), ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_quote_what_is_no_word_of_the_language),
        cmocka_unit_test(databases_are_attached_with_their_options),
        cmocka_unit_test(entries_that_say_too_little_or_too_much_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
