#include "cli/command/transform_flags.h"

#include "transform/flag/flags.h"

const char *const transform_resource_types[] = {
    "metric",    "semantic_model", "saved_query", "source", "analysis", "function", "model", "test",
    "unit_test", "exposure",       "snapshot",    "seed",   "default",  "all",      NULL};

/* Kinds of flags.h as those of command.h. */
#define FLAG_KIND_SWITCH FLAG_SWITCH
#define FLAG_KIND_ON FLAG_SWITCH
#define FLAG_KIND_TEXT FLAG_TEXT
#define FLAG_KIND_INT FLAG_INT
#define FLAG_KIND_CHOICE FLAG_TEXT
#define FLAG_KIND_YAML FLAG_TEXT
#define NEGATABLE_SWITCH true
#define NEGATABLE_ON false
#define NEGATABLE_TEXT false
#define NEGATABLE_INT false
#define NEGATABLE_CHOICE false
#define NEGATABLE_YAML false

const FlagDef transform_shared_flags[] = {
#define X(id, key_letter, text, type, value_name, values, preset, in_file, is_hidden, explanation) \
    {.name = text, \
     .letter = (key_letter), \
     .kind = FLAG_KIND_##type, \
     .value = value_name, \
     .help = explanation, \
     .negatable = NEGATABLE_##type, \
     .choices = (values), \
     .hidden = is_hidden},
    GLOBAL_FLAGS(X)
#undef X
        {0},
};
