#include "sync/status_file.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/process.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

static const char *const phase_names[] = {
#define X(name, text) [PHASE_##name] = text,
    SYNC_PHASES(X)
#undef X
};

static Str state_directory(Arena *arena, const Project *project)
{
    return fs_join(arena, project->root, STR(".dango/state"));
}

Error *status_file_start(Arena *arena, const Project *project, Str id, const StrVec *sources,
                         Str label, StatusFile *out)
{
    Str directory = state_directory(arena, project);
    TRY(fs_make_directory(str_to_c(arena, directory)));
    Str path =
        str_printf(arena, STR_FMT "/sync_status_" STR_FMT ".json", STR_ARG(directory), STR_ARG(id));
    *out = (StatusFile){
        .arena = arena,
        .path = str_to_c(arena, path),
        .started_us = clock_now_us(),
        .sources = *sources,
        .label = label,
        .message = STR("starting"),
        .rows_loaded = -1,
    };
    return status_file_set(out, PHASE_STARTING);
}

Error *status_file_set(const StatusFile *status, SyncPhase phase)
{
    AUTO_FREE(arena) Arena *arena = arena_new("status file");
    int64_t now_us = clock_now_us();
    ValueVec sources = {0};
    for (VEC_EACH(const Str, source, &status->sources)) {
        VEC_PUSH(arena, &sources, value_string(*source));
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("pid"), value_int(getpid()));
    value_map_set(&map, STR("phase"), value_string(str_from(phase_names[phase])));
    value_map_set(&map, STR("message"), value_string(status->message));
    value_map_set(&map, STR("updated_at"), value_string(clock_iso_utc(arena, now_us)));
    value_map_set(&map, STR("started_at"), value_string(clock_iso_utc(arena, status->started_us)));
    value_map_set(&map, STR("elapsed_seconds"),
                  value_float((double)(now_us - status->started_us) / 1e6));
    value_map_set(&map, STR("sources"), value_list_of(&sources));
    value_map_set(&map, STR("source_label"), value_string(status->label));
    if (status->rows_loaded >= 0) {
        value_map_set(&map, STR("rows_loaded"), value_int(status->rows_loaded));
    }
    if (status->error.len > 0) {
        value_map_set(&map, STR("error"), value_string(status->error));
    }
    if (status->dbt_error.len > 0) {
        value_map_set(&map, STR("dbt_error"), value_string(status->dbt_error));
    }
    Value value = value_map_end(&map);
    return fs_write_file(status->path, json_text(arena, &value, &json_style_pretty), 0644);
}

void status_file_note(StatusFile *status, SyncPhase phase, Str message)
{
    if (status->path == NULL) {
        return;
    }
    status->message = str_dup(status->arena, message);
    Error *err = status_file_set(status, phase);
    if (err != NULL) {
        Str why = error_full_message(err, status->arena);
        log_warning("the status file cannot be written: " STR_FMT, STR_ARG(why));
        error_discard(err, "the sync goes on unwatched");
    }
}

void status_file_add_dbt_error(StatusFile *status, Str message)
{
    Str both[] = {status->dbt_error, message};
    size_t skip = status->dbt_error.len == 0;
    status->dbt_error = str_join(status->arena, both + skip, 2 - skip, STR("\n"));
}

/* A file that cannot be read is as good as over. */
static bool is_over(Arena *arena, const char *path)
{
    Str text;
    const Value *root = NULL;
    Error *err = fs_read_file(arena, path, LIMIT_CONFIG_BYTES, &text);
    err = err != NULL ? err : json_read(arena, text, &(ReadOptions){0}, &root);
    if (err != NULL) {
        error_discard(err, "nobody can follow such a file");
        return true;
    }
    Str phase = value_text_or(value_find(root, STR("phase")), STR(""));
    const Value *pid = value_find(root, STR("pid"));
    return str_is(phase, "completed") || str_is(phase, "failed") || !value_is(pid, VALUE_INT) ||
           !process_exists((pid_t)pid->as.integer);
}

Error *status_file_clean(const Project *project)
{
    AUTO_FREE(arena) Arena *arena = arena_new("status files");
    const char *directory = str_to_c(arena, state_directory(arena, project));
    if (!fs_is_directory(directory)) {
        return NULL;
    }
    FsEntryVec entries = {0};
    TRY(fs_walk(arena, directory, 0, &entries));
    for (VEC_EACH(const FsEntry, entry, &entries)) {
        const char *path = str_to_c(arena, entry->path);
        if (fs_pattern_matches(STR("sync_status_*.json"), entry->relative) &&
            is_over(arena, path)) {
            TRY(fs_remove_file(path));
        }
    }
    return NULL;
}
