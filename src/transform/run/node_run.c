#include "transform/run/node_run.h"

#include "base/number.h"
#include "transform/python/modules.h"
#include "transform/run/cell.h"
#include "transform/run/text_result.h"

Error *node_run_check_asking(const NodeRun *run)
{
    return run->asks_nothing
               ? error_new(ERR_UNSUPPORTED, "the warehouse cannot be asked before the run")
               : NULL;
}

Error *node_run_begin(NodeRun *run)
{
    TRY(node_run_check_asking(run));
    if (run->in_transaction || run->autonomous) {
        return NULL;
    }
    TRY(connection_begin(run->connection));
    run->in_transaction = true;
    return NULL;
}

Error *node_run_commit(NodeRun *run)
{
    if (!run->in_transaction) {
        return NULL;
    }
    run->in_transaction = false;
    return connection_commit(run->connection);
}

void node_run_rollback(NodeRun *run)
{
    if (run->in_transaction) {
        run->in_transaction = false;
        error_discard(connection_rollback(run->connection),
                      "the failure that led here is what the user needs to see");
    }
}

/* ---- Results ---- */

/* Column names, a second one of a name with "_2" behind it. */
static JTuple *result_names(JHeap *heap, Arena *scratch, const Result *result)
{
    size_t count = result_column_count(result);
    JTuple *names = jtuple_new(heap, count);
    StrMap seen = strmap_init(scratch);
    for (size_t i = 0; i < count; i++) {
        Str name = result_column(result, i)->name;
        for (int copy = 2; strmap_has(&seen, name); copy++) {
            name =
                str_printf(scratch, STR_FMT "_%d", STR_ARG(result_column(result, i)->name), copy);
        }
        strmap_set_copy(&seen, name, NULL);
        names->items[i] = jstr_value(heap, name);
    }
    return names;
}

static Error *fetch_table(JinjaState *s, Result *result, FetchedTexts *texts, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    JTuple *names = result_names(heap, jinja_scratch(s), result);
    JList *rows = jlist_new(heap, 0);
    if (texts != NULL) {
        texts->table = text_result_begin(texts->arena, result);
    }
    for (const Chunk *chunk = NULL;;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL) {
            break;
        }
        if (texts != NULL) {
            text_result_add(texts->arena, chunk, &texts->table);
        }
        for (size_t row = 0; row < chunk->row_count; row++) {
            JTuple *cells = jtuple_new(heap, chunk->column_count);
            for (size_t i = 0; i < chunk->column_count; i++) {
                cells->items[i] = cell_value(heap, &chunk->columns[i], row);
            }
            jlist_append(rows, jtuple_value(cells));
        }
        TRY(jinja_check_items(jlist_len(rows)));
    }
    *out = table_object(heap, names, rows, NULL);
    return NULL;
}

Error *node_run_failure(const NodeRun *run, TAKES Error *err)
{
    const WarehouseFailure *failure = connection_failure(run->connection);
    if (err == NULL || error_kind(err) != ERR_STORE || failure == NULL) {
        return err;
    }
    Error *plain = error_new(ERR_STORE, STR_FMT, STR_ARG(failure->message));
    error_discard(err, "its text is in the new one");
    return plain;
}

/* For dbt.log, and the terminal with --debug. Of a very long statement the beginning says enough.
 */
static void log_statement(JinjaState *s, Str text)
{
    const Context *ctx = context_of(s);
    AUTO_FREE(arena) Arena *arena = arena_new("statement");
    Str name = ctx->node != NULL ? ctx->node->unique_id : STR("master");
    bool long_one = text.len > LIMIT_LOGGED_SQL_BYTES;
    Str shown = long_one ? str_slice(text, 0, LIMIT_LOGGED_SQL_BYTES) : text;
    report_text(ctx->session, LOG_DEBUG, "SQLQuery",
                str_printf(arena, "On " STR_FMT ": " STR_FMT "%s", STR_ARG(name), STR_ARG(shown),
                           long_one ? " ..." : ""));
}

Error *node_run_execute(JinjaState *s, NodeRun *run, Str sql, bool auto_begin, bool fetch,
                        JValue *out_table)
{
    JHeap *heap = jinja_heap(s);
    *out_table = table_object(heap, jtuple_new(heap, 0), jlist_new(heap, 0), NULL);
    TRY(node_run_check_asking(run));
    if (auto_begin) {
        TRY(node_run_begin(run));
    }
    if (str_trim(sql).len == 0) {
        return NULL;
    }
    Str text = query_comment_add(jinja_scratch(s), &run->comment, sql);
    log_statement(s, text);
    if (!fetch) {
        return node_run_failure(run, connection_execute(run->connection, text, NULL, 0, NULL));
    }
    AUTO_FREE(result) Result *result = NULL;
    TRY(node_run_failure(run, connection_query(run->connection, text, NULL, 0, &result)));
    return node_run_failure(run, fetch_table(s, result, run->texts, out_table));
}

enum { DOUBLE_DIGITS = 15 }; /* texts of this length are doubles without loss */

static Error *param_of(JinjaState *s, JValue value, Param *out)
{
    double number = 0;
    bool known = false;
    Str decimal;
    *out = PARAM_OF_NULL;
    if (value.type == J_NONE) {
        return NULL;
    }
    if (value.type == J_BOOL) {
        *out = PARAM_OF_BOOL(value.b);
        return NULL;
    }
    if (value.type == J_INT) {
        *out = PARAM_OF_INT(value.i);
        return NULL;
    }
    if (value.type == J_FLOAT) {
        TRY(jto_double(value, &known, &number));
        *out = PARAM_OF_DOUBLE(number);
        return NULL;
    }
    if (python_decimal_of(value, &decimal) && decimal.len <= DOUBLE_DIGITS &&
        number_parse_double(decimal, &number)) {
        *out = PARAM_OF_DOUBLE(number);
        return NULL;
    }
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), value, &text));
    *out = PARAM_OF_TEXT(text);
    return NULL;
}

Error *node_run_execute_bound(JinjaState *s, NodeRun *run, Str sql, bool auto_begin,
                              JList *bindings)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("bindings");
    TRY(node_run_check_asking(run));
    size_t count = jlist_len(bindings);
    Param *params = ARENA_ARRAY(scratch, Param, count);
    for (size_t i = 0; i < count; i++) {
        TRY(param_of(s, jlist_at(bindings, i), &params[i]));
    }
    if (auto_begin) {
        TRY(node_run_begin(run));
    }
    Str text = query_comment_add(scratch, &run->comment, sql);
    log_statement(s, text);
    return node_run_failure(run, connection_execute(run->connection, text, params, count, NULL));
}
