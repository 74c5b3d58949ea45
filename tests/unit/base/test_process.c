#include "base_fixture.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "base/process.h"
#include "base/thread.h"
#include "faults.h"

#define SHELL(script) ((const char *const[]){"sh", "-c", (script), NULL})

static Str read_fd(Arena *arena, int fd)
{
    StrBuf text = strbuf_init(arena, 1 << 20);
    char block[4096];
    for (ssize_t got; (got = read(fd, block, sizeof(block))) > 0;) {
        strbuf_add(&text, (Str){block, (size_t)got});
    }
    return strbuf_str(&text);
}

static void the_end_of_a_child_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        int exit_code, signal;
    } cases[] = {{"exit 0", 0, 0},
                 {"exit 42", 42, 0},
                 {"exit 255", 255, 0},
                 {"kill -TERM $$", 0, SIGTERM},
                 {"kill -KILL $$", 0, SIGKILL}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_DONE(process) Process process;
        ProcessResult result;
        assert_ok(process_start(&process, SHELL(cases[i].script), NULL, 0));
        assert_int_equal(process.in_fd, -1);
        assert_int_equal(process.out_fd, -1);
        assert_int_equal(process.err_fd, -1);
        assert_true(process_exists(process.pid)); /* also when it has ended: nobody has waited */
        assert_ok(process_wait(&process, &result));
        assert_int_equal(result.exit_code, cases[i].exit_code);
        assert_int_equal(result.signal, cases[i].signal);
        assert_int_equal(process.pid, 0);
    }
}

static void a_child_that_was_waited_for_is_not_waited_for_again(void **state)
{
    (void)state;
    AUTO_DONE(process) Process other, process;
    ProcessResult result;
    bool ended = false;
    assert_ok(process_start(&other, SHELL("exit 7"), NULL, 0));
    assert_ok(process_start(&process, SHELL("exit 0"), NULL, 0));
    assert_ok(process_wait(&process, &result));
    assert_fails(process_wait(&process, &result), ERR_IO, "No child processes");
    assert_fails(process_poll(&process, &ended, &result), ERR_IO, "No child processes");
    process_signal(&process, SIGKILL); /* hits nobody */
    process_done(&process);
    process_done(&process);
    assert_ok(process_wait(&other, &result)); /* nobody has taken it away */
    assert_int_equal(result.exit_code, 7);
    Process zeroed = {0};
    process_done(&zeroed);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0 || errno == EBADF);
}

static void the_pipes_are_connected_as_asked(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(process) Process process;
    ProcessResult result;
    assert_ok(process_start(&process, SHELL("cat; echo problem >&2"), NULL,
                            PROCESS_PIPE_IN | PROCESS_PIPE_OUT | PROCESS_PIPE_ERR));
    assert_int_equal(write(process.in_fd, "hello", 5), 5);
    assert_int_equal(close(process.in_fd), 0);
    process.in_fd = -1;
    assert_text(read_fd(arena, process.out_fd), "hello");
    assert_text(read_fd(arena, process.err_fd), "problem\n");
    assert_ok(process_wait(&process, &result));
    assert_int_equal(process.out_fd, -1);
    assert_int_equal(process.err_fd, -1);

    assert_ok(process_start(&process, SHELL("cat; echo out; echo err >&2"), NULL,
                            PROCESS_NULL_IN | PROCESS_PIPE_OUT | PROCESS_MERGE_ERR));
    assert_text(read_fd(arena, process.out_fd), "out\nerr\n");
    assert_ok(process_wait(&process, &result));

    /* waiting closes the child's stdin, so that a reader ends */
    assert_ok(process_start(&process, SHELL("cat"), NULL, PROCESS_PIPE_IN));
    assert_ok(process_wait(&process, &result));
    assert_int_equal(result.exit_code, 0);
}

static void a_start_that_fails_says_why_and_leaves_nothing(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *file = path_in(arena, &directory, "file");
    write_text(file, "not a program");
    const struct {
        const char *program, *directory;
        ErrorKind kind;
        const char *part;
    } cases[] = {
        {"/no/such/program", NULL, ERR_NOT_FOUND, "cannot start '/no/such/program': No such file"},
        {"no-such-program-anywhere", NULL, ERR_NOT_FOUND, "No such file"},
        {"", NULL, ERR_NOT_FOUND, "No such file"},
        {file, NULL, ERR_IO, "Permission denied"},
        {directory.path, NULL, ERR_IO, "Permission denied"},
        {"true", "/no/such/directory", ERR_NOT_FOUND, "cannot start 'true': No such file"},
        {"true", file, ERR_IO, "Not a directory"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Process process;
        const char *const argv[] = {cases[i].program, NULL};
        assert_fails(process_start(&process, argv, cases[i].directory,
                                   PROCESS_PIPE_IN | PROCESS_PIPE_OUT | PROCESS_PIPE_ERR),
                     cases[i].kind, cases[i].part);
        assert_int_equal(process.pid, 0);
        assert_int_equal(process.in_fd, -1);
        assert_int_equal(process.out_fd, -1);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie */
        process_done(&process);
    }
    static const struct {
        FaultCall call;
        size_t after;
        int errno_value;
    } faults[] = {{FAULT_PIPE2, 0, EMFILE},
                  {FAULT_PIPE2, 1, EMFILE},
                  {FAULT_PIPE2, 2, ENFILE},
                  {FAULT_PIPE2, 3, EMFILE},
                  {FAULT_FORK, 0, EAGAIN}};
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        Process process;
        fault_set(faults[i].call, faults[i].after, 1, faults[i].errno_value);
        assert_fails(process_start(&process, SHELL("exit 0"), NULL,
                                   PROCESS_PIPE_IN | PROCESS_PIPE_OUT | PROCESS_PIPE_ERR),
                     ERR_IO, "cannot ");
        assert_int_equal(process.pid, 0);
    }
}

static void interrupted_waits_and_reads_go_on(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str text = STR("old");
    ProcessResult result;
    fault_set(FAULT_WAITPID, 0, 2, EINTR);
    fault_set(FAULT_READ, 0, 2, EINTR);
    assert_ok(process_capture(arena, SHELL("echo x"), NULL, 100, &text, &result));
    assert_text(text, "x\n");
    fault_set(FAULT_READ, 1, 2, EINTR);
    assert_ok(process_capture(arena, SHELL("echo y"), NULL, 100, &text, &result));
    assert_text(text, "y\n");
    fault_set(FAULT_READ, 1, 1, EIO);
    assert_fails(process_capture(arena, SHELL("echo z"), NULL, 100, &text, &result), ERR_IO,
                 "cannot read from 'sh'");
    fault_set(FAULT_WAITPID, 0, 2, EINTR);
    Process process;
    assert_fails(process_start(&process, (const char *const[]){"/no/such", NULL}, NULL, 0),
                 ERR_NOT_FOUND, "/no/such");
    fault_set(FAULT_WAITPID, 0, 1, ECHILD); /* collected by somebody else: then done is done */
    assert_ok(process_start(&process, SHELL("exit 0"), NULL, PROCESS_PIPE_OUT));
    pid_t pid = process.pid;
    process_done(&process);
    assert_int_equal(process.pid, 0);
    assert_int_equal(process.out_fd, -1);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_text(text, "y\n");
}

static void output_is_captured_up_to_a_limit(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ProcessResult result = {.exit_code = 99};
    Str text = STR("old");
    assert_ok(process_capture(arena, SHELL("printf 12345; exit 3"), NULL, 5, &text, &result));
    assert_text(text, "12345");
    assert_int_equal(result.exit_code, 3);
    /* what goes on for ever, or waits for ever after too much, is killed */
    static const char *const endless[] = {"while :; do echo 123456789; done",
                                          "echo 1234567; exec sleep 1000"};
    for (size_t i = 0; i < ARRAY_LEN(endless); i++) {
        assert_fails(process_capture(arena, SHELL(endless[i]), NULL, 5, &text, &result), ERR_LIMIT,
                     "'sh' printed more than 5 bytes");
        assert_text(text, "12345");
    }
    /* more than a pipe holds */
    assert_ok(
        process_capture(arena, SHELL("head -c 1000000 /dev/zero"), NULL, 1000000, &text, &result));
    assert_int_equal(text.len, 1000000);
    assert_ok(process_capture(arena, SHELL("pwd"), "/proc", 100, &text, &result));
    assert_text(text, "/proc\n");
    assert_ok(process_capture(arena, SHELL("exit 0"), NULL, 100, &text, &result));
    assert_int_equal(text.len, 0);
    assert_fails(
        process_capture(arena, (const char *const[]){"/no/such", NULL}, NULL, 5, &text, &result),
        ERR_NOT_FOUND, "/no/such");
    fault_set(FAULT_WAITPID, 0, 1, ECHILD);
    assert_fails(process_capture(arena, SHELL("exit 0"), NULL, 5, &text, &result), ERR_IO,
                 "wait for");
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void polling_tells_when_it_has_ended(void **state)
{
    (void)state;
    AUTO_DONE(process) Process process;
    ProcessResult result = {.exit_code = 99};
    bool ended = true;
    assert_ok(process_start(&process, SHELL("read line; exit 4"), NULL, PROCESS_PIPE_IN));
    assert_ok(process_poll(&process, &ended, &result));
    assert_false(ended);
    assert_int_equal(result.exit_code, 99);
    assert_int_equal(write(process.in_fd, "go\n", 3), 3);
    for (size_t i = 0; !ended && i < 100000; i++) {
        assert_ok(process_poll(&process, &ended, &result));
        sched_yield();
    }
    assert_true(ended);
    assert_int_equal(result.exit_code, 4);
    assert_int_equal(process.in_fd, -1);
}

static void a_signal_reaches_the_child_and_done_kills_it(void **state)
{
    (void)state;
    Process process;
    ProcessResult result;
    assert_ok(process_start(&process, SHELL("exec sleep 1000"), NULL, 0));
    process_signal(&process, SIGTERM);
    assert_ok(process_wait(&process, &result));
    assert_int_equal(result.signal, SIGTERM);
    assert_ok(
        process_start(&process, SHELL("trap '' TERM; exec sleep 1000"), NULL, PROCESS_PIPE_OUT));
    pid_t pid = process.pid;
    process_done(&process);
    assert_false(process_exists(pid));
    assert_false(process_exists(0) || process_exists(-1));
    assert_true(process_exists(1) && process_exists(getpid()));
}

static void signals_in_the_child_are_as_at_login(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, &before), 0);
    void (*handler)(int) = signal(SIGPIPE, SIG_IGN);
    ProcessResult result;
    Str text = STR("");
    assert_ok(process_capture(arena, SHELL("grep -E '^Sig(Blk|Ign)' /proc/self/status"), NULL, 1000,
                              &text, &result));
    signal(SIGPIPE, handler);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
    assert_true(str_contains(text, STR("SigBlk:\t0000000000000000")));
    size_t at = str_find(text, STR("SigIgn:\t"), 0);
    uint64_t ignored = strtoull(text.data + at + 8, NULL, 16);
    assert_int_equal(ignored & (1U << (SIGPIPE - 1)), 0);
}

/* Which descriptors a child has, one a line. */
static void only_the_standard_streams_are_inherited(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str text = STR("");
    ProcessResult result;
    AUTO_DONE(process) Process other;
    assert_ok(process_start(&other, SHELL("cat"), NULL, PROCESS_PIPE_IN | PROCESS_PIPE_OUT));
    Str before = STR("");
    int marker = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_ok(process_capture(arena, SHELL("for fd in /proc/self/fd/*; do readlink $fd; done"),
                              NULL, 10000, &text, &result));
    assert_int_equal(close(marker), 0);
    size_t pipes = 0, nulls = 0;
    for (Str rest = text; str_next_line(&rest, &before);) {
        pipes += str_starts_with(before, STR("pipe:"));
        nulls += str_is(before, "/dev/null");
    }
    assert_in_range(nulls, 1, 3); /* stdin, and what the test itself has as its streams */
    assert_in_range(pipes, 1, 3);
}

static void start_without_streams(void *context)
{
    unsigned closed = *(const unsigned *)context;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (int fd = 0; fd < 2; fd++) {
        if ((closed & (1U << fd)) != 0) {
            close(fd);
        }
    }
    Process process;
    ProcessResult result = {.exit_code = 99};
    Error *err = process_start(&process, SHELL("read line; echo \"got $line\"; echo err >&2"), NULL,
                               PROCESS_PIPE_IN | PROCESS_PIPE_OUT | PROCESS_PIPE_ERR);
    if (err != NULL || write(process.in_fd, "in\n", 3) != 3 ||
        !str_is(read_fd(arena, process.out_fd), "got in\n") ||
        !str_is(read_fd(arena, process.err_fd), "err\n")) {
        error_free(err);
        fprintf(stderr, "the streams are not connected with %u closed", closed);
        abort();
    }
    err = process_wait(&process, &result);
    Str text = STR("");
    err =
        error_first(err, process_capture(arena, SHELL("cat; echo $?"), NULL, 100, &text, &result));
    if (err != NULL || !str_is(text, "0\n")) {
        error_free(err);
        fprintf(stderr, "no empty stdin with %u closed", closed);
        abort();
    }
}

static void a_program_without_streams_of_its_own_connects_those_of_its_children(void **state)
{
    (void)state;
    for (unsigned closed = 0; closed < 4; closed++) {
        assert_passes_in_child(start_without_streams, &closed);
    }
}

static void start_without_descriptors(void *context)
{
    size_t spare = *(const size_t *)context;
    close(STDIN_FILENO); /* so that the first pipe must be moved */
    int used[64] = {0};
    size_t count = 0;
    struct rlimit limit = {.rlim_cur = 40, .rlim_max = 64};
    setrlimit(RLIMIT_NOFILE, &limit);
    while (count < 64 && (used[count] = dup(STDERR_FILENO)) >= 0) {
        count++;
    }
    close(STDIN_FILENO);
    for (size_t i = 0; i < spare; i++) {
        close(used[--count]);
    }
    Process process;
    Error *err = process_start(&process, SHELL("exit 0"), NULL, PROCESS_PIPE_IN | PROCESS_PIPE_OUT);
    limit.rlim_cur = 64;
    setrlimit(RLIMIT_NOFILE, &limit);
    bool failed = err != NULL && str_contains(error_message(err), STR("Too many open files"));
    error_free(err);
    if (!failed || process.pid != 0) {
        abort();
    }
}

static void a_start_without_descriptors_fails_cleanly(void **state)
{
    (void)state;
    for (size_t spare = 0; spare < 5; spare++) {
        assert_passes_in_child(start_without_descriptors, &spare);
    }
}

/* The pid of a child whose parent is gone when this returns. */
static pid_t orphan(bool by_thread);

static void *start_sleeper(void *arg)
{
    Process process;
    error_discard(process_start(&process, SHELL("exec sleep 1000"), NULL, 0), "then the pid is 0");
    *(pid_t *)arg = process.pid;
    return NULL;
}

static void wait_for_signal(int pipe_fd)
{
    pid_t sleeper = 0;
    start_sleeper(&sleeper);
    if (write(pipe_fd, &sleeper, sizeof(sleeper)) > 0) {
        pause();
    }
}

static pid_t orphan(bool by_thread)
{
    pid_t sleeper = 0;
    if (by_thread) {
        Thread thread = {.started = false};
        assert_ok(thread_start(&thread, "starter", 0, start_sleeper, &sleeper));
        thread_join(&thread);
        return sleeper;
    }
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    fflush(NULL);
    pid_t parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        wait_for_signal(pipe_fds[1]);
        _exit(1);
    }
    assert_int_equal(read(pipe_fds[0], &sleeper, sizeof(sleeper)), sizeof(sleeper));
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    assert_int_equal(kill(parent, SIGKILL), 0);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    return sleeper;
}

static void a_child_dies_with_its_parent_and_with_the_thread_that_started_it(void **state)
{
    (void)state;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1),
                     0); /* so that orphans are ours to wait for */
    for (int by_thread = 0; by_thread < 2; by_thread++) {
        pid_t sleeper = orphan(by_thread != 0);
        assert_true(sleeper > 0);
        int status = 0;
        assert_int_equal(waitpid(sleeper, &status, 0),
                         sleeper); /* 1000 seconds, were it not killed */
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

static void a_program_is_found_on_the_path_but_never_the_running_one(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    char folder[] = "/tmp/dango-path-XXXXXX";
    assert_non_null(mkdtemp(folder));
    Str own, found, link = fs_join(arena, str_from(folder), STR("sh"));
    assert_ok(fs_own_path(arena, &own));
    assert_int_equal(symlink(own.data, link.data), 0);
    char *kept = getenv("PATH");
    Str path = str_printf(arena, "%s:/nowhere::" STR_FMT, folder, STR_ARG(str_from(kept)));
    Str before = str_dup(arena, str_from(kept));
    assert_int_equal(setenv("PATH", path.data, 1), 0);
    assert_ok(process_find(arena, "sh", &found));
    assert_true(str_ends_with(found, STR("/sh")) && !str_eq(found, link));
    assert_ok(process_find(arena, "no-such-program", &found));
    assert_int_equal(found.len, 0);
    assert_int_equal(setenv("PATH", before.data, 1), 0);
    assert_ok(fs_remove_tree(folder));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_a_child_is_told),
        cmocka_unit_test(a_child_that_was_waited_for_is_not_waited_for_again),
        cmocka_unit_test(the_pipes_are_connected_as_asked),
        cmocka_unit_test(a_start_that_fails_says_why_and_leaves_nothing),
        cmocka_unit_test(interrupted_waits_and_reads_go_on),
        cmocka_unit_test(output_is_captured_up_to_a_limit),
        cmocka_unit_test(polling_tells_when_it_has_ended),
        cmocka_unit_test(a_program_is_found_on_the_path_but_never_the_running_one),
        cmocka_unit_test(a_signal_reaches_the_child_and_done_kills_it),
        cmocka_unit_test(signals_in_the_child_are_as_at_login),
        cmocka_unit_test(only_the_standard_streams_are_inherited),
        cmocka_unit_test(a_program_without_streams_of_its_own_connects_those_of_its_children),
        cmocka_unit_test(a_start_without_descriptors_fails_cleanly),
        cmocka_unit_test(a_child_dies_with_its_parent_and_with_the_thread_that_started_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
