#include "ingest/load/incremental.h"

#include "unit/ingest/vectors.h"

/* A vector's lag as the hints of a resource whose last load ended at its "last_value". */
static Error *start_with_lag(Arena *arena, const Value *vector, Value *out)
{
    static const char *const given[] = {"initial_value", "end_value", "lag"};
    ValueMapBuilder hints = value_map_begin(arena);
    ValueMapBuilder stored = value_map_begin(arena);
    value_map_set(&hints, STR("cursor_path"), value_string(STR("at")));
    value_map_set(&hints, STR("last_value_func"), *value_find(vector, STR("func")));
    for (size_t i = 0; i < ARRAY_LEN(given); i++) {
        value_map_set(&hints, str_from(given[i]), *value_find(vector, str_from(given[i])));
    }
    value_map_set(&stored, STR("last_value"), *value_find(vector, STR("last_value")));
    State *state = state_new(arena, STR("pipe"));
    state_set_incremental(state, STR("src"), STR("items"), STR("at"), value_map_end(&stored));
    Value hint_map = value_map_end(&hints);
    Incremental *incremental = NULL;
    IncrementalOptions options = {
        .hints = &hint_map, .source = STR("src"), .resource = STR("items")};
    TRY(incremental_new(arena, state, &options, &incremental));
    const Value *start = incremental_start(incremental);
    *out = start != NULL ? *start : value_null();
    return NULL;
}

/* With an end_value nothing of the state counts, and there is no lag: dlt's vector tells the last
 * value then. */
static bool is_backfill(const Value *vector)
{
    return !value_is_null(value_find(vector, STR("end_value")));
}

static void a_lag_begins_where_dlt_begins(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "lag");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        Value start = value_null();
        const Value *result = value_find(vector, STR("result"));
        const Value *expected =
            is_backfill(vector) ? value_find(vector, STR("initial_value")) : result;
        Error *err = start_with_lag(vectors.arena, vector, &start);
        bool fails = value_is(result, VALUE_MAP);
        assert_int_equal(err != NULL, fails);
        error_discard(err, "that it fails is what counts");
        if (!fails) {
            vectors_expect(&vectors, vector,
                           json_text(vectors.arena, expected, &json_style_compact),
                           json_text(vectors.arena, &start, &json_style_compact));
        }
    }
    vectors_done(&vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lag_begins_where_dlt_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
