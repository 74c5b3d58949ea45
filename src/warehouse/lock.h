/* warehouse/lock.h - the project's write lock: whoever writes to the warehouse holds it, one
 * process at a time (dango.md 5.5). It is an exclusive flock on dbt.lock in the project's state
 * directory. The file is never removed, and the kernel frees the lock when its holder dies, so no
 * lock is ever stale. Beside it dbt.lock.json says, for messages only, who the holder is. Lock
 * order: this one before DuckDB's own. */
#ifndef WAREHOUSE_LOCK_H
#define WAREHOUSE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/thread.h"

typedef struct WriteLock {
    int fd;              /* -1 when not held */
    Str state_directory; /* borrowed from the request */
} WriteLock;

#define WRITE_LOCK_NONE \
    { \
        .fd = -1 \
    }

typedef struct LockHolder {
    int64_t pid; /* 0 = unknown or nobody */
    Str source;
    Str operation;
    Str started_at; /* ISO 8601, UTC */
    Str hostname;
} LockHolder;

typedef struct LockRequest {
    Str state_directory; /* absolute, .dango/state; made if absent; must outlive the lock */
    Str operation;       /* "sync", "run", "db clean" */
    Str source;          /* what it works on; may be empty */
    int64_t wait_us;     /* how long to try; 0 = at once or not at all */
    const Cancel *cancel;
    void (*on_wait)(void *context,
                    const LockHolder *holder); /* once, before waiting; NULL = no need */
    void *context;
} LockRequest;

/* ERR_LOCKED "database is locked: ..." naming the holder, ERR_CANCELLED when stopped while waiting.
 */
MUST_CHECK Error *write_lock_take(const LockRequest *request, WriteLock *out_lock);
/* Does nothing for a lock that is not held. */
void write_lock_done(WriteLock *lock);
DEFINE_AUTO_DONE(write_lock, WriteLock)

/* Who holds the lock now, as far as is known; pid 0 when nobody does. */
MUST_CHECK Error *write_lock_holder(Arena *arena, Str state_directory, LockHolder *out_holder);

#endif
