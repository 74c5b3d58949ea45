#include "transform/run/run_node.h"

#include "base/clock.h"
#include "transform/context/failure.h"
#include "transform/run/defer.h"
#include "transform/run/unit_test.h"

Str node_status_text(NodeStatus status)
{
    static const char *const texts[] = {
#define X(name, text) [STATUS_##name] = (text),
        NODE_STATUSES(X)
#undef X
    };
    return str_from(texts[status]);
}

/* A comment that fails for one node is told, and left out: it says nothing about the data. */
static QueryComment comment_of(Worker *worker, const Node *node)
{
    QueryComment comment = {0};
    Error *err = query_comment_make(worker, node, &comment);
    if (err != NULL) {
        Str text = str_printf(worker->scratch, "query-comment: " STR_FMT "; left out",
                              STR_ARG(error_message(error_root(err))));
        report_warning_once(worker->session, "QueryCommentFailed", text);
        error_discard(err, "its text is in the warning");
    }
    return comment;
}

NodeRun run_begin(Worker *worker, const Node *node)
{
    QueryComment comment = comment_of(worker, node); /* first, for it renders a template */
    return (NodeRun){.connection = worker->connection,
                     .comment = comment,
                     .autonomous = worker->session->profile->without_transactions,
                     .results = jdict_new(jinja_heap(worker->state)),
                     .loaded = strmap_init(worker->scratch)};
}

/* ---- Materialising ---- */

static Error *check_return(Str materialization, JValue value)
{
    JValue relations = value.type == J_DICT ? jdict_get_text(value.dict, STR("relations")) : JNONE;
    if (relations.type == J_LIST) {
        return NULL;
    }
    if (jis_str(value)) {
        return jraise("CompilationError",
                      "The materialization (\"" STR_FMT
                      "\") did not explicitly return a list of relations to add to the cache.",
                      STR_ARG(materialization));
    }
    return jraise("CompilationError",
                  "Invalid return value from materialization, expected a dict with key "
                  "\"relations\", got: %s",
                  jtype_name(value));
}

static void cache_relations(const Session *session, JValue value)
{
    JValue relations = jdict_get_text(value.dict, STR("relations"));
    for (size_t i = 0; i < jlist_len(relations.list); i++) {
        const RelationName *relation = relation_of(jlist_at(relations.list, i));
        if (relation != NULL) {
            relation_cache_add(session->relations, relation);
        }
    }
}

/* The materialisation of that name, called for the node. */
static Error *materialize(Worker *worker, Context *ctx, Str name)
{
    const Macro *macro = NULL;
    TRY(macro_find_materialization(worker->session->macros, name, &macro));
    JHeap *heap = jinja_heap(worker->state);
    if (ctx->batch != NULL) {
        context_batch_vars(heap, ctx->batch, ctx->vars);
    }
    jdict_set_text(heap, ctx->vars, STR(" results"), jdict_value(ctx->run->results));
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    JValue returned = JNONE;
    Error *err = jinja_call_macro(worker->state, macro->tpl, macro->tpl_index, &scope, &(JCall){0},
                                  &returned);
    if (err != NULL) {
        failure_left_macro(ctx, macro, err);
        return err;
    }
    TRY(check_return(name, returned));
    cache_relations(worker->session, returned);
    return NULL;
}

static bool has_called_main(const NodeRun *run)
{
    return !jis_absent(jdict_get_text(run->results, STR("main")));
}

static Error *build(Worker *worker, Context *ctx, Str sql)
{
    JHeap *heap = jinja_heap(worker->state);
    JValue text = jstr_value(heap, sql);
    jdict_set_text(heap, ctx->vars, STR("sql"), text);
    jdict_set_text(heap, ctx->vars, STR("compiled_code"), text);
    TRY(materialize(worker, ctx, node_materialized(ctx->node)));
    return has_called_main(ctx->run)
               ? NULL
               : jraise("CompilationError", "main is not being called during running model");
}

static Error *clone_relation(Worker *worker, Context *ctx)
{
    defer_show(worker->session, ctx->node, jinja_heap(worker->state), ctx->vars);
    return materialize(worker, ctx, STR("clone"));
}

/* ---- Tests ---- */

/* The one row of the test's query: failures, should_warn, should_error. */
static Error *read_test_row(JinjaState *s, NodeRun *run, JValue *out_cells)
{
    JValue result = jdict_get_text(run->results, STR("main"));
    JValue table = jdict_get_text(result.dict, STR("table"));
    JList *rows = NULL, *cells = NULL;
    TRY(jcollect(s, table, &rows));
    if (jlist_len(rows) == 1) {
        TRY(jcollect(s, jlist_at(rows, 0), &cells));
    }
    if (cells == NULL || jlist_len(cells) != 3) {
        return jraise("DbtRuntimeError",
                      "dbt internally failed to execute test: Returned %zu rows, but expected 1 "
                      "row of 3 columns",
                      jlist_len(rows));
    }
    for (size_t i = 0; i < 3; i++) {
        out_cells[i] = jlist_at(cells, i);
    }
    return NULL;
}

static Error *judge_test(Worker *worker, const Node *node, NodeRun *run, NodeResult *out)
{
    JValue cells[3] = {JMISSING, JMISSING, JMISSING};
    TRY(read_test_row(worker->state, run, cells));
    int64_t failures = 0;
    double number = 0;
    if (!jto_int64(cells[0], &failures)) {
        bool known = false;
        TRY(jto_double(cells[0], &known, &number));
        if (!known) {
            return jraise("DbtRuntimeError",
                          "the query of the test gives no number of failures, but %s",
                          jtype_name(cells[0]));
        }
        failures = (int64_t)number;
    }
    bool should_warn = jtruth(cells[1]), should_error = jtruth(cells[2]);
    Str severity = value_text_or(value_find(node->config, STR("severity")), STR("ERROR"));
    bool errors = str_eq_nocase(severity, STR("error")) && should_error;
    out->failures = failures;
    const WarnErrorOptions *options = &worker->session->flags->warn_error;
    bool strict = warn_error_fate(options, STR("LogTestResult")) == WARNING_IS_ERROR;
    errors = errors || (should_warn && strict);
    out->status = errors ? STATUS_FAIL : should_warn ? STATUS_WARN : STATUS_PASS;
    if (out->status == STATUS_PASS) {
        out->failures = 0;
        return NULL;
    }
    const char *key = errors ? "error_if" : "warn_if";
    Str condition = value_text_or(value_find(node->config, str_from(key)), (Str){0});
    out->message = str_printf(worker->arena, "Got %lld result%s, configured to %s if " STR_FMT,
                              (long long)failures, failures == 1 ? "" : "s",
                              errors ? "fail" : "warn", STR_ARG(condition));
    return NULL;
}

/* ---- One node ---- */

static Error *compile_phase(Worker *worker, Context *ctx, NodeResult *out)
{
    const Session *session = worker->session;
    out->compile_started_us = clock_now_us();
    if (ctx->node->type == RESOURCE_SEED) {
        out->compile_ended_us = out->compile_started_us;
        return NULL; /* it has no code */
    }
    CompiledNode compiled = {0};
    Error *err = ctx->unit != NULL ? unit_test_compile(worker, ctx, worker->arena, &compiled.sql)
                                   : compile_node(worker, ctx, worker->arena, &compiled);
    out->compiled_code = compiled.sql;
    out->ctes = compiled.ctes;
    out->compile_ended_us = clock_now_us();
    TRY(err);
    out->compiled = true;
    if (ctx->node->type == RESOURCE_SNAPSHOT || out->compiled_code.len == 0 ||
        session->options->no_inject_ctes) {
        return NULL; /* of a snapshot dbt writes only what it runs; no empty files, no half queries
                      */
    }
    out->compiled_path =
        compile_batch_path(session, worker->arena, "compiled", ctx->node, ctx->batch);
    return compile_write(session, worker->scratch, out->compiled_path, out->compiled_code);
}

static Error *execute_phase(Worker *worker, Context *ctx, NodeWork work, NodeResult *out)
{
    NodeRun *run = ctx->run;
    out->execute_started_us = clock_now_us();
    Error *err =
        work == NODE_CLONE ? clone_relation(worker, ctx) : build(worker, ctx, out->compiled_code);
    if (err == NULL && node_is_test(ctx->node)) {
        err = judge_test(worker, ctx->node, run, out);
    } else if (ctx->unit != NULL) {
        err = err == NULL ? unit_test_judge(worker, ctx, out) : unit_test_failure(ctx, err);
    }
    node_run_rollback(run); /* what was to stay is committed */
    out->execute_ended_us = clock_now_us();
    if (run->has_written) {
        Str path =
            compile_batch_path(worker->session, worker->scratch, "run", ctx->node, ctx->batch);
        err = error_first(err, compile_write(worker->session, worker->scratch, path, run->written));
    }
    return err;
}

/* What the database said to the main statement: a text, or a dict with the text as `_message`. */
static Error *keep_response(Worker *worker, const NodeRun *run, NodeResult *out)
{
    JValue result = jdict_get_text(run->results, STR("main"));
    JValue response = jdict_get_text(result.dict, STR("response"));
    JValue message = response;
    if (response.type == J_DICT) {
        Value *kept = ARENA_NEW(worker->arena, Value);
        TRY(convert_from_jinja(worker->state, worker->arena, response, kept));
        out->response = kept;
        message = jdict_get_text(response.dict, STR("_message"));
    }
    return convert_to_text(worker->state, worker->arena, message, &out->message);
}

static Error *python_refusal(const Node *node)
{
    Error *err = error_new(
        ERR_TEMPLATE,
        STR_FMT " is a model in Python, which is not run here: write it in SQL, or build it with "
                "dbt itself, which finds the same warehouse and profile",
        STR_ARG(node->original_path));
    return error_as(err, "DbtRuntimeError");
}

static Error *both_phases(Worker *worker, Context *ctx, NodeWork work, NodeResult *out)
{
    if (node_is_unit_test(ctx->node)) {
        TRY(unit_test_begin(worker, ctx));
    }
    if (work == NODE_CLONE) {
        out->compile_started_us = out->compile_ended_us =
            clock_now_us(); /* the SQL is not needed */
    } else {
        TRY(compile_phase(worker, ctx, out));
    }
    if (work == NODE_COMPILE || node_is_ephemeral(ctx->node)) {
        return NULL;
    }
    if (node_is_python(ctx->node) && ctx->node->type == RESOURCE_MODEL && work != NODE_CLONE) {
        return python_refusal(ctx->node);
    }
    TRY(execute_phase(worker, ctx, work, out));
    if (work == NODE_CLONE && !has_called_main(ctx->run)) {
        out->message = STR("No-op");
        return NULL;
    }
    return node_is_test(ctx->node) || ctx->unit != NULL ? NULL
                                                        : keep_response(worker, ctx->run, out);
}

/* Failures of the database name no node in a batch, whose lines tell which it is. */
static Str part_failure_text(const Worker *worker, const Context *ctx, const Error *err)
{
    Context told = *ctx;
    if (ctx->batch != NULL && error_kind(error_root(err)) == ERR_STORE) {
        told.node = NULL;
    }
    return failure_text(&told, worker->arena, err);
}

static void run_part(Worker *worker, const Node *node, const BatchStep *batch, NodeWork work,
                     NodeResult *out)
{
    int64_t started_us = clock_monotonic_us();
    *out = (NodeResult){
        .node = node, .status = STATUS_SUCCESS, .failures = -1, .worker = worker->number};
    FetchedTexts texts = {.arena = worker->scratch};
    NodeRun run = run_begin(worker, node);
    run.texts = node_is_unit_test(node) ? &texts : NULL;
    Context ctx = compile_context(worker, node, worker->connection != NULL ? &run : NULL);
    ctx.batch = batch;
    Error *err = both_phases(worker, &ctx, work, out);
    node_run_rollback(&run); /* what a query of a failed template began */
    if (err != NULL && error_kind(err) == ERR_CANCELLED &&
        cancel_requested(&worker->session->stop)) {
        out->interrupted = true;
        error_discard(err, "the runner tells what stopped it");
    } else if (err != NULL) {
        out->status = STATUS_ERROR;
        out->message = part_failure_text(worker, &ctx, err);
        out->hint = error_hints(err, worker->arena);
        if (node_is_unit_test(node)) { /* it has no query that could be looked at */
            out->compiled = false;
            out->compiled_path = (Str){0};
        }
        error_discard(err, "its text is in the result, which is reported");
    }
    out->elapsed_us = clock_monotonic_us() - started_us;
    jinja_reset(worker->state);
    arena_reset(worker->scratch);
}

void run_node(Worker *worker, const Node *node, NodeWork work, NodeResult *out)
{
    run_part(worker, node, NULL, work, out);
}

void run_batch(Worker *worker, const Node *node, const BatchStep *batch, NodeResult *out)
{
    run_part(worker, node, batch, NODE_BUILD, out);
}

Error *run_create_schema(Worker *worker, Str database, Str schema)
{
    NodeRun run = run_begin(worker, NULL);
    Context ctx = compile_context(worker, NULL, &run);
    const Macro *macro = macro_find(worker->session->macros, ctx.package, STR("create_schema"));
    if (macro == NULL) {
        return error_new(ERR_BUG, "there is no macro 'create_schema'");
    }
    RelationName relation = relation_name(database, schema, (Str){0});
    JValue argument = relation_object(jinja_heap(worker->state), &relation);
    context_enter(worker->state, &ctx);
    JinjaScope scope = context_scope(&ctx);
    JValue result = JNONE;
    JCall call = {.args = &argument, .argc = 1};
    Error *err =
        jinja_call_macro(worker->state, macro->tpl, macro->tpl_index, &scope, &call, &result);
    if (err == NULL) {
        err = node_run_commit(&run);
    }
    node_run_rollback(&run);
    jinja_reset(worker->state);
    return err;
}
