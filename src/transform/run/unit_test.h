/* transform/run/unit_test.h - a unit test on one worker: the model is compiled with rows in place
 * of what it reads, its result compared with the rows that are expected. */
#ifndef TRANSFORM_RUN_UNIT_TEST_H
#define TRANSFORM_RUN_UNIT_TEST_H

#include "transform/run/compile.h"
#include "transform/run/result.h"

/* Makes the context one of the test: its inputs, and a node that stands for the model. ERR_CONFIG
 * for an input that is none. */
MUST_CHECK Error *unit_test_begin(Worker *worker, Context *ctx);
/* The model's SQL with its inputs. Lives in `arena`. */
MUST_CHECK Error *unit_test_compile(Worker *worker, Context *ctx, Arena *arena, Str *out_sql);
/* Compares what the materialisation found. */
MUST_CHECK Error *unit_test_judge(Worker *worker, const Context *ctx, NodeResult *out);
/* What is said when running the test failed: `err` in the words of dbt. */
MUST_CHECK Error *unit_test_failure(const Context *ctx, TAKES Error *err);

#endif
