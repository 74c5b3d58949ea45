#include "base/thread.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"

void mutex_init(Mutex *mutex)
{
    CHECK(pthread_mutex_init(&mutex->handle, NULL) == 0);
}

void mutex_done(Mutex *mutex)
{
    pthread_mutex_destroy(&mutex->handle);
}

void mutex_lock(Mutex *mutex)
{
    CHECK(pthread_mutex_lock(&mutex->handle) == 0);
}

void mutex_unlock(Mutex *mutex)
{
    CHECK(pthread_mutex_unlock(&mutex->handle) == 0);
}

void condition_init(Condition *condition)
{
    pthread_condattr_t attributes;
    CHECK(pthread_condattr_init(&attributes) == 0);
    CHECK(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    CHECK(pthread_cond_init(&condition->handle, &attributes) == 0);
    pthread_condattr_destroy(&attributes);
}

void condition_done(Condition *condition)
{
    pthread_cond_destroy(&condition->handle);
}

void condition_wait(Condition *condition, Mutex *mutex)
{
    CHECK(pthread_cond_wait(&condition->handle, &mutex->handle) == 0);
}

bool condition_wait_until(Condition *condition, Mutex *mutex, int64_t deadline_us)
{
    deadline_us = deadline_us > 0 ? deadline_us : 0; /* long past all the same */
    struct timespec deadline = {.tv_sec = (time_t)(deadline_us / 1000000),
                                .tv_nsec = (long)(deadline_us % 1000000) * 1000};
    int result = pthread_cond_timedwait(&condition->handle, &mutex->handle, &deadline);
    CHECK(result == 0 || result == ETIMEDOUT);
    return result == 0;
}

void condition_wake_all(Condition *condition)
{
    pthread_cond_broadcast(&condition->handle);
}

void cancel_request(Cancel *cancel)
{
    atomic_store(&cancel->requested, true);
}

void cancel_withdraw(Cancel *cancel)
{
    atomic_store(&cancel->requested, false);
}

bool cancel_requested(const Cancel *cancel)
{
    if (cancel == NULL) {
        return false;
    }
    int64_t deadline_us = atomic_load(&cancel->deadline_us);
    return atomic_load(&cancel->requested) ||
           (deadline_us != 0 && clock_monotonic_us() >= deadline_us) ||
           cancel_requested(cancel->parent);
}

Error *cancel_check(const Cancel *cancel)
{
    if (LIKELY(!cancel_requested(cancel))) {
        return NULL;
    }
    if (cancel->parent != NULL && cancel_requested(cancel->parent)) {
        return cancel_check(cancel->parent);
    }
    bool by_request = atomic_load(&cancel->requested);
    return error_new(ERR_CANCELLED,
                     by_request ? "interrupted" : "stopped: the time limit was reached");
}

Error *thread_start(Thread *thread, const char *name, size_t stack_bytes, void *(*body)(void *),
                    void *arg)
{
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0);
    if (stack_bytes > 0) {
        CHECK(pthread_attr_setstacksize(&attributes, stack_bytes) == 0);
    }
    int result = pthread_create(&thread->handle, &attributes, body, arg);
    pthread_attr_destroy(&attributes);
    if (result != 0) {
        return error_hint(
            error_new(ERR_LIMIT, "cannot start thread '%s': %s", name, strerrordesc_np(result)),
            "use fewer workers or raise the limit on processes");
    }
    thread->started = true;
    pthread_setname_np(thread->handle, name);
    return NULL;
}

void thread_join(Thread *thread)
{
    if (thread->started) {
        pthread_join(thread->handle, NULL);
        thread->started = false;
    }
}

typedef struct ForEach {
    void (*work)(void *context, size_t item, size_t worker);
    void *context;
    size_t count;
    atomic_size_t next;
} ForEach;

typedef struct ForEachWorker {
    ForEach *job;
    size_t number;
    Thread thread;
} ForEachWorker;

static void *for_each_body(void *arg)
{
    ForEachWorker *worker = arg;
    ForEach *job = worker->job;
    for (size_t item; (item = atomic_fetch_add(&job->next, 1)) < job->count;) {
        job->work(job->context, item, worker->number);
    }
    return NULL;
}

void thread_for_each(size_t count, size_t workers,
                     void (*work)(void *context, size_t item, size_t worker), void *context)
{
    ForEachWorker pool[LIMIT_THREADS] = {0};
    ForEach job = {.work = work, .context = context, .count = count};
    atomic_init(&job.next, 0);
    workers = workers > count ? count : workers;
    workers = workers > LIMIT_THREADS ? LIMIT_THREADS : workers;
    Error *err = NULL;
    for (size_t i = 0; i < ARRAY_LEN(pool); i++) {
        pool[i] = (ForEachWorker){.job = &job, .number = i};
    }
    for (size_t i = 1; i < workers && err == NULL; i++) {
        err = thread_start(&pool[i].thread, "worker", 0, for_each_body, &pool[i]);
    }
    if (count > 0) {
        for_each_body(&pool[0]); /* the caller is the first worker */
    }
    for (size_t i = 1; i < workers; i++) {
        thread_join(&pool[i].thread);
    }
    if (err != NULL) {
        error_discard(err, "the threads that did start have done all the work");
    }
}

size_t thread_processor_count(void)
{
    cpu_set_t usable;
    CPU_ZERO(&usable);
    if (sched_getaffinity(0, sizeof(usable), &usable) != 0) {
        return 1;
    }
    int count = CPU_COUNT(&usable);
    return count > 0 ? (size_t)count : 1;
}
