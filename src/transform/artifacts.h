/* transform/artifacts.h - what an invocation leaves below target/: manifest.json and
 * run_results.json, with the keys of dbt's. */
#ifndef TRANSFORM_ARTIFACTS_H
#define TRANSFORM_ARTIFACTS_H

#include "transform/runner.h"

/* `outcome` may be NULL: nothing was compiled yet. Neither writes anything with --no-write-json. */
MUST_CHECK Error *artifacts_write_manifest(const Session *session, const RunOutcome *outcome);
MUST_CHECK Error *artifacts_write_results(const Session *session, const RunOutcome *outcome);

#endif
