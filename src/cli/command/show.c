/* dango compile and show: what models are as SQL, and what rows they give. */
#include "cli/command/all.h"
#include "cli/command/transform_flags.h"
#include "cli/command/transform_job.h"

enum { DEFAULT_LIMIT = 5 };

static const char *const outputs[] = {"text", "json", NULL};

#define INLINE_FLAGS(text) \
    {.name = "inline", .kind = FLAG_TEXT, .value = "SQL", .help = (text)}, \
        {.name = "output", \
         .letter = 'o', \
         .kind = FLAG_TEXT, \
         .value = "FORMAT", \
         .choices = outputs, \
         .help = "how to print"}, \
        {.name = "introspect", \
         .kind = FLAG_SWITCH, \
         .help = "let macros ask the warehouse (the default)", \
         .negatable = true}, \
    { \
        .name = "inject-ephemeral-ctes", .kind = FLAG_SWITCH, .negatable = true, \
        .help = "put ephemeral models into the query (the default)" \
    }

static const FlagDef compile_flags[] = {
    INLINE_FLAGS("compile this text instead of files"),
    EMPTY_FLAG,
    FULL_REFRESH_FLAG("as the SQL of models is when they are built anew"),
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};
static const FlagDef show_flags[] = {
    INLINE_FLAGS("show the rows of this query, which may use ref() and macros"),
    {.name = "inline-direct",
     .kind = FLAG_TEXT,
     .value = "SQL",
     .help = "show the rows of this query, which is no template"},
    {.name = "limit",
     .kind = FLAG_INT,
     .value = "N",
     .min = -1,
     .help = "how many rows, 5 unless told; -1: all"},
    FULL_REFRESH_FLAG("as models are when they are built anew"),
    SELECTION_FLAGS,
    THREAD_FLAGS,
    PROJECT_FLAGS,
    {0},
};

static bool is_off(const Invocation *invocation, const char *flag)
{
    return invocation_has(invocation, flag) && !invocation_switch(invocation, flag);
}

static void read_options(const Job *job, TransformOptions *out)
{
    const Invocation *invocation = job->invocation;
    out->inline_code = job_text(invocation, "inline");
    out->output_json = job->app->json || str_is(invocation_text(invocation, "output"), "json");
    out->no_inject_ctes = is_off(invocation, "inject-ephemeral-ctes");
}

static Error *run_compile(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    read_options(&job, &job.options);
    return job_end(&job, transform_compile(&job.options, &job.reporter, NULL));
}

static Error *run_show(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    read_options(&job, &job.options);
    job.options.inline_plain = job_text(invocation, "inline-direct");
    job.options.limit = invocation_int(invocation, "limit", DEFAULT_LIMIT);
    return job_end(&job, transform_show(&job.options, &job.reporter, NULL));
}

const CommandDef command_compile = {
    .path = "compile",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "show the SQL of models without running it",
    .examples = "dango compile --select fct_orders\n"
                "dango compile --inline \"select * from {{ ref('fct_orders') }}\"",
    .flags = compile_flags,
    .shared = transform_shared_flags,
    .run = run_compile,
};
const CommandDef command_show = {
    .path = "show",
    .programs = PROGRAM_DANGO | PROGRAM_DBT,
    .needs = NEEDS_PROJECT | NEEDS_ENGINE,
    .args_kind = ARGS_SELECTORS,
    .args = "[SELECTOR ...]",
    .summary = "print the first rows that models would give, without building them",
    .examples = "dango show --select fct_orders --limit 20\n"
                "dango show --inline \"select count(*) from {{ ref('fct_orders') }}\"\n"
                "dango show --select fct_orders --output json",
    .flags = show_flags,
    .shared = transform_shared_flags,
    .run = run_show,
};
