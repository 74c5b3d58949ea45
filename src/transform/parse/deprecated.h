/* transform/parse/deprecated.h - what of a project's files is deprecated, and names that are
 * refused by now. On one thread. */
#ifndef TRANSFORM_PARSE_DEPRECATED_H
#define TRANSFORM_PARSE_DEPRECATED_H

#include "transform/parse/generic_test.h"
#include "transform/session.h"
#include "value/reading.h"

/* Keys that a file has twice; `shown` is how it is called. */
void report_duplicate_keys(const Session *session, Str shown, const DuplicateKeyVec *twice);
/* Old keys of dbt_project.yml. */
void report_deprecated_project(const Session *session, const ProjectFileDef *project);
/* How the entry of a generic test is written. */
void report_deprecated_test(const Session *session, const TestTarget *target, Str package,
                            const TestHabits *habits);
/* Tags around the blocks of a file, where they count for nothing. */
void report_stray_tags(const Session *session, Str path, const StrVec *words);
/* Nodes of different types that share a name: ref() means the later one. */
void report_same_names(const Session *session);
/* A name that is more than a word. */
void report_exposure_name(const Session *session, Str name);
/* ERR_CONFIG for names with blanks, or a warning where the project's flags allow them. */
MUST_CHECK Error *parse_check_names(const Session *session);

#endif
