#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/casing.h"

static Error *answer(bool yes, JValue *out)
{
    *out = jbool(yes);
    return NULL;
}

/* ---- Kinds ---- */

static const JHostClass *host_class(JValue value)
{
    return value.type == J_HOST ? ((JHost *)value.obj)->class : NULL;
}

static Error *test_defined(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(call->args[0].type != J_UNDEFINED, out);
}

static Error *test_undefined(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(call->args[0].type == J_UNDEFINED, out);
}

static Error *test_none(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(call->args[0].type == J_NONE, out);
}

static Error *test_boolean(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(call->args[0].type == J_BOOL, out);
}

static Error *test_true(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(call->args[0].type == J_BOOL && call->args[0].b, out);
}

static Error *test_false(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(call->args[0].type == J_BOOL && !call->args[0].b, out);
}

static Error *test_integer(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(call->args[0].type == J_INT || call->args[0].type == J_BIGINT, out);
}

static Error *test_float(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(call->args[0].type == J_FLOAT, out);
}

static Error *test_number(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    const JHostClass *class = host_class(call->args[0]);
    return answer(jis_number(call->args[0]) || (class != NULL && class->is_number), out);
}

static Error *test_string(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(jis_str(call->args[0]), out);
}

static Error *test_escaped(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(jis_safe(call->args[0]), out);
}

static Error *test_mapping(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    const JHostClass *class = host_class(call->args[0]);
    return answer(call->args[0].type == J_DICT || (class != NULL && class->is_mapping), out);
}

/* What has a length and items: also text and mappings. */
static Error *test_sequence(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    JType type = call->args[0].type;
    const JHostClass *class = host_class(call->args[0]);
    return answer(type == J_STR || type == J_LIST || type == J_TUPLE || type == J_DICT ||
                      type == J_RANGE || type == J_UNDEFINED ||
                      (class != NULL && (class->is_sequence || class->is_mapping)),
                  out);
}

static Error *test_iterable(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(jis_iterable(call->args[0]), out);
}

static Error *test_callable(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    JType type = call->args[0].type;
    const JHostClass *class = host_class(call->args[0]);
    return answer(type == J_FUNCTION || type == J_MACRO || type == J_UNDEFINED || type == J_LOOP ||
                      type == J_JOINER || type == J_BLOCK || (class != NULL && class->call != NULL),
                  out);
}

/* ---- Numbers ---- */

static Error *remainder_is(JinjaState *s, JValue value, JValue divisor, int64_t wanted, JValue *out)
{
    JValue rest = JNONE;
    bool equal = false;
    if (value.type == J_INT && divisor.type == J_INT && divisor.i > 0) {
        int64_t left = value.i % divisor.i;
        return answer((left < 0 ? left + divisor.i : left) == wanted, out);
    }
    TRY(jbinary(s, JBIN_MOD, value, divisor, &rest));
    TRY(jequal(rest, jint(wanted), &equal));
    return answer(equal, out);
}

static Error *test_even(JinjaState *s, const JCall *call, JValue *out)
{
    return remainder_is(s, call->args[0], jint(2), 0, out);
}

static Error *test_odd(JinjaState *s, const JCall *call, JValue *out)
{
    return remainder_is(s, call->args[0], jint(2), 1, out);
}

static Error *test_divisibleby(JinjaState *s, const JCall *call, JValue *out)
{
    return remainder_is(s, call->args[0], call->args[1], 0, out);
}

/* ---- Comparison ---- */

static Error *test_eq(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    bool equal = false;
    TRY(jequal(call->args[0], call->args[1], &equal));
    return answer(equal, out);
}

static Error *test_ne(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    bool equal = false;
    TRY(jequal(call->args[0], call->args[1], &equal));
    return answer(!equal, out);
}

static Error *compare(JinjaState *s, const JCall *call, JCompareOp op, JValue *out)
{
    bool holds = false;
    TRY(jcompare(s, op, call->args[0], call->args[1], &holds));
    return answer(holds, out);
}

static Error *test_lt(JinjaState *s, const JCall *call, JValue *out)
{
    return compare(s, call, JCMP_LT, out);
}

static Error *test_le(JinjaState *s, const JCall *call, JValue *out)
{
    return compare(s, call, JCMP_LE, out);
}

static Error *test_gt(JinjaState *s, const JCall *call, JValue *out)
{
    return compare(s, call, JCMP_GT, out);
}

static Error *test_ge(JinjaState *s, const JCall *call, JValue *out)
{
    return compare(s, call, JCMP_GE, out);
}

static Error *test_in(JinjaState *s, const JCall *call, JValue *out)
{
    bool found = false;
    TRY(jcontains(s, call->args[1], call->args[0], &found));
    return answer(found, out);
}

static Error *test_sameas(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return answer(jidentical(call->args[0], call->args[1]), out);
}

/* ---- Text ---- */

/* Whether the text of the value has letters of the one case and none of the other. */
static Error *text_is(JinjaState *s, JValue value, bool (*wanted)(uint32_t),
                      bool (*other)(uint32_t), JValue *out)
{
    TRY(jto_str(s, value, &value));
    Str text = jtext(value);
    bool found = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if (other(c) || (c >= 128 && unicode_is_title(c))) {
            return answer(false, out);
        }
        found = found || wanted(c);
    }
    return answer(found, out);
}

static Error *test_lower(JinjaState *s, const JCall *call, JValue *out)
{
    return text_is(s, call->args[0], codepoint_is_lower, codepoint_is_upper, out);
}

static Error *test_upper(JinjaState *s, const JCall *call, JValue *out)
{
    return text_is(s, call->args[0], codepoint_is_upper, codepoint_is_lower, out);
}

/* ---- The environment ---- */

static Error *test_filter(JinjaState *s, const JCall *call, JValue *out)
{
    JValue name = call->args[0];
    return answer(jis_str(name) && jinja_find_filter(s, jtext(name)) != NULL, out);
}

static Error *test_test(JinjaState *s, const JCall *call, JValue *out)
{
    JValue name = call->args[0];
    return answer(jis_str(name) && jinja_find_test(s, jtext(name)) != NULL, out);
}

const JBuiltin jinja_tests[] = {
    {"!=", test_ne, 2, 2, NULL, 0, NULL},
    {"<", test_lt, 2, 2, NULL, 0, NULL},
    {"<=", test_le, 2, 2, NULL, 0, NULL},
    {"==", test_eq, 2, 2, NULL, 0, NULL},
    {">", test_gt, 2, 2, NULL, 0, NULL},
    {">=", test_ge, 2, 2, NULL, 0, NULL},
    {"boolean", test_boolean, 1, 1, "value", 0, NULL},
    {"callable", test_callable, 1, 1, NULL, 0, NULL},
    {"defined", test_defined, 1, 1, "value", 0, NULL},
    {"divisibleby", test_divisibleby, 2, 2, "value num", 0, NULL},
    {"eq", test_eq, 2, 2, NULL, 0, NULL},
    {"equalto", test_eq, 2, 2, NULL, 0, NULL},
    {"escaped", test_escaped, 1, 1, "value", 0, NULL},
    {"even", test_even, 1, 1, "value", 0, NULL},
    {"false", test_false, 1, 1, "value", 0, NULL},
    {"filter", test_filter, 1, 1, "value", JB_CONTEXT, NULL},
    {"float", test_float, 1, 1, "value", 0, NULL},
    {"ge", test_ge, 2, 2, NULL, 0, NULL},
    {"greaterthan", test_gt, 2, 2, NULL, 0, NULL},
    {"gt", test_gt, 2, 2, NULL, 0, NULL},
    {"in", test_in, 2, 2, "value seq", 0, NULL},
    {"integer", test_integer, 1, 1, "value", 0, NULL},
    {"iterable", test_iterable, 1, 1, "value", 0, NULL},
    {"le", test_le, 2, 2, NULL, 0, NULL},
    {"lessthan", test_lt, 2, 2, NULL, 0, NULL},
    {"lower", test_lower, 1, 1, "value", 0, NULL},
    {"lt", test_lt, 2, 2, NULL, 0, NULL},
    {"mapping", test_mapping, 1, 1, "value", 0, NULL},
    {"ne", test_ne, 2, 2, NULL, 0, NULL},
    {"none", test_none, 1, 1, "value", 0, NULL},
    {"number", test_number, 1, 1, "value", 0, NULL},
    {"odd", test_odd, 1, 1, "value", 0, NULL},
    {"sameas", test_sameas, 2, 2, "value other", 0, NULL},
    {"sequence", test_sequence, 1, 1, "value", 0, NULL},
    {"string", test_string, 1, 1, "value", 0, NULL},
    {"test", test_test, 1, 1, "value", JB_CONTEXT, NULL},
    {"true", test_true, 1, 1, "value", 0, NULL},
    {"undefined", test_undefined, 1, 1, "value", 0, NULL},
    {"upper", test_upper, 1, 1, "value", 0, NULL},
    {0},
};
