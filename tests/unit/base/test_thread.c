#include "base_fixture.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/thread.h"
#include "faults.h"

typedef struct Counter {
    Mutex mu;
    Condition changed;
    size_t value; /* guarded by mu */
} Counter;

static void *count_to_1000(void *arg)
{
    Counter *counter = arg;
    for (size_t i = 0; i < 1000; i++) {
        AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&counter->mu);
        counter->value++;
        condition_wake_all(&counter->changed);
    }
    return NULL;
}

static void a_mutex_keeps_threads_apart_and_a_condition_wakes_them(void **state)
{
    (void)state;
    Counter counter = {.value = 0};
    mutex_init(&counter.mu);
    condition_init(&counter.changed);
    enum { THREADS = 4 };
    Thread threads[THREADS] = {{.started = false}};
    for (size_t i = 0; i < THREADS; i++) {
        assert_ok(thread_start(&threads[i], "counter", i % 2 * 256 * KIB, count_to_1000, &counter));
        assert_true(threads[i].started);
    }
    mutex_lock(&counter.mu);
    while (counter.value < (size_t)THREADS * 500) {
        condition_wait(&counter.changed, &counter.mu);
    }
    while (counter.value < (size_t)THREADS * 1000) {
        condition_wait_until(&counter.changed, &counter.mu, clock_monotonic_us() + 10000000);
    }
    mutex_unlock(&counter.mu);
    for (size_t i = 0; i < THREADS; i++) {
        thread_join(&threads[i]);
        assert_false(threads[i].started);
        thread_join(&threads[i]); /* nothing to do any more */
    }
    assert_int_equal(counter.value, THREADS * 1000);
    condition_done(&counter.changed);
    mutex_done(&counter.mu);
}

static void a_wait_ends_at_its_deadline(void **state)
{
    (void)state;
    Mutex mu = MUTEX_INIT;
    Condition never;
    condition_init(&never);
    mutex_lock(&mu);
    int64_t start_us = clock_monotonic_us();
    static const int64_t past[] = {0, -1, INT64_MIN, 1};
    for (size_t i = 0; i < ARRAY_LEN(past); i++) {
        while (condition_wait_until(&never, &mu, past[i])) {
        }
    }
    while (condition_wait_until(&never, &mu, start_us + 20000)) { /* wakes spuriously */
    }
    assert_in_range((uint64_t)(clock_monotonic_us() - start_us), 20000, 10000000);
    mutex_unlock(&mu);
    condition_done(&never);
    mutex_done(&mu);
}

static Cancel stopped_by_signal;

static void on_signal(int number)
{
    (void)number;
    // NOLINTNEXTLINE(bugprone-signal-handler,cert-sig30-c): an atomic store, made to be safe here
    cancel_request(&stopped_by_signal);
}

static void a_token_stops_by_request_signal_or_deadline(void **state)
{
    (void)state;
    assert_false(cancel_requested(NULL));
    assert_ok(cancel_check(NULL));
    Cancel cancel = {.requested = false};
    assert_ok(cancel_check(&cancel));
    atomic_store(&cancel.deadline_us, clock_monotonic_us() + 3600000000);
    assert_ok(cancel_check(&cancel));
    atomic_store(&cancel.deadline_us, 1);
    assert_true(cancel_requested(&cancel));
    assert_fails(cancel_check(&cancel), ERR_CANCELLED, "the time limit was reached");
    cancel_request(&cancel);
    assert_fails(cancel_check(&cancel), ERR_CANCELLED, "interrupted");
    Cancel child = {.parent = &cancel};
    assert_true(cancel_requested(&child));
    assert_fails(cancel_check(&child), ERR_CANCELLED, "interrupted");
    cancel = (Cancel){.requested = false};
    cancel_request(&child);
    assert_false(cancel_requested(&cancel));
    cancel_withdraw(&child);
    assert_ok(cancel_check(&child));
    signal(SIGUSR1, on_signal);
    assert_int_equal(raise(SIGUSR1), 0);
    signal(SIGUSR1, SIG_DFL);
    assert_fails(cancel_check(&stopped_by_signal), ERR_CANCELLED, "interrupted");
}

typedef struct Visits {
    atomic_uint count[1000];
    atomic_uint by_worker[LIMIT_THREADS];
} Visits;

static void visit(void *context, size_t item, size_t worker)
{
    Visits *visits = context;
    atomic_fetch_add(&visits->count[item], 1);
    atomic_fetch_add(&visits->by_worker[worker], 1);
    sched_yield();
}

static void each_item_is_worked_on_once_whatever_the_number_of_workers(void **state)
{
    (void)state;
    static const struct {
        size_t count, workers, allowed;
    } cases[] = {{0, 4, 0},
                 {1, 4, 1},
                 {5, 1, 1},
                 {5, 0, 1},
                 {3, 100, 3},
                 {1000, 4, 4},
                 {1000, 100000, LIMIT_THREADS}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        static Visits visits;
        memset(&visits, 0, sizeof(visits));
        thread_for_each(cases[i].count, cases[i].workers, visit, &visits);
        unsigned total = 0;
        for (size_t item = 0; item < ARRAY_LEN(visits.count); item++) {
            assert_int_equal(visits.count[item], item < cases[i].count);
        }
        for (size_t worker = 0; worker < LIMIT_THREADS; worker++) {
            assert_true(worker < cases[i].allowed || visits.by_worker[worker] == 0);
            total += visits.by_worker[worker];
        }
        assert_int_equal(total, cases[i].count);
    }
}

static void without_further_threads_the_caller_does_the_work(void **state)
{
    (void)state;
    for (size_t allowed = 0; allowed < 3; allowed++) {
        static Visits visits;
        memset(&visits, 0, sizeof(visits));
        fault_set(FAULT_PTHREAD_CREATE, allowed, 1, EAGAIN);
        thread_for_each(100, 8, visit, &visits);
        assert_int_equal(fault_count(FAULT_PTHREAD_CREATE), 1);
        for (size_t item = 0; item < 100; item++) {
            assert_int_equal(visits.count[item], 1);
        }
        for (size_t worker = allowed + 1; worker < LIMIT_THREADS; worker++) {
            assert_int_equal(visits.by_worker[worker], 0);
        }
    }
    Thread thread = {.started = false};
    fault_set(FAULT_PTHREAD_CREATE, 0, 1, EAGAIN);
    assert_fails(thread_start(&thread, "refused", 0, count_to_1000, NULL), ERR_LIMIT,
                 "cannot start thread 'refused': Resource temporarily unavailable");
    assert_false(thread.started);
    thread_join(&thread);
    fault_clear();
}

static void *read_own_name(void *arg)
{
    pthread_getname_np(pthread_self(), arg, 16);
    return NULL;
}

static void a_thread_has_a_name(void **state)
{
    (void)state;
    /* a thread may look before it has been named, so the name is only compared when there is one */
    char name[16] = "";
    Thread thread = {.started = false};
    assert_ok(thread_start(&thread, "fifteen-letters", 0, read_own_name, name));
    thread_join(&thread);
    assert_true(name[0] != '\0');
}

static void there_is_at_least_one_processor(void **state)
{
    (void)state;
    assert_in_range(thread_processor_count(), 1, CPU_SETSIZE);
    fault_set(FAULT_AFFINITY, 0, 1, EINVAL);
    assert_int_equal(thread_processor_count(), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mutex_keeps_threads_apart_and_a_condition_wakes_them),
        cmocka_unit_test(a_wait_ends_at_its_deadline),
        cmocka_unit_test(a_token_stops_by_request_signal_or_deadline),
        cmocka_unit_test(each_item_is_worked_on_once_whatever_the_number_of_workers),
        cmocka_unit_test(without_further_threads_the_caller_does_the_work),
        cmocka_unit_test(a_thread_has_a_name),
        cmocka_unit_test(there_is_at_least_one_processor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
