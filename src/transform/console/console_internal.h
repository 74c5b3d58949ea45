/* transform/console/console_internal.h - what console.c and summary.c share. */
#ifndef TRANSFORM_CONSOLE_CONSOLE_INTERNAL_H
#define TRANSFORM_CONSOLE_CONSOLE_INTERNAL_H

#include "transform/console/console.h"

bool console_is_dbt(const Session *session);
void console_say(const Session *session, const char *name, LogLevel level, Str text);

typedef enum ConsoleColor { COLOR_GREEN, COLOR_YELLOW, COLOR_RED } ConsoleColor;
/* The text in that colour, where the reporter takes some. */
Str console_paint(const Session *session, Arena *arena, ConsoleColor color, Str text);

/* "1 of 15 START sql view model staging.stg_x " and dots up to the width, then what stands in the
 * brackets; the numbers are those of the event. */
Str console_dotted(const Session *session, Arena *arena, const ReportEvent *event, Str text,
                   Str bracket);
/* "OK in 0.12s", the word in a colour. */
Str console_end_bracket(const Session *session, Arena *arena, ConsoleColor color, Str word,
                        int64_t elapsed_us);

/* What a failed or warning node ended with. */
void console_failure_lines(const Session *session, const NodeResult *result);

/* An event with members of `data`: `members` is an array. */
#define CONSOLE_TELL(session, event, members) \
    do { \
        (event).field_count = ARRAY_LEN(members); \
        (event).fields = (members); \
        report_event((session), &(event)); \
    } while (0)

#endif
