/* project/project_internal.h - what the files of this folder share. */
#ifndef PROJECT_PROJECT_INTERNAL_H
#define PROJECT_PROJECT_INTERNAL_H

#include "project/project.h"
#include "value/reading.h"

/* Reads a YAML file of the project, named from its root. NULL in *out when it is empty, or absent
 * and not required. */
MUST_CHECK Error *project_read_yaml(Project *project, const char *name, bool required,
                                    const Value **out);
/* A warning for each key given twice. */
void project_note_duplicates(Project *project, const DuplicateKeyVec *twice);
/* settings.c: .env, secrets.toml and config.toml. */
MUST_CHECK Error *project_read_settings(Project *project);
/* secret.c: the text of a variable as what it looks like: a number, true or false, or text. */
Value project_value_of_text(Arena *arena, Str text);
/* sources.c: fills project->sources, with their namespaces. */
MUST_CHECK Error *project_read_sources(Project *project);
/* namespace.c: gives each source its namespace (dango.md 5.2). */
MUST_CHECK Error *project_assign_namespaces(Project *project);

#endif
