#include "transform/command/starter.h"

#include "base/embed.h"
#include "base/fs.h"
#include "base/limits.h"
#include "value/yaml_reader.h"

extern const EmbedFile dango_starter_files[];
extern const size_t dango_starter_count;

#define PROFILE_FILE "profile.yml" /* of the embedded files the one that is no part of projects */

bool starter_name_is_valid(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (!digit || i == 0)) {
            return false;
        }
    }
    return name.len > 0;
}

static Str filled(Arena *arena, const EmbedFile *file, Str name, Str profile)
{
    Str text = str_replace(arena, (Str){file->data, file->size}, STR("{name}"), name);
    return str_replace(arena, text, STR("{profile}"), profile);
}

static Error *write_file(Arena *arena, Str directory, Str path, Str text)
{
    Str whole = fs_join(arena, directory, path);
    TRY(fs_make_directory(str_to_c(arena, fs_directory_name(whole))));
    return fs_write_file(str_to_c(arena, whole), text, 0644);
}

Error *starter_write_project(Str directory, Str name, Str profile)
{
    static const char *const empty[] = {"analyses", "macros", "seeds", "snapshots", "tests"};
    AUTO_FREE(arena) Arena *arena = arena_new("starter");
    for (size_t i = 0; i < dango_starter_count; i++) {
        const EmbedFile *file = &dango_starter_files[i];
        if (strcmp(file->path, PROFILE_FILE) == 0) {
            continue;
        }
        bool hidden = strcmp(file->path, "gitignore") == 0;
        Str path = hidden ? STR(".gitignore") : str_from(file->path);
        TRY(write_file(arena, directory, path, filled(arena, file, name, profile)));
    }
    for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
        Str path = str_printf(arena, "%s/.gitkeep", empty[i]);
        TRY(write_file(arena, directory, path, STR("")));
    }
    return NULL;
}

static Error *read_profiles(Arena *arena, Str path, Str *out_text)
{
    const char *file = str_to_c(arena, path);
    *out_text = (Str){0};
    return fs_is_file(file) ? fs_read_file(arena, file, LIMIT_CONFIG_BYTES, out_text) : NULL;
}

Error *starter_has_profile(Str path, Str profile, bool *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("profiles");
    const Value *document = NULL;
    ReadOptions options = {.path = path};
    Str text;
    TRY(read_profiles(arena, path, &text));
    if (text.len > 0) {
        TRY(yaml_read(arena, text, &options, &document));
    }
    *out = value_find(document, profile) != NULL;
    return NULL;
}

Error *starter_add_profile(Str path, Str profile)
{
    AUTO_FREE(arena) Arena *arena = arena_new("profiles");
    Str before;
    TRY(read_profiles(arena, path, &before));
    StrBuf text = strbuf_init(arena, 2 * LIMIT_CONFIG_BYTES);
    strbuf_add(&text, before);
    strbuf_add_c(&text, before.len > 0 && !str_ends_with(before, STR("\n")) ? "\n" : "");
    for (size_t i = 0; i < dango_starter_count; i++) {
        if (strcmp(dango_starter_files[i].path, PROFILE_FILE) == 0) {
            strbuf_add(&text, filled(arena, &dango_starter_files[i], profile, profile));
        }
    }
    TRY(fs_make_directory(str_to_c(arena, fs_directory_name(path))));
    return fs_write_file(str_to_c(arena, path), strbuf_str(&text), 0644);
}
