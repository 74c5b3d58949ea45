#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"

enum { PIPE_READ, PIPE_WRITE, EXEC_FAILED = 127 };

/* The pipes of one start: in, out, err, and one through which exec reports its failure. */
typedef struct Plumbing {
    int in[2];
    int out[2];
    int err[2];
    int report[2];
} Plumbing;

/* The standard streams are never ours: our pipes are moved behind them. */
static void close_fd(int *fd)
{
    if (*fd > STDERR_FILENO) {
        close(*fd);
        *fd = -1;
    }
}

static void close_pair(int pair[2])
{
    close_fd(&pair[PIPE_READ]);
    close_fd(&pair[PIPE_WRITE]);
}

static void plumbing_done(Plumbing *plumbing)
{
    close_pair(plumbing->in);
    close_pair(plumbing->out);
    close_pair(plumbing->err);
    close_pair(plumbing->report);
}
DEFINE_AUTO_DONE(plumbing, Plumbing)

/* When one of our own standard streams is closed a pipe gets its number. The child's dup2() onto
 * that number would then overwrite the pipe, or find nothing to do and leave it to be closed by
 * exec. */
static bool move_behind_streams(int *fd)
{
    if (*fd > STDERR_FILENO) {
        return true;
    }
    int moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(*fd);
    *fd = moved;
    return moved >= 0;
}

static Error *open_pair(bool wanted, int pair[2])
{
    if (!wanted) {
        return NULL;
    }
    if (pipe2(pair, O_CLOEXEC) != 0) {
        return error_from_errno("open", "a pipe", errno);
    }
    bool read_moved = move_behind_streams(&pair[PIPE_READ]);
    if (!move_behind_streams(&pair[PIPE_WRITE]) || !read_moved) {
        return error_from_errno("open", "a pipe", EMFILE);
    }
    return NULL;
}

static Error *open_plumbing(Plumbing *plumbing, unsigned pipes)
{
    TRY(open_pair((pipes & PROCESS_PIPE_IN) != 0, plumbing->in));
    TRY(open_pair((pipes & PROCESS_PIPE_OUT) != 0, plumbing->out));
    TRY(open_pair((pipes & PROCESS_PIPE_ERR) != 0, plumbing->err));
    return open_pair(true, plumbing->report);
}

static bool connect_stream(int pipe_end, int stream)
{
    return pipe_end < 0 || dup2(pipe_end, stream) >= 0;
}

/* /dev/null as stdin; where stdin was closed, it gets that number at once. */
static bool empty_stdin(void)
{
    int null_fd = open("/dev/null", O_RDONLY);
    bool connected = null_fd >= 0 && dup2(null_fd, STDIN_FILENO) >= 0;
    if (null_fd > STDIN_FILENO) {
        close(null_fd);
    }
    return connected;
}

static bool connect_streams(const Plumbing *plumbing, unsigned pipes)
{
    bool has_in = (pipes & PROCESS_NULL_IN) != 0 && plumbing->in[PIPE_READ] < 0
                      ? empty_stdin()
                      : connect_stream(plumbing->in[PIPE_READ], STDIN_FILENO);
    bool has_out = connect_stream(plumbing->out[PIPE_WRITE], STDOUT_FILENO);
    int err = (pipes & PROCESS_MERGE_ERR) != 0 ? STDOUT_FILENO : plumbing->err[PIPE_WRITE];
    return has_in && has_out && connect_stream(err, STDERR_FILENO);
}

/* Between fork and exec: only calls that are safe there. Never returns. */
NORETURN static void run_child(const Plumbing *plumbing, const char *const argv[],
                               const char *directory, unsigned pipes, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL); /* what we ignore, exec would leave ignored */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(EXEC_FAILED); /* it died before the system was asked to tell */
    }
    if (connect_streams(plumbing, pipes) && (directory == NULL || chdir(directory) == 0)) {
        /* exec takes char *const[] by history and changes nothing */
        union {
            const char *const *borrowed;
            char *const *accepted;
        } arguments = {.borrowed = argv};
        execvp(argv[0], arguments.accepted);
    }
    int reason = errno;
    ssize_t written = write(plumbing->report[PIPE_WRITE], &reason, sizeof(reason));
    _exit(written < 0 ? EXEC_FAILED - 1 : EXEC_FAILED);
}

/* waitpid, whatever interrupts it. */
static pid_t wait_for(pid_t pid, int *out_status, int options)
{
    pid_t got;
    do {
        got = waitpid(pid, out_status, options);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* What exec reported, or 0 when it succeeded: then the pipe was closed without a word. */
static int read_report(int fd)
{
    int reason = 0;
    ssize_t got;
    do {
        got = read(fd, &reason, sizeof(reason));
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(reason) ? reason : 0;
}

Error *process_start(Process *process, const char *const argv[], const char *directory,
                     unsigned pipes)
{
    *process = (Process){.in_fd = -1, .out_fd = -1, .err_fd = -1};
    AUTO_DONE(plumbing) Plumbing plumbing = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    TRY(open_plumbing(&plumbing, pipes));
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        return error_from_errno("start", argv[0], errno);
    }
    if (pid == 0) {
        run_child(&plumbing, argv, directory, pipes, parent);
    }
    close_fd(&plumbing.report[PIPE_WRITE]);
    int reason = read_report(plumbing.report[PIPE_READ]);
    if (reason != 0) {
        (void)wait_for(pid, NULL, 0);
        return error_from_errno("start", argv[0], reason);
    }
    process->pid = pid;
    process->in_fd = plumbing.in[PIPE_WRITE];
    process->out_fd = plumbing.out[PIPE_READ];
    process->err_fd = plumbing.err[PIPE_READ];
    plumbing.in[PIPE_WRITE] = plumbing.out[PIPE_READ] = plumbing.err[PIPE_READ] = -1;
    return NULL;
}

static void close_pipes(Process *process)
{
    close_fd(&process->in_fd);
    close_fd(&process->out_fd);
    close_fd(&process->err_fd);
}

static Error *wait_with(Process *process, int options, bool *out_ended, ProcessResult *out_result)
{
    int status = 0;
    /* 0 would stand for any child */
    pid_t got = process->pid > 0 ? wait_for(process->pid, &status, options) : -1;
    if (got < 0) {
        return error_from_errno("wait for", "a child process", process->pid > 0 ? errno : ECHILD);
    }
    *out_ended = got == process->pid;
    if (*out_ended) {
        process->pid = 0;
        *out_result = (ProcessResult){.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                                      .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0};
        close_pipes(process);
    }
    return NULL;
}

Error *process_wait(Process *process, ProcessResult *out_result)
{
    close_fd(&process->in_fd);
    bool ended = false;
    return wait_with(process, 0, &ended, out_result);
}

Error *process_poll(Process *process, bool *out_ended, ProcessResult *out_result)
{
    return wait_with(process, WNOHANG, out_ended, out_result);
}

void process_signal(const Process *process, int signal_number)
{
    if (process->pid > 0) {
        kill(process->pid, signal_number);
    }
}

void process_done(Process *process)
{
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        ProcessResult ignored;
        Error *err = process_wait(process, &ignored);
        if (err != NULL) {
            error_discard(err, "somebody else has collected the child");
        }
        process->pid = 0;
    }
    close_pipes(process);
}

/* Reads what a child prints until it ends. */
static Error *collect(Process *process, const char *name, Arena *arena, size_t limit, Str *out_text,
                      ProcessResult *out_result)
{
    StrBuf text = strbuf_init(arena, limit);
    char block[4096];
    for (ssize_t got = 1; got != 0 && !text.overflowed;) {
        got = read(process->out_fd, block, sizeof(block));
        if (got > 0) {
            strbuf_add(&text, (Str){block, (size_t)got});
        } else if (got < 0 && errno != EINTR) {
            return error_from_errno("read from", name, errno);
        }
    }
    if (text.overflowed) {
        return error_new(ERR_LIMIT, "'%s' printed more than %zu bytes", name, limit);
    }
    TRY(process_wait(process, out_result));
    *out_text = strbuf_str(&text);
    return NULL;
}

Error *process_capture(Arena *arena, const char *const argv[], const char *directory, size_t limit,
                       Str *out_text, ProcessResult *out_result)
{
    AUTO_DONE(process) Process process;
    TRY(process_start(&process, argv, directory, PROCESS_PIPE_OUT | PROCESS_NULL_IN));
    return collect(&process, argv[0], arena, limit, out_text, out_result);
}

Error *process_capture_both(Arena *arena, const char *const argv[], const char *directory,
                            size_t limit, Str *out_text, ProcessResult *out_result)
{
    AUTO_DONE(process) Process process;
    TRY(process_start(&process, argv, directory,
                      PROCESS_PIPE_OUT | PROCESS_MERGE_ERR | PROCESS_NULL_IN));
    return collect(&process, argv[0], arena, limit, out_text, out_result);
}

/* Whether it can be run and is another file than `own`. */
static bool is_other_program(const char *path, const FsInfo *own)
{
    FsInfo info;
    Error *err = fs_info(path, &info);
    if (err != NULL) {
        error_discard(err, "what cannot be looked at cannot be run");
        return false;
    }
    bool same = info.device == own->device && info.inode == own->inode;
    return info.kind == FS_FILE && !same && access(path, X_OK) == 0;
}

Error *process_find(Arena *arena, const char *name, Str *out_path)
{
    *out_path = STR("");
    Str own_path, directory, rest = str_from(getenv("PATH"));
    FsInfo own;
    TRY(fs_own_path(arena, &own_path));
    TRY(fs_info(own_path.data, &own));
    while (rest.len > 0) {
        if (!str_cut(rest, ':', &directory, &rest)) {
            directory = rest;
            rest = STR("");
        }
        Str path = fs_join(arena, directory.len > 0 ? directory : STR("."), str_from(name));
        if (is_other_program(path.data, &own)) {
            *out_path = path;
            return NULL;
        }
    }
    return NULL;
}

bool process_exists(pid_t pid)
{
    return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}
