/* ingest/normalise/contract.h - what may change in a schema while data comes in (spec of dlt, 4.9).
 * Call with the schema held. */
#ifndef INGEST_NORMALISE_CONTRACT_H
#define INGEST_NORMALISE_CONTRACT_H

#include "ingest/normalise/job.h"

/* The modes of a table: its own, those of the tables above, those of the schema's settings. */
void contract_of_table(const Schema *schema, const SchemaTable *table,
                       ContractMode out[CONTRACT_ENTITIES]);
/* "discard_row"; false for another text. */
bool contract_mode_find(Str name, ContractMode *out);
/* A contract as users write it: one mode for all, or a map. ERR_CONFIG for another. */
MUST_CHECK Error *contract_check(const Value *contract);

/* In dlt's words. */
MUST_CHECK Error *contract_frozen_table(const Schema *schema, Str table);
MUST_CHECK Error *contract_frozen_column(const Schema *schema, Str table, Str column);
MUST_CHECK Error *contract_frozen_variant(const Schema *schema, Str table, Str variant);

#endif
