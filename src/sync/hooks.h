/* sync/hooks.h - what happens after a load (dango.md 5.12), as a table of steps in hooks.c; each
 * step is a function in a hook_*.c. Steps are isolated: one that fails is told, stands in the
 * history and the status file, and makes the command end with 1; the data stays loaded and the
 * other steps run. */
#ifndef SYNC_HOOKS_H
#define SYNC_HOOKS_H

#include "base/thread.h"
#include "project/project.h"
#include "sync/event.h"
#include "sync/request.h"
#include "sync/status_file.h"
#include "warehouse/warehouse.h"

/* What a step may use; the write lock is held. */
typedef struct HookContext {
    Arena *arena; /* lives as long as the step */
    const Project *project;
    Warehouse *warehouse;   /* NULL for a step that another program does, which opens it itself */
    Connection *connection; /* without a transaction; NULL without a warehouse */
    const Cancel *cancel;
    const SyncReporter *reporter;
    const StrVec *sources; /* those whose models are to be built */
} HookContext;

/* One line about what a step did. */
void hook_tell(const HookContext *context, Str text);

typedef struct HookRun {
    const Project *project;
    const SyncRequest *request;
    Warehouse **warehouse; /* open or NULL, before and after; the caller's to close */
    MUST_CHECK Error *(*open)(void *context, Warehouse **out_warehouse);
    void *context; /* of open() */
    const Cancel *cancel;
    const SyncReporter *reporter;
    StatusFile *status;
    const StrVec *requested; /* sources of this sync */
    const StrVec *loaded;    /* those of them that loaded rows or changed columns */
    bool has_failures;       /* a source failed, which dashboards should show */
} HookRun;

typedef struct HookOutcome {
    size_t failed; /* steps */
    bool interrupted;
} HookOutcome;

/* Runs the steps that apply. A sync that brought nothing new, and whose sources' models are all
 * built (pending.h), runs none. */
void hooks_run(const HookRun *run, HookOutcome *out);

/* ---- The steps ---- */

/* Copies the results of the last dbt test to _dango_meta before another run of dbt replaces them.
 */
MUST_CHECK Error *hook_keep_test_results(const HookContext *context);
/* Staging models of new and changed tables; files edited by hand stay. */
MUST_CHECK Error *hook_generate(const HookContext *context);
/* The models that come from the loaded sources. */
MUST_CHECK Error *hook_run_models(const HookContext *context);
/* _dango_meta.sync_history and source_overview, for dashboards. */
MUST_CHECK Error *hook_write_meta(const HookContext *context);

#endif
