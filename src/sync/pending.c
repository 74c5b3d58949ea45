#include "sync/pending.h"

#include "base/fs.h"
#include "base/limits.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

static Str pending_path(Arena *arena, const Project *project)
{
    return fs_join(arena, project->root, STR(".dango/state/pending_dbt_sources.json"));
}

void pending_read(Arena *arena, const Project *project, StrVec *out)
{
    Str path = pending_path(arena, project), text;
    const Value *names = NULL;
    if (!fs_is_file(path.data)) {
        return;
    }
    Error *err = fs_read_file(arena, path.data, LIMIT_CONFIG_BYTES, &text);
    err = err != NULL ? err : json_read(arena, text, NULL, &names);
    error_discard(err, "models that are built once too seldom are built with the next load");
    for (VALUE_EACH(name, names)) {
        VEC_PUSH(arena, out, value_text_or(name, STR("")));
    }
}

Error *pending_write(const Project *project, const StrVec *names)
{
    AUTO_FREE(arena) Arena *arena = arena_new("pending sources");
    Str path = pending_path(arena, project);
    if (names->len == 0) {
        return fs_remove_file(path.data);
    }
    ValueVec list = {0};
    for (VEC_EACH(const Str, name, names)) {
        VEC_PUSH(arena, &list, value_string(*name));
    }
    Value whole = value_list_of(&list);
    TRY(fs_make_directory(str_to_c(arena, fs_directory_name(path))));
    return fs_write_file(path.data, json_text(arena, &whole, &json_style_compact), 0644);
}
