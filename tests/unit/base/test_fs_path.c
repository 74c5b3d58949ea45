#include "base_fixture.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "faults.h"

static void paths_are_taken_apart_and_joined(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const struct {
        const char *path, *directory, *base, *extension;
    } cases[] = {
        {"a/b.csv", "a", "b.csv", "csv"},
        {"/a", "/", "a", ""},
        {"a", ".", "a", ""},
        {"", ".", "", ""},
        {"a/", "a", "", ""},
        {"/", "/", "", ""},
        {".bashrc", ".", ".bashrc", ""},
        {"a.", ".", "a.", ""},
        {"a.b.CSV", ".", "a.b.CSV", "CSV"},
        {"a.d/b", "a.d", "b", ""},
        {"../x.y", "..", "x.y", "y"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str path = str_from(cases[i].path);
        assert_text(fs_directory_name(path), cases[i].directory);
        assert_text(fs_base_name(path), cases[i].base);
        assert_text(fs_extension(path), cases[i].extension);
    }
    static const struct {
        const char *directory, *name, *joined;
    } joins[] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"a", "/b", "/b"},
                 {"a", "", "a/"},   {"/", "b", "/b"},   {"", "", ""}};
    for (size_t i = 0; i < ARRAY_LEN(joins); i++) {
        Str joined = fs_join(arena, str_from(joins[i].directory), str_from(joins[i].name));
        assert_string_equal(joined.data, joins[i].joined);
    }
}

static void normalizing_is_lexical(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const struct {
        const char *path, *normal;
    } cases[] = {
        {"", "."},
        {".", "."},
        {"./a/./b/", "a/b"},
        {"a//b", "a/b"},
        {"a/..", "."},
        {"a/../b", "b"},
        {"../a", "../a"},
        {"a/../../b", "../b"},
        {"../../..", "../../.."},
        {"/", "/"},
        {"/..", "/"},
        {"/../a/..", "/"},
        {"//a//", "/a"},
        {"/a/b/../c", "/a/c"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_string_equal(fs_normalize(arena, str_from(cases[i].path)).data, cases[i].normal);
    }
}

static void within_is_the_directory_or_below(void **state)
{
    (void)state;
    static const struct {
        const char *directory, *path;
        bool within;
    } cases[] = {
        {"/a", "/a", true},   {"/a", "/a/b", true}, {"/a", "/ab", false}, {"/a/b", "/a", false},
        {"/", "/a", true},    {"/", "/", true},     {"/", "a", false},    {"a", "a/b", true},
        {"a", "ab", false},   {".", "a", true},     {".", "..", false},   {".", "../a", false},
        {".", "..a", true},   {".", "/a", false},   {"", "/a", false},    {"", "", true},
        {"..", "../a", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(fs_is_within(str_from(cases[i].directory), str_from(cases[i].path)),
                         cases[i].within);
    }
}

static void resolving_follows_links_as_the_system_does(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    assert_ok(fs_make_directory(path_in(arena, &directory, "real/deep")));
    const struct {
        const char *target, *link;
    } links[] = {{"real/deep", "link"},
                 {"real/none", "dangling"},
                 {"dangling", "twice"},
                 {"loop", "loop"},
                 {"/", "root"},
                 {"missing/../real", "odd"},
                 {"other", "real/deep/up"}};
    for (size_t i = 0; i < ARRAY_LEN(links); i++) {
        assert_int_equal(symlink(links[i].target, path_in(arena, &directory, links[i].link)), 0);
    }
    static const struct {
        const char *path, *resolved; /* both below the directory */
    } cases[] = {
        {"", ""},
        {"real/./deep/", "/real/deep"},
        {"link", "/real/deep"},
        {"link/..", "/real"}, /* the parent of what it leads to */
        {"link/../x", "/real/x"},
        {"link/new/file", "/real/deep/new/file"},
        {"new/./file/", "/new/file"},
        {"new/../link", "/real/deep"}, /* what does not exist is left by ".." as it is read */
        {"new/../../x/..", "/.."},
        {"dangling", "/real/none"},
        {"dangling/x", "/real/none/x"},
        {"dangling/", "/real/none"},
        {"twice/x", "/real/none/x"},
        {"odd", "/real"},
        {"link/up", "/real/deep/other"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str resolved = STR("");
        assert_ok(fs_resolve(arena, path_in(arena, &directory, cases[i].path), &resolved));
        Str expected = str_printf(arena, "%s%s", directory.path, cases[i].resolved);
        assert_text(resolved, fs_normalize(arena, expected).data);
    }
    Str resolved = STR("old");
    assert_fails(fs_resolve(arena, path_in(arena, &directory, "loop/x"), &resolved), ERR_IO,
                 "cannot resolve");
    fault_set(FAULT_GETCWD, 0, 1, EACCES);
    assert_fails(fs_resolve(arena, "relative", &resolved), ERR_IO, "the current directory");
    assert_text(resolved, "old");
    assert_ok(fs_resolve(arena, "/..", &resolved));
    assert_text(resolved, "/");
}

static void links_that_lead_to_each_other_past_nothing_end(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    /* each link leads through a directory that is missing, so the system does not see the circle */
    assert_int_equal(symlink("none/../b", path_in(arena, &directory, "a")), 0);
    assert_int_equal(symlink("none/../a", path_in(arena, &directory, "b")), 0);
    Str resolved = STR("old");
    assert_fails(fs_resolve(arena, path_in(arena, &directory, "a"), &resolved), ERR_IO,
                 "Too many levels");
}

static void long_and_deep_paths_are_resolved_or_refused(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf deep = strbuf_init(arena, 10000);
    while (deep.len < LIMIT_PATH_BYTES - 10) {
        strbuf_add_c(&deep, "/x");
    }
    Str resolved = STR("old");
    assert_ok(fs_resolve(arena, strbuf_c(&deep), &resolved));
    assert_true(str_eq(resolved, strbuf_str(&deep)));
    strbuf_add_c(&deep, "/1234567890");
    resolved = STR("old");
    assert_fails(fs_resolve(arena, strbuf_c(&deep), &resolved), ERR_LIMIT,
                 "longer than 4096 bytes");
    StrBuf name = strbuf_init(arena, 300);
    strbuf_add_repeat(&name, 'n', 256);
    assert_fails(fs_resolve(arena, strbuf_c(&name), &resolved), ERR_IO, "File name too long");
    assert_text(resolved, "old");
}

static void leave_the_current_directory_missing(void *context)
{
    (void)context;
    TestDirectory directory = test_directory();
    assert_int_equal(chdir(directory.path), 0);
    assert_int_equal(rmdir(directory.path), 0);
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str path = STR("old");
    Error *err = fs_current_directory(arena, &path);
    bool failed = err != NULL && error_kind(err) == ERR_NOT_FOUND;
    error_free(err);
    assert_int_equal(chdir("/"), 0);
    if (!failed) {
        abort();
    }
}

static void where_the_process_and_its_program_are(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str here = STR(""), own = STR(""), relative = STR("");
    assert_ok(fs_current_directory(arena, &here));
    assert_true(fs_is_directory(here.data) && here.data[0] == '/');
    assert_ok(fs_resolve(arena, "some/thing", &relative));
    assert_text(relative, fs_join(arena, here, STR("some/thing")).data);
    assert_ok(fs_own_path(arena, &own));
    assert_text(fs_base_name(own), "test_base_fs_path");
    fault_set(FAULT_READLINK, 0, 1, EACCES);
    assert_fails(fs_own_path(arena, &own), ERR_IO, "the running program': Permission denied");
    fault_set(FAULT_READLINK, 0, 1, 0);
    assert_fails(fs_own_path(arena, &own), ERR_IO, "File name too long");
    assert_passes_in_child(leave_the_current_directory_missing, NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_taken_apart_and_joined),
        cmocka_unit_test(normalizing_is_lexical),
        cmocka_unit_test(within_is_the_directory_or_below),
        cmocka_unit_test(resolving_follows_links_as_the_system_does),
        cmocka_unit_test(links_that_lead_to_each_other_past_nothing_end),
        cmocka_unit_test(long_and_deep_paths_are_resolved_or_refused),
        cmocka_unit_test(where_the_process_and_its_program_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
