#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "http/budget.h"

enum { SECOND_US = 1000000, MANY = 8 };

/* 2023-11-14 22:13:20 UTC */
static const int64_t now_us = (int64_t)1700000000 * SECOND_US;

static void waits_are_seconds_or_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t wait_us; /* -1: is none */
    } cases[] = {
        {"120", (int64_t)120 * SECOND_US},
        {" 1.5 ", 1500000},
        {"0", 0},
        {"-3", 0},
        {"Tue, 14 Nov 2023 22:13:30 GMT", (int64_t)10 * SECOND_US},
        {"Tue, 14 Nov 2023 22:13:10 GMT", 0},
        {"soon", -1},
        {"", -1},
        {"nan", -1},
        {"1e300", -1},
        {"Tue, 31 Feb 2023 22:13:10 GMT", -1},
        {"Tue, 14 Nov", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t wait_us = -1;
        bool fits = http_parse_wait(str_from(cases[i].text), now_us, &wait_us);
        assert_int_equal(fits, cases[i].wait_us >= 0);
        assert_int_equal(wait_us, cases[i].wait_us);
    }
}

static BudgetNews news_of(const char *const headers[][2], size_t count)
{
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    HttpHeaderVec all = {0};
    for (size_t i = 0; i < count && headers[i][0] != NULL; i++) {
        VEC_PUSH(arena, &all,
                 (HttpHeader){.name = str_from(headers[i][0]), .value = str_from(headers[i][1])});
    }
    BudgetNews news;
    budget_read(&all, now_us, &news);
    return news;
}

static void headers_of_limits_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *headers[4][2];
        BudgetNews news;
    } cases[] = {
        {{{"x-ratelimit-limit", "60"},
          {"X-RateLimit-Remaining", "59"},
          {"X-RateLimit-Reset", "1700000030"}},
         {60, 59, (int64_t)30 * SECOND_US}},
        {{{"RateLimit-Limit", "100, 100;w=60"},
          {"RateLimit-Remaining", "0"},
          {"RateLimit-Reset", "5"}},
         {100, 0, (int64_t)6 * SECOND_US}},
        {{{"RateLimit", "limit=10, remaining=3, reset=1.5"}}, {10, 3, 1500000}},
        {{{"X-RateLimit-Remaining", "many"}}, {-1, -1, -1}},
        {{{"X-RateLimit-Remaining", "-1"}, {"X-RateLimit-Reset", "-7"}}, {-1, -1, -1}},
        {{{NULL}}, {-1, -1, -1}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        BudgetNews news = news_of(cases[i].headers, ARRAY_LEN(cases[i].headers));
        assert_int_equal(news.limit, cases[i].news.limit);
        assert_int_equal(news.left, cases[i].news.left);
        assert_int_equal(news.reset_after_us, cases[i].news.reset_after_us);
    }
}

/* A service that lets LIMIT requests through in each window. */
enum { LIMIT = 20, WINDOW_US = 300000, THREADS = 4, REQUESTS = 60 };
typedef struct Service {
    Budget budget;
    Mutex mutex;
    int64_t window_ends_us; /* guarded by mutex */
    int64_t used;           /* guarded by mutex */
    int64_t most;           /* guarded by mutex: used in any window */
} Service;

static void ask(void *context, size_t item, size_t worker)
{
    Service *service = context;
    char left[32], reset[32];
    (void)item;
    (void)worker;
    assert_null(budget_take(&service->budget, THREADS, 0, NULL));
    mutex_lock(&service->mutex);
    int64_t at_us = clock_monotonic_us();
    if (at_us >= service->window_ends_us) {
        service->window_ends_us = at_us + WINDOW_US;
        service->used = 0;
    }
    service->used++;
    service->most = service->used > service->most ? service->used : service->most;
    (void)snprintf(left, sizeof(left), "%d", (int)(LIMIT - service->used));
    (void)snprintf(reset, sizeof(reset), "%.6f",
                   (double)(service->window_ends_us - at_us) / SECOND_US);
    mutex_unlock(&service->mutex);
    HttpHeader headers[] = {{.name = STR("RateLimit-Limit"), .value = STR("20")},
                            {.name = STR("RateLimit-Remaining"), .value = str_from(left)},
                            {.name = STR("RateLimit-Reset"), .value = str_from(reset)}};
    HttpHeaderVec all = {headers, ARRAY_LEN(headers), ARRAY_LEN(headers)};
    budget_give_back(&service->budget, &all);
}

static void a_limit_is_used_up_and_never_exceeded(void **state)
{
    (void)state;
    Service service = {0};
    budget_init(&service.budget);
    mutex_init(&service.mutex);
    int64_t begin_us = clock_monotonic_us();
    thread_for_each(REQUESTS, THREADS, ask, &service);
    int64_t took_us = clock_monotonic_us() - begin_us;
    assert_true(service.most <= LIMIT);
    /* three windows of twenty: the third begins after two have ended */
    assert_true(took_us >= (int64_t)2 * WINDOW_US);
    assert_true(took_us < (int64_t)4 * WINDOW_US);
    mutex_done(&service.mutex);
    budget_done(&service.budget);
}

static void a_cancelled_run_does_not_wait(void **state)
{
    (void)state;
    Budget budget;
    Cancel cancel = {0};
    budget_init(&budget);
    budget_block(&budget, (int64_t)60 * SECOND_US);
    cancel_request(&cancel);
    Error *err = budget_take(&budget, MANY, 0, &cancel);
    assert_non_null(err);
    assert_int_equal(error_kind(err), ERR_CANCELLED);
    error_discard(err, "expected");
    budget_done(&budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_are_seconds_or_dates),
        cmocka_unit_test(headers_of_limits_are_read),
        cmocka_unit_test(a_limit_is_used_up_and_never_exceeded),
        cmocka_unit_test(a_cancelled_run_does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
