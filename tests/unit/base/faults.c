#include "faults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

typedef struct Fault {
    size_t after;
    size_t times;
    size_t delivered;
    int errno_value;
} Fault;

static Fault faults[FAULT_CALLS]; /* set by the test, whose calls are on one thread then */

void fault_set(FaultCall call, size_t after, size_t times, int errno_value)
{
    faults[call] = (Fault){.after = after, .times = times, .errno_value = errno_value};
}

void fault_clear(void)
{
    for (size_t i = 0; i < FAULT_CALLS; i++) {
        faults[i] = (Fault){.times = 0};
    }
}

size_t fault_count(FaultCall call)
{
    return faults[call].delivered;
}

/* True when this call shall fail; errno is set then. */
static bool strikes(FaultCall call)
{
    Fault *fault = &faults[call];
    if (fault->times == 0) {
        return false;
    }
    if (fault->after > 0) {
        fault->after--;
        return false;
    }
    fault->times--;
    fault->delivered++;
    errno = fault->errno_value;
    return true;
}

/* The linker gives a wrapped call these names. */
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,readability-identifier-naming): ld's names
ssize_t __real_read(int fd, void *data, size_t size);
ssize_t __wrap_read(int fd, void *data, size_t size);
ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
int __real_execvp(const char *file, char *const argv[]);
int __wrap_execvp(const char *file, char *const argv[]);
__attribute__((noreturn)) void __real__exit(int status);
__attribute__((noreturn)) void __wrap__exit(int status);
#ifdef DANGO_COVERAGE
void __gcov_dump(void);
void __gcov_reset(void);
#endif
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_fstat(int fd, struct stat *info);
int __wrap_fstat(int fd, struct stat *info);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);
struct dirent *__real_readdir(DIR *stream);
struct dirent *__wrap_readdir(DIR *stream);
ssize_t __real_readlink(const char *path, char *data, size_t size);
ssize_t __wrap_readlink(const char *path, char *data, size_t size);
char *__real_getcwd(char *data, size_t size);
char *__wrap_getcwd(char *data, size_t size);
int __real_pipe2(int fds[2], int flags);
int __wrap_pipe2(int fds[2], int flags);
pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
ssize_t __real_getrandom(void *data, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *data, size_t size, unsigned flags);
int __real_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *arg);

/* An exec that fails goes on counting, from nothing. */
static void forget_after_keeping(void)
{
#ifdef DANGO_COVERAGE
    __gcov_dump();
    __gcov_reset();
#endif
}

ssize_t __wrap_read(int fd, void *data, size_t size)
{
    if (strikes(FAULT_READ)) {
        return errno == 0 ? __real_read(fd, data, size > 0 ? 1 : 0) : -1;
    }
    return __real_read(fd, data, size);
}

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    if (strikes(FAULT_WRITE)) {
        return errno == 0 ? __real_write(fd, data, size > 0 ? 1 : 0) : -1;
    }
    return __real_write(fd, data, size);
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start stands right above
    unsigned mode = (flags & O_CREAT) != 0 ? va_arg(args, unsigned) : 0;
    va_end(args);
    return strikes(FAULT_OPEN) ? -1 : __real_open(path, flags, mode);
}

int __wrap_fstat(int fd, struct stat *info)
{
    return strikes(FAULT_FSTAT) ? -1 : __real_fstat(fd, info);
}

int __wrap_fsync(int fd)
{
    return strikes(FAULT_FSYNC) ? -1 : __real_fsync(fd);
}

DIR *__wrap_opendir(const char *path)
{
    return strikes(FAULT_OPENDIR) ? NULL : __real_opendir(path);
}

struct dirent *__wrap_readdir(DIR *stream)
{
    return strikes(FAULT_READDIR) ? NULL : __real_readdir(stream);
}

ssize_t __wrap_readlink(const char *path, char *data, size_t size)
{
    if (strikes(FAULT_READLINK)) {
        return errno == 0 ? 0 : -1;
    }
    return __real_readlink(path, data, size);
}

char *__wrap_getcwd(char *data, size_t size)
{
    return strikes(FAULT_GETCWD) ? NULL : __real_getcwd(data, size);
}

int __wrap_pipe2(int fds[2], int flags)
{
    return strikes(FAULT_PIPE2) ? -1 : __real_pipe2(fds, flags);
}

pid_t __wrap_fork(void)
{
    return strikes(FAULT_FORK) ? -1 : __real_fork();
}

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
    return strikes(FAULT_WAITPID) ? -1 : __real_waitpid(pid, status, options);
}

ssize_t __wrap_getrandom(void *data, size_t size, unsigned flags)
{
    if (!strikes(FAULT_GETRANDOM)) {
        return __real_getrandom(data, size, flags);
    }
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)data)[i] = (uint8_t)i;
    }
    return errno == 0 ? (ssize_t)size : -1;
}

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    return strikes(FAULT_AFFINITY) && errno != 0 ? -1 : __real_sched_getaffinity(pid, size, set);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *arg)
{
    return strikes(FAULT_PTHREAD_CREATE) ? errno
                                         : __real_pthread_create(thread, attributes, body, arg);
}
// The end of a child that we forked, before which gcc's counters are kept.
int __wrap_execvp(const char *file, char *const argv[])
{
    forget_after_keeping();
    return __real_execvp(file, argv);
}

void __wrap__exit(int status)
{
    forget_after_keeping();
    __real__exit(status);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,readability-identifier-naming)
