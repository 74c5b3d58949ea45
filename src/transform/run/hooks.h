/* transform/run/hooks.h - what is done before the first node and after the last one: the hooks
 * on-run-start and on-run-end of the project and its packages. */
#ifndef TRANSFORM_RUN_HOOKS_H
#define TRANSFORM_RUN_HOOKS_H

#include "transform/run/compile.h"
#include "transform/run/result.h"

#define HOOK_PHASES(X) \
    X(START, "on-run-start") \
    X(END, "on-run-end")

typedef enum HookPhase {
#define X(name, text) HOOKS_##name,
    HOOK_PHASES(X)
#undef X
        HOOK_PHASE_COUNT
} HookPhase;

/* The key of dbt_project.yml, which is also the tag of the phase's operations. */
Str hook_phase_name(HookPhase phase);

/* Runs the hooks of a phase one after the other on a connection of their own, those of the root
 * first, and appends a result for each; after a failure the others are skipped. Hooks of the end
 * know the results `told`, which may be the same. Errors mean that a hook could not be rendered,
 * which ends the whole run. */
MUST_CHECK Error *run_hooks(Session *session, HookPhase phase, const NodeResultVec *told,
                            NodeResultVec *results);
/* True when there are any. */
bool hooks_exist(const Session *session);

#endif
