/* dango sync-worker: the process of a sync, started by sync/sync.c. Not for people. */
#include "cli/app.h"
#include "cli/command/all.h"
#include "sync/worker.h"

static Error *run(App *app, const Invocation *invocation)
{
    (void)invocation;
    Error *err = sync_worker_run(app->project, app->cancel);
    if (err == NULL) {
        return NULL;
    }
    error_discard(err, "told as an event, which is what the starter reads");
    return error_new(ERR_FAILED, "nothing was synced");
}

const CommandDef command_sync_worker = {
    .path = "sync-worker",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .summary = "the process of a sync; started by 'dango sync'",
    .hidden = true,
    .run = run,
};
