/* cli/command/all.h - the commands, in the order help shows them. Each is the const CommandDef of a
 * file in this folder: to add one, write the file and name it here. */
#ifndef CLI_COMMAND_ALL_H
#define CLI_COMMAND_ALL_H

#include "cli/command.h"

/* clang-format off */
#define CLI_COMMANDS(X) \
    X(init) X(dbt_init) \
    X(source_list) X(source_add) X(source_edit) X(source_remove) X(source_freshness) \
    X(validate) \
    X(sync) X(sync_worker) \
    X(generate) \
    X(build) X(run) X(test) X(seed) X(snapshot) X(clone) X(run_operation) X(compile) X(show) \
    X(retry) X(ls) X(parse) X(deps) X(docs_generate) \
    X(query) \
    X(db_status) \
    X(completion) X(complete_words) \
    X(help) \
    X(clean) X(debug)
/* clang-format on */

#define X(name) extern const CommandDef command_##name;
CLI_COMMANDS(X)
#undef X

#endif
