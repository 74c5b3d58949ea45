/* project/validate.h - the checks behind `dango validate`: what can be said about a project without
 * loading anything and without a network. Nothing is changed or printed here. */
#ifndef PROJECT_VALIDATE_H
#define PROJECT_VALIDATE_H

#include "project/project.h"

/* The groups, in the order they are shown: id as in --check, title. */
#define FINDING_GROUPS(X) \
    X(CONFIG, "config", "Project Configuration") \
    X(SOURCES, "sources", "Data Sources") \
    X(ENVIRONMENT, "environment", "Environment Variables") \
    X(DBT, "dbt", "dbt Project") \
    X(DATABASE, "database", "Database") \
    X(PERMISSIONS, "permissions", "Permissions")

typedef enum FindingGroup {
#define X(name, id, title) FINDING_##name,
    FINDING_GROUPS(X)
#undef X
} FindingGroup;

typedef enum FindingSeverity { FINDING_OK, FINDING_WARNING, FINDING_ERROR } FindingSeverity;

typedef struct Finding {
    FindingGroup group;
    FindingSeverity severity;
    Str place;   /* "path:line:column" or a path, from the root; may be empty */
    Str message; /* lower case, no full stop */
    Str hint;    /* what to do; may be empty */
} Finding;
typedef VEC(Finding) FindingVec;

const char *finding_group_id(FindingGroup group);
const char *finding_group_title(FindingGroup group);

/* Everything that was found, by group; each group without a problem has one OK finding. Problems of
 * reading the files are in `project` already and are repeated here. */
void project_validate(const Project *project, Arena *arena, FindingVec *out);

#endif
