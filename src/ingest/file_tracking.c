#include "ingest/file_tracking.h"

#include "base/map.h"

static const Str select_files =
    STR_INIT("select file_path, file_size, file_mtime, status from main._dango_file_metadata "
             "where source_name = ? order by file_path");

typedef struct RecordedFile {
    int64_t size_bytes; /* -1: loaded in part */
    int64_t modified_us;
    bool is_deleted;
    bool is_on_disk; /* met while comparing */
} RecordedFile;

static Error *read_recorded(Connection *connection, Arena *arena, Str source, StrMap *out)
{
    bool found = false;
    TRY(connection_has_relation(connection, STR("main"), STR("_dango_file_metadata"), &found));
    if (!found) {
        return NULL;
    }
    AUTO_FREE(result) Result *result = NULL;
    TRY(connection_query(connection, select_files, &PARAM_OF_TEXT(source), 1, &result));
    for (const Chunk *chunk;;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL) {
            return NULL;
        }
        for (size_t row = 0; row < chunk->row_count; row++) {
            RecordedFile *file = ARENA_NEW(arena, RecordedFile);
            file->size_bytes = column_int(&chunk->columns[1], row);
            file->modified_us = column_int(&chunk->columns[2], row);
            file->is_deleted = str_is(column_str(&chunk->columns[3], row), "deleted");
            strmap_set_copy(out, column_str(&chunk->columns[0], row), file);
        }
    }
}

static FileChange change_of(const SourceFile *file, RecordedFile *recorded, bool all)
{
    if (recorded == NULL) {
        return FILE_NEW;
    }
    recorded->is_on_disk = true;
    bool same = recorded->size_bytes == (int64_t)file->size_bytes &&
                recorded->modified_us == file->modified_us && !recorded->is_deleted;
    return same && !all ? FILE_UNCHANGED : FILE_UPDATED;
}

Error *file_plan_make(Connection *connection, Arena *arena, Str source, const SourceFileVec *files,
                      bool all, FilePlan *out)
{
    StrMap recorded = strmap_init(arena);
    TRY(read_recorded(connection, arena, source, &recorded));
    FilePlan plan = {0};
    for (VEC_EACH(SourceFile, file, files)) {
        RecordedFile *known = strmap_find(&recorded, file->shown);
        FileTask task = {
            .file = file, .change = change_of(file, known, all), .is_recorded = known != NULL};
        plan.to_load += task.change != FILE_UNCHANGED;
        VEC_PUSH(arena, &plan.tasks, task);
    }
    for (STRMAP_EACH(entry, &recorded)) {
        const RecordedFile *file = entry->value;
        if (!file->is_on_disk && !file->is_deleted) {
            VEC_PUSH(arena, &plan.deleted, entry->key);
        }
    }
    *out = plan;
    return NULL;
}

Error *file_tracking_prepare(Connection *connection)
{
    return connection_execute(
        connection,
        STR("create table if not exists main._dango_file_metadata (source_name varchar not null, "
            "file_path varchar not null, file_size bigint, file_mtime timestamp with time zone, "
            "rows_loaded bigint, status varchar, loaded_at timestamp with time zone, "
            "error_message varchar)"),
        NULL, 0, NULL);
}

static Error *replace_record(Connection *connection, const Param *params, size_t count)
{
    TRY(connection_execute(
        connection,
        STR("delete from main._dango_file_metadata where source_name = ? and file_path = ?"),
        params, 2, NULL));
    return connection_execute(
        connection, STR("insert into main._dango_file_metadata values (?, ?, ?, ?, ?, ?, ?, NULL)"),
        params, count, NULL);
}

Error *file_tracking_loaded(Connection *connection, Str source, const FileTask *task, int64_t rows,
                            FileExtent extent, int64_t now_us)
{
    const Param params[] = {
        PARAM_OF_TEXT(source),
        PARAM_OF_TEXT(task->file->shown),
        PARAM_OF_INT(extent == FILE_IN_PART ? -1 : (int64_t)task->file->size_bytes),
        PARAM_OF_TIME(task->file->modified_us),
        PARAM_OF_INT(rows),
        PARAM_OF_TEXT(task->is_recorded ? STR("updated") : STR("loaded")),
        PARAM_OF_TIME(now_us),
    };
    return replace_record(connection, params, ARRAY_LEN(params));
}

Error *file_tracking_deleted(Connection *connection, Str source, Str path, int64_t now_us)
{
    const Param params[] = {PARAM_OF_TIME(now_us), PARAM_OF_TEXT(source), PARAM_OF_TEXT(path)};
    return connection_execute(connection,
                              STR("update main._dango_file_metadata set status = 'deleted', "
                                  "loaded_at = ? where source_name = ? and file_path = ?"),
                              params, ARRAY_LEN(params), NULL);
}

Error *file_tracking_forget(Connection *connection, Str source)
{
    return connection_execute(connection,
                              STR("delete from main._dango_file_metadata where source_name = ?"),
                              &PARAM_OF_TEXT(source), 1, NULL);
}
