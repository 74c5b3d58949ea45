/* transform/run/macro_call.h - macros that the program itself calls by name, as dbt's adapters do:
 * a project's own macro of that name takes the place of the built-in one. */
#ifndef TRANSFORM_RUN_MACRO_CALL_H
#define TRANSFORM_RUN_MACRO_CALL_H

#include "transform/context/table_methods.h"
#include "transform/run/compile.h"

/* Calls the macro that `ctx` knows under this name. The value lives on the worker's heap. An error
 * carries the macro in the trace of `ctx`. */
MUST_CHECK Error *macro_call(Worker *worker, Context *ctx, const char *name, const JValue *args,
                             size_t argc, JValue *out);
/* The same for a macro that gives text, in the worker's scratch arena. */
MUST_CHECK Error *macro_call_text(Worker *worker, Context *ctx, const char *name,
                                  const JValue *args, size_t argc, Str *out);
/* The same for a macro that gives rows: a table, or what load_result() gave, whose table it is.
 * ERR_TEMPLATE for anything else. */
MUST_CHECK Error *macro_call_table(Worker *worker, Context *ctx, const char *name,
                                   const JValue *args, size_t argc, TableParts *out);

#endif
