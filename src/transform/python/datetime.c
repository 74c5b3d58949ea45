#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "transform/python/modules.h"

/* `modules.datetime`: dates, times of day and both together. A datetime keeps its offset and, as
 * the host's value, the zone it is in. */

enum { SECOND_US = 1000000 };
#define DAY_US (INT64_C(86400) * SECOND_US)

static const PythonTime *time_data(const JHost *self)
{
    return self->data;
}

static void time_free(JHost *self)
{
    free(self->data);
}

/* ---- Text ---- */

static size_t iso_text(const PythonTime *time, char separator, char *out)
{
    switch (time->kind) {
    case PYTHON_DATE:
        return date_format(&time->at, out);
    case PYTHON_TIME:
        return time_format(&time->at, out);
    case PYTHON_DATETIME:
        break;
    }
    return datetime_format(&time->at, separator, out);
}

static Error *time_str(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    char text[DATETIME_TEXT_BYTES];
    strbuf_add(out, (Str){text, iso_text(time_data(self), ' ', text)});
    return NULL;
}

static const char *const class_names[] = {"datetime.date", "datetime.time", "datetime.datetime"};

static Error *time_repr(JinjaState *s, JHost *self, StrBuf *out)
{
    const PythonTime *time = time_data(self);
    const DateTime *at = &time->at;
    strbuf_printf(out, "%s(", class_names[time->kind]);
    if (time->kind != PYTHON_TIME) {
        strbuf_printf(out, "%d, %d, %d", at->year, at->month, at->day);
    }
    if (time->kind != PYTHON_DATE) {
        strbuf_printf(out, "%s%d, %d", time->kind == PYTHON_TIME ? "" : ", ", at->hour, at->minute);
        if (at->second != 0 || at->microsecond != 0) {
            strbuf_printf(out, ", %d", at->second);
        }
        if (at->microsecond != 0) {
            strbuf_printf(out, ", %d", at->microsecond);
        }
    }
    if (self->value.type == J_HOST) {
        strbuf_add_c(out, ", tzinfo=");
        TRY(jrepr(s, self->value, out));
    }
    strbuf_add_char(out, ')');
    return NULL;
}

static Error *time_format_spec(JinjaState *s, JHost *self, Str spec, StrBuf *out)
{
    (void)s;
    return python_time_format(&time_data(self)->at, python_zone_of(self->value), spec, out);
}

/* ---- Comparing and computing ---- */

static int64_t local_us(const PythonTime *time)
{
    DateTime local = time->at;
    local.offset_s = 0;
    return datetime_to_us(&local);
}

/* One number that orders times of a kind. */
static int64_t rank_of(const PythonTime *time)
{
    return time->at.has_offset ? datetime_to_us(&time->at) : local_us(time);
}

static bool time_equal(JHost *self, JValue other)
{
    const PythonTime *a = time_data(self), *b = python_time_of(other);
    return b != NULL && a->kind == b->kind && a->at.has_offset == b->at.has_offset &&
           rank_of(a) == rank_of(b);
}

static uint64_t time_hash(JHost *self)
{
    int64_t rank = rank_of(time_data(self));
    return hash_bytes(&rank, sizeof(rank));
}

static Error *time_compare(JinjaState *s, JHost *self, JValue other, JCompareOp op, bool *out_known,
                           bool *out)
{
    const PythonTime *a = time_data(self), *b = python_time_of(other);
    *out_known = b != NULL && a->kind == b->kind;
    if (!*out_known) {
        return NULL;
    }
    if (a->at.has_offset != b->at.has_offset) {
        return jraise("TypeError", "can't compare offset-naive and offset-aware datetimes");
    }
    return jcompare(s, op, jint(rank_of(a)), jint(rank_of(b)), out);
}

/* The same clock so much later. */
static Error *shift(JinjaState *s, const JHost *self, int64_t us, JValue *out)
{
    const PythonTime *time = time_data(self);
    DateTime moved = {0};
    if (time->kind == PYTHON_DATE) {
        us = us / DAY_US * DAY_US - (us % DAY_US < 0 ? DAY_US : 0);
    }
    int64_t target = 0;
    if (__builtin_add_overflow(local_us(time), us, &target) || !datetime_from_us(target, &moved)) {
        return jraise("OverflowError", "date value out of range");
    }
    moved.has_offset = time->at.has_offset;
    moved.offset_s = time->at.offset_s;
    *out = python_time_object(jinja_heap(s), time->kind, &moved, self->value);
    return NULL;
}

static Error *time_binary(JinjaState *s, JHost *self, const char *op, JValue other, bool reflected,
                          JValue *out)
{
    const PythonTime *a = time_data(self), *b = python_time_of(other);
    int64_t us = 0;
    *out = JMISSING;
    if (a->kind == PYTHON_TIME) {
        return NULL;
    }
    if (python_delta_of(other, &us) && (strcmp(op, "+") == 0 || (*op == '-' && !reflected))) {
        return shift(s, self, *op == '-' ? -us : us, out);
    }
    if (b != NULL && b->kind == a->kind && strcmp(op, "-") == 0) {
        if (a->at.has_offset != b->at.has_offset) {
            return jraise("TypeError", "can't subtract offset-naive and offset-aware datetimes");
        }
        int64_t difference = rank_of(a) - rank_of(b);
        *out = python_delta_object(jinja_heap(s), reflected ? -difference : difference);
    }
    return NULL;
}

/* ---- Making ---- */

static const JHostClass time_class;

JValue python_time_object(JHeap *heap, PythonTimeKind kind, const DateTime *at, JValue zone)
{
    PythonTime *copy = memory_alloc(sizeof(*copy));
    *copy = (PythonTime){.kind = kind, .at = *at};
    JValue time = jhost_new(heap, &time_class, copy);
    ((JHost *)time.obj)->value = zone;
    return time;
}

const PythonTime *python_time_of(JValue value)
{
    const JHost *host = jhost_as(value, &time_class);
    return host != NULL ? time_data(host) : NULL;
}

JValue python_time_zone(JValue time)
{
    const JHost *host = jhost_as(time, &time_class);
    return host != NULL ? host->value : JNONE;
}

JValue python_utc_object(JHeap *heap, int64_t time_us)
{
    DateTime at = {0};
    (void)datetime_from_us(time_us, &at); /* the present lies within the calendar */
    at.has_offset = true;
    return python_time_object(heap, PYTHON_DATETIME, &at, python_zone_fixed(heap, 0));
}

static JValue none_or_zone(const JCall *call, size_t index)
{
    return jarg_or(call, index, JNONE);
}

/* Puts a time into a zone as tzinfo= does: with the first offset the zone ever had. */
static Error *attach_zone(JValue zone, DateTime *at)
{
    const Timezone *found = python_zone_of(zone);
    at->has_offset = found != NULL;
    at->offset_s = found != NULL ? timezone_first(found).seconds : 0;
    return found != NULL || zone.type == J_NONE
               ? NULL
               : jraise("TypeError",
                        "tzinfo argument must be None or of a tzinfo subclass, not type '%s'",
                        jtype_name(zone));
}

/* Numbers from `first` on, checked as Python does. */
static Error *read_parts(const JCall *call, size_t first, PythonTimeKind kind, DateTime *at)
{
    int64_t parts[] = {at->year,   at->month,  at->day,        at->hour,
                       at->minute, at->second, at->microsecond};
    size_t begin = kind == PYTHON_TIME ? 3 : 0, end = kind == PYTHON_DATE ? 3 : ARRAY_LEN(parts);
    for (size_t i = begin; i < end; i++) {
        TRY(jarg_int(call, first + i - begin, parts[i], &parts[i]));
    }
    if (kind != PYTHON_TIME && !date_is_valid(parts[0], parts[1], parts[2])) {
        bool year = parts[0] < DATE_MIN_YEAR || parts[0] > DATE_MAX_YEAR;
        bool month = parts[1] < 1 || parts[1] > 12;
        return year    ? jraise("ValueError", "year %lld is out of range", (long long)parts[0])
               : month ? jraise("ValueError", "month must be in 1..12")
                       : jraise("ValueError", "day is out of range for month");
    }
    if (!time_is_valid(parts[3], parts[4], parts[5]) || parts[6] < 0 || parts[6] >= SECOND_US) {
        return jraise("ValueError", "the time of day is out of range");
    }
    *at = (DateTime){.year = (int16_t)parts[0],
                     .month = (uint8_t)parts[1],
                     .day = (uint8_t)parts[2],
                     .hour = (uint8_t)parts[3],
                     .minute = (uint8_t)parts[4],
                     .second = (uint8_t)parts[5],
                     .microsecond = (int32_t)parts[6],
                     .has_offset = at->has_offset,
                     .offset_s = at->offset_s};
    return NULL;
}

static Error *new_date(JinjaState *s, const JCall *call, JValue *out)
{
    DateTime at = {.year = 0, .month = 1, .day = 1};
    TRY(read_parts(call, 0, PYTHON_DATE, &at));
    *out = python_time_object(jinja_heap(s), PYTHON_DATE, &at, JNONE);
    return NULL;
}

static Error *new_datetime(JinjaState *s, const JCall *call, JValue *out)
{
    DateTime at = {.month = 1, .day = 1};
    TRY(read_parts(call, 0, PYTHON_DATETIME, &at));
    TRY(attach_zone(none_or_zone(call, 7), &at));
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, none_or_zone(call, 7));
    return NULL;
}

static Error *new_time(JinjaState *s, const JCall *call, JValue *out)
{
    DateTime at = {.year = 1900, .month = 1, .day = 1};
    TRY(read_parts(call, 0, PYTHON_TIME, &at));
    *out = python_time_object(jinja_heap(s), PYTHON_TIME, &at, JNONE);
    return NULL;
}

/* ---- Methods of the classes ---- */

static DateTime local_now(void)
{
    ClockParts t = clock_parts_local(clock_now_us());
    return (DateTime){.year = (int16_t)t.year,
                      .month = (uint8_t)t.month,
                      .day = (uint8_t)t.day,
                      .hour = (uint8_t)t.hour,
                      .minute = (uint8_t)t.minute,
                      .second = (uint8_t)t.second,
                      .microsecond = t.microsecond};
}

static Error *class_now(JinjaState *s, const JCall *call, JValue *out)
{
    const Timezone *zone = python_zone_of(none_or_zone(call, 1));
    DateTime at = zone != NULL ? python_zone_show(zone, clock_now_us()) : local_now();
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, none_or_zone(call, 1));
    return NULL;
}

static Error *class_utcnow(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    DateTime at = {0};
    (void)datetime_from_us(clock_now_us(), &at);
    at.has_offset = false;
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, JNONE);
    return NULL;
}

static Error *class_today(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    DateTime now = local_now();
    DateTime at = {.year = now.year, .month = now.month, .day = now.day};
    *out = python_time_object(jinja_heap(s), PYTHON_DATE, &at, JNONE);
    return NULL;
}

/* What a text with an offset is in. */
static JValue zone_of_offset(JinjaState *s, const DateTime *at)
{
    return at->has_offset ? python_zone_fixed(jinja_heap(s), at->offset_s) : JNONE;
}

static Error *class_strptime(JinjaState *s, const JCall *call, JValue *out)
{
    Str text, format;
    DateTime at = {0};
    TRY(jarg_text(call, 1, "strptime() argument 1", &text));
    TRY(jarg_text(call, 2, "strptime() argument 2", &format));
    TRY(python_time_parse(text, format, &at));
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, zone_of_offset(s, &at));
    return NULL;
}

static Error *not_iso(Str text)
{
    return jraise("ValueError", "Invalid isoformat string: '" STR_FMT "'", STR_ARG(text));
}

static Error *class_from_iso(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    DateTime at = {0};
    TRY(jarg_text(call, 1, "fromisoformat: argument", &text));
    if (!datetime_parse_iso(text, &at) && !date_parse_iso(text, &at)) {
        return not_iso(text);
    }
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, zone_of_offset(s, &at));
    return NULL;
}

static Error *class_date_from_iso(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    DateTime at = {0};
    TRY(jarg_text(call, 1, "fromisoformat: argument", &text));
    if (!date_parse_iso(text, &at)) {
        return not_iso(text);
    }
    *out = python_time_object(jinja_heap(s), PYTHON_DATE, &at, JNONE);
    return NULL;
}

static Error *class_combine(JinjaState *s, const JCall *call, JValue *out)
{
    const PythonTime *day = python_time_of(call->args[1]), *time = python_time_of(call->args[2]);
    if (day == NULL || day->kind == PYTHON_TIME || time == NULL || time->kind != PYTHON_TIME) {
        return jraise("TypeError", "combine() takes a date and a time");
    }
    DateTime at = time->at;
    at.year = day->at.year;
    at.month = day->at.month;
    at.day = day->at.day;
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, JNONE);
    return NULL;
}

static const JBuiltin date_class_methods[] = {
    {"today", class_today, 1, 1, NULL, JB_CONTEXT, NULL},
    {"fromisoformat", class_date_from_iso, 2, 2, "self date_string", JB_CONTEXT, NULL},
    {0},
};

static const JBuiltin datetime_class_methods[] = {
    {"now", class_now, 1, 2, "self tz", JB_CONTEXT, NULL},
    {"today", class_now, 1, 1, NULL, JB_CONTEXT, NULL},
    {"utcnow", class_utcnow, 1, 1, NULL, JB_CONTEXT, NULL},
    {"strptime", class_strptime, 3, 3, "self date_string format", JB_CONTEXT, NULL},
    {"fromisoformat", class_from_iso, 2, 2, "self date_string", JB_CONTEXT, NULL},
    {"combine", class_combine, 3, 3, "self date time", JB_CONTEXT, NULL},
    {0},
};

static const JBuiltinClass date_builtin = {"datetime.date", date_class_methods};
static const JBuiltinClass time_builtin = {"datetime.time", NULL};
static const JBuiltinClass datetime_builtin = {"datetime.datetime", datetime_class_methods};

static const JBuiltin module_classes[] = {
    {"date", new_date, 3, 3, "year month day", JB_CLASS, &date_builtin},
    {"time", new_time, 0, 4, "hour minute second microsecond", JB_CLASS, &time_builtin},
    {"datetime", new_datetime, 3, 8, "year month day hour minute second microsecond tzinfo",
     JB_CLASS, &datetime_builtin},
    {0},
};

/* ---- Methods of times ---- */

static const PythonTime *self_of(const JCall *call)
{
    return python_time_of(call->args[0]);
}

static Error *method_strftime(JinjaState *s, const JCall *call, JValue *out)
{
    Str format;
    TRY(jarg_text(call, 1, "strftime() argument 1", &format));
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    const Timezone *zone = python_zone_of(python_time_zone(call->args[0]));
    TRY(python_time_format(&self_of(call)->at, zone, format, &text));
    *out = jstr_value(jinja_heap(s), strbuf_str(&text));
    return NULL;
}

static Error *method_isoformat(JinjaState *s, const JCall *call, JValue *out)
{
    char text[DATETIME_TEXT_BYTES];
    Str separator = STR("T");
    if (jarg_given(call, 1)) {
        TRY(jarg_text(call, 1, "isoformat() argument 1", &separator));
    }
    if (separator.len != 1) {
        return jraise("TypeError", "isoformat() argument 1 must be a unicode character, not str");
    }
    *out = jstr_value(jinja_heap(s), (Str){text, iso_text(self_of(call), separator.data[0], text)});
    return NULL;
}

static Error *method_date(JinjaState *s, const JCall *call, JValue *out)
{
    const DateTime *at = &self_of(call)->at;
    DateTime day = {.year = at->year, .month = at->month, .day = at->day};
    *out = python_time_object(jinja_heap(s), PYTHON_DATE, &day, JNONE);
    return NULL;
}

static Error *method_time(JinjaState *s, const JCall *call, JValue *out)
{
    DateTime at = self_of(call)->at;
    at.has_offset = false;
    at.offset_s = 0;
    *out = python_time_object(jinja_heap(s), PYTHON_TIME, &at, JNONE);
    return NULL;
}

static Error *method_timestamp(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = jfloat((double)datetime_to_us(&self_of(call)->at) / SECOND_US);
    return NULL;
}

static Error *method_weekday(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    int64_t day = (local_us(self_of(call)) / DAY_US - (local_us(self_of(call)) < 0) + 3) % 7;
    *out = jint(day < 0 ? day + 7 : day);
    return NULL;
}

static Error *method_isoweekday(JinjaState *s, const JCall *call, JValue *out)
{
    TRY(method_weekday(s, call, out));
    out->i++;
    return NULL;
}

static Error *method_replace(JinjaState *s, const JCall *call, JValue *out)
{
    const PythonTime *time = self_of(call);
    DateTime at = time->at;
    JValue zone = python_time_zone(call->args[0]);
    TRY(read_parts(call, 1, time->kind == PYTHON_DATE ? PYTHON_DATE : PYTHON_DATETIME, &at));
    if (jarg_given(call, 8)) {
        zone = call->args[8];
        TRY(attach_zone(zone, &at));
    }
    *out = python_time_object(jinja_heap(s), time->kind, &at, zone);
    return NULL;
}

static Error *method_astimezone(JinjaState *s, const JCall *call, JValue *out)
{
    const Timezone *zone = python_zone_of(call->args[1]);
    if (zone == NULL) {
        return jraise("TypeError", "tz argument must be an instance of tzinfo");
    }
    DateTime at = python_zone_show(zone, datetime_to_us(&self_of(call)->at));
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, call->args[1]);
    return NULL;
}

static Error *method_utcoffset(JinjaState *s, const JCall *call, JValue *out)
{
    const DateTime *at = &self_of(call)->at;
    *out = at->has_offset ? python_delta_object(jinja_heap(s), (int64_t)at->offset_s * SECOND_US)
                          : JNONE;
    return NULL;
}

static Error *method_tzname(JinjaState *s, const JCall *call, JValue *out)
{
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_NAME_BYTES);
    const Timezone *zone = python_zone_of(python_time_zone(call->args[0]));
    TRY(python_time_format(&self_of(call)->at, zone, STR("%Z"), &text));
    *out = text.len > 0 ? jstr_value(jinja_heap(s), strbuf_str(&text)) : JNONE;
    return NULL;
}

static const JBuiltin time_methods[] = {
    {"strftime", method_strftime, 2, 2, "self format", JB_CONTEXT, NULL},
    {"isoformat", method_isoformat, 1, 2, "self sep", JB_CONTEXT, NULL},
    {"date", method_date, 1, 1, NULL, JB_CONTEXT, NULL},
    {"time", method_time, 1, 1, NULL, JB_CONTEXT, NULL},
    {"timestamp", method_timestamp, 1, 1, NULL, JB_CONTEXT, NULL},
    {"weekday", method_weekday, 1, 1, NULL, JB_CONTEXT, NULL},
    {"isoweekday", method_isoweekday, 1, 1, NULL, JB_CONTEXT, NULL},
    {"replace", method_replace, 1, 9, "self year month day hour minute second microsecond tzinfo",
     JB_CONTEXT, NULL},
    {"astimezone", method_astimezone, 2, 2, "self tz", JB_CONTEXT, NULL},
    {"utcoffset", method_utcoffset, 1, 1, NULL, JB_CONTEXT, NULL},
    {"tzname", method_tzname, 1, 1, NULL, JB_CONTEXT, NULL},
    {0},
};

static bool part_of(const PythonTime *time, Str name, JValue *out)
{
    const struct {
        const char *name;
        PythonTimeKind not_in;
        int64_t value;
    } parts[] = {{"year", PYTHON_TIME, time->at.year},
                 {"month", PYTHON_TIME, time->at.month},
                 {"day", PYTHON_TIME, time->at.day},
                 {"hour", PYTHON_DATE, time->at.hour},
                 {"minute", PYTHON_DATE, time->at.minute},
                 {"second", PYTHON_DATE, time->at.second},
                 {"microsecond", PYTHON_DATE, time->at.microsecond}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_is(name, parts[i].name) && time->kind != parts[i].not_in) {
            *out = jint(parts[i].value);
            return true;
        }
    }
    return false;
}

static Error *time_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(time_methods, jstr_str(name));
    *out = JMISSING;
    if (part_of(time_data(self), jstr_str(name), out)) {
        return NULL;
    }
    if (str_is(jstr_str(name), "tzinfo") && time_data(self)->kind != PYTHON_DATE) {
        *out = self->value;
    } else if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
    }
    return NULL;
}

static const JHostClass time_class = {
    .name = "datetime",
    .module = "datetime",
    .get_attr = time_get_attr,
    .equal = time_equal,
    .hash = time_hash,
    .compare = time_compare,
    .binary = time_binary,
    .format = time_format_spec,
    .str = time_str,
    .repr = time_repr,
    .free = time_free,
};

/* ---- The module ---- */

static Error *module_find(JinjaState *s, JStr *name, JValue *out)
{
    const JBuiltin *found = object_method(module_classes, jstr_str(name));
    if (found == NULL && str_is(jstr_str(name), python_delta_class.name)) {
        found = &python_delta_class;
    }
    if (found != NULL) {
        *out = jfunction_new(jinja_heap(s), found, JMISSING);
    }
    return NULL;
}

const ObjectClass python_datetime_module = {.name = "module 'datetime'", .find = module_find};
