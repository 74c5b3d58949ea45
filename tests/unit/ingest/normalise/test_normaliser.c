#include "ingest/normalise/normaliser.h"

#include <stdatomic.h>

#include "base/limits.h"

#include "unit/warehouse/warehouse_fixture.h"
#include "value/json_page.h"

typedef struct Fixture {
    Arena *arena;
    Schema *schema;
    NormaliseJob job;
    Normaliser *normaliser;
    JsonPage page;
} Fixture;

static void begin(Fixture *fixture)
{
    *fixture = (Fixture){.arena = arena_new("test")};
    fixture->schema = schema_new(fixture->arena, STR("src"));
    (void)schema_root_table(fixture->schema, STR("t"), STR("t"), STR("append"));
    assert_ok(normalise_job_init(&fixture->job, fixture->schema));
    assert_ok(normaliser_new(&fixture->job, &fixture->normaliser));
    assert_ok(normaliser_begin(fixture->normaliser, 0));
}

static void end(Fixture *fixture)
{
    normaliser_free(fixture->normaliser);
    json_page_done(&fixture->page);
    normalise_job_done(&fixture->job);
    arena_free(fixture->arena);
}

static Error *add(Fixture *fixture, const char *text)
{
    yyjson_val *row = NULL;
    TRY(json_page_read(&fixture->page, str_from(text), &row));
    return normaliser_add(fixture->normaliser, STR("t"), row);
}

/* The columns of a table, one after the other. */
static Str columns_of(const Fixture *fixture, const char *table)
{
    StrVec names = {0};
    const SchemaTable *found = schema_find_table(fixture->schema, str_from(table));
    assert_non_null(found);
    for (STRMAP_EACH(it, &found->columns)) {
        VEC_PUSH(fixture->arena, &names, it->key);
    }
    return str_join(fixture->arena, names.data, names.len, STR(" "));
}

static const TableTarget *table_of(const Fixture *fixture, const char *name)
{
    const TargetSet *set = &fixture->normaliser->set;
    const TableTarget *table = strmap_find(&set->roots, str_from(name));
    table = table != NULL ? table : strmap_find(&set->lists, str_from(name));
    assert_non_null(table);
    return table;
}

static void expect(Str got, const char *wanted)
{
    if (!str_is(got, wanted)) {
        fail_msg("got '" STR_FMT "', expected '%s'", STR_ARG(got), wanted);
    }
}

static void columns_come_in_the_order_of_a_stack(void **state)
{
    (void)state;
    Fixture fixture;
    begin(&fixture);
    assert_ok(
        add(&fixture,
            "{\"id\":1,\"d1\":{\"b\":1},\"x\":2,\"d2\":{\"z\":1,\"y\":{\"w\":1}},\"last\":3}"));
    expect(columns_of(&fixture, "t"), "id x last d2__z d2__y__w d1__b _dlt_load_id _dlt_id");
    end(&fixture);
}

static void lists_become_tables(void **state)
{
    (void)state;
    Fixture fixture;
    begin(&fixture);
    assert_ok(add(&fixture, "{\"l\":[1,\"x\",{\"y\":2},[3],null]}"));
    assert_ok(normaliser_finish(fixture.normaliser));
    expect(columns_of(&fixture, "t__l"),
           "value _dlt_parent_id _dlt_list_idx _dlt_id value__v_text y");
    const TableTarget *list = table_of(&fixture, "t__l");
    assert_int_equal(list->rows.row_count, 5);
    assert_int_equal(table_of(&fixture, "t__l__list")->rows.row_count, 1);
    assert_int_equal(list->positions.data[4], 4);
    assert_int_equal(list->ids.data[0].len, 14);
    end(&fixture);
}

/* In Python the later value stands in the place of the earlier one. */
static void of_a_key_given_twice_the_later_value_counts(void **state)
{
    (void)state;
    Fixture fixture;
    begin(&fixture);
    assert_ok(add(&fixture, "{\"a\":\"text\",\"b\":1,\"a\":2}"));
    expect(columns_of(&fixture, "t"), "a b _dlt_load_id _dlt_id");
    DataType type;
    const SchemaTable *table = schema_find_table(fixture.schema, STR("t"));
    assert_true(schema_column_type(schema_find_column(table, STR("a")), &type));
    assert_int_equal(type.kind, DATA_BIGINT);
    end(&fixture);
}

static void what_cannot_be_loaded_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        ErrorKind kind;
        const char *says;
    } rows[] = {
        {"{\"a\":18446744073709551616}", ERR_INPUT, "18446744073709551616 exceeds 64 bits"},
        {"{\"a\":9223372036854775808}", ERR_INPUT, "does not fit a column of type BIGINT"},
        {"{\"__\":1}", ERR_INPUT, "the key '__' cannot be a column"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        Fixture fixture;
        begin(&fixture);
        assert_fails(add(&fixture, rows[i].row), rows[i].kind, rows[i].says);
        end(&fixture);
    }
}

static void broken_json_says_where(void **state)
{
    (void)state;
    Fixture fixture;
    begin(&fixture);
    assert_fails(add(&fixture, "{\"a\":1,}"), ERR_INPUT, "not JSON at byte 7");
    assert_fails(add(&fixture, ""), ERR_INPUT, "not JSON");
    char deep[2 * LIMIT_DOCUMENT_DEPTH + 3];
    memset(deep, '[', LIMIT_DOCUMENT_DEPTH + 1);
    memset(deep + LIMIT_DOCUMENT_DEPTH + 1, ']', LIMIT_DOCUMENT_DEPTH + 1);
    deep[sizeof(deep) - 1] = '\0';
    assert_fails(add(&fixture, deep), ERR_LIMIT, "nested deeper");
    end(&fixture);
}

/* ---- Contracts ---- */

/* A table with the column `a`, a bigint, and the contract. */
static void begin_contract(Fixture *fixture, const char *columns, const char *data_type)
{
    begin(fixture);
    ValueMapBuilder contract = value_map_begin(fixture->arena);
    value_map_set(&contract, STR("tables"), value_string(str_from(columns)));
    value_map_set(&contract, STR("columns"), value_string(str_from(columns)));
    value_map_set(&contract, STR("data_type"), value_string(str_from(data_type)));
    assert_ok(add(fixture, "{\"a\":1}"));
    SchemaTable *table = schema_find_table(fixture->schema, STR("t"));
    schema_set_table_member(fixture->schema, table, STR("schema_contract"),
                            value_map_end(&contract));
    schema_mark_seen(fixture->schema, table);
    normaliser_free(fixture->normaliser);
    assert_ok(normaliser_new(&fixture->job, &fixture->normaliser));
}

static void what_a_contract_refuses_is_kept(void **state)
{
    (void)state;
    Fixture fixture;
    begin_contract(&fixture, "discard_row", "discard_value");
    fixture.normaliser->origin =
        (RowOrigin){STR("res"), STR("f.jsonl"), 3, STR("{\"b\" : true, \"a\":\"x\"}")};
    assert_ok(add(&fixture, "{\"b\":true,\"a\":\"x\"}"));
    fixture.normaliser->origin = (RowOrigin){STR("res"), STR("f.jsonl"), 4, {0}};
    assert_ok(add(&fixture, "{\"a\":\"\xc3\xa9\",\"l\":[[1],2]}"));
    static const struct {
        const char *table, *key, *value, *text;
        int64_t number;
    } rows[] = {
        {"t", "b", "true", "{\"b\" : true, \"a\":\"x\"}", 3},
        {"t", "a", "\xc3\xa9", "{\"a\":\"\xc3\xa9\",\"l\":[[1],2]}", 4},
        {"t__l", "l", "[1]", "[1]", 4},
        {"t__l", "l", "2", "2", 4},
    };
    const RejectedRowVec *rejected = &fixture.normaliser->rejected;
    assert_int_equal(rejected->len, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        expect(rejected->data[i].resource, "res");
        expect(rejected->data[i].place, "f.jsonl");
        expect(rejected->data[i].table_name, rows[i].table);
        expect(rejected->data[i].key, rows[i].key);
        expect(rejected->data[i].value, rows[i].value);
        expect(rejected->data[i].row_text, rows[i].text);
        assert_int_equal(rejected->data[i].number, rows[i].number);
    }
    assert_int_equal(fixture.job.rejected.rows, 3);
    assert_int_equal(fixture.job.rejected.values, 1);
    assert_int_equal(table_of(&fixture, "t")->rows.row_count, 1);
    end(&fixture);
}

static void what_a_contract_refuses_takes_bounded_memory(void **state)
{
    (void)state;
    static const struct {
        size_t text, rows, kept;
    } loads[] = {
        {1, LIMIT_REJECTED_ROWS + 5, LIMIT_REJECTED_ROWS},
        {LIMIT_REJECTED_BYTES / 8, 9, 3}, /* the value and the row */
    };
    for (size_t i = 0; i < ARRAY_LEN(loads); i++) {
        Fixture fixture;
        begin_contract(&fixture, "discard_row", "discard_row");
        char *text = arena_alloc(fixture.arena, loads[i].text + 1);
        memset(text, 'x', loads[i].text);
        for (size_t row = 0; row < loads[i].rows; row++) {
            assert_ok(add(&fixture, str_to_c(fixture.arena,
                                             str_printf(fixture.arena, "{\"a\":\"%s\"}", text))));
        }
        assert_int_equal(fixture.job.rejected.rows, loads[i].rows);
        assert_int_equal(fixture.job.rejected.kept, loads[i].kept);
        assert_int_equal(fixture.normaliser->rejected.len, loads[i].kept);
        end(&fixture);
    }
}

/* ---- Threads ---- */

enum { BATCHES = 60, ROWS = 20, WORKERS = 4 };

typedef struct Crowd {
    Fixture *fixture;
    Normaliser *normalisers[WORKERS];
    _Atomic uint64_t next;
} Crowd;

/* Rows whose shape changes now and then: new keys, other types, lists. */
static Str row_text(Arena *arena, uint64_t batch, int row)
{
    int shape = (int)(batch * 7 + (uint64_t)row) % 23;
    return str_printf(arena, "{\"id\":%d,\"k%d\":%s,\"o\":{\"p%d\":1},\"l\":[{\"q%d\":1}]}", row,
                      (int)batch / 10, shape % 3 == 0 ? "\"text\"" : "1", (int)batch / 15,
                      shape % 5);
}

static void normalise_batch(const NormaliseJob *job, Normaliser *normaliser, uint64_t batch)
{
    AUTO_FREE(arena) Arena *arena = arena_new("rows");
    JsonPage page = {0};
    (void)job;
    assert_ok(normaliser_begin(normaliser, batch));
    for (int i = 0; i < ROWS; i++) {
        yyjson_val *row = NULL;
        assert_ok(json_page_read(&page, row_text(arena, batch, i), &row));
        assert_ok(normaliser_add(normaliser, STR("t"), row));
    }
    assert_ok(normaliser_finish(normaliser));
    normaliser_clear(normaliser);
    json_page_done(&page);
}

static void work(void *context, size_t item, size_t worker)
{
    Crowd *crowd = context;
    (void)worker;
    for (uint64_t batch; (batch = atomic_fetch_add(&crowd->next, 1)) < BATCHES;) {
        normalise_batch(&crowd->fixture->job, crowd->normalisers[item], batch);
    }
}

static Str schema_of(size_t workers, Arena *arena)
{
    Fixture fixture;
    begin(&fixture);
    Crowd crowd = {.fixture = &fixture};
    for (size_t i = 0; i < workers; i++) {
        assert_ok(normaliser_new(&fixture.job, &crowd.normalisers[i]));
    }
    thread_for_each(workers, workers, work, &crowd);
    for (size_t i = 0; i < workers; i++) {
        normaliser_free(crowd.normalisers[i]);
    }
    Str text = schema_write(fixture.schema, arena);
    end(&fixture);
    return text;
}

static void many_threads_make_the_schema_of_one(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str alone = schema_of(1, arena);
    assert_true(str_eq(schema_of(WORKERS, arena), alone));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_come_in_the_order_of_a_stack),
        cmocka_unit_test(lists_become_tables),
        cmocka_unit_test(of_a_key_given_twice_the_later_value_counts),
        cmocka_unit_test(what_cannot_be_loaded_says_where),
        cmocka_unit_test(broken_json_says_where),
        cmocka_unit_test(what_a_contract_refuses_is_kept),
        cmocka_unit_test(what_a_contract_refuses_takes_bounded_memory),
        cmocka_unit_test(many_threads_make_the_schema_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
