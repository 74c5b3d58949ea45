/* transform/console/console.h - the lines an invocation prints, in dango's or dbt's layout
 * (Reporter.style). Each function tells one event. */
#ifndef TRANSFORM_CONSOLE_CONSOLE_H
#define TRANSFORM_CONSOLE_CONSOLE_H

#include "transform/run/result.h"
#include "transform/session.h"

void console_version(const Session *session);
/* What the project holds; in dango's layout, with a selection, what of it is selected (may be
 * NULL). */
void console_found(const Session *session, const NodeSet *selected);
/* `nodes`: how many will be worked on. */
void console_concurrency(const Session *session, size_t threads, size_t nodes);
void console_blank(const Session *session);
void console_nothing(const Session *session);

/* What was found wrong before the first node, of how many that could be looked at. */
void console_strict(const Session *session, const NodeResultVec *wrong, size_t checked);

/* A node begins, ends, or is passed over, as number `index` of `total`. */
void console_start(const Session *session, const Node *node, size_t index, size_t total,
                   size_t worker);
void console_end(const Session *session, const NodeResult *result, size_t index, size_t total);
/* A node for which there is nothing to do. */
void console_no_op(const Session *session, const Node *node, size_t index, size_t total);
/* `ephemeral` is how the model fared that the node reads through, when that is why; else NULL. */
void console_skip(const Session *session, const NodeResult *result, const NodeResult *ephemeral,
                  size_t index, size_t total);

/* A batch of a microbatch model begins and ends, as number `index` of `total`; `start` is what its
 * beginning is called. Skipped ones only end. */
void console_batch_start(const Session *session, const Node *node, Str start, size_t index,
                         size_t total);
void console_batch_end(const Session *session, const NodeResult *result, Str start, size_t index,
                       size_t total);

/* The same for a hook of the run, which is called `name`; skipped ones only end. */
void console_hook_start(const Session *session, const Node *node, Str name, size_t index,
                        size_t total);
void console_hook_end(const Session *session, const NodeResult *result, Str name, size_t index,
                      size_t total);

/* "1 of 15 <text> ....... [<bracket>]", with the numbers and the node of the event. */
void console_node_line(const Session *session, ReportEvent event, Str text, Str bracket);
/* "0.12s" */
Str console_duration(const Session *session, Arena *arena, int64_t elapsed_us);
/* With --fail-fast, what failed is told at once, and once more in the summary. */
void console_failed_fast(const Session *session, const NodeResultVec *results);
/* What ran, and how long it took. */
void console_finished(const Session *session, const NodeResultVec *results, int64_t elapsed_us);
/* The end of it all: what went wrong, the counts. */
void console_summary(const Session *session, const NodeResultVec *results,
                     const TransformCounts *counts, bool cancelled);

#endif
