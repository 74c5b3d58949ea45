#include "cli/names.h"

#include "base/fs.h"
#include "project/project.h"
#include "source/source.h"

static void add_sources(Arena *arena, const Project *project, StrVec *out)
{
    for (VEC_EACH(const SourceConfig, source, &project->sources)) {
        VEC_PUSH(arena, out, source->name);
    }
}

/* Every .sql file below models/ is a model of that name. */
static void add_models(Arena *arena, const Project *project, StrVec *out)
{
    Str directory = fs_join(arena, project->dbt_directory, STR("models"));
    FsEntryVec files = {0};
    Error *err = fs_walk(arena, directory.data, FS_WALK_RECURSIVE, &files);
    if (err != NULL) {
        error_discard(err, "nothing to offer");
        return;
    }
    for (VEC_EACH(const FsEntry, file, &files)) {
        Str name = fs_base_name(file->path);
        if (str_ends_with(name, STR(".sql"))) {
            VEC_PUSH(arena, out, str_slice(name, 0, name.len - 4));
        }
    }
}

static void add_types(Arena *arena, StrVec *out)
{
    source_types(arena, NULL, out);
}

void names_of(Arena *arena, const char *what, StrVec *out)
{
    Str text = str_from(what);
    if (str_contains(text, STR("TYPE"))) {
        add_types(arena, out);
        return;
    }
    bool sources = str_contains(text, STR("SOURCE")) || str_contains(text, STR("NAME"));
    bool models = str_contains(text, STR("MODEL")) || str_contains(text, STR("SELECTOR"));
    if (!sources && !models) {
        return;
    }
    Project *project = NULL;
    Error *err = project_load(arena, NULL, &project);
    if (err != NULL) {
        error_discard(err, "without a project there are no names");
        return;
    }
    if (sources) {
        add_sources(arena, project, out);
    }
    if (models) {
        add_models(arena, project, out);
    }
}
