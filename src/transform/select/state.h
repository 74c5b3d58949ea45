/* transform/select/state.h - what an earlier invocation left in a directory, its manifest.json and
 * run_results.json: for `state:` and `result:` selectors, and for models that read from where
 * another project built them (--defer). Never changes once loaded; any thread. */
#ifndef TRANSFORM_SELECT_STATE_H
#define TRANSFORM_SELECT_STATE_H

#include "transform/graph/manifest.h"
#include "transform/graph/relation.h"

typedef struct State State;

/* Reads what is in the directory and compares it with `manifest`, and the sources.json of now in
 * `target` (empty: none). Files that are missing count as absent; ERR_CONFIG for those that are no
 * artifacts of dbt. Lives in `arena`. */
MUST_CHECK Error *state_load(Arena *arena, Str directory, Str target, const Manifest *manifest,
                             const State **out);
/* `state` may be NULL in all of these: then nothing is known. */
bool state_has_manifest(const State *state);
bool state_has_results(const State *state);

/* ERR_USAGE with the known words for anything else: "new", "modified.body", ... */
MUST_CHECK Error *state_check_word(Str word);
/* Whether the word is true of the node. `scratch` is for what comparing makes. */
bool state_matches(const State *state, Arena *scratch, Str word, const Node *node);
/* How the node ended; empty when it did not run. */
Str state_result(const State *state, Str unique_id);

/* The sources.json of then and of now. */
bool state_has_freshness_then(const State *state);
bool state_has_freshness_now(const State *state);
/* Whether the source has newer rows than then, or was not asked then. */
bool state_is_fresher(const State *state, Str unique_id);

/* Where the node is in the other database. False when it is not there or has no relation. */
bool state_relation(const State *state, const Node *node, RelationName *out);

#endif
