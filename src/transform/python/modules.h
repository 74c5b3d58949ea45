/* transform/python/modules.h - what templates reach as `modules`: the parts of Python's datetime,
 * re and pytz that macros use. Values are host objects that own what they hold. */
#ifndef TRANSFORM_PYTHON_MODULES_H
#define TRANSFORM_PYTHON_MODULES_H

#include "base/datetime.h"
#include "transform/context/objects.h"
#include "transform/python/timezone.h"

extern const ObjectClass python_datetime_module;  /* datetime.c */
extern const ObjectClass python_pytz_module;      /* zone.c */
extern const ObjectClass python_re_module;        /* regex_module.c */
extern const ObjectClass python_itertools_module; /* itertools.c */

/* ---- Decimals ---- */

/* The number that the text writes, digit by digit: "1.50", "1e-7", "nan". False when it writes
 * none. */
bool python_decimal_new(JHeap *heap, Str text, JValue *out);
/* False when the value is no Decimal; its text, as str() shows it, is borrowed from it. */
bool python_decimal_of(JValue value, Str *out_text);

/* ---- Times ---- */

typedef enum PythonTimeKind { PYTHON_DATE, PYTHON_TIME, PYTHON_DATETIME } PythonTimeKind;

/* A date, a time of day or both. */
typedef struct PythonTime {
    PythonTimeKind kind;
    DateTime at;
} PythonTime;

/* `zone`: what it is in, as python_zone_object() made it; JNONE: in none. */
JValue python_time_object(JHeap *heap, PythonTimeKind kind, const DateTime *at, JValue zone);
/* NULL when the value is none. Borrowed from it. */
const PythonTime *python_time_of(JValue value);
/* JNONE when there is none. */
JValue python_time_zone(JValue time);
/* A moment as an aware datetime in UTC. */
JValue python_utc_object(JHeap *heap, int64_t time_us);

/* ---- Durations ---- */

JValue python_delta_object(JHeap *heap, int64_t microseconds);
/* False when the value is no timedelta. */
bool python_delta_of(JValue value, int64_t *out_us);
extern const JBuiltin python_delta_class; /* timedelta(days=1, ...) */

/* ---- Zones ---- */

/* So many seconds east of UTC. */
JValue python_zone_fixed(JHeap *heap, int32_t seconds);
/* NULL when the value is no zone. Borrowed from it. */
const Timezone *python_zone_of(JValue value);
/* `at`, a time in UTC, as clocks in the zone show it. */
DateTime python_zone_show(const Timezone *zone, int64_t utc_us);

/* ---- Texts of times ---- */

/* As Python's strftime. ValueError for a directive it does not have. `zone` may be NULL. */
MUST_CHECK Error *python_time_format(const DateTime *at, const Timezone *zone, Str format,
                                     StrBuf *out);
/* As Python's datetime.strptime: the whole text must fit, else ValueError. */
MUST_CHECK Error *python_time_parse(Str text, Str format, DateTime *out);

#endif
