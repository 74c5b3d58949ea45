/* cli/command/transform_flags.h - options that several commands of dbt's job share. A command's
 * table lists its own ones first, then these. */
#ifndef CLI_COMMAND_TRANSFORM_FLAGS_H
#define CLI_COMMAND_TRANSFORM_FLAGS_H

#include "cli/command.h"

/* Options of every command of dbt's job, see transform/flag/flags.h; ends with a NULL name. */
extern const FlagDef transform_shared_flags[];
extern const char *const transform_resource_types[]; /* choices of --resource-type */

#define SELECTION_FLAGS \
    {.name = "select", \
     .letter = 's', \
     .kind = FLAG_WORDS, \
     .value = "SELECTOR", \
     .help = "only what these select: names, +name+, tag:x, path:models/marts, ...", \
     .alias = "models model", \
     .alias_letter = 'm'}, \
        {.name = "exclude", \
         .kind = FLAG_WORDS, \
         .value = "SELECTOR", \
         .help = "but not what these select"}, \
        {.name = "selector", \
         .kind = FLAG_TEXT, \
         .value = "NAME", \
         .help = "a selection of selectors.yml"}, \
        {.name = "resource-type", \
         .kind = FLAG_WORDS, \
         .value = "TYPE", \
         .choices = transform_resource_types, \
         .help = "only nodes of this type", \
         .alias = "resource-types"}, \
    { \
        .name = "exclude-resource-type", .kind = FLAG_WORDS, .value = "TYPE", \
        .choices = transform_resource_types, .help = "no nodes of this type", \
        .alias = "exclude-resource-types" \
    }

#define PROJECT_FLAGS \
    {.name = "vars", \
     .kind = FLAG_TEXT, \
     .value = "YAML", \
     .help = "values for var(), such as 'year: 2024'; win over the project's"}, \
        {.name = "profiles-dir", \
         .kind = FLAG_TEXT, \
         .value = "PATH", \
         .help = "where profiles.yml lies"}, \
        {.name = "target-path", \
         .kind = FLAG_TEXT, \
         .value = "PATH", \
         .help = "where compiled SQL and artifacts go"}, \
    { \
        .name = "wait", .kind = FLAG_OPTIONAL, .value = "SECONDS", \
        .help = "wait for another writer instead of failing at once" \
    }

#define THREAD_FLAGS \
    { \
        .name = "threads", .kind = FLAG_INT, .value = "N", .min = 1, \
        .help = "how many nodes to work on at a time" \
    }

#define FULL_REFRESH_FLAG(text) \
    { \
        .name = "full-refresh", .letter = 'f', .kind = FLAG_SWITCH, .help = (text) \
    }

/* dbt build takes it, too, and shows nothing. */
#define SHOW_SEEDS_FLAG(is_hidden) \
    { \
        .name = "show", .kind = FLAG_SWITCH, .help = "print ten rows of each table", \
        .hidden = (is_hidden) \
    }

#define EMPTY_FLAG \
    { \
        .name = "empty", .kind = FLAG_SWITCH, \
        .help = "build on no rows: a quick check of the SQL", .negatable = true \
    }

#define STRICT_FLAG \
    { \
        .name = "strict", .kind = FLAG_SWITCH, .negatable = true, \
        .help = \
            "build nothing when a model names a column that does not exist; as dango, runs of " \
            "up to 200 nodes tell of such columns first, unless --no-strict" \
    }

#define EVENT_TIME_FLAGS \
    {.name = "sample", \
     .kind = FLAG_TEXT, \
     .value = "WINDOW", \
     .help = "read only this part of nodes with event_time: '3 days', or '{start: 2024-01-01, " \
             "end: 2024-02-01}'"}, \
        {.name = "event-time-start", \
         .kind = FLAG_TEXT, \
         .value = "TIME", \
         .help = "build microbatch models from here on: 2024-01-01 or 2024-01-01T00:00:00"}, \
    { \
        .name = "event-time-end", .kind = FLAG_TEXT, .value = "TIME", \
        .help = "and up to here, which does not belong to it" \
    }

#define STORE_FAILURES_FLAG \
    { \
        .name = "store-failures", .kind = FLAG_SWITCH, .help = "keep the failing rows in tables" \
    }

#endif
