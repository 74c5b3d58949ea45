/* transform/console/report.h - where an invocation tells what it does. The caller gives a Reporter;
 * transform/ makes the lines (console.c) and calls it, one call at a time: several workers never
 * call at once. */
#ifndef TRANSFORM_CONSOLE_REPORT_H
#define TRANSFORM_CONSOLE_REPORT_H

#include <stdbool.h>

#include "base/log.h"
#include "transform/flag/flags.h"
#include "value/value.h"

/* Whose lines: those of dango.md 7.4, or those of dbt. */
typedef enum ReportStyle { REPORT_DANGO, REPORT_DBT } ReportStyle;

/* A member of an event's `data`. */
typedef struct ReportField {
    const char *key;
    Value value;
} ReportField;

struct Node;

/* What a line is about; fields that do not apply are empty. */
typedef struct ReportEvent {
    const char *name; /* dbt's name of the event: "LogModelResult" */
    LogLevel level;
    Str text;     /* without time; may have several lines */
    Str node;     /* unique_id */
    Str status;   /* "success", "error", "pass", ... */
    size_t index; /* of `total`, from 1 */
    size_t total;
    int64_t elapsed_us;
    /* For those who read JSON: */
    const struct Node *about; /* what node_info tells of, with the status and times below */
    int64_t started_us;       /* 0: not yet */
    int64_t finished_us;
    Str thread;                /* empty: "MainThread" */
    const ReportField *fields; /* of `data`; without any, and without a node, it is {"msg": text} */
    size_t field_count;
} ReportEvent;

/* How lines are written, and from which level on there are any. */
typedef enum LineFormat { LINE_TEXT, LINE_DEBUG, LINE_JSON } LineFormat;
typedef struct LineStyle {
    LineFormat format;
    LogLevel level;
    bool colors; /* each line begins with a code that ends colours */
    bool local;  /* times of LINE_TEXT are those of the machine's time zone */
} LineStyle;

/* Uses of what is deprecated; see deprecation.h. */
typedef struct DeprecationTally DeprecationTally;

typedef struct Reporter {
    ReportStyle style;
    LineStyle console;
    LineStyle file; /* dbt.log */
    bool colors;    /* words that matter are coloured, on the console and in the file */
    Str invocation_id;
    int64_t log_file_max_bytes;     /* 0: dbt.log grows for ever */
    size_t width;                   /* of node lines; 0 = the style's */
    DeprecationTally *deprecations; /* NULL: nothing is told of them */
    void *context;
    /* What happened, with its line for the console, which ends with a line break; empty for what is
     * not shown. */
    void (*event)(void *context, const ReportEvent *event, Str line);
    /* Bare text for stdout: lists, compiled SQL, print(). Ends with a line break already. */
    void (*print)(void *context, Str text);
} Reporter;

/* Lines as the flags have it; `terminal`: whether the console is one, which takes colours. */
void reporter_use_flags(Reporter *reporter, const Flags *flags, bool terminal);
/* The line of an event at that time, in `arena`; empty below the style's level. */
Str report_line(Arena *arena, const LineStyle *style, Str invocation_id, const ReportEvent *event,
                int64_t time_us);

#endif
