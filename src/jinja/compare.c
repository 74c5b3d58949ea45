#include "jinja/compare.h"

#include <math.h>

#include "base/limits.h"
#include "base/str.h"
#include "jinja/ops.h"
#include "jinja/state.h"

bool jtruth(JValue value)
{
    switch (value.type) {
    case J_MISSING:
    case J_UNDEFINED:
    case J_NONE:
        return false;
    case J_BOOL:
        return value.b;
    case J_INT:
        return value.i != 0;
    case J_FLOAT:
        return value.f != 0;
    case J_STR:
        return value.str->len > 0;
    case J_LIST:
        return jlist_len(value.list) > 0;
    case J_TUPLE:
        return value.tuple->len > 0;
    case J_DICT:
    case J_SET:
        return jdict_len(value.dict) > 0;
    case J_RANGE:
        return ((JRange *)value.obj)->len > 0;
    case J_VIEW:
        return jdict_len(((JView *)value.obj)->dict) > 0;
    case J_HOST: {
        JHost *host = (JHost *)value.obj;
        return host->class->truth == NULL || host->class->truth(host);
    }
    case J_BIGINT:
    case J_ITERATOR:
    case J_FUNCTION:
    case J_MACRO:
    case J_NAMESPACE:
    case J_LOOP:
    case J_CYCLER:
    case J_JOINER:
    case J_MODULE:
    case J_BLOCK:
    case J_CELLS:
    case J_CONTEXT:
        return true;
    }
    return true;
}

bool jidentical(JValue a, JValue b)
{
    if (a.type != b.type) {
        return false;
    }
    switch (JTYPE_OF(a)) {
    case J_MISSING:
    case J_NONE:
        return true;
    case J_BOOL:
        return a.b == b.b;
    case J_INT:
    case J_FLOAT: /* bit for bit: a nan is itself, and 0.0 is not -0.0 */
        return a.i == b.i;
    case J_STR: /* equal constants are one object in Python, as are short results */
        return a.str == b.str || jstr_eq(a.str, b.str);
    default:
        return a.obj == b.obj;
    }
}

/* ---- Equality ---- */

enum Equality { NOT_EQUAL, EQUAL, TOO_DEEP };

static enum Equality equal_at(JValue a, JValue b, int depth);

static enum Equality from_bool(bool equal)
{
    return equal ? EQUAL : NOT_EQUAL;
}

static int64_t small_int(JValue value)
{
    return value.type == J_BOOL ? (int64_t)value.b : value.i;
}

/* An int and a float: exact, not by rounding the int. */
static bool int_equals_double(JValue integer, double number)
{
    if (integer.type == J_BIGINT) {
        return isfinite(number) && mpz_cmp_d(((JBigint *)integer.obj)->z, number) == 0;
    }
    return number >= -0x1p63 && number < 0x1p63 && (double)(int64_t)number == number &&
           (int64_t)number == small_int(integer);
}

static bool numbers_equal(JValue a, JValue b)
{
    if (a.type == J_FLOAT && b.type == J_FLOAT) {
        return a.f == b.f;
    }
    if (a.type == J_FLOAT) {
        return int_equals_double(b, a.f);
    }
    if (b.type == J_FLOAT) {
        return int_equals_double(a, b.f);
    }
    if (a.type == J_BIGINT || b.type == J_BIGINT) {
        return a.type == b.type && mpz_cmp(((JBigint *)a.obj)->z, ((JBigint *)b.obj)->z) == 0;
    }
    return small_int(a) == small_int(b);
}

/* In containers the same object is equal to itself, even a nan. */
static enum Equality items_equal(JValue a, JValue b, int depth)
{
    return jidentical(a, b) && !jis_object(a) ? EQUAL : equal_at(a, b, depth);
}

static enum Equality lists_equal(JList *a, JList *b, int depth)
{
    if (jlist_len(a) != jlist_len(b)) {
        return NOT_EQUAL;
    }
    for (size_t i = 0; i < jlist_len(a); i++) {
        enum Equality equal = items_equal(jlist_at(a, i), jlist_at(b, i), depth + 1);
        if (equal != EQUAL) {
            return equal;
        }
    }
    return EQUAL;
}

static enum Equality tuples_equal(const JTuple *a, const JTuple *b, int depth)
{
    if (a->len != b->len) {
        return NOT_EQUAL;
    }
    for (size_t i = 0; i < a->len; i++) {
        enum Equality equal = items_equal(a->items[i], b->items[i], depth + 1);
        if (equal != EQUAL) {
            return equal;
        }
    }
    return EQUAL;
}

/* Dicts, and sets, whose values are all None. */
static enum Equality dicts_equal(JDict *a, JDict *b, int depth)
{
    if (jdict_len(a) != jdict_len(b)) {
        return NOT_EQUAL;
    }
    JValue key, value, other;
    for (size_t at = 0; jdict_next(a, &at, &key, &value);) {
        Error *err = jdict_get(b, key, &other);
        CHECK(err == NULL); /* it is a key already */
        enum Equality equal = jis_absent(other) ? NOT_EQUAL : items_equal(value, other, depth + 1);
        if (equal != EQUAL) {
            return equal;
        }
    }
    return EQUAL;
}

static bool ranges_equal(const JRange *a, const JRange *b)
{
    return a->len == b->len &&
           (a->len == 0 || (a->start == b->start && (a->len == 1 || a->step == b->step)));
}

static bool is_subset(JDict *a, JDict *b, bool proper);

/* Keys compare as sets, items as dicts; views of values are equal to nothing but themselves. */
static enum Equality views_equal(const JView *a, const JView *b, int depth)
{
    if (a == b || a->kind != b->kind || a->kind == JVIEW_VALUES) {
        return from_bool(a == b);
    }
    return a->kind == JVIEW_ITEMS ? dicts_equal(a->dict, b->dict, depth)
                                  : from_bool(jdict_len(a->dict) == jdict_len(b->dict) &&
                                              is_subset(a->dict, b->dict, false));
}

/* What two undefined values are depends on their class alone, as in Jinja2. */
static enum Equality equal_at(JValue a, JValue b, int depth)
{
    if (depth > LIMIT_CALL_DEPTH) {
        return TOO_DEEP;
    }
    if (a.type == J_HOST && ((JHost *)a.obj)->class->equal != NULL) {
        return from_bool(((JHost *)a.obj)->class->equal((JHost *)a.obj, b));
    }
    if (b.type == J_HOST && ((JHost *)b.obj)->class->equal != NULL) {
        return from_bool(((JHost *)b.obj)->class->equal((JHost *)b.obj, a));
    }
    if (jis_number(a) && jis_number(b)) {
        return from_bool(numbers_equal(a, b));
    }
    if (a.type != b.type) {
        return NOT_EQUAL;
    }
    switch (JTYPE_OF(a)) {
    case J_NONE:
    case J_UNDEFINED:
    case J_MISSING:
        return EQUAL;
    case J_STR:
        return from_bool(jstr_eq(a.str, b.str));
    case J_LIST:
        return a.list == b.list ? EQUAL : lists_equal(a.list, b.list, depth);
    case J_TUPLE:
        return a.tuple == b.tuple ? EQUAL : tuples_equal(a.tuple, b.tuple, depth);
    case J_DICT:
    case J_SET:
        return a.dict == b.dict ? EQUAL : dicts_equal(a.dict, b.dict, depth);
    case J_RANGE:
        return from_bool(ranges_equal((JRange *)a.obj, (JRange *)b.obj));
    case J_VIEW:
        return views_equal((JView *)a.obj, (JView *)b.obj, depth);
    case J_FUNCTION: {
        const JFunction *one = (JFunction *)a.obj, *other = (JFunction *)b.obj;
        return from_bool(one->builtin == other->builtin && jidentical(one->self, other->self));
    }
    default:
        return from_bool(a.obj == b.obj);
    }
}

Error *jequal(JValue a, JValue b, bool *out)
{
    enum Equality equal = equal_at(a, b, 0);
    if (equal == TOO_DEEP) {
        return jraise("RecursionError", "maximum recursion depth exceeded in comparison");
    }
    *out = equal == EQUAL;
    return NULL;
}

bool jkeys_equal(JValue a, JValue b)
{
    return equal_at(a, b, 0) == EQUAL;
}

/* ---- Order ---- */

static const char *const compare_text[] = {"<", "<=", ">", ">="};

static bool holds(JCompareOp op, int order)
{
    switch (op) {
    case JCMP_LT:
        return order < 0;
    case JCMP_LE:
        return order <= 0;
    case JCMP_GT:
        return order > 0;
    case JCMP_GE:
        return order >= 0;
    }
    return false;
}

static int order_int_double(JValue integer, double number)
{
    if (integer.type == J_BIGINT) {
        return mpz_cmp_d(((JBigint *)integer.obj)->z, number);
    }
    int64_t i = small_int(integer);
    if (number >= 0x1p63) {
        return -1;
    }
    if (number < -0x1p63) {
        return 1;
    }
    int64_t whole = (int64_t)number;
    double rest = number - (double)whole;
    if (i != whole) {
        return i < whole ? -1 : 1;
    }
    return rest > 0 ? -1 : rest < 0;
}

static int order_ints(JValue a, JValue b)
{
    if (a.type == J_BIGINT && b.type == J_BIGINT) {
        return mpz_cmp(((JBigint *)a.obj)->z, ((JBigint *)b.obj)->z);
    }
    if (a.type == J_BIGINT) {
        return mpz_sgn(((JBigint *)a.obj)->z);
    }
    if (b.type == J_BIGINT) {
        return -mpz_sgn(((JBigint *)b.obj)->z);
    }
    int64_t x = small_int(a), y = small_int(b);
    return (x > y) - (x < y);
}

static bool compare_numbers(JCompareOp op, JValue a, JValue b)
{
    double x = a.type == J_FLOAT ? a.f : 0, y = b.type == J_FLOAT ? b.f : 0;
    if (isnan(x) || isnan(y)) {
        return false;
    }
    if (a.type == J_FLOAT && b.type == J_FLOAT) {
        return holds(op, (x > y) - (x < y));
    }
    if (a.type == J_FLOAT) {
        return holds(op, -order_int_double(b, x));
    }
    return holds(op, b.type == J_FLOAT ? order_int_double(a, y) : order_ints(a, b));
}

/* Item `index` of a list or tuple; MISSING beyond the end. */
static JValue item_at(JValue sequence, size_t index)
{
    if (sequence.type == J_LIST) {
        return jlist_at(sequence.list, index);
    }
    return index < sequence.tuple->len ? sequence.tuple->items[index] : JMISSING;
}

static Error *compare_at(JinjaState *s, JCompareOp op, JValue a, JValue b, int depth, bool *out);

static Error *compare_sequences(JinjaState *s, JCompareOp op, JValue a, JValue b, int depth,
                                bool *out)
{
    for (size_t i = 0;; i++) {
        JValue x = item_at(a, i), y = item_at(b, i);
        if (jis_absent(x) || jis_absent(y)) {
            *out = holds(op, (int)!jis_absent(x) - (int)!jis_absent(y));
            return NULL;
        }
        enum Equality equal = jidentical(x, y) ? EQUAL : equal_at(x, y, depth + 1);
        if (equal == NOT_EQUAL) {
            return compare_at(s, op, x, y, depth + 1, out);
        }
        if (equal == TOO_DEEP) {
            return jraise("RecursionError", "maximum recursion depth exceeded in comparison");
        }
    }
}

/* a is a subset of b; `proper`: and smaller. */
static bool is_subset(JDict *a, JDict *b, bool proper)
{
    if (jdict_len(a) > jdict_len(b) || (proper && jdict_len(a) == jdict_len(b))) {
        return false;
    }
    JValue key, value, other;
    for (size_t at = 0; jdict_next(a, &at, &key, &value);) {
        Error *err = jdict_get(b, key, &other);
        CHECK(err == NULL);
        if (jis_absent(other)) {
            return false;
        }
    }
    return true;
}

static bool compare_sets(JCompareOp op, JDict *a, JDict *b)
{
    bool proper = op == JCMP_LT || op == JCMP_GT;
    return op == JCMP_LT || op == JCMP_LE ? is_subset(a, b, proper) : is_subset(b, a, proper);
}

static bool is_keys(JValue value)
{
    return value.type == J_VIEW && ((JView *)value.obj)->kind == JVIEW_KEYS;
}

static Error *compare_hosts(JinjaState *s, JCompareOp op, JValue a, JValue b, bool *out_known,
                            bool *out)
{
    static const JCompareOp mirrored[] = {JCMP_GT, JCMP_GE, JCMP_LT, JCMP_LE};
    JHost *left = a.type == J_HOST ? (JHost *)a.obj : NULL;
    JHost *right = b.type == J_HOST ? (JHost *)b.obj : NULL;
    *out_known = false;
    if (left != NULL && left->class->compare != NULL) {
        TRY(left->class->compare(s, left, b, op, out_known, out));
    }
    if (!*out_known && right != NULL && right->class->compare != NULL) {
        TRY(right->class->compare(s, right, a, mirrored[op], out_known, out));
    }
    return NULL;
}

static Error *compare_at(JinjaState *s, JCompareOp op, JValue a, JValue b, int depth, bool *out)
{
    if (depth > LIMIT_CALL_DEPTH) {
        return jraise("RecursionError", "maximum recursion depth exceeded in comparison");
    }
    bool known = true;
    if (jis_number(a) && jis_number(b)) {
        *out = compare_numbers(op, a, b);
    } else if (a.type == J_STR && b.type == J_STR) {
        *out = holds(op, str_compare(jtext(a), jtext(b)));
    } else if (a.type == b.type && (a.type == J_LIST || a.type == J_TUPLE)) {
        return compare_sequences(s, op, a, b, depth, out);
    } else if (a.type == J_SET && b.type == J_SET) {
        *out = compare_sets(op, a.dict, b.dict);
    } else if (is_keys(a) && is_keys(b)) {
        *out = compare_sets(op, ((JView *)a.obj)->dict, ((JView *)b.obj)->dict);
    } else if (a.type == J_UNDEFINED || b.type == J_UNDEFINED) {
        JValue culprit = a.type == J_UNDEFINED ? a : b;
        TRY(jundefined_error(culprit));
        known = false;
    } else {
        TRY(compare_hosts(s, op, a, b, &known, out));
    }
    return known ? NULL
                 : jraise("TypeError", "'%s' not supported between instances of '%s' and '%s'",
                          compare_text[op], jtype_name(a), jtype_name(b));
}

Error *jcompare(JinjaState *s, JCompareOp op, JValue a, JValue b, bool *out)
{
    return compare_at(s, op, a, b, 0, out);
}

/* ---- Hashes ---- */

static uint32_t mix(uint64_t x)
{
    x = (x ^ (x >> 32)) * 0x9e3779b97f4a7c15U;
    return (uint32_t)(x >> 32) ^ (uint32_t)x;
}

/* A float that is an integer hashes as that integer; a bigint as the float it truncates to. */
static uint32_t hash_double(double number)
{
    if (number >= -0x1p63 && number < 0x1p63 && (double)(int64_t)number == number) {
        return mix((uint64_t)(int64_t)number);
    }
    uint64_t bits = 0;
    memcpy(&bits, &number, sizeof(bits));
    return mix(bits);
}

static Error *hash_at(JValue value, int depth, uint32_t *out);

static Error *hash_tuple(const JTuple *tuple, int depth, uint32_t *out)
{
    uint32_t hash = 0x345678;
    for (uint32_t i = 0; i < tuple->len; i++) {
        uint32_t item = 0;
        TRY(hash_at(tuple->items[i], depth + 1, &item));
        hash = mix(((uint64_t)hash << 32) | item);
    }
    *out = hash;
    return NULL;
}

static Error *hash_at(JValue value, int depth, uint32_t *out)
{
    switch (JTYPE_OF(value)) {
    case J_STR:
        *out = jstr_hash(value.str);
        return NULL;
    case J_BOOL:
    case J_INT:
        *out = mix((uint64_t)small_int(value));
        return NULL;
    case J_FLOAT:
        *out = hash_double(value.f);
        return NULL;
    case J_BIGINT:
        *out = hash_double(mpz_get_d(((JBigint *)value.obj)->z));
        return NULL;
    case J_TUPLE:
        if (depth > LIMIT_CALL_DEPTH) {
            return jraise("RecursionError", "maximum recursion depth exceeded");
        }
        return hash_tuple(value.tuple, depth, out);
    case J_LIST:
    case J_DICT:
    case J_SET:
        return jraise("TypeError", "unhashable type: '%s'", jtype_name(value));
    case J_VIEW:
        if (((JView *)value.obj)->kind != JVIEW_VALUES) {
            return jraise("TypeError", "unhashable type: '%s'", jtype_name(value));
        }
        *out = mix((uintptr_t)value.obj);
        return NULL;
    case J_HOST: {
        JHost *host = (JHost *)value.obj;
        *out = host->class->hash != NULL ? mix(host->class->hash(host)) : mix((uintptr_t)host);
        return NULL;
    }
    case J_MISSING:
    case J_NONE:
    case J_UNDEFINED:
        *out = (uint32_t)value.type;
        return NULL;
    case J_RANGE:
        *out = mix((uint64_t)((JRange *)value.obj)->len);
        return NULL;
    case J_FUNCTION:
        *out = mix((uintptr_t)((JFunction *)value.obj)->builtin);
        return NULL;
    default:
        *out = mix((uintptr_t)value.obj);
        return NULL;
    }
}

Error *jhash(JValue value, uint32_t *out)
{
    return hash_at(value, 0, out);
}

/* ---- Membership ---- */

static Error *contains_by_walk(JinjaState *s, JValue container, JValue item, bool *out)
{
    JIterator *it = NULL;
    if (!jis_iterable(container)) {
        return jraise("TypeError", "argument of type '%s' is not iterable", jtype_name(container));
    }
    TRY(jiterate(s, container, &it));
    *out = false;
    while (!*out) {
        JValue each = JMISSING;
        TRY(jnext(s, it, &each));
        if (jis_absent(each)) {
            break;
        }
        *out = jidentical(each, item);
        if (!*out) {
            TRY(jequal(each, item, out));
        }
    }
    return NULL;
}

Error *jcontains(JinjaState *s, JValue container, JValue item, bool *out)
{
    JValue found = JMISSING;
    switch (JTYPE_OF(container)) {
    case J_STR:
        if (item.type != J_STR) {
            return jraise("TypeError", "'in <string>' requires string as left operand, not %s",
                          jtype_name(item));
        }
        *out = str_contains(jtext(container), jtext(item));
        return NULL;
    case J_DICT:
    case J_SET:
        TRY(jdict_get(container.dict, item, &found));
        *out = !jis_absent(found);
        return NULL;
    case J_VIEW: {
        const JView *view = (JView *)container.obj;
        if (view->kind != JVIEW_KEYS) {
            return contains_by_walk(s, container, item, out);
        }
        TRY(jdict_get(view->dict, item, &found));
        *out = !jis_absent(found);
        return NULL;
    }
    case J_HOST: {
        JHost *host = (JHost *)container.obj;
        if (host->class->contains != NULL) {
            return host->class->contains(s, host, item, out);
        }
        return contains_by_walk(s, container, item, out);
    }
    case J_UNDEFINED:
        *out = false;
        return NULL;
    default:
        return contains_by_walk(s, container, item, out);
    }
}
