/* jinja/arg_error.h - what Python says of a call with wrong arguments. It has a different sentence
 * for each way in which its functions are written; here is which of ours stands for which of them.
 * All are TypeErrors. */
#ifndef JINJA_ARG_ERROR_H
#define JINJA_ARG_ERROR_H

#include "jinja/builtin.h"

/* `argc` positional arguments are too many or, together with those by name in args[0 .. min), too
 * few. */
MUST_CHECK Error *arg_error_count(JinjaState *s, const JBuiltin *builtin, const JValue *args,
                                  size_t argc);
/* No parameter has this name. */
MUST_CHECK Error *arg_error_unknown(JinjaState *s, const JBuiltin *builtin, const JValue *args,
                                    Str name);
/* The parameter number `position` was given by position and by name. */
MUST_CHECK Error *arg_error_twice(JinjaState *s, const JBuiltin *builtin, const JValue *args,
                                  Str name, size_t position);

#endif
