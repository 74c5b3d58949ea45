/* source/rest/rest_source.h - APIs over HTTP that answer JSON, declared in sources.yml: `rest_api`
 * in dlt's form or the short one (form.h). */
#ifndef SOURCE_REST_REST_SOURCE_H
#define SOURCE_REST_REST_SOURCE_H

#include "source/source.h"

extern const SourceDriver source_rest_api;

#endif
