#include "ingest/normalise/job.h"

Error *normalise_job_init(NormaliseJob *job, Schema *schema)
{
    *job = (NormaliseJob){.schema = schema};
    TRY(schema_naming(schema, NAMING_DUCKDB_MAX, &job->naming));
    mutex_init(&job->mu);
    condition_init(&job->turn_changed);
    return NULL;
}

void normalise_job_done(NormaliseJob *job)
{
    condition_done(&job->turn_changed);
    mutex_done(&job->mu);
}

void normalise_job_fail(NormaliseJob *job)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&job->mu);
    job->failed = true;
    condition_wake_all(&job->turn_changed);
}

static Error *wait_until(NormaliseJob *job, uint64_t turn)
{
    while (job->turn < turn && !job->failed) {
        condition_wait(&job->turn_changed, &job->mu);
    }
    return job->failed ? error_new(ERR_CANCELLED, "another part of the load failed") : NULL;
}

Error *normalise_job_begin_batch(NormaliseJob *job, uint64_t number)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&job->mu);
    return wait_until(job,
                      number < NORMALISE_BATCHES_AHEAD ? 0 : number - NORMALISE_BATCHES_AHEAD + 1);
}

void normalise_job_end_batch(NormaliseJob *job, uint64_t number)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&job->mu);
    job->done_bits |= (uint64_t)1 << (number - job->turn);
    while ((job->done_bits & 1) != 0) {
        job->done_bits >>= 1;
        job->turn++;
    }
    condition_wake_all(&job->turn_changed);
}

Error *normalise_job_lock(NormaliseJob *job, uint64_t number)
{
    mutex_lock(&job->mu);
    Error *err = wait_until(job, number);
    if (err != NULL) {
        mutex_unlock(&job->mu);
    }
    return err;
}

void normalise_job_unlock(NormaliseJob *job)
{
    mutex_unlock(&job->mu);
}
