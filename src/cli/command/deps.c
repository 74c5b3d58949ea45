/* dango deps, and the same as dbt: brings the packages a project asks for. */
#include "transform/package/deps.h"

#include "cli/command/all.h"
#include "cli/command/transform_flags.h"
#include "cli/command/transform_job.h"

static const char *const sources[] = {"hub", "git", "local", NULL};

static const FlagDef deps_flags[] = {
    {.name = "lock", .kind = FLAG_SWITCH, .help = "write package-lock.yml only, install nothing"},
    {.name = "upgrade",
     .kind = FLAG_SWITCH,
     .help = "decide on versions anew, whatever package-lock.yml says"},
    {.name = "add-package",
     .kind = FLAG_TEXT,
     .value = "NAME@VERSION",
     .help = "add a package to packages.yml first"},
    {.name = "source",
     .kind = FLAG_TEXT,
     .value = "SOURCE",
     .choices = sources,
     .help = "where the added package comes from; hub if not given"},
    PROJECT_FLAGS,
    {0},
};

static Error *run_deps(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    DepsOptions deps = {.lock_only = job_switch(invocation, "lock"),
                        .upgrade = job_switch(invocation, "upgrade"),
                        .add_package = job_text(invocation, "add-package"),
                        .source = job_text(invocation, "source")};
    return job_end(&job, transform_deps(&job.options, &deps, &job.reporter));
}

const CommandDef command_deps = {
    .path = "deps",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_NONE,
    .summary = "install the packages that packages.yml asks for",
    .description = "Local packages are linked, others come by the programs git, curl and tar. "
                   "DBT_PACKAGE_HUB_URL names a package index other than dbt's; as "
                   "file:///directory/ it is a copy on disk.",
    .examples = "dango deps\n"
                "dango deps --upgrade                      # newer versions within the ranges\n"
                "dango deps --add-package dbt-labs/dbt_utils@1.3.0",
    .flags = deps_flags,
    .shared = transform_shared_flags,
    .run = run_deps,
};
