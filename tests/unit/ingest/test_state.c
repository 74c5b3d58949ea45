#include "ingest/state.h"

#include "ingest/document.h"
#include "ingest/packed_text.h"
#include "ingest/typed_json.h"
#include "unit/ingest/vectors.h"

static State *read_state(Arena *arena, Str text)
{
    State *pipeline = NULL;
    assert_ok(state_read(arena, text, &pipeline));
    return pipeline;
}

static void states_of_dlt_are_kept_and_hashed_as_dlt_does(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "state");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        Arena *arena = vectors.arena;
        State *pipeline = read_state(arena, vector_text(vector, "packed"));
        Str json = vector_text(vector, "json");
        vectors_expect(&vectors, vector, json, state_write(pipeline, arena, STATE_WITH_LOCAL));
        vectors_expect(&vectors, vector, vector_text(vector, "hash"), state_hash(pipeline, arena));
        assert_false(state_bump(pipeline));
        State *again = read_state(arena, state_pack(pipeline, arena));
        assert_true(value_equal(&again->document, &pipeline->document));
        State *plain = read_state(arena, json);
        assert_true(value_equal(&plain->document, &pipeline->document));
    }
    vectors_done(&vectors);
}

static void a_new_state_says_what_dlt_needs(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    State *pipeline = state_new(arena, STR("pp"));
    state_set_identity(pipeline, &(StateIdentity){STR("raw"), STR("src")});
    assert_true(state_bump(pipeline));
    assert_int_equal(state_version(pipeline), 1);
    /* The hash that dlt has for the same members. */
    assert_string_equal(str_to_c(arena, state_version_hash(pipeline)),
                        "O87bzRakwXJUwkhV0vGkaHs8RX8YxNrVfLEP+etoknk=");
    state_set_identity(pipeline, &(StateIdentity){STR("raw"), STR("src")});
    assert_false(state_bump(pipeline));
    state_set_identity(pipeline, &(StateIdentity){STR("raw"), STR("another")});
    StrVec names = {0};
    state_schema_names(pipeline, arena, &names);
    assert_int_equal(names.len, 2);
    assert_true(str_is(names.data[0], "another"));
    const Value *first = value_find(&pipeline->document, STR("default_schema_name"));
    assert_true(str_is(value_text_or(first, STR("")), "src"));
    assert_true(state_bump(pipeline));
    assert_int_equal(state_version(pipeline), 2);
}

static void cursors_are_kept_until_they_are_reset(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    State *pipeline = state_new(arena, STR("pp"));
    Str source = STR("src");
    assert_null(state_incremental(pipeline, source, STR("Orders"), STR("$.at")));
    state_set_incremental(pipeline, source, STR("Orders"), STR("$.at"), value_int(1));
    state_set_incremental(pipeline, source, STR("Orders"), STR("id"), value_int(2));
    state_set_incremental(pipeline, source, STR("Items"), STR("id"), value_int(3));
    assert_int_equal(state_incremental(pipeline, source, STR("Orders"), STR("$.at"))->as.integer,
                     1);
    state_reset_resource(pipeline, source, STR("Orders"));
    state_reset_resource(pipeline, source, STR("Orders"));
    assert_null(state_incremental(pipeline, source, STR("Orders"), STR("id")));
    assert_non_null(state_incremental(pipeline, source, STR("Items"), STR("id")));
}

typedef struct RestoreCase {
    int64_t here;
    int64_t warehouse;
    bool same_content;
    bool warehouse_wins;
} RestoreCase;

static void the_newer_state_is_where_a_run_begins(void **state)
{
    (void)state;
    static const RestoreCase cases[] = {
        {2, 1, false, false}, {2, 2, false, true}, {1, 2, false, true}, {1, 2, true, false}};
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        State *here = state_new(arena, STR("pp"));
        State *warehouse = state_new(arena, STR("pp"));
        Str key = STR("_state_version");
        state_set(here, &key, 1, value_int(cases[i].here - 1));
        state_set(warehouse, &key, 1, value_int(cases[i].warehouse - 1));
        key = STR("sources");
        state_set(warehouse, &key, 1, value_int(cases[i].same_content ? 1 : 2));
        state_set(here, &key, 1, value_int(1));
        const Str local[] = {STR("_local"), STR("initial_cwd")};
        state_set(here, local, 2, value_string(STR("here")));
        assert_true(state_bump(here) && state_bump(warehouse));
        warehouse->stored_hash = state_version_hash(warehouse);
        State *chosen = state_restore(here, warehouse);
        assert_ptr_equal(chosen, cases[i].warehouse_wins ? warehouse : here);
        assert_non_null(state_find(chosen, local, 2));
        assert_true(str_eq(chosen->stored_hash, state_version_hash(warehouse)));
    }
    State *only = state_new(arena, STR("pp"));
    assert_ptr_equal(state_restore(only, NULL), only);
    assert_ptr_equal(state_restore(NULL, only), only);
}

static void old_states_are_brought_up_to_date(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    State *pipeline = read_state(
        arena, STR("{\"_state_version\":3,\"_state_engine_version\":2,\"pipeline_name\":\"pp\","
                   "\"destination\":\"dlt.destinations.duckdb\"}"));
    assert_string_equal(
        str_to_c(arena,
                 value_text_or(value_find(&pipeline->document, STR("destination_type")), STR(""))),
        "dlt.destinations.duckdb");
    assert_null(value_find(&pipeline->document, STR("destination")));
    assert_int_equal(state_version_hash(pipeline).len, 44);
    pipeline = read_state(arena, STR("{\"_state_version\":3,\"_state_engine_version\":4,"
                                     "\"destination_type\":\"dlt.destinations.duckdb\","
                                     "\"destination_name\":\"duckdb\",\"_version_hash\":\"h\"}"));
    assert_true(value_is(value_find(&pipeline->document, STR("destination_name")), VALUE_NULL));
}

static void what_is_no_state_is_refused(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    State *pipeline = NULL;
    assert_fails(state_read(arena, STR("eJw="), &pipeline), ERR_INPUT, "not JSON");
    assert_fails(state_read(arena, STR("[1]"), &pipeline), ERR_INPUT, "without its versions");
    assert_fails(
        state_read(arena, STR("{\"_state_version\":1,\"_state_engine_version\":5}"), &pipeline),
        ERR_UNSUPPORTED, "engine version 5");
    assert_null(pipeline);
}

static void packed_text_comes_back(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const size_t lengths[] = {0, 1, 4095, 4096, 4097, 100000, 3000000};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        StrBuf text = strbuf_init(arena, 4 * MIB);
        while (text.len < lengths[i]) {
            strbuf_add_char(&text, (char)('a' + text.len * text.len % 23));
        }
        Str packed = pack_text(arena, strbuf_str(&text));
        Str unpacked;
        assert_ok(unpack_text(arena, packed, 4 * MIB, &unpacked));
        assert_true(str_eq(unpacked, strbuf_str(&text)));
        /* One that is cut off is given as it is. */
        Str cut = str_slice(packed, 0, (packed.len - 1) / 4 * 4);
        assert_ok(unpack_text(arena, cut, 4 * MIB, &unpacked));
        assert_true(str_eq(unpacked, cut));
        if (lengths[i] > 1) {
            assert_fails(unpack_text(arena, packed, lengths[i] / 2, &unpacked), ERR_LIMIT,
                         "longer than");
        }
    }
}

typedef struct TypedCase {
    const char *text;
    ValueKind kind;
} TypedCase;

static void typed_texts_are_decoded_and_made_again(void **state)
{
    (void)state;
    static const TypedCase cases[] = {
        {"\uf0261.50", VALUE_DECIMAL},
        {"\uf0272024-01-05T06:07:08.000009+00:00", VALUE_DATETIME},
        {"\uf0272024-01-05T06:07:08", VALUE_DATETIME},
        {"\uf0282024-01-05", VALUE_DATE},
        {"\uf02bAP8=", VALUE_BYTES},
        {"\uf02d03:04:05", VALUE_TIME},
        {"plain", VALUE_STRING},
        {"", VALUE_STRING},
        {"\uf026", VALUE_STRING},
        {"\uf026not a number", VALUE_STRING},
        {"\uf028yesterday", VALUE_STRING},
        {"\uf02b***", VALUE_STRING},
        {"\uf025x", VALUE_STRING},
        {"\uf02ex", VALUE_STRING},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Value typed = value_string(str_from(cases[i].text));
        Value decoded = typed_decode(arena, &typed);
        assert_int_equal(value_kind(&decoded), cases[i].kind);
        Value again = typed_encode(arena, &decoded);
        assert_true(value_equal(&again, &typed));
    }
    Value uuid = value_string(STR("\uf0296d3b1f0e-0b5a-4a3c-9d2e-1f2a3b4c5d6e"));
    Value decoded = typed_decode(arena, &uuid);
    assert_true(str_is(decoded.as.text, "6d3b1f0e-0b5a-4a3c-9d2e-1f2a3b4c5d6e"));
    Str body;
    assert_int_equal(typed_split(uuid.as.text, &body), TYPED_UUID);
    assert_true(str_eq(typed_join(arena, TYPED_UUID, body), uuid.as.text));
    Value number = value_int(1);
    decoded = typed_decode(arena, &number);
    assert_true(value_equal(&decoded, &number));
}

static void members_deep_inside_are_changed(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const Str path[] = {STR("a"), STR("b"), STR("c")};
    Value map = document_set(arena, NULL, path, 3, value_int(1));
    map = document_with(arena, &map, STR("z"), value_int(2));
    map = document_set(arena, &map, path, 3, value_int(3));
    assert_string_equal(str_to_c(arena, json_text(arena, &map, &json_style_compact)),
                        "{\"a\":{\"b\":{\"c\":3}},\"z\":2}");
    Value without = document_remove(arena, &map, path, 3);
    assert_string_equal(str_to_c(arena, json_text(arena, &without, &json_style_compact)),
                        "{\"a\":{\"b\":{}},\"z\":2}");
    Value same = document_remove(arena, &without, path, 3);
    assert_true(value_equal(&same, &without));
    assert_non_null(document_find(&map, path, 3));
    assert_null(document_find(&without, path, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_of_dlt_are_kept_and_hashed_as_dlt_does),
        cmocka_unit_test(a_new_state_says_what_dlt_needs),
        cmocka_unit_test(cursors_are_kept_until_they_are_reset),
        cmocka_unit_test(the_newer_state_is_where_a_run_begins),
        cmocka_unit_test(old_states_are_brought_up_to_date),
        cmocka_unit_test(what_is_no_state_is_refused),
        cmocka_unit_test(packed_text_comes_back),
        cmocka_unit_test(typed_texts_are_decoded_and_made_again),
        cmocka_unit_test(members_deep_inside_are_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
