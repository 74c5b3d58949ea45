#include "sync/activity.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "value/json_writer.h"

Error *activity_add(const Project *project, const char *level, Str source, Str message)
{
    AUTO_FREE(arena) Arena *arena = arena_new("activity");
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("timestamp"), value_string(clock_iso_utc(arena, clock_now_us())));
    value_map_set(&map, STR("level"), value_string(str_from(level)));
    value_map_set(&map, STR("source"), value_string(source));
    value_map_set(&map, STR("message"), value_string(message));
    value_map_set(&map, STR("category"), value_string(STR("sync")));
    value_map_set(&map, STR("dango_version"), value_string(STR(DANGO_VERSION)));
    Value value = value_map_end(&map);
    StrBuf line = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    json_write(&line, &value, &json_style_compact);
    strbuf_add_char(&line, '\n');
    Str directory = fs_join(arena, project->root, STR(".dango/logs"));
    TRY(fs_make_directory(str_to_c(arena, directory)));
    return fs_append_file(str_to_c(arena, fs_join(arena, directory, STR("activity.jsonl"))),
                          strbuf_str(&line), 0644);
}
