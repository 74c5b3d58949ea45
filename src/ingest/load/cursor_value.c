#include "ingest/load/cursor_value.h"

#include <math.h>

#include "base/number.h"
#include "ingest/normalise/timestamp_text.h"
#include "ingest/typed_json.h"

/* ---- Order ---- */

typedef enum Rank { RANK_NUMBER, RANK_TEXT, RANK_MOMENT, RANK_DAY, RANK_OTHER } Rank;

static Rank rank_of(const Value *value)
{
    switch ((ValueKind)value->kind) {
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_BOOL:
        return RANK_NUMBER;
    case VALUE_STRING:
        return RANK_TEXT;
    case VALUE_DATETIME:
        return RANK_MOMENT;
    case VALUE_DATE:
        return RANK_DAY;
    case VALUE_NULL:
    case VALUE_BYTES:
    case VALUE_TIME:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return RANK_OTHER;
}

static const char *python_name(const Value *value)
{
    static const char *const names[] = {
        [VALUE_NULL] = "NoneType", [VALUE_BOOL] = "bool",          [VALUE_INT] = "int",
        [VALUE_BIG_INT] = "int",   [VALUE_DECIMAL] = "Decimal",    [VALUE_FLOAT] = "float",
        [VALUE_STRING] = "str",    [VALUE_BYTES] = "bytes",        [VALUE_DATETIME] = "DateTime",
        [VALUE_DATE] = "Date",     [VALUE_TIME] = "datetime.time", [VALUE_LIST] = "list",
        [VALUE_MAP] = "dict",
    };
    return names[value->kind];
}

static double number_of(const Value *value)
{
    double number = 0;
    if (value_is(value, VALUE_INT)) {
        return (double)value->as.integer;
    }
    if (value_is(value, VALUE_FLOAT)) {
        return value->as.number;
    }
    if (value_is(value, VALUE_BOOL)) {
        return value->as.boolean ? 1 : 0;
    }
    (void)number_parse_double(value->as.text, &number);
    return number;
}

static int compare_numbers(const Value *a, const Value *b)
{
    if (value_is(a, VALUE_INT) && value_is(b, VALUE_INT)) {
        return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
    }
    double first = number_of(a);
    double second = number_of(b);
    return (first > second) - (first < second);
}

static int compare_times(const Value *a, const Value *b)
{
    int64_t first = datetime_to_us(a->as.time);
    int64_t second = datetime_to_us(b->as.time);
    return (first > second) - (first < second);
}

Error *cursor_compare(const Value *given_a, const Value *given_b, int *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("cursor");
    Value a = typed_decode(arena, given_a);
    Value b = typed_decode(arena, given_b);
    Rank rank = rank_of(&a);
    if (rank != rank_of(&b) || rank == RANK_OTHER) {
        return error_new(ERR_INPUT, "'>' not supported between instances of '%s' and '%s'",
                         python_name(&a), python_name(&b));
    }
    *out = rank == RANK_NUMBER ? compare_numbers(&a, &b)
           : rank == RANK_TEXT ? str_compare(a.as.text, b.as.text)
                               : compare_times(&a, &b);
    return NULL;
}

/* ---- Lag ---- */

enum { SECOND_US = 1000000 };
#define DAY_US (24LL * 60 * 60 * SECOND_US)

/* `unit_us` is what one of the lag counts. False outside the calendar. */
static bool move_time(DateTime *time, double lag, int64_t unit_us, bool is_max)
{
    int64_t shift = (int64_t)llrint(lag * (double)unit_us);
    DateTime moved = {0};
    int32_t offset_s = time->has_offset ? time->offset_s : 0;
    int64_t local_us = datetime_to_us(time) + (int64_t)offset_s * SECOND_US;
    if (!datetime_from_us(local_us + (is_max ? -shift : shift), &moved)) {
        return false;
    }
    moved.has_offset = time->has_offset;
    moved.offset_s = time->offset_s;
    *time = moved;
    return true;
}

static Error *no_lag(Str text)
{
    return error_new(ERR_CONFIG,
                     "the cursor's value '" STR_FMT "' has no lag: it is neither a number "
                     "nor a date nor a time",
                     STR_ARG(text));
}

/* "20240102" or "2024-01-02". */
static Str day_text(Arena *arena, const DateTime *day, bool has_dashes)
{
    return has_dashes ? str_printf(arena, "%04d-%02d-%02d", day->year, day->month, day->day)
                      : str_printf(arena, "%04d%02d%02d", day->year, day->month, day->day);
}

/* In the form of `like`: with seconds if it had them, six digits if it had a fraction, Z as Z. */
static Str moment_text(Arena *arena, const DateTime *time, Str like)
{
    StrBuf buf = strbuf_init(arena, DATETIME_TEXT_BYTES);
    size_t colon = str_find_char(like, ':');
    bool has_seconds = colon != SIZE_MAX && colon + 3 < like.len && like.data[colon + 3] == ':';
    bool has_fraction = str_find_char(like, '.') != SIZE_MAX;
    strbuf_printf(&buf, "%04d-%02d-%02dT%02d:%02d", time->year, time->month, time->day, time->hour,
                  time->minute);
    if (has_seconds) {
        strbuf_printf(&buf, ":%02d", time->second);
    }
    if (has_fraction) {
        strbuf_printf(&buf, ".%06d", time->microsecond);
    }
    if (str_ends_with(like, STR("Z"))) {
        strbuf_add_char(&buf, 'Z');
    } else if (time->has_offset) {
        int minutes = time->offset_s / 60;
        int size = minutes < 0 ? -minutes : minutes;
        strbuf_printf(&buf, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
    }
    return strbuf_str(&buf);
}

static Error *lag_text(Arena *arena, Str text, double lag, bool is_max, Value *out)
{
    DateTime time;
    if (timestamp_text_parse(text, &time) && str_find_char(text, 'T') != SIZE_MAX) {
        if (!move_time(&time, lag, SECOND_US, is_max)) {
            return no_lag(text);
        }
        *out = value_string(moment_text(arena, &time, text));
        return NULL;
    }
    if (!day_text_parse(text, &time) || !move_time(&time, lag, DAY_US, is_max)) {
        return no_lag(text);
    }
    *out = value_string(day_text(arena, &time, str_find_char(text, '-') != SIZE_MAX));
    return NULL;
}

static Error *lag_time(Arena *arena, const Value *value, double lag, bool is_max, Value *out)
{
    DateTime time = *value->as.time;
    if (!move_time(&time, lag, value_is(value, VALUE_DATE) ? DAY_US : SECOND_US, is_max)) {
        return no_lag(STR("a date at the calendar's end"));
    }
    Value moved = value_time(arena, (ValueKind)value->kind, &time);
    *out = typed_encode(arena, &moved);
    return NULL;
}

Error *cursor_lag(Arena *arena, const Value *given, double lag, bool is_max, Value *out)
{
    Value value = typed_decode(arena, given);
    double sign = is_max ? -1 : 1;
    if (value_is(&value, VALUE_INT) && trunc(lag) == lag) {
        *out = value_int(value.as.integer + (int64_t)(sign * lag));
        return NULL;
    }
    if (rank_of(&value) == RANK_NUMBER) {
        *out = value_float(number_of(&value) + sign * lag);
        return NULL;
    }
    if (value_is(&value, VALUE_STRING)) {
        return lag_text(arena, value.as.text, lag, is_max, out);
    }
    return rank_of(&value) == RANK_OTHER ? no_lag(STR("?"))
                                         : lag_time(arena, &value, lag, is_max, out);
}
