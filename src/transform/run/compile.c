#include "transform/run/compile.h"

#include "base/fs.h"
#include "transform/parse/test_kwargs.h"
#include "transform/run/ephemeral.h"
#include "transform/run/profile_prepare.h"

Error *worker_open(Worker *worker, Session *session, size_t number)
{
    worker->session = session;
    worker->number = number;
    worker->ephemerals = session->ephemerals;
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

/* ---- Nodes ---- */

Error *compile_render(Worker *worker, Context *ctx, Str *out)
{
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    return jinja_render(worker->state, ctx->node->tpl, &scope, ctx->arena, out);
}

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

/* The node's own text, and the ephemeral models it names. */
static Error *render_own(Worker *worker, Context *ctx, Str *out_sql, CteVec *out_reads)
{
    if (node_is_ephemeral(ctx->node)) {
        return ephemeral_render(worker, ctx, out_sql, out_reads);
    }
    ctx->ctes = out_reads; /* arguments of tests name models, too */
    Error *err = add_test_arguments(worker, ctx);
    if (err == NULL) {
        err = compile_render(worker, ctx, out_sql);
    }
    ctx->ctes = NULL;
    return err;
}

Error *compile_node(Worker *worker, Context *ctx, Arena *arena, CompiledNode *out)
{
    CteVec reads = {0}, all = {0};
    Str sql;
    TRY(render_own(worker, ctx, &sql, &reads));
    if (node_is_python(ctx->node) && ctx->node->type == RESOURCE_MODEL) {
        sql = ctx->node->raw_code; /* the template only has what it calls */
    }
    if (!worker->session->options->no_inject_ctes) {
        TRY(ephemeral_expand(worker, ctx, &reads, arena, &all));
        TRY(cte_inject(worker->scratch, sql, &all, &sql));
    }
    out->sql = str_dup(arena, sql);
    out->ctes = all;
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
