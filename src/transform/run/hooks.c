#include "transform/run/hooks.h"

#include "base/clock.h"
#include "transform/artifact/result_value.h"
#include "transform/console/console.h"
#include "transform/context/failure.h"
#include "transform/run/run_node.h"

Str hook_phase_name(HookPhase phase)
{
    static const char *const names[] = {
#define X(name, text) [HOOKS_##name] = (text),
        HOOK_PHASES(X)
#undef X
    };
    return str_from(names[phase]);
}

typedef struct HookRun {
    Worker *worker;
    HookPhase phase;
    const NodeResultVec *told; /* what hooks know of */
    NodeResultVec *results;
    size_t index; /* of `total`, from 1, over all packages */
    size_t total;
    bool failed;         /* one of them */
    bool in_transaction; /* a hook may leave one open for those after it */
} HookRun;

/* ---- What hooks of the end know ---- */

static bool is_told(const NodeResult *result)
{
    return result->node->type != RESOURCE_OPERATION || result->status == STATUS_ERROR;
}

static JValue list_of_results(JHeap *heap, const NodeResultVec *results)
{
    JList *list = jlist_new(heap, results->len);
    for (VEC_EACH(const NodeResult, it, results)) {
        if (is_told(it)) {
            jlist_append(list, result_object(heap, it));
        }
    }
    return jlist_value(list);
}

/* The schemas in which relations were built, each once: names, and pairs of database and name. */
static void set_schemas(const HookRun *hooks, JHeap *heap, JDict *vars)
{
    Arena *scratch = hooks->worker->scratch;
    StrMap seen = strmap_init(scratch), seen_pairs = strmap_init(scratch);
    JList *names = jlist_new(heap, 0), *pairs = jlist_new(heap, 0);
    for (VEC_EACH(const NodeResult, it, hooks->told)) {
        const Node *node = it->node;
        bool built = node_is_relational(node) && it->status != STATUS_ERROR &&
                     it->status != STATUS_FAIL && it->status != STATUS_SKIPPED;
        if (!built) {
            continue;
        }
        JValue name = jstr_value(heap, node->schema);
        Str key = str_printf(scratch, STR_FMT "." STR_FMT, STR_ARG(node->database),
                             STR_ARG(node->schema));
        if (!strmap_has(&seen, node->schema)) {
            strmap_set(&seen, node->schema, NULL);
            jlist_append(names, name);
        }
        if (!strmap_has(&seen_pairs, key)) {
            strmap_set(&seen_pairs, key, NULL);
            jlist_append(pairs, jtuple_pair(heap, jstr_value(heap, node->database), name));
        }
    }
    jdict_set_text(heap, vars, STR("schemas"), jlist_value(names));
    jdict_set_text(heap, vars, STR("database_schemas"), jlist_value(pairs));
}

static void set_outcome(const HookRun *hooks, JDict *vars)
{
    JHeap *heap = jinja_heap(hooks->worker->state);
    jdict_set_text(heap, vars, STR("results"), list_of_results(heap, hooks->told));
    set_schemas(hooks, heap, vars);
}

/* ---- One hook ---- */

static Error *compile_hook(const HookRun *hooks, Context *ctx, NodeResult *out)
{
    Worker *worker = hooks->worker;
    if (hooks->phase == HOOKS_END) {
        set_outcome(hooks, ctx->vars);
    }
    out->compile_started_us = clock_now_us();
    CompiledNode compiled = {0};
    Error *err = compile_node(worker, ctx, worker->arena, &compiled);
    out->compiled_code = compiled.sql;
    out->ctes = compiled.ctes;
    out->compile_ended_us = clock_now_us();
    if (err != NULL) {
        Str told = failure_text(ctx, worker->arena, err);
        Error *failure = error_as(error_new(error_kind(err), STR_FMT, STR_ARG(told)), "dbt");
        error_discard(err, "its text is in the new one");
        return failure;
    }
    out->compiled = true;
    if (out->compiled_code.len == 0) {
        return NULL; /* dbt writes no empty files */
    }
    out->compiled_path = compile_path(worker->session, worker->arena, "compiled", ctx->node);
    return compile_write(worker->session, worker->scratch, out->compiled_path, out->compiled_code);
}

/* The text of the statement, which may have been rendered to JSON. */
static Str hook_sql(Arena *arena, Str text)
{
    Value value = value_string(text);
    const Value *parts = config_hook_parts(arena, &value);
    return parts == &value ? text : value_text_or(value_find(parts, STR("sql")), STR(""));
}

static void execute_hook(HookRun *hooks, NodeRun *run, Str name, NodeResult *out)
{
    Worker *worker = hooks->worker;
    JValue table = JNONE;
    out->execute_started_us = clock_now_us();
    Str sql = hook_sql(worker->scratch, out->compiled_code);
    Error *err = node_run_execute(worker->state, run, sql, false, false, &table);
    out->execute_ended_us = clock_now_us();
    out->failures = err != NULL;
    out->status = err != NULL ? STATUS_ERROR : STATUS_SUCCESS;
    out->message = str_printf(worker->arena, STR_FMT " passed", STR_ARG(name));
    if (err != NULL) {
        Str reason = error_message(error_root(err));
        out->message = str_printf(worker->arena, STR_FMT " failed, error:\n " STR_FMT,
                                  STR_ARG(name), STR_ARG(reason));
        error_discard(err, "its text is in the result, which is reported");
    }
}

static Error *run_hook(HookRun *hooks, const Node *node, Str name, NodeResult *out)
{
    Worker *worker = hooks->worker;
    int64_t started_us = clock_monotonic_us();
    NodeRun run = run_begin(worker, node);
    run.in_transaction = hooks->in_transaction;
    Context ctx = compile_context(worker, node, &run);
    Error *err = compile_hook(hooks, &ctx, out);
    if (err == NULL) {
        console_hook_start(worker->session, node, name, hooks->index, hooks->total);
        execute_hook(hooks, &run, name, out);
        out->elapsed_us = clock_monotonic_us() - started_us;
    }
    hooks->in_transaction = run.in_transaction;
    jinja_reset(worker->state);
    arena_reset(worker->scratch);
    return err;
}

static Error *do_hook(HookRun *hooks, const Node *node)
{
    Worker *worker = hooks->worker;
    Str phase = hook_phase_name(hooks->phase);
    Str name = str_printf(worker->arena, STR_FMT "." STR_FMT ".%zu", STR_ARG(node->package),
                          STR_ARG(phase), hooks->index);
    NodeResult result = {.node = node, .worker = WORKER_MAIN, .failures = 1};
    hooks->index++;
    if (hooks->failed) {
        result.status = STATUS_SKIPPED;
        result.message = str_printf(worker->arena, STR_FMT " skipped", STR_ARG(name));
    } else {
        TRY(run_hook(hooks, node, name, &result));
    }
    hooks->failed = hooks->failed || result.status == STATUS_ERROR;
    VEC_PUSH(worker->session->arena, hooks->results, result);
    console_hook_end(worker->session, &result, name, hooks->index, hooks->total);
    return NULL;
}

/* ---- A phase ---- */

static NodeVec hooks_of(Session *session, HookPhase phase)
{
    NodeVec found = {0};
    const ProjectFileDefVec *projects = &session->projects;
    for (VEC_EACH(const ProjectFileDef, project, projects)) {
        for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
            if ((*it)->type == RESOURCE_OPERATION && str_eq((*it)->package, project->name) &&
                node_has_tag(*it, hook_phase_name(phase))) {
                VEC_PUSH(session->arena, &found, *it);
            }
        }
    }
    return found;
}

bool hooks_exist(const Session *session)
{
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        if ((*it)->type == RESOURCE_OPERATION) {
            return true;
        }
    }
    return false;
}

static Error *run_all(HookRun *hooks, const NodeVec *nodes)
{
    Session *session = hooks->worker->session;
    if (hooks->phase == HOOKS_END) {
        console_blank(session);
    }
    for (VEC_EACH(const NodePtr, node, nodes)) {
        TRY(do_hook(hooks, *node));
    }
    if (hooks->phase == HOOKS_START) {
        console_blank(session);
    }
    return NULL;
}

Error *run_hooks(Session *session, HookPhase phase, const NodeResultVec *told,
                 NodeResultVec *results)
{
    NodeVec nodes = hooks_of(session, phase);
    if (nodes.len == 0) {
        return NULL;
    }
    Worker worker = {0};
    HookRun hooks = {
        .worker = &worker, .phase = phase, .told = told, .results = results, .total = nodes.len};
    Error *err = worker_open(&worker, session, session->worker_count);
    if (err == NULL) {
        err = run_all(&hooks, &nodes);
    }
    NodeRun rest = {.connection = worker.connection, .in_transaction = hooks.in_transaction};
    node_run_rollback(&rest);
    worker_close(&worker);
    return err;
}
