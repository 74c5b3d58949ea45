/* sync/activity.h - .dango/logs/activity.jsonl: one line for everything that happened to the
 * project's data, for people and pages. */
#ifndef SYNC_ACTIVITY_H
#define SYNC_ACTIVITY_H

#include "project/project.h"

/* `level` is "info", "warning" or "error". */
MUST_CHECK Error *activity_add(const Project *project, const char *level, Str source, Str message);

#endif
