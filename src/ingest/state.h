/* ingest/state.h - the state of a pipeline: where each incremental resource stopped, and which
 * schemas belong to it. dlt keeps it as JSON in its working directory and, packed, in the table
 * _dlt_pipeline_state, from where any machine can go on. A State lives in its arena. Values are
 * kept as the document has them, typed texts (typed_json.h) included. Not thread-safe while it
 * changes.
 *
 *     TRY(bookkeeping_read_state(connection, arena, dataset, pipeline, &state)); // or NULL:
 *     if (state == NULL) { state = state_new(arena, pipeline); }
 *     const Value *cursor = state_incremental(state, source, resource, cursor_path);
 *     ...
 *     state_set_incremental(state, source, resource, cursor_path, changed);
 *     bookkeeping_write() stores it when it differs from what was read. */
#ifndef INGEST_STATE_H
#define INGEST_STATE_H

#include "base/vec.h"
#include "value/value.h"

enum { STATE_ENGINE = 4 };

typedef struct State {
    Arena *arena;
    Value document;  /* the whole map */
    Str stored_hash; /* of the newest row in the warehouse; empty when there is none */
} State;

/* Version 0 without a hash. */
State *state_new(Arena *arena, Str pipeline_name);
/* Reads the text of a state column or of a state.json, packed or plain. Engines 1 to 3 are brought
 * to STATE_ENGINE. ERR_INPUT when it is no state, ERR_UNSUPPORTED when a newer dlt wrote it. */
MUST_CHECK Error *state_read(Arena *arena, Str text, State **out);
/* The JSON; what belongs to one machine only ("_local") is left out of what goes to the warehouse.
 */
typedef enum StateLocal { STATE_WITH_LOCAL, STATE_WITHOUT_LOCAL } StateLocal;
Str state_write(const State *state, Arena *arena, StateLocal local);
/* As the column holds it. */
Str state_pack(const State *state, Arena *arena);

int64_t state_version(const State *state);
/* As of the last state_bump(); empty before the first. */
Str state_version_hash(const State *state);
/* The hash of what the state says now. */
Str state_hash(const State *state, Arena *arena);
/* Puts the hash of what it says now into it and counts the version up if that differs from the hash
 * that was there. True when something changed. */
bool state_bump(State *state);
/* Which of two states a run begins with: the one from the warehouse unless the one here is newer or
 * the same. The members that belong to this machine are kept. Either may be NULL. */
State *state_restore(State *here, State *warehouse);

/* What every stored state says of its pipeline. `schema_names` are sorted into the ones there. */
typedef struct StateIdentity {
    Str dataset_name;
    Str schema_name;
} StateIdentity;
void state_set_identity(State *state, const StateIdentity *identity);
/* The names of the schemas that belong to the pipeline, sorted. */
void state_schema_names(const State *state, Arena *arena, StrVec *out);

/* Any member, by the keys that lead to it; values are copied, maps on the way are made. */
const Value *state_find(const State *state, const Str *keys, size_t count);
void state_set(State *state, const Str *keys, size_t count, Value value);
void state_remove(State *state, const Str *keys, size_t count);

/* {"initial_value", "last_value", "unique_hashes", "start_value"} of one cursor, or NULL. Names are
 * those of the source, not normalised. */
const Value *state_incremental(const State *state, Str source, Str resource, Str cursor_path);
void state_set_incremental(State *state, Str source, Str resource, Str cursor_path, Value value);
/* Forgets all of a resource, for a full refresh. */
void state_reset_resource(State *state, Str source, Str resource);

#endif
