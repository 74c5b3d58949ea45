/* cli/command/transform_job.h - what the commands of dbt's job share, whatever the name they are
 * called by. As dango: the project's own dbt directory and warehouse, lines in dango's layout, and
 * writers take turns by the write lock. As dbt: what dbt would find, lines and exit codes as dbt's.
 */
#ifndef CLI_COMMAND_TRANSFORM_JOB_H
#define CLI_COMMAND_TRANSFORM_JOB_H

#include "cli/app.h"
#include "transform/console/deprecation.h"
#include "transform/transform.h"
#include "warehouse/lock.h"

/* One invocation: what transform/ needs from the command line. The reporter's context is the Job,
 * so it must not be moved once it is prepared. */
typedef struct Job {
    App *app;
    const Invocation *invocation;
    TransformOptions options;
    Reporter reporter;
    DeprecationTally deprecations;
} Job;

/* Reads the options that the command declares; those it does not are as if not given. */
MUST_CHECK Error *job_prepare(App *app, const Invocation *invocation, Job *out);
/* What the command ends with: as dbt, a failure to begin is told here, and the exit status is 2. */
MUST_CHECK Error *job_end(Job *job, TAKES Error *err);

typedef Error *(*JobWork)(const TransformOptions *options, Reporter *reporter,
                          TransformCounts *counts);
/* Prepares, holds the write lock while `work` is done, ends. */
MUST_CHECK Error *job_run(App *app, const Invocation *invocation, JobWork work);

/* Writers of the project's warehouse take turns, with --wait for so long; a dbt project of its own
 * has no lock but DuckDB's. */
MUST_CHECK Error *job_take_lock(const App *app, const Invocation *invocation, WriteLock *out_lock);

/* A line of the command line itself, which no session tells. `name` is that of dbt's event. */
void job_say(Job *job, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);

/* The value of an option; NULL when it is not given or not declared. */
const char *job_text(const Invocation *invocation, const char *flag);
bool job_switch(const Invocation *invocation, const char *flag);

#endif
