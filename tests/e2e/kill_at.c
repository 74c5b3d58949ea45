/* tests/e2e/kill_at.c - preloaded into the program by test_sync_kills.py: ends it by SIGKILL just
 * before the KILL_AT-th call that changes a file, of all processes that share the counter in
 * KILL_AT_FILE (8 bytes). 0: they are only counted. */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic uint64_t *counter;
static uint64_t last;

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("KILL_AT");
    const char *path = getenv("KILL_AT_FILE");
    if (number == NULL || path == NULL) {
        return;
    }
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *shared = mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (shared != MAP_FAILED) {
        counter = shared;
        last = strtoull(number, NULL, 10);
    }
}

static void count(void)
{
    if (counter != NULL && atomic_fetch_add(counter, 1) + 1 == last) {
        (void)raise(SIGKILL);
    }
}

static void count_file(int fd)
{
    struct stat info;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        count();
    }
}

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's are reserved
ssize_t write(int fd, const void *bytes, size_t size)
{
    count_file(fd);
    return syscall(SYS_write, fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    count_file(fd);
    return syscall(SYS_pwrite64, fd, bytes, size, at);
}

int fsync(int fd)
{
    count_file(fd);
    return (int)syscall(SYS_fsync, fd);
}

int ftruncate(int fd, off_t size)
{
    count_file(fd);
    return (int)syscall(SYS_ftruncate, fd, size);
}

int rename(const char *from, const char *to)
{
    count();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    count();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
