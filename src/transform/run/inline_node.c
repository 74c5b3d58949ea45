#include "transform/run/inline_node.h"

#include "transform/console/show.h"
#include "transform/context/failure.h"
#include "transform/run/run_node.h"

static void free_template(void *object)
{
    jinja_template_free(object);
}

static Error *compile(Worker *worker, InlineNode *query, Arena *arena, Str *out_sql)
{
    Session *session = worker->session;
    JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(session->env, query->node.original_path, query->node.raw_code, &tpl));
    arena_on_free(session->arena, free_template, tpl);
    query->node.tpl = tpl;
    query->run = run_begin(worker, &query->node);
    Context ctx =
        compile_context(worker, &query->node, worker->connection != NULL ? &query->run : NULL);
    CompiledNode compiled = {0};
    Error *err = compile_node(worker, &ctx, arena, &compiled);
    *out_sql = compiled.sql;
    if (err == NULL) {
        return NULL;
    }
    Str told = failure_text(&ctx, worker->scratch, err);
    error_discard(err, "its text is in the new one");
    return show_failure(told);
}

Error *inline_node_compile(Worker *worker, InlineNode *out, Arena *arena, Str *out_sql)
{
    const Session *session = worker->session;
    Str package = session->manifest->root_package;
    *out = (InlineNode){
        .node = {.type = RESOURCE_INLINE,
                 .unique_id = str_printf(session->arena, "sql_operation." STR_FMT ".inline_query",
                                         STR_ARG(package)),
                 .name = STR("inline_query"),
                 .package = package,
                 .original_path = STR("from remote system.sql"),
                 .raw_code = str_from(session->options->inline_code)}};
    return compile(worker, out, arena, out_sql);
}

void inline_node_result(Session *session, const InlineNode *query, RunOutcome *outcome)
{
    NodeResult result = {.node = &query->node, .status = STATUS_SUCCESS, .failures = -1};
    VEC_PUSH(session->arena, &outcome->results, result);
    outcome->counts.pass++;
    outcome->counts.total++;
}
