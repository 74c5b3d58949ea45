/* ingest/load/settings.h - settings of a schema as a source gives them: detections, preferred
 * types, hints by name (spec of dlt, 4.2 and 4.10). */
#ifndef INGEST_LOAD_SETTINGS_H
#define INGEST_LOAD_SETTINGS_H

#include "ingest/schema.h"

/* `settings` is a map of detections_add, detections_remove (lists of detectors), preferred_types (a
 * map of names or "re:patterns" to types) and default_hints (a map of hints to lists of names);
 * NULL changes nothing. */
MUST_CHECK Error *settings_apply(Schema *schema, const Value *settings);

#endif
