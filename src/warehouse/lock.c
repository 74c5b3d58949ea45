#include "warehouse/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/process.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

enum {
    RETRY_MS = 100,
    HOSTNAME_BYTES = 256,
};

static char *file_in(Arena *arena, Str directory, const char *name)
{
    return str_to_c(arena, fs_join(arena, directory, str_from(name)));
}

static Error *open_lock_file(Arena *arena, Str directory, int *out_fd)
{
    TRY(fs_make_directory(str_to_c(arena, directory)));
    const char *path = file_in(arena, directory, "dbt.lock");
    /* Children must not inherit it: a child that outlives us would go on holding the lock. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        return error_from_errno("open", path, errno);
    }
    *out_fd = fd;
    return NULL;
}

static Error *describe_holder(Arena *arena, const LockRequest *request)
{
    char hostname[HOSTNAME_BYTES] = "";
    if (gethostname(hostname, sizeof(hostname) - 1) != 0) {
        hostname[0] = '\0';
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("pid"), value_int(getpid()));
    value_map_set(&map, STR("source"), value_string(request->source));
    value_map_set(&map, STR("operation"), value_string(request->operation));
    value_map_set(&map, STR("started_at"), value_string(clock_iso_utc(arena, clock_now_us())));
    value_map_set(&map, STR("hostname"), value_string(str_from(hostname)));
    Value value = value_map_end(&map);
    return fs_write_file(file_in(arena, request->state_directory, "dbt.lock.json"),
                         json_text(arena, &value, &json_style_pretty), 0644);
}

Error *write_lock_holder(Arena *arena, Str state_directory, LockHolder *out_holder)
{
    *out_holder = (LockHolder){0};
    const char *path = file_in(arena, state_directory, "dbt.lock.json");
    if (!fs_is_file(path)) {
        return NULL;
    }
    Str text;
    const Value *root = NULL;
    TRY(fs_read_file(arena, path, LIMIT_CONFIG_BYTES, &text));
    TRY(json_read(arena, text, &(ReadOptions){.path = str_from(path)}, &root));
    const Value *pid = value_find(root, STR("pid"));
    if (!value_is(pid, VALUE_INT) || !process_exists((pid_t)pid->as.integer)) {
        return NULL; /* left behind by a process that died; the lock itself is free */
    }
    *out_holder = (LockHolder){
        .pid = pid->as.integer,
        .source = value_text_or(value_find(root, STR("source")), STR("")),
        .operation = value_text_or(value_find(root, STR("operation")), STR("")),
        .started_at = value_text_or(value_find(root, STR("started_at")), STR("")),
        .hostname = value_text_or(value_find(root, STR("hostname")), STR("")),
    };
    return NULL;
}

static Error *locked_error(const LockHolder *holder)
{
    if (holder->pid == 0) {
        return error_hint(error_new(ERR_LOCKED, "database is locked by another process"),
                          "wait until it is done and try again, or use --wait");
    }
    bool has_source = holder->source.len > 0;
    return error_hint(error_new(ERR_LOCKED,
                                "database is locked: '" STR_FMT "'%s" STR_FMT
                                " of process %lld on " STR_FMT " holds it since " STR_FMT,
                                STR_ARG(holder->operation), has_source ? " of " : "",
                                STR_ARG(holder->source), (long long)holder->pid,
                                STR_ARG(holder->hostname), STR_ARG(holder->started_at)),
                      "wait until it is done and try again, or use --wait");
}

/* The lock file has no event to wait for; a signal ends the pause at once. */
static void pause_before_retry(void)
{
    (void)poll(NULL, 0, RETRY_MS);
}

static Error *wait_for_lock(Arena *arena, const LockRequest *request, int fd)
{
    int64_t deadline_us = clock_monotonic_us() + request->wait_us;
    bool told = false;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return error_from_errno("lock", file_in(arena, request->state_directory, "dbt.lock"),
                                    errno);
        }
        TRY(cancel_check(request->cancel));
        LockHolder holder = {0};
        error_discard(write_lock_holder(arena, request->state_directory, &holder),
                      "it only makes the message richer");
        if (clock_monotonic_us() >= deadline_us) {
            return locked_error(&holder);
        }
        if (!told && request->on_wait != NULL) {
            request->on_wait(request->context, &holder);
        }
        told = true;
        pause_before_retry();
    }
    return NULL;
}

Error *write_lock_take(const LockRequest *request, WriteLock *out_lock)
{
    AUTO_FREE(arena) Arena *arena = arena_new("write lock");
    WriteLock lock = {.fd = -1, .state_directory = request->state_directory};
    TRY(open_lock_file(arena, request->state_directory, &lock.fd));
    Error *err = wait_for_lock(arena, request, lock.fd);
    if (err == NULL) {
        err = describe_holder(arena, request);
    }
    if (err != NULL) {
        (void)close(lock.fd);
        return err;
    }
    *out_lock = lock;
    return NULL;
}

void write_lock_done(WriteLock *lock)
{
    if (lock->fd < 0) {
        return;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("write lock");
    error_discard(fs_remove_file(file_in(arena, lock->state_directory, "dbt.lock.json")),
                  "it is for messages only, and says nothing once its process is gone");
    (void)close(lock->fd);
    lock->fd = -1;
}
