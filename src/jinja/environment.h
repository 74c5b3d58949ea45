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

/* By name; NULL when there is none. */
const JBuiltin *jinja_env_filter(const JinjaEnv *env, Str name);
const JBuiltin *jinja_env_test(const JinjaEnv *env, Str name);
const JBuiltin *jinja_env_method(const JinjaEnv *env, JType type, JStr *name);
/* A function of the environment as a value that any render may use; MISSING when there is none. */
JValue jinja_env_global(const JinjaEnv *env, Str name);
const JinjaOptions *jinja_env_options(const JinjaEnv *env);

#endif
