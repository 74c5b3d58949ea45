#include "sync/sync.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/process.h"
#include "sync/activity.h"
#include "sync/history.h"
#include "sync/worker_log.h"

enum {
    POLL_MS = 200, /* how soon a request to stop is passed on */
    PIECE_BYTES = 65536,
};

/* The process that syncs, seen from the one that started it. */
typedef struct Run {
    Arena *arena;
    const Project *project;
    const SyncReporter *reporter;
    const Cancel *cancel;
    Process process;
    bool asked_to_stop;
    StrBuf pending; /* of its output: a line that is not complete yet */
    WorkerLog log;
    Str source; /* the one it works on; empty before the first */
    SyncOutcome outcome;
    bool reported_failure; /* of the sync as a whole */
} Run;

static Str new_id(Arena *arena)
{
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits)) {
        bits = (uint64_t)clock_now_us();
    }
    return str_printf(arena, "%012llx", (unsigned long long)(bits & UINT64_C(0xFFFFFFFFFFFF)));
}

/* ---- What it tells ---- */

static void note_end(Run *run, const SyncEvent *event)
{
    run->outcome.is_complete = true;
    run->outcome.rows = event->rows;
    run->outcome.seconds = event->seconds;
    run->outcome.sources = (size_t)event->count;
    run->outcome.failed = (size_t)event->index;
    run->outcome.interrupted = event->flag;
}

static void note_event(Run *run, const SyncEvent *event)
{
    switch ((int)event->kind) {
    case SYNC_SOURCE_STARTED:
        run->source = str_dup(run->arena, event->source);
        break;
    case SYNC_SOURCE_DONE:
    case SYNC_SOURCE_FAILED:
        run->source = STR("");
        break;
    case SYNC_HOOK_FAILED:
        run->outcome.failed++;
        run->outcome.interrupted = run->outcome.interrupted || event->flag;
        break;
    case SYNC_LOCKED:
    case SYNC_FAILED:
        run->reported_failure = true;
        break;
    case SYNC_FINISHED:
    case SYNC_FORECAST_FINISHED:
        note_end(run, event);
        break;
    default:
        break;
    }
}

static Error *handle_line(Run *run, Str line)
{
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    SyncEvent event;
    TRY_WRAP(sync_event_parse(arena, line, &event), "the output of the sync's process");
    note_event(run, &event);
    if (event.kind != SYNC_PROGRESS) {
        worker_log_add_event(&run->log, arena, &event);
    }
    run->reporter->report(run->reporter->context, &event);
    return NULL;
}

static Error *handle_output(Run *run, Str bytes)
{
    strbuf_add(&run->pending, bytes);
    if (run->pending.overflowed) {
        return error_new(ERR_LIMIT, "the sync's process wrote a line of more than %zu MiB",
                         LIMIT_CHILD_LINE_BYTES / MIB);
    }
    Str rest = strbuf_str(&run->pending);
    for (Str line; str_cut(rest, '\n', &line, &rest);) {
        TRY(handle_line(run, line));
    }
    if (rest.len > 0) {
        memmove(run->pending.data, rest.data, rest.len);
    }
    run->pending.len = rest.len;
    return NULL;
}

/* ---- Waiting for it ---- */

static void pass_on_stop(Run *run)
{
    if (!run->asked_to_stop && run->cancel != NULL && cancel_requested(run->cancel)) {
        run->asked_to_stop = true;
        process_signal(&run->process, SIGTERM);
    }
}

/* Reads what is there; *fd becomes -1 at the end. */
static Error *read_some(Arena *arena, struct pollfd *from, Str *out_bytes)
{
    *out_bytes = STR("");
    if (from->fd < 0 || (from->revents & (POLLIN | POLLHUP | POLLERR)) == 0) {
        return NULL;
    }
    char *buffer = arena_alloc_raw(arena, PIECE_BYTES);
    ssize_t len = read(from->fd, buffer, PIECE_BYTES);
    if (len < 0 && errno != EINTR) {
        return error_from_errno("read", "the output of the sync's process", errno);
    }
    if (len == 0) {
        from->fd = -1;
    }
    *out_bytes = (Str){buffer, len > 0 ? (size_t)len : 0};
    return NULL;
}

static Error *follow(Run *run)
{
    struct pollfd from[] = {{.fd = run->process.out_fd, .events = POLLIN},
                            {.fd = run->process.err_fd, .events = POLLIN}};
    AUTO_FREE(arena) Arena *arena = arena_new("output");
    while (from[0].fd >= 0 || from[1].fd >= 0) {
        pass_on_stop(run);
        if (poll(from, ARRAY_LEN(from), POLL_MS) < 0) {
            if (errno != EINTR) {
                return error_from_errno("wait for", "the sync's process", errno);
            }
            continue;
        }
        ArenaMark mark = arena_mark(arena);
        Str output, errors;
        TRY(read_some(arena, &from[0], &output));
        TRY(read_some(arena, &from[1], &errors));
        TRY(handle_output(run, output));
        worker_log_add(&run->log, errors);
        arena_rewind(arena, mark);
    }
    return NULL;
}

static Error *start(Run *run, const SyncRequest *request)
{
    Str own;
    TRY(fs_own_path(run->arena, &own));
    const char *const argv[] = {str_to_c(run->arena, own), "sync-worker", "--project-dir",
                                str_to_c(run->arena, run->project->root), NULL};
    TRY(process_start(&run->process, argv, NULL,
                      PROCESS_PIPE_IN | PROCESS_PIPE_OUT | PROCESS_PIPE_ERR));
    Str text = sync_request_json(run->arena, request);
    for (size_t done = 0; done < text.len;) {
        ssize_t len = write(run->process.in_fd, text.data + done, text.len - done);
        if (len < 0 && errno != EINTR) {
            return error_from_errno("write to", "the sync's process", errno);
        }
        done += len > 0 ? (size_t)len : 0;
    }
    (void)close(run->process.in_fd);
    run->process.in_fd = -1;
    return NULL;
}

/* ---- When it crashed ---- */

/* Tells of a process that ended without a word, in its place: event, history, activity. */
static Error *report_crash(Run *run, const ProcessResult *result)
{
    const char *when = run->outcome.is_complete ? " after the load" : "";
    Str message =
        result->signal != 0
            ? str_printf(run->arena, "Crashed%s: signal %d", when, result->signal)
            : str_printf(run->arena, "Crashed%s: exit status %d", when, result->exit_code);
    Str tail = worker_log_tail(&run->log, run->arena);
    SyncEvent event = {
        .kind = run->source.len > 0        ? SYNC_SOURCE_FAILED
                : run->outcome.is_complete ? SYNC_HOOK_FAILED
                                           : SYNC_FAILED,
        .time_us = clock_now_us(),
        .source = run->source,
        .text = message,
        .hint = str_printf(run->arena, "the log is in %s", run->log.path),
    };
    run->reporter->report(run->reporter->context, &event);
    run->outcome.failed += run->outcome.is_complete;
    run->reported_failure = !run->outcome.is_complete;
    if (run->source.len == 0) {
        return activity_add(run->project, "error", STR(""), message);
    }
    HistoryEntry entry = {
        .timestamp = clock_iso_utc(run->arena, clock_now_us()),
        .status = STR("failed"),
        .total_row_count = -1,
        .error_message =
            str_printf(run->arena, STR_FMT "\n" STR_FMT, STR_ARG(message), STR_ARG(tail)),
    };
    TRY(history_add(run->project, run->source, &entry));
    return activity_add(run->project, "error", run->source, entry.error_message);
}

/* ---- The run as a whole ---- */

static Error *finish(Run *run)
{
    ProcessResult result = {0};
    TRY(process_wait(&run->process, &result));
    bool spoke = run->outcome.is_complete || run->reported_failure;
    bool stopped = run->asked_to_stop && !run->outcome.is_complete;
    if (stopped) {
        run->outcome.interrupted = true;
        return NULL;
    }
    if (result.signal != 0 || (!spoke && result.exit_code != 0)) {
        TRY(report_crash(run, &result));
    }
    return run->reported_failure ? error_new(ERR_FAILED, "nothing was synced") : NULL;
}

static Str label_of(Arena *arena, const SyncSourceVec *sources)
{
    return sources->len == 1 ? sources->data[0]->name
                             : str_printf(arena, "%zu_sources", sources->len);
}

static Error *run_request(Run *run, const SyncRequest *request)
{
    SyncSourceVec sources = {0};
    TRY(sync_request_sources(run->project, run->arena, request, &sources));
    SyncRequest sent = *request;
    sent.id = new_id(run->arena);
    TRY(worker_log_open(run->arena, run->project, label_of(run->arena, &sources),
                        request->mode == SYNC_LOAD, &run->log));
    TRY(start(run, &sent));
    TRY(follow(run));
    return finish(run);
}

Error *sync_run(const Project *project, const SyncRequest *request, const SyncReporter *reporter,
                const Cancel *cancel, SyncOutcome *out_outcome)
{
    AUTO_FREE(arena) Arena *arena = arena_new("sync");
    AUTO_DONE(process) Process process = {.in_fd = -1, .out_fd = -1, .err_fd = -1};
    Run run = {
        .arena = arena,
        .project = project,
        .reporter = reporter,
        .cancel = cancel,
        .process = process,
        .pending = strbuf_init(arena, LIMIT_CHILD_LINE_BYTES),
    };
    Error *err = run_request(&run, request);
    process = run.process; /* what still runs is ended with this scope */
    bool good = err == NULL && run.outcome.failed == 0 && !run.outcome.interrupted;
    worker_log_close(&run.log, good);
    *out_outcome = run.outcome;
    return err;
}

/* ---- Counting ---- */

typedef struct Counting {
    Arena *arena;
    SyncCountVec counts;
    Str problem;
} Counting;

static void on_counted(void *context, const SyncEvent *event)
{
    Counting *counting = context;
    if (event->kind == SYNC_COUNTED) {
        VEC_PUSH(counting->arena, &counting->counts,
                 (SyncCount){str_dup(counting->arena, event->source), event->rows});
    } else if (event->kind == SYNC_FAILED || event->kind == SYNC_LOCKED) {
        counting->problem = str_dup(counting->arena, event->text);
    }
}

Error *sync_count(const Project *project, Arena *arena, const SyncRequest *request,
                  const Cancel *cancel, SyncCountVec *out)
{
    Counting counting = {.arena = arena};
    SyncReporter reporter = {on_counted, &counting};
    SyncRequest counted = *request;
    counted.mode = SYNC_COUNT;
    SyncOutcome outcome;
    Error *err = sync_run(project, &counted, &reporter, cancel, &outcome);
    if (err != NULL && counting.problem.len > 0) {
        error_discard(err, "its process said why");
        return error_new(ERR_STORE, STR_FMT, STR_ARG(counting.problem));
    }
    *out = counting.counts;
    return err;
}
