/* dango build, run, test, seed, compile, ls, parse, and the same as dbt: one entry each. */
#include "cli/command/all.h"
#include "cli/command/transform_flags.h"
#include "cli/command/transform_job.h"

static const char *const outputs[] = {"selector", "name", "path", "json", NULL};

static const FlagDef run_flags[] = {
    FULL_REFRESH_FLAG("build incremental models anew"),
    EMPTY_FLAG,
    STRICT_FLAG,
    EVENT_TIME_FLAGS,
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef test_flags[] = {
    STORE_FAILURES_FLAG, SELECTION_FLAGS, THREAD_FLAGS, PROJECT_FLAGS, {0},
};
static const FlagDef build_flags[] = {
    FULL_REFRESH_FLAG("build incremental models and seeds anew"),
    EMPTY_FLAG,
    STRICT_FLAG,
    EVENT_TIME_FLAGS,
    STORE_FAILURES_FLAG,
    SHOW_SEEDS_FLAG(true),
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef seed_flags[] = {
    FULL_REFRESH_FLAG("make the tables anew, for files whose columns changed"),
    SHOW_SEEDS_FLAG(false),
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef snapshot_flags[] = {
    EMPTY_FLAG, SELECTION_FLAGS, THREAD_FLAGS, PROJECT_FLAGS, {0},
};
static const FlagDef clone_flags[] = {
    FULL_REFRESH_FLAG("clone what is there already, too"),
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef list_flags[] = {
    {.name = "output",
     .kind = FLAG_TEXT,
     .value = "KIND",
     .choices = outputs,
     .help = "how to write each node"},
    {.name = "output-keys",
     .kind = FLAG_WORDS,
     .value = "KEY",
     .help = "with --output json: only these keys"},
    SELECTION_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef operation_flags[] = {
    {.name = "args",
     .kind = FLAG_TEXT,
     .value = "YAML",
     .help = "arguments of the macro, such as 'name: value'"},
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef parse_flags[] = {THREAD_FLAGS, PROJECT_FLAGS, {0}};

static Error *run_run(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, transform_run);
}

static Error *run_test(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, transform_test);
}

static Error *run_build(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, transform_build);
}

static Error *load_seeds(const TransformOptions *options, Reporter *reporter,
                         TransformCounts *counts)
{
    const Job *job = reporter->context;
    TransformOptions own = *options;
    own.show_seeds = job_switch(job->invocation, "show");
    return transform_seed(&own, reporter, counts);
}

static Error *run_seed(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, load_seeds);
}

static Error *run_clone(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, transform_clone);
}

static Error *run_snapshot(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, transform_snapshot);
}

static Error *call_operation(const TransformOptions *options, Reporter *reporter,
                             TransformCounts *counts)
{
    const Job *job = reporter->context;
    TransformOptions named = *options;
    named.macro = job->invocation->args.data[0].data;
    named.macro_args = job_text(job->invocation, "args");
    return transform_run_operation(&named, reporter, counts);
}

static Error *run_run_operation(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, call_operation);
}

static Error *run_ls(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    ListOutput output = app->json ? LIST_JSON : LIST_SELECTOR;
    Str wanted = invocation_text(invocation, "output");
    if (wanted.data != NULL) {
        TRY(list_output_parse(wanted, &output));
    }
    StrVec keys = invocation_list(invocation, "output-keys", app->arena);
    return job_end(&job, transform_list(&job.options, &job.reporter, output, &keys));
}

static Error *run_parse(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    return job_end(&job, transform_parse(&job.options, &job.reporter));
}

const CommandDef command_run = {
    .path = "run",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "build models in dependency order",
    .examples = "dango run\n"
                "dango run --select +fct_orders            # a model and what it needs\n"
                "dango run --select staging.* --threads 8\n"
                "dango run --vars 'year: 2024' --fail-fast",
    .flags = run_flags,
    .shared = transform_shared_flags,
    .run = run_run,
};
const CommandDef command_test = {
    .path = "test",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "run the tests on models and sources",
    .examples = "dango test\ndango test --select fct_orders",
    .flags = test_flags,
    .shared = transform_shared_flags,
    .run = run_test,
};
const CommandDef command_build = {
    .path = "build",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "load seeds, build models and test them, each before what is made from it",
    .description = "What is made from a node whose test failed is skipped.",
    .examples = "dango build\ndango build --select stg_orders+ --fail-fast",
    .flags = build_flags,
    .shared = transform_shared_flags,
    .run = run_build,
};
const CommandDef command_seed = {
    .path = "seed",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "load the project's CSV files into tables",
    .examples = "dango seed\n"
                "dango seed --select countries --full-refresh   # after a column was added",
    .flags = seed_flags,
    .shared = transform_shared_flags,
    .run = run_seed,
};
const CommandDef command_snapshot = {
    .path = "snapshot",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "keep the history of tables: what changed since the last time",
    .examples = "dango snapshot\ndango snapshot --select orders_history",
    .flags = snapshot_flags,
    .shared = transform_shared_flags,
    .run = run_snapshot,
};
const CommandDef command_clone = {
    .path = "clone",
    .programs = PROGRAM_DBT,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "make what another project built visible in the places of this one",
    .examples = "dbt clone --state prod_artifacts\n"
                "dbt clone --state prod_artifacts --select orders+ --full-refresh",
    .flags = clone_flags,
    .shared = transform_shared_flags,
    .run = run_clone,
};
const CommandDef command_run_operation = {
    .path = "run-operation",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_ONE,
    .args = "MACRO",
    .summary = "call a macro",
    .examples = "dango run-operation grant_select --args '{role: reporter}'\n"
                "dango run-operation my_package.clean_up",
    .flags = operation_flags,
    .shared = transform_shared_flags,
    .run = run_run_operation,
};
const CommandDef command_ls = {
    .path = "ls",
    .alias = "list",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "list models, tests and sources",
    .examples = "dango ls --select tag:daily\ndango ls --resource-type model --output json",
    .flags = list_flags,
    .shared = transform_shared_flags,
    .run = run_ls,
};
const CommandDef command_parse = {
    .path = "parse",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .summary = "read the models and write manifest.json, without building anything",
    .examples = "dango parse\ndango parse --vars 'year: 2024'",
    .flags = parse_flags,
    .shared = transform_shared_flags,
    .run = run_parse,
};
