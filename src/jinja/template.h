/* jinja/template.h - a compiled template. Immutable once jinja_compile returns it: any thread may
 * run it. */
#ifndef JINJA_TEMPLATE_H
#define JINJA_TEMPLATE_H

#include "jinja/jinja.h"
#include "jinja/opcode.h"

typedef struct Place {
    uint32_t line, column;
} Place;

/* What a call passes besides plain arguments. */
typedef struct Site {
    const JBuiltin *builtin; /* of a filter or test */
    JTuple *names;           /* of the last arguments; NULL = none */
    bool star, star_star;    /* a sequence, a mapping on top of the arguments */
} Site;

typedef enum ProtoKind { PROTO_ROOT, PROTO_MACRO, PROTO_CALLER, PROTO_BLOCK, PROTO_LOOP } ProtoKind;

enum { NO_SLOT = UINT16_MAX };

/* A function. Its frame is `slots` values, parameters first, and `stack` more for operands. */
typedef struct Proto {
    const JinjaTemplate *tpl;
    ProtoKind kind;
    JStr *name;
    Instr *code;
    Place *places; /* one per instruction */
    uint32_t code_len;
    uint32_t slots;
    uint32_t stack;
    uint32_t param_count;
    JStr **params;
    uint16_t caller_slot, kwargs_slot, varargs_slot; /* NO_SLOT when not mentioned */
    bool required;                                   /* a block that a child must fill */
} Proto;

typedef struct TemplateBlock {
    JStr *name;
    const Proto *proto;
} TemplateBlock;

struct JinjaTemplate {
    const JinjaEnv *env;
    Arena *arena;
    JinjaTemplate *next_kept; /* in the list of the state that owns it */
    JHeap *constants_heap;
    Str name;
    Str source; /* normalized; for excerpts */
    VEC(JValue) constants;
    VEC(Site) sites;
    VEC(Proto *) protos; /* the first is the template itself */
    VEC(TemplateBlock) blocks;
    VEC(JinjaMacroInfo) macros;
    VEC(uint32_t) macro_protos; /* of macros[i] */
    VEC(JinjaStaticCall) calls;
};

/* The line of the source, without its end. */
Str template_line(const JinjaTemplate *tpl, uint32_t line);

#endif
