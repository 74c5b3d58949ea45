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

/* ---- Marks ---- */

static Incremental *open_cursor(Arena *arena, State *state, Str start)
{
    ValueMapBuilder hints = value_map_begin(arena);
    value_map_set(&hints, STR("cursor_path"), value_string(STR("id")));
    value_map_set(&hints, STR("initial_value"), value_int(2));
    Value *made = ARENA_NEW(arena, Value);
    *made = value_map_end(&hints);
    Incremental *incremental = NULL;
    IncrementalOptions options = {
        .hints = made, .source = STR("src"), .resource = STR("items"), .start = start};
    assert_ok(incremental_new(arena, state, &options, &incremental));
    return incremental;
}

/* How many of the rows 1 to 5, and once more 5, are kept. */
static size_t bring_rows(Incremental *incremental)
{
    static int64_t numbers[] = {1, 2, 3, 4, 5, 5};
    uint32_t kept[ARRAY_LEN(numbers)];
    size_t count = 0;
    Column column = {.name = STR("id"), .type = {.kind = COLUMN_INT}, .data = numbers};
    uint64_t validity = 0xFF;
    column.validity = &validity;
    Chunk chunk = {.row_count = ARRAY_LEN(numbers), .column_count = 1, .columns = &column};
    assert_ok(incremental_filter_chunk(incremental, &chunk, kept, &count));
    incremental_store(incremental);
    return count;
}

static void what_a_source_knows_to_be_new_is_kept_and_its_mark_comes_back(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    State *books = state_new(arena, STR("pipe"));
    Value mark = value_string(STR("up to here"));
    Incremental *first = open_cursor(arena, books, (Str){0});
    assert_true(incremental_goes_on(first));
    assert_null(incremental_mark(first));
    incremental_set_mark(first, &mark, NEWS_BY_CURSOR);
    assert_int_equal(bring_rows(first), 5);
    /* The cursor is past them all; the source says that they are new: all but the one before the
     * initial value. */
    Incremental *second = open_cursor(arena, books, (Str){0});
    assert_true(value_equal(incremental_mark(second), &mark));
    incremental_set_mark(second, &mark, NEWS_BY_DRIVER);
    assert_int_equal(bring_rows(second), 5);
    /* Nothing new: the mark holds on. */
    assert_int_equal(bring_rows(open_cursor(arena, books, (Str){0})), 0);
    assert_non_null(incremental_mark(open_cursor(arena, books, (Str){0})));
    /* Who begins elsewhere is not told of it, nor is it true after another has moved the cursor. */
    assert_null(incremental_mark(open_cursor(arena, books, STR("2024-01-01"))));
    const Str keys[] = {STR("sources"),     STR("src"), STR("resources"), STR("items"),
                        STR("incremental"), STR("id"),  STR("last_value")};
    state_set(books, keys, ARRAY_LEN(keys), value_int(9));
    assert_null(incremental_mark(open_cursor(arena, books, (Str){0})));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lag_begins_where_dlt_begins),
        cmocka_unit_test(what_a_source_knows_to_be_new_is_kept_and_its_mark_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
