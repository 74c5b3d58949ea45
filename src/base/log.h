/* base/log.h - what the program says about itself on stderr, or in a file: text with key=value
 * pairs, or JSON lines with the same keys. Results never go here. Messages are one line; a warning
 * says what happens next. Set up once by cli/ before threads start; writing is thread-safe. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/str.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_OFF } LogLevel;

typedef struct LogSettings {
    LogLevel level;
    bool json;
    FILE *out; /* NULL = stderr */
    Str (*redact)(Arena *arena, Str text,
                  const void *context); /* masks secrets; NULL = nothing to mask */
    const void *redact_context;
} LogSettings;

void log_setup(const LogSettings *wanted);
bool log_enabled(LogLevel level);
/* "debug", "INFO", "warning", ... in any case; false for anything else. */
bool log_level_parse(Str text, LogLevel *out_level);

void log_message(LogLevel level, const char *format, ...) PRINTF_LIKE(2, 3);
#define log_debug(...) (log_enabled(LOG_DEBUG) ? log_message(LOG_DEBUG, __VA_ARGS__) : (void)0)
#define log_info(...) log_message(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_message(LOG_WARNING, __VA_ARGS__)
#define log_error(...) log_message(LOG_ERROR, __VA_ARGS__)

#endif
