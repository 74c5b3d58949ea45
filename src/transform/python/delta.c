#include <stdlib.h>

#include "base/hash.h"
#include "transform/python/modules.h"

/* datetime.timedelta: a number of microseconds. */

enum { SECOND_US = 1000000 };
#define DAY_US (INT64_C(86400) * SECOND_US)
#define DELTA_MAX_US (INT64_C(99999999) * DAY_US)

static int64_t delta_us(const JHost *self)
{
    return self->value.i;
}

/* Days as Python counts them: rounded down, so that the rest is never negative. */
static int64_t whole_days(int64_t us)
{
    return us / DAY_US - (us % DAY_US < 0);
}

static Error *delta_str(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    int64_t days = whole_days(delta_us(self));
    int64_t rest = delta_us(self) - days * DAY_US;
    int64_t seconds = rest / SECOND_US, fraction = rest % SECOND_US;
    if (days != 0) {
        strbuf_printf(out, "%lld day%s, ", (long long)days, days == 1 || days == -1 ? "" : "s");
    }
    strbuf_printf(out, "%lld:%02lld:%02lld", (long long)(seconds / 3600),
                  (long long)(seconds / 60 % 60), (long long)(seconds % 60));
    if (fraction != 0) {
        strbuf_printf(out, ".%06lld", (long long)fraction);
    }
    return NULL;
}

static Error *delta_repr(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    int64_t days = whole_days(delta_us(self));
    int64_t rest = delta_us(self) - days * DAY_US;
    const struct {
        const char *name;
        int64_t value;
    } parts[] = {{"days", days}, {"seconds", rest / SECOND_US}, {"microseconds", rest % SECOND_US}};
    const char *separator = "";
    strbuf_add_c(out, "datetime.timedelta(");
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].value != 0) {
            strbuf_printf(out, "%s%s=%lld", separator, parts[i].name, (long long)parts[i].value);
            separator = ", ";
        }
    }
    strbuf_add_c(out, *separator == 0 ? "0)" : ")");
    return NULL;
}

static bool delta_truth(JHost *self)
{
    return delta_us(self) != 0;
}

static bool delta_equal(JHost *self, JValue other)
{
    int64_t us = 0;
    return python_delta_of(other, &us) && us == delta_us(self);
}

static uint64_t delta_hash(JHost *self)
{
    int64_t us = delta_us(self);
    return hash_bytes(&us, sizeof(us));
}

static Error *delta_compare(JinjaState *s, JHost *self, JValue other, JCompareOp op,
                            bool *out_known, bool *out)
{
    int64_t us = 0;
    *out_known = python_delta_of(other, &us);
    return *out_known ? jcompare(s, op, jint(delta_us(self)), jint(us), out) : NULL;
}

/* The result of a computation on microseconds, which stays within Python's limits. */
static Error *delta_result(JinjaState *s, JValue us, JValue *out)
{
    double value = 0;
    bool known = false;
    TRY(jto_double(us, &known, &value));
    if (!known || value > (double)DELTA_MAX_US || value < -(double)DELTA_MAX_US) {
        return jraise("OverflowError", "the timedelta is too large");
    }
    JValue whole = us.type == J_INT ? us : jint_from_double(jinja_heap(s), value);
    *out = python_delta_object(jinja_heap(s), whole.i);
    return NULL;
}

static Error *delta_binary(JinjaState *s, JHost *self, const char *op, JValue other, bool reflected,
                           JValue *out)
{
    static const struct {
        const char *op;
        JBinaryOp code;
        bool with_delta, with_number;
    } ops[] = {{"+", JBIN_ADD, true, false},      {"-", JBIN_SUB, true, false},
               {"*", JBIN_MUL, false, true},      {"/", JBIN_DIV, true, true},
               {"//", JBIN_FLOORDIV, true, true}, {"%", JBIN_MOD, true, false}};
    int64_t us = 0;
    bool is_delta = python_delta_of(other, &us);
    *out = JMISSING;
    if (strcmp(op, "neg") == 0) {
        *out = python_delta_object(jinja_heap(s), -delta_us(self));
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        if (strcmp(op, ops[i].op) != 0 ||
            !(is_delta ? ops[i].with_delta : ops[i].with_number && jis_number(other))) {
            continue;
        }
        JValue mine = jint(delta_us(self)), theirs = is_delta ? jint(us) : other, result;
        TRY(jbinary(s, ops[i].code, reflected ? theirs : mine, reflected ? mine : theirs, &result));
        bool ratio = is_delta && op[0] == '/';
        *out = result;
        return ratio ? NULL : delta_result(s, result, out);
    }
    return NULL;
}

static Error *delta_total_seconds(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    int64_t us = 0;
    (void)python_delta_of(call->args[0], &us);
    *out = jfloat((double)us / SECOND_US);
    return NULL;
}

static const JBuiltin delta_methods[] = {
    {"total_seconds", delta_total_seconds, 1, 1, NULL, 0, NULL},
    {0},
};

static Error *delta_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    int64_t days = whole_days(delta_us(self));
    int64_t rest = delta_us(self) - days * DAY_US;
    const JBuiltin *method = object_method(delta_methods, jstr_str(name));
    *out = JMISSING;
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
    } else if (str_is(jstr_str(name), "days")) {
        *out = jint(days);
    } else if (str_is(jstr_str(name), "seconds")) {
        *out = jint(rest / SECOND_US);
    } else if (str_is(jstr_str(name), "microseconds")) {
        *out = jint(rest % SECOND_US);
    }
    return NULL;
}

static const JHostClass delta_class = {
    .name = "datetime.timedelta",
    .get_attr = delta_get_attr,
    .truth = delta_truth,
    .equal = delta_equal,
    .hash = delta_hash,
    .compare = delta_compare,
    .binary = delta_binary,
    .str = delta_str,
    .repr = delta_repr,
};

JValue python_delta_object(JHeap *heap, int64_t microseconds)
{
    JValue delta = jhost_new(heap, &delta_class, NULL);
    ((JHost *)delta.obj)->value = jint(microseconds);
    return delta;
}

bool python_delta_of(JValue value, int64_t *out_us)
{
    const JHost *host = jhost_as(value, &delta_class);
    if (host != NULL) {
        *out_us = delta_us(host);
    }
    return host != NULL;
}

static Error *delta_new(JinjaState *s, const JCall *call, JValue *out)
{
    static const int64_t units[] = {
        DAY_US, SECOND_US, 1, 1000, INT64_C(60) * SECOND_US, INT64_C(3600) * SECOND_US, 7 * DAY_US};
    JValue sum = jint(0);
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        JValue part;
        if (!jarg_given(call, i)) {
            continue;
        }
        if (!jis_number(call->args[i])) {
            return jraise("TypeError", "unsupported type for timedelta component: %s",
                          jtype_name(call->args[i]));
        }
        TRY(jbinary(s, JBIN_MUL, call->args[i], jint(units[i]), &part));
        TRY(jbinary(s, JBIN_ADD, sum, part, &sum));
    }
    return delta_result(s, sum, out);
}

static const JBuiltinClass delta_builtin_class = {"datetime.timedelta", NULL};

const JBuiltin python_delta_class = {"timedelta",
                                     delta_new,
                                     0,
                                     7,
                                     "days seconds microseconds milliseconds minutes hours weeks",
                                     JB_CLASS,
                                     &delta_builtin_class};
