/* dango docs generate: what is known of the models, as files and a page. */
#include "cli/command/all.h"
#include "cli/command/transform_flags.h"
#include "cli/command/transform_job.h"

static const FlagDef flags[] = {
    {.name = "compile",
     .kind = FLAG_SWITCH,
     .negatable = true,
     .help = "compile the models first (the default)"},
    {.name = "empty-catalog", .kind = FLAG_SWITCH, .help = "ask nothing of the warehouse"},
    {.name = "static",
     .kind = FLAG_SWITCH,
     .help = "write static_index.html, too: the page with all data in it"},
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};

static Error *run(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    job.options.no_compile =
        invocation_has(invocation, "compile") && !invocation_switch(invocation, "compile");
    job.options.empty_catalog = invocation_switch(invocation, "empty-catalog");
    job.options.static_page = invocation_switch(invocation, "static");
    return job_end(&job, transform_docs(&job.options, &job.reporter, NULL));
}

const CommandDef command_docs_generate = {
    .path = "docs generate",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "write manifest.json, catalog.json and a page that shows them",
    .description = "The page is target/index.html. Browsers let it read the files beside it from a "
                   "web server only; --static makes one that opens from the disk.",
    .examples = "dango docs generate --static\ndango docs generate --no-compile",
    .flags = flags,
    .shared = transform_shared_flags,
    .run = run,
};
