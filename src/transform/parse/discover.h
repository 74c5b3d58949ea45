/* transform/parse/discover.h - the files of a project by role. A .dbtignore file in the project's
 * root leaves out what it names, in the way of .gitignore. */
#ifndef TRANSFORM_PARSE_DISCOVER_H
#define TRANSFORM_PARSE_DISCOVER_H

#include "base/error.h"
#include "base/fs.h"
#include "base/str.h"
#include "base/vec.h"

typedef struct ProjectFile {
    Str relative; /* below the project: "models/marts/orders.sql" */
    Str path;     /* below its resource path: "marts/orders.sql" */
    Str absolute;
} ProjectFile;
typedef VEC(ProjectFile) ProjectFileVec;

typedef struct IgnoreList IgnoreList;

/* The patterns of <root>/.dbtignore; empty without one. */
MUST_CHECK Error *ignore_list_read(Arena *arena, Str root, const IgnoreList **out);
/* The same from a text. */
const IgnoreList *ignore_list_parse(Arena *arena, Str text);
bool ignore_list_matches(const IgnoreList *list, Str path);

/* Files below the resource paths (missing ones are passed over) whose names end in one of
 * `extensions` (with dot, ends with NULL), sorted by path. A file that lies below two of the paths
 * is listed once. */
MUST_CHECK Error *discover_files(Arena *arena, Str root, const StrVec *resource_paths,
                                 const char *const *extensions, const IgnoreList *ignored,
                                 ProjectFileVec *out);

#endif
