/* ingest/normalise/job.h - what all threads that normalise the rows of one load share: the schema,
 * which grows while rows come in, and the order in which it may grow.
 *
 * Batches of rows are numbered in the order in which the source gave them, and normalised by
 * several threads at once. A batch that needs something new in the schema (a table, a column, a
 * variant) waits until all earlier batches are done: so the schema comes out as if one thread had
 * read the rows one after the other, as dlt does it. What a batch did with an older schema stays
 * right, because tables and columns are only ever added. Once the shape of the data is known nobody
 * waits.
 *
 *     NormaliseJob job;
 *     TRY(normalise_job_init(&job, arena, schema, &options));
 *     each thread: normaliser_new(&job, &out); normaliser_begin(..); normaliser_add(..) ...
 *     normalise_job_done(&job); */
#ifndef INGEST_NORMALISE_JOB_H
#define INGEST_NORMALISE_JOB_H

#include "base/thread.h"
#include "ingest/normalise/rejected.h"
#include "ingest/schema.h"

/* What happens to what a contract does not allow. */
typedef enum ContractMode {
    CONTRACT_EVOLVE,
    CONTRACT_FREEZE,
    CONTRACT_DISCARD_ROW,
    CONTRACT_DISCARD_VALUE,
} ContractMode;

typedef enum ContractEntity {
    CONTRACT_TABLES,
    CONTRACT_COLUMNS,
    CONTRACT_DATA_TYPE,
    CONTRACT_ENTITIES,
} ContractEntity;

typedef struct NormaliseJob {
    Schema *schema; /* guarded by mu while threads work */
    Naming naming;
    Mutex mu;
    Condition turn_changed;
    uint64_t turn;      /* guarded by mu: the first batch that is not done */
    uint64_t done_bits; /* guarded by mu: bit i: batch turn + i is done */
    bool failed;        /* guarded by mu: nobody waits any more */
    RejectedCount rejected;
} NormaliseJob;

/* Batches in work at once; beginning one further waits. */
enum { NORMALISE_BATCHES_AHEAD = 64 };

/* `schema` must outlive the job. ERR_UNSUPPORTED for a naming convention that is not one of ours.
 */
MUST_CHECK Error *normalise_job_init(NormaliseJob *job, Schema *schema);
void normalise_job_done(NormaliseJob *job);
/* Ends all waiting with ERR_CANCELLED, after a thread has failed. */
void normalise_job_fail(NormaliseJob *job);

/* Waits until batch `number` is near enough to the first that is not done. */
MUST_CHECK Error *normalise_job_begin_batch(NormaliseJob *job, uint64_t number);
void normalise_job_end_batch(NormaliseJob *job, uint64_t number);
/* Waits until all batches before `number` are done, and holds the schema until unlock. */
MUST_CHECK Error *normalise_job_lock(NormaliseJob *job, uint64_t number);
void normalise_job_unlock(NormaliseJob *job);

#endif
