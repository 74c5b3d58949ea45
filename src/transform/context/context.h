/* transform/context/context.h - what a template sees while it is rendered: a Context per render,
 * found again from any function of the language by context_of(). Functions and values are rows of
 * the tables in base.c (known everywhere), node.c and results.c (known in
 * models, tests and macros); objects such as `adapter` have a table of methods each. To add one,
 * write the function and its row.
 *
 * A Context is used by one thread; what it points to in the session is shared and immutable, save
 * for the parts that lock themselves. */
#ifndef TRANSFORM_CONTEXT_CONTEXT_H
#define TRANSFORM_CONTEXT_CONTEXT_H

#include "base/map.h"
#include "jinja/jinja.h"
#include "transform/context/convert.h"
#include "transform/context/objects.h"
#include "transform/context/unit_scope.h"
#include "transform/parse/config.h"
#include "transform/run/batch.h"
#include "transform/run/cte.h"
#include "transform/session.h"

typedef enum ContextPhase {
    PHASE_YAML,  /* project, profile and property files: no macros */
    PHASE_PARSE, /* reading a model: nothing is executed, what is called is noted */
    PHASE_RUN,   /* compiling and running */
} ContextPhase;

/* What reading a file notes. */
typedef struct Capture {
    RefCallVec refs;
    StrMap known_refs; /* see ref_list.h */
    SourceCallVec sources;
    NamedCallVec metrics;
    NamedCallVec functions;
    const Value *config; /* of the calls of config(), merged */
    StrMap macros;       /* unique ids of macros called by the file itself */
    StrVec docs;         /* of a description: unique ids of the blocks in it */
    Str owner;           /* of a description: whose it is */
} Capture;

typedef struct NodeRun NodeRun; /* a node being executed, see node_run.h */

typedef struct Context {
    Session *session;
    ContextPhase phase;
    bool vars_optional;     /* a variable that is not set is none */
    Str package;            /* whose macros are seen by their bare names */
    const Node *node;       /* NULL outside nodes */
    Arena *arena;           /* lives at least as long as the render */
    unsigned quoting;       /* RelationPart flags that api.Relation.create starts with */
    Capture *capture;       /* PHASE_PARSE */
    const BatchStep *batch; /* of a microbatch model that is run; else NULL */
    NodeRun *run;           /* PHASE_RUN; NULL where no database is at hand */
    CteVec *ctes;           /* ephemeral models met while compiling; NULL = not allowed */
    const UnitScope *unit;  /* what a unit test puts in place of other things; NULL = nothing */
    JDict *vars;            /* names that belong to this render alone; may be NULL */
    int macro_depth;
    const Node *operation; /* the macro that is called by itself; else NULL */
    /* Of an error on its way out, see failure.h: */
    MacroRefVec trace;  /* macros it came through, innermost first */
    bool caught;        /* it was a fault of the language, and came out of a macro */
    bool raised;        /* by a macro, by one of `exceptions` */
    const Node *blamed; /* the ephemeral model it is of; NULL = `node` */
} Context;

/* The context of the running render. */
Context *context_of(JinjaState *s);
JinjaScope context_scope(Context *ctx);
/* A text as a template of its own, rendered while another one is: what var() and render() do.
 * Without Jinja it stays as it is. */
MUST_CHECK Error *context_render_text(JinjaState *s, Context *ctx, Str text, JValue *out);
/* Makes `s` render for `ctx` from now on. */
void context_enter(JinjaState *s, Context *ctx);

/* A name as the context has it, macros before functions; MISSING when unknown. */
MUST_CHECK Error *context_find(JinjaState *s, void *data, JStr *name, JValue *out);
/* The function or value itself, even where a project overrides it: what `builtins` holds. */
MUST_CHECK Error *context_find_builtin(JinjaState *s, Context *ctx, Str name, JValue *out);
/* The macro as a callable. */
JValue context_macro(JHeap *heap, const Macro *macro);

/* A value that is no function. */
typedef struct ContextValue {
    const char *name; /* NULL ends the table */
    MUST_CHECK Error *(*get)(JinjaState *s, Context *ctx, JValue *out);
} ContextValue;

extern const JBuiltin context_base_functions[];
extern const ContextValue context_base_values[];
extern const JBuiltin context_node_functions[];
extern const ContextValue context_node_values[];
extern const JBuiltin context_result_functions[];
/* function.c: function(), the relation of a function of the database. */
MUST_CHECK Error *context_function(JinjaState *s, const JCall *call, JValue *out);
/* `adapter_macro`, which adapter.dispatch replaced: always an error that says so. exceptions.c */
MUST_CHECK Error *context_adapter_macro(JinjaState *s, const JCall *call, JValue *out);

extern const ObjectClass adapter_class;
extern const ObjectClass exceptions_class;

/* What of `target` the node reads: all, nothing with --empty, the rows of its batch. */
void context_narrow(const Context *ctx, const Node *target, RelationName *relation);
/* `model.batch` */
JValue context_batch_value(JHeap *heap, Arena *arena, const BatchStep *batch);
/* Names that a batch has besides: how the model is built does not depend on what it was when the
 * first batch began. */
void context_batch_vars(JHeap *heap, const BatchStep *batch, JDict *vars);

/* A relation of a node, as templates get it. */
RelationName context_node_relation(const Session *session, const Node *node);
/* The dict of a node that `model` and `graph` show. */
JValue context_node_dict(JHeap *heap, const Node *node);

#endif
