#include "transform/run/freshness.h"

#include "base/clock.h"
#include "transform/context/failure.h"
#include "transform/run/run_node.h"

enum { COLUMN_LOADED, COLUMN_ASKED, COLUMN_COUNT };

/* 0001-01-01, where Python's calendar begins: older than any threshold. */
static const int64_t NEVER_US = -62135596800000000LL;

/* ---- Thresholds ---- */

static const Value *freshness_of(const Node *node)
{
    return value_find(node->config, STR("freshness"));
}

/* The microseconds of "warn_after" or "error_after"; -1 without one. */
static int64_t threshold_us(const Node *node, const char *name)
{
    static const struct {
        const char *period;
        int64_t us;
    } periods[] = {{"minute", 60000000LL}, {"hour", 3600000000LL}, {"day", 86400000000LL}};
    const Value *threshold = value_find(freshness_of(node), str_from(name));
    const Value *count = value_find(threshold, STR("count"));
    Str period = value_text_or(value_find(threshold, STR("period")), (Str){0});
    int64_t us = 0;
    for (size_t i = 0; i < ARRAY_LEN(periods); i++) {
        bool known = str_is(period, periods[i].period) && value_is(count, VALUE_INT);
        if (known && !__builtin_mul_overflow(count->as.integer, periods[i].us, &us)) {
            return us;
        }
    }
    return -1;
}

bool freshness_is_watched(const Node *node)
{
    return node->type == RESOURCE_SOURCE &&
           (threshold_us(node, "warn_after") >= 0 || threshold_us(node, "error_after") >= 0);
}

static NodeStatus judge(const FreshnessResult *result)
{
    int64_t age_us = result->snapshotted_us - result->max_loaded_us;
    int64_t error_us = threshold_us(result->base.node, "error_after");
    int64_t warn_us = threshold_us(result->base.node, "warn_after");
    return error_us >= 0 && age_us > error_us ? STATUS_FAIL
           : warn_us >= 0 && age_us > warn_us ? STATUS_WARN
                                              : STATUS_PASS;
}

/* ---- Asking ---- */

/* The query: the user's own, rendered, or that of the field, by a macro. */
static Error *freshness_sql(Worker *worker, Context *ctx, Str *out)
{
    const Node *node = ctx->node;
    JHeap *heap = jinja_heap(worker->state);
    const Value *query = value_find(node->config, STR("loaded_at_query"));
    const Value *field = value_find(node->config, STR("loaded_at_field"));
    bool custom = value_is(query, VALUE_STRING);
    if (!custom && !value_is(field, VALUE_STRING)) {
        return jraise("DbtRuntimeError",
                      "Could not compute freshness for source " STR_FMT
                      ": no 'loaded_at_field' provided and duckdb adapter does not support "
                      "metadata-based freshness checks.",
                      STR_ARG(node->name));
    }
    const char *name = custom ? "get_freshness_custom_sql" : "get_freshness_sql";
    const Macro *macro = macro_find(worker->session->macros, ctx->package, str_from(name));
    if (macro == NULL) {
        return error_new(ERR_BUG, "there is no macro '%s'", name);
    }
    RelationName relation = context_node_relation(worker->session, node);
    const JValue args[] = {relation_object(heap, &relation),
                           convert_to_jinja(heap, custom ? query : field),
                           convert_to_jinja(heap, value_find(freshness_of(node), STR("filter")))};
    JCall call = {.args = args, .argc = custom ? 2 : ARRAY_LEN(args)};
    JValue text = JNONE;
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    TRY(jinja_call_macro(worker->state, macro->tpl, macro->tpl_index, &scope, &call, &text));
    return convert_to_text(worker->state, worker->scratch, text, out);
}

/* What Python calls a value of this kind. */
static const char *python_type(ColumnKind kind)
{
    bool text = kind == COLUMN_TEXT || kind == COLUMN_JSON;
    bool real = kind == COLUMN_FLOAT || kind == COLUMN_DOUBLE;
    return text                  ? "str"
           : real                ? "float"
           : kind == COLUMN_DATE ? "date"
           : kind == COLUMN_INT  ? "int"
           : kind == COLUMN_BOOL ? "bool"
           : kind == COLUMN_TIME ? "time"
                                 : "value of another type";
}

static Error *read_time(const Column *column, int64_t *out_us)
{
    ColumnKind kind = column->type.kind;
    if (column_is_null(column, 0)) {
        *out_us = NEVER_US;
        return NULL;
    }
    if (kind == COLUMN_TIMESTAMP || kind == COLUMN_TIMESTAMP_TZ || kind == COLUMN_TIMESTAMP_NS) {
        *out_us = column_int(column, 0) / (kind == COLUMN_TIMESTAMP_NS ? 1000 : 1);
        return NULL;
    }
    return jraise("DbtDatabaseError",
                  "Expected a timestamp value when querying field 'last_modified' of table None "
                  "but received value of type '%s' instead",
                  python_type(kind));
}

static Error *ask(Worker *worker, NodeRun *run, Str sql, FreshnessResult *out)
{
    AUTO_FREE(result) Result *result = NULL;
    Str text = query_comment_add(worker->scratch, &run->comment, sql);
    const Chunk *chunk = NULL;
    Error *err = connection_query(run->connection, text, NULL, 0, &result);
    TRY(node_run_failure(run, err));
    err = result_next(result, &chunk);
    TRY(node_run_failure(run, err));
    if (chunk == NULL || chunk->row_count != 1 || chunk->column_count != COLUMN_COUNT) {
        return jraise("DbtRuntimeError",
                      "the freshness query must give one row with two columns, the newest time and "
                      "the present one");
    }
    TRY(read_time(&chunk->columns[COLUMN_LOADED], &out->max_loaded_us));
    return read_time(&chunk->columns[COLUMN_ASKED], &out->snapshotted_us);
}

void freshness_check(Worker *worker, const Node *node, FreshnessResult *out)
{
    int64_t started_us = clock_monotonic_us();
    *out = (FreshnessResult){.base = {.node = node, .failures = -1, .worker = worker->number}};
    out->base.compile_started_us = out->base.compile_ended_us = clock_now_us();
    out->base.execute_started_us = clock_now_us();
    NodeRun run = run_begin(worker, node);
    Context ctx = compile_context(worker, node, &run);
    Str sql;
    Error *err = freshness_sql(worker, &ctx, &sql);
    if (err == NULL) {
        err = ask(worker, &run, sql, out);
    }
    out->base.status = err == NULL ? judge(out) : STATUS_ERROR;
    if (err != NULL) {
        out->base.message = failure_text(&ctx, worker->arena, err);
        error_discard(err, "its text is in the result, which is reported");
    }
    out->base.execute_ended_us = clock_now_us();
    out->base.elapsed_us = clock_monotonic_us() - started_us;
    jinja_reset(worker->state);
    arena_reset(worker->scratch);
}
