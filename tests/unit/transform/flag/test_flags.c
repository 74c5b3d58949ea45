#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "transform/flag/event_names.h"
#include "transform/flag/flags.h"
#include "value/yaml_reader.h"

static void assert_error(TAKES Error *err, ErrorKind kind)
{
    assert_non_null(err);
    assert_int_equal(error_kind(err), kind);
    error_free(err);
}

static const Value *yaml(Arena *arena, const char *text)
{
    const Value *value = NULL;
    ReadOptions options = {.path = STR("test")};
    assert_null(yaml_read(arena, str_from(text), &options, &value));
    return value;
}

static const Flags *resolve(Arena *arena, const FlagGiven *given)
{
    Flags *flags = NULL;
    assert_null(flags_begin(arena, given, &flags));
    assert_null(flags_finish(arena, flags, (Str){0}, (Str){0}));
    return flags;
}

static void the_caller_wins_over_the_environment_and_that_over_the_preset(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    FlagGiven given[FLAG_ID_COUNT] = {0};
    given[DBT_PRINTER_WIDTH].declared = true;
    assert_int_equal(flag_int(resolve(arena, given), DBT_PRINTER_WIDTH), 80);
    setenv("DBT_PRINTER_WIDTH", "60", 1);
    assert_int_equal(flag_int(resolve(arena, given), DBT_PRINTER_WIDTH), 60);
    setenv("DBT_ENGINE_PRINTER_WIDTH", "50", 1);
    assert_int_equal(flag_int(resolve(arena, given), DBT_PRINTER_WIDTH), 50);
    given[DBT_PRINTER_WIDTH].given = true;
    VEC_PUSH(arena, &given[DBT_PRINTER_WIDTH].words, STR("40"));
    assert_int_equal(flag_int(resolve(arena, given), DBT_PRINTER_WIDTH), 40);
    unsetenv("DBT_PRINTER_WIDTH");
    unsetenv("DBT_ENGINE_PRINTER_WIDTH");
}

static void what_a_command_does_not_take_is_not_read_from_the_environment(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    FlagGiven given[FLAG_ID_COUNT] = {0};
    setenv("DBT_EMPTY", "maybe", 1);
    assert_false(flag_on(resolve(arena, given), DBT_EMPTY));
    given[DBT_EMPTY].declared = true;
    Flags *flags = NULL;
    assert_error(flags_begin(arena, given, &flags), ERR_USAGE);
    unsetenv("DBT_EMPTY");
}

static void values_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"DBT_DEBUG", "maybe"},
        {"DBT_PRINTER_WIDTH", "wide"},
        {"DBT_LOG_LEVEL", "loud"},
        {"DBT_LOG_FORMAT", "xml"},
        {"DBT_LOG_FILE_MAX_BYTES", "1e3"},
        {"DBT_PRINT", "2"},
        {"DBT_WARN_ERROR_OPTIONS", "[1]"},
        {"DBT_WARN_ERROR_OPTIONS", "{"},
        {"DBT_NO_PRINT", "perhaps"},
        {"DBT_INDIRECT_SELECTION", "some"},
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Flags *flags = NULL;
        setenv(wrong[i][0], wrong[i][1], 1);
        assert_error(flags_begin(arena, NULL, &flags), ERR_USAGE);
        unsetenv(wrong[i][0]);
    }
}

static void old_variables_turn_things_round_where_they_must(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    setenv("DBT_NO_PRINT", "1", 1);
    const Flags *flags = resolve(arena, NULL);
    unsetenv("DBT_NO_PRINT");
    assert_false(flag_on(flags, DBT_PRINT));
    assert_int_equal(flags->old_variables.len, 2);
    assert_true(str_is(flags->old_variables.data[1], "DBT_ENGINE_PRINT"));
}

static void behaviours_are_as_dbt_has_them_without_a_project(void **state)
{
    (void)state;
    Flags flags;
    flags_preset(&flags);
    assert_true(behaviour_on(&flags, "require_generic_test_arguments_property"));
    assert_false(behaviour_on(&flags, "skip_nodes_if_on_run_start_fails"));
    assert_false(behaviour_on(&flags, "no_such_behaviour"));
}

static void what_becomes_of_a_warning_depends_on_how_it_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *options, *event;
        WarningFate fate;
    } rows[] = {
        {"{}", "NoNodeForYamlKey", WARNING_TOLD},
        {"{error: all}", "NoNodeForYamlKey", WARNING_IS_ERROR},
        {"{include: '*'}", "NoNodeForYamlKey", WARNING_IS_ERROR},
        {"{error: all, warn: [NoNodeForYamlKey]}", "NoNodeForYamlKey", WARNING_TOLD},
        {"{error: all, exclude: [NoNodeForYamlKey]}", "NoNodeForYamlKey", WARNING_TOLD},
        {"{error: [NoNodeForYamlKey], silence: [NoNodeForYamlKey]}", "NoNodeForYamlKey",
         WARNING_SILENT},
        {"{error: [NoNodeForYamlKey]}", "JinjaLogWarning", WARNING_TOLD},
        {"{error: [Deprecations]}", "PackageRedirectDeprecation", WARNING_IS_ERROR},
        {"{error: [Deprecations], warn: [PackageRedirectDeprecation]}",
         "PackageRedirectDeprecation", WARNING_TOLD},
        {"{error: all, silence: [Deprecations]}", "PackageRedirectDeprecation", WARNING_SILENT},
        {"{error: [PackageRedirectDeprecation], silence: [Deprecations]}",
         "PackageRedirectDeprecation", WARNING_IS_ERROR},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        WarnErrorOptions options;
        unsigned renamed = 0;
        assert_null(warn_error_read(arena, yaml(arena, rows[i].options), &options, &renamed));
        assert_int_equal(warn_error_fate(&options, str_from(rows[i].event)), rows[i].fate);
    }
}

static void wrong_options_of_warnings_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "{error: some}",
        "{error: [Nope]}",
        "{error: 1}",
        "{warn: [NoNodeForYamlKey]}",
        "{error: all, include: all}",
        "{silence: x}",
        "{error: [1]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        WarnErrorOptions options;
        unsigned renamed = 0;
        assert_error(warn_error_read(arena, yaml(arena, wrong[i]), &options, &renamed), ERR_CONFIG);
    }
}

static void events_have_codes(void **state)
{
    (void)state;
    assert_true(str_is(event_code(STR("LogModelResult")), "Q012"));
    assert_true(str_is(event_code(STR("MainReportVersion")), "A001"));
    assert_int_equal(event_code(STR("NoSuchEvent")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_caller_wins_over_the_environment_and_that_over_the_preset),
        cmocka_unit_test(what_a_command_does_not_take_is_not_read_from_the_environment),
        cmocka_unit_test(values_that_cannot_be_are_refused),
        cmocka_unit_test(old_variables_turn_things_round_where_they_must),
        cmocka_unit_test(behaviours_are_as_dbt_has_them_without_a_project),
        cmocka_unit_test(what_becomes_of_a_warning_depends_on_how_it_is_named),
        cmocka_unit_test(wrong_options_of_warnings_are_refused),
        cmocka_unit_test(events_have_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
