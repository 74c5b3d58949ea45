/* transform/context/runtime_config.h - what packages reach as `builtins.ref.config`: the project
 * and the invocation as dbt's RuntimeConfig shows them (project_name, dependencies, vars, args,
 * credentials and the keys of dbt_project.yml with underscores). */
#ifndef TRANSFORM_CONTEXT_RUNTIME_CONFIG_H
#define TRANSFORM_CONTEXT_RUNTIME_CONFIG_H

#include "transform/context/objects.h"

/* The attribute `config` of ref and source. */
MUST_CHECK Error *runtime_config_find(JinjaState *s, JStr *name, JValue *out);

#endif
