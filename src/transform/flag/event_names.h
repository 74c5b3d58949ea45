/* transform/flag/event_names.h - dbt's events by name, with their codes: those that tools and
 * --warn-error-options name. */
#ifndef TRANSFORM_FLAG_EVENT_NAMES_H
#define TRANSFORM_FLAG_EVENT_NAMES_H

#include "base/str.h"

/* "Q012" for "LogModelResult"; empty for what is no event of dbt. */
Str event_code(Str name);

#endif
