#include "transform/run/runner.h"

#include <stdlib.h>

#include "base/clock.h"
#include "transform/console/console.h"
#include "transform/run/defer.h"
#include "transform/run/hooks.h"
#include "transform/run/microbatch.h"
#include "transform/run/run_node.h"
#include "transform/run/scheduler.h"
#include "transform/run/strict.h"

/* What the workers share. Lock order: the scheduler's lock and `mu` are never held together. */
typedef struct Run {
    Session *session;
    RunMode mode;
    const GraphPlan *plan;
    Scheduler *scheduler;
    Worker *workers;
    size_t total;  /* nodes that are counted: all but ephemeral models */
    bool skip_all; /* what a hook was to prepare is not there */
    Mutex mu;
    size_t started;           /* guarded by mu */
    NodeResultVec results;    /* guarded by mu */
    NodeResultVec ephemerals; /* guarded by mu */
    NodeResult *
        *failed_ephemerals; /* by position; written before what waits for it is handed out */
    NodeVec *unit_tests;    /* by position: those that run before the model */
} Run;

/* Whether something is done in the warehouse. */
static bool executes(RunMode mode)
{
    return mode != RUN_COMPILE;
}

/* Whether nodes are built and tested, with a line for each and the project's hooks around them. */
static bool builds(RunMode mode)
{
    return mode == RUN_EXECUTE || mode == RUN_GATED;
}

static NodeWork work_of(RunMode mode)
{
    return builds(mode) ? NODE_BUILD : mode == RUN_CLONE ? NODE_CLONE : NODE_COMPILE;
}

/* Ephemeral models have a result where somebody asked to see them. */
static bool shows_ephemeral(const Run *run)
{
    return !executes(run->mode) && run->session->options->selection.select.len > 0;
}

static const Node *node_at(const Run *run, size_t position)
{
    return run->session->manifest->nodes.data[run->plan->data[position].node];
}

static size_t next_index(Run *run)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&run->mu);
    return ++run->started;
}

static void keep_result(Run *run, const NodeResult *result)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&run->mu);
    VEC_PUSH(run->session->arena, &run->results, *result);
}

/* It has a place in the manifest alone. */
static void keep_ephemeral(Run *run, const NodeResult *result)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&run->mu);
    VEC_PUSH(run->session->arena, &run->ephemerals, *result);
}

static bool is_failure(NodeStatus status)
{
    return status == STATUS_ERROR || status == STATUS_FAIL || status == STATUS_PARTIAL;
}

/* Nothing more is begun, and what is worked on ends soon. */
static void stop(Run *run)
{
    cancel_request(&run->session->stop);
    scheduler_stop(run->scheduler);
}

/* How a node ends that was stopped, or never begun. */
static void set_left(const Run *run, NodeResult *result)
{
    bool by_user = cancel_requested(run->session->options->cancel);
    *result = (NodeResult){.node = result->node,
                           .status = STATUS_SKIPPED,
                           .interrupted = result->interrupted,
                           .failures = -1,
                           .message = by_user ? STR("Skipping due to keyboard interrupt")
                                              : STR("Skipping due to fail_fast"),
                           .worker = WORKER_OPERATION,
                           .elapsed_us = result->elapsed_us,
                           .compiled = result->compiled,
                           .compiled_code = result->compiled_code,
                           .compiled_path = result->compiled_path};
}

/* ---- One step ---- */

/* The failed ephemeral model that the step is skipped for. In a gated run one that was skipped
 * stands for itself: only the first behind the model tells of it. */
static const NodeResult *blamed_ephemeral(const Run *run, const ScheduledStep *step)
{
    bool direct = run->mode != RUN_GATED;
    for (VEC_EACH(const size_t, it, &run->plan->data[step->position].waits_for)) {
        direct = direct || *it == step->failed_step;
    }
    return step->skipped && direct ? run->failed_ephemerals[step->failed_step] : NULL;
}

/* Tells that the node is not run, for no reason of its own. */
static void skip_node(Run *run, const Worker *worker, const Node *node)
{
    NodeResult result = {
        .node = node, .status = STATUS_SKIPPED, .failures = -1, .worker = worker->number};
    console_skip(run->session, &result, NULL, next_index(run), run->total);
    keep_result(run, &result);
}

static void skip_step(Run *run, Worker *worker, const ScheduledStep *step)
{
    NodeResult result = {.node = node_at(run, step->position),
                         .status = STATUS_SKIPPED,
                         .failures = -1,
                         .worker = worker->number};
    for (VEC_EACH(const NodePtr, it, &run->unit_tests[step->position])) {
        skip_node(run, worker, *it);
    }
    if (node_is_ephemeral(result.node)) {
        return;
    }
    const NodeResult *ephemeral = blamed_ephemeral(run, step);
    if (ephemeral != NULL) {
        Str id = result.node->unique_id;
        result.message = str_printf(worker->arena,
                                    "Compilation Error in " STR_FMT ", caused by compilation error "
                                    "in referenced ephemeral model " STR_FMT,
                                    STR_ARG(id), STR_ARG(ephemeral->node->unique_id));
    }
    if (builds(run->mode)) {
        console_skip(run->session, &result, ephemeral, next_index(run), run->total);
    }
    keep_result(run, &result);
}

/* A failed ephemeral model shows in those that read through it. */
static void keep_failed_ephemeral(Run *run, Worker *worker, size_t position,
                                  const NodeResult *result)
{
    NodeResult *kept = ARENA_NEW(worker->arena, NodeResult);
    *kept = *result;
    run->failed_ephemerals[position] = kept;
}

/* Nothing is done for exposures and saved queries: they stand for what others make of the models.
 */
static void pass_over(Run *run, const Worker *worker, size_t position)
{
    NodeResult result = {.node = node_at(run, position),
                         .status = STATUS_NO_OP,
                         .message = STR("NO-OP"),
                         .worker = worker->number};
    console_no_op(run->session, result.node, next_index(run), run->total);
    keep_result(run, &result);
    scheduler_finish(run->scheduler, position, STEP_DONE);
}

/* Runs a node and tells of it where it is one to be told of. */
static void run_told(Run *run, Worker *worker, const Node *node, NodeResult *out)
{
    bool shown = builds(run->mode) && !node_is_ephemeral(node);
    size_t index = shown ? next_index(run) : 0;
    if (shown) {
        console_start(run->session, node, index, run->total, worker->number);
    }
    NodeWork wanted = work_of(run->mode);
    if (wanted == NODE_BUILD && microbatch_applies(run->session, node)) {
        microbatch_run(worker, node, out);
    } else {
        run_node(worker, node, wanted, out);
    }
    if (out->interrupted) {
        stop(run);
        set_left(run, out);
    }
    if (shown) {
        console_end(run->session, out, index, run->total);
    }
}

/* The unit tests of a model, before it is built. The first that fails ends them: false. */
static bool pass_unit_tests(Run *run, Worker *worker, size_t position)
{
    bool passed = true;
    for (VEC_EACH(const NodePtr, it, &run->unit_tests[position])) {
        if (!passed) {
            skip_node(run, worker, *it);
            continue;
        }
        NodeResult result;
        run_told(run, worker, *it, &result);
        keep_result(run, &result);
        passed = result.status == STATUS_PASS;
        if (is_failure(result.status) && run->session->options->fail_fast) {
            stop(run);
        }
    }
    if (!passed && !node_is_ephemeral(node_at(run, position))) {
        skip_node(run, worker, node_at(run, position));
    }
    return passed;
}

static void run_step(Run *run, Worker *worker, size_t position)
{
    const Node *node = node_at(run, position);
    if (node->type == RESOURCE_EXPOSURE || node->type == RESOURCE_SAVED_QUERY) {
        pass_over(run, worker, position);
        return;
    }
    if (!pass_unit_tests(run, worker, position)) {
        scheduler_finish(run->scheduler, position, STEP_FAILED);
        return;
    }
    NodeResult result;
    run_told(run, worker, node, &result);
    bool failed = is_failure(result.status);
    if (node_is_ephemeral(node) && failed && executes(run->mode)) {
        keep_failed_ephemeral(run, worker, position, &result);
    } else if (!node_is_ephemeral(node) || failed || shows_ephemeral(run)) {
        keep_result(run, &result);
    } else {
        keep_ephemeral(run, &result);
    }
    if (failed && run->session->options->fail_fast) {
        stop(run);
    }
    bool test = node_is_test(node) || node_is_unit_test(node);
    bool blocks = failed && (run->mode == RUN_GATED || !test);
    scheduler_finish(run->scheduler, position, blocks ? STEP_FAILED : STEP_DONE);
}

static void work(void *context, size_t item, size_t number)
{
    (void)number;
    Run *run = context;
    Worker *worker = &run->workers[item];
    ScheduledStep step;
    while (!cancel_requested(&run->session->stop) && scheduler_take(run->scheduler, &step)) {
        if (step.skipped || run->skip_all) {
            skip_step(run, worker, &step);
            scheduler_finish(run->scheduler, step.position, STEP_FAILED);
        } else {
            run_step(run, worker, step.position);
        }
    }
    if (cancel_requested(&run->session->stop)) {
        scheduler_stop(run->scheduler);
    }
}

/* ---- Before and after ---- */

/* One that is wrong for all nodes is wrong from the beginning. */
static Error *check_query_comment(Run *run)
{
    QueryComment comment;
    return query_comment_make(&run->workers[0], NULL, &comment);
}

static Error *open_workers(Run *run, size_t count)
{
    Session *session = run->session;
    run->workers = ARENA_ARRAY(session->arena, Worker, count);
    for (size_t i = 0; i < count; i++) {
        TRY(worker_open(&run->workers[i], session, i));
    }
    return executes(run->mode) ? check_query_comment(run) : NULL;
}

static void close_workers(Run *run, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        worker_close(&run->workers[i]);
    }
}

/* Schemas are made before the workers start: two transactions that make one at the same time
 * conflict. */
static Error *create_schemas(Run *run)
{
    Worker *worker = &run->workers[0];
    StrMap made = strmap_init(run->session->arena);
    StrVec existing = {0};
    TRY(connection_list_schemas(worker->connection, run->session->arena, &existing));
    for (VEC_EACH(Str, it, &existing)) {
        strmap_set(&made, str_lower_ascii(run->session->arena, *it), NULL);
    }
    for (size_t i = 0; i < run->plan->len; i++) {
        const Node *node = node_at(run, i);
        Str key = str_lower_ascii(run->session->arena, node->schema);
        if (!str_eq_nocase(node->database, run->session->profile->database)) {
            key = str_printf(run->session->arena, STR_FMT "." STR_FMT, STR_ARG(node->database),
                             STR_ARG(key)); /* of another database than the listed one */
        }
        if (!node_is_relational(node) && node->type != RESOURCE_FUNCTION) {
            continue;
        }
        if (!strmap_has(&made, key)) {
            strmap_set(&made, key, NULL);
            TRY_WRAP(run_create_schema(worker, node->database, node->schema),
                     "creating schema '" STR_FMT "'", STR_ARG(node->schema));
        }
        TRY(relation_cache_fill(run->session->relations, worker->connection, node->database,
                                node->schema));
    }
    return NULL;
}

static void keep_left(Run *run, const Node *node)
{
    NodeResult result = {.node = node};
    set_left(run, &result);
    keep_result(run, &result);
}

static void add_left_steps(Run *run)
{
    for (size_t i = 0; i < run->plan->len; i++) {
        if (!scheduler_is_left(run->scheduler, i)) {
            continue;
        }
        for (VEC_EACH(const NodePtr, it, &run->unit_tests[i])) {
            keep_left(run, *it);
        }
        if (!node_is_ephemeral(node_at(run, i))) {
            keep_left(run, node_at(run, i));
        }
    }
}

static TransformCounts count_results(const NodeResultVec *results)
{
    TransformCounts counts = {.total = results->len};
    for (VEC_EACH(const NodeResult, it, results)) {
        switch (it->status) {
        case STATUS_SUCCESS:
        case STATUS_PASS:
            counts.pass++;
            break;
        case STATUS_WARN:
            counts.warn++;
            break;
        case STATUS_ERROR:
        case STATUS_PARTIAL:
        case STATUS_FAIL:
            counts.error++;
            break;
        case STATUS_SKIPPED:
            counts.skip++;
            break;
        case STATUS_NO_OP:
            counts.no_op++;
            break;
        }
    }
    return counts;
}

static void run_nodes(Run *run, size_t worker_count)
{
    AUTO_FREE(scheduler) Scheduler *scheduler = scheduler_new(run->plan);
    run->scheduler = scheduler;
    thread_for_each(worker_count, worker_count, work, run);
    if (scheduler_is_stopped(scheduler)) {
        add_left_steps(run);
        console_failed_fast(run->session, &run->results);
    }
    cancel_withdraw(&run->session->stop); /* hooks at the end are run all the same */
}

/* Nodes do not wait for what failed on-run-start unless the project says so. */
static bool is_stopped_by_hook(const Run *run)
{
    bool stops = behaviour_on(run->session->flags, "skip_nodes_if_on_run_start_fails");
    return stops && run->results.len > 0 && VEC_LAST(&run->results).status != STATUS_SUCCESS;
}

static Error *run_between_hooks(Run *run, size_t worker_count)
{
    static const NodeResultVec none = {0};
    TRY(run_hooks(run->session, HOOKS_START, &none, &run->results));
    run->skip_all = is_stopped_by_hook(run);
    run_nodes(run, worker_count);
    if (cancel_requested(run->session->options->cancel)) {
        return NULL;
    }
    const NodeResultVec *told = run->skip_all ? &none : &run->results;
    return run_hooks(run->session, HOOKS_END, told, &run->results);
}

/* Whether a model names what is not there, which is then a result. Without --strict it is told
 * where it takes no second to find out, and met again when its turn comes. */
static bool is_refused(Run *run)
{
    enum { CHEAP_STEPS = 200 };
    const TransformOptions *options = run->session->options;
    bool foretells = options->foretell && run->plan->len <= CHEAP_STEPS;
    if (!builds(run->mode) || (!options->strict && !foretells)) {
        return false;
    }
    NodeResultVec wrong = {0};
    size_t checked = 0;
    strict_check(&run->workers[0], run->plan, &wrong, &checked);
    console_strict(run->session, &wrong, checked);
    if (options->strict) {
        run->results = wrong;
    }
    return options->strict && wrong.len > 0;
}

static bool has_result(const Run *run, const Node *node)
{
    for (VEC_EACH(const NodeResult, it, &run->results)) {
        if (it->node == node) {
            return true;
        }
    }
    return false;
}

/* What was refused is not built, and neither is anything else. */
static void skip_everything(Run *run)
{
    for (size_t i = 0; i < run->plan->len; i++) {
        const Node *node = node_at(run, i);
        if (!node_is_ephemeral(node) && !has_result(run, node)) {
            NodeResult result = {
                .node = node, .status = STATUS_SKIPPED, .failures = -1, .worker = WORKER_OPERATION};
            VEC_PUSH(run->session->arena, &run->results, result);
        }
    }
}

static size_t count_told(const Run *run)
{
    size_t total = 0;
    for (size_t i = 0; i < run->plan->len; i++) {
        total += run->unit_tests[i].len + !node_is_ephemeral(node_at(run, i));
    }
    return total;
}

static Error *run_all(Run *run, size_t worker_count, RunOutcome *out)
{
    int64_t started_us = clock_monotonic_us();
    Error *err = NULL;
    run->total = count_told(run);
    console_concurrency(run->session, worker_count, run->total);
    TRY(defer_load(run->session));
    if (is_refused(run)) {
        skip_everything(run);
    } else if (builds(run->mode)) {
        err = run_between_hooks(run, worker_count);
    } else {
        run_nodes(run, worker_count);
    }
    out->results = run->results;
    out->ephemerals = run->ephemerals;
    out->counts = count_results(&run->results);
    out->elapsed_us = clock_monotonic_us() - started_us;
    out->cancelled = cancel_requested(run->session->options->cancel);
    return err;
}

/* What is a step of its own: where tests gate, unit tests belong to their models. */
static NodeSet select_steps(const Session *session, const NodeSet *selected, RunMode mode)
{
    NodeSet steps = node_set_copy(session->arena, selected);
    for (NODE_SET_EACH(i, selected)) {
        if (mode == RUN_GATED && node_is_unit_test(session->manifest->nodes.data[i])) {
            node_set_remove(&steps, i);
        }
    }
    return steps;
}

static int compare_tests(const void *a, const void *b)
{
    const Node *const *left = a, *const *right = b;
    return str_compare((*left)->unique_id, (*right)->unique_id);
}

/* By position in the plan: the selected unit tests that are no steps, by id. */
static NodeVec *tests_of_steps(const Session *session, const GraphPlan *plan,
                               const NodeSet *selected, RunMode mode)
{
    NodeVec *tests = ARENA_ARRAY(session->arena, NodeVec, plan->len + 1);
    for (size_t i = 0; i < plan->len && mode == RUN_GATED; i++) {
        for (VEC_EACH(const size_t, child, &session->graph->children[plan->data[i].node])) {
            Node *node = session->manifest->nodes.data[*child];
            if (node_is_unit_test(node) && node_set_has(selected, *child)) {
                VEC_PUSH(session->arena, &tests[i], node);
            }
        }
        if (tests[i].len > 0) {
            qsort(tests[i].data, tests[i].len, sizeof(*tests[i].data), compare_tests);
        }
    }
    return tests;
}

Error *runner_run(Session *session, const NodeSet *selected, RunMode mode, RunOutcome *out)
{
    const Graph *graph =
        mode == RUN_GATED ? graph_with_gates(session->arena, session->graph) : session->graph;
    NodeSet steps = select_steps(session, selected, mode);
    GraphPlan plan = graph_plan(graph, session->arena, &steps);
    for (size_t i = 0; i < plan.len; i++) {
        VEC_PUSH(session->arena, &session->selected,
                 session->manifest->nodes.data[plan.data[i].node]->unique_id);
    }
    session->selected_nodes = selected;
    Run run = {.session = session,
               .mode = mode,
               .plan = &plan,
               .unit_tests = tests_of_steps(session, &plan, selected, mode),
               .failed_ephemerals = ARENA_ARRAY(session->arena, NodeResult *, plan.len)};
    mutex_init(&run.mu);
    size_t threads = (size_t)session->profile->threads;
    session->worker_count = threads < LIMIT_THREADS ? threads : LIMIT_THREADS;
    Error *err = open_workers(&run, session->worker_count);
    if (err == NULL && executes(mode)) {
        err = create_schemas(&run);
    }
    if (err == NULL) {
        err = run_all(&run, session->worker_count, out);
    }
    close_workers(&run, session->worker_count);
    session->selected_nodes = NULL;
    mutex_done(&run.mu);
    return err;
}
