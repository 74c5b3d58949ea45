/* transform/command/run_operation.h - one macro, called by the user. */
#ifndef TRANSFORM_COMMAND_RUN_OPERATION_H
#define TRANSFORM_COMMAND_RUN_OPERATION_H

#include "transform/run/runner.h"

/* The keyword arguments of --args (NULL: none) as a map. ERR_USAGE for what is no mapping. */
MUST_CHECK Error *run_operation_args(Arena *arena, const char *text, const Value **out);

/* Calls the macro `name`, which may begin with a package and a dot. How it went is told to the
 * reporter and stands in *out as one result. ERR_TEMPLATE when there is no such macro. */
MUST_CHECK Error *run_operation(Session *session, Str name, const Value *args, RunOutcome *out);

#endif
