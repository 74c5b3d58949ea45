/* transform/run/strict.h - --strict: the SQL of all models of a run is bound by the database before
 * the first of them is built, so that a wrong column is told at once.
 *
 * The models become empty tables in a transaction that is rolled back. Whatever could make that
 * view of the world wrong is left out, together with all that reads from it: what templates ask the
 * database for, hooks, seeds, snapshots, materialisations and relations of other kinds, projects
 * that make tables in ways of their own. Only columns that do not exist count; a doubt is no error.
 */
#ifndef TRANSFORM_RUN_STRICT_H
#define TRANSFORM_RUN_STRICT_H

#include "transform/run/compile.h"
#include "transform/run/result.h"

/* Adds a result for each model of the plan that names a column which does not exist; *out_checked
 * is how many were bound. On the thread that has the worker; its connection must have no
 * transaction open, and has none afterwards. What goes wrong with the check itself ends it without
 * results. */
void strict_check(Worker *worker, const GraphPlan *plan, NodeResultVec *out, size_t *out_checked);

#endif
