#include "sync/history.h"

#include "base/fs.h"
#include "base/limits.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

enum { MOST_ENTRIES = 100 };

static Str history_path(Arena *arena, const Project *project, Str source)
{
    return str_printf(arena, STR_FMT "/.dango/history/" STR_FMT ".json", STR_ARG(project->root),
                      STR_ARG(source));
}

static int64_t int_or(const Value *map, Str key, int64_t otherwise)
{
    const Value *value = value_find(map, key);
    return value_is(value, VALUE_INT) ? value->as.integer : otherwise;
}

static double number_or(const Value *map, Str key, double otherwise)
{
    const Value *value = value_find(map, key);
    return value_is(value, VALUE_FLOAT) ? value->as.number
           : value_is(value, VALUE_INT) ? (double)value->as.integer
                                        : otherwise;
}

static HistoryEntry entry_of(Arena *arena, const Value *map)
{
    const Value *full = value_find(map, STR("full_refresh"));
    HistoryEntry entry = {
        .timestamp = value_text_or(value_find(map, STR("timestamp")), STR("")),
        .status = value_text_or(value_find(map, STR("status")), STR("")),
        .duration_seconds = number_or(map, STR("duration_seconds"), 0),
        .rows_processed = int_or(map, STR("rows_processed"), 0),
        .total_row_count = int_or(map, STR("total_row_count"), -1),
        .full_refresh = value_is(full, VALUE_BOOL) && full->as.boolean,
        .error_message = value_text_or(value_find(map, STR("error_message")), STR("")),
        .start_date = value_text_or(value_find(map, STR("start_date")), STR("")),
        .transform_error = value_text_or(value_find(map, STR("transform_error")), STR("")),
    };
    for (VALUE_EACH(table, value_find(map, STR("tables")))) {
        VEC_PUSH(arena, &entry.tables,
                 (HistoryTable){.name = value_text_or(value_find(table, STR("name")), STR("")),
                                .rows = int_or(table, STR("rows"), 0)});
    }
    return entry;
}

Error *history_read(Arena *arena, const Project *project, Str source, HistoryEntryVec *out)
{
    Str path = history_path(arena, project, source);
    FsInfo info;
    TRY(fs_info(path.data, &info));
    if (info.kind == FS_MISSING) {
        return NULL;
    }
    Str text;
    TRY(fs_read_file(arena, path.data, LIMIT_CONFIG_BYTES, &text));
    ReadOptions options = {.path = project_shown_path(project, path)};
    const Value *list = NULL;
    Error *err = json_read(arena, text, &options, &list);
    if (err != NULL) {
        return error_hint(err, "remove the file; the next sync begins a new one");
    }
    for (VALUE_EACH(map, list)) {
        VEC_PUSH(arena, out, entry_of(arena, map));
    }
    return NULL;
}

/* Empty texts are stored as null, as others read them. */
static void set_text(ValueMapBuilder *map, const char *key, Str text)
{
    value_map_set(map, str_from(key), text.len > 0 ? value_string(text) : value_null());
}

Value history_value(Arena *arena, const HistoryEntry *entry)
{
    ValueMapBuilder map = value_map_begin(arena);
    set_text(&map, "timestamp", entry->timestamp);
    set_text(&map, "status", entry->status);
    value_map_set(&map, STR("duration_seconds"), value_float(entry->duration_seconds));
    value_map_set(&map, STR("rows_processed"), value_int(entry->rows_processed));
    bool is_known = entry->total_row_count >= 0;
    value_map_set(&map, STR("total_row_count"),
                  is_known ? value_int(entry->total_row_count) : value_null());
    value_map_set(&map, STR("full_refresh"), value_bool(entry->full_refresh));
    set_text(&map, "error_message", entry->error_message);
    set_text(&map, "start_date", entry->start_date);
    set_text(&map, "transform_error", entry->transform_error);
    ValueVec tables = {0};
    for (VEC_EACH(const HistoryTable, table, &entry->tables)) {
        ValueMapBuilder item = value_map_begin(arena);
        value_map_set(&item, STR("name"), value_string(table->name));
        value_map_set(&item, STR("rows"), value_int(table->rows));
        VEC_PUSH(arena, &tables, value_map_end(&item));
    }
    value_map_set(&map, STR("tables"), value_list_of(&tables));
    return value_map_end(&map);
}

static Error *write_entries(Arena *arena, const Project *project, Str source,
                            const HistoryEntryVec *entries)
{
    ValueVec list = {0};
    for (size_t i = 0; i < entries->len && i < MOST_ENTRIES; i++) {
        VEC_PUSH(arena, &list, history_value(arena, &entries->data[i]));
    }
    Str path = history_path(arena, project, source);
    TRY(fs_make_directory(str_to_c(arena, fs_directory_name(path))));
    Value whole = value_list_of(&list);
    return fs_write_file(path.data, json_text(arena, &whole, &json_style_pretty), 0644);
}

Error *history_add(const Project *project, Str source, const HistoryEntry *entry)
{
    AUTO_FREE(arena) Arena *arena = arena_new("history");
    HistoryEntryVec older = {0}, entries = {0};
    Error *err = history_read(arena, project, source, &older);
    if (err != NULL) {
        error_discard(err, "a broken history is replaced; the load itself is in the warehouse");
        older.len = 0;
    }
    VEC_PUSH(arena, &entries, *entry);
    for (VEC_EACH(const HistoryEntry, it, &older)) {
        VEC_PUSH(arena, &entries, *it);
    }
    return write_entries(arena, project, source, &entries);
}

Error *history_add_transform_error(const Project *project, Str source, Str message)
{
    AUTO_FREE(arena) Arena *arena = arena_new("history");
    HistoryEntryVec entries = {0};
    TRY(history_read(arena, project, source, &entries));
    if (entries.len == 0) {
        return NULL;
    }
    Str both[] = {entries.data[0].transform_error, message};
    size_t skip = both[0].len == 0;
    entries.data[0].transform_error = str_join(arena, both + skip, 2 - skip, STR("\n"));
    return write_entries(arena, project, source, &entries);
}

Error *history_remove(const Project *project, Str source)
{
    AUTO_FREE(arena) Arena *arena = arena_new("history");
    return fs_remove_file(history_path(arena, project, source).data);
}
