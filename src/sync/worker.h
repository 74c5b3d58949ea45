/* sync/worker.h - the process that syncs. It reads a request from its standard input, does it, and
 * writes events to its standard output; what it logs goes to standard error. Started by sync_run()
 * only. */
#ifndef SYNC_WORKER_H
#define SYNC_WORKER_H

#include "base/thread.h"
#include "project/project.h"

/* Returns when all is done. An error says that the sync as a whole failed, and was reported as an
 * event; a source that failed does not. */
MUST_CHECK Error *sync_worker_run(const Project *project, const Cancel *cancel);

#endif
