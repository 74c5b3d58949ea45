/* jinja/environment.h - what the engine's own files need of an environment: the tables, looked up
 * by name. */
#ifndef JINJA_ENVIRONMENT_H
#define JINJA_ENVIRONMENT_H

#include "jinja/builtin.h"
#include "jinja/jinja.h"

/* The method `name` of values of this type; NULL when there is none. */
const JBuiltin *jinja_find_method(JinjaState *s, JType type, JStr *name);
/* Whether undefined values give themselves again instead of failing. */
bool jinja_is_permissive(JinjaState *s);

#endif
