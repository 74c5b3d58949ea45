/* jinja/ops.h - what can be done with any value, by Python's rules: truth, equality, order,
 * printing, length, iteration, attributes, items, arithmetic. Failures are ERR_TEMPLATE with
 * Python's class and message (jraise), or ERR_LIMIT when a result would pass its ceiling. */
#ifndef JINJA_OPS_H
#define JINJA_OPS_H

#include "jinja/object.h"

/* ---- compare.c ---- */

bool jtruth(JValue value);
/* Python's `is`: the same object, or the same small value. */
bool jidentical(JValue a, JValue b);
/* RecursionError on containers within themselves. */
MUST_CHECK Error *jequal(JValue a, JValue b, bool *out);
MUST_CHECK Error *jcompare(JinjaState *s, JCompareOp op, JValue a, JValue b, bool *out);
/* Equal values have equal hashes. TypeError for what can change (list, dict, set). */
MUST_CHECK Error *jhash(JValue value, uint32_t *out);
/* `item in container`. */
MUST_CHECK Error *jcontains(JinjaState *s, JValue container, JValue item, bool *out);

/* ---- print.c ---- */

/* Python's str() and repr(), appended to `out`. `s` may be NULL; host objects then show their type
 * alone. */
MUST_CHECK Error *jprint(JinjaState *s, JValue value, StrBuf *out);
MUST_CHECK Error *jrepr(JinjaState *s, JValue value, StrBuf *out);
/* str(value) of what is no str. */
MUST_CHECK Error *jprint_str(JinjaState *s, JValue value, JValue *out);
/* str(value) as a value; a str is returned as it is (Markup stays Markup). */
MUST_CHECK static inline Error *jto_str(JinjaState *s, JValue value, JValue *out)
{
    if (value.type != J_STR) {
        return jprint_str(s, value, out);
    }
    out->type = J_STR;
    out->str = value.str;
    return NULL;
}
/* repr() of a text: quotes chosen, escapes as Python does. */
void jrepr_text(Str text, StrBuf *out);
/* The text as HTML: & < > " ' escaped as Markup does. */
void jescape(Str text, StrBuf *out);

/* ---- iterate.c ---- */

/* TypeError "'int' object is not iterable" when it is not. */
MUST_CHECK Error *jiterate(JinjaState *s, JValue value, JIterator **out);
/* The next item; MISSING at the end. */
MUST_CHECK Error *jnext(JinjaState *s, JIterator *it, JValue *out_item);
/* A new list of all items. */
MUST_CHECK Error *jcollect(JinjaState *s, JValue iterable, JList **out);
bool jis_iterable(JValue value);
/* len(). TypeError when it has none. */
MUST_CHECK Error *jlength(JinjaState *s, JValue value, size_t *out);

/* ---- access.c ---- */

/* value.name as the language means it: the attribute, else the item; UNDEFINED when neither exists.
 * Fails on an undefined value. */
MUST_CHECK Error *jget_attr(JinjaState *s, JValue value, JStr *name, JValue *out);
/* value[key]: the item, else the attribute. */
MUST_CHECK Error *jget_item(JinjaState *s, JValue value, JValue key, JValue *out);
/* Only the attribute, as the filter `attr`; MISSING when there is none. */
MUST_CHECK Error *jget_attr_only(JinjaState *s, JValue value, JStr *name, JValue *out);
/* Only the item, as Python's value[key] but MISSING for a wrong key, index or type. */
MUST_CHECK Error *jget_item_only(JinjaState *s, JValue value, JValue key, JValue *out);
/* value[start:stop:step]; each bound may be NONE. A host sequence that is walked as a tuple gives a
 * tuple. */
MUST_CHECK Error *jslice(JinjaState *s, JValue value, JValue start, JValue stop, JValue step,
                         JValue *out);
typedef struct JSlice {
    int64_t start; /* the first item */
    int64_t step;
    int64_t count;
} JSlice;
/* Python's rule for a slice of something with `len` items. */
MUST_CHECK Error *jslice_bounds(JValue start, JValue stop, JValue step, int64_t len, JSlice *out);
/* An UNDEFINED that remembers what was looked for in what. */
JValue jundefined_attr(JinjaState *s, JValue value, JValue name);
JValue jundefined_name(JinjaState *s, JStr *name);
JValue jundefined_message(JinjaState *s, Str message);
/* The UndefinedError that using `value`, which is UNDEFINED, raises; NULL if it is permissive. */
MUST_CHECK Error *jundefined_error(JValue value);

/* ---- arithmetic.c ---- */

/* Operators, in the order of their methods. */
#define JBINARY_OPS(X) \
    X(ADD, "+") \
    X(SUB, "-") \
    X(MUL, "*") \
    X(DIV, "/") \
    X(FLOORDIV, "//") \
    X(MOD, "%") \
    X(POW, "**")

typedef enum JBinaryOp {
#define X(name, text) JBIN_##name,
    JBINARY_OPS(X)
#undef X
} JBinaryOp;

MUST_CHECK Error *jbinary(JinjaState *s, JBinaryOp op, JValue a, JValue b, JValue *out);
MUST_CHECK Error *jnegate(JinjaState *s, JValue value, JValue *out);
MUST_CHECK Error *jpositive(JinjaState *s, JValue value, JValue *out);
/* str(a) + str(b), the operator ~ on `count` values. */
MUST_CHECK Error *jconcat(JinjaState *s, const JValue *values, size_t count, JValue *out);
/* The value as a double: int, bool, float; OverflowError for a bigint out of range. False if it is
 * no number. */
MUST_CHECK Error *jto_double(JValue value, bool *out_known, double *out);
/* An index or count: int or bool (bigints saturate); false otherwise. */
bool jto_int64(JValue value, int64_t *out);
/* The integer that a float with integral value is; the float must be finite. */
JValue jint_from_double(JHeap *heap, double value);
/* Decimal digits with optional sign, of any length; false when it is not an integer. `base` 2
 * to 36. */
bool jint_from_text(JHeap *heap, Str digits, int base, JValue *out);
/* -value of an int, a bool or a bigint. */
JValue jint_negate(JHeap *heap, JValue value);

/* format_percent.c: Python's str % args. */
MUST_CHECK Error *jformat_percent(JinjaState *s, JStr *format, JValue args, JValue *out);

#endif
