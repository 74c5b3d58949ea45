/* jinja/ast.h - a template as a tree. Nodes live in the scratch arena of one compilation. One
 * struct serves all kinds; the table says which fields a kind uses. */
#ifndef JINJA_AST_H
#define JINJA_AST_H

#include "base/str.h"
#include "base/vec.h"
#include "jinja/opcode.h"
#include "jinja/value.h"

/* Kind, and what its fields mean. */
#define JINJA_NODES(X) \
    X(CONST)        /* value */ \
    X(NAME)         /* name; var once resolved */ \
    X(NSREF)        /* name.attr as target of set: name, text = attr; var */ \
    X(TUPLE)        /* items */ \
    X(LIST)         /* items */ \
    X(DICT)         /* items: key, value, key, value, ... */ \
    X(BINARY)       /* op = JBinaryOp: a op b */ \
    X(NEGATE)       /* a */ \
    X(POSITIVE)     /* a */ \
    X(NOT)          /* a */ \
    X(AND)          /* a, b */ \
    X(OR)           /* a, b */ \
    X(CONCAT)       /* items */ \
    X(COMPARE)      /* a, then items; ops[i] = CompareOperator before items[i] */ \
    X(COND)         /* b if a else c; c may be NULL */ \
    X(ATTR)         /* a.name */ \
    X(ITEM)         /* a[b] */ \
    X(SLICE)        /* a[items[0]:items[1]:items[2]], NULL where left out */ \
    X(CALL)         /* a(args) */ \
    X(FILTER)       /* a|name(args); a NULL = the text of a filter block */ \
    X(TEST)         /* a is name(args) */ \
    X(OUTPUT)       /* items: text (CONST) and expressions */ \
    X(SET)          /* a = b */ \
    X(SET_BLOCK)    /* a = body through filter chain b (may be NULL) */ \
    X(FOR)          /* for a in b if c: body, else orelse; flag = recursive */ \
    X(IF)           /* if a: body, elifs, orelse */ \
    X(MACRO)        /* name(params = defaults): body */ \
    X(CALL_BLOCK)   /* call(params = defaults) a: body */ \
    X(FILTER_BLOCK) /* filter chain a over body */ \
    X(WITH)         /* targets items = values more: body */ \
    X(DO)           /* a */ \
    X(BREAK) \
    X(CONTINUE) \
    X(AUTOESCAPE) /* a: body */ \
    X(BLOCK)      /* name: body; flag = scoped, required */ \
    X(EXTENDS)    /* a */ \
    X(INCLUDE)    /* a; flag = ignore missing, with_context */ \
    X(IMPORT)     /* a as name; with_context */ \
    X(FROM)       /* from a import names (items: CONST str) as more (CONST str); with_context */

typedef enum NodeKind {
#define X(name) N_##name,
    JINJA_NODES(X)
#undef X
} NodeKind;

typedef struct Node Node;
typedef struct Scope Scope;
typedef struct Var Var;
typedef VEC(Node *) NodeVec;

/* Arguments of a call, filter or test. */
typedef struct Args {
    NodeVec values;  /* by position, then those by name */
    StrVec names;    /* of the last names.len values */
    Node *star;      /* *args, or NULL */
    Node *star_star; /* **kwargs, or NULL */
} Args;

/* For switches over some of the kinds. */
#define JTYPE_OF_NODE(node) ((unsigned)(node)->kind)

struct Node {
    NodeKind kind;
    uint32_t line, column; /* from 1; of the token Jinja2 reports for this node */
    uint8_t op;
    bool flag, required, with_context;
    Str name, text;
    JValue value;
    Node *a, *b, *c;
    NodeVec items, more;
    NodeVec body, elifs, orelse;
    uint8_t *ops;
    Args args;
    /* Filled by scope.c. */
    Var *var;          /* NAME, NSREF, MACRO and IMPORT: the variable */
    Scope *scope;      /* what the body runs in */
    Scope *else_scope; /* FOR */
    Scope *test_scope; /* FOR */
    struct Unit *unit; /* MACRO, CALL_BLOCK, BLOCK, recursive FOR: the function made of it */
    bool uses_loop;    /* FOR: the body mentions `loop` */
    bool uses_caller, uses_varargs, uses_kwargs; /* MACRO, CALL_BLOCK */
};

#endif
