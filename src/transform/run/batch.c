#include "transform/run/batch.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/limits.h"

enum { MONTHS_OF_YEAR = 12 };

static const int64_t hour_us = (int64_t)3600 * 1000000;
static const int64_t day_us = (int64_t)24 * 3600 * 1000000;

static const char *const size_names[] = {
#define X(name, text) [BATCH_##name] = (text),
    BATCH_SIZES(X)
#undef X
};

const char *batch_size_name(BatchSize size)
{
    return size_names[size];
}

bool batch_size_parse(Str text, BatchSize *out)
{
    for (size_t i = 0; i < BATCH_SIZE_COUNT; i++) {
        if (str_is(text, size_names[i])) {
            *out = (BatchSize)i;
            return true;
        }
    }
    return false;
}

/* ---- Places between batches ---- */

/* Months since the year 0. */
static int64_t month_number(int64_t time_us)
{
    ClockParts t = clock_parts_utc(time_us);
    return (int64_t)t.year * MONTHS_OF_YEAR + t.month - 1;
}

static int64_t month_start_us(int64_t number)
{
    return date_to_days(number / MONTHS_OF_YEAR, (int)(number % MONTHS_OF_YEAR) + 1, 1) * day_us;
}

static int64_t months_in(BatchSize size)
{
    return size == BATCH_YEAR ? MONTHS_OF_YEAR : 1;
}

static bool has_fixed_length(BatchSize size)
{
    return size == BATCH_HOUR || size == BATCH_DAY;
}

static int64_t length_us(BatchSize size)
{
    return size == BATCH_HOUR ? hour_us : day_us;
}

int64_t batch_floor(BatchSize size, int64_t time_us)
{
    if (has_fixed_length(size)) {
        int64_t over = time_us % length_us(size);
        return time_us - (over < 0 ? over + length_us(size) : over);
    }
    int64_t number = month_number(time_us);
    return month_start_us(number - number % months_in(size));
}

static Error *out_of_range(void)
{
    return error_new(ERR_INPUT, "date value out of range");
}

Error *batch_offset(BatchSize size, int64_t time_us, int64_t count, int64_t *out_us)
{
    int64_t start_us = batch_floor(size, time_us), moved = 0;
    DateTime checked;
    if (has_fixed_length(size)) {
        if (__builtin_mul_overflow(count, length_us(size), &moved) ||
            __builtin_add_overflow(start_us, moved, &moved) || !datetime_from_us(moved, &checked)) {
            return out_of_range();
        }
        *out_us = moved;
        return NULL;
    }
    if (__builtin_mul_overflow(count, months_in(size), &moved) ||
        __builtin_add_overflow(month_number(start_us), moved, &moved) ||
        moved < (int64_t)DATE_MIN_YEAR * MONTHS_OF_YEAR ||
        moved >= ((int64_t)DATE_MAX_YEAR + 1) * MONTHS_OF_YEAR) {
        return out_of_range();
    }
    *out_us = month_start_us(moved);
    return NULL;
}

Error *batch_ceiling(BatchSize size, int64_t time_us, int64_t *out_us)
{
    int64_t start_us = batch_floor(size, time_us);
    if (start_us == time_us) {
        *out_us = start_us;
        return NULL;
    }
    return batch_offset(size, time_us, 1, out_us);
}

Error *batch_split(Arena *arena, BatchSize size, int64_t start_us, int64_t end_us, BatchVec *out)
{
    BatchVec batches = {0};
    Batch next = {.start_us = start_us};
    do {
        if (batches.len == LIMIT_BATCHES) {
            return error_hint(
                error_new(ERR_LIMIT, "a model of more than %d batches", (int)LIMIT_BATCHES),
                "choose a larger 'batch_size', or a later 'begin'");
        }
        TRY(batch_offset(size, next.start_us, 1, &next.end_us));
        VEC_PUSH(arena, &batches, next);
        next.start_us = next.end_us;
    } while (next.end_us < end_us);
    VEC_LAST(&batches).end_us = end_us;
    *out = batches;
    return NULL;
}

/* ---- Names ---- */

static Str start_text(Arena *arena, BatchSize size, int64_t start_us, const char *dash)
{
    ClockParts t = clock_parts_utc(start_us);
    Str text = str_printf(arena, "%04d", t.year);
    if (size != BATCH_YEAR) {
        text = str_printf(arena, STR_FMT "%s%02d", STR_ARG(text), dash, t.month);
    }
    if (has_fixed_length(size)) {
        text = str_printf(arena, STR_FMT "%s%02d", STR_ARG(text), dash, t.day);
    }
    if (size == BATCH_HOUR) {
        text = str_printf(arena, STR_FMT "T%02d", STR_ARG(text), t.hour);
    }
    return text;
}

Str batch_start_text(Arena *arena, BatchSize size, int64_t start_us)
{
    return start_text(arena, size, start_us, "-");
}

Str batch_id(Arena *arena, BatchSize size, int64_t start_us)
{
    return start_text(arena, size, start_us, "");
}
