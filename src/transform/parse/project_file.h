/* transform/parse/project_file.h - dbt_project.yml of the project and of the packages installed
 * beside it. Lives in the arena it was read into. */
#ifndef TRANSFORM_PARSE_PROJECT_FILE_H
#define TRANSFORM_PARSE_PROJECT_FILE_H

#include "base/error.h"
#include "transform/graph/macro_library.h"
#include "transform/run/profile.h"
#include "value/reading.h"

typedef struct ProjectFileDef {
    Str name;
    Str root;    /* absolute */
    Str profile; /* empty when the file names none */
    StrVec model_paths;
    StrVec seed_paths;
    StrVec test_paths;
    StrVec snapshot_paths;
    StrVec macro_paths;
    StrVec analysis_paths;
    StrVec function_paths;
    Str target_path;
    Str log_path;
    Str packages_path;
    const Value *file;     /* rendered: a map */
    DuplicateKeyVec twice; /* keys it has twice */
    const Value *vars;     /* map or NULL */
    unsigned quoting;      /* RelationPart flags */
    DispatchOrderVec dispatch;
} ProjectFileDef;
typedef VEC(ProjectFileDef) ProjectFileDefVec;

/* The directory of the nearest dbt_project.yml at or above `start`. ERR_NOT_FOUND without one. */
MUST_CHECK Error *project_file_find(Arena *arena, const char *start, Str *out_root);
/* Only the key `profile` and the name, as written: needed before the profile, which rendering
 * needs. */
MUST_CHECK Error *project_file_peek(Arena *arena, Str root, Str *out_profile);
/* The file as it is written, which is all that bringing packages needs: names and paths. */
MUST_CHECK Error *project_file_raw(Arena *arena, Str root, ProjectFileDef *out);
/* Reads, renders and checks the file. ERR_CONFIG with the texts of dbt. */
MUST_CHECK Error *project_file_load(Arena *arena, Str root, YamlRenderer *renderer,
                                    ProjectFileDef *out);
/* The tree of a resource type: "models". Empty for other names. */
const Value *project_file_tree(const ProjectFileDef *project, Str key);
/* Roots of the packages installed for a project, sorted by directory name. */
MUST_CHECK Error *project_file_packages(Arena *arena, const ProjectFileDef *project, StrVec *out);

#endif
