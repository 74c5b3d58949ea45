/* transform/run/scheduler.h - which node is next: hands out the steps of a plan to workers, each
 * after those it waits for, the smallest position first. All functions but new and free may be
 * called from any thread. */
#ifndef TRANSFORM_RUN_SCHEDULER_H
#define TRANSFORM_RUN_SCHEDULER_H

#include "transform/graph/graph.h"

typedef struct Scheduler Scheduler;

void scheduler_free(Scheduler *scheduler);
/* Borrows the plan. */
OWNED_UNTIL(scheduler_free) Scheduler *scheduler_new(const GraphPlan *plan);
DEFINE_AUTO_FREE(scheduler, Scheduler)

typedef enum StepOutcome {
    STEP_DONE,   /* what waits for it may run */
    STEP_FAILED, /* what waits for it, directly or not, is skipped */
} StepOutcome;

typedef struct ScheduledStep {
    size_t position;    /* in the plan */
    bool skipped;       /* a step it waits for failed */
    size_t failed_step; /* which one, when skipped */
} ScheduledStep;

/* Waits for a step that may run. False when there are no more, or scheduler_stop was called. */
bool scheduler_take(Scheduler *scheduler, ScheduledStep *out_step);
/* Tells how a step that was taken ended; skipped ones count as failed of their own. */
void scheduler_finish(Scheduler *scheduler, size_t position, StepOutcome outcome);
/* Hands out nothing any more. */
void scheduler_stop(Scheduler *scheduler);
bool scheduler_is_stopped(Scheduler *scheduler);
/* True for steps that were never taken. */
bool scheduler_is_left(Scheduler *scheduler, size_t position);

#endif
