/* dbt after a load: the models that come from the loaded sources, with the library that `dango run`
 * calls, on the warehouse that is open already. */
#include "base/clock.h"
#include "base/limits.h"
#include "sync/hooks.h"
#include "transform/command/real_dbt.h"
#include "transform/transform.h"

enum { MOST_LINES = 6 }; /* of what the models said; the whole is in dbt.log */

/* What is kept of the lines of the run. */
typedef struct Listener {
    const HookContext *hook;
    StrBuf failures;
    size_t lines;
} Listener;

/* What is said about a failed model at the end of the run. */
static void keep_failure(Listener *listener, Str text)
{
    Str line;
    for (Str rest = text; str_next_line(&rest, &line) && listener->lines < MOST_LINES;) {
        Str bare = str_trim_end(line);
        if (bare.len > 0) {
            strbuf_printf(&listener->failures, "\n" STR_FMT, STR_ARG(bare));
            listener->lines++;
        }
    }
}

static void on_event(void *context, const ReportEvent *event, Str line)
{
    (void)line; /* the sync tells in its own words */
    Listener *listener = context;
    const HookContext *hook = listener->hook;
    if (str_is(str_from(event->name), "RunResultError")) {
        keep_failure(listener, event->text);
    } else if (event->total > 0) {
        AUTO_FREE(arena) Arena *arena = arena_new("progress");
        SyncEvent progress = {
            .kind = SYNC_PROGRESS,
            .text = str_printf(arena, "dbt: " STR_FMT, STR_ARG(event->node)),
            .percent = 100.0 * (double)event->index / (double)event->total,
        };
        hook->reporter->report(hook->reporter->context, &progress);
    }
}

static Selection selection_of(const HookContext *context)
{
    Selection selection = {0};
    for (VEC_EACH(const Str, name, context->sources)) {
        const SourceConfig *config = project_find_source(context->project, *name);
        CHECK(config != NULL);
        VEC_PUSH(context->arena, &selection.select,
                 str_printf(context->arena, "source:" STR_FMT "+", STR_ARG(config->namespace)));
    }
    return selection;
}

static Str selection_text(const HookContext *context, const Selection *selection)
{
    return str_join(context->arena, selection->select.data, selection->select.len, STR(" "));
}

/* The run's failure in few lines, with what to do. */
static Error *explain(const HookContext *context, const Listener *listener,
                      const TransformCounts *counts, const Selection *selection, TAKES Error *err)
{
    if (err == NULL || error_kind(err) == ERR_CANCELLED) {
        return err;
    }
    Error *told;
    if (error_kind(err) == ERR_FAILED) {
        Str skipped =
            counts->skip > 0 ? str_printf(context->arena, ", %zu skipped", counts->skip) : STR("");
        told = error_new(ERR_FAILED, "%zu of %zu models failed" STR_FMT STR_FMT, counts->error,
                         counts->total, STR_ARG(skipped), STR_ARG(strbuf_str(&listener->failures)));
    } else {
        Str text = transform_error_text(err, context->arena);
        told = error_new(error_kind(err), STR_FMT, STR_ARG(text));
        Str hints = error_hints(err, context->arena);
        told = hints.len > 0 ? error_hint(told, STR_FMT, STR_ARG(hints)) : told;
    }
    error_discard(err, "its text is in the new one");
    Str selected = selection_text(context, selection);
    return error_hint(told,
                      "the data is loaded; to build the models again: dango run --select " STR_FMT,
                      STR_ARG(selected));
}

static Error *run_own(const HookContext *context, const Selection *selection, Reporter *reporter,
                      TransformCounts *out_counts)
{
    TransformOptions options = {
        .selection = *selection,
        .warehouse = context->warehouse,
        .cancel = context->cancel,
    };
    Str selected = selection_text(context, selection);
    options.invocation_command =
        str_printf(context->arena, "dbt run --select " STR_FMT, STR_ARG(selected));
    transform_use_project(context->arena, context->project, &options);
    TRY(transform_use_flags(context->arena, NULL, &options));
    reporter_use_flags(reporter, options.flags, false);
    return transform_run(&options, reporter, out_counts);
}

static Error *run_real_dbt(const HookContext *context, const Selection *selection,
                           Reporter *reporter, TransformCounts *out_counts)
{
    StrVec words = {0};
    VEC_PUSH(context->arena, &words, STR("run"));
    VEC_PUSH(context->arena, &words, STR("--select"));
    for (VEC_EACH(const Str, word, &selection->select)) {
        VEC_PUSH(context->arena, &words, *word);
    }
    RealDbtRun run = {.project = context->project,
                      .words = &words,
                      .reporter = reporter,
                      .cancel = context->cancel};
    RealDbtOutcome outcome;
    TRY(real_dbt_run(context->arena, &run, &outcome));
    *out_counts = outcome.counts;
    if (outcome.exit_code > 1) {
        return error_new(ERR_CONFIG, STR_FMT, STR_ARG(outcome.failure));
    }
    return outcome.exit_code == 0 ? NULL : error_new(ERR_FAILED, "a model failed");
}

Error *hook_run_models(const HookContext *context)
{
    Listener listener = {.hook = context,
                         .failures = strbuf_init(context->arena, LIMIT_ERROR_BYTES)};
    Reporter reporter = {.style = REPORT_DANGO, .context = &listener, .event = on_event};
    Selection selection = selection_of(context);
    TransformCounts counts = {0};
    int64_t started_us = clock_monotonic_us();
    Error *err = context->project->engine == ENGINE_DBT
                     ? run_real_dbt(context, &selection, &reporter, &counts)
                     : run_own(context, &selection, &reporter, &counts);
    if (err == NULL && counts.total > 0) {
        double seconds = (double)(clock_monotonic_us() - started_us) / 1e6;
        hook_tell(context, str_printf(context->arena, "✓ dbt: %zu model%s updated (%.1fs)",
                                      counts.total, counts.total == 1 ? "" : "s", seconds));
    }
    return explain(context, &listener, &counts, &selection, err);
}
