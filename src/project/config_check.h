/* project/config_check.h - what a configuration file may say, as a table, and the one function that
 * holds a file against it. What does not fit becomes a ProjectProblem with its place, the value and
 * the nearest known key; nothing is fatal here. */
#ifndef PROJECT_CONFIG_CHECK_H
#define PROJECT_CONFIG_CHECK_H

#include "project/project.h"

typedef enum KeyKind {
    KEY_ANY,
    KEY_TEXT,
    KEY_BOOL,
    KEY_INT,
    KEY_NUMBER,
    KEY_TEXTS, /* a list of texts, or one text */
    KEY_LIST,
    KEY_MAP,
} KeyKind;

typedef struct KeyDef {
    const char *name; /* NULL ends a table */
    KeyKind kind;
    bool required;
    int64_t min; /* KEY_INT, when max is not 0 */
    int64_t max;
    const char *const *choices; /* of a text; ends with NULL */
    const struct KeyDef *keys;  /* of a map, or of each map of a list; NULL = anything goes */
    const char *help;
} KeyDef;

/* Adds what is wrong with `map`. Unknown keys are warnings, all else errors. `what` names the map:
 * "project". A value of null counts as not given. */
void config_check(Arena *arena, const Value *map, const KeyDef *keys, const char *what,
                  ProjectProblemVec *problems);

/* A problem at the place of `at`, which may be NULL. */
void problem_add(Arena *arena, ProjectProblemVec *problems, ProblemSeverity severity,
                 const Value *at, Str hint, const char *format, ...) PRINTF_LIKE(6, 7);

#endif
