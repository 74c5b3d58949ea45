/* transform/command/command.h - what the files of the commands share: the steps from options to
 * artifacts.
 */
#ifndef TRANSFORM_COMMAND_COMMAND_H
#define TRANSFORM_COMMAND_COMMAND_H

#include "transform/run/runner.h"
#include "transform/session_open.h"

/* Types as a set of bits, by ResourceType. */
enum {
    TYPES_OF_OTHERS = 1u << 30, /* what is no node */
    TYPES_RUN = 1u << RESOURCE_MODEL,
    TYPES_TEST = 1u << RESOURCE_TEST | 1u << RESOURCE_UNIT_TEST,
    TYPES_SEED = 1u << RESOURCE_SEED,
    TYPES_SNAPSHOT = 1u << RESOURCE_SNAPSHOT,
    TYPES_BUILD = 1u << RESOURCE_MODEL | 1u << RESOURCE_SEED | 1u << RESOURCE_SNAPSHOT |
                  1u << RESOURCE_TEST | 1u << RESOURCE_UNIT_TEST | 1u << RESOURCE_EXPOSURE |
                  1u << RESOURCE_SAVED_QUERY | 1u << RESOURCE_FUNCTION,
    TYPES_CLONE = 1u << RESOURCE_MODEL | 1u << RESOURCE_SEED | 1u << RESOURCE_SNAPSHOT,
    TYPES_COMPILE = 1u << RESOURCE_MODEL | 1u << RESOURCE_ANALYSIS | 1u << RESOURCE_TEST |
                    1u << RESOURCE_SNAPSHOT | 1u << RESOURCE_SEED | 1u << RESOURCE_OPERATION |
                    1u << RESOURCE_FUNCTION,
    TYPES_LIST = 1u << RESOURCE_MODEL | 1u << RESOURCE_SNAPSHOT | 1u << RESOURCE_SEED |
                 1u << RESOURCE_TEST | 1u << RESOURCE_SOURCE | 1u << RESOURCE_EXPOSURE |
                 1u << RESOURCE_UNIT_TEST | 1u << RESOURCE_METRIC | 1u << RESOURCE_SEMANTIC_MODEL |
                 1u << RESOURCE_SAVED_QUERY | 1u << RESOURCE_FUNCTION,
};

/* Opens the session, tells the version, parses and writes manifest.json. */
MUST_CHECK Error *command_begin(const TransformOptions *options, Reporter *reporter,
                                const char *command, Session **out_session);
bool command_has_selection(const TransformOptions *options);
/* What the command is about: the selection, without other types and, unless `keep_empty`, empty
 * files. */
MUST_CHECK Error *command_select(Session *session, unsigned types, bool keep_empty, NodeSet *out);
/* The same for commands that tell what they found, which is told before what could not be. */
MUST_CHECK Error *command_choose(Session *session, unsigned types, NodeSet *out);
/* compile.c: the first failure of a node, as the failure of the command. */
MUST_CHECK Error *command_first_failure(const RunOutcome *outcome);
/* Prints the SQL of the nodes that were asked for by name. */
void command_print_compiled(const Session *session, const RunOutcome *outcome);
/* seed.c: prints ten rows, in any order, of each table that was loaded. */
MUST_CHECK Error *command_show_seeds(Session *session, const RunOutcome *outcome);
/* What JSON shows of a node that was shown or compiled (NULL: the query of the options), of at most
 * RESULT_FIELDS members; how many. */
enum { RESULT_FIELDS = 6 };
size_t command_result_fields(const Session *session, const Node *node, ReportField *out);
/* Writes the artifacts. ERR_FAILED when a node failed, ERR_CANCELLED. `out_counts` may be NULL. */
MUST_CHECK Error *command_finish(Session *session, RunOutcome *outcome,
                                 TransformCounts *out_counts);

#endif
