/* sync/pending.h - .dango/state/pending_dbt_sources.json: sources that were loaded and whose models
 * are not built yet, because the run failed or its process died. The next sync of such a source
 * builds them even when it loads nothing. Under the write lock. */
#ifndef SYNC_PENDING_H
#define SYNC_PENDING_H

#include "project/project.h"

/* No file, or one that cannot be read, gives no names. */
void pending_read(Arena *arena, const Project *project, StrVec *out);
/* An empty list removes the file. */
MUST_CHECK Error *pending_write(const Project *project, const StrVec *names);

#endif
