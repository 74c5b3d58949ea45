#include "transform/run/freshness.h"

#include "base/clock.h"
#include "transform/context/failure.h"
#include "transform/python/modules.h"
#include "transform/run/macro_call.h"
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

/* The macro's answer: for the user's own query, rendered, or for the field. */
static Error *ask(Worker *worker, Context *ctx, TableParts *out)
{
    const Node *node = ctx->node;
    JHeap *heap = jinja_heap(worker->state);
    const Value *query = value_find(node->config, STR("loaded_at_query"));
    const Value *field = value_find(node->config, STR("loaded_at_field"));
    RelationName relation = context_node_relation(worker->session, node);
    JValue args[] = {relation_object(heap, &relation), JNONE,
                     convert_to_jinja(heap, value_find(freshness_of(node), STR("filter")))};
    if (value_is(query, VALUE_STRING)) {
        context_enter(worker->state, ctx);
        TRY(context_render_text(worker->state, ctx, query->as.text, &args[1]));
        return macro_call_table(worker, ctx, "collect_freshness_custom_sql", args, 2, out);
    }
    if (!value_is(field, VALUE_STRING)) {
        return jraise("DbtRuntimeError",
                      "Could not compute freshness for source " STR_FMT
                      ": no 'loaded_at_field' provided and duckdb adapter does not support "
                      "metadata-based freshness checks.",
                      STR_ARG(node->name));
    }
    args[1] = convert_to_jinja(heap, field);
    return macro_call_table(worker, ctx, "collect_freshness", args, ARRAY_LEN(args), out);
}

static Error *read_time(JValue cell, const char *field, int64_t *out_us)
{
    const PythonTime *time = python_time_of(cell);
    if (time != NULL && time->kind == PYTHON_DATETIME) {
        *out_us = datetime_to_us(&time->at);
        return NULL;
    }
    return cell.type == J_NONE
               ? jraise("DbtDatabaseError",
                        "Expected a non-null value when querying field '%s' of table null relation "
                        "but received value 'null' instead",
                        field)
               : jraise("DbtDatabaseError",
                        "Expected a timestamp value when querying field '%s' of table None but "
                        "received value of type '%s' instead",
                        field, jtype_name(cell));
}

/* `rows` as Python shows a list of tuples. */
static Error *wrong_answer(JinjaState *s, const char *macro, const TableParts *table)
{
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
    JList *rows = jlist_new(jinja_heap(s), jlist_len(table->rows));
    for (size_t i = 0; i < jlist_len(table->rows); i++) {
        jlist_append(rows, jtuple_value(table_row_cells(table->rows->items[i])));
    }
    TRY(jrepr(s, jlist_value(rows), &text));
    return jraise("CompilationError", "Got an invalid result from \"%s\" macro: " STR_FMT, macro,
                  STR_ARG(strbuf_str(&text)));
}

static Error *read_answer(Worker *worker, Context *ctx, FreshnessResult *out)
{
    TableParts table = {0};
    TRY(ask(worker, ctx, &table));
    if (jlist_len(table.rows) != 1 || table.names->len != COLUMN_COUNT) {
        bool custom = value_is(value_find(ctx->node->config, STR("loaded_at_query")), VALUE_STRING);
        return wrong_answer(worker->state,
                            custom ? "collect_freshness_custom_sql" : "collect_freshness", &table);
    }
    const JTuple *cells = table_row_cells(table.rows->items[0]);
    out->max_loaded_us = NEVER_US;
    if (cells->items[COLUMN_LOADED].type != J_NONE) {
        TRY(read_time(cells->items[COLUMN_LOADED], "last_modified", &out->max_loaded_us));
    }
    return read_time(cells->items[COLUMN_ASKED], "snapshotted_at", &out->snapshotted_us);
}

void freshness_check(Worker *worker, const Node *node, FreshnessResult *out)
{
    int64_t started_us = clock_monotonic_us();
    *out = (FreshnessResult){.base = {.node = node, .failures = -1, .worker = worker->number}};
    out->base.compile_started_us = out->base.compile_ended_us = clock_now_us();
    out->base.execute_started_us = clock_now_us();
    NodeRun run = run_begin(worker, node);
    Context ctx = compile_context(worker, node, &run);
    Error *err = read_answer(worker, &ctx, out);
    node_run_rollback(&run);
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
