#include <math.h>

#include "jinja/builtin.h"
#include "jinja/json.h"
#include "jinja/number_text.h"
#include "jinja/pretty.h"
#include "jinja/rounding.h"

static Error *filter_default(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0];
    if (value.type != J_UNDEFINED && (!jarg_bool(call, 2, false) || jtruth(value))) {
        *out = value;
    } else {
        *out = jarg_given(call, 1) ? call->args[1] : jstr_value(jinja_heap(s), STR(""));
    }
    return NULL;
}

/* ---- Numbers ---- */

static Error *filter_abs(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0], result = JMISSING;
    if (value.type == J_FLOAT) {
        result = jfloat(fabs(value.f));
    } else if (jis_integer(value)) {
        bool negative = value.type == J_BIGINT ? mpz_sgn(((JBigint *)value.obj)->z) < 0
                                               : value.type == J_INT && value.i < 0;
        return negative ? jnegate(s, value, out) : jpositive(s, value, out);
    } else if (value.type == J_HOST && ((JHost *)value.obj)->class->convert != NULL) {
        JHost *host = (JHost *)value.obj;
        TRY(host->class->convert(s, host, JCONV_ABS, JMISSING, &result));
    }
    if (jis_absent(result)) {
        return jraise("TypeError", "bad operand type for abs(): '%s'", jtype_name(value));
    }
    *out = result;
    return NULL;
}

/* int(text, base), else the whole part of float(text). False when it is neither. */
static bool text_to_int(JinjaState *s, const JCall *call, JValue *out)
{
    Str text = jtext(call->args[0]);
    int64_t base = 10;
    double number = 0;
    bool valid_base = jto_int64(jarg_or(call, 2, jint(10)), &base);
    if (valid_base && number_text_int(s, text, base, out)) {
        return true;
    }
    if (!number_text_double(s, text, &number) || !isfinite(number)) {
        return false;
    }
    *out = jint_from_double(jinja_heap(s), trunc(number));
    return true;
}

static Error *filter_int(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0], result = jarg_or(call, 1, jint(0));
    if (value.type == J_UNDEFINED) {
        TRY(jundefined_error(value));
    } else if (value.type == J_STR) {
        text_to_int(s, call, &result);
    } else if (jis_integer(value)) {
        return jpositive(s, value, out);
    } else if (value.type == J_FLOAT && !isnan(value.f)) {
        return rounding_to_int(s, value.f, out);
    } else if (value.type == J_HOST && ((JHost *)value.obj)->class->convert != NULL) {
        JHost *host = (JHost *)value.obj;
        JValue converted = JMISSING;
        TRY(host->class->convert(s, host, JCONV_INT, JMISSING, &converted));
        result = jis_absent(converted) ? result : converted;
    }
    *out = result;
    return NULL;
}

static bool is_class(const Error *err, const char *name)
{
    return strcmp(error_class(err), name) == 0;
}

static Error *filter_float(JinjaState *s, const JCall *call, JValue *out)
{
    double number = 0;
    Error *err = number_to_float(s, call->args[0], &number);
    if (err == NULL) {
        *out = jfloat(number);
        return NULL;
    }
    if (!is_class(err, "TypeError") && !is_class(err, "ValueError")) {
        return err;
    }
    error_discard(err, "what is no number gives the default");
    *out = jarg_or(call, 1, jfloat(0.0));
    return NULL;
}

static Error *filter_round(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0], digits = jarg_or(call, 1, jint(0)), factor = JNONE;
    JValue method = jarg_or(call, 2, JNONE);
    Str name = method.type == J_STR ? jtext(method) : STR("");
    if (jis_absent(call->args[2]) || str_is(name, "common")) {
        return rounding_round(s, value, digits, out);
    }
    if (!str_is(name, "ceil") && !str_is(name, "floor")) {
        return jraise("FilterArgumentError", "method must be common, ceil or floor");
    }
    TRY(jbinary(s, JBIN_POW, jint(10), digits, &factor));
    TRY(jbinary(s, JBIN_MUL, value, factor, &value));
    TRY((str_is(name, "ceil") ? rounding_ceil : rounding_floor)(s, value, &value));
    return jbinary(s, JBIN_DIV, value, factor, out);
}

static Error *filter_filesizeformat(JinjaState *s, const JCall *call, JValue *out)
{
    static const char *const units[][2] = {{"kB", "KiB"}, {"MB", "MiB"}, {"GB", "GiB"},
                                           {"TB", "TiB"}, {"PB", "PiB"}, {"EB", "EiB"},
                                           {"ZB", "ZiB"}, {"YB", "YiB"}};
    bool binary = jarg_bool(call, 1, false);
    double base = binary ? 1024 : 1000, bytes = 0;
    TRY(number_to_float(s, call->args[0], &bytes));
    JBuild build = jbuild_begin(s);
    if (bytes < base) {
        JValue whole = JNONE;
        TRY(rounding_to_int(s, bytes, &whole));
        TRY(jprint(s, whole, &build.buf));
        strbuf_add_c(&build.buf, bytes == 1 ? " Byte" : " Bytes");
        return jbuild_take(s, &build, out);
    }
    double unit = base * base;
    size_t power = 0;
    while (power + 1 < ARRAY_LEN(units) && !(bytes < unit)) {
        unit *= base;
        power++;
    }
    double amount = base * bytes / unit;
    if (isfinite(amount)) {
        strbuf_printf(&build.buf, "%.1f", amount);
    } else {
        strbuf_add_c(&build.buf, isnan(amount) ? "nan" : "inf");
    }
    strbuf_printf(&build.buf, " %s", units[power][binary]);
    return jbuild_take(s, &build, out);
}

/* ---- Any value ---- */

static Error *filter_attr(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = call->args[0], name = call->args[1];
    if (name.type != J_STR) {
        return jraise("TypeError", "attribute name must be string, not '%s'", jtype_name(name));
    }
    TRY(jget_attr_only(s, value, name.str, out));
    if (jis_absent(*out)) {
        *out = jundefined_attr(s, value, name);
    }
    return NULL;
}

static Error *filter_tojson(JinjaState *s, const JCall *call, JValue *out)
{
    JsonOptions options = {.sort_keys = true, .escape_html = true};
    JBuild build = jbuild_begin(s);
    TRY(json_indent_arg(s, jarg_or(call, 1, JNONE), &options));
    TRY(json_dump(s, call->args[0], &options, &build.buf));
    TRY(jbuild_take(s, &build, out));
    *out = jstr_as_safe(jinja_heap(s), *out, true);
    return NULL;
}

static Error *filter_pprint(JinjaState *s, const JCall *call, JValue *out)
{
    JBuild build = jbuild_begin(s);
    TRY(pretty_print(s, call->args[0], &build.buf));
    return jbuild_take(s, &build, out);
}

static Error *filter_is_list(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = jbool(call->args[0].type == J_LIST);
    return NULL;
}

const JBuiltin jinja_filters_value[] = {
    {"abs", filter_abs, 1, 1, NULL, 0, NULL},
    {"attr", filter_attr, 2, 2, "obj name", 0, NULL},
    {"d", filter_default, 1, 3, "value default_value boolean", 0, NULL},
    {"default", filter_default, 1, 3, "value default_value boolean", 0, NULL},
    {"filesizeformat", filter_filesizeformat, 1, 2, "value binary", 0, NULL},
    {"float", filter_float, 1, 2, "value default", 0, NULL},
    {"int", filter_int, 1, 3, "value default base", 0, NULL},
    {"is_list", filter_is_list, 1, 1, "value", 0, NULL},
    {"pprint", filter_pprint, 1, 1, "value", 0, NULL},
    {"round", filter_round, 1, 3, "value precision method", 0, NULL},
    {"tojson", filter_tojson, 1, 2, "value indent", 0, NULL},
    {0},
};
