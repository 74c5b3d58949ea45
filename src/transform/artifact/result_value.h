/* transform/artifact/result_value.h - results as documents: what run_results.json and the `results`
 * of on-run-end hooks have in common. */
#ifndef TRANSFORM_ARTIFACT_RESULT_VALUE_H
#define TRANSFORM_ARTIFACT_RESULT_VALUE_H

#include "jinja/jinja.h"
#include "transform/run/result.h"

/* A time in UTC as artifacts write it; null for 0. */
Value result_time(Arena *arena, int64_t time_us);
/* "Thread-1 (worker)", for WORKER_MAIN "main". */
Str result_thread(Arena *arena, size_t worker);
/* Adds status, timing, thread_id, execution_time, adapter_response, message and failures. */
void result_add_fields(Arena *arena, const NodeResult *result, ValueMapBuilder *map);
/* The batches of a microbatch model; null for all else. */
Value result_batches(Arena *arena, const NodeResult *result);

/* What templates get of a result: its fields and its node, each with to_dict(). */
JValue result_object(JHeap *heap, const NodeResult *result);

#endif
