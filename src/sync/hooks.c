#include "sync/hooks.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "sync/activity.h"
#include "sync/history.h"
#include "sync/pending.h"

typedef struct SyncHook {
    const char *name;  /* in messages */
    bool needs_models; /* there must be a dbt project, and something to build in it */
    bool by_engine;    /* a real dbt does it where the project has chosen that */
    SyncPhase phase;
    Error *(*run)(const HookContext *context);
} SyncHook;

/* In the order they run. */
static const SyncHook hooks[] = {
    {"test results", false, false, PHASE_HOOKS, hook_keep_test_results},
    {"staging", true, false, PHASE_HOOKS, hook_generate},
    {"dbt", true, true, PHASE_DBT, hook_run_models},
    {"_dango_meta", false, false, PHASE_HOOKS, hook_write_meta},
};

static void tell(const SyncReporter *reporter, SyncEvent event)
{
    event.time_us = clock_now_us();
    reporter->report(reporter->context, &event);
}

void hook_tell(const HookContext *context, Str text)
{
    tell(context->reporter, (SyncEvent){.kind = SYNC_HOOK, .text = text});
}

/* ---- Which sources ---- */

static bool has(const StrVec *names, Str name)
{
    for (VEC_EACH(const Str, it, names)) {
        if (str_eq(*it, name)) {
            return true;
        }
    }
    return false;
}

/* Sources of this sync that loaded something now, or earlier without their models being built. */
static StrVec sources_to_build(const HookRun *run, Arena *arena, const StrVec *pending)
{
    StrVec sources = {0};
    for (VEC_EACH(const Str, name, run->requested)) {
        const SourceConfig *config = project_find_source(run->project, *name);
        bool is_due = has(run->loaded, *name) || has(pending, *name);
        if (is_due && config != NULL && config->error == NULL) {
            VEC_PUSH(arena, &sources, *name);
        }
    }
    return sources;
}

/* Remembers what is to be built, or forgets it. */
static void set_pending(const HookRun *run, Arena *arena, const StrVec *before,
                        const StrVec *sources, bool is_built)
{
    StrVec names = {0};
    for (VEC_EACH(const Str, name, before)) {
        if (!has(sources, *name)) {
            VEC_PUSH(arena, &names, *name);
        }
    }
    for (VEC_EACH(const Str, name, sources)) {
        if (!is_built) {
            VEC_PUSH(arena, &names, *name);
        }
    }
    Error *err = pending_write(run->project, &names);
    if (err != NULL) {
        Str why = error_full_message(err, arena);
        log_warning("what is still to be built is not recorded: " STR_FMT, STR_ARG(why));
        error_discard(err, "it matters only if building fails");
    }
}

/* Whether models can be built; a project without them is told why nothing happens. */
static bool has_models(const HookRun *run, Arena *arena, bool is_needed)
{
    if (run->request->no_hooks || !run->project->auto_dbt) {
        return false;
    }
    Str file = fs_join(arena, run->project->dbt_directory, STR("dbt_project.yml"));
    bool found = fs_is_file(str_to_c(arena, file));
    if (!found && is_needed) {
        Str shown = project_shown_path(run->project, file);
        Str text = str_printf(arena,
                              "No models are built: there is no " STR_FMT
                              " ('platform.auto_dbt: false' hides this line)",
                              STR_ARG(shown));
        tell(run->reporter, (SyncEvent){.kind = SYNC_HOOK, .text = text});
    }
    return found;
}

/* ---- Failures ---- */

/* The failure as it stands in the newest entry of each source. */
static Error *record(const HookRun *run, const StrVec *sources, Str message)
{
    Error *err = activity_add(run->project, "error", STR(""), message);
    for (VEC_EACH(const Str, source, sources)) {
        err = error_first(err, history_add_transform_error(run->project, *source, message));
    }
    return err;
}

static void tell_failure(const HookRun *run, const SyncHook *hook, const StrVec *sources,
                         const Error *err)
{
    AUTO_FREE(arena) Arena *arena = arena_new("failed hook");
    Str why = error_full_message(err, arena);
    Str text = str_printf(arena, "%s: " STR_FMT, hook->name, STR_ARG(why));
    tell(run->reporter, (SyncEvent){.kind = SYNC_HOOK_FAILED,
                                    .source = str_from(hook->name),
                                    .error_class = str_from(error_class(err)),
                                    .text = text,
                                    .hint = error_hints(err, arena),
                                    .flag = error_kind(err) == ERR_CANCELLED});
    status_file_add_dbt_error(run->status, text);
    Error *unrecorded = record(run, sources, text);
    if (unrecorded != NULL) {
        Str lost = error_full_message(unrecorded, arena);
        log_warning("the history does not show this failure: " STR_FMT, STR_ARG(lost));
        error_discard(unrecorded, "it was told");
    }
}

/* ---- Running ---- */

/* Two processes cannot have the warehouse open. */
static Error *prepare_warehouse(const HookRun *run, const SyncHook *hook, Connection **out)
{
    if (hook->by_engine && run->project->engine == ENGINE_DBT) {
        warehouse_close(*run->warehouse);
        *run->warehouse = NULL;
        return NULL;
    }
    if (*run->warehouse == NULL) {
        TRY(run->open(run->context, run->warehouse));
    }
    TRY(connection_open(*run->warehouse, out));
    connection_set_cancel(*out, run->cancel);
    return NULL;
}

static Error *run_step(const HookRun *run, const SyncHook *hook, const StrVec *sources)
{
    AUTO_FREE(arena) Arena *arena = arena_new("hook");
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(cancel_check(run->cancel));
    TRY(prepare_warehouse(run, hook, &connection));
    HookContext context = {
        .arena = arena,
        .project = run->project,
        .warehouse = *run->warehouse,
        .connection = connection,
        .cancel = run->cancel,
        .reporter = run->reporter,
        .sources = sources,
    };
    return hook->run(&context);
}

/* True when all steps on models succeeded. */
static bool run_steps(const HookRun *run, const StrVec *sources, bool with_models, HookOutcome *out)
{
    bool is_built = true;
    for (size_t i = 0; i < ARRAY_LEN(hooks) && !out->interrupted; i++) {
        const SyncHook *hook = &hooks[i];
        if (hook->needs_models && !with_models) {
            continue;
        }
        status_file_note(run->status, hook->phase, str_from(hook->name));
        AUTO_FREE(error) Error *err = run_step(run, hook, sources);
        if (err != NULL) {
            out->failed++;
            out->interrupted = error_kind(err) == ERR_CANCELLED;
            is_built = is_built && !hook->needs_models;
            tell_failure(run, hook, sources, err);
        }
    }
    return is_built && !out->interrupted;
}

void hooks_run(const HookRun *run, HookOutcome *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("hooks");
    *out = (HookOutcome){0};
    StrVec pending = {0};
    pending_read(arena, run->project, &pending);
    StrVec sources = sources_to_build(run, arena, &pending);
    bool with_models = has_models(run, arena, sources.len > 0) && sources.len > 0;
    if (run->loaded->len == 0 && !with_models && !run->has_failures) {
        return;
    }
    if (with_models) {
        set_pending(run, arena, &pending, &sources, false);
    }
    bool is_built = run_steps(run, &sources, with_models, out);
    if (with_models && is_built) {
        set_pending(run, arena, &pending, &sources, true);
    }
}
