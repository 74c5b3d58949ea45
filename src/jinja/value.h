/* jinja/value.h - the values of a running template. A JValue is 16 bytes: what it is, and the
 * payload. Numbers and the like are held directly; everything else points to an object on a heap
 * (heap.h) and has Python's reference semantics: copying a JValue shares the object.
 *
 * Objects are never freed by hand. The collector runs only between VM instructions, so a C function
 * may keep JValues in locals freely, even across a call back into the VM (heap.h says why). */
#ifndef JINJA_VALUE_H
#define JINJA_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* Every type: name, what Python's type() calls it. From J_BIGINT on the payload is an object; an
 * UNDEFINED has one, or NULL when nothing is known about it. */
#define JINJA_TYPES(X) \
    X(MISSING, "missing")     /* no value at all: an absent argument, an unset variable */ \
    X(UNDEFINED, "Undefined") /* a name or attribute that does not exist */ \
    X(NONE, "NoneType") \
    X(BOOL, "bool") \
    X(INT, "int") /* fits 64 bits */ \
    X(FLOAT, "float") \
    X(BIGINT, "int") /* does not fit 64 bits */ \
    X(STR, "str") \
    X(LIST, "list") \
    X(TUPLE, "tuple") \
    X(DICT, "dict") \
    X(SET, "set") \
    X(RANGE, "range") \
    X(VIEW, "dict_items")                     /* live keys, values or items of a dict */ \
    X(ITERATOR, "generator")                  /* a position in something, or a lazy filter */ \
    X(FUNCTION, "builtin_function_or_method") /* a C function, perhaps bound to a value */ \
    X(MACRO, "Macro") \
    X(NAMESPACE, "Namespace") \
    X(LOOP, "LoopContext") \
    X(CYCLER, "Cycler") \
    X(JOINER, "Joiner") \
    X(MODULE, "TemplateModule") /* an imported template */ \
    X(BLOCK, "BlockReference")  /* self.name, super() */ \
    X(CELLS, "cell")            /* variables that inner macros share; never visible */ \
    X(CONTEXT, "Context")       /* the variables of one template run; never visible */ \
    X(HOST, "object")           /* a type of the embedder, see host.h */

typedef enum JType {
#define X(name, python_name) J_##name,
    JINJA_TYPES(X)
#undef X
} JType;

enum { J_TYPE_COUNT = J_HOST + 1 };

/* What to switch over where only some of the types matter and the rest share a default. */
#define JTYPE_OF(value) ((unsigned)(value).type)

/* What every object begins with. The owner of the object's type may use the next four bytes. */
typedef struct JObj {
    uint8_t type;  /* a JType; 0 in a free cell */
    uint8_t mark;  /* the collection that last reached it, and the depth of its birth: heap.h */
    uint8_t flags; /* JObjFlags */
    uint8_t size_class; /* heap.c; 0 = allocated by itself */
} JObj;

typedef enum JObjFlags {
    JOBJ_IMMORTAL = 1 << 0, /* a constant of a template: never marked, never freed with a render */
    JOBJ_SHARED = 1 << 1,   /* belongs to the shared heap */
    JOBJ_SAFE = 1 << 2,     /* a str that is Markup */
    JOBJ_GROUP = 1 << 3,    /* a tuple of groupby: its items are also called grouper and list */
} JObjFlags;

typedef struct JStr JStr;
typedef struct JList JList;
typedef struct JTuple JTuple;
typedef struct JDict JDict;
typedef struct JSet JSet;

typedef struct JValue {
    JType type;
    union {
        bool b;
        int64_t i;
        double f;
        JObj *obj;
        JStr *str;
        JList *list;
        JTuple *tuple;
        JDict *dict;
        JSet *set;
    };
} JValue;

#define JMISSING ((JValue){.type = J_MISSING})
#define JUNDEFINED ((JValue){.type = J_UNDEFINED})
#define JNONE ((JValue){.type = J_NONE})

static inline JValue jbool(bool value)
{
    return (JValue){.type = J_BOOL, .b = value};
}

static inline JValue jint(int64_t value)
{
    return (JValue){.type = J_INT, .i = value};
}

static inline JValue jfloat(double value)
{
    return (JValue){.type = J_FLOAT, .f = value};
}

/* The value that is this object. */
static inline JValue jobj(void *object)
{
    JObj *obj = object;
    return (JValue){.type = (JType)obj->type, .obj = obj};
}

static inline bool jis_object(JValue value)
{
    return value.type >= J_BIGINT || (value.type == J_UNDEFINED && value.obj != NULL);
}

/* int or bool, as Python's isinstance(x, int); bigints included. */
static inline bool jis_integer(JValue value)
{
    return value.type == J_INT || value.type == J_BOOL || value.type == J_BIGINT;
}

static inline bool jis_number(JValue value)
{
    return jis_integer(value) || value.type == J_FLOAT;
}

static inline bool jis_absent(JValue value)
{
    return value.type == J_MISSING;
}

/* "str", "int", "NoneType": as Python's messages name it; the embedder's name for host objects. */
const char *jtype_name(JValue value);

#endif
