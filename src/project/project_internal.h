/* project/project_internal.h - what the files of this folder share. */
#ifndef PROJECT_PROJECT_INTERNAL_H
#define PROJECT_PROJECT_INTERNAL_H

#include "project/project.h"

/* Reads a YAML file of the project, named from its root. NULL in *out when it is empty, or absent
 * and not required. */
MUST_CHECK Error *project_read_yaml(const Project *project, const char *name, bool required,
                                    const Value **out);
/* sources.c: fills project->sources, with their namespaces. */
MUST_CHECK Error *project_read_sources(Project *project);
/* namespace.c: gives each source its namespace (dango.md 5.2). */
MUST_CHECK Error *project_assign_namespaces(Project *project);

#endif
