#include "transform/command/run_operation.h"

#include "base/clock.h"
#include "base/suggest.h"
#include "transform/context/failure.h"
#include "transform/run/run_node.h"
#include "value/yaml_reader.h"

Error *run_operation_args(Arena *arena, const char *text, const Value **out)
{
    ReadOptions options = {.path = STR("--args")};
    Str given = str_from(text != NULL ? text : "{}");
    Error *err = yaml_read(arena, given, &options, out);
    if (err == NULL && value_is(*out, VALUE_MAP)) {
        return NULL;
    }
    error_discard(err, "the message below says what matters");
    return error_hint(
        error_as(error_new(ERR_USAGE,
                           "The YAML provided in the --args argument is not valid.\n"
                           "Invalid value for '--args': String '" STR_FMT "' is not valid YAML",
                           STR_ARG(given)),
                 FLAG_USAGE_CLASS),
        "write a mapping, such as --args '{name: value}'");
}

/* ---- Finding the macro ---- */

typedef struct MacroName {
    Str package; /* empty when none was given */
    Str name;
} MacroName;

static MacroName split_name(Str text)
{
    MacroName parts = {.name = text};
    size_t dot = str_find_char(text, '.');
    if (dot != SIZE_MAX) {
        parts.package = str_slice(text, 0, dot);
        parts.name = str_from_offset(text, dot + 1);
    }
    return parts;
}

static const Macro *find_macro(const Session *session, MacroName wanted)
{
    if (wanted.package.len > 0) {
        const PackageMacros *package = macro_namespace(session->macros, wanted.package);
        return package != NULL ? macro_in(package, wanted.name) : NULL;
    }
    const Macro *macro = macro_find(session->macros, session->manifest->root_package, wanted.name);
    for (size_t i = 0; macro == NULL && i < session->manifest->macros.len; i++) {
        const Macro *other = session->manifest->macros.data[i];
        macro = str_eq(other->name, wanted.name) ? other : NULL;
    }
    return macro;
}

static void tell_caught(const Session *session, Arena *arena, Str exception)
{
    ReportField fields[] = {{"exc", value_string(exception)}};
    ReportEvent event = {
        .name = "RunningOperationCaughtError",
        .level = LOG_ERROR,
        .text = str_printf(arena, "Encountered an error while running operation: " STR_FMT,
                           STR_ARG(exception)),
        .fields = fields,
        .field_count = ARRAY_LEN(fields)};
    report_event(session, &event);
}

static Error *missing_macro(const Session *session, MacroName wanted)
{
    AUTO_FREE(arena) Arena *arena = arena_new("macro");
    Str place = wanted.package.len > 0
                    ? str_printf(arena, "the \"" STR_FMT "\" package", STR_ARG(wanted.package))
                    : STR("any package");
    Str text = str_printf(arena,
                          "Runtime Error\n"
                          "  dbt could not find a macro with the name \"" STR_FMT "\" in " STR_FMT,
                          STR_ARG(wanted.name), STR_ARG(place));
    tell_caught(session, arena, text);
    Suggestion nearest = suggestion_init(wanted.name);
    for (VEC_EACH(const MacroPtr, it, &session->manifest->macros)) {
        suggestion_try(&nearest, (*it)->name);
    }
    Error *err = error_new(ERR_TEMPLATE,
                           "dbt could not find a macro with the name '" STR_FMT
                           "' in any package. This can happen when calling a macro that does not "
                           "exist. Check for typos and/or install package dependencies with \"dbt "
                           "deps\".",
                           STR_ARG(wanted.name));
    return nearest.name.len > 0
               ? error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(nearest.name))
               : err;
}

/* ---- Calling it ---- */

static Error *call_macro(Worker *worker, Context *ctx, const Macro *macro, const Value *args)
{
    JValue kwargs = convert_to_jinja(jinja_heap(worker->state), args), result = JNONE;
    JCall call = {.kwargs = kwargs.dict};
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    Error *err =
        jinja_call_macro(worker->state, macro->tpl, macro->tpl_index, &scope, &call, &result);
    failure_left_macro(ctx, macro, err);
    return err;
}

static void run_macro(Worker *worker, const Macro *macro, const Value *args, NodeResult *out)
{
    int64_t started_us = clock_monotonic_us();
    out->compile_started_us = out->compile_ended_us = out->execute_started_us = clock_now_us();
    NodeRun run = run_begin(worker, NULL);
    Context ctx = compile_context(worker, NULL, &run);
    ctx.package = macro->package;
    ctx.operation = out->node;
    Error *err = call_macro(worker, &ctx, macro, args);
    node_run_rollback(&run); /* what was to stay is committed */
    out->failures = err != NULL;
    out->status = err != NULL ? STATUS_ERROR : STATUS_SUCCESS;
    if (err != NULL) {
        tell_caught(worker->session, ctx.arena, failure_text(&ctx, ctx.arena, err));
        error_discard(err, "its text was told just now");
    }
    out->execute_ended_us = clock_now_us();
    out->elapsed_us = clock_monotonic_us() - started_us;
    jinja_reset(worker->state);
}

/* What stands for the macro in results. */
static const Node *operation_node(Arena *arena, const Macro *macro)
{
    Node *node = ARENA_NEW(arena, Node);
    *node = (Node){.type = RESOURCE_OPERATION,
                   .unique_id = macro->unique_id,
                   .name = macro->name,
                   .package = macro->package,
                   .original_path = macro->path};
    return node;
}

Error *run_operation(Session *session, Str name, const Value *args, RunOutcome *out)
{
    MacroName wanted = split_name(name);
    const Macro *macro = find_macro(session, wanted);
    if (macro == NULL) {
        return missing_macro(session, wanted);
    }
    Worker worker = {0};
    NodeResult result = {.node = operation_node(session->arena, macro), .worker = WORKER_OPERATION};
    Error *err = worker_open(&worker, session, 0);
    if (err == NULL) {
        run_macro(&worker, macro, args, &result);
        VEC_PUSH(session->arena, &out->results, result);
        out->elapsed_us = result.elapsed_us;
        out->counts = (TransformCounts){.total = 1,
                                        .pass = result.status == STATUS_SUCCESS,
                                        .error = result.status == STATUS_ERROR};
        out->cancelled = cancel_requested(session->options->cancel);
    }
    worker_close(&worker);
    return err;
}
