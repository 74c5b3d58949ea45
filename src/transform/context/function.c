#include "transform/context/context.h"
#include "transform/graph/resolve.h"
#include "transform/run/defer.h"
#include "transform/run/node_run.h"

static Error *read_call(JinjaState *s, const JCall *call, NamedCall *out)
{
    Arena *arena = context_of(s)->arena;
    if (call->argc < 1 || call->argc > 2) { /* in the words of dbt, which name another function */
        return jraise("CompilationError", "ref() takes at %s (%zu given)",
                      call->argc < 1 ? "least one argument" : "most two arguments", call->argc);
    }
    for (size_t i = call->argc; i-- > 0;) {
        if (!jis_str(call->args[i])) {
            bool name = i == call->argc - 1;
            return jraise("CompilationError",
                          "The %s argument to function() must be a string%s, got <class '%s'>",
                          name ? "name" : "package", name ? "" : " or None",
                          jtype_name(call->args[i]));
        }
    }
    *out = (NamedCall){.name = str_dup(arena, jtext(call->args[call->argc - 1]))};
    if (call->argc == 2) {
        out->package = str_dup(arena, jtext(call->args[0]));
    }
    return NULL;
}

/* Functions are quoted whatever the project says of relations. */
static JValue function_relation(JinjaState *s, RelationName relation)
{
    relation.type = RELATION_TYPE_FUNCTION;
    relation.quoted = PARTS_ALL;
    return relation_object(jinja_heap(s), &relation);
}

static Error *missing(const Context *ctx, const NamedCall *call, bool disabled)
{
    if (ctx->node == NULL) {
        return jraise("CompilationError", "function '" STR_FMT "' was not found",
                      STR_ARG(call->name));
    }
    NamedCall named = {.name = call->name};
    Str text = resolve_missing_function_text(ctx->arena, ctx->node, &named, disabled);
    return jraise("CompilationError", STR_FMT, STR_ARG(text));
}

Error *context_function(JinjaState *s, const JCall *call, JValue *out)
{
    Context *ctx = context_of(s);
    NamedCall named;
    TRY(read_call(s, call, &named));
    if (ctx->phase != PHASE_RUN) {
        VEC_PUSH(ctx->arena, &ctx->capture->functions, named);
        *out = ctx->node != NULL
                   ? function_relation(s, context_node_relation(ctx->session, ctx->node))
                   : JNONE;
        return NULL;
    }
    Node *target = NULL;
    bool disabled = false;
    resolve_function_call(ctx->session->manifest, ctx->package, &named, &target, &disabled);
    if (target == NULL) {
        return missing(ctx, &named, disabled);
    }
    RelationName relation = context_node_relation(ctx->session, target);
    TRY(defer_resolve(ctx->session, ctx->run != NULL ? ctx->run->connection : NULL, target,
                      &relation));
    *out = function_relation(s, relation);
    return NULL;
}
