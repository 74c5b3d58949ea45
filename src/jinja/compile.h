/* jinja/compile.h - what the files of the compiler share: one Function per piece of bytecode being
 * made. */
#ifndef JINJA_COMPILE_H
#define JINJA_COMPILE_H

#include "base/map.h"
#include "jinja/environment.h"
#include "jinja/scope.h"
#include "jinja/template.h"

typedef struct Compiler {
    JinjaTemplate *tpl;
    Arena *scratch;
    JinjaState *folder; /* computes constant expressions while compiling */
    StrMap texts;       /* text constants by their text: index + 1 */
    bool soft;          /* inside an `if`: unknown filters fail only when reached */
    bool escapes;       /* inside {% autoescape true %} */
    uint32_t error_line;
    uint32_t error_column;
} Compiler;

typedef struct LoopFrame {
    struct LoopFrame *up;
    uint32_t next;        /* the NEXT instruction: where `continue` goes */
    uint32_t captures;    /* open captures around the loop */
    VEC(uint32_t) breaks; /* jumps to be pointed behind the loop */
} LoopFrame;

typedef struct Function {
    Compiler *c;
    struct Function *up; /* whose cells it shares */
    Unit *unit;
    Proto *proto;
    VEC(Instr) code;
    VEC(Place) places;
    Place place;               /* of the instructions to come */
    uint32_t depth, max_depth; /* of the operand stack */
    uint32_t captures;
    LoopFrame *loop;
    bool top_level;   /* names set here are exported */
    bool in_defaults; /* of a macro: parameters may have no value */
} Function;

typedef VEC(uint32_t) JumpVec;

/* ---- compile.c ---- */

/* Appends an instruction and returns its number. */
uint32_t emit(Function *fn, Opcode op, uint8_t c, uint32_t b, uint32_t a);
static inline uint32_t emit_plain(Function *fn, Opcode op)
{
    return emit(fn, op, 0, 0, 0);
}
/* A jump whose target is still unknown; patch() points it behind the code of now. */
uint32_t emit_jump(Function *fn, Opcode op);
void patch(Function *fn, uint32_t jump);
void patch_all(Function *fn, const JumpVec *jumps);
/* Errors in the code to come are reported at this node. */
void set_place(Function *fn, const Node *node);

uint32_t constant_index(Compiler *c, JValue value);
uint32_t text_index(Compiler *c, Str text);
JStr *text_constant(Compiler *c, Str text);
Error *compile_fail(Compiler *c, const Node *node, const char *class_name, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Begins a function; function_end appends what is open and fills its proto. */
Function *function_begin(Compiler *c, Function *up, Unit *unit, ProtoKind kind, Str name);
void function_end(Function *fn);
uint32_t proto_index(Compiler *c, const Proto *proto);

/* ---- compile_expr.c ---- */

MUST_CHECK Error *compile_expr(Function *fn, const Node *node);
/* Code that jumps when the truth of `node` is `when`, and else goes on; adds the jumps to `jumps`.
 */
MUST_CHECK Error *compile_jump(Function *fn, const Node *node, bool when, JumpVec *jumps);
/* Pops the top into a target of an assignment. */
MUST_CHECK Error *compile_store(Function *fn, const Node *target);
MUST_CHECK Error *compile_store_var(Function *fn, const Var *var);
void compile_load_var(Function *fn, const Var *var);
/* Pushes the variable's value even if it has none. */
void compile_load_raw(Function *fn, const Var *var);
void compile_clear_var(Function *fn, const Var *var);
/* The filters of a filter or set block, on the text on the stack. */
MUST_CHECK Error *compile_filter_chain(Function *fn, const Node *filter);
MUST_CHECK Error *compile_call(Function *fn, const Node *call);
/* True when the value is the same in every render. */
bool is_constant(const Node *node);

/* ---- compile_stmt.c ---- */

MUST_CHECK Error *compile_body(Function *fn, const NodeVec *body);
/* What a scope's variables begin with. */
void compile_scope_begin(Function *fn, const Scope *scope);

#endif
