/* jinja/vm.h - the machine: its state, its frames, and the objects of running templates. The loop
 * is vm.c; quick.h, step.h, output.h and pause.h hold the pieces that it is made of. */
#ifndef JINJA_VM_H
#define JINJA_VM_H

#include "jinja/environment.h"
#include "jinja/run.h"
#include "jinja/template.h"

/* Variables that a function shares with the macros inside it. */
typedef struct JCells {
    JObj obj;
    uint32_t count;
    struct JCells *parent;
    JValue values[];
} JCells;

typedef struct JBlock {
    JObj obj;
    const Proto *proto;
    struct JContext *context;
    struct JBlock *super; /* the same block of the template this one extends; NULL = none */
} JBlock;

/* The names one run of a template sees beyond its own variables. */
typedef struct JContext {
    JObj obj;
    const JinjaTemplate *tpl;
    JinjaScope scope;            /* the embedder's; a copy, for garbage outlives the call */
    JDict *exported;             /* what the template set at its top level; NULL = nothing yet */
    JDict *locals;               /* given by an include or import with context; may be NULL */
    struct JContext *outer;      /* where else to look; may be NULL */
    JDict *blocks;               /* name to JBlock; NULL without blocks */
    const JinjaTemplate *parent; /* set by extends */
    size_t kept_output;          /* what the template put out before it */
} JContext;

typedef struct JMacro {
    JObj obj;
    const Proto *proto;
    JCells *cells;
    JContext *context;
    int64_t depth; /* of a recursive loop's function */
} JMacro;

/* `loop`, and the walk itself. Looks one item ahead to know the last. */
typedef struct JLoop {
    JObj obj;
    bool peeked; /* `ahead` holds the item to come, MISSING at the end */
    JIterator *it;
    JValue source; /* what is walked */
    JValue previous, current, ahead;
    JValue changed;   /* arguments of the last changed() */
    JMacro *function; /* of a recursive loop */
    int64_t index0, depth0;
    int64_t length; /* -1 = not known yet */
} JLoop;

typedef struct JModule {
    JObj obj;
    const JinjaTemplate *tpl;
    JDict *exported;
    JValue body; /* the text it rendered */
} JModule;

typedef struct Frame {
    const Proto *proto;
    const Instr *ip;
    JValue *base;
    JCells *cells;
    JContext *context;
    JBlock *block;    /* of a block, for super() */
    JMacro *function; /* of a recursive loop */
    JValue *result;   /* where the caller wants the result */
    size_t out_mark;  /* output before the call */
    bool captures;    /* the output is the result; else it stays where it is */
} Frame;

struct JinjaState {
    const JinjaEnv *env;
    JHeap *heap;
    JSharedHeap *shared;
    Arena *scratch;
    Arena *out_arena;
    StrBuf out;
    JValue *stack, *stack_end;
    JValue *sp; /* the first free value, whenever the VM calls out */
    Frame *frames;
    size_t frame_count;
    size_t depth; /* VM runs inside each other */
    JinjaRunOptions options;
    int64_t steps_left;
    JinjaNative native;
    JList *parts; /* output of native rendering, in place of text */
    const JBuiltin *callee;
    JinjaTemplate *kept;    /* until jinja_reset() */
    uint64_t stores_before; /* into shared containers, when the first of them was made */
    JDict *modules;         /* imported without context, by name */
    bool unwinding;
    JValue unwind_value;
    bool located;   /* the running error has its place and excerpt */
    bool constants; /* computes constants for the compiler: its heap is the template's */
};

/* ---- vm.c ---- */

/* Runs frames until only `floor` are left. */
MUST_CHECK Error *vm_run(JinjaState *s, size_t floor);
/* Runs a function to its end: slots [0, count) are set from `args`. MISSING is returned by
 * functions whose output stays where it is (captures false). */
MUST_CHECK Error *vm_call(JinjaState *s, const Frame *frame, const JValue *args, size_t count,
                          JValue *out);
MUST_CHECK Error *vm_run_constant(JinjaState *s, const Proto *proto, JValue *out);

/* ---- unwind.c ---- */

/* Takes the frames down to `floor` off, telling the error each place. */
MUST_CHECK Error *vm_unwind(JinjaState *s, Error *err, size_t floor);

/* ---- call.c ---- */

/* Pushes a frame for `frame->proto` whose parameters stand at frame->base; the rest is unset. */
MUST_CHECK Error *vm_push_frame(JinjaState *s, const Frame *frame, size_t given);
/* Calls what stands at args[-1] with `argc` arguments, as `site` says (NULL: plain). Either the
 * result is in args[-1], or *out_pushed and a frame will put it there. */
MUST_CHECK Error *vm_call_value(JinjaState *s, JValue *args, size_t argc, const Site *site,
                                bool *out_pushed);
/* Runs a builtin on arguments that stand on the stack, with room behind them. */
MUST_CHECK Error *vm_call_builtin(JinjaState *s, const JBuiltin *builtin, JValue *args, size_t argc,
                                  JDict *kwargs, JValue *out);
/* The same with names and spreads. */
MUST_CHECK Error *vm_call_site(JinjaState *s, const Site *site, JValue *args, size_t argc,
                               JValue *out);

/* ---- run.c ---- */

JContext *jcontext_new(JinjaState *s, const JinjaTemplate *tpl, const JinjaScope *scope);
MUST_CHECK Error *jcontext_resolve(JinjaState *s, JContext *context, JStr *name, JValue *out);
void jcontext_add_blocks(JinjaState *s, JContext *context, const JinjaTemplate *tpl);
MUST_CHECK Error *jloop_new(JinjaState *s, JValue source, JMacro *function, JValue *out);
MUST_CHECK Error *jloop_next(JinjaState *s, JLoop *loop, JValue *out_item);
/* Calls `loop`, a block, a cycler or a joiner. */
MUST_CHECK Error *jrun_call(JinjaState *s, JValue callee, const JCall *call, JValue *out);

/* ---- import.c ---- */

/* Runs a template and the ones it extends in `context`; its output stays in the buffer. */
MUST_CHECK Error *vm_run_template(JinjaState *s, JContext *context);
MUST_CHECK Error *vm_include(JinjaState *s, const Frame *frame, JValue name, JValue locals,
                             int flags);
MUST_CHECK Error *vm_import(JinjaState *s, const Frame *frame, JValue name, JValue locals,
                            int flags, JValue *out);
MUST_CHECK Error *vm_extend(JinjaState *s, Frame *frame, JValue name);
MUST_CHECK Error *vm_import_name(JinjaState *s, const Frame *frame, JValue module, JStr *name,
                                 JValue *out);

/* ---- native.c ---- */

/* What native rendering makes of the pieces from `first` on. */
MUST_CHECK Error *native_concat(JinjaState *s, JList *parts, size_t first, JValue *out);

/* ---- state.c ---- */

/* A state whose results are constants of a template, for the compiler. */
JinjaState *jinja_state_for_constants(const JinjaEnv *env, JHeap *constants);

#endif
