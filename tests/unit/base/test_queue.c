#include "base_fixture.h"

#include "base/limits.h"
#include "base/queue.h"
#include "base/thread.h"

enum { PRODUCERS = 3, CONSUMERS = 3, ITEMS = 2000 };

static void items_come_out_in_the_order_they_went_in(void **state)
{
    (void)state;
    AUTO_FREE(queue) Queue *queue = queue_new(6);
    int items[10] = {0};
    size_t next = 0;
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        assert_true(queue_push(queue, &items[i]));
        if (i % 3 == 2) { /* the ring turns */
            assert_ptr_equal(queue_pop(queue), &items[next++]);
            assert_ptr_equal(queue_pop(queue), &items[next++]);
        }
    }
    while (next < ARRAY_LEN(items)) {
        assert_ptr_equal(queue_pop(queue), &items[next++]);
    }
}

static void a_closed_queue_takes_nothing_and_gives_what_is_inside(void **state)
{
    (void)state;
    AUTO_FREE(queue) Queue *queue = queue_new(2);
    int item = 1, refused = 2;
    assert_true(queue_push(queue, &item));
    queue_close(queue);
    queue_close(queue);
    assert_false(queue_push(queue, &refused));
    assert_ptr_equal(queue_pop(queue), &item);
    assert_null(queue_pop(queue));
    assert_null(queue_pop(queue));
    queue_free(NULL);
}

typedef struct Line {
    Queue *queue;
    atomic_size_t produced;
    atomic_size_t refused;
    atomic_size_t consumed;
    atomic_uint seen[PRODUCERS * ITEMS];
    size_t items[PRODUCERS * ITEMS];
} Line;

static void *produce(void *arg)
{
    Line *line = arg;
    for (size_t i = 0; i < ITEMS; i++) {
        size_t number = atomic_fetch_add(&line->produced, 1);
        line->items[number] = number; /* the queue hands it over, without another lock */
        if (!queue_push(line->queue, &line->items[number])) {
            atomic_fetch_add(&line->refused, 1);
        }
    }
    return NULL;
}

static void *consume(void *arg)
{
    Line *line = arg;
    for (const size_t *item; (item = queue_pop(line->queue)) != NULL;) {
        atomic_fetch_add(&line->seen[*item], 1);
        atomic_fetch_add(&line->consumed, 1);
    }
    return NULL;
}

static void run_line(Line *line, size_t capacity, bool close_early)
{
    *line = (Line){.queue = queue_new(capacity)};
    Thread producers[PRODUCERS] = {{.started = false}}, consumers[CONSUMERS] = {{.started = false}};
    for (size_t i = 0; i < PRODUCERS; i++) {
        assert_ok(thread_start(&producers[i], "producer", 0, produce, line));
    }
    for (size_t i = 0; i < CONSUMERS; i++) {
        assert_ok(thread_start(&consumers[i], "consumer", 0, consume, line));
    }
    if (close_early) {
        queue_close(line->queue);
    }
    for (size_t i = 0; i < PRODUCERS; i++) {
        thread_join(&producers[i]);
    }
    queue_close(line->queue);
    for (size_t i = 0; i < CONSUMERS; i++) {
        thread_join(&consumers[i]);
    }
    assert_null(queue_pop(line->queue));
    queue_free(line->queue);
}

static void producers_and_consumers_lose_and_double_nothing(void **state)
{
    (void)state;
    static Line line;
    static const size_t capacities[] = {1, 2, 7, 1000};
    for (size_t i = 0; i < ARRAY_LEN(capacities); i++) {
        run_line(&line, capacities[i], false);
        assert_int_equal(line.refused, 0);
        assert_int_equal(line.consumed, PRODUCERS * ITEMS);
        for (size_t item = 0; item < ARRAY_LEN(line.seen); item++) {
            assert_int_equal(line.seen[item], 1);
        }
        run_line(&line, capacities[i], true); /* nobody waits for ever, and nothing gets lost */
        assert_int_equal(line.consumed + line.refused, PRODUCERS * ITEMS);
    }
}

static void make_a_queue_without_room(void *context)
{
    queue_free(queue_new(*(const size_t *)context));
}

static void push_nothing(void *context)
{
    AUTO_FREE(queue) Queue *queue = queue_new(1);
    if (!queue_push(queue, context)) {
        fprintf(stderr, "refused");
    }
}

static void what_would_wait_for_ever_or_look_like_the_end_is_our_own_mistake(void **state)
{
    (void)state;
    size_t none = 0;
    assert_aborts(make_a_queue_without_room, &none, "'capacity > 0' does not hold");
    assert_aborts(push_nothing, NULL, "'item != NULL' does not hold");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_out_in_the_order_they_went_in),
        cmocka_unit_test(a_closed_queue_takes_nothing_and_gives_what_is_inside),
        cmocka_unit_test(producers_and_consumers_lose_and_double_nothing),
        cmocka_unit_test(what_would_wait_for_ever_or_look_like_the_end_is_our_own_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
