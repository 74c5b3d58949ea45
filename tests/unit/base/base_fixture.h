/* What the tests of base/ share: assertions on texts and errors, a directory of their own, random
 * numbers whose seed is printed, and programs that are expected to die. */
#ifndef TESTS_BASE_FIXTURE_H
#define TESTS_BASE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/str.h"

/* Prints what went wrong before failing. */
static inline void assert_ok(Error *err)
{
    if (err != NULL) {
        error_print(err, stderr, true);
        error_free(err);
        fail();
    }
}

/* Frees the error; its full message must contain `part`. */
static inline void assert_fails(Error *err, ErrorKind kind, const char *part)
{
    assert_non_null(err);
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str message = error_full_message(err, arena);
    bool expected = error_kind(err) == kind && str_contains(message, str_from(part));
    if (!expected) {
        fprintf(stderr, "expected %s with '%s', got %s\n", error_class_of(kind), part,
                error_class(err));
        error_print(err, stderr, true);
    }
    error_free(err);
    assert_true(expected);
}

#define assert_text(text, expected) assert_text_at((text), (expected), __FILE__, __LINE__)
static inline void assert_text_at(Str text, const char *expected, const char *file, int line)
{
    if (!str_is(text, expected)) {
        fprintf(stderr, "%s:%d: got '" STR_FMT "', expected '%s'\n", file, line, STR_ARG(text),
                expected);
        _fail(file, line);
    }
}

/* xorshift64*: the same numbers for the same seed on every machine. */
typedef struct Random {
    uint64_t state;
} Random;

static inline uint64_t random_next(Random *random)
{
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * 0x2545F4914F6CDD1DU;
}

static inline size_t random_below(Random *random, size_t end)
{
    return (size_t)(random_next(random) % end);
}

/* Another seed in each run, printed so that DANGO_TEST_SEED can bring it back. */
static inline Random random_seeded(const char *what)
{
    const char *wanted = getenv("DANGO_TEST_SEED");
    uint64_t seed = (uint64_t)getpid() * 0x9E3779B97F4A7C15U + 1;
    if (wanted != NULL) {
        seed = strtoull(wanted, NULL, 10);
    }
    fprintf(stderr, "%s: DANGO_TEST_SEED=%llu\n", what, (unsigned long long)seed);
    return (Random){seed != 0 ? seed : 1};
}

/* A new empty directory, removed with everything in it when the scope ends. */
typedef struct TestDirectory {
    char path[64];
} TestDirectory;

static inline TestDirectory test_directory(void)
{
    TestDirectory made = {"/tmp/dango-test-XXXXXX"};
    assert_non_null(mkdtemp(made.path));
    return made;
}

static inline void test_directory_done(TestDirectory *directory)
{
    assert_ok(fs_remove_tree(directory->path));
}
DEFINE_AUTO_DONE(test_directory, TestDirectory)

/* The path of `name` in the directory. */
static inline const char *path_in(Arena *arena, const TestDirectory *directory, const char *name)
{
    return str_printf(arena, "%s/%s", directory->path, name).data;
}

static inline void write_text(const char *path, const char *text)
{
    assert_ok(fs_write_file(path, str_from(text), 0644));
}

/* The table tests/cases/`name`, made by tests/oracle/base_cases.py: lines of fields between tabs.
 */
static inline Str read_table(Arena *arena, const char *name)
{
    const char *root = getenv("DANGO_ROOT");
    Str text = STR("");
    assert_ok(fs_read_file(
        arena, str_printf(arena, "%s/tests/cases/%s", root != NULL ? root : ".", name).data,
        16 << 20, &text));
    assert_true(text.len > 0);
    return text;
}

/* Takes the next line off *table; it has as many fields as asked for. */
static inline bool next_row(Str *table, Str *out_fields, size_t count)
{
    Str line, rest;
    if (!str_next_line(table, &line)) {
        return false;
    }
    rest = line;
    for (size_t i = 0; i < count; i++) {
        assert_true(str_next_piece(&rest, '\t', &out_fields[i]));
    }
    assert_null(rest.data);
    return true;
}

/* A field that holds a number. */
static inline int64_t field_int(Str field)
{
    char text[32] = "";
    assert_true(field.len > 0 && field.len < sizeof(text));
    memcpy(text, field.data, field.len);
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    assert_int_equal(*end, '\0');
    return value;
}

/* A field that holds bytes in hexadecimal. */
static inline Str field_bytes(Arena *arena, Str field)
{
    StrBuf bytes = strbuf_init(arena, field.len);
    for (size_t i = 0; i + 1 < field.len; i += 2) {
        char pair[3] = {field.data[i], field.data[i + 1], '\0'};
        strbuf_add_char(&bytes, (char)strtoul(pair, NULL, 16));
    }
    return strbuf_str(&bytes);
}

/* gcc's counters would be lost in a child that is killed: it writes them before. */
#ifdef DANGO_COVERAGE
void __gcov_dump(void); // NOLINT(*-reserved-identifier): gcc's name
#endif
static inline void keep_coverage(void)
{
#ifdef DANGO_COVERAGE
    __gcov_dump();
#endif
}

static inline void on_abort(int signal_number)
{
    (void)signal_number;
    keep_coverage();
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
}

/* What `body` does in a child of its own: the wait status, and what it wrote to stderr. */
static inline int run_in_child(void (*body)(void *context), void *context, char *out_text,
                               size_t size)
{
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(pipe_fds[1], STDERR_FILENO);
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        signal(SIGABRT, on_abort);
        body(context);
        keep_coverage();
        _exit(0);
    }
    close(pipe_fds[1]);
    size_t len = 0;
    for (ssize_t got;
         len + 1 < size && (got = read(pipe_fds[0], out_text + len, size - len - 1)) > 0;) {
        len += (size_t)got;
    }
    out_text[len] = '\0';
    close(pipe_fds[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* `body` must end the program with abort() and say `part` on stderr. */
static inline void assert_aborts(void (*body)(void *context), void *context, const char *part)
{
    char text[4096];
    int status = run_in_child(body, context, text, sizeof(text));
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT ||
        !str_contains(str_from(text), str_from(part))) {
        fprintf(stderr, "expected abort() with '%s', got status %d and: %s\n", part, status, text);
        fail();
    }
}

/* `body` may assert; the child fails when an assertion does. */
static inline void assert_passes_in_child(void (*body)(void *context), void *context)
{
    char text[4096];
    int status = run_in_child(body, context, text, sizeof(text));
    if (status != 0) {
        fprintf(stderr, "the child ended with status %d and: %s\n", status, text);
        fail();
    }
}

#endif
