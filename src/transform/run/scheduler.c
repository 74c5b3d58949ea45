#include "transform/run/scheduler.h"

#include "base/thread.h"

typedef enum StepState { STEP_WAITING, STEP_READY, STEP_TAKEN, STEP_ENDED } StepState;

typedef struct StepEntry {
    StepState state;
    size_t missing; /* steps it still waits for */
    bool skipped;
    size_t failed_step;
} StepEntry;

struct Scheduler {
    Arena *arena;
    const GraphPlan *plan;
    Mutex mu;
    Condition changed;
    StepEntry *steps;   /* guarded by mu, as all below */
    size_t first_ready; /* no ready step stands before it */
    size_t left;        /* steps not yet ended */
    bool stopped;
};

Scheduler *scheduler_new(const GraphPlan *plan)
{
    Arena *arena = arena_new("scheduler");
    Scheduler *scheduler = ARENA_NEW(arena, Scheduler);
    scheduler->arena = arena;
    scheduler->plan = plan;
    scheduler->left = plan->len;
    scheduler->steps = ARENA_ARRAY(arena, StepEntry, plan->len);
    mutex_init(&scheduler->mu);
    condition_init(&scheduler->changed);
    for (size_t i = 0; i < plan->len; i++) {
        scheduler->steps[i].missing = plan->data[i].waits_for.len;
        scheduler->steps[i].state = scheduler->steps[i].missing == 0 ? STEP_READY : STEP_WAITING;
    }
    return scheduler;
}

void scheduler_free(Scheduler *scheduler)
{
    if (scheduler != NULL) {
        condition_done(&scheduler->changed);
        mutex_done(&scheduler->mu);
        arena_free(scheduler->arena);
    }
}

/* The caller holds the lock. SIZE_MAX when nothing is ready. */
static size_t next_ready(Scheduler *scheduler)
{
    for (size_t i = scheduler->first_ready; i < scheduler->plan->len; i++) {
        if (scheduler->steps[i].state == STEP_READY) {
            scheduler->first_ready = i + 1;
            return i;
        }
    }
    scheduler->first_ready = scheduler->plan->len;
    return SIZE_MAX;
}

bool scheduler_take(Scheduler *scheduler, ScheduledStep *out_step)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&scheduler->mu);
    while (!scheduler->stopped && scheduler->left > 0) {
        size_t position = next_ready(scheduler);
        if (position != SIZE_MAX) {
            StepEntry *step = &scheduler->steps[position];
            step->state = STEP_TAKEN;
            *out_step = (ScheduledStep){
                .position = position, .skipped = step->skipped, .failed_step = step->failed_step};
            return true;
        }
        condition_wait(&scheduler->changed, &scheduler->mu);
    }
    return false;
}

void scheduler_finish(Scheduler *scheduler, size_t position, StepOutcome outcome)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&scheduler->mu);
    const StepEntry *ended = &scheduler->steps[position];
    scheduler->steps[position].state = STEP_ENDED;
    scheduler->left--;
    bool failed = outcome == STEP_FAILED || ended->skipped;
    for (VEC_EACH(const size_t, next, &scheduler->plan->data[position].unlocks)) {
        StepEntry *step = &scheduler->steps[*next];
        if (failed && !step->skipped) {
            step->skipped = true;
            step->failed_step = ended->skipped ? ended->failed_step : position;
        }
        if (--step->missing == 0) {
            step->state = STEP_READY;
            scheduler->first_ready =
                *next < scheduler->first_ready ? *next : scheduler->first_ready;
        }
    }
    condition_wake_all(&scheduler->changed);
}

void scheduler_stop(Scheduler *scheduler)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&scheduler->mu);
    scheduler->stopped = true;
    condition_wake_all(&scheduler->changed);
}

bool scheduler_is_stopped(Scheduler *scheduler)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&scheduler->mu);
    return scheduler->stopped;
}

bool scheduler_is_left(Scheduler *scheduler, size_t position)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&scheduler->mu);
    StepState state = scheduler->steps[position].state;
    return state == STEP_WAITING || state == STEP_READY;
}
