#include "ingest/state.h"

#include <stdlib.h>

#include "base/limits.h"
#include "ingest/content_hash.h"
#include "ingest/document.h"
#include "ingest/packed_text.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

/* ---- Members ---- */

const Value *state_find(const State *state, const Str *keys, size_t count)
{
    return document_find(&state->document, keys, count);
}

void state_set(State *state, const Str *keys, size_t count, Value value)
{
    Str *kept = ARENA_ARRAY(state->arena, Str, count);
    for (size_t i = 0; i < count; i++) {
        kept[i] = str_dup(state->arena, keys[i]);
    }
    state->document =
        document_set(state->arena, &state->document, kept, count, value_copy(state->arena, &value));
}

void state_remove(State *state, const Str *keys, size_t count)
{
    state->document = document_remove(state->arena, &state->document, keys, count);
}

static const Value *member(const State *state, Str key)
{
    return value_find(&state->document, key);
}

static void set_member(State *state, Str key, Value value)
{
    state_set(state, &key, 1, value);
}

/* ---- The document ---- */

State *state_new(Arena *arena, Str pipeline_name)
{
    State *state = ARENA_NEW(arena, State);
    *state = (State){.arena = arena, .document = value_null()};
    set_member(state, STR("_state_version"), value_int(0));
    set_member(state, STR("_state_engine_version"), value_int(STATE_ENGINE));
    set_member(state, STR("pipeline_name"), value_string(pipeline_name));
    return state;
}

/* "dlt.destinations.duckdb" is of the type "duckdb". */
static Str short_type(Str destination_type)
{
    size_t dot = str_find_last(destination_type, STR("."));
    return dot == SIZE_MAX ? destination_type : str_from_offset(destination_type, dot + 1);
}

static void migrate_destination(State *state, Str old, Str type, Str name)
{
    const Value *destination = member(state, old);
    if (value_is(destination, VALUE_STRING) && destination->as.text.len > 0) {
        Value kept = *destination;
        state_remove(state, &old, 1);
        set_member(state, type, kept);
        set_member(state, name, value_null());
    }
}

/* A destination that is named like its type has no name of its own. */
static void drop_default_name(State *state, Str type, Str name)
{
    Str type_text = value_text_or(member(state, type), STR(""));
    Str name_text = value_text_or(member(state, name), STR(""));
    if (name_text.len > 0 && str_eq(name_text, short_type(type_text))) {
        set_member(state, name, value_null());
    }
}

static void migrate(State *state, int64_t engine)
{
    if (engine < STATE_ENGINE) {
        migrate_destination(state, STR("destination"), STR("destination_type"),
                            STR("destination_name"));
        migrate_destination(state, STR("staging"), STR("staging_type"), STR("staging_name"));
        set_member(state, STR("_state_engine_version"), value_int(STATE_ENGINE));
    }
    drop_default_name(state, STR("destination_type"), STR("destination_name"));
    drop_default_name(state, STR("staging_type"), STR("staging_name"));
    if (state_version_hash(state).len == 0) {
        set_member(state, STR("_version_hash"), value_string(state_hash(state, state->arena)));
    }
}

static Error *check_document(const Value *root, int64_t *out_engine)
{
    const Value *engine = value_find(root, STR("_state_engine_version"));
    if (!value_is(value_find(root, STR("_state_version")), VALUE_INT) ||
        !value_is(engine, VALUE_INT) || engine->as.integer < 1) {
        return error_new(ERR_INPUT, "a pipeline state without its versions");
    }
    if (engine->as.integer > STATE_ENGINE) {
        return error_hint(error_new(ERR_UNSUPPORTED,
                                    "the pipeline state has engine version %lld; %d is the "
                                    "newest that can be read",
                                    (long long)engine->as.integer, STATE_ENGINE),
                          "a newer dlt wrote it: update dango");
    }
    *out_engine = engine->as.integer;
    return NULL;
}

Error *state_read(Arena *arena, Str text, State **out)
{
    Str json = {0};
    TRY(unpack_text(arena, text, LIMIT_STATE_BYTES, &json));
    ReadOptions options = {.max_bytes = LIMIT_STATE_BYTES, .no_positions = true};
    const Value *root = NULL;
    Error *err = json_read(arena, str_dup(arena, json), &options, &root);
    if (err != NULL) {
        return error_with_kind(error_wrap(err, "a pipeline state that is not JSON"), ERR_INPUT);
    }
    int64_t engine = 0;
    TRY(check_document(root, &engine));
    State *state = ARENA_NEW(arena, State);
    *state = (State){.arena = arena, .document = *root};
    migrate(state, engine);
    *out = state;
    return NULL;
}

Str state_write(const State *state, Arena *arena, StateLocal local)
{
    Value document = local == STATE_WITH_LOCAL
                         ? state->document
                         : document_without(arena, &state->document, STR("_local"));
    return json_text(arena, &document, &json_style_ordered);
}

Str state_pack(const State *state, Arena *arena)
{
    return pack_text(arena, state_write(state, arena, STATE_WITHOUT_LOCAL));
}

/* ---- Versions ---- */

int64_t state_version(const State *state)
{
    const Value *version = member(state, STR("_state_version"));
    return value_is(version, VALUE_INT) ? version->as.integer : 0;
}

Str state_version_hash(const State *state)
{
    return value_text_or(member(state, STR("_version_hash")), STR(""));
}

Str state_hash(const State *state, Arena *arena)
{
    static const char *const not_hashed[] = {"_local", "_state_version", "_state_engine_version",
                                             "_version_hash"};
    AUTO_FREE(arena) Arena *scratch = arena_new("state hash");
    Value document = state->document;
    for (size_t i = 0; i < ARRAY_LEN(not_hashed); i++) {
        document = document_without(scratch, &document, str_from(not_hashed[i]));
    }
    Keccak hash = keccak_begin(KECCAK_SHA3_256);
    keccak_add(&hash, json_text(scratch, &document, &json_style_canonical));
    return sha3_base64(arena, &hash);
}

bool state_bump(State *state)
{
    Str old = state_version_hash(state);
    Str hash = state_hash(state, state->arena);
    if (str_eq(hash, old)) {
        return false;
    }
    /* dlt gives a new pipeline's state its first hash before it has a dataset, so that the first
     * one stored is version 1. */
    set_member(state, STR("_state_version"), value_int(state_version(state) + 1));
    set_member(state, STR("_version_hash"), value_string(hash));
    return true;
}

State *state_restore(State *here, State *warehouse)
{
    if (here == NULL || warehouse == NULL) {
        return here != NULL ? here : warehouse;
    }
    if (state_version(warehouse) < state_version(here) ||
        str_eq(state_version_hash(warehouse), state_version_hash(here))) {
        here->stored_hash = str_dup(here->arena, warehouse->stored_hash);
        return here;
    }
    const Value *local = member(here, STR("_local"));
    if (local != NULL) {
        set_member(warehouse, STR("_local"), *local);
    }
    return warehouse;
}

/* ---- What it says ---- */

static int compare_texts(const void *a, const void *b)
{
    const Str *left = a;
    const Str *right = b;
    return str_compare(*left, *right);
}

void state_schema_names(const State *state, Arena *arena, StrVec *out)
{
    for (VALUE_EACH(it, member(state, STR("schema_names")))) {
        VEC_PUSH(arena, out, value_text_or(it, STR("")));
    }
    if (out->len > 1) {
        qsort(out->data, out->len, sizeof(*out->data), compare_texts);
    }
}

static void add_schema_name(State *state, Str name)
{
    for (VALUE_EACH(it, member(state, STR("schema_names")))) {
        if (str_eq(value_text_or(it, STR("")), name)) {
            return;
        }
    }
    StrVec names = {0};
    VEC_PUSH(state->arena, &names, name);
    state_schema_names(state, state->arena, &names);
    ValueVec values = {0};
    for (VEC_EACH(Str, it, &names)) {
        VEC_PUSH(state->arena, &values, value_string(*it));
    }
    set_member(state, STR("schema_names"), value_list_of(&values));
}

void state_set_identity(State *state, const StateIdentity *identity)
{
    set_member(state, STR("dataset_name"), value_string(identity->dataset_name));
    if (value_is_null(member(state, STR("default_schema_name")))) {
        set_member(state, STR("default_schema_name"), value_string(identity->schema_name));
    }
    add_schema_name(state, identity->schema_name);
    if (member(state, STR("destination_type")) == NULL) {
        set_member(state, STR("destination_type"), value_string(STR("dlt.destinations.duckdb")));
        set_member(state, STR("destination_name"), value_null());
    }
}

enum { RESOURCE_KEYS = 4, INCREMENTAL_KEYS = 6 };

#define RESOURCE_PATH(source, resource) STR("sources"), (source), STR("resources"), (resource)
#define INCREMENTAL_PATH(source, resource, cursor) \
    RESOURCE_PATH(source, resource), STR("incremental"), (cursor)

const Value *state_incremental(const State *state, Str source, Str resource, Str cursor_path)
{
    const Str keys[INCREMENTAL_KEYS] = {INCREMENTAL_PATH(source, resource, cursor_path)};
    return state_find(state, keys, ARRAY_LEN(keys));
}

void state_set_incremental(State *state, Str source, Str resource, Str cursor_path, Value value)
{
    const Str keys[INCREMENTAL_KEYS] = {INCREMENTAL_PATH(source, resource, cursor_path)};
    state_set(state, keys, ARRAY_LEN(keys), value);
}

void state_reset_resource(State *state, Str source, Str resource)
{
    const Str keys[RESOURCE_KEYS] = {RESOURCE_PATH(source, resource)};
    state_remove(state, keys, ARRAY_LEN(keys));
}
