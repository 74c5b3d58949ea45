#include "transform/run/compile.h"
#include "transform/command/command.h"
#include "transform/console/console.h"
#include "transform/console/show.h"
#include "transform/run/inline_node.h"
#include "value/json_writer.h"

Error *command_first_failure(const RunOutcome *outcome)
{
    for (VEC_EACH(const NodeResult, it, &outcome->results)) {
        if (it->status == STATUS_ERROR) {
            return show_failure(it->message);
        }
    }
    return NULL;
}

size_t command_result_fields(const Session *session, const Node *node, ReportField *out)
{
    const TransformOptions *options = session->options;
    size_t count = 0;
    out[count++] = (ReportField){"is_inline", value_bool(node == NULL)};
    out[count++] = (ReportField){"output_format",
                                 value_string(options->output_json ? STR("json") : STR("text"))};
    out[count++] = (ReportField){"quiet", value_bool(options->quiet)};
    if (node != NULL) {
        out[count++] = (ReportField){"node_name", value_string(node->name)};
        out[count++] = (ReportField){"unique_id", value_string(node->unique_id)};
    }
    return count;
}

static Str compiled_document(Arena *arena, const Node *node, Str sql)
{
    ValueMapBuilder map = value_map_begin(arena);
    if (node != NULL) {
        value_map_set(&map, STR("node"), value_string(node->name));
    }
    value_map_set(&map, STR("compiled"), value_string(sql));
    Value document = value_map_end(&map);
    return json_text(arena, &document, &json_style_pretty);
}

/* `node` is NULL for the query of the options. */
static void print_compiled(const Session *session, const Node *node, Str sql)
{
    AUTO_FREE(arena) Arena *arena = arena_new("compiled");
    ReportField fields[RESULT_FIELDS] = {{"compiled", value_string(sql)}};
    ReportEvent event = {.name = "CompiledNode", .level = LOG_INFO, .fields = fields};
    event.field_count = 1 + command_result_fields(session, node, fields + 1);
    if (session->options->output_json) {
        event.text = compiled_document(arena, node, sql);
    } else if (session->options->quiet) {
        event.text = sql;
    } else if (node == NULL) {
        event.text = str_printf(arena, "Compiled inline node is:\n" STR_FMT, STR_ARG(sql));
    } else {
        event.text = str_printf(arena, "Compiled node '" STR_FMT "' is:\n" STR_FMT,
                                STR_ARG(node->name), STR_ARG(sql));
    }
    report_result(session, &event);
}

void command_print_compiled(const Session *session, const RunOutcome *outcome)
{
    for (VEC_EACH(const NodeResult, it, &outcome->results)) {
        if (it->compiled && show_wants(session->options, it->node)) {
            print_compiled(session, it->node, it->compiled_code);
        }
    }
}

static Error *compile_inline(Session *session, RunOutcome *outcome)
{
    AUTO_FREE(arena) Arena *arena = arena_new("inline");
    InlineNode *query = ARENA_NEW(session->arena, InlineNode);
    Worker worker = {0};
    Str sql = {0};
    console_concurrency(session, (size_t)session->profile->threads, 1);
    Error *err = worker_open(&worker, session, 0);
    if (err == NULL) {
        err = inline_node_compile(&worker, query, arena, &sql);
    }
    worker_close(&worker);
    TRY(err);
    inline_node_result(session, query, outcome);
    print_compiled(session, NULL, sql);
    return NULL;
}

static Error *compile_selected(Session *session, RunOutcome *outcome)
{
    const TransformOptions *options = session->options;
    NodeSet selected;
    TRY(command_choose(session, TYPES_COMPILE, &selected));
    if (node_set_count(&selected) == 0) {
        console_nothing(session);
        return NULL;
    }
    if (!options->no_introspect) {
        TRY(session_connect(session));
    }
    TRY(runner_run(session, &selected, RUN_COMPILE, outcome));
    TRY(command_first_failure(outcome));
    command_print_compiled(session, outcome);
    return NULL;
}

Error *transform_compile(const TransformOptions *options, Reporter *reporter,
                         TransformCounts *out_counts)
{
    AUTO_FREE(session) Session *session = NULL;
    RunOutcome outcome = {0};
    TRY(command_begin(options, reporter, "compile", &session));
    if (options->inline_code != NULL) {
        console_found(session, NULL);
        TRY(options->no_introspect ? NULL : session_connect(session));
        TRY(compile_inline(session, &outcome));
    } else {
        TRY(compile_selected(session, &outcome));
    }
    return command_finish(session, &outcome, out_counts);
}
