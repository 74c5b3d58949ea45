#include "transform/flag/flag_file.h"

#include "base/fs.h"
#include "base/limits.h"
#include "value/yaml_reader.h"

static const Value *read_map(Arena *arena, Str path, Str key)
{
    Str text;
    const Value *document = NULL;
    ReadOptions options = {.path = path};
    Error *err = path.len > 0 ? fs_read_file(arena, path.data, LIMIT_CONFIG_BYTES, &text) : NULL;
    if (err == NULL && path.len > 0) {
        err = yaml_read(arena, text, &options, &document);
    }
    if (err != NULL) {
        error_discard(err, "the file is read again, and its faults are told then");
        return NULL;
    }
    const Value *map = value_find(document, key);
    return value_len(map) > 0 && value_is(map, VALUE_MAP) ? map : NULL;
}

Error *flag_file_read(Arena *arena, Str root, Str profiles_file, const Value **out,
                      bool *out_old_home)
{
    Str project_file = root.len > 0 ? fs_join(arena, root, STR("dbt_project.yml")) : root;
    const Value *flags = read_map(arena, project_file, STR("flags"));
    const Value *config = read_map(arena, profiles_file, STR("config"));
    if (flags != NULL && config != NULL) {
        return error_hint(
            error_new(ERR_CONFIG, "Do not specify both 'config' in profiles.yml and 'flags' in "
                                  "dbt_project.yml. Using 'config' in profiles.yml is deprecated."),
            "move what stands under 'config' to 'flags'");
    }
    *out_old_home = config != NULL;
    *out = flags != NULL ? flags : config;
    return NULL;
}
