/* jinja/object.h - the smaller kinds of objects, and host objects: the types that the embedder
 * adds. */
#ifndef JINJA_OBJECT_H
#define JINJA_OBJECT_H

#include <gmp.h>

#include "base/error.h"
#include "base/str.h"
#include "jinja/dict.h"
#include "jinja/heap.h"
#include "jinja/list.h"
#include "jinja/text.h"
#include "jinja/value.h"

typedef struct JinjaState JinjaState; /* a render, see state.h */
typedef struct JBuiltin JBuiltin;     /* a row of a table, see builtin.h */
typedef struct JCall JCall;
typedef struct JBuiltinClass JBuiltinClass;

/* An int beyond 64 bits. Results that fit become J_INT again. */
typedef struct JBigint {
    JObj obj;
    mpz_t z;
} JBigint;

/* Something that does not exist. Printing gives nothing and truth is false; most other uses raise
 * UndefinedError, unless it is permissive: then attributes, items and calls give itself again. */
typedef struct JUndefined {
    JObj obj;
    bool permissive;
    const char *error_class; /* a literal; NULL = UndefinedError */
    const char *owner;       /* type of what has no such attribute or item; NULL = a variable */
    const char *module;      /* the module of that type; NULL = none, or one of Jinja2's */
    JValue name;             /* of the variable or attribute, or the key; MISSING if unknown */
    JStr *message;           /* what using it raises, instead of what name and owner say */
} JUndefined;

typedef struct JRange {
    JObj obj;
    int64_t start, stop, step;
    int64_t len;
} JRange;

typedef enum JViewKind { JVIEW_KEYS, JVIEW_VALUES, JVIEW_ITEMS } JViewKind;

typedef struct JView {
    JObj obj;
    JViewKind kind;
    JDict *dict;
} JView;

/* A position in a sequence of values: what loops and builtins walk, and what lazy filters return.
 * The class gives the next value; what it needs is in `over`, `extra` and the counters. */
typedef struct JIterator JIterator;

typedef struct JIteratorClass {
    const char *name; /* "list_iterator", "generator" */
    /* Gives MISSING at the end, and is not called again. */
    MUST_CHECK Error *(*next)(JinjaState *s, JIterator *it, JValue *out_item);
} JIteratorClass;

/* The one that loops know by heart. */
extern const JIteratorClass jiterator_range;

struct JIterator {
    JObj obj;
    bool done;
    const JIteratorClass *class;
    JValue over;     /* what is walked; often another iterator */
    JValue extra[3]; /* whatever the class keeps */
    int64_t at, end;
};

/* A C function as a value. */
typedef struct JFunction {
    JObj obj;
    const JBuiltin *builtin;
    JValue self; /* becomes the first argument; MISSING = a plain function */
} JFunction;

typedef struct JNamespace {
    JObj obj;
    JDict *dict;
} JNamespace;

typedef struct JCycler {
    JObj obj;
    uint32_t at;
    JTuple *items;
} JCycler;

typedef struct JJoiner {
    JObj obj;
    bool used;
    JValue separator;
} JJoiner;

typedef enum JCompareOp { JCMP_LT, JCMP_LE, JCMP_GT, JCMP_GE } JCompareOp;

/* What Python asks of a number by int(), float(), round(x, n) and abs(). */
typedef enum JConversion { JCONV_INT, JCONV_FLOAT, JCONV_ROUND, JCONV_ABS } JConversion;

typedef struct JHost JHost;

/* A type of the embedder. Only `name` is required; what is NULL behaves as a plain Python object
 * does. Results MISSING mean "no such thing". All run on the render's thread; objects that are
 * shared between threads must guard what they change. */
typedef struct JHostClass {
    const char *name;
    const char *module; /* in front of the name where Jinja2 names the type in full; NULL = none */
    MUST_CHECK Error *(*get_attr)(JinjaState *s, JHost *self, JStr *name, JValue *out);
    MUST_CHECK Error *(*get_item)(JinjaState *s, JHost *self, JValue key, JValue *out);
    MUST_CHECK Error *(*call)(JinjaState *s, JHost *self, const JCall *call, JValue *out);
    /* Any value that can be iterated: a list, a tuple, an iterator. */
    MUST_CHECK Error *(*iterate)(JinjaState *s, JHost *self, JValue *out);
    MUST_CHECK Error *(*contains)(JinjaState *s, JHost *self, JValue item, bool *out);
    MUST_CHECK Error *(*length)(JinjaState *s, JHost *self, size_t *out);
    bool (*truth)(JHost *self);
    /* `other` may be any value. */
    bool (*equal)(JHost *self, JValue other);
    uint64_t (*hash)(JHost *self);
    /* *out_known false: not comparable, which becomes TypeError. */
    MUST_CHECK Error *(*compare)(JinjaState *s, JHost *self, JValue other, JCompareOp op,
                                 bool *out_known, bool *out);
    /* `op` is "+", "-", "*", "/", "//", "%", "**"; `reflected`: self is on the right. MISSING = not
     * supported, which becomes TypeError. Unary minus comes as "neg" with a MISSING other. */
    MUST_CHECK Error *(*binary)(JinjaState *s, JHost *self, const char *op, JValue other,
                                bool reflected, JValue *out);
    /* `digits` is the second argument of round(); MISSING = cannot be converted so. */
    MUST_CHECK Error *(*convert)(JinjaState *s, JHost *self, JConversion to, JValue digits,
                                 JValue *out);
    /* format(self, spec); `spec` is not empty. */
    MUST_CHECK Error *(*format)(JinjaState *s, JHost *self, Str spec, StrBuf *out);
    MUST_CHECK Error *(*str)(JinjaState *s, JHost *self, StrBuf *out);
    MUST_CHECK Error *(*repr)(JinjaState *s, JHost *self, StrBuf *out);
    /* Answers for the tests and filters that ask for a kind. */
    bool is_mapping, is_sequence, is_number;
    void (*mark)(JMarker *marker, JHost *self);
    /* Releases `data`; called once, by whichever heap owns the object at the end. */
    void (*free)(JHost *self);
} JHostClass;

struct JHost {
    JObj obj;
    const JHostClass *class;
    void *data;   /* the embedder's */
    JValue value; /* a value of the language that belongs to it; marked by the heap */
};

JValue jhost_new(JHeap *heap, const JHostClass *host_class, void *data);
/* The host object of this class, or NULL. */
JHost *jhost_as(JValue value, const JHostClass *host_class);

JValue jrange_new(JHeap *heap, int64_t start, int64_t stop, int64_t step);
JValue jview_new(JHeap *heap, JDict *dict, JViewKind kind);
JIterator *jiterator_new(JHeap *heap, const JIteratorClass *iterator_class, JValue over);
JValue jfunction_new(JHeap *heap, const JBuiltin *builtin, JValue self);
/* What it is the class of; NULL for a plain function. */
const JBuiltinClass *jfunction_class(const JFunction *function);
JValue jnamespace_new(JHeap *heap);
/* `mpz` is copied; a value that fits becomes a J_INT. */
JValue jbigint_value(JHeap *heap, const mpz_t z);

#endif
