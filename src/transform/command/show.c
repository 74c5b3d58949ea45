#include "transform/console/show.h"
#include "transform/command/command.h"
#include "transform/console/console.h"
#include "transform/context/failure.h"
#include "transform/run/inline_node.h"
#include "transform/run/macro_call.h"
#include "transform/run/run_node.h"

/* What get_show_sql(compiled_code, sql_header, limit) makes of a query. */
static Error *limited_sql(Worker *worker, Context *ctx, Str sql, Str *out)
{
    const Session *session = worker->session;
    JHeap *heap = jinja_heap(worker->state);
    int64_t limit = session->options->limit;
    const Value *header =
        ctx->node != NULL ? value_find(ctx->node->config, STR("sql_header")) : NULL;
    const JValue args[] = {jstr_value(heap, sql), convert_to_jinja(heap, header),
                           limit >= 0 ? jint(limit) : JNONE};
    return macro_call_text(worker, ctx, "get_show_sql", args, ARRAY_LEN(args), out);
}

static void print_shown(const Session *session, const Node *node, Str text)
{
    AUTO_FREE(arena) Arena *arena = arena_new("shown");
    Str head = node != NULL
                   ? str_printf(arena, "Previewing node '" STR_FMT "':\n", STR_ARG(node->name))
                   : STR("Previewing inline node:\n");
    ReportField fields[RESULT_FIELDS] = {{"preview", value_string(text)}};
    ReportEvent event = {.name = "ShowNode", .level = LOG_INFO, .fields = fields};
    event.field_count = 1 + command_result_fields(session, node, fields + 1);
    bool bare = session->options->quiet || session->options->output_json;
    event.text = bare ? text : str_printf(arena, STR_FMT STR_FMT, STR_ARG(head), STR_ARG(text));
    report_result(session, &event);
}

/* Runs the query as it is and prints its rows. */
static Error *print_rows(Worker *worker, const NodeRun *run, const Node *node, Str sql)
{
    AUTO_FREE(arena) Arena *arena = arena_new("show");
    AUTO_FREE(result) Result *result = NULL;
    Str whole = query_comment_add(arena, &run->comment, sql), text;
    Error *err = connection_query(run->connection, whole, NULL, 0, &result);
    TRY(node_run_failure(run, err));
    Str name = node != NULL ? node->name : (Str){0};
    TRY(show_result(result, arena, name, worker->session->options->output_json, &text));
    print_shown(worker->session, node, text);
    return NULL;
}

/* Failures have the text of a node's failure. */
static Error *preview(Worker *worker, const Node *node, Str name, Str sql)
{
    NodeRun run = run_begin(worker, node);
    Context ctx = compile_context(worker, node, &run);
    Str limited = {0};
    Error *err = limited_sql(worker, &ctx, sql, &limited);
    if (err == NULL) {
        err = print_rows(worker, &run, name.len > 0 ? node : NULL, limited);
    }
    if (err != NULL) {
        Str told = failure_text(&ctx, worker->scratch, err);
        error_discard(err, "its text is in the new one");
        err = show_failure(told);
    }
    jinja_reset(worker->state);
    arena_reset(worker->scratch);
    return err;
}

static Error *preview_result(Worker *worker, const NodeResult *result)
{
    const Node *node = result->node;
    if (node->type != RESOURCE_SEED) {
        return preview(worker, node, node->name, result->compiled_code);
    }
    AUTO_FREE(arena) Arena *arena = arena_new("seed");
    Str sql = str_printf(arena, "select * from " STR_FMT, STR_ARG(node->relation_name));
    return preview(worker, node, node->name, sql);
}

static Error *preview_results(Session *session, const RunOutcome *outcome)
{
    Worker worker = {0};
    Error *err = worker_open(&worker, session, 0);
    for (size_t i = 0; err == NULL && i < outcome->results.len; i++) {
        const NodeResult *result = &outcome->results.data[i];
        if (result->status == STATUS_ERROR) {
            err = show_failure(result->message);
        } else if (show_wants(session->options, result->node)) {
            err = preview_result(&worker, result);
        }
    }
    worker_close(&worker);
    return err;
}

static Error *show_selected(Session *session, RunOutcome *outcome)
{
    NodeSet selected;
    TRY(command_choose(session, TYPES_COMPILE, &selected));
    if (node_set_count(&selected) == 0) {
        console_nothing(session);
        return NULL;
    }
    TRY(session_connect(session));
    TRY(runner_run(session, &selected, RUN_COMPILE, outcome));
    return preview_results(session, outcome);
}

static Error *show_inline(Session *session, RunOutcome *outcome)
{
    AUTO_FREE(arena) Arena *arena = arena_new("inline");
    InlineNode *query = ARENA_NEW(session->arena, InlineNode);
    Worker worker = {0};
    Str sql;
    console_found(session, NULL);
    TRY(session_connect(session));
    console_concurrency(session, (size_t)session->profile->threads, 1);
    Error *err = worker_open(&worker, session, 0);
    if (err == NULL) {
        err = inline_node_compile(&worker, query, arena, &sql);
    }
    if (err == NULL) {
        err = preview(&worker, &query->node, (Str){0}, sql);
    }
    worker_close(&worker);
    inline_node_result(session, query, outcome);
    return err;
}

/* A query without Jinja needs no project to be read. */
static Error *show_plain(const TransformOptions *options, Reporter *reporter)
{
    AUTO_FREE(session) Session *session = NULL;
    Worker worker = {0};
    TRY(session_open(options, reporter, "show", &session));
    console_version(session);
    TRY(session_connect(session));
    Error *err = worker_open(&worker, session, 0);
    if (err == NULL) {
        Str limit = {0};
        if (options->limit >= 0) {
            limit = str_printf(worker.scratch, "\n  limit %lld", (long long)options->limit);
        }
        Str sql = str_printf(worker.scratch, "  " STR_FMT STR_FMT,
                             STR_ARG(str_from(options->inline_plain)), STR_ARG(limit));
        NodeRun run = {.connection = worker.connection};
        err = print_rows(&worker, &run, NULL, sql);
    }
    worker_close(&worker);
    return err;
}

Error *transform_show(const TransformOptions *options, Reporter *reporter,
                      TransformCounts *out_counts)
{
    if (options->inline_plain != NULL) {
        return show_plain(options, reporter);
    }
    if (options->inline_code == NULL && options->selection.select.len == 0 &&
        options->selector == NULL) {
        return error_new(ERR_CONFIG, "Either --select or --inline must be passed to show");
    }
    AUTO_FREE(session) Session *session = NULL;
    RunOutcome outcome = {0};
    TRY(command_begin(options, reporter, "show", &session));
    if (options->inline_code != NULL) {
        TRY(show_inline(session, &outcome));
    } else {
        TRY(show_selected(session, &outcome));
    }
    return command_finish(session, &outcome, out_counts);
}
