/* ingest/state_file.h - .dlt/pipelines/<source>/state/: state.json and trace.json, copies for
 * people of what the warehouse remembers, and of what the last run did (dango.md 5.4). */
#ifndef INGEST_STATE_FILE_H
#define INGEST_STATE_FILE_H

#include <stdint.h>

#include "project/project.h"

typedef struct StateFacts {
    Str source;
    Str resource;
    Str table;
    Str load_id;
    int64_t rows;        /* of this load */
    int64_t rows_synced; /* of all loads since the last fresh start */
    int64_t total_rows;
    double seconds;
} StateFacts;

MUST_CHECK Error *state_files_write(const Project *project, const StateFacts *facts);

#endif
