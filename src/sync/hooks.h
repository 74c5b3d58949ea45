/* sync/hooks.h - what happens after a load (dango.md 5.12), as a table: each row is a step that
 * gets what was loaded. A step that fails does not change the outcome of the load; it is told and
 * the command ends with 1. */
#ifndef SYNC_HOOKS_H
#define SYNC_HOOKS_H

#include "base/thread.h"
#include "project/project.h"
#include "sync/event.h"
#include "warehouse/warehouse.h"

/* What the hooks may use; the write lock is held. */
typedef struct HookContext {
    const Project *project;
    Connection *connection;
    const Cancel *cancel;
    SyncReporter reporter;
    StrVec loaded; /* sources that loaded rows or changed columns */
} HookContext;

typedef struct SyncHook {
    const char *name; /* "generate", for messages */
    MUST_CHECK Error *(*run)(const HookContext *context);
} SyncHook;

/* In the order they run; ends with a NULL name. */
extern const SyncHook sync_hooks[];

#endif
