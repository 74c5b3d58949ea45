#include "ingest/schema.h"

#include "ingest/packed_text.h"
#include "unit/ingest/vectors.h"

static Schema *read_schema(Arena *arena, const char *json)
{
    Schema *schema = NULL;
    assert_ok(schema_read(arena, str_from(json), &schema));
    return schema;
}

static void stored_documents_are_kept_and_hashed_as_dlt_does(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "schema");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        const Value *document = value_find(vector, STR("schema"));
        Str text = json_text(vectors.arena, document, &json_style_ordered);
        Schema *schema = NULL;
        assert_ok(schema_read(vectors.arena, text, &schema));
        vectors_expect(&vectors, value_find(vector, STR("case")), text,
                       schema_write(schema, vectors.arena));
        vectors_expect(&vectors, value_find(vector, STR("case")),
                       vector_text(document, "version_hash"), schema_hash(schema, vectors.arena));
        assert_false(schema_bump(schema));
        Schema *copy = schema_copy(schema, vectors.arena);
        vectors_expect(&vectors, value_find(vector, STR("case")), text,
                       schema_write(copy, vectors.arena));
    }
    vectors_done(&vectors);
}

/* The document of the case "merge_pk" is made from nothing. */
static void build_merge_schema(Schema *schema)
{
    DataType bigint = data_type(DATA_BIGINT);
    DataType text = data_type(DATA_TEXT);
    SchemaTable *items = schema_root_table(schema, STR("items"), STR("items"), STR("merge"));
    SchemaColumn *id = schema_column(schema, items, STR("id"), &bigint, false);
    schema_set_hint(schema, id, STR("primary_key"), value_bool(true));
    schema_column(schema, items, STR("v"), &text, true);
    schema_system_column(schema, items, &system_column_load_id);
    schema_system_column(schema, items, &system_column_id);
    schema_mark_seen(schema, items);
    schema_mark_seen(schema, schema_system_table(schema, &system_table_state));
    SchemaTable *list = schema_nested_table(schema, STR("items__l"), STR("items"));
    schema_column(schema, list, STR("n"), &bigint, true);
    static const SystemColumn *const columns[] = {&system_column_root_id, &system_column_parent_id,
                                                  &system_column_list_idx, &system_column_id};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        schema_system_column(schema, list, columns[i]);
    }
    schema_mark_seen(schema, list);
    schema_propagate_root_id(schema, STR("items"));
}

static void a_document_made_from_nothing_has_the_hash_of_dlts(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Schema *schema = schema_new(arena, STR("src"));
    assert_true(schema_bump(schema));
    assert_int_equal(schema_version(schema), 1);
    build_merge_schema(schema);
    assert_true(schema_bump(schema));
    assert_int_equal(schema_version(schema), 2);
    assert_string_equal(str_to_c(arena, schema_version_hash(schema)),
                        "9iEONJMgNJ75ZAyDjym2eBJt0cRokMTz2ztbgTxo7qY=");
    build_merge_schema(schema); /* again changes nothing */
    assert_false(schema_bump(schema));
    Schema *again = NULL;
    assert_ok(schema_read(arena, pack_text(arena, schema_write(schema, arena)), &again));
    assert_true(str_eq(schema_write(again, arena), schema_write(schema, arena)));
}

static void versions_remember_the_ten_before_them(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Schema *schema = schema_new(arena, STR("src"));
    StrVec hashes = {0};
    for (int i = 0; i < 13; i++) {
        DataType type = data_type(DATA_BOOL);
        SchemaTable *table = schema_root_table(schema, STR("t"), STR("t"), STR("append"));
        schema_column(schema, table, str_printf(arena, "c%d", i), &type, true);
        assert_true(schema_bump(schema));
        VEC_PUSH(arena, &hashes, schema_version_hash(schema));
    }
    assert_int_equal(schema_version(schema), 13);
    const Value *previous = strmap_find(&schema->members, STR("previous_hashes"));
    assert_int_equal(value_len(previous), SCHEMA_PREVIOUS_HASHES);
    assert_true(str_eq(value_at(previous, 0)->as.text, hashes.data[11]));
    assert_true(str_eq(value_at(previous, 9)->as.text, hashes.data[2]));
}

static void the_order_of_columns_counts_and_that_of_tables_does_not(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const char *const orders[][2] = {{"a", "b"}, {"b", "a"}};
    Str by_columns[2];
    Str by_tables[2];
    DataType type = data_type(DATA_DATE);
    for (size_t i = 0; i < 2; i++) {
        Schema *columns = schema_new(arena, STR("src"));
        Schema *tables = schema_new(arena, STR("src"));
        SchemaTable *table = schema_root_table(columns, STR("t"), STR("t"), STR("append"));
        for (size_t j = 0; j < 2; j++) {
            Str name = str_from(orders[i][j]);
            schema_column(columns, table, name, &type, true);
            schema_root_table(tables, name, name, STR("append"));
        }
        by_columns[i] = schema_hash(columns, arena);
        by_tables[i] = schema_hash(tables, arena);
    }
    assert_false(str_eq(by_columns[0], by_columns[1]));
    assert_true(str_eq(by_tables[0], by_tables[1]));
}

static void a_hinted_column_takes_its_place_when_it_gets_a_type(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Schema *schema = read_schema(
        arena, "{\"version\":1,\"version_hash\":\"\",\"engine_version\":11,\"name\":\"src\","
               "\"tables\":{\"_dlt_version\":{\"columns\":{}},\"_dlt_loads\":{\"columns\":{}},"
               "\"t\":{\"columns\":{\"id\":{\"name\":\"id\",\"nullable\":false,"
               "\"primary_key\":true},\"v\":{\"name\":\"v\",\"data_type\":\"text\"}}}}}");
    SchemaTable *table = schema_find_table(schema, STR("t"));
    DataType type;
    assert_false(schema_column_type(schema_find_column(table, STR("id")), &type));
    DataType bigint = data_type(DATA_BIGINT);
    SchemaColumn *column = schema_column(schema, table, STR("id"), &bigint, true);
    assert_true(schema_column_type(column, &type));
    assert_false(schema_column_nullable(column));
    assert_true(str_is(table->columns.entries[1].key, "id"));
    DataType text = data_type(DATA_TEXT);
    schema_column(schema, table, STR("id"), &text, true);
    assert_true(schema_column_type(column, &type));
    assert_int_equal(type.kind, DATA_BIGINT);
}

static const char old_schema[] =
    "{\"version\":4,\"version_hash\":\"h\",\"engine_version\":7,\"name\":\"old\",\"tables\":{"
    "\"_dlt_version\":{\"columns\":{}},\"_dlt_loads\":{\"columns\":{}},"
    "\"t\":{\"columns\":{\"c\":{\"data_type\":\"complex\"},"
    "\"gone\":{\"x-normalizer\":{\"seen-null-first\":true}},"
    "\"kept\":{\"data_type\":\"text\",\"x-normalizer\":{\"seen-null-first\":true}},"
    "\"_dlt_id\":{\"data_type\":\"text\",\"unique\":true}}},"
    "\"t__l\":{\"parent\":\"t\",\"columns\":{\"_dlt_parent_id\":{\"data_type\":\"text\","
    "\"foreign_key\":true}}}},"
    "\"settings\":{\"default_hints\":{\"foreign_key\":[\"_dlt_parent_id\"],"
    "\"unique\":[\"_dlt_id\"]},\"preferred_types\":{\"re:x\":\"complex\"}},"
    "\"normalizers\":{\"names\":\"snake_case\",\"json\":{\"config\":{"
    "\"generate_dlt_id\":true}}}}";

static const char new_schema[] =
    "{\"version\":4,\"version_hash\":\"h\",\"engine_version\":11,\"name\":\"old\",\"tables\":{"
    "\"_dlt_version\":{\"columns\":{}},\"_dlt_loads\":{\"columns\":{}},"
    "\"t\":{\"columns\":{\"c\":{\"data_type\":\"json\"},"
    "\"kept\":{\"data_type\":\"text\"},"
    "\"_dlt_id\":{\"data_type\":\"text\",\"unique\":true,\"row_key\":true}},"
    "\"x-normalizer\":{\"seen-data\":true}},"
    "\"t__l\":{\"parent\":\"t\",\"columns\":{\"_dlt_parent_id\":{\"data_type\":\"text\","
    "\"parent_key\":true}}}},"
    "\"settings\":{\"default_hints\":{\"unique\":[\"_dlt_id\"],\"row_key\":[\"_dlt_id\"],"
    "\"parent_key\":[\"_dlt_parent_id\"]},\"preferred_types\":{\"re:x\":\"json\"}},"
    "\"normalizers\":{\"names\":\"snake_case\",\"json\":{\"config\":{}},"
    "\"use_break_path_on_normalize\":false},\"previous_hashes\":[]}";

static void old_documents_are_brought_up_to_date(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Schema *schema = read_schema(arena, old_schema);
    assert_string_equal(str_to_c(arena, schema_write(schema, arena)), new_schema);
    Naming naming;
    assert_ok(schema_naming(schema, 0, &naming));
    assert_true(naming.keeps_no_paths);
}

typedef struct BadDocument {
    const char *json;
    ErrorKind kind;
    const char *message;
} BadDocument;

#define BAD_HEAD "{\"name\":\"x\",\"version\":1,\"engine_version\":"

static void what_is_no_schema_is_refused(void **state)
{
    (void)state;
    static const BadDocument documents[] = {
        {"", ERR_INPUT, "not JSON"},
        {"{", ERR_INPUT, "not JSON"},
        {"[]", ERR_INPUT, "must be a map, not a list"},
        {"{\"name\":\"a b\"}", ERR_INPUT, "valid name"},
        {"{\"name\":\"x\"}", ERR_INPUT, "without a version"},
        {BAD_HEAD "11}", ERR_INPUT, "'tables' must be a map"},
        {BAD_HEAD "12,\"tables\":{}}", ERR_UNSUPPORTED, "engine version 12; 7 to 11"},
        {BAD_HEAD "6,\"tables\":{}}", ERR_UNSUPPORTED, "engine version 6"},
        {BAD_HEAD "\"11\",\"tables\":{}}", ERR_INPUT, "without an engine"},
        {BAD_HEAD "11,\"tables\":{}}", ERR_INPUT, "no table '_dlt_version'"},
        {BAD_HEAD "11,\"tables\":{\"t\":1}}", ERR_INPUT, "table 't' must be a map"},
        {BAD_HEAD "11,\"tables\":{\"t\":{\"columns\":[]}}}", ERR_INPUT, "columns of table 't'"},
        {BAD_HEAD "11,\"tables\":{\"t\":{\"columns\":{\"c\":null}}}}", ERR_INPUT,
         "column 'c' must be a map"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        Schema *schema = NULL;
        assert_fails(schema_read(arena, str_from(documents[i].json), &schema), documents[i].kind,
                     documents[i].message);
        assert_null(schema);
    }
}

typedef struct TypeCase {
    const char *sql;
    const char *kind;
    const char *made; /* the column made for it; NULL = the same */
} TypeCase;

static void types_of_columns_are_kept(void **state)
{
    (void)state;
    static const TypeCase cases[] = {
        {"VARCHAR", "text", NULL},
        {"BIGINT", "bigint", NULL},
        {"INTEGER", "bigint", NULL},
        {"SMALLINT", "bigint", NULL},
        {"TINYINT", "bigint", NULL},
        {"HUGEINT", "bigint", NULL},
        {"UTINYINT", "bigint", "SMALLINT"},
        {"UINTEGER", "bigint", "BIGINT"},
        {"UBIGINT", "bigint", "HUGEINT"},
        {"DOUBLE", "double", NULL},
        {"FLOAT", "double", "DOUBLE"},
        {"BOOLEAN", "bool", NULL},
        {"DATE", "date", NULL},
        {"TIME", "time", NULL},
        {"BLOB", "binary", NULL},
        {"JSON", "json", NULL},
        {"TIMESTAMP WITH TIME ZONE", "timestamp", NULL},
        {"TIMESTAMP", "timestamp", NULL},
        {"TIMESTAMP_S", "timestamp", NULL},
        {"TIMESTAMP_MS", "timestamp", NULL},
        {"TIMESTAMP_NS", "timestamp", NULL},
        {"DECIMAL(18,3)", "decimal", NULL},
        {"DECIMAL(38,0)", "wei", NULL},
        {"UUID", "text", "VARCHAR"},
        {"ENUM('a', 'b')", "text", "VARCHAR"},
        {"INTEGER[]", "json", "JSON"},
        {"STRUCT(a INTEGER)", "json", "JSON"},
        {"MAP(VARCHAR, INTEGER)", "json", "JSON"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        DataType type = data_type_of_column(str_from(cases[i].sql));
        assert_string_equal(data_kind_name(type.kind), cases[i].kind);
        Str made;
        assert_ok(data_type_sql(arena, &type, &made));
        assert_string_equal(str_to_c(arena, made),
                            cases[i].made != NULL ? cases[i].made : cases[i].sql);
    }
    DataType wide = {.kind = DATA_BIGINT, .precision = 129, .scale = DATA_DEFAULT};
    Str sql;
    assert_fails(data_type_sql(arena, &wide, &sql), ERR_SCHEMA, "bigint of precision 129");
    DataType decimal = data_type(DATA_DECIMAL);
    assert_ok(data_type_sql(arena, &decimal, &sql));
    assert_true(str_is(sql, "DECIMAL(38,9)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_documents_are_kept_and_hashed_as_dlt_does),
        cmocka_unit_test(a_document_made_from_nothing_has_the_hash_of_dlts),
        cmocka_unit_test(versions_remember_the_ten_before_them),
        cmocka_unit_test(the_order_of_columns_counts_and_that_of_tables_does_not),
        cmocka_unit_test(a_hinted_column_takes_its_place_when_it_gets_a_type),
        cmocka_unit_test(old_documents_are_brought_up_to_date),
        cmocka_unit_test(what_is_no_schema_is_refused),
        cmocka_unit_test(types_of_columns_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
