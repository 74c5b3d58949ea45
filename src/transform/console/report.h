/* transform/console/report.h - where an invocation tells what it does. The caller gives a Reporter;
 * transform/ makes the lines (console.c) and calls it, one call at a time: several workers never
 * call at once. */
#ifndef TRANSFORM_CONSOLE_REPORT_H
#define TRANSFORM_CONSOLE_REPORT_H

#include <stdbool.h>

#include "base/log.h"
#include "base/str.h"

/* Whose lines: those of dango.md 7.4, or those of dbt. */
typedef enum ReportStyle { REPORT_DANGO, REPORT_DBT } ReportStyle;

/* What a line is about, for those who read JSON; fields that do not apply are empty. */
typedef struct ReportEvent {
    const char *name; /* dbt's name of the event: "LogModelResult" */
    LogLevel level;
    Str text;     /* without time; may have several lines */
    Str node;     /* unique_id */
    Str status;   /* "success", "error", "pass", ... */
    size_t index; /* of `total`, from 1 */
    size_t total;
    int64_t elapsed_us;
} ReportEvent;

typedef struct Reporter {
    ReportStyle style;
    size_t width; /* of node lines; 0 = the style's */
    void *context;
    /* An event's line: time in front, text behind. */
    void (*event)(void *context, const ReportEvent *event);
    /* Bare text for stdout: lists, compiled SQL, print(). Ends with a line break already. */
    void (*print)(void *context, Str text);
} Reporter;

#endif
