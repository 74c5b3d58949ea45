#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/fs.h"
#include "project/project.h"
#include "project/secret.h"
#include "value/json_writer.h"

typedef struct Fixture {
    Arena *arena;
    char directory[64];
} Fixture;

static int make_fixture(void **state)
{
    Fixture *fixture = memory_alloc(sizeof(*fixture));
    *fixture = (Fixture){.arena = arena_new("test"), .directory = "/tmp/test_secret_XXXXXX"};
    assert_non_null(mkdtemp(fixture->directory));
    *state = fixture;
    return 0;
}

static int remove_fixture(void **state)
{
    Fixture *fixture = *state;
    assert_null(fs_remove_tree(fixture->directory));
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static void write_text(const Fixture *fixture, const char *name, const char *text)
{
    Str path = fs_join(fixture->arena, str_from(fixture->directory), str_from(name));
    assert_null(fs_make_directory(str_to_c(fixture->arena, fs_directory_name(path))));
    assert_null(fs_write_file(path.data, str_from(text), 0600));
}

static Project *load(const Fixture *fixture, const char *sources)
{
    Project *project = NULL;
    write_text(fixture, ".dango/project.yml", "project: {name: Test}\n");
    write_text(fixture, ".dango/sources.yml", sources);
    Error *err = project_load(fixture->arena, fixture->directory, &project);
    if (err != NULL) {
        error_print(err, stderr, true);
    }
    assert_null(err);
    return project;
}

static void assert_text(Str found, const char *expected)
{
    if (!str_is(found, expected)) {
        print_error("expected: %s\nfound:    " STR_FMT "\n", expected, STR_ARG(found));
        fail();
    }
}

static Str options_of(const Fixture *fixture, const Project *project, size_t index)
{
    const Value *options = NULL;
    const SourceConfig *source = &project->sources.data[index];
    assert_null(project_resolve_options(project, source, fixture->arena, &options));
    return json_text(fixture->arena, options, &json_style_compact);
}

static void env_goes_over_the_environment_and_secrets_over_both(void **state)
{
    const Fixture *fixture = *state;
    assert_int_equal(setenv("TEST_SECRET_A", "from the environment", 1), 0);
    assert_int_equal(setenv("TEST_SECRET_B", "from the environment", 1), 0);
    write_text(fixture, ".env", "TEST_SECRET_A=from .env\n");
    write_text(fixture, ".dlt/secrets.toml", "[sources.pay]\nc = 'from secrets.toml'\n");
    const Project *project = load(fixture, "sources:\n"
                                           "- name: pay\n"
                                           "  type: stripe\n"
                                           "  stripe:\n"
                                           "    a_env: TEST_SECRET_A\n"
                                           "    b_env: TEST_SECRET_B\n"
                                           "    c_env: TEST_SECRET_A\n");
    assert_text(options_of(fixture, project, 0),
                "{\"a\":\"from .env\",\"b\":\"from the environment\","
                "\"c\":\"from secrets.toml\"}");
    const SourceConfig *source = &project->sources.data[0];
    assert_text(project_option_origin(project, source, STR("a"), fixture->arena),
                "'TEST_SECRET_A' in .env:1:15");
    assert_text(project_option_origin(project, source, STR("b"), fixture->arena),
                "'TEST_SECRET_B' in the environment");
    assert_text(project_option_origin(project, source, STR("c"), fixture->arena),
                ".dlt/secrets.toml:2:5");
}

static void sections_of_the_name_go_over_those_of_the_type(void **state)
{
    const Fixture *fixture = *state;
    write_text(fixture, ".dlt/secrets.toml",
               "[sources.stripe]\na = 'type'\nb = 'type'\n"
               "[sources.pay]\na = 'name'\ncredentials = {user = 'u'}\n"
               "[sources.fetch]\nb = 'function'\n");
    write_text(fixture, ".dlt/config.toml", "[sources.pay]\na = 'config'\nd = 5\n");
    const Project *project =
        load(fixture, "sources:\n- {name: pay, type: stripe}\n"
                      "- {name: x, type: dlt_native, dlt_native: {source_function: fetch}}\n");
    assert_text(options_of(fixture, project, 0),
                "{\"a\":\"name\",\"credentials\":{\"user\":\"u\"},\"b\":\"type\",\"d\":5}");
    assert_text(options_of(fixture, project, 1),
                "{\"source_function\":\"fetch\",\"b\":\"function\"}");
}

static void variables_stand_in_texts_and_arguments(void **state)
{
    const Fixture *fixture = *state;
    write_text(fixture, ".env", "TOKEN=t0k\nUSER_NAME=me\n");
    const Project *project = load(
        fixture, "sources:\n"
                 "- name: api\n"
                 "  type: rest_api\n"
                 "  rest_api:\n"
                 "    headers: {A: 'Bearer ${TOKEN}', B: '${USER_NAME}:${TOKEN}', C: '$${x.y}'}\n"
                 "    list: ['${TOKEN}', 'env:TOKEN', 5]\n"
                 "    function_kwargs: {p: 'env:TOKEN', q: {r: 'env:USER_NAME'}}\n"
                 "    nested: {auth_env: TOKEN}\n");
    assert_text(options_of(fixture, project, 0),
                "{\"headers\":{\"A\":\"Bearer t0k\",\"B\":\"me:t0k\",\"C\":\"$${x.y}\"},"
                "\"list\":[\"t0k\",\"env:TOKEN\",5],"
                "\"function_kwargs\":{\"p\":\"t0k\",\"q\":{\"r\":\"me\"}},"
                "\"nested\":{\"auth\":\"t0k\"}}");
}

static void variables_by_dlts_convention_go_over_everything(void **state)
{
    const Fixture *fixture = *state;
    write_text(fixture, ".env",
               "SOURCES__PAY__PAGE_SIZE=50\nSOURCES__PAY__KEY=k\n"
               "RUNTIME__WORKERS=7\nRUNTIME__LOG_LEVEL=DEBUG\n"
               "SCHEMA__ALLOW_NEW_COLUMNS=false\n");
    write_text(fixture, ".dlt/config.toml", "[runtime]\nworkers = 2\nrequest_max_attempts = 9\n");
    const Project *project =
        load(fixture, "sources:\n- {name: pay, type: stripe, stripe: {page_size: 10, key: x}}\n");
    assert_text(options_of(fixture, project, 0), "{\"page_size\":50,\"key\":\"k\"}");
    assert_int_equal(project->load.workers, 7);
    assert_int_equal(project->load.request_max_attempts, 9);
    assert_false(project->load.allow_new_columns);
    assert_text(project->load.log_level, "DEBUG");
}

static void all_secrets_are_masked_and_nothing_else(void **state)
{
    const Fixture *fixture = *state;
    assert_int_equal(setenv("TEST_SECRET_C", "pqrst", 1), 0);
    write_text(fixture, ".env",
               "API_KEY=hunter2\nLOG_LEVEL=INFO\nMY_TOKEN=hunter2-long\nX_KEY=abc\n");
    write_text(fixture, ".dlt/secrets.toml", "[sources.pay.credentials]\npassword = 's3cr3t!'\n");
    const Project *project =
        load(fixture, "sources:\n- {name: pay, type: stripe, stripe: {key_env: TEST_SECRET_C}}\n");
    Redactor *redactor = redactor_new(fixture->arena);
    redactor_add_project(redactor, project);
    redactor_add(redactor, STR("token-of-oauth"));
    Str text = STR("hunter2-long hunter2 INFO abc s3cr3t! pqrst token-of-oauth plain");
    assert_text(redactor_apply(fixture->arena, text, redactor),
                "***** ***** INFO abc ***** ***** ***** plain");
    Str plain = STR("nothing to hide");
    assert_ptr_equal(redactor_apply(fixture->arena, plain, redactor).data, plain.data);
}

static void a_wrong_value_of_a_secret_file_is_not_shown(void **state)
{
    const Fixture *fixture = *state;
    write_text(fixture, ".dlt/secrets.toml", "[sources.pay]\nkey = 'hunter2'\n");
    const Project *project = load(fixture, "sources:\n- {name: pay, type: stripe}\n");
    const Value *key = project_find_secret_value(project, &project->sources.data[0], STR("key"));
    assert_text(value_describe(fixture->arena, key), "text");
}

int main(void)
{
#define SECRET_TEST(test) cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)
    const struct CMUnitTest tests[] = {
        SECRET_TEST(env_goes_over_the_environment_and_secrets_over_both),
        SECRET_TEST(sections_of_the_name_go_over_those_of_the_type),
        SECRET_TEST(variables_stand_in_texts_and_arguments),
        SECRET_TEST(variables_by_dlts_convention_go_over_everything),
        SECRET_TEST(all_secrets_are_masked_and_nothing_else),
        SECRET_TEST(a_wrong_value_of_a_secret_file_is_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
