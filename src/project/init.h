/* project/init.h - the files of a new project (dango.md 2). Everything comes from
 * src/project/templates/; a row of the table in init.c says where each goes. Works without a
 * network. */
#ifndef PROJECT_INIT_H
#define PROJECT_INIT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

typedef enum InitTemplate {
    INIT_ANALYTICS, /* everything */
    INIT_ETL,       /* loading and staging; no intermediate and marts */
    INIT_MINIMAL,   /* what the commands need, no pages for people */
} InitTemplate;

typedef struct InitOptions {
    const char *directory; /* made when absent */
    Str name;              /* empty: from the directory's name, "my-shop" gives "My Shop" */
    Str organization;
    InitTemplate template;
    bool force; /* an existing project's project.yml and dbt_project.yml are backed up and rewritten
                 */
    /* What else belongs to a new project; called last, may be NULL. */
    Error *(*finish)(void *context);
    void *context;
} InitOptions;

/* The name a directory suggests: title case, - and _ to blanks. */
Str init_name_of(Arena *arena, Str directory);
/* ERR_USAGE when no project can be called so: dbt must be able to use the name, too. */
MUST_CHECK Error *init_check_name(Str name);

/* Writes the project. `out_created` gets the paths made, from the directory on, in order. What
 * exists is kept, unless `force` says otherwise; .gitignore gets a section appended. When something
 * fails, what was made is removed again, and what was rewritten is as it was. ERR_CONFIG when there
 * is a project already and no force. */
MUST_CHECK Error *init_project(Arena *arena, const InitOptions *options, StrVec *out_created);

#endif
