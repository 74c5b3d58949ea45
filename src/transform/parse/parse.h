/* transform/parse/parse.h - from files to a manifest: macros, models, tests, seeds, then property
 * files, then what refers to what. Runs on one thread, once per invocation. */
#ifndef TRANSFORM_PARSE_PARSE_H
#define TRANSFORM_PARSE_PARSE_H

#include "transform/session.h"

/* Reads all projects of the session into its manifest and builds the graph. ERR_TEMPLATE and
 * ERR_CONFIG name the file; the message of the outermost error is what dbt prints. */
MUST_CHECK Error *parse_projects(Session *session);

#endif
