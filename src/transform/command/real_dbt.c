#include "transform/command/real_dbt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/process.h"
#include "transform/parse/project_file.h"
#include "transform/run/profile.h"
#include "value/json_reader.h"
#include "value/yaml_writer.h"

enum {
    POLL_MS = 200, /* how soon a request to stop is passed on */
    PIECE_BYTES = 65536,
};

/* A dbt at work. */
typedef struct Work {
    Arena *arena;
    const RealDbtRun *run;
    RealDbtOutcome *out;
    Process *process;
    StrBuf pending; /* of its output: a line that is not complete yet */
    bool asked_to_stop;
} Work;

/* ---- Where its profile is ---- */

/* As profile.c makes one up where there is none. */
static Error *write_profile(Arena *arena, const Project *project, Str directory)
{
    Str name = {0};
    TRY(project_file_peek(arena, project->dbt_directory, &name));
    Value target = profile_made_up(arena, project->warehouse_path);
    ValueMapBuilder outputs = value_map_begin(arena);
    value_map_set(&outputs, STR("dev"), target);
    ValueMapBuilder profile = value_map_begin(arena);
    value_map_set(&profile, STR("target"), value_string(STR("dev")));
    value_map_set(&profile, STR("outputs"), value_map_end(&outputs));
    ValueMapBuilder file = value_map_begin(arena);
    value_map_set(&file, name, value_map_end(&profile));
    Value whole = value_map_end(&file);
    Str path = fs_join(arena, directory, STR("profiles.yml"));
    return fs_put_file_deep(path.data, yaml_text(arena, &whole, &yaml_style_config), 0600);
}

static Error *profiles_directory(Arena *arena, const RealDbtRun *run, Str *out)
{
    const Project *project = run->project;
    ProfileSearch search = {
        .directory = str_from(run->profiles_dir),
        .project_directory = project->dbt_directory,
        .fallback_directory = fs_join(arena, project->root, STR(".dango")),
    };
    Str file = {0};
    Error *err = profile_find_file(arena, &search, &file);
    if (err == NULL) {
        Str directory = fs_directory_name(file);
        return fs_resolve(arena, str_to_c(arena, directory), out);
    }
    if (run->profiles_dir != NULL) {
        return err;
    }
    error_discard(err, "one is made up");
    *out = fs_join(arena, project->root, STR(".dango/state/profiles"));
    return write_profile(arena, project, *out);
}

/* ---- What it tells ---- */

static size_t number_of(const Value *map, const char *key)
{
    const Value *value = value_find(map, str_from(key));
    return value_is(value, VALUE_INT) && value->as.integer > 0 ? (size_t)value->as.integer : 0;
}

static void note_counts(Work *work, const Value *data)
{
    const Value *stats = value_find(data, STR("stats"));
    work->out->counts = (TransformCounts){
        .pass = number_of(stats, "pass"),
        .warn = number_of(stats, "warn"),
        .error = number_of(stats, "error"),
        .skip = number_of(stats, "skip"),
        .no_op = number_of(stats, "noop"),
        .total = number_of(stats, "total"),
    };
}

static LogLevel level_of(Str name)
{
    return str_is(name, "error")  ? LOG_ERROR
           : str_is(name, "warn") ? LOG_WARNING
           : str_is(name, "info") ? LOG_INFO
                                  : LOG_DEBUG;
}

/* One of its events; what is none (a traceback, a library's chatter) is told as it is. */
static void handle_line(Work *work, Str line)
{
    AUTO_FREE(arena) Arena *arena = arena_new("event");
    const Value *event = NULL;
    const ReadOptions options = {.path = STR("the output of dbt")};
    Error *err = json_read(arena, line, &options, &event);
    error_discard(err, "the line is no event");
    const Value *info = value_find(event, STR("info"));
    const Value *data = value_find(event, STR("data"));
    Str name = value_text_or(value_find(info, STR("name")), STR(""));
    Str text = value_text_or(value_find(info, STR("msg")), line);
    if (str_is(name, "StatsLine")) {
        note_counts(work, data);
    } else if (str_is(name, "MainEncounteredError")) {
        work->out->failure = str_dup(work->arena, text);
    }
    size_t total = number_of(data, "total");
    ReportEvent told = {
        .name = str_to_c(arena, name),
        .level = level_of(value_text_or(value_find(info, STR("level")), STR(""))),
        .text = text,
        .node = value_text_or(value_find_path(data, STR("node_info.unique_id")), STR("")),
        .index = number_of(data, "index"),
        .total = total > 0 ? total : number_of(data, "num_models"), /* of tests */
    };
    work->run->reporter->event(work->run->reporter->context, &told, STR(""));
}

static Error *handle_output(Work *work, Str bytes)
{
    strbuf_add(&work->pending, bytes);
    if (work->pending.overflowed) {
        return error_new(ERR_LIMIT, "dbt wrote a line of more than %zu MiB",
                         LIMIT_CHILD_LINE_BYTES / MIB);
    }
    Str rest = strbuf_str(&work->pending);
    for (Str line; str_cut(rest, '\n', &line, &rest);) {
        if (str_trim(line).len > 0) {
            handle_line(work, line);
        }
    }
    if (rest.len > 0) {
        memmove(work->pending.data, rest.data, rest.len);
    }
    work->pending.len = rest.len;
    return NULL;
}

/* ---- While it works ---- */

static void pass_on_stop(Work *work)
{
    const Cancel *cancel = work->run->cancel;
    if (!work->asked_to_stop && cancel != NULL && cancel_requested(cancel)) {
        work->asked_to_stop = true;
        process_signal(work->process, SIGINT);
    }
}

/* Reads what is there; *is_open becomes false at the end. */
static Error *read_some(Work *work, char *piece, bool *is_open)
{
    ssize_t len = read(work->process->out_fd, piece, PIECE_BYTES);
    if (len < 0 && errno != EINTR) {
        return error_from_errno("read", "the output of dbt", errno);
    }
    *is_open = len != 0;
    return len > 0 ? handle_output(work, (Str){piece, (size_t)len}) : NULL;
}

static Error *follow_output(Work *work)
{
    char *piece = arena_alloc_raw(work->arena, PIECE_BYTES);
    for (bool is_open = true; is_open;) {
        pass_on_stop(work);
        struct pollfd from = {.fd = work->process->out_fd, .events = POLLIN};
        int ready = poll(&from, 1, POLL_MS);
        if (ready < 0 && errno != EINTR) {
            return error_from_errno("wait for", "dbt", errno);
        }
        if (ready > 0) {
            TRY(read_some(work, piece, &is_open));
        }
    }
    return NULL;
}

static Error *wait_until_done(Work *work, ProcessResult *out)
{
    if (work->run->reporter != NULL) {
        TRY(follow_output(work));
    }
    for (bool ended = false;;) {
        pass_on_stop(work);
        TRY(process_poll(work->process, &ended, out));
        if (ended) {
            return NULL;
        }
        (void)poll(NULL, 0, POLL_MS / 4); /* a signal ends the wait, too */
    }
}

/* The words as execvp() wants them. */
static const char *const *command_of(const Work *work, Str program, Str profiles)
{
    Arena *arena = work->arena;
    VEC(const char *) argv = {0};
    VEC_PUSH(arena, &argv, str_to_c(arena, program));
    for (VEC_EACH(const Str, word, work->run->words)) {
        VEC_PUSH(arena, &argv, str_to_c(arena, *word));
    }
    static const char *const as_events[] = {"--log-format", "json", "--no-use-colors"};
    for (size_t i = 0; work->run->reporter != NULL && i < ARRAY_LEN(as_events); i++) {
        VEC_PUSH(arena, &argv, as_events[i]);
    }
    VEC_PUSH(arena, &argv, "--profiles-dir");
    VEC_PUSH(arena, &argv, str_to_c(arena, profiles));
    VEC_PUSH(arena, &argv, NULL);
    return argv.data;
}

static Error *find_dbt(Arena *arena, Str *out)
{
    TRY(process_find(arena, "dbt", out));
    return out->len > 0
               ? NULL
               : error_hint(error_new(ERR_NOT_FOUND, "there is no dbt on PATH, which "
                                                     "'transform.engine: dbt' asks for"),
                            "install dbt-core and dbt-duckdb and activate their environment, or "
                            "take the line out of .dango/project.yml");
}

Error *real_dbt_run(Arena *arena, const RealDbtRun *run, RealDbtOutcome *out)
{
    *out = (RealDbtOutcome){0};
    Str program, profiles;
    TRY(find_dbt(arena, &program));
    TRY(profiles_directory(arena, run, &profiles));
    AUTO_DONE(process) Process process = {0};
    Work work = {.arena = arena,
                 .run = run,
                 .out = out,
                 .process = &process,
                 .pending = strbuf_init(arena, LIMIT_CHILD_LINE_BYTES)};
    TRY(process_start(&process, command_of(&work, program, profiles),
                      str_to_c(arena, run->project->dbt_directory),
                      run->reporter != NULL ? PROCESS_PIPE_OUT | PROCESS_NULL_IN : 0));
    ProcessResult result = {0};
    TRY(wait_until_done(&work, &result));
    out->exit_code = result.exit_code;
    if (work.asked_to_stop) {
        return error_new(ERR_CANCELLED, "interrupted");
    }
    return result.signal == 0 ? NULL
                              : error_new(ERR_FAILED, "dbt was killed by signal %d", result.signal);
}
