/* ingest/boundary_hash.h - how an incremental load knows the rows at its boundary again: those
 * whose cursor equals last_value are listed as hashes in "unique_hashes", and are not loaded twice.
 * Before 1.31 dlt wrote 20 characters, since then 12; dlt 1.31 reads both, older ones only the long
 * form. So the form found in the state is kept, and new lists take the long one. Thread-safe. */
#ifndef INGEST_BOUNDARY_HASH_H
#define INGEST_BOUNDARY_HASH_H

#include "value/value.h"

typedef enum BoundaryHashForm {
    BOUNDARY_HASH_LONG,  /* 20 characters */
    BOUNDARY_HASH_SHORT, /* 12 characters; datetimes count as microseconds since 1970 */
} BoundaryHashForm;

/* Of the value of the primary key, of the list of its values, or of the whole row as extracted.
 * Typed texts (typed_json.h) count without their mark. */
Str boundary_hash(Arena *arena, const Value *value, BoundaryHashForm form);
/* The form of a list of hashes; the long one for an empty list. */
BoundaryHashForm boundary_hash_form(const Value *unique_hashes);

#endif
