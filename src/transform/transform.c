#include "transform/transform.h"

#include <stdlib.h>

#include "base/limits.h"
#include "transform/artifact/artifacts.h"
#include "transform/command/command.h"
#include "transform/command/list.h"
#include "transform/command/run_operation.h"
#include "transform/console/console.h"
#include "transform/console/report_internal.h"
#include "transform/parse/parse.h"
#include "transform/run/defer.h"
#include "transform/session_open.h"

/* ---- Selecting ---- */

static void warn_unmatched(void *context, Str criterion)
{
    AUTO_FREE(arena) Arena *arena = arena_new("warning");
    ReportField fields[] = {{"spec_raw", value_string(criterion)}};
    ReportEvent event = {.name = "NoNodesForSelectionCriteria",
                         .text = str_printf(arena,
                                            "The selection criterion '" STR_FMT
                                            "' does not match any enabled nodes",
                                            STR_ARG(criterion)),
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    report_warning_event(context, &event, false);
}

static void types_of(const StrVec *names, unsigned *out)
{
    for (VEC_EACH(const Str, name, names)) {
        ResourceType type;
        if (str_is(*name, "all") || str_is(*name, "default")) {
            *out |= TYPES_LIST | (str_is(*name, "all") ? 1u << RESOURCE_ANALYSIS : 0);
        } else if (resource_type_parse(*name, &type)) {
            *out |= 1u << type;
        } else {
            *out |= TYPES_OF_OTHERS;
        }
    }
}

bool command_has_selection(const TransformOptions *options)
{
    return options->selection.select.len > 0 || options->selection.exclude.len > 0;
}

/* The selection asked for: a named one, the words given, or the default of selectors.yml. */
static Error *selection_of(Session *session, Selection *out)
{
    const TransformOptions *options = session->options;
    const NamedSelector *named = NULL;
    if (options->selector != NULL) {
        TRY(selector_find(&session->selectors, str_from(options->selector), &named));
    } else if (!command_has_selection(options)) {
        named = selector_default(&session->selectors);
    }
    *out = options->selection;
    if (options->state != NULL) {
        Str target = fs_join(session->arena, session->projects.data[0].root, session->target_path);
        TRY(state_load(session->arena, defer_state_directory(session, options->state), target,
                       session->manifest, &out->state));
    }
    out->definition = named != NULL ? named->definition : NULL;
    if (named != NULL && options->selector == NULL) {
        report_text(
            session, LOG_INFO, "DefaultSelector",
            str_printf(session->arena, "Using default selector " STR_FMT, STR_ARG(named->name)));
    }
    return NULL;
}

static bool is_among(const StrVec *ids, Str id)
{
    for (VEC_EACH(const Str, it, ids)) {
        if (str_eq(*it, id)) {
            return true;
        }
    }
    return false;
}

/* What the command is about: the selection, without other types and empty files. */
Error *command_select(Session *session, unsigned types, bool keep_empty, NodeSet *out)
{
    const TransformOptions *options = session->options;
    unsigned wanted = 0, unwanted = 0;
    types_of(&options->resource_types, &wanted);
    types_of(&options->exclude_resource_types, &unwanted);
    types = (wanted != 0 ? wanted : types) & ~unwanted;
    Selection selection;
    TRY(selection_of(session, &selection));
    TRY(select_nodes(session->graph, session->arena, &selection, warn_unmatched, session, out));
    TRY(report_raised(session));
    for (NODE_SET_EACH(i, out)) {
        const Node *node = session->manifest->nodes.data[i];
        bool empty = str_trim(node->raw_code).len == 0 && node->tpl != NULL &&
                     node->type != RESOURCE_FUNCTION;
        bool passed_over = options->only != NULL && !is_among(options->only, node->unique_id);
        if (passed_over || (types >> node->type & 1u) == 0 || (empty && !keep_empty)) {
            node_set_remove(out, i);
        }
    }
    return NULL;
}

Error *command_choose(Session *session, unsigned types, NodeSet *out)
{
    if (session->reporter->style == REPORT_DBT) {
        console_found(session, NULL);
        return command_select(session, types, false, out);
    }
    TRY(command_select(session, types, false, out));
    console_found(session, command_has_selection(session->options) ? out : NULL);
    return NULL;
}

/* ---- From the beginning to the results ---- */

/* What is compared with a state must not be written over it. */
static void check_state_directory(Session *session)
{
    const char *state = session->options->state;
    if (state != NULL && str_is(session->target_path, state)) {
        report_warning(
            session, "WarnStateTargetEqual",
            str_printf(session->arena,
                       "Warning: The state and target directories are the same: '%s'. This "
                       "could lead to missing changes due to overwritten state including "
                       "non-idempotent retries.",
                       state));
    }
}

Error *command_begin(const TransformOptions *options, Reporter *reporter, const char *command,
                     Session **out_session)
{
    Session *session = NULL;
    TRY(session_open(options, reporter, command, &session));
    console_version(session);
    Error *err = report_raised(session);
    if (err == NULL) {
        err = parse_projects(session);
    }
    check_state_directory(session);
    err = err == NULL ? report_raised(session) : err;
    if (err == NULL) {
        err = artifacts_write_manifest(session, NULL);
    }
    if (err == NULL) {
        err = artifacts_write_semantic_manifest(session);
    }
    if (err != NULL) {
        session_close(session);
        return err;
    }
    *out_session = session;
    return NULL;
}

static Error *run_selected(Session *session, const NodeSet *selected, RunMode mode,
                           RunOutcome *outcome)
{
    TRY(session_connect(session));
    return runner_run(session, selected, mode, outcome);
}

Error *command_finish(Session *session, RunOutcome *outcome, TransformCounts *out_counts)
{
    TRY(report_raised(session));
    TRY(artifacts_write_manifest(session, outcome));
    TRY(artifacts_write_results(session, outcome));
    if (out_counts != NULL) {
        *out_counts = outcome->counts;
    }
    if (outcome->cancelled) {
        return error_new(ERR_CANCELLED, "interrupted");
    }
    size_t failed = outcome->counts.error + outcome->counts.skip;
    return failed > 0
               ? error_new(ERR_FAILED, "%zu of %zu did not succeed", failed, outcome->counts.total)
               : NULL;
}

/* A command that executes nodes. */
typedef struct RunCommand {
    const char *name;
    unsigned types;
    RunMode mode;
} RunCommand;

/* Where models are built a unit test runs before its model, and not without. */
static void drop_tests_without_model(const Session *session, NodeSet *selected)
{
    for (NODE_SET_EACH(i, selected)) {
        const Node *node = session->manifest->nodes.data[i];
        if (node_is_unit_test(node) && !node_set_has(selected, node->unit_test->tested->index)) {
            node_set_remove(selected, i);
        }
    }
}

static Error *run_command(const RunCommand *command, const TransformOptions *options,
                          Reporter *reporter, TransformCounts *out_counts)
{
    AUTO_FREE(session) Session *session = NULL;
    TRY(command_begin(options, reporter, command->name, &session));
    NodeSet selected;
    RunOutcome outcome = {0};
    TRY(command_choose(session, command->types, &selected));
    if (command->mode == RUN_GATED) {
        drop_tests_without_model(session, &selected);
    }
    if (node_set_count(&selected) == 0) {
        console_nothing(session);
        return command_finish(session, &outcome, out_counts);
    }
    TRY(run_selected(session, &selected, command->mode, &outcome));
    if (command->mode != RUN_CLONE) {
        console_finished(session, &outcome.results, outcome.elapsed_us);
    }
    if (options->show_seeds) {
        TRY(command_show_seeds(session, &outcome));
    }
    console_summary(session, &outcome.results, &outcome.counts, outcome.cancelled);
    return command_finish(session, &outcome, out_counts);
}

Error *transform_run(const TransformOptions *options, Reporter *reporter,
                     TransformCounts *out_counts)
{
    static const RunCommand command = {"run", TYPES_RUN, RUN_EXECUTE};
    return run_command(&command, options, reporter, out_counts);
}

Error *transform_test(const TransformOptions *options, Reporter *reporter,
                      TransformCounts *out_counts)
{
    static const RunCommand command = {"test", TYPES_TEST, RUN_EXECUTE};
    return run_command(&command, options, reporter, out_counts);
}

Error *transform_seed(const TransformOptions *options, Reporter *reporter,
                      TransformCounts *out_counts)
{
    static const RunCommand command = {"seed", TYPES_SEED, RUN_EXECUTE};
    return run_command(&command, options, reporter, out_counts);
}

Error *transform_snapshot(const TransformOptions *options, Reporter *reporter,
                          TransformCounts *out_counts)
{
    static const RunCommand command = {"snapshot", TYPES_SNAPSHOT, RUN_EXECUTE};
    return run_command(&command, options, reporter, out_counts);
}

Error *transform_build(const TransformOptions *options, Reporter *reporter,
                       TransformCounts *out_counts)
{
    static const RunCommand command = {"build", TYPES_BUILD, RUN_GATED};
    return run_command(&command, options, reporter, out_counts);
}

Error *transform_clone(const TransformOptions *options, Reporter *reporter,
                       TransformCounts *out_counts)
{
    static const RunCommand command = {"clone", TYPES_CLONE, RUN_CLONE};
    TransformOptions deferring = *options;
    deferring.defer = true; /* what is cloned is what a state says */
    return run_command(&command, &deferring, reporter, out_counts);
}

/* ---- run-operation ---- */

Error *transform_run_operation(const TransformOptions *options, Reporter *reporter,
                               TransformCounts *out_counts)
{
    AUTO_FREE(arena) Arena *arena = arena_new("operation");
    AUTO_FREE(session) Session *session = NULL;
    const Value *args = NULL;
    RunOutcome outcome = {0};
    TRY(run_operation_args(arena, options->macro_args, &args));
    TRY(command_begin(options, reporter, "run-operation", &session));
    console_found(session, NULL);
    TRY(session_connect(session));
    TRY(run_operation(session, str_from(options->macro), args, &outcome));
    return command_finish(session, &outcome, out_counts);
}

/* ---- parse and ls ---- */

Error *transform_parse(const TransformOptions *options, Reporter *reporter)
{
    AUTO_FREE(session) Session *session = NULL;
    return command_begin(options, reporter, "parse", &session);
}

static int compare_nodes(const void *a, const void *b)
{
    const Node *const *left = a;
    const Node *const *right = b;
    return str_compare((*left)->unique_id, (*right)->unique_id);
}

Error *transform_list(const TransformOptions *options, Reporter *reporter, ListOutput output,
                      const StrVec *keys)
{
    AUTO_FREE(session) Session *session = NULL;
    TRY(command_begin(options, reporter, "list", &session));
    NodeSet selected;
    if (session->reporter->style == REPORT_DBT) {
        console_found(session, NULL);
    }
    TRY(command_select(session, TYPES_LIST, true, &selected));
    size_t count = node_set_count(&selected);
    if (count == 0) {
        report_warning(session, "NoNodesSelected", STR("No nodes selected!"));
        return report_raised(session);
    }
    const Node **nodes = ARENA_ARRAY(session->arena, const Node *, count);
    size_t filled = 0;
    for (NODE_SET_EACH(i, &selected)) {
        nodes[filled++] = session->manifest->nodes.data[i];
    }
    qsort(nodes, count, sizeof(const Node *), compare_nodes);
    for (size_t i = 0; i < count; i++) {
        report_print(session, list_line(session->arena, nodes[i], output, keys));
    }
    return NULL;
}

/* ---- Failures to begin ---- */

Str transform_error_text(const Error *err, Arena *arena)
{
    const Error *root = error_root(err);
    if (strcmp(error_class(root), "dbt") == 0) {
        return error_message(root);
    }
    Str message = error_message(root);
    if (str_starts_with(message, STR("Found a cycle: "))) {
        return message;
    }
    const char *type = error_kind(root) == ERR_TEMPLATE                  ? "Compilation"
                       : strcmp(error_class(root), "InternalError") == 0 ? "Internal"
                                                                         : "Runtime";
    type = strcmp(error_class(root), "ParsingError") == 0 ? "Parsing" : type;
    StrBuf text = strbuf_init(arena, (size_t)LIMIT_ERROR_BYTES * 4);
    strbuf_printf(&text, "%s Error", type);
    Str line;
    for (Str rest = message; str_next_line(&rest, &line);) {
        strbuf_printf(&text, "\n  " STR_FMT, STR_ARG(line));
    }
    return strbuf_str(&text);
}
