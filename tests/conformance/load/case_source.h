/* tests/conformance/load/case_source.h - the source of a case that does not bring rows of its own:
 * opened as a sync opens it, but without a project. */
#ifndef TESTS_CONFORMANCE_LOAD_CASE_SOURCE_H
#define TESTS_CONFORMANCE_LOAD_CASE_SOURCE_H

#include "source/source.h"

/* A source of `type` with the options in `block`. ctx->arena must be set; it outlives the source.
 */
MUST_CHECK Error *case_source_open(SourceContext *ctx, Str type, const Value *block, Source *out);

#endif
