/* cli/command/transform_flags.h - options that several commands of dbt's job share. A command's
 * table lists its own ones first, then these. */
#ifndef CLI_COMMAND_TRANSFORM_FLAGS_H
#define CLI_COMMAND_TRANSFORM_FLAGS_H

#include "cli/command.h"

extern const char *const transform_indirect_modes[]; /* choices of --indirect-selection */

#define SELECTION_FLAGS \
    {.name = "select", \
     .letter = 's', \
     .kind = FLAG_WORDS, \
     .value = "SELECTOR", \
     .help = "only what these select: names, +name+, tag:x, path:models/marts, ...", \
     .alias = "models", \
     .alias_letter = 'm'}, \
        {.name = "exclude", \
         .kind = FLAG_WORDS, \
         .value = "SELECTOR", \
         .help = "but not what these select"}, \
        {.name = "selector", \
         .kind = FLAG_TEXT, \
         .value = "NAME", \
         .help = "a selection of selectors.yml"}, \
        {.name = "state", \
         .kind = FLAG_TEXT, \
         .value = "PATH", \
         .help = "a directory with the artifacts of an earlier run, for state: and result:"}, \
        {.name = "defer", \
         .kind = FLAG_SWITCH, \
         .help = "read models that are not built here from where --state has them", \
         .negatable = true}, \
        {.name = "defer-state", \
         .kind = FLAG_TEXT, \
         .value = "PATH", \
         .help = "the same directory for --defer alone"}, \
        {.name = "favor-state", \
         .kind = FLAG_SWITCH, \
         .help = "with --defer, also those that are built here but not selected", \
         .negatable = true}, \
        {.name = "indirect-selection", \
         .kind = FLAG_TEXT, \
         .value = "MODE", \
         .choices = transform_indirect_modes, \
         .help = "which tests come along with selected models"}, \
        {.name = "resource-type", \
         .kind = FLAG_WORDS, \
         .value = "TYPE", \
         .help = "only nodes of this type", \
         .alias = "resource-types"}, \
    { \
        .name = "exclude-resource-type", .kind = FLAG_WORDS, .value = "TYPE", \
        .help = "no nodes of this type", .alias = "exclude-resource-types" \
    }

#define PROJECT_FLAGS \
    {.name = "vars", \
     .kind = FLAG_TEXT, \
     .value = "YAML", \
     .help = "values for var(), such as 'year: 2024'; win over the project's"}, \
        {.name = "target", \
         .letter = 't', \
         .kind = FLAG_TEXT, \
         .value = "TARGET", \
         .help = "the profile's target"}, \
        {.name = "profile", \
         .kind = FLAG_TEXT, \
         .value = "PROFILE", \
         .help = "the profile, in place of the project's"}, \
        {.name = "profiles-dir", \
         .kind = FLAG_TEXT, \
         .value = "PATH", \
         .help = "where profiles.yml lies"}, \
        {.name = "target-path", \
         .kind = FLAG_TEXT, \
         .value = "PATH", \
         .help = "where compiled SQL and artifacts go"}, \
        {.name = "log-path", .kind = FLAG_TEXT, .value = "PATH", .help = "where dbt.log goes"}, \
        {.name = "write-json", \
         .kind = FLAG_SWITCH, \
         .help = "write manifest.json and run_results.json (the default)", \
         .negatable = true, \
         .hidden = true}, \
        {.name = "partial-parse", \
         .kind = FLAG_SWITCH, \
         .help = "accepted; parsing is always whole", \
         .negatable = true, \
         .hidden = true}, \
        {.name = "version-check", \
         .kind = FLAG_SWITCH, \
         .help = "check the version of dbt that projects ask for (the default)", \
         .negatable = true, \
         .hidden = true}, \
        {.name = "send-anonymous-usage-stats", \
         .kind = FLAG_SWITCH, \
         .help = "accepted; nothing is ever sent", \
         .negatable = true, \
         .hidden = true}, \
    { \
        .name = "wait", .kind = FLAG_OPTIONAL, .value = "SECONDS", \
        .help = "wait for another writer instead of failing at once" \
    }

#define THREAD_FLAGS \
    {.name = "threads", \
     .kind = FLAG_INT, \
     .value = "N", \
     .min = 1, \
     .help = "how many nodes to work on at a time"}, \
    { \
        .name = "fail-fast", .letter = 'x', .kind = FLAG_SWITCH, \
        .help = "stop at the first failure", .negatable = true \
    }

#define FULL_REFRESH_FLAG(text) \
    { \
        .name = "full-refresh", .letter = 'f', .kind = FLAG_SWITCH, .help = (text) \
    }

#define EMPTY_FLAG \
    { \
        .name = "empty", .kind = FLAG_SWITCH, \
        .help = "build on no rows: a quick check of the SQL", .negatable = true \
    }

#define STORE_FAILURES_FLAG \
    { \
        .name = "store-failures", .kind = FLAG_SWITCH, .help = "keep the failing rows in tables" \
    }

#endif
