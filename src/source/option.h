/* source/option.h - a source's options as a table. The same table serves reading and checking a
 * source's block of sources.yml, help, docs, completion and the masking of secrets. Everything in
 * it is constant. */
#ifndef SOURCE_OPTION_H
#define SOURCE_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"
#include "project/project.h"
#include "value/value.h"

/* Kind, type of the driver's field. */
typedef enum OptionKind {
    OPTION_STRING,  /* Str */
    OPTION_STRINGS, /* StrVec; one text alone is a list of one */
    OPTION_SWITCH,  /* OptionSwitch: true, false or not said */
    OPTION_INT,     /* int64_t */
    OPTION_FLOAT,   /* double */
    OPTION_VALUE,   /* const Value *, whatever was written; NULL when it is not given */
} OptionKind;

typedef enum OptionSwitch { OPTION_UNSET, OPTION_OFF, OPTION_ON } OptionSwitch;

typedef struct OptionDef {
    const char *name; /* as in sources.yml; NULL ends a table */
    OptionKind kind;
    size_t offset;         /* of the field in the driver's state */
    const char *otherwise; /* the value when it is not given, as text; NULL = empty, 0, unset */
    const char *help;      /* one line, lower case, no full stop */
    const char *const *choices; /* of OPTION_STRING: allowed values, ends with NULL; NULL = any */
} OptionDef;

/* Fills `state` from the entry's block. ERR_CONFIG with file, line and column for a value of the
 * wrong kind or beyond the choices. Unknown keys are added to `problems` with the nearest known
 * name; the block is used all the same. Texts in `state` live in `arena` or in the project. */
MUST_CHECK Error *options_read(Arena *arena, const OptionDef *options, const SourceConfig *config,
                               void *state, ProjectProblemVec *problems);
const OptionDef *option_find(const OptionDef *options, Str name);

#endif
