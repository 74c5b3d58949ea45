/* Days and times as they travel: PostgreSQL counts from 2000, columns from 1970. */
#include "base/datetime.h"
#include "source/postgres/postgres_internal.h"

static const int32_t days_to_2000 = 10957;
static const int64_t us_to_2000 = INT64_C(946684800000000);
static const int64_t day_us = INT64_C(86400000000);

/* The first and the last day that Python's dates have. */
static int32_t first_day(void)
{
    return (int32_t)date_to_days(DATE_MIN_YEAR, 1, 1);
}

static int32_t last_day(void)
{
    enum { DECEMBER = 12, LAST = 31 };
    return (int32_t)date_to_days(DATE_MAX_YEAR, DECEMBER, LAST);
}

static Error *too_far(void)
{
    return error_hint(error_new(ERR_INPUT, "it is not within the years 1 to 9999"),
                      "correct the value, or leave the column out with 'excluded_columns'");
}

Error *postgres_date(Str bytes, int32_t *out)
{
    int32_t days = (int32_t)read_u32(bytes.data);
    if (days == INT32_MAX || days == INT32_MIN) {
        *out = days > 0 ? last_day() : first_day();
        return NULL;
    }
    return __builtin_add_overflow(days, days_to_2000, out) || *out < first_day() ||
                   *out > last_day()
               ? too_far()
               : NULL;
}

Error *postgres_moment(Str bytes, int64_t *out)
{
    int64_t us = (int64_t)read_u64(bytes.data);
    int64_t first = first_day() * day_us;
    int64_t last = (last_day() + 1) * day_us - 1;
    if (us == INT64_MAX || us == INT64_MIN) {
        *out = us > 0 ? last : first;
        return NULL;
    }
    return __builtin_add_overflow(us, us_to_2000, out) || *out < first || *out > last ? too_far()
                                                                                      : NULL;
}

int64_t postgres_time(Str bytes)
{
    int64_t us = (int64_t)read_u64(bytes.data);
    return us == day_us ? 0 : us;
}
