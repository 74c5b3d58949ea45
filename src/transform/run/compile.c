#include "transform/run/compile.h"

#include "base/fs.h"
#include "transform/parse/test_kwargs.h"
#include "transform/run/profile_prepare.h"

Error *worker_open(Worker *worker, Session *session, size_t number)
{
    worker->session = session;
    worker->number = number;
    worker->arena = session_new_arena(session, "worker");
    worker->scratch = arena_new("node");
    worker->state = jinja_state_new(session->env, session->shared);
    if (session->warehouse != NULL) {
        TRY(connection_open(session->warehouse, &worker->connection));
        TRY(profile_configure(session->profile, worker->connection));
        connection_set_cancel(worker->connection, &session->stop);
    }
    return NULL;
}

void worker_close(Worker *worker)
{
    connection_close(worker->connection);
    jinja_state_free(worker->state);
    arena_free(worker->scratch);
}

Context compile_context(Worker *worker, const Node *node, NodeRun *run)
{
    const ProjectFileDef *root = &worker->session->projects.data[0];
    return (Context){.session = worker->session,
                     .phase = PHASE_RUN,
                     .package = node != NULL ? node->package : root->name,
                     .node = node,
                     .arena = worker->scratch,
                     .quoting = root->quoting,
                     .run = run,
                     .vars = jdict_new(jinja_heap(worker->state))};
}

/* ---- Ephemeral models ---- */

typedef struct Expansion {
    Worker *worker;
    Context *root;      /* of the node that is compiled */
    CteVec done;        /* in the order in which they are written */
    VEC(CteVec) nested; /* what each of them reads itself */
} Expansion;

static bool is_done(const Expansion *expansion, Str id)
{
    for (VEC_EACH(const Cte, it, &expansion->done)) {
        if (str_eq(it->id, id)) {
            return true;
        }
    }
    return false;
}

static Error *render(Worker *worker, Context *ctx, Str *out)
{
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    Error *err = jinja_render(worker->state, ctx->node->tpl, &scope, ctx->arena, out);
    return err;
}

/* Those of `done` that `wanted` need, in their order. What a model reads stands before it. */
static CteVec needed_for(const Expansion *expansion, const CteVec *wanted)
{
    Arena *arena = expansion->worker->scratch;
    StrMap ids = strmap_init(arena);
    for (VEC_EACH(const Cte, it, wanted)) {
        strmap_set(&ids, it->id, NULL);
    }
    for (size_t i = expansion->done.len; i-- > 0;) {
        if (strmap_has(&ids, expansion->done.data[i].id)) {
            for (VEC_EACH(const Cte, it, &expansion->nested.data[i])) {
                strmap_set(&ids, it->id, NULL);
            }
        }
    }
    CteVec needed = {0};
    for (VEC_EACH(const Cte, it, &expansion->done)) {
        if (strmap_has(&ids, it->id)) {
            VEC_PUSH(arena, &needed, *it);
        }
    }
    return needed;
}

/* An ephemeral model has a file below compiled/ like any other. */
static Error *write_ephemeral(const Expansion *expansion, const Node *node, Str sql,
                              const CteVec *nested)
{
    Worker *worker = expansion->worker;
    CteVec needed = needed_for(expansion, nested);
    Str path = compile_path(worker->session, worker->scratch, "compiled", node);
    return compile_write(worker->session, worker->scratch, path,
                         cte_inject(worker->scratch, sql, &needed));
}

static Error *expand(Expansion *expansion, const CteVec *wanted);

static Error *expand_one(Expansion *expansion, const Cte *cte)
{
    Worker *worker = expansion->worker;
    const Node *node = manifest_find(worker->session->manifest, cte->id);
    CteVec nested = {0};
    Context ctx = compile_context(worker, node, expansion->root->run);
    ctx.ctes = &nested;
    Str sql;
    Error *err = render(worker, &ctx, &sql);
    if (err != NULL) {
        expansion->root->trace = ctx.trace;
        expansion->root->blamed = node;
        return error_wrap(err, "ephemeral model " STR_FMT, STR_ARG(node->unique_id));
    }
    TRY(expand(expansion, &nested));
    TRY(write_ephemeral(expansion, node, sql, &nested));
    VEC_PUSH(worker->scratch, &expansion->done,
             (Cte){.id = cte->id, .name = cte->name, .sql = sql});
    VEC_PUSH(worker->scratch, &expansion->nested, nested);
    return NULL;
}

/* Renders the ephemeral models of `wanted`, those they read from first. The graph has no cycles, so
 * this ends. */
static Error *expand(Expansion *expansion, const CteVec *wanted)
{
    for (VEC_EACH(const Cte, cte, wanted)) {
        if (!is_done(expansion, cte->id)) {
            TRY(expand_one(expansion, cte));
        }
    }
    return NULL;
}

/* ---- Nodes ---- */

static Error *add_test_arguments(Worker *worker, Context *ctx)
{
    if (ctx->node->test == NULL) {
        return NULL;
    }
    JValue kwargs = JNONE;
    TRY(test_kwargs_render(worker->state, ctx, ctx->node, &kwargs));
    jdict_set_text(jinja_heap(worker->state), ctx->vars, STR("_dbt_generic_test_kwargs"), kwargs);
    return NULL;
}

static CteVec copy_ctes(Arena *arena, const CteVec *ctes)
{
    CteVec copies = {0};
    for (VEC_EACH(const Cte, it, ctes)) {
        VEC_PUSH(
            arena, &copies,
            (Cte){.id = it->id, .name = str_dup(arena, it->name), .sql = str_dup(arena, it->sql)});
    }
    return copies;
}

Error *compile_node(Worker *worker, Context *ctx, Arena *arena, CompiledNode *out)
{
    CteVec ctes = {0};
    Str sql;
    ctx->ctes = &ctes; // cppcheck-suppress autoVariables; taken away below
    TRY(add_test_arguments(worker, ctx));
    TRY(render(worker, ctx, &sql));
    Expansion expansion = {.worker = worker, .root = ctx};
    TRY(expand(&expansion, &ctes));
    ctx->ctes = NULL;
    bool injects = !worker->session->options->no_inject_ctes;
    out->sql = str_dup(arena, injects ? cte_inject(worker->scratch, sql, &expansion.done) : sql);
    out->ctes = copy_ctes(arena, &expansion.done);
    return NULL;
}

/* ---- Files ---- */

Str compile_path(const Session *session, Arena *arena, const char *folder, const Node *node)
{
    Str path = fs_join(arena, session->target_path, str_from(folder));
    path = fs_join(arena, path, node->package);
    return fs_join(arena, path, node->build_path);
}

Str compile_batch_path(const Session *session, Arena *arena, const char *folder, const Node *node,
                       const BatchStep *batch)
{
    Str path = compile_path(session, arena, folder, node);
    if (batch == NULL) {
        return path;
    }
    size_t dot = str_find_last(path, STR("."));
    Str directory = str_slice(path, 0, dot != SIZE_MAX ? dot : path.len);
    Str start = batch_start_text(arena, batch->size, batch->time.start_us);
    return str_printf(arena, STR_FMT "/" STR_FMT "_" STR_FMT STR_FMT, STR_ARG(directory),
                      STR_ARG(fs_base_name(directory)), STR_ARG(start),
                      STR_ARG(str_from_offset(path, directory.len)));
}

Error *compile_write(const Session *session, Arena *scratch, Str shown_path, Str text)
{
    Str path = fs_join(scratch, session->projects.data[0].root, shown_path);
    return fs_put_file_deep(str_to_c(scratch, path), text, 0644);
}
