/* transform/artifact/artifacts.h - what an invocation leaves below target/: manifest.json,
 * semantic_manifest.json and run_results.json, with the keys of dbt's. */
#ifndef TRANSFORM_ARTIFACT_ARTIFACTS_H
#define TRANSFORM_ARTIFACT_ARTIFACTS_H

#include "transform/artifact/json_file.h"
#include "transform/run/runner.h"

/* `outcome` may be NULL: nothing was compiled yet. None writes anything with --no-write-json. */
MUST_CHECK Error *artifacts_write_manifest(const Session *session, const RunOutcome *outcome);
/* semantic_manifest.json: what programs that answer metrics read. */
MUST_CHECK Error *artifacts_write_semantic_manifest(const Session *session);
MUST_CHECK Error *artifacts_write_results(const Session *session, const RunOutcome *outcome);

/* The metadata every artifact begins with; `schema` is such as "manifest/v12". */
ValueMapBuilder artifact_metadata(const Session *session, Arena *arena, const char *schema);
/* Begins a file of the target directory. */
MUST_CHECK Error *artifact_open(const Session *session, Arena *arena, const char *name,
                                JsonFile **out);

#endif
