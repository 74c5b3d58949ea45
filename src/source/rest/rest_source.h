/* source/rest/rest_source.h - APIs over HTTP that answer JSON, declared in sources.yml: `rest_api`
 * in dlt's form or the short one (form.h), and connectors, which are declarations with a name. */
#ifndef SOURCE_REST_REST_SOURCE_H
#define SOURCE_REST_REST_SOURCE_H

#include "source/source.h"

extern const SourceDriver source_rest_api;

/* The driver of an API that is known by name (connector.h), made in `arena`; *out is NULL when
 * there is no such connector. `project` may be NULL. ERR_CONFIG for one that is wrong. */
MUST_CHECK Error *rest_connector_driver(Arena *arena, const Project *project, Str type,
                                        const SourceDriver **out);

#endif
