/* base/thread.h - threads, locks, the token that stops work, and a pool. Every thread is joined
 * where it was made; none is detached. Shared data is immutable, atomic, or stands next to its
 * mutex with a guarded-by comment. Lock order is written down in ARCHITECTURE.md. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"

typedef struct Mutex {
    pthread_mutex_t handle;
} Mutex;

#define MUTEX_INIT \
    { \
        PTHREAD_MUTEX_INITIALIZER \
    }
void mutex_init(Mutex *mutex);
void mutex_done(Mutex *mutex);
void mutex_lock(Mutex *mutex);
void mutex_unlock(Mutex *mutex);

/* Holds a mutex for a scope: `AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&mu);` */
typedef struct MutexGuard {
    Mutex *mutex;
} MutexGuard;

static inline MutexGuard mutex_guard(Mutex *mutex)
{
    mutex_lock(mutex);
    return (MutexGuard){mutex};
}

static inline void mutex_guard_done(MutexGuard *guard)
{
    mutex_unlock(guard->mutex);
}
DEFINE_AUTO_DONE(mutex_guard, MutexGuard)

typedef struct Condition {
    pthread_cond_t handle;
} Condition;

void condition_init(Condition *condition);
void condition_done(Condition *condition);
/* Waits with `mutex` released; wakes spuriously, so look at the state again. */
void condition_wait(Condition *condition, Mutex *mutex);
/* False when `deadline_us` (monotonic) passed first. */
bool condition_wait_until(Condition *condition, Mutex *mutex, int64_t deadline_us);
void condition_wake_all(Condition *condition);

/* Asked for by a signal, a failure elsewhere or a deadline; looked at per page, batch and
 * statement. It is shared by address. cancel_request is safe in a signal handler. */
typedef struct Cancel {
    atomic_bool requested;
    _Atomic int64_t deadline_us; /* monotonic; 0 = none */
    const struct Cancel *parent; /* stops this one too; may be NULL; set before others look */
} Cancel;

void cancel_request(Cancel *cancel);
/* As if it had not been asked for; its parent and deadline stay. */
void cancel_withdraw(Cancel *cancel);
bool cancel_requested(const Cancel *cancel);
/* ERR_CANCELLED when stopped or past the deadline, else NULL. A NULL token never stops. */
MUST_CHECK Error *cancel_check(const Cancel *cancel);

typedef struct Thread {
    pthread_t handle;
    bool started;
} Thread;

/* Starts `body(arg)` with `stack_bytes` of stack (0 = the system's default). `name` shows in
 * debuggers, at most 15 bytes. */
MUST_CHECK Error *thread_start(Thread *thread, const char *name, size_t stack_bytes,
                               void *(*body)(void *), void *arg);
/* Does nothing for a thread that was never started. */
void thread_join(Thread *thread);

/* Runs work(item, worker) for each item 0 .. count-1 on at most `workers` threads, each taking the
 * next one when it is free; returns after all are done. `worker` counts from 0, for per-thread
 * state. The calling thread is worker 0; where the system refuses further threads, fewer do the
 * work. */
void thread_for_each(size_t count, size_t workers,
                     void (*work)(void *context, size_t item, size_t worker), void *context);

/* Processors this process may use; at least 1. */
size_t thread_processor_count(void);

#endif
