#include "base_fixture.h"

#include "base/vec.h"

typedef struct Point {
    int x, y;
} Point;
typedef VEC(Point) PointVec;
typedef VEC(int) IntVec;

static void an_empty_vector_is_all_zeroes_and_visits_nothing(void **state)
{
    (void)state;
    IntVec numbers = {0};
    for (VEC_EACH(int, it, &numbers)) {
        fail();
    }
    assert_int_equal(numbers.len, 0);
}

static void elements_stay_in_the_order_they_were_pushed(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    PointVec points = {0};
    for (int i = 0; i < 1000; i++) {
        VEC_PUSH(arena, &points, (Point){.x = i, .y = -i});
        arena_alloc(arena, (size_t)i % 3); /* so that growing must move now and then */
    }
    assert_int_equal(points.len, 1000);
    int expected = 0;
    for (VEC_EACH(Point, it, &points)) {
        assert_int_equal(it->x, expected);
        assert_int_equal(it->y, -expected);
        expected++;
    }
    assert_int_equal(expected, 1000);
    assert_int_equal(VEC_LAST(&points).x, 999);
    assert_int_equal(VEC_POP(&points).x, 999);
    assert_int_equal(VEC_LAST(&points).x, 998);
    assert_int_equal(points.len, 999);
}

static void an_element_may_be_pushed_again_while_the_vector_grows(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    IntVec numbers = {0};
    VEC_PUSH(arena, &numbers, 42);
    while (numbers.len < 100) {
        VEC_PUSH(arena, &numbers, numbers.data[0]);
        arena_alloc(arena, 1);
    }
    for (VEC_EACH(int, it, &numbers)) {
        assert_int_equal(*it, 42);
    }
}

static void reserving_makes_room_once(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    IntVec numbers = {0};
    VEC_RESERVE(arena, &numbers, 100);
    assert_true(numbers.capacity >= 100);
    const int *data = numbers.data;
    VEC_RESERVE(arena, &numbers, 50);
    arena_alloc(arena, 1);
    for (int i = 0; i < 100; i++) {
        VEC_PUSH(arena, &numbers, i);
    }
    assert_ptr_equal(numbers.data, data);
}

static void reserve_too_much(void *context)
{
    (void)context;
    AUTO_FREE(arena) Arena *arena = arena_new("the test's arena");
    PointVec points = {0};
    VEC_RESERVE(arena, &points, SIZE_MAX / sizeof(Point) + 2); /* the product would be 8 */
    points.data[100].x = 1;
}

static void a_size_that_overflows_ends_the_program(void **state)
{
    (void)state;
    assert_aborts(reserve_too_much, NULL, "for the test's arena");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_vector_is_all_zeroes_and_visits_nothing),
        cmocka_unit_test(elements_stay_in_the_order_they_were_pushed),
        cmocka_unit_test(an_element_may_be_pushed_again_while_the_vector_grows),
        cmocka_unit_test(reserving_makes_room_once),
        cmocka_unit_test(a_size_that_overflows_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
