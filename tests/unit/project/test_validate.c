#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/fs.h"
#include "project/init.h"
#include "project/validate.h"

typedef struct Fixture {
    Arena *arena;
    char directory[64];
} Fixture;

static int make_fixture(void **state)
{
    Fixture *fixture = memory_alloc(sizeof(*fixture));
    *fixture = (Fixture){.arena = arena_new("test"), .directory = "/tmp/test_validate_XXXXXX"};
    assert_non_null(mkdtemp(fixture->directory));
    const InitOptions options = {.directory = fixture->directory, .name = STR("Shop")};
    StrVec created = {0};
    assert_null(init_project(fixture->arena, &options, &created));
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

static void write_text(const Fixture *fixture, const char *name, const char *text, unsigned mode)
{
    Str path = fs_join(fixture->arena, str_from(fixture->directory), str_from(name));
    assert_null(fs_make_directory(str_to_c(fixture->arena, fs_directory_name(path))));
    assert_null(fs_write_file(path.data, str_from(text), mode));
}

/* The findings as lines: "group severity place: message". */
static Str told(const Fixture *fixture)
{
    static const char *const severities[] = {"ok", "warning", "error"};
    Project *project = NULL;
    assert_null(project_load(fixture->arena, fixture->directory, &project));
    FindingVec findings = {0};
    project_validate(project, fixture->arena, &findings);
    StrBuf text = strbuf_init(fixture->arena, 100000);
    for (VEC_EACH(Finding, finding, &findings)) {
        strbuf_printf(&text, "%s %s " STR_FMT ": " STR_FMT "\n", finding_group_id(finding->group),
                      severities[finding->severity], STR_ARG(finding->place),
                      STR_ARG(finding->message));
    }
    return strbuf_str(&text);
}

static void assert_told(const Fixture *fixture, const char *expected)
{
    Str found = told(fixture);
    if (!str_contains(found, str_from(expected))) {
        print_error("expected: %s\nfound:\n" STR_FMT "\n", expected, STR_ARG(found));
        fail();
    }
}

static void a_new_project_only_lacks_sources(void **state)
{
    const Fixture *fixture = *state;
    Str found = told(fixture);
    const char *expected =
        "config ok : project 'Shop'\n"
        "sources warning .dango/sources.yml: nothing is configured to be loaded\n"
        "environment ok : every variable that is asked for is set\n"
        "dbt ok : dbt\n"
        "database ok : data/warehouse.duckdb\n"
        "permissions ok : files can be written, credentials are private\n";
    if (!str_is(found, expected)) {
        print_error("expected:\n%s\nfound:\n" STR_FMT "\n", expected, STR_ARG(found));
        fail();
    }
}

static void each_kind_of_problem_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *text;
        unsigned mode;
        const char *expected;
    } cases[] = {
        {".dango/sources.yml", "sources:\n- {name: a, type: csv, csv: {directory: nowhere}}\n",
         0644, "sources warning .dango/sources.yml:2:41: source 'a': 'nowhere' is not there\n"},
        {".dango/sources.yml", "sources:\n- {name: a, type: csv, file_path: ''}\n- {name: 1}\n",
         0644, "sources error .dango/sources.yml:3:3: the source lacks the key 'type'\n"},
        {".dango/sources.yml",
         "sources:\n- {name: a, type: csv}\n- {name: b, type: csv, namespace: a}\n", 0644,
         "sources error .dango/sources.yml:3:3: 'a' and 'b' would both load into raw_a\n"},
        {".dango/sources.yml", "sources:\n- {name: a, type: stripe, key_env: NO_SUCH_VARIABLE}\n",
         0644,
         "environment error : source 'a': .dango/sources.yml:2:36: the variable "
         "'NO_SUCH_VARIABLE' is not set\n"},
        {".dlt/config.toml", "[runtime]\nlog_level = 'LOUD'\n", 0644,
         "config error .dlt/config.toml:2:13: 'log_level' cannot be 'LOUD'\n"},
        {"dbt/dbt_project.yml", "name: my-shop\n", 0644,
         "dbt error dbt/dbt_project.yml:1:7: 'my-shop' cannot be a dbt project's name\n"},
        {"dbt/dbt_project.yml", "version: 1\n", 0644,
         "dbt error dbt/dbt_project.yml:1:1: the dbt project lacks the key 'name'\n"},
        {"dbt/dbt_project.yml", "name: [\n", 0644, "dbt error : dbt/dbt_project.yml:2:1: "},
        {"data/warehouse.duckdb", "this is no database at all", 0644,
         "database error data/warehouse.duckdb: the file is no DuckDB database\n"},
        {"data/warehouse.duckdb/x", "", 0644,
         "database error data/warehouse.duckdb: the warehouse is not a file\n"},
        {".env", "A=1\n", 0644,
         "permissions warning .env: others can read the credentials in it\n"},
        {".dlt/secrets.toml", "", 0640,
         "permissions warning .dlt/secrets.toml: others can read the credentials in it\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        void *fresh = NULL;
        make_fixture(&fresh);
        write_text(fresh, cases[i].file, cases[i].text, cases[i].mode);
        assert_told(fresh, cases[i].expected);
        remove_fixture(&fresh);
    }
}

static void the_directory_of_the_models_may_be_missing(void **state)
{
    const Fixture *fixture = *state;
    Str dbt = fs_join(fixture->arena, str_from(fixture->directory), STR("dbt"));
    assert_null(fs_remove_tree(dbt.data));
    assert_told(fixture, "dbt error dbt: the directory of the models is not there\n");
}

static void in_a_repository_env_has_to_be_ignored(void **state)
{
    const Fixture *fixture = *state;
    write_text(fixture, ".git/HEAD", "", 0644);
    assert_told(fixture, "permissions ok");
    write_text(fixture, ".gitignore", "*.o\n", 0644);
    assert_told(fixture, "permissions warning .gitignore: git does not ignore .env\n");
}

int main(void)
{
#define VALIDATE_TEST(test) cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)
    const struct CMUnitTest tests[] = {
        VALIDATE_TEST(a_new_project_only_lacks_sources),
        cmocka_unit_test(each_kind_of_problem_is_found),
        VALIDATE_TEST(the_directory_of_the_models_may_be_missing),
        VALIDATE_TEST(in_a_repository_env_has_to_be_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
