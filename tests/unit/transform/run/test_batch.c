#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "transform/run/batch.h"

static int64_t at(const char *text)
{
    DateTime when = {0};
    assert_true(datetime_parse_iso(str_from(text), &when));
    return datetime_to_us(&when);
}

static void places_between_batches(void **state)
{
    (void)state;
    static const struct {
        BatchSize size;
        const char *time, *floor, *ceiling, *before;
    } rows[] = {
        {BATCH_HOUR, "2024-09-17 16:06:00", "2024-09-17 16:00", "2024-09-17 17:00",
         "2024-09-17 15:00"},
        {BATCH_HOUR, "2024-03-01 00:00:00", "2024-03-01 00:00", "2024-03-01 00:00",
         "2024-02-29 23:00"},
        {BATCH_DAY, "2023-12-31 23:59:59.999999", "2023-12-31 00:00", "2024-01-01 00:00",
         "2023-12-30 00:00"},
        {BATCH_DAY, "1969-12-31 00:00:01", "1969-12-31 00:00", "1970-01-01 00:00",
         "1969-12-30 00:00"},
        {BATCH_MONTH, "2024-03-31 10:00:00", "2024-03-01 00:00", "2024-04-01 00:00",
         "2024-02-01 00:00"},
        {BATCH_MONTH, "2024-01-01 00:00:00", "2024-01-01 00:00", "2024-01-01 00:00",
         "2023-12-01 00:00"},
        {BATCH_YEAR, "2024-02-29 00:00:00", "2024-01-01 00:00", "2025-01-01 00:00",
         "2023-01-01 00:00"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t time = at(rows[i].time), found = 0;
        assert_int_equal(batch_floor(rows[i].size, time), at(rows[i].floor));
        assert_null(batch_ceiling(rows[i].size, time, &found));
        assert_int_equal(found, at(rows[i].ceiling));
        assert_null(batch_offset(rows[i].size, time, -1, &found));
        assert_int_equal(found, at(rows[i].before));
    }
}

static void the_calendar_has_ends(void **state)
{
    (void)state;
    static const struct {
        BatchSize size;
        const char *time;
        int64_t count;
    } rows[] = {
        {BATCH_HOUR, "9999-12-31 23:30", 1},        {BATCH_DAY, "0001-01-01 00:00", -1},
        {BATCH_MONTH, "9999-12-31 23:30", 1},       {BATCH_YEAR, "0001-06-01 00:00", -1},
        {BATCH_DAY, "2024-01-01 00:00", INT64_MIN}, {BATCH_YEAR, "2024-01-01 00:00", INT64_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t found = 0;
        Error *err = batch_offset(rows[i].size, at(rows[i].time), rows[i].count, &found);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_INPUT);
        error_discard(err, "expected");
    }
}

static void the_last_batch_ends_where_it_is_told(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    BatchVec batches = {0};
    assert_null(
        batch_split(arena, BATCH_MONTH, at("2023-12-01 00:00"), at("2024-02-10 00:00"), &batches));
    assert_int_equal(batches.len, 3);
    assert_int_equal(batches.data[1].start_us, at("2024-01-01 00:00"));
    assert_int_equal(batches.data[1].end_us, at("2024-02-01 00:00"));
    assert_int_equal(batches.data[2].end_us, at("2024-02-10 00:00"));
    /* one at least, even where the end comes first */
    assert_null(
        batch_split(arena, BATCH_DAY, at("2024-01-02 00:00"), at("2024-01-01 00:00"), &batches));
    assert_int_equal(batches.len, 1);
    assert_int_equal(batches.data[0].end_us, at("2024-01-01 00:00"));
}

static void batches_are_not_endless(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    BatchVec batches = {0};
    Error *err =
        batch_split(arena, BATCH_HOUR, at("0001-01-01 00:00"), at("2024-01-01 00:00"), &batches);
    assert_non_null(err);
    assert_int_equal(error_kind(err), ERR_LIMIT);
    error_discard(err, "expected");
}

static void batches_have_names(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const struct {
        const char *start, *id;
    } names[] = {[BATCH_HOUR] = {"2024-09-07T16", "20240907T16"},
                 [BATCH_DAY] = {"2024-09-07", "20240907"},
                 [BATCH_MONTH] = {"2024-09", "202409"},
                 [BATCH_YEAR] = {"2024", "2024"}};
    for (size_t i = 0; i < BATCH_SIZE_COUNT; i++) {
        BatchSize size = (BatchSize)i, parsed = BATCH_SIZE_COUNT;
        int64_t start = at("2024-09-07 16:00");
        assert_true(str_is(batch_start_text(arena, size, start), names[i].start));
        assert_true(str_is(batch_id(arena, size, start), names[i].id));
        assert_true(batch_size_parse(str_from(batch_size_name(size)), &parsed));
        assert_int_equal(parsed, size);
    }
    BatchSize none = BATCH_DAY;
    assert_false(batch_size_parse(STR("week"), &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_between_batches),
        cmocka_unit_test(the_calendar_has_ends),
        cmocka_unit_test(the_last_batch_ends_where_it_is_told),
        cmocka_unit_test(batches_are_not_endless),
        cmocka_unit_test(batches_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
