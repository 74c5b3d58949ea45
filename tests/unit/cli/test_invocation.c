#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/command.h"

enum { MOST_WORDS = 12 };

static Error *parse(Arena *arena, Program program, const char *const *words, Invocation *out)
{
    int argc = 0;
    while (words[argc] != NULL) {
        argc++;
    }
    return invocation_parse(program, argc, words, arena, out);
}

static void a_line_becomes_command_arguments_and_options(void **state)
{
    (void)state;
    static const struct {
        const char *words[MOST_WORDS];
        const char *command;
        const char *args; /* joined by ',' */
        const char *limit;
        bool quiet;
    } cases[] = {
        {{"dango", "query", "select 1"}, "query", "select 1", NULL, false},
        {{"dango", "query", "select 1", "--limit", "5"}, "query", "select 1", "5", false},
        {{"dango", "query", "--limit=5", "select 1", "-q"}, "query", "select 1", "5", true},
        {{"dango", "--quiet", "query", "a", "b"}, "query", "a,b", NULL, true},
        {{"dango", "query", "--", "--limit"}, "query", "--limit", NULL, false},
        {{"dango", "query", "-", "--limit", "1", "--limit", "2"}, "query", "-", "2", false},
        {{"dango", "db", "status"}, "db status", "", NULL, false},
        {{"dango", "db", "-q", "status"}, "db status", "", NULL, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Invocation got;
        assert_null(parse(arena, PROGRAM_DANGO, cases[i].words, &got));
        assert_non_null(got.command);
        assert_string_equal(got.command->path, cases[i].command);
        Str args = str_join(arena, got.args.data, got.args.len, STR(","));
        assert_true(str_is(args, cases[i].args));
        assert_int_equal(invocation_switch(&got, "quiet"), cases[i].quiet);
        if (cases[i].limit != NULL) {
            assert_true(str_is(invocation_text(&got, "limit"), cases[i].limit));
        }
    }
}

static void wrong_words_are_refused_with_the_nearest_right_one(void **state)
{
    (void)state;
    static const struct {
        const char *words[MOST_WORDS];
        const char *message;
        const char *hint; /* begins so */
    } cases[] = {
        {{"dango", "qurey", "x"}, "unknown command 'dango qurey'", "did you mean 'dango query'?"},
        {{"dango", "db", "statsu"},
         "unknown command 'dango db statsu'",
         "did you mean 'dango db status'?"},
        {{"dango", "query", "x", "--lmit"}, "unknown option '--lmit'", "did you mean '--limit'?"},
        {{"dango", "query", "x", "--lmit=3"}, "unknown option '--lmit'", "did you mean '--limit'?"},
        {{"dango", "query", "x", "-Z"}, "unknown option '-Z'", "see 'dango query --help'"},
        {{"dango", "query"}, "'query' needs an argument: SQL", "see 'dango query --help'"},
        {{"dango", "query", "x", "--limit"}, "--limit needs a value: N", ""},
        {{"dango", "query", "x", "--limit", "many"},
         "--limit needs a whole number from 0 on, not 'many'",
         ""},
        {{"dango", "query", "x", "--limit", "-1"},
         "--limit needs a whole number from 0 on, not '-1'",
         ""},
        {{"dango", "query", "x", "--format", "xml"},
         "'xml' is not a value of --format",
         "use one of: table, csv, json"},
        {{"dango", "query", "x", "--quiet=1"}, "--quiet takes no value", ""},
        {{"dango", "query", "x", "--no-quiet"}, "unknown option '--no-quiet'", ""},
        {{"dango", "db", "status", "more"},
         "'db status' does not take the argument 'more'",
         "usage: dango db status"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Invocation got;
        AUTO_FREE(error) Error *err = parse(arena, PROGRAM_DANGO, cases[i].words, &got);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_USAGE);
        assert_int_equal(error_exit_code(err), 2);
        assert_string_equal(str_to_c(arena, error_message(err)), cases[i].message);
        assert_true(str_starts_with(error_hints(err, arena), str_from(cases[i].hint)));
    }
}

static void a_group_alone_is_no_command(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Invocation got;
    assert_null(parse(arena, PROGRAM_DANGO, (const char *const[]){"dango", "db", NULL}, &got));
    assert_null(got.command);
    assert_true(str_is(got.group, "db"));
}

static void colour_can_be_asked_for_and_refused_and_the_last_word_counts(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Invocation got;
    assert_null(parse(arena, PROGRAM_DANGO,
                      (const char *const[]){"dango", "--color", "--no-color", "help", NULL}, &got));
    assert_true(invocation_has(&got, "color"));
    assert_false(invocation_switch(&got, "color"));
}

static void a_list_is_repeated_and_split_at_commas(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Invocation got;
    assert_null(
        parse(arena, PROGRAM_DANGO,
              (const char *const[]){"dango", "generate", "--source", "a, b,,c", "--source=d", NULL},
              &got));
    StrVec list = invocation_list(&got, "source", arena);
    assert_true(str_is(str_join(arena, list.data, list.len, STR("|")), "a|b|c|d"));
}

static void every_row_of_the_table_is_complete(void **state)
{
    (void)state;
    for (const CommandDef *const *it = commands; *it != NULL; it++) {
        const CommandDef *command = *it;
        assert_non_null(command->run);
        assert_true(command->programs != 0);
        assert_non_null(command->summary);
        assert_true((command->args != NULL) == (command->args_kind != ARGS_NONE));
        for (const FlagDef *flag = command->flags; flag != NULL && flag->name != NULL; flag++) {
            assert_non_null(flag->help);
            /* An option may not hide one that every command has. */
            assert_true(flag_find(NULL, str_from(flag->name)) == NULL);
            assert_true(flag->letter == 0 || flag_find_letter(NULL, flag->letter) == NULL);
            assert_true(flag->kind == FLAG_SWITCH || flag->value != NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_becomes_command_arguments_and_options),
        cmocka_unit_test(wrong_words_are_refused_with_the_nearest_right_one),
        cmocka_unit_test(a_group_alone_is_no_command),
        cmocka_unit_test(colour_can_be_asked_for_and_refused_and_the_last_word_counts),
        cmocka_unit_test(a_list_is_repeated_and_split_at_commas),
        cmocka_unit_test(every_row_of_the_table_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
