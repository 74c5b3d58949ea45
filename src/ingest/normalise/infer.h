/* ingest/normalise/infer.h - which type a new column gets for the first value that came (spec of
 * dlt, 4.2), by the settings of the schema: preferred types by name, then the detectors, then the
 * type the value has. Immutable once made; thread-safe. */
#ifndef INGEST_NORMALISE_INFER_H
#define INGEST_NORMALISE_INFER_H

#include "ingest/normalise/cell.h"
#include "ingest/schema.h"

typedef struct Inference Inference;

/* In `arena`. ERR_SCHEMA for a pattern or a type that is none; what dlt can detect and JSON cannot
 * hold (types of web3) is passed over. */
MUST_CHECK Error *inference_new(Arena *arena, const Schema *schema, const Inference **out);
/* The type for a column of that name; `cell` is not NULL. */
DataType infer_column(const Inference *inference, Str column, const Cell *cell);
/* The same for a variant, whose name decides nothing. */
DataType infer_variant(const Inference *inference, const Cell *cell);
/* True when a column of that name is to hold JSON, so that nothing is made of its parts. */
bool infer_prefers_json(const Inference *inference, Str column);

/* Sets the hints that the settings give to every new column of that name ("not_null", ...). */
void infer_default_hints(const Inference *inference, Schema *schema, SchemaColumn *column);

#endif
