#include "transform/flag/sample.h"

#include "base/datetime.h"
#include "base/number.h"
#include "transform/flag/flags.h"
#include "transform/python/text.h"
#include "value/yaml_reader.h"

static Error *invalid(const char *format, Str text)
{
    AUTO_FREE(arena) Arena *arena = arena_new("sample");
    Str problem = str_replace(arena, str_from(format), STR("{}"), text);
    return error_as(
        error_new(ERR_USAGE, "Invalid value for '--sample': " STR_FMT, STR_ARG(problem)),
        FLAG_USAGE_CLASS);
}

/* ---- "3 days" ---- */

typedef enum Grain { GRAIN_HOUR, GRAIN_DAY, GRAIN_MONTH, GRAIN_YEAR } Grain;

static bool grain_parse(Str text, Grain *out)
{
    static const char *const names[] = {"hour", "day", "month", "year"};
    while (text.len > 0 && (text.data[text.len - 1] | 0x20) == 's') {
        text.len--;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq_nocase(text, str_from(names[i]))) {
            *out = (Grain)i;
            return true;
        }
    }
    return false;
}

/* Months keep the day where they have it, else they end with their last one. */
static bool move_months(int64_t time_us, int64_t months, int64_t *out_us)
{
    enum { YEAR_MONTHS = 12 };
    DateTime time;
    if (!datetime_from_us(time_us, &time)) {
        return false;
    }
    int64_t month = (int64_t)time.year * YEAR_MONTHS + time.month - 1 + months;
    int64_t year = month / YEAR_MONTHS;
    if (month < 0 || year < DATE_MIN_YEAR || year > DATE_MAX_YEAR) {
        return false;
    }
    time.year = (int16_t)year;
    time.month = (uint8_t)(month % YEAR_MONTHS + 1);
    int last = date_days_in_month(year, time.month);
    time.day = time.day > last ? (uint8_t)last : time.day;
    *out_us = datetime_to_us(&time);
    return true;
}

static bool move_back(int64_t now_us, int64_t count, Grain grain, int64_t *out_us)
{
    static const int64_t hour_us = 60LL * 60 * 1000000;
    static const int64_t most = 100000000; /* hours: more than there are years */
    if (count > most || count < -most) {
        return false;
    }
    DateTime checked;
    switch (grain) {
    case GRAIN_HOUR:
    case GRAIN_DAY:
        *out_us = now_us - count * hour_us * (grain == GRAIN_DAY ? 24 : 1);
        return datetime_from_us(*out_us, &checked);
    case GRAIN_MONTH:
        return move_months(now_us, -count, out_us);
    case GRAIN_YEAR:
        return move_months(now_us, -count * 12, out_us);
    }
    return false;
}

static Error *parse_relative(Str text, int64_t now_us, SampleWindow *out)
{
    Str count_text, grain_text;
    int64_t count = 0;
    Grain grain = GRAIN_DAY;
    if (!str_cut(text, ' ', &count_text, &grain_text) || str_contains(grain_text, STR(" "))) {
        return invalid(
            "Cannot load SAMPLE_WINDOW from '{}'. Must be of form 'DAYS_INT GRAIN_SIZE'.", text);
    }
    if (!number_parse_int64(count_text, &count)) {
        return invalid("Unable to convert '{}' to an integer.", count_text);
    }
    if (!grain_parse(grain_text, &grain)) {
        return invalid("Invalid grain size '{}'. Must be one of ['hour', 'day', 'month', 'year', "
                       "'hours', 'days', 'months', 'years'].",
                       grain_text);
    }
    *out = (SampleWindow){.is_set = true, .end_us = now_us};
    return move_back(now_us, count, grain, &out->start_us)
               ? NULL
               : invalid("'{}' leads out of the calendar.", text);
}

/* ---- {start: ..., end: ...} ---- */

/* A zone does not count: the clock is UTC's. */
static Error *read_end(const Value *map, const char *key, int64_t *out_us)
{
    AUTO_FREE(arena) Arena *arena = arena_new("sample");
    const Value *value = value_find(map, str_from(key));
    DateTime time = {0};
    if (value == NULL) {
        return invalid("Field \"{}\" of type datetime is missing in SampleWindow instance",
                       str_from(key));
    }
    Str text = python_str(value, arena);
    if (!datetime_parse_iso(text, &time) && !date_parse_iso(text, &time)) {
        return invalid("Invalid isoformat string: '{}'", text);
    }
    time.has_offset = false;
    time.offset_s = 0;
    *out_us = datetime_to_us(&time);
    return NULL;
}

static Error *parse_absolute(Str text, SampleWindow *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("sample");
    const Value *map = NULL;
    Error *err = yaml_read(arena, text, &(ReadOptions){0}, &map);
    if (err != NULL) {
        error_discard(err, "the text is shown as a whole");
        return invalid("'{}' is no mapping with start and end", text);
    }
    out->is_set = true;
    TRY(read_end(map, "start", &out->start_us));
    return read_end(map, "end", &out->end_us);
}

Error *sample_window_parse(Str text, int64_t now_us, SampleWindow *out)
{
    *out = (SampleWindow){0};
    return str_starts_with(str_trim_start(text), STR("{")) ? parse_absolute(text, out)
                                                           : parse_relative(text, now_us, out);
}
