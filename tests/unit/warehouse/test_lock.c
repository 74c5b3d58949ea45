#include "unit/warehouse/warehouse_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "warehouse/lock.h"

/* A state directory of its own for each test. */
static int make_directory(void **state)
{
    char *directory = memory_alloc(64);
    memcpy(directory, "/tmp/test_lock_XXXXXX", sizeof("/tmp/test_lock_XXXXXX"));
    assert_non_null(mkdtemp(directory));
    *state = directory;
    return 0;
}

static int remove_directory(void **state)
{
    assert_ok(fs_remove_tree(*state));
    free(*state);
    return 0;
}

static LockRequest request_in(void **state)
{
    return (LockRequest){
        .state_directory = str_from(*state), .operation = STR("sync"), .source = STR("shop")};
}

static void the_second_taker_learns_who_holds_it(void **state)
{
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    LockRequest request = request_in(state);
    AUTO_DONE(write_lock) WriteLock first = WRITE_LOCK_NONE;
    AUTO_DONE(write_lock) WriteLock second = WRITE_LOCK_NONE;
    assert_ok(write_lock_take(&request, &first));
    LockHolder holder;
    assert_ok(write_lock_holder(arena, request.state_directory, &holder));
    assert_int_equal(holder.pid, getpid());
    assert_fails(write_lock_take(&request, &second), ERR_LOCKED,
                 "database is locked: 'sync' of shop of process");
    assert_int_equal(second.fd, -1);
    write_lock_done(&first);
    assert_ok(write_lock_holder(arena, request.state_directory, &holder));
    assert_int_equal(holder.pid, 0);
    assert_ok(write_lock_take(&request, &second));
}

static void count_waits(void *context, const LockHolder *holder)
{
    (void)holder;
    ++*(int *)context;
}

static void a_wait_ends_at_its_deadline_or_when_cancelled(void **state)
{
    LockRequest request = request_in(state);
    AUTO_DONE(write_lock) WriteLock first = WRITE_LOCK_NONE;
    WriteLock second = WRITE_LOCK_NONE;
    assert_ok(write_lock_take(&request, &first));
    int waits = 0;
    request.wait_us = 250000;
    request.on_wait = count_waits;
    request.context = &waits;
    int64_t start_us = clock_monotonic_us();
    assert_fails(write_lock_take(&request, &second), ERR_LOCKED, "database is locked");
    assert_true(clock_monotonic_us() - start_us >= request.wait_us);
    assert_int_equal(waits, 1);
    Cancel cancel = {0};
    cancel_request(&cancel);
    request.cancel = &cancel;
    request.wait_us = INT64_C(3600) * 1000000;
    assert_fails(write_lock_take(&request, &second), ERR_CANCELLED, "");
}

/* Holds the lock in a process of its own until killed; tells through the pipe that it has it. */
static pid_t start_holder(const LockRequest *request)
{
    int pair[2];
    assert_int_equal(pipe(pair), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        WriteLock lock = WRITE_LOCK_NONE;
        char byte = error_first(write_lock_take(request, &lock), NULL) == NULL ? 'y' : 'n';
        (void)!write(pair[1], &byte, 1);
        for (;;) {
            pause();
        }
    }
    char byte = 0;
    assert_int_equal(read(pair[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    close(pair[0]);
    close(pair[1]);
    return pid;
}

static void *kill_it(void *arg)
{
    pid_t pid = *(pid_t *)arg;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return NULL;
}

static void a_killed_holder_leaves_no_stale_lock(void **state)
{
    LockRequest request = request_in(state);
    pid_t pid = start_holder(&request);
    WriteLock lock = WRITE_LOCK_NONE;
    assert_fails(write_lock_take(&request, &lock), ERR_LOCKED, "database is locked");
    Thread killer = {0};
    assert_ok(thread_start(&killer, "killer", 0, kill_it, &pid));
    request.wait_us = INT64_C(60) * 1000000;
    assert_ok(write_lock_take(&request, &lock));
    thread_join(&killer);
    write_lock_done(&lock);
}

/* Adds one to a number in a file `rounds` times, each time under the lock. */
static void add_under_lock(const LockRequest *request, const char *path, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        AUTO_DONE(write_lock) WriteLock lock = WRITE_LOCK_NONE;
        assert_ok(write_lock_take(request, &lock));
        Str text;
        assert_ok(fs_read_file(arena, path, 100, &text));
        assert_ok(
            fs_write_file(path, str_printf(arena, "%lld", strtoll(text.data, NULL, 10) + 1), 0644));
    }
}

static void two_processes_take_turns(void **state)
{
    enum { ROUNDS = 10 };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    LockRequest request = request_in(state);
    request.wait_us = INT64_C(60) * 1000000;
    const char *path = str_to_c(arena, fs_join(arena, request.state_directory, STR("number")));
    assert_ok(fs_write_file(path, STR("0"), 0644));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        add_under_lock(&request, path, ROUNDS);
        _exit(0);
    }
    add_under_lock(&request, path, ROUNDS);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    Str text;
    assert_ok(fs_read_file(arena, path, 100, &text));
    assert_true(str_is(text, "20"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_second_taker_learns_who_holds_it, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(a_wait_ends_at_its_deadline_or_when_cancelled,
                                        make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(a_killed_holder_leaves_no_stale_lock, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(two_processes_take_turns, make_directory, remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
