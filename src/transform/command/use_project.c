#include "base/fs.h"
#include "transform/transform.h"

void transform_use_project(Arena *arena, const Project *project, TransformOptions *options)
{
    options->project_dir = str_to_c(arena, project->dbt_directory);
    options->made_up_path = str_to_c(arena, project->warehouse_path);
    options->fallback_profiles_dir = str_to_c(arena, fs_join(arena, project->root, STR(".dango")));
    options->relative_to_project = true;
}
