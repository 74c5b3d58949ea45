#include "base_fixture.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "faults.h"

static Str read_whole(Arena *arena, const char *path)
{
    Str text = STR("");
    assert_ok(fs_read_file(arena, path, MIB, &text));
    return text;
}

/* The names in a directory, also hidden ones, with a blank after each. */
static Str listing(Arena *arena, const char *path, unsigned flags)
{
    FsEntryVec entries = {0};
    assert_ok(fs_walk(arena, path, flags, &entries));
    StrBuf text = strbuf_init(arena, MIB);
    for (VEC_EACH(FsEntry, it, &entries)) {
        strbuf_printf(&text, STR_FMT " ", STR_ARG(it->relative));
    }
    return strbuf_str(&text);
}

enum { EVERYTHING = FS_WALK_RECURSIVE | FS_WALK_HIDDEN | FS_WALK_DIRECTORIES };

static Str repeated(Arena *arena, char c, size_t count)
{
    StrBuf text = strbuf_init(arena, MIB);
    strbuf_add_repeat(&text, c, count);
    return str_from(strbuf_c(&text));
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file");
    static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 100000, 3 << 20};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        StrBuf text = strbuf_init(arena, 4 * MIB);
        strbuf_add_repeat(&text, (char)('a' + i), sizes[i]);
        assert_ok(fs_write_file(path, strbuf_str(&text), 0640));
        Str found = STR("old");
        assert_ok(fs_read_file(arena, path, sizes[i], &found)); /* the ceiling may be reached */
        assert_true(str_eq(found, strbuf_str(&text)));
        assert_int_equal(found.data[found.len], '\0');
        FsInfo info;
        assert_ok(fs_info(path, &info));
        assert_int_equal(info.mode, 0640);
        assert_int_equal(info.size_bytes, sizes[i]);
    }
    assert_text(listing(arena, directory.path, EVERYTHING), "file ");
    assert_ok(fs_write_file(path, STR("12345"), 0600));
    Str found = STR("old");
    assert_fails(fs_read_file(arena, path, 4, &found), ERR_LIMIT,
                 "has 5 bytes, more than the 4 that are read");
    assert_text(found, "old");
}

static void only_regular_files_are_read(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *pipe_path = path_in(arena, &directory, "pipe");
    const char *loop = path_in(arena, &directory, "loop");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(symlink("loop", loop), 0);
    write_text(path_in(arena, &directory, "file"), "x");
    const struct {
        const char *path;
        ErrorKind kind;
        const char *part;
    } cases[] = {
        {directory.path, ERR_IO, "it is a directory"},
        {pipe_path, ERR_IO, "not a regular file"}, /* and nobody waits for a writer */
        {"/dev/null", ERR_IO, "not a regular file"},
        {path_in(arena, &directory, "missing"), ERR_NOT_FOUND, "No such file"},
        {path_in(arena, &directory, "file/below"), ERR_IO, "Not a directory"},
        {loop, ERR_IO, "Too many levels of symbolic links"},
        {repeated(arena, 'x', 256).data, ERR_IO, "File name too long"},
        {"", ERR_NOT_FOUND, "No such file"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str found = STR("old");
        assert_fails(fs_read_file(arena, cases[i].path, MIB, &found), cases[i].kind, cases[i].part);
        assert_text(found, "old");
        if (cases[i].kind == ERR_IO && i != 0) {
            assert_fails(fs_copy_file(cases[i].path, path_in(arena, &directory, "copy")), ERR_IO,
                         cases[i].part);
        }
    }
    assert_text(listing(arena, directory.path, EVERYTHING), "file ");
}

static void files_that_claim_to_be_empty_are_read_to_their_end(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str text = STR("");
    assert_ok(fs_read_file(arena, "/proc/self/smaps", 16 * MIB, &text)); /* larger than a page */
    assert_true(text.len > 4096);
    assert_true(str_ends_with(text, STR("\n")));
    assert_fails(fs_read_file(arena, "/proc/self/smaps", 100, &text), ERR_LIMIT,
                 "more than the 100 that are read");
}

static void a_name_of_255_bytes_is_as_good_as_any(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, repeated(arena, 'n', 255).data);
    write_text(path, "one");
    write_text(path, "two");
    assert_text(read_whole(arena, path), "two");
    assert_fails(
        fs_write_file(path_in(arena, &directory, repeated(arena, 'n', 256).data), STR("x"), 0644),
        ERR_IO, "File name too long");
    assert_int_equal(listing(arena, directory.path, EVERYTHING).len, 256);
}

static void a_link_is_followed_when_written(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    assert_ok(fs_make_directory(path_in(arena, &directory, "real/deep")));
    const char *link = path_in(arena, &directory, "link"),
               *target = path_in(arena, &directory, "real/deep/file");
    assert_int_equal(symlink("real/deep/file", link), 0);
    write_text(link, "made through a link to nothing yet");
    assert_text(read_whole(arena, target), "made through a link to nothing yet");
    write_text(link, "again");
    assert_text(read_whole(arena, target), "again");
    struct stat info;
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(symlink("loop", path_in(arena, &directory, "loop")), 0);
    assert_fails(fs_write_file(path_in(arena, &directory, "loop"), STR("x"), 0644), ERR_IO,
                 "Too many levels");
}

static void a_file_in_pieces_appears_whole_or_not_at_all(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file");
    write_text(path, "old");
    FsReplacement *given_up = NULL;
    assert_ok(fs_replace_begin(path, 0644, &given_up));
    assert_ok(fs_replace_add(given_up, STR("half")));
    assert_text(read_whole(arena, path), "old");
    fs_replace_free(given_up);
    assert_text(listing(arena, directory.path, EVERYTHING), "file ");
    AUTO_FREE(fs_replace) FsReplacement *file = NULL;
    assert_ok(fs_replace_begin(path, 0644, &file));
    assert_ok(fs_replace_add(file, STR("one, ")));
    assert_ok(fs_replace_add(file, STR("two")));
    assert_ok(fs_replace_finish(file));
    assert_text(read_whole(arena, path), "one, two");
    assert_text(listing(arena, directory.path, EVERYTHING), "file ");
    assert_fails(fs_replace_begin(path_in(arena, &directory, "none/file"), 0644, &given_up),
                 ERR_NOT_FOUND, "none/file");
}

static void a_file_is_put_in_place(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file");
    assert_ok(fs_put_file(path, STR("a longer text"), 0644));
    assert_ok(fs_put_file(path, STR("short"), 0644));
    assert_text(read_whole(arena, path), "short");
    FsInfo before, after;
    assert_ok(fs_info(path, &before));
    assert_ok(fs_put_file(path, STR("short"), 0644)); /* which changes nothing */
    assert_ok(fs_info(path, &after));
    assert_int_equal(before.modified_us, after.modified_us);
    assert_ok(fs_put_file(path, STR("sharp"), 0644));
    assert_text(read_whole(arena, path), "sharp");
    const char *deep = path_in(arena, &directory, "a/b/c/file");
    assert_fails(fs_put_file(deep, STR("x"), 0644), ERR_NOT_FOUND, "a/b/c/file");
    assert_ok(fs_put_file_deep(deep, STR("deep"), 0644));
    assert_text(read_whole(arena, deep), "deep");
    assert_fails(fs_put_file(directory.path, STR("x"), 0644), ERR_IO, "directory");
}

typedef struct Scenario {
    const char *path;
    const char *other;
} Scenario;

/* Whatever fails, the old file is whole, the error names the file, and nothing is left beside it.
 */
static void a_failed_write_leaves_the_old_file(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file"),
               *from = path_in(arena, &directory, "from");
    write_text(path, "old");
    write_text(from, "from");
    static const struct {
        FaultCall call;
        int errno_value;
    } faults[] = {
        {FAULT_OPEN, EMFILE}, {FAULT_WRITE, ENOSPC}, {FAULT_FSYNC, EIO}, {FAULT_WRITE, EIO}};
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        fault_set(faults[i].call, 0, 1, faults[i].errno_value);
        Error *err = fs_write_file(path, STR("new"), 0644);
        assert_int_equal(fault_count(faults[i].call), 1);
        assert_fails(err, ERR_IO, "cannot write '");
        fault_set(faults[i].call, faults[i].call == FAULT_OPEN ? 1 : 0, 1, faults[i].errno_value);
        assert_fails(fs_copy_file(from, path), ERR_IO, "cannot write '");
        assert_text(read_whole(arena, path), "old");
        assert_text(listing(arena, directory.path, EVERYTHING), "file from ");
    }
    assert_fails(fs_write_file(directory.path, STR("new"), 0644), ERR_IO, "Is a directory");
    assert_fails(fs_write_file(path_in(arena, &directory, "no/file"), STR("new"), 0644),
                 ERR_NOT_FOUND, "No such file");
    assert_fails(fs_write_file(path_in(arena, &directory, "file/file"), STR("new"), 0644), ERR_IO,
                 "Not a directory");
    fault_set(FAULT_OPEN, 1, 1, EACCES); /* the directory need not be openable */
    write_text(path, "new");
    assert_text(read_whole(arena, path), "new");
    fault_clear();
}

static void interrupted_and_partial_calls_go_on(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file"), *to = path_in(arena, &directory, "to");
    static const int errnos[] = {EINTR, 0}; /* 0: one byte at a time */
    static const FaultCall calls[] = {FAULT_READ, FAULT_WRITE, FAULT_OPEN};
    for (size_t i = 0; i < ARRAY_LEN(errnos); i++) {
        for (size_t j = 0; j < ARRAY_LEN(calls); j++) {
            if (calls[j] != FAULT_OPEN || errnos[i] == EINTR) {
                fault_set(calls[j], 0, 3, errnos[i]);
            }
            write_text(path, "interrupted");
            assert_ok(fs_append_file(path, STR(" but whole"), 0644));
            assert_ok(fs_copy_file(path, to));
            assert_text(read_whole(arena, to), "interrupted but whole");
            fault_clear();
        }
    }
    Str text = STR("old");
    fault_set(FAULT_READ, 0, 1, EIO);
    assert_fails(fs_read_file(arena, path, MIB, &text), ERR_IO, "cannot read '");
    fault_set(FAULT_READ, 0, 1, EIO);
    assert_fails(fs_copy_file(path, to), ERR_IO, "cannot read '");
    fault_set(FAULT_FSTAT, 0, 1, EIO);
    assert_fails(fs_read_file(arena, path, MIB, &text), ERR_IO, "cannot read '");
    fault_set(FAULT_WRITE, 0, 1, ENOSPC);
    assert_fails(fs_append_file(path, STR("x"), 0644), ERR_IO, "No space left");
    assert_text(text, "old");
    assert_text(read_whole(arena, to), "interrupted but whole");
}

/* A child that writes again and again is killed in the middle: the file is always one of the two.
 */
static void a_killed_writer_leaves_a_whole_file(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file");
    enum { SIZE = 300000 };
    Str contents[2] = {repeated(arena, 'a', SIZE), repeated(arena, 'b', SIZE)};
    assert_ok(fs_write_file(path, contents[0], 0644));
    Random random = random_seeded("killed writer");
    for (size_t round = 0; round < 20; round++) {
        fflush(NULL);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            for (size_t i = 0;; i++) {
                error_free(fs_write_file(path, contents[i % 2], 0644));
            }
        }
        for (size_t turns = random_below(&random, 5000); turns > 0; turns--) {
            sched_yield();
        }
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        Str text = read_whole(arena, path);
        assert_true(str_eq(text, contents[0]) || str_eq(text, contents[1]));
    }
}

static void run_into_the_file_size_limit(void *context)
{
    const Scenario *scenario = context;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = {.rlim_cur = 4, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    Error *err = fs_write_file(scenario->path, STR("too long"), 0644);
    Error *append = fs_append_file(scenario->other, STR("too long"), 0644);
    /* back before the end: counters of coverage, cut to four bytes, would be lost for all tests */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    bool expected = err != NULL && append != NULL &&
                    str_contains(error_message(err), STR("File too large")) &&
                    str_contains(error_message(append), STR("File too large"));
    error_free(err);
    error_free(append);
    if (!expected) {
        abort();
    }
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    Scenario scenario = {path_in(arena, &directory, "file"), path_in(arena, &directory, "log")};
    write_text(scenario.path, "old");
    assert_passes_in_child(run_into_the_file_size_limit, &scenario);
    assert_text(read_whole(arena, scenario.path), "old");
    assert_text(listing(arena, directory.path, EVERYTHING), "file log ");
    assert_fails(fs_append_file("/dev/full", STR("x"), 0644), ERR_IO, "No space left");
}

static void use_up_the_descriptors(void *context)
{
    const Scenario *scenario = context;
    struct rlimit limit = {.rlim_cur = 3, .rlim_max = 16};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str text = STR("old");
    FsEntryVec entries = {0};
    Error *errors[] = {fs_read_file(arena, scenario->path, MIB, &text),
                       fs_write_file(scenario->path, STR("new"), 0644),
                       fs_copy_file(scenario->path, scenario->other),
                       fs_append_file(scenario->path, STR("new"), 0644),
                       fs_walk(arena, "/tmp", 0, &entries)};
    limit.rlim_cur = 16;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
        if (errors[i] == NULL) {
            fprintf(stderr, "call %zu did not fail", i);
            abort();
        }
        error_free(errors[i]);
    }
}

static void without_descriptors_every_call_says_so(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    Scenario scenario = {path_in(arena, &directory, "file"), path_in(arena, &directory, "other")};
    write_text(scenario.path, "old");
    assert_passes_in_child(use_up_the_descriptors, &scenario);
    assert_text(read_whole(arena, scenario.path), "old");
}

static void appending_adds_and_makes(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "log");
    assert_ok(fs_append_file(path, STR("one\n"), 0600));
    assert_ok(fs_append_file(path, STR(""), 0600));
    assert_ok(fs_append_file(path, STR("two\n"), 0600));
    assert_text(read_whole(arena, path), "one\ntwo\n");
    assert_fails(fs_append_file(directory.path, STR("x"), 0600), ERR_IO, "Is a directory");
}

static void a_file_may_be_copied_onto_itself_or_a_link_to_it(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file"),
               *link = path_in(arena, &directory, "link");
    Str text = repeated(arena, 'x', 5000);
    assert_ok(fs_write_file(path, text, 0600));
    assert_int_equal(symlink("file", link), 0);
    assert_ok(fs_copy_file(path, path));
    assert_ok(fs_copy_file(path, link));
    assert_ok(fs_copy_file(link, path));
    assert_true(str_eq(read_whole(arena, path), text));
    StrBuf large = strbuf_init(arena, 4 * MIB);
    strbuf_add_repeat(&large, 'y', 2 * MIB + 1);
    const char *copy = path_in(arena, &directory, "copy");
    assert_ok(fs_write_file(path, strbuf_str(&large), 0600));
    assert_ok(fs_copy_file(path, copy));
    Str found = STR("");
    assert_ok(fs_read_file(arena, copy, 4 * MIB, &found));
    assert_true(str_eq(found, strbuf_str(&large)));
    assert_fails(fs_copy_file(path_in(arena, &directory, "missing"), copy), ERR_NOT_FOUND,
                 "missing");
    assert_fails(fs_copy_file(path, path_in(arena, &directory, "no/copy")), ERR_NOT_FOUND,
                 "no/copy");
}

static void renaming_names_both_paths_when_it_fails(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *from = path_in(arena, &directory, "from"), *to = path_in(arena, &directory, "to");
    write_text(from, "x");
    assert_ok(fs_rename(from, to));
    assert_true(fs_is_file(to));
    assert_fails(fs_rename(from, to), ERR_NOT_FOUND, to);
    assert_fails(fs_rename(from, to), ERR_NOT_FOUND, from);
}

static void directories_are_made_with_their_parents(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    static const char *const names[] = {"a/b/c", "a/b/c", "a//b/d//", "e/", "."};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_ok(fs_make_directory(path_in(arena, &directory, names[i])));
        assert_true(fs_is_directory(path_in(arena, &directory, names[i])));
    }
    assert_text(listing(arena, directory.path, EVERYTHING), "a a/b a/b/c a/b/d e ");
    write_text(path_in(arena, &directory, "file"), "x");
    assert_fails(fs_make_directory(path_in(arena, &directory, "file")), ERR_IO, "File exists");
    assert_fails(fs_make_directory(path_in(arena, &directory, "file/x")), ERR_IO, "exists");
    assert_fails(fs_make_directory(""), ERR_NOT_FOUND, "make the directory");
    assert_ok(fs_make_directory("/"));
}

static void missing_things_are_removed_already(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file");
    write_text(path, "x");
    assert_ok(fs_remove_file(path));
    assert_ok(fs_remove_file(path));
    assert_ok(fs_remove_tree(path));
    assert_ok(fs_remove_tree(""));
    assert_fails(fs_remove_file(directory.path), ERR_IO, "cannot remove");
    write_text(path, "x");
    assert_fails(fs_remove_tree(path_in(arena, &directory, "file/x")), ERR_IO, "Not a directory");
    assert_ok(fs_remove_tree(path)); /* a file is a small tree */
    assert_fails(fs_remove_tree("/proc/self/fd/0"), ERR_IO, "cannot remove");
    assert_fails(fs_remove_tree("/proc/self/attr"), ERR_IO, "cannot remove");
}

static void info_tells_files_directories_and_the_rest(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file"),
               *link = path_in(arena, &directory, "link");
    write_text(path, "12345");
    assert_int_equal(symlink("file", link), 0);
    FsInfo info, linked;
    assert_ok(fs_info(path, &info));
    assert_ok(fs_info(link, &linked));
    assert_int_equal(info.kind, FS_FILE);
    assert_int_equal(info.size_bytes, 5);
    assert_true(info.device == linked.device && info.inode == linked.inode);
    assert_in_range((uint64_t)info.modified_us, 1600000000000000, 4100000000000000);
    assert_ok(fs_info(directory.path, &info));
    assert_int_equal(info.kind, FS_DIRECTORY);
    assert_ok(fs_info("/dev/null", &info));
    assert_int_equal(info.kind, FS_OTHER);
    static const char *const missing[] = {"no", "file/x", ""};
    for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
        const char *name = missing[i][0] != '\0' ? path_in(arena, &directory, missing[i]) : "";
        assert_ok(fs_info(name, &info));
        assert_int_equal(info.kind, FS_MISSING);
        assert_false(fs_is_file(name) || fs_is_directory(name));
    }
    assert_true(fs_is_file(link) && fs_is_directory("/") && !fs_is_file("/dev/null"));
    assert_int_equal(symlink("loop", path_in(arena, &directory, "loop")), 0);
    assert_fails(fs_info(path_in(arena, &directory, "loop"), &info), ERR_IO, "cannot look at");
    uint64_t bytes = 0;
    assert_ok(fs_free_bytes(directory.path, &bytes));
    assert_true(bytes > 0);
    assert_fails(fs_free_bytes("/no/such", &bytes), ERR_NOT_FOUND, "the disk of");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(files_that_claim_to_be_empty_are_read_to_their_end),
        cmocka_unit_test(a_name_of_255_bytes_is_as_good_as_any),
        cmocka_unit_test(a_link_is_followed_when_written),
        cmocka_unit_test(a_file_in_pieces_appears_whole_or_not_at_all),
        cmocka_unit_test(a_file_is_put_in_place),
        cmocka_unit_test(a_failed_write_leaves_the_old_file),
        cmocka_unit_test(interrupted_and_partial_calls_go_on),
        cmocka_unit_test(a_killed_writer_leaves_a_whole_file),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(without_descriptors_every_call_says_so),
        cmocka_unit_test(appending_adds_and_makes),
        cmocka_unit_test(a_file_may_be_copied_onto_itself_or_a_link_to_it),
        cmocka_unit_test(renaming_names_both_paths_when_it_fails),
        cmocka_unit_test(directories_are_made_with_their_parents),
        cmocka_unit_test(missing_things_are_removed_already),
        cmocka_unit_test(info_tells_files_directories_and_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
