#include "transform/run/microbatch.h"

#include "base/clock.h"
#include "transform/console/console.h"
#include "transform/context/failure.h"
#include "transform/run/run_node.h"

bool microbatch_is_on(const Session *session)
{
    const Macro *macro = macro_find(session->macros, session->manifest->root_package,
                                    STR("get_incremental_microbatch_sql"));
    return (macro != NULL && str_is(macro->package, "dbt")) ||
           behaviour_on(session->options->flags,
                        "require_batched_execution_for_custom_microbatch_strategy");
}

bool microbatch_is_configured(const Node *node)
{
    Str strategy = value_text_or(value_find(node->config, STR("incremental_strategy")), STR(""));
    return node->type == RESOURCE_MODEL && str_is(node_materialized(node), "incremental") &&
           str_is(strategy, "microbatch");
}

bool microbatch_applies(const Session *session, const Node *node)
{
    return microbatch_is_configured(node) && microbatch_is_on(session);
}

/* ---- Which batches ---- */

/* What is known of the model before its first batch. */
typedef struct Microbatch {
    Worker *worker;
    const Node *node;
    BatchSize size;
    bool incremental; /* there is a table, which is kept */
    BatchVec batches;
} Microbatch;

static bool is_refreshed(const Session *session, const Node *node)
{
    const Value *wanted = value_find(node->config, STR("full_refresh"));
    return value_is(wanted, VALUE_BOOL) ? wanted->as.boolean : session->options->full_refresh;
}

static Error *find_incremental(const Microbatch *model, bool *out)
{
    Session *session = model->worker->session;
    RelationName wanted = context_node_relation(session, model->node), found;
    TRY(relation_cache_fill(session->relations, model->worker->connection, wanted.database,
                            wanted.schema));
    *out = relation_cache_find(session->relations, &wanted, model->worker->scratch, &found) &&
           found.type == RELATION_TYPE_TABLE && !is_refreshed(session, model->node);
    return NULL;
}

/* Clocks count as if they were in UTC, whatever zone `begin` names. */
static int64_t begin_us(const Node *node)
{
    const Value *begin = value_find(node->config, STR("begin"));
    DateTime at = *begin->as.time; /* checked when the project was parsed */
    at.has_offset = false;
    at.offset_s = 0;
    return datetime_to_us(&at);
}

static int64_t lookback_of(const Node *node)
{
    const Value *lookback = value_find(node->config, STR("lookback"));
    return value_is(lookback, VALUE_INT)    ? lookback->as.integer
           : value_is(lookback, VALUE_BOOL) ? lookback->as.boolean
                                            : 1;
}

/* From --event-time-start to --event-time-end; else up to now, from the beginning or, where there
 * is a table, from some batches before. */
static Error *plan_batches(Microbatch *model)
{
    const TransformOptions *options = model->worker->session->options;
    int64_t end_us = model->worker->session->started_us, start_us = 0;
    if (options->has_event_time) {
        end_us = options->event_time_end_us;
    } else if (options->retried_started_us != 0) {
        end_us = options->retried_started_us;
    }
    TRY(batch_ceiling(model->size, end_us, &end_us));
    if (options->has_event_time) {
        start_us = batch_floor(model->size, options->event_time_start_us);
    } else if (!model->incremental) {
        start_us = batch_floor(model->size, begin_us(model->node));
    } else {
        int64_t back = 0;
        if (__builtin_sub_overflow(-1, lookback_of(model->node), &back)) {
            return error_new(ERR_INPUT, "date value out of range");
        }
        TRY(batch_offset(model->size, end_us, back, &start_us));
    }
    return batch_split(model->worker->arena, model->size, start_us, end_us, &model->batches);
}

static Error *prepare(Microbatch *model, const BatchResults *before)
{
    Str size = value_text_or(value_find(model->node->config, STR("batch_size")), STR(""));
    (void)batch_size_parse(size, &model->size); /* checked when the project was parsed */
    TRY(find_incremental(model, &model->incremental));
    if (before != NULL) {
        model->batches = before->failed;
        return NULL;
    }
    return plan_batches(model);
}

/* The batches of the run before, when only some of them are to be done again. */
static const BatchResults *batches_before(const Worker *worker, const Node *node)
{
    const StrMap *all = worker->session->options->retried_batches;
    return all != NULL ? strmap_find(all, node->unique_id) : NULL;
}

/* ---- One after the other ---- */

/* The result of the model tells only how many failed; why, this line. */
static void tell_failure(const Worker *worker, const NodeResult *result)
{
    AUTO_FREE(arena) Arena *arena = arena_new("batch");
    Str text =
        str_printf(arena, "Unhandled error while executing \nException on worker thread. " STR_FMT,
                   STR_ARG(result->message));
    report_text(worker->session, LOG_ERROR, "GenericExceptionOnRun", text);
}

static void run_one(const Microbatch *model, size_t index, bool skip, NodeResult *out)
{
    Worker *worker = model->worker;
    size_t count = model->batches.len;
    BatchStep step = {.size = model->size,
                      .time = model->batches.data[index],
                      .first = index == 0,
                      .last = index + 1 == count,
                      .incremental = index > 0 || model->incremental};
    Str start = batch_start_text(worker->arena, model->size, step.time.start_us);
    if (skip) {
        *out =
            (NodeResult){.node = model->node, .status = STATUS_SKIPPED, .worker = worker->number};
    } else {
        console_batch_start(worker->session, model->node, start, index + 1, count);
        run_batch(worker, model->node, &step, out);
    }
    if (out->status == STATUS_ERROR) {
        tell_failure(worker, out);
    }
    console_batch_end(worker->session, out, start, index + 1, count);
}

/* False when the run is to end before all batches are done. */
static bool run_all(const Microbatch *model, BatchResults *results)
{
    Arena *arena = model->worker->arena;
    bool skip = false;
    for (size_t i = 0; i < model->batches.len; i++) {
        NodeResult result = {0};
        if (cancel_requested(&model->worker->session->stop)) {
            return false;
        }
        run_one(model, i, skip, &result);
        if (result.interrupted) {
            return false;
        }
        bool done = result.status == STATUS_SUCCESS;
        VEC_PUSH(arena, done ? &results->successful : &results->failed, model->batches.data[i]);
        skip = skip || (i == 0 && !done);
    }
    return true;
}

static void summarize(const BatchResults *results, Arena *arena, NodeResult *out)
{
    size_t done = results->successful.len, failed = results->failed.len;
    out->status = failed == 0 ? STATUS_SUCCESS : done == 0 ? STATUS_ERROR : STATUS_PARTIAL;
    out->message = failed == 0 ? STR("SUCCESS")
                   : done == 0
                       ? STR("ERROR")
                       : str_printf(arena, "PARTIAL SUCCESS (%zu/%zu)", done, done + failed);
}

static void fail_all(const Microbatch *model, TAKES Error *err, NodeResult *out)
{
    Context ctx = compile_context(model->worker, model->node, NULL);
    out->status = STATUS_ERROR;
    out->message = failure_text(&ctx, model->worker->arena, err);
    out->hint = error_hints(err, model->worker->arena);
    out->failures = -1;
    error_discard(err, "its text is in the result, which is reported");
}

void microbatch_run(Worker *worker, const Node *node, NodeResult *out)
{
    int64_t started_us = clock_monotonic_us(), now_us = clock_now_us();
    Microbatch model = {.worker = worker, .node = node};
    *out = (NodeResult){.node = node,
                        .worker = worker->number,
                        .compile_started_us = now_us,
                        .compile_ended_us = now_us, /* batches are compiled one by one */
                        .execute_started_us = now_us};
    const BatchResults *before = batches_before(worker, node);
    Error *err = prepare(&model, before);
    if (err != NULL) {
        fail_all(&model, err, out);
    } else {
        BatchResults *results = ARENA_NEW(worker->arena, BatchResults);
        *results = (BatchResults){0};
        out->interrupted = !run_all(&model, results);
        summarize(results, worker->arena, out);
        for (size_t i = 0; before != NULL && i < before->successful.len; i++) {
            VEC_PUSH(worker->arena, &results->successful, before->successful.data[i]);
        }
        out->batches = results;
    }
    out->execute_ended_us = clock_now_us();
    out->elapsed_us = clock_monotonic_us() - started_us;
}
