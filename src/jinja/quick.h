/* jinja/quick.h - the common cases of instructions, for the loop of vm.c: inline, without a call.
 */
#ifndef JINJA_QUICK_H
#define JINJA_QUICK_H

#include "jinja/vm.h"

/* Copies the two halves of a value one by one: a copy of all 16 bytes at once would have to wait
 * for the separate writes of the halves. */
static inline void put(JValue *to, const JValue *from)
{
    to->type = from->type;
    to->i = from->i;
}

static inline bool is_true(const JValue *value)
{
    return value->type == J_BOOL ? value->b : jtruth(*value);
}

static inline bool int_compare(CompareOperator op, int64_t a, int64_t b)
{
    static const uint8_t holds[] = {2, 5, 1, 3, 4, 6}; /* bits: less, equal, greater */
    unsigned order = a < b ? 1 : a == b ? 2 : 4;
    return (holds[op] & order) != 0;
}

/* *out = a op b; false, and *out untouched, where that may not fit or is rare. */
static inline bool int_arithmetic(JBinaryOp op, int64_t a, int64_t b, JValue *out)
{
    enum { EXACT_BITS = 53 }; /* of a double */
    int64_t result = 0;
    switch (op) {
    case JBIN_ADD:
        if (__builtin_add_overflow(a, b, &result)) {
            return false;
        }
        break;
    case JBIN_SUB:
        if (__builtin_sub_overflow(a, b, &result)) {
            return false;
        }
        break;
    case JBIN_MUL:
        if (__builtin_mul_overflow(a, b, &result)) {
            return false;
        }
        break;
    case JBIN_MOD:
        if (b <= 0 || a < 0) {
            return false;
        }
        result = a % b;
        break;
    case JBIN_FLOORDIV:
        if (b <= 0 || a < 0) {
            return false;
        }
        result = a / b;
        break;
    case JBIN_DIV:
        if (b <= 0 || a < 0 || (a | b) >> EXACT_BITS != 0) {
            return false;
        }
        out->type = J_FLOAT;
        out->f = (double)a / (double)b;
        return true;
    case JBIN_POW:
        return false;
    }
    out->type = J_INT;
    out->i = result;
    return true;
}

/* Calls a builtin whose arguments the compiler has counted: absent ones are put behind them. Nearly
 * all lack none to two, and two are written without asking; there is room. */
static inline Error *call_exact(JinjaState *s, const JBuiltin *builtin, JValue *args, size_t argc,
                                JValue *out)
{
    args[argc].type = J_MISSING;
    args[argc + 1].type = J_MISSING;
    for (size_t i = argc + 2; i < builtin->max_args; i++) {
        args[i].type = J_MISSING;
    }
    JCall call = {.args = args, .argc = argc};
    s->sp = args + builtin->max_args;
    s->callee = builtin;
    return builtin->run(s, &call, out);
}

/* The next number when a range is walked; false otherwise, and at its end. */
static inline bool next_of_range(JValue walk, JValue *out)
{
    JIterator *it = (JIterator *)walk.obj;
    if (walk.type != J_ITERATOR || it->class != &jiterator_range || it->at >= it->end) {
        return false;
    }
    const JRange *range = (JRange *)it->over.obj;
    out->type = J_INT;
    out->i = range->start + it->at++ * range->step;
    return true;
}

/* A variable shared with inner functions: cell b of c functions outside. */
static inline JValue *cell_at(JCells *cells, const Instr *in)
{
    for (uint8_t up = in->c; up > 0; up--) {
        cells = cells->parent;
    }
    return &cells->values[in->b];
}

#endif
