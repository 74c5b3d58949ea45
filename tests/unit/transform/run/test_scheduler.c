#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/thread.h"
#include "transform/run/scheduler.h"

enum { STEPS = 2000, WORKERS = 4 };

/* Step i waits for i / 2 and i / 3: many ways down, like models on models. */
static GraphPlan layered_plan(Arena *arena)
{
    GraphPlan plan = {0};
    for (size_t i = 0; i < STEPS; i++) {
        VEC_PUSH(arena, &plan, (GraphStep){.node = i});
    }
    for (size_t i = 2; i < STEPS; i++) {
        const size_t parents[] = {i / 2, i / 3};
        for (size_t k = 0; k < ARRAY_LEN(parents); k++) {
            VEC_PUSH(arena, &plan.data[i].waits_for, parents[k]);
            VEC_PUSH(arena, &plan.data[parents[k]].unlocks, i);
        }
    }
    return plan;
}

typedef struct Trial {
    Scheduler *scheduler;
    const GraphPlan *plan;
    size_t failing; /* SIZE_MAX = none */
    atomic_bool done[STEPS];
    atomic_size_t ran;
    atomic_size_t skipped;
    atomic_bool too_early;
} Trial;

static void work(void *context, size_t item, size_t worker)
{
    (void)item;
    (void)worker;
    Trial *trial = context;
    ScheduledStep step;
    while (scheduler_take(trial->scheduler, &step)) {
        for (VEC_EACH(const size_t, parent, &trial->plan->data[step.position].waits_for)) {
            if (!atomic_load(&trial->done[*parent])) {
                atomic_store(&trial->too_early, true);
            }
        }
        atomic_fetch_add(step.skipped ? &trial->skipped : &trial->ran, 1);
        atomic_store(&trial->done[step.position], true);
        scheduler_finish(trial->scheduler, step.position,
                         step.position == trial->failing ? STEP_FAILED : STEP_DONE);
    }
}

static void run_trial(Arena *arena, size_t failing, size_t *out_ran, size_t *out_skipped)
{
    GraphPlan plan = layered_plan(arena);
    AUTO_FREE(scheduler) Scheduler *scheduler = scheduler_new(&plan);
    Trial *trial = ARENA_NEW(arena, Trial);
    trial->scheduler = scheduler;
    trial->plan = &plan;
    trial->failing = failing;
    thread_for_each(WORKERS, WORKERS, work, trial);
    assert_false(atomic_load(&trial->too_early));
    *out_ran = atomic_load(&trial->ran);
    *out_skipped = atomic_load(&trial->skipped);
}

static void workers_run_each_step_once_after_those_it_waits_for(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    size_t ran = 0, skipped = 0;
    run_trial(arena, SIZE_MAX, &ran, &skipped);
    assert_int_equal(ran, STEPS);
    assert_int_equal(skipped, 0);
}

static void what_depends_on_a_failed_step_is_skipped(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    size_t ran = 0, skipped = 0;
    run_trial(arena, 1, &ran, &skipped);
    assert_int_equal(ran, 2); /* 0 and 1: all others come after 1 */
    assert_int_equal(skipped, STEPS - 2);
}

static void one_worker_takes_free_steps_in_the_order_of_the_plan(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    GraphPlan plan = layered_plan(arena);
    AUTO_FREE(scheduler) Scheduler *scheduler = scheduler_new(&plan);
    ScheduledStep step;
    for (size_t i = 0; i < STEPS; i++) {
        assert_true(scheduler_take(scheduler, &step));
        assert_int_equal(step.position, i);
        scheduler_finish(scheduler, i, STEP_DONE);
    }
    assert_false(scheduler_take(scheduler, &step));
}

static void a_stopped_scheduler_leaves_what_was_not_taken(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    GraphPlan plan = layered_plan(arena);
    AUTO_FREE(scheduler) Scheduler *scheduler = scheduler_new(&plan);
    ScheduledStep step;
    assert_true(scheduler_take(scheduler, &step));
    scheduler_stop(scheduler);
    scheduler_finish(scheduler, step.position, STEP_FAILED);
    assert_false(scheduler_take(scheduler, &step));
    assert_false(scheduler_is_left(scheduler, 0));
    assert_true(scheduler_is_left(scheduler, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_run_each_step_once_after_those_it_waits_for),
        cmocka_unit_test(what_depends_on_a_failed_step_is_skipped),
        cmocka_unit_test(one_worker_takes_free_steps_in_the_order_of_the_plan),
        cmocka_unit_test(a_stopped_scheduler_leaves_what_was_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
