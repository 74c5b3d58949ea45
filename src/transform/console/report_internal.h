/* transform/console/report_internal.h - making and ending the sink that report_*() in session.h
 * write to.
 */
#ifndef TRANSFORM_CONSOLE_REPORT_INTERNAL_H
#define TRANSFORM_CONSOLE_REPORT_INTERNAL_H

#include "transform/session.h"

void report_sink_free(ReportSink *sink);
/* `log_file` may be empty: no log is written. */
ReportSink *report_sink_new(Reporter *reporter, Str log_file, Str invocation_id);
/* While muted nothing is told or printed. */
void report_mute(const Session *session, bool muted);
/* Warnings told so far. */
size_t report_warning_count(const Session *session);

#endif
