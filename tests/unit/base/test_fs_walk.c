#include "base_fixture.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "faults.h"

static Str walked(Arena *arena, const char *path, unsigned flags)
{
    FsEntryVec entries = {0};
    assert_ok(fs_walk(arena, path, flags, &entries));
    StrBuf text = strbuf_init(arena, MIB);
    for (VEC_EACH(FsEntry, it, &entries)) {
        assert_true(str_ends_with(it->path, it->relative));
        assert_true(str_starts_with(it->path, str_from(path)));
        assert_int_equal(it->path.data[it->path.len], '\0');
        strbuf_printf(&text, STR_FMT "%s ", STR_ARG(it->relative),
                      it->info.kind == FS_DIRECTORY ? "/" : "");
    }
    return strbuf_str(&text);
}

static void make_files(Arena *arena, const TestDirectory *directory, const char *names)
{
    for (Str rest = str_from(names), name; str_next_piece(&rest, ' ', &name);) {
        const char *path = path_in(arena, directory, str_to_c(arena, name));
        assert_ok(fs_make_directory(str_to_c(arena, fs_directory_name(str_from(path)))));
        write_text(path, "x");
    }
}

static void make_link(Arena *arena, const TestDirectory *directory, const char *target,
                      const char *name)
{
    assert_int_equal(symlink(target, path_in(arena, directory, name)), 0);
}

static void flags_say_what_is_listed(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    make_files(arena, &directory, "b.sql a.sql a/x.sql a-b/y.sql .hidden .git/config a/.h z/q/r");
    assert_int_equal(mkfifo(path_in(arena, &directory, "pipe"), 0600), 0);
    static const struct {
        unsigned flags;
        const char *expected;
    } cases[] = {
        {0, "a.sql b.sql "},
        {FS_WALK_HIDDEN, ".hidden a.sql b.sql "},
        {FS_WALK_DIRECTORIES, "a/ a-b/ a.sql b.sql z/ "},
        {FS_WALK_RECURSIVE, "a-b/y.sql a.sql a/x.sql b.sql z/q/r "},
        {FS_WALK_RECURSIVE | FS_WALK_HIDDEN,
         ".git/config .hidden a-b/y.sql a.sql a/.h a/x.sql b.sql z/q/r "},
        {FS_WALK_RECURSIVE | FS_WALK_DIRECTORIES,
         "a/ a-b/ a-b/y.sql a.sql a/x.sql b.sql z/ z/q/ z/q/r "},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_text(walked(arena, directory.path, cases[i].flags), cases[i].expected);
        const char *with_slash = str_printf(arena, "%s/", directory.path).data;
        assert_text(walked(arena, with_slash, cases[i].flags), cases[i].expected);
    }
    AUTO_DONE(test_directory) TestDirectory empty = test_directory();
    assert_text(walked(arena, empty.path, FS_WALK_RECURSIVE), "");
}

static void links_are_followed_and_cycles_are_not(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory)
    TestDirectory directory = test_directory(), outside = test_directory();
    make_files(arena, &directory, "real/file real/sub/deep");
    make_files(arena, &outside, "far/away");
    make_link(arena, &directory, "real/file", "a_file");
    make_link(arena, &directory, "real", "a_link");    /* sorts before the real one */
    make_link(arena, &directory, "..", "real/sub/up"); /* a cycle */
    make_link(arena, &directory, ".", "real/self");
    make_link(arena, &directory, "nowhere", "dangling");
    make_link(arena, &directory, "loop", "loop");
    make_link(arena, &directory, outside.path, "out");
    make_link(arena, &outside, directory.path, "far/back");
    make_link(arena, &outside, "far", "again");
    assert_text(walked(arena, directory.path, FS_WALK_RECURSIVE),
                "a_file out/far/away real/file real/sub/deep ");
    assert_text(
        walked(arena, directory.path, FS_WALK_RECURSIVE | FS_WALK_DIRECTORIES),
        "a_file a_link/ out/ out/again/ out/far/ out/far/away out/far/back/ real/ real/file "
        "real/self/ real/sub/ real/sub/deep real/sub/up/ ");
}

/* 40 directories, each with two links to the next: 2^40 paths, 40 directories. */
static void a_lattice_of_links_is_walked_once(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    enum { LEVELS = 40 };
    for (int i = 0; i < LEVELS; i++) {
        Str level = str_printf(arena, "level%02d", i);
        assert_ok(fs_make_directory(path_in(arena, &directory, level.data)));
        write_text(path_in(arena, &directory, str_printf(arena, "level%02d/file", i).data), "x");
        for (int link = 0; link < 2 && i + 1 < LEVELS; link++) {
            make_link(arena, &directory, str_printf(arena, "../level%02d", i + 1).data,
                      str_printf(arena, "level%02d/link%d", i, link).data);
        }
    }
    FsEntryVec entries = {0};
    assert_ok(fs_walk(arena, directory.path, FS_WALK_RECURSIVE, &entries));
    assert_int_equal(entries.len, LEVELS);
    entries.len = 0; /* reached only through links: one after the other */
    const char *first = path_in(arena, &directory, "level00");
    assert_ok(fs_walk(arena, first, FS_WALK_RECURSIVE, &entries));
    assert_int_equal(entries.len, LEVELS);
}

static void a_walk_adds_to_what_is_there_and_takes_nothing_on_failure(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    make_files(arena, &directory, "b a sub/c");
    FsEntryVec entries = {0};
    VEC_PUSH(arena, &entries, (FsEntry){.path = STR("zz")});
    assert_ok(fs_walk(arena, directory.path, 0, &entries));
    assert_int_equal(entries.len, 3);
    assert_text(entries.data[0].path, "zz");
    assert_text(entries.data[1].relative, "a");
    static const struct {
        FaultCall call;
        size_t after;
        int errno_value;
    } faults[] = {{FAULT_OPENDIR, 0, EMFILE}, {FAULT_OPENDIR, 1, EACCES},
                  {FAULT_READDIR, 0, EIO},    {FAULT_READDIR, 3, EIO},
                  {FAULT_READDIR, 6, EIO},    {FAULT_OPENDIR, 0, ENOENT}};
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        fault_set(faults[i].call, faults[i].after, 1, faults[i].errno_value);
        assert_fails(fs_walk(arena, directory.path, FS_WALK_RECURSIVE, &entries),
                     faults[i].errno_value == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot list '");
        assert_int_equal(fault_count(faults[i].call), 1);
        assert_int_equal(entries.len, 3);
    }
    fault_set(FAULT_OPENDIR, 1, 1, ENOENT); /* sub went away after it was seen */
    assert_text(walked(arena, directory.path, FS_WALK_RECURSIVE), "a b ");
    assert_fails(fs_walk(arena, path_in(arena, &directory, "no"), 0, &entries), ERR_NOT_FOUND,
                 "no'");
    assert_fails(fs_walk(arena, path_in(arena, &directory, "a"), 0, &entries), ERR_IO,
                 "Not a directory");
    make_link(arena, &directory, "loop", "loop");
    assert_fails(fs_walk(arena, path_in(arena, &directory, "loop"), 0, &entries), ERR_IO, "loop'");
}

static void what_is_too_deep_too_long_or_too_much_is_refused(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    StrBuf deep = strbuf_init(arena, 10000);
    strbuf_add_c(&deep, directory.path);
    for (size_t i = 0; i < LIMIT_DIRECTORY_DEPTH; i++) {
        strbuf_add_c(&deep, "/d");
    }
    assert_ok(fs_make_directory(strbuf_c(&deep)));
    FsEntryVec entries = {0};
    assert_ok(fs_walk(arena, directory.path, FS_WALK_RECURSIVE, &entries));
    strbuf_add_c(&deep, "/d");
    assert_ok(fs_make_directory(strbuf_c(&deep)));
    assert_fails(fs_walk(arena, directory.path, FS_WALK_RECURSIVE, &entries), ERR_LIMIT,
                 "deeper than 64");

    make_files(arena, &directory, "one two three");
    entries = (FsEntryVec){.len = LIMIT_DIRECTORY_FILES - 2, .capacity = LIMIT_DIRECTORY_FILES};
    entries.data = arena_alloc_raw(arena, sizeof(FsEntry) * LIMIT_DIRECTORY_FILES);
    assert_fails(fs_walk(arena, directory.path, 0, &entries), ERR_LIMIT, "more than 1000000 files");
    assert_int_equal(entries.len, LIMIT_DIRECTORY_FILES - 2);
}

/* Makes names of 200 bytes below each other, as deep as mkdirat goes beyond what a path can say. */
static void a_path_beyond_the_ceiling_is_an_error(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    TestDirectory directory = test_directory();
    char name[201];
    memset(name, 'n', sizeof(name));
    name[200] = '\0';
    enum { LEVELS = 22 };
    int fds[LEVELS + 1] = {open(directory.path, O_RDONLY | O_DIRECTORY)};
    for (size_t i = 0; i < LEVELS; i++) {
        assert_int_equal(mkdirat(fds[i], name, 0755), 0);
        fds[i + 1] = openat(fds[i], name, O_RDONLY | O_DIRECTORY);
        assert_true(fds[i + 1] >= 0);
    }
    FsEntryVec entries = {0};
    assert_fails(fs_walk(arena, directory.path, FS_WALK_RECURSIVE, &entries), ERR_LIMIT,
                 "longer than 4096 bytes");
    assert_fails(fs_remove_tree(directory.path), ERR_IO, "File name too long");
    for (size_t i = LEVELS; i-- > 0;) {
        assert_int_equal(close(fds[i + 1]), 0);
        assert_int_equal(unlinkat(fds[i], name, AT_REMOVEDIR), 0);
    }
    assert_int_equal(close(fds[0]), 0);
    test_directory_done(&directory);
}

static void remove_with_few_descriptors(void *context)
{
    struct rlimit limit = {.rlim_cur = 8, .rlim_max = 8};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    Error *err = fs_remove_tree(context);
    if (err != NULL) {
        error_print(err, stderr, true);
        abort();
    }
}

static void a_deep_tree_is_removed_with_few_descriptors(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    StrBuf deep = strbuf_init(arena, 10000);
    strbuf_printf(&deep, "%s/tree", directory.path);
    char *top = str_to_c(arena, strbuf_str(&deep));
    for (size_t i = 0; i < 1200; i++) {
        strbuf_add_c(&deep, "/d");
    }
    assert_ok(fs_make_directory(strbuf_c(&deep)));
    assert_passes_in_child(remove_with_few_descriptors, top);
    assert_false(fs_is_directory(top));
}

static void removing_a_tree_does_not_follow_links(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    make_files(arena, &directory, "kept/file tree/a tree/.b tree/sub/c");
    make_link(arena, &directory, "../kept", "tree/link");
    make_link(arena, &directory, "kept", "link");
    assert_ok(fs_remove_tree(path_in(arena, &directory, "tree")));
    assert_ok(fs_remove_tree(path_in(arena, &directory, "link//"))); /* the link, not its target */
    assert_text(walked(arena, directory.path, FS_WALK_RECURSIVE | FS_WALK_HIDDEN), "kept/file ");
    assert_false(fs_is_directory(path_in(arena, &directory, "link")));
    make_files(arena, &directory, "tree/a");
    fault_set(FAULT_OPENDIR, 0, 1, EACCES);
    assert_fails(fs_remove_tree(path_in(arena, &directory, "tree")), ERR_IO, "cannot list");
    assert_ok(fs_remove_tree(path_in(arena, &directory, "tree")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_say_what_is_listed),
        cmocka_unit_test(links_are_followed_and_cycles_are_not),
        cmocka_unit_test(a_lattice_of_links_is_walked_once),
        cmocka_unit_test(a_walk_adds_to_what_is_there_and_takes_nothing_on_failure),
        cmocka_unit_test(what_is_too_deep_too_long_or_too_much_is_refused),
        cmocka_unit_test(a_path_beyond_the_ceiling_is_an_error),
        cmocka_unit_test(a_deep_tree_is_removed_with_few_descriptors),
        cmocka_unit_test(removing_a_tree_does_not_follow_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
