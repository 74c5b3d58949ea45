/* transform/console/deprecation.h - uses of what is deprecated, told as dbt tells them: the first
 * one of each kind, or all with --show-all-deprecations, and how many there were when the work
 * ends. Only those who read dbt's lines hear of them: a Reporter without a tally is told nothing.
 */
#ifndef TRANSFORM_CONSOLE_DEPRECATION_H
#define TRANSFORM_CONSOLE_DEPRECATION_H

#include "transform/session.h"

/* How often what was met. Zeroes and an arena are a good start; it outlives the sessions that fill
 * it, one thread at a time. */
typedef struct DeprecationCount {
    const char *event;
    Str what;
    size_t met;
} DeprecationCount;
struct DeprecationTally {
    Arena *arena;
    VEC(DeprecationCount) counts;
};

/* A use of what `event->name` stands for; the text is dbt's, without mark and title. Uses count
 * together when `what` is the same, which is empty where the name says all. */
void report_deprecation(const Session *session, const ReportEvent *event, Str what);
/* The same for an event without members. */
void report_deprecated(const Session *session, const char *name, Str text);
/* Old names of options and variables, and old places of settings. */
void report_deprecated_flags(const Session *session);

/* What closes an invocation; it lives in `arena`. */
typedef struct DeprecationSummary {
    ReportEvent event;
    WarningFate fate; /* WARNING_SILENT also when nothing was met */
} DeprecationSummary;
DeprecationSummary deprecation_summary(Arena *arena, const Reporter *reporter, const Flags *flags);

#endif
