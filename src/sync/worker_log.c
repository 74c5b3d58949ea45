#include "sync/worker_log.h"

#include <errno.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"

enum { TAIL_LINES = 50 };

static const int64_t kept_us = INT64_C(7) * 24 * 3600 * 1000000;

static Error *remove_old(Arena *arena, const char *directory)
{
    FsEntryVec entries = {0};
    TRY(fs_walk(arena, directory, 0, &entries));
    for (VEC_EACH(const FsEntry, entry, &entries)) {
        if (fs_pattern_matches(STR("sync_*.log"), entry->relative) &&
            entry->info.modified_us < clock_now_us() - kept_us) {
            TRY(fs_remove_file(str_to_c(arena, entry->path)));
        }
    }
    return NULL;
}

Error *worker_log_open(Arena *arena, const Project *project, Str label, bool keep, WorkerLog *out)
{
    *out = (WorkerLog){0};
    if (!keep) {
        return NULL;
    }
    const char *directory = str_to_c(arena, fs_join(arena, project->root, STR(".dango/logs")));
    TRY(fs_make_directory(directory));
    TRY(remove_old(arena, directory));
    ClockParts now = clock_parts_local(clock_now_us());
    Str path =
        str_printf(arena, "%s/sync_" STR_FMT "_%04d%02d%02d_%02d%02d%02d.log", directory,
                   STR_ARG(label), now.year, now.month, now.day, now.hour, now.minute, now.second);
    out->path = str_to_c(arena, path);
    out->out = fopen(out->path, "w+e");
    return out->out != NULL ? NULL : error_from_errno("write", out->path, errno);
}

void worker_log_add(WorkerLog *log, Str bytes)
{
    if (log->out != NULL && bytes.len > 0) {
        (void)fwrite(bytes.data, 1, bytes.len, log->out);
    }
}

void worker_log_add_event(WorkerLog *log, Arena *arena, const SyncEvent *event)
{
    worker_log_add(log, sync_event_json(arena, event));
    worker_log_add(log, STR("\n"));
}

Str worker_log_tail(WorkerLog *log, Arena *arena)
{
    if (log->out == NULL || fflush(log->out) != 0) {
        return STR("");
    }
    Str text = {0};
    Error *err = fs_read_file(arena, log->path, LIMIT_CONFIG_BYTES, &text);
    if (err != NULL) {
        error_discard(err, "the log is no more than a help");
        return STR("");
    }
    text = str_trim_end(text);
    size_t start = text.len;
    for (size_t lines = 0; start > 0; start--) {
        if (text.data[start - 1] == '\n' && ++lines == TAIL_LINES) {
            break;
        }
    }
    return str_from_offset(text, start);
}

void worker_log_close(WorkerLog *log, bool succeeded)
{
    if (log->out == NULL) {
        return;
    }
    (void)fclose(log->out);
    log->out = NULL;
    if (succeeded) {
        error_discard(fs_remove_file(log->path), "it is removed with the old ones later");
    }
}
