/* base/process.h - child programs, started without a shell. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/str.h"

typedef enum ProcessPipes {
    PROCESS_PIPE_OUT = 1 << 0, /* the child's stdout is read through out_fd; else it is inherited */
    PROCESS_PIPE_ERR = 1 << 1, /* the same for stderr and err_fd */
    PROCESS_PIPE_IN = 1 << 2,  /* the child's stdin is written through in_fd */
    PROCESS_NULL_IN = 1 << 3,  /* the child reads an empty stdin */
    PROCESS_MERGE_ERR = 1 << 4 /* stderr goes where stdout goes */
} ProcessPipes;

typedef struct Process {
    pid_t pid; /* 0 when not running */
    int in_fd; /* -1 without a pipe */
    int out_fd;
    int err_fd;
} Process;

typedef struct ProcessResult {
    int exit_code; /* when signal is 0 */
    int signal;    /* what killed it, or 0 */
} ProcessResult;

/* Runs argv[0], looked up in PATH when it has no '/'; argv ends with NULL. `directory` may be NULL
 * for the current one. Signals are not blocked in the child, and SIGPIPE is not ignored. The system
 * kills the child when the thread that started it ends, hence also when this process dies: start on
 * a thread that outlives the child. On failure `process` is as if it had ended. */
MUST_CHECK Error *process_start(Process *process, const char *const argv[], const char *directory,
                                unsigned pipes);
/* Closes the pipe to the child's stdin, waits for the end and closes the other pipes. Read them to
 * their end before: a child whose pipe is full never ends. An error when the child has been waited
 * for. */
MUST_CHECK Error *process_wait(Process *process, ProcessResult *out_result);
/* True with the result when it has ended, which closes the pipes; false while it runs. */
MUST_CHECK Error *process_poll(Process *process, bool *out_ended, ProcessResult *out_result);
void process_signal(const Process *process, int signal_number);
/* Kills what still runs and releases everything; for AUTO_DONE. A zeroed Process is nothing to do.
 */
void process_done(Process *process);
DEFINE_AUTO_DONE(process, Process)

/* Runs to the end and collects stdout, at most `limit` bytes. */
MUST_CHECK Error *process_capture(Arena *arena, const char *const argv[], const char *directory,
                                  size_t limit, Str *out_text, ProcessResult *out_result);
/* The same with what it prints on stderr in between. */
MUST_CHECK Error *process_capture_both(Arena *arena, const char *const argv[],
                                       const char *directory, size_t limit, Str *out_text,
                                       ProcessResult *out_result);

/* The first program of that name on PATH that is not the running one; empty when there is none. */
MUST_CHECK Error *process_find(Arena *arena, const char *name, Str *out_path);

/* True when a process of that id exists. */
bool process_exists(pid_t pid);

#endif
