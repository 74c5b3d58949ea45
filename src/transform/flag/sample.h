/* transform/flag/sample.h - --sample: the part of time that nodes read of others. Thread-safe. */
#ifndef TRANSFORM_FLAG_SAMPLE_H
#define TRANSFORM_FLAG_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* From `start_us` on, before `end_us`, both microseconds since 1970 UTC. */
typedef struct SampleWindow {
    bool is_set;
    int64_t start_us, end_us;
} SampleWindow;

/* "3 days", back from `now_us`; or a mapping as YAML, {start: 2024-01-01, end: 2024-02-01}.
 * ERR_USAGE in dbt's words. */
MUST_CHECK Error *sample_window_parse(Str text, int64_t now_us, SampleWindow *out);

#endif
