/* dango source freshness: whether sources were loaded lately. */
#include "cli/command/all.h"
#include "cli/command/transform_flags.h"
#include "cli/command/transform_job.h"

static const FlagDef flags[] = {
    {.name = "output",
     .letter = 'o',
     .kind = FLAG_TEXT,
     .value = "PATH",
     .help = "where to write the results, in place of target/sources.json"},
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};

static Error *check(const TransformOptions *options, Reporter *reporter, TransformCounts *counts)
{
    const Job *job = reporter->context;
    TransformOptions own = *options;
    own.output_path = job_text(job->invocation, "output");
    return transform_freshness(&own, reporter, counts);
}

static Error *run(App *app, const Invocation *invocation)
{
    return job_run(app, invocation, check);
}

const CommandDef command_source_freshness = {
    .path = "source freshness",
    .alias = "source snapshot-freshness",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "check how old the newest rows of the declared sources are",
    .description = "Sources of the models' property files with 'freshness' and 'loaded_at_field'.",
    .examples = "dango source freshness\ndango source freshness --select source:shop",
    .flags = flags,
    .shared = transform_shared_flags,
    .run = run,
};
