/* transform/flag/warn_error.h - which warnings are errors, by the names of dbt's events. Plain data
 * in the arena it was read into. */
#ifndef TRANSFORM_FLAG_WARN_ERROR_H
#define TRANSFORM_FLAG_WARN_ERROR_H

#include "base/error.h"
#include "value/value.h"

typedef struct WarnErrorOptions {
    bool all; /* every warning that is not named elsewhere */
    StrVec error;
    StrVec warn;
    StrVec silence;
} WarnErrorOptions;

/* The old names of two of its keys. */
typedef enum WeoRenamed { WEO_INCLUDE = 1 << 0, WEO_EXCLUDE = 1 << 1 } WeoRenamed;

/* Reads {error: all | [NAME], warn: [NAME], silence: [NAME]}, also with the old names include and
 * exclude, which are told in *out_renamed. ERR_CONFIG in the words of dbt. */
MUST_CHECK Error *warn_error_read(Arena *arena, const Value *options, WarnErrorOptions *out,
                                  unsigned *out_renamed);

typedef enum WarningFate { WARNING_TOLD, WARNING_IS_ERROR, WARNING_SILENT } WarningFate;
/* What becomes of a warning of that name. Named counts more than all deprecations ("Deprecations"),
 * those more than `all`; among the same, silence more than warn, warn more than error. */
WarningFate warn_error_fate(const WarnErrorOptions *options, Str event);
/* As artifacts and templates show them. */
Value warn_error_value(Arena *arena, const WarnErrorOptions *options);

#endif
