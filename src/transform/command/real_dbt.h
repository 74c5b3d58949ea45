/* transform/command/real_dbt.h - the same work by a real dbt, for projects whose project.yml says
 * `transform: {engine: dbt}`. It opens the warehouse by itself, which nobody may have open
 * meanwhile, and writes its artifacts and its log where ours would be. */
#ifndef TRANSFORM_COMMAND_REAL_DBT_H
#define TRANSFORM_COMMAND_REAL_DBT_H

#include "transform/transform.h"

typedef struct RealDbtRun {
    const Project *project;
    const StrVec *words;      /* what stands behind "dbt"; paths in them are absolute */
    const char *profiles_dir; /* NULL: searched for as ours, and made up where there is none */
    Reporter *reporter;       /* gets its events, without lines; NULL: it prints where we print */
    const Cancel *cancel;     /* asked for, it is interrupted as by ctrl-c; may be NULL */
} RealDbtRun;

typedef struct RealDbtOutcome {
    int exit_code;          /* dbt's: 0, 1 a node failed, 2 it did not begin */
    TransformCounts counts; /* with a reporter */
    Str failure;            /* with a reporter: why it did not begin */
} RealDbtOutcome;

/* ERR_NOT_FOUND: there is no dbt on PATH. ERR_CANCELLED. ERR_FAILED: it was killed. */
MUST_CHECK Error *real_dbt_run(Arena *arena, const RealDbtRun *run, RealDbtOutcome *out);

#endif
