#include "ingest/state_file.h"

#include "base/clock.h"
#include "base/fs.h"
#include "value/json_writer.h"

static const char *file_in(Arena *arena, Str directory, const char *name)
{
    return str_to_c(arena, fs_join(arena, directory, str_from(name)));
}

static Value state_value(Arena *arena, const StateFacts *facts)
{
    ValueMapBuilder resource = value_map_begin(arena);
    value_map_set(&resource, STR("cursor_column"), value_null());
    value_map_set(&resource, STR("initial_value"), value_null());
    value_map_set(&resource, STR("last_value"), value_null());
    value_map_set(&resource, STR("rows_synced"), value_int(facts->rows_synced));
    value_map_set(&resource, STR("last_load_id"), value_string(facts->load_id));
    value_map_set(&resource, STR("unique_hashes"), value_list(NULL, 0));
    ValueMapBuilder resources = value_map_begin(arena);
    value_map_set(&resources, facts->resource, value_map_end(&resource));
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("pipeline_name"), value_string(facts->source));
    value_map_set(&map, STR("resources"), value_map_end(&resources));
    return value_map_end(&map);
}

static Value trace_value(Arena *arena, const StateFacts *facts)
{
    ValueMapBuilder table = value_map_begin(arena);
    value_map_set(&table, STR("name"), value_string(facts->table));
    value_map_set(&table, STR("rows"), value_int(facts->rows));
    value_map_set(&table, STR("total_rows"), value_int(facts->total_rows));
    ValueVec tables = {0};
    VEC_PUSH(arena, &tables, value_map_end(&table));
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("load_id"), value_string(facts->load_id));
    value_map_set(&map, STR("finished_at"), value_string(clock_iso_utc(arena, clock_now_us())));
    value_map_set(&map, STR("seconds"), value_float(facts->seconds));
    value_map_set(&map, STR("tables"), value_list_of(&tables));
    return value_map_end(&map);
}

Error *state_files_write(const Project *project, const StateFacts *facts)
{
    AUTO_FREE(arena) Arena *arena = arena_new("state files");
    Str directory = str_printf(arena, STR_FMT "/.dlt/pipelines/" STR_FMT "/state",
                               STR_ARG(project->root), STR_ARG(facts->source));
    TRY(fs_make_directory(str_to_c(arena, directory)));
    Value state = state_value(arena, facts);
    TRY(fs_write_file(file_in(arena, directory, "state.json"),
                      json_text(arena, &state, &json_style_pretty), 0644));
    Value trace = trace_value(arena, facts);
    return fs_write_file(file_in(arena, directory, "trace.json"),
                         json_text(arena, &trace, &json_style_pretty), 0644);
}
