#include "transform/python/modules.h"

/* `modules.pytz`: zones by name, and the way pytz puts times into them. */

static const Timezone *zone_data(const JHost *self)
{
    return self->data;
}

static void zone_free(JHost *self)
{
    timezone_free(self->data);
}

static Error *zone_str(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    strbuf_add(out, timezone_name(zone_data(self)));
    return NULL;
}

static Error *zone_repr(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    Str name = timezone_name(zone_data(self));
    if (str_is(name, "UTC")) {
        strbuf_add_c(out, "<UTC>");
        return NULL;
    }
    strbuf_printf(out, "<DstTzInfo '" STR_FMT "'>", STR_ARG(name));
    return NULL;
}

static bool zone_equal(JHost *self, JValue other)
{
    const Timezone *zone = python_zone_of(other);
    return zone != NULL && str_eq(timezone_name(zone), timezone_name(zone_data(self)));
}

static const PythonTime *datetime_arg(const JCall *call, size_t index)
{
    const PythonTime *time = python_time_of(call->args[index]);
    return time != NULL && time->kind == PYTHON_DATETIME ? time : NULL;
}

static Error *not_a_datetime(const JCall *call, size_t index)
{
    return jraise("TypeError", "expected a datetime, not '%s'", jtype_name(call->args[index]));
}

enum { SECOND_US = 1000000 };

static Error *zone_localize(JinjaState *s, const JCall *call, JValue *out)
{
    const PythonTime *time = datetime_arg(call, 1);
    if (time == NULL) {
        return not_a_datetime(call, 1);
    }
    if (time->at.has_offset) {
        return jraise("ValueError", "Not naive datetime (tzinfo is already set)");
    }
    const Timezone *zone = python_zone_of(call->args[0]);
    DateTime at = time->at;
    at.has_offset = true;
    at.offset_s =
        timezone_at_local(zone, datetime_to_us(&time->at) / SECOND_US, jarg_bool(call, 2, false))
            .seconds;
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, call->args[0]);
    return NULL;
}

static Error *zone_normalize(JinjaState *s, const JCall *call, JValue *out)
{
    const PythonTime *time = datetime_arg(call, 1);
    if (time == NULL) {
        return not_a_datetime(call, 1);
    }
    if (!time->at.has_offset) {
        return jraise("ValueError", "Naive time - no tzinfo set");
    }
    DateTime at = python_zone_show(python_zone_of(call->args[0]), datetime_to_us(&time->at));
    *out = python_time_object(jinja_heap(s), PYTHON_DATETIME, &at, call->args[0]);
    return NULL;
}

static Error *zone_offset_of(JinjaState *s, const JCall *call, JValue *out)
{
    const PythonTime *time = datetime_arg(call, 1);
    *out = JNONE;
    if (time != NULL) {
        DateTime local = time->at;
        local.has_offset = false;
        int64_t seconds = datetime_to_us(&local) / SECOND_US;
        ZoneOffset offset = timezone_at_local(python_zone_of(call->args[0]), seconds, false);
        *out = python_delta_object(jinja_heap(s), (int64_t)offset.seconds * SECOND_US);
    }
    return NULL;
}

static Error *zone_zone(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jstr_value(jinja_heap(s), timezone_name(python_zone_of(call->args[0])));
    return NULL;
}

static const JBuiltin zone_methods[] = {
    {"localize", zone_localize, 2, 3, "self dt is_dst", JB_CONTEXT, NULL},
    {"normalize", zone_normalize, 2, 2, "self dt", JB_CONTEXT, NULL},
    {"utcoffset", zone_offset_of, 2, 2, "self dt", JB_CONTEXT, NULL},
    {0},
};

static Error *zone_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(zone_methods, jstr_str(name));
    *out = JMISSING;
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
    } else if (str_is(jstr_str(name), "zone")) {
        JValue args[] = {jobj(self)};
        return zone_zone(s, &(JCall){.args = args, .argc = 1}, out);
    }
    return NULL;
}

static const JHostClass zone_class = {
    .name = "DstTzInfo",
    .get_attr = zone_get_attr,
    .equal = zone_equal,
    .str = zone_str,
    .repr = zone_repr,
    .free = zone_free,
};

const Timezone *python_zone_of(JValue value)
{
    const JHost *host = jhost_as(value, &zone_class);
    return host != NULL ? zone_data(host) : NULL;
}

JValue python_zone_fixed(JHeap *heap, int32_t seconds)
{
    return jhost_new(heap, &zone_class, timezone_fixed(seconds));
}

DateTime python_zone_show(const Timezone *zone, int64_t utc_us)
{
    DateTime at = {0};
    int64_t seconds = utc_us / SECOND_US - (utc_us % SECOND_US < 0);
    int32_t offset = timezone_at_utc(zone, seconds).seconds;
    (void)datetime_from_us(utc_us + (int64_t)offset * SECOND_US, &at); /* clamped by its caller */
    at.has_offset = true;
    at.offset_s = offset;
    return at;
}

/* ---- The module ---- */

static Error *pytz_timezone(JinjaState *s, const JCall *call, JValue *out)
{
    Str name;
    Timezone *zone = NULL;
    TRY(object_text_arg(call, 1, &name));
    Error *err = timezone_read(name, &zone);
    if (err != NULL) {
        error_discard(err, "Python tells the name alone");
        return jraise("UnknownTimeZoneError", "'" STR_FMT "'", STR_ARG(name));
    }
    *out = jhost_new(jinja_heap(s), &zone_class, zone);
    return NULL;
}

static const JBuiltin pytz_methods[] = {
    {"timezone", pytz_timezone, 2, 2, "self zone", JB_CONTEXT, NULL},
    {0},
};

static Error *pytz_find(JinjaState *s, JStr *name, JValue *out)
{
    if (str_eq_nocase(jstr_str(name), STR("utc"))) {
        *out = python_zone_fixed(jinja_heap(s), 0);
    }
    return NULL;
}

const ObjectClass python_pytz_module = {
    .name = "module 'pytz'", .methods = pytz_methods, .find = pytz_find};
