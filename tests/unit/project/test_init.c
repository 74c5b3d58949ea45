#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/fs.h"
#include "base/limits.h"
#include "project/init.h"
#include "project/project.h"
#include "value/toml_reader.h"
#include "value/yaml_reader.h"

typedef struct Fixture {
    Arena *arena;
    char directory[64];
} Fixture;

static int make_fixture(void **state)
{
    Fixture *fixture = memory_alloc(sizeof(*fixture));
    *fixture = (Fixture){.arena = arena_new("test"), .directory = "/tmp/test_init_XXXXXX"};
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

static Str path_in(const Fixture *fixture, const char *name)
{
    return fs_join(fixture->arena, str_from(fixture->directory), str_from(name));
}

static Str text_of(const Fixture *fixture, const char *name)
{
    Str text = {0};
    assert_null(fs_read_file(fixture->arena, path_in(fixture, name).data, MIB, &text));
    return text;
}

static void write_text(const Fixture *fixture, const char *name, const char *text)
{
    Str path = path_in(fixture, name);
    assert_null(fs_make_directory(str_to_c(fixture->arena, fs_directory_name(path))));
    assert_null(fs_write_file(path.data, str_from(text), 0644));
}

static void no_error(Error *err)
{
    if (err != NULL) {
        error_print(err, stderr, true);
    }
    assert_null(err);
}

static StrVec init_here(const Fixture *fixture, const char *name, bool force)
{
    const InitOptions options = {.directory = fixture->directory,
                                 .name = str_from(name),
                                 .organization = STR("Acme: 'Corp'"),
                                 .force = force};
    StrVec created = {0};
    no_error(init_project(fixture->arena, &options, &created));
    return created;
}

static void a_new_project_loads_without_a_problem(void **state)
{
    const Fixture *fixture = *state;
    StrVec created = init_here(fixture, "My Shop: Data # 1", false);
    assert_true(created.len > 10);
    Project *project = NULL;
    no_error(project_load(fixture->arena, fixture->directory, &project));
    assert_int_equal(project->problems.len, 0);
    assert_int_equal(project->sources.len, 0);
    assert_true(str_is(project->name, "My Shop: Data # 1"));
    assert_true(str_is(project->organization, "Acme: 'Corp'"));
    assert_int_equal(project->id.len, 32);
}

static void every_file_that_is_written_can_be_read(void **state)
{
    const Fixture *fixture = *state;
    init_here(fixture, "Shop", false);
    FsEntryVec files = {0};
    no_error(
        fs_walk(fixture->arena, fixture->directory, FS_WALK_RECURSIVE | FS_WALK_HIDDEN, &files));
    for (VEC_EACH(FsEntry, file, &files)) {
        Str text = {0};
        const Value *value = NULL;
        no_error(fs_read_file(fixture->arena, file->path.data, MIB, &text));
        assert_false(str_contains(text, STR("name@")));
        assert_false(str_contains(text, STR("@id@")));
        if (str_ends_with(file->path, STR(".yml")) || str_ends_with(file->path, STR(".yaml"))) {
            no_error(yaml_read(fixture->arena, text, NULL, &value));
        }
        if (str_ends_with(file->path, STR(".toml"))) {
            no_error(toml_read(fixture->arena, text, NULL, &value));
        }
    }
    FsInfo secrets;
    no_error(fs_info(path_in(fixture, ".dlt/secrets.toml").data, &secrets));
    assert_int_equal(secrets.mode & 0777, 0600);
    assert_true(str_contains(text_of(fixture, "dbt/dbt_project.yml"), STR("profile: shop\n")));
    assert_true(str_contains(text_of(fixture, "dbt/profiles.yml"), STR("\nshop:\n")));
}

static void a_second_init_is_refused_without_force(void **state)
{
    const Fixture *fixture = *state;
    init_here(fixture, "Shop", false);
    const InitOptions options = {.directory = fixture->directory, .name = STR("Shop")};
    StrVec created = {0};
    AUTO_FREE(error) Error *err = init_project(fixture->arena, &options, &created);
    assert_non_null(err);
    assert_int_equal(error_kind(err), ERR_CONFIG);
    assert_true(str_contains(error_message(err), STR("there is a project already")));
}

static void force_keeps_the_id_the_sources_and_a_backup(void **state)
{
    const Fixture *fixture = *state;
    init_here(fixture, "Shop", false);
    Project *before = NULL;
    no_error(project_load(fixture->arena, fixture->directory, &before));
    write_text(fixture, ".dango/sources.yml", "sources:\n- {name: s, type: csv}\n");
    init_here(fixture, "Other", true);
    Project *after = NULL;
    no_error(project_load(fixture->arena, fixture->directory, &after));
    assert_true(str_eq(before->id, after->id));
    assert_true(str_is(after->name, "Other"));
    assert_int_equal(after->sources.len, 1);
    assert_true(str_contains(text_of(fixture, ".dango/project.yml.bak"), STR("name: 'Shop'\n")));
}

static void an_existing_gitignore_gets_a_section_once_and_other_files_stay(void **state)
{
    const Fixture *fixture = *state;
    write_text(fixture, ".gitignore", "*.o");
    write_text(fixture, "README.md", "mine\n");
    init_here(fixture, "Shop", false);
    Str ignore = text_of(fixture, ".gitignore");
    assert_true(str_starts_with(ignore, STR("*.o\n\n# Dango\n")));
    assert_true(str_is(text_of(fixture, "README.md"), "mine\n"));
    init_here(fixture, "Shop", true);
    assert_true(str_eq(text_of(fixture, ".gitignore"), ignore));
}

static void a_failure_midway_takes_everything_back(void **state)
{
    const Fixture *fixture = *state;
    write_text(fixture, "dbt", "a file where a directory has to be\n");
    write_text(fixture, ".gitignore", "*.o\n");
    const InitOptions options = {.directory = fixture->directory, .name = STR("Shop")};
    StrVec created = {0};
    AUTO_FREE(error) Error *err = init_project(fixture->arena, &options, &created);
    assert_non_null(err);
    assert_int_equal(created.len, 0);
    FsEntryVec files = {0};
    no_error(fs_walk(fixture->arena, fixture->directory,
                     FS_WALK_RECURSIVE | FS_WALK_HIDDEN | FS_WALK_DIRECTORIES, &files));
    assert_int_equal(files.len, 2);
    assert_true(str_is(text_of(fixture, ".gitignore"), "*.o\n"));
}

static void a_name_that_cannot_be_one_makes_nothing(void **state)
{
    const Fixture *fixture = *state;
    Str below = path_in(fixture, "a/b");
    static const char *const names[] = {"1st", "a/b", "it's", "a\nb"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const InitOptions options = {.directory = below.data, .name = str_from(names[i])};
        StrVec created = {0};
        AUTO_FREE(error) Error *err = init_project(fixture->arena, &options, &created);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_USAGE);
        assert_false(fs_is_directory(path_in(fixture, "a").data));
    }
    assert_true(str_is(init_name_of(fixture->arena, STR("/x/my-shop_data")), "My Shop Data"));
}

int main(void)
{
#define INIT_TEST(test) cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)
    const struct CMUnitTest tests[] = {
        INIT_TEST(a_new_project_loads_without_a_problem),
        INIT_TEST(every_file_that_is_written_can_be_read),
        INIT_TEST(a_second_init_is_refused_without_force),
        INIT_TEST(force_keeps_the_id_the_sources_and_a_backup),
        INIT_TEST(an_existing_gitignore_gets_a_section_once_and_other_files_stay),
        INIT_TEST(a_failure_midway_takes_everything_back),
        INIT_TEST(a_name_that_cannot_be_one_makes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
