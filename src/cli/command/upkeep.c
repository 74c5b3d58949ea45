/* dbt retry, clean and debug: around the runs of a project. */
#include "cli/command/all.h"
#include "cli/command/transform_flags.h"
#include "cli/command/transform_job.h"

static const FlagDef retry_flags[] = {
    {.name = "state",
     .kind = FLAG_TEXT,
     .value = "PATH",
     .help = "the directory with the run_results.json of the run; else the target directory"},
    FULL_REFRESH_FLAG("build incremental models anew"),
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef clean_flags[] = {
    {.name = "clean-project-files-only",
     .kind = FLAG_SWITCH,
     .negatable = true,
     .help = "refuse directories outside of the project (the default)"},
    PROJECT_FLAGS,
    {0},
};
static const FlagDef debug_flags[] = {
    {.name = "connection", .kind = FLAG_SWITCH, .help = "test the connection only"},
    {.name = "config-dir", .kind = FLAG_SWITCH, .help = "tell where profiles.yml lies"},
    PROJECT_FLAGS,
    {0},
};

static Error *run_again(const TransformOptions *options, Reporter *reporter,
                        TransformCounts *counts)
{
    const Job *job = reporter->context;
    TransformOptions again = *options;
    again.retry_state = job_text(job->invocation, "state");
    return transform_retry(&again, reporter, counts);
}

static Error *run_retry(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, run_again);
}

static Error *run_clean(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    return job_end(&job, transform_clean(&job.options, &job.reporter));
}

static Error *run_debug(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    DebugPart part = invocation_switch(invocation, "config-dir")   ? DEBUG_CONFIG_DIR
                     : invocation_switch(invocation, "connection") ? DEBUG_CONNECTION
                                                                   : DEBUG_ALL;
    return job_end(&job, transform_debug(&job.options, &job.reporter, part));
}

const CommandDef command_retry = {
    .path = "retry",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .summary = "do again what failed or was skipped in the last run",
    .examples = "dango retry\ndango retry --vars 'year: 2024'",
    .flags = retry_flags,
    .shared = transform_shared_flags,
    .run = run_retry,
};
const CommandDef command_clean = {
    .path = "clean",
    .programs = PROGRAM_DBT,
    .summary = "remove the directories that clean-targets names",
    .examples = "dbt clean",
    .flags = clean_flags,
    .shared = transform_shared_flags,
    .run = run_clean,
};
const CommandDef command_debug = {
    .path = "debug",
    .programs = PROGRAM_DBT,
    .summary = "check the project, the profile and the connection",
    .examples = "dbt debug\ndbt debug --connection --target prod",
    .flags = debug_flags,
    .shared = transform_shared_flags,
    .run = run_debug,
};
