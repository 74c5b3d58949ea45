#include "source/filesystem/csv_rows.h"

#include "unit/warehouse/warehouse_fixture.h"

/* What pandas 2's read_csv(chunksize=10000) gives to dlt, as JSON; NaN is null. */
static const struct {
    const char *text;
    const char *rows;
} cases[] = {
    {"a,b\n1,x\n2,y\n", "{\"a\":1,\"b\":\"x\"}{\"a\":2,\"b\":\"y\"}"},
    {"a,a,,b\n1,2,3,4\n", "{\"a\":1,\"a.1\":2,\"Unnamed: 2\":3,\"b\":4}"},
    {"a\n1\n\n2.5\n", "{\"a\":1.0}{\"a\":2.5}"},
    {"a\n true\nTrue\n", "{\"a\":\" true\"}{\"a\":\"True\"}"},
    {"a,b\ntrue,1\n,2\n", "{\"a\":true,\"b\":1}{\"a\":null,\"b\":2}"},
    {"a\ntRue\n", "{\"a\":true}"},
    {"a\n 1\n2 \n", "{\"a\":1}{\"a\":2}"},
    {"a\n1e3\n2\n", "{\"a\":1000.0}{\"a\":2.0}"},
    {"a\n99999999999999999999\n1\n", "{\"a\":99999999999999999999}{\"a\":1}"},
    {"a\n-0\n+7\n007\n-12\n", "{\"a\":0}{\"a\":7}{\"a\":7}{\"a\":-12}"},
    {"a\nNaN\n1\n", "{\"a\":null}{\"a\":1.0}"},
    {"a\nNA\nNULL\n", "{\"a\":null}{\"a\":null}"},
    {"a\n1_000\n0x10\n- 1\n", "{\"a\":\"1_000\"}{\"a\":\"0x10\"}{\"a\":\"- 1\"}"},
    {"a,b\n1\n", "{\"a\":1,\"b\":null}"},
    {"a,b\n\"x\"\"y\",1\n\"l1\nl2\",2\n", "{\"a\":\"x\\\"y\",\"b\":1}{\"a\":\"l1\\nl2\",\"b\":2}"},
    {"a\nx\"y\"z\n", "{\"a\":\"x\\\"y\\\"z\"}"},
    {"a,b\n\"x\"y,1\n", "{\"a\":\"xy\",\"b\":1}"},
    {"a\n\"1\"\n\"2\"", "{\"a\":1}{\"a\":2}"},
    {"a\r1\r2\r", "{\"a\":1}{\"a\":2}"},
    {"\xEF\xBB\xBF"
     "a\r\n.5\r\n5.\r\n",
     "{\"a\":0.5}{\"a\":5.0}"},
    {"a,b\n,\n,1\n", "{\"a\":null,\"b\":null}{\"a\":null,\"b\":1.0}"},
    {"a\n", ""},
    {"", ""},
};

static void add_rows(const JsonRows *rows, StrBuf *out)
{
    for (size_t i = 0; i < rows->rows.len; i++) {
        char *text = yyjson_val_write(rows->rows.data[i], 0, NULL);
        strbuf_add_c(out, text);
        free(text);
    }
}

static void rows_come_out_as_of_pandas(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        CsvRows reader;
        AUTO_DONE(json_rows) JsonRows rows = {0};
        StrBuf shown = strbuf_init(arena, 4096);
        assert_ok(csv_rows_open(arena, str_from(cases[i].text), STR("a.csv"), ',', &reader));
        assert_ok(csv_rows_next(&reader, &rows));
        add_rows(&rows, &shown);
        assert_string_equal(strbuf_c(&shown), cases[i].rows);
    }
}

static void chunks_have_types_of_their_own(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf text = strbuf_init(arena, 1 << 20);
    strbuf_add_c(&text, "a\n");
    for (int i = 0; i < 10000; i++) {
        strbuf_add_c(&text, "1\n");
    }
    strbuf_add_c(&text, "x\n");
    CsvRows reader;
    AUTO_DONE(json_rows) JsonRows first = {0};
    AUTO_DONE(json_rows) JsonRows second = {0};
    assert_ok(csv_rows_open(arena, strbuf_str(&text), STR("a.csv"), ',', &reader));
    assert_ok(csv_rows_next(&reader, &first));
    assert_ok(csv_rows_next(&reader, &second));
    assert_int_equal(first.rows.len, 10000);
    assert_true(yyjson_is_int(yyjson_obj_get(first.rows.data[0], "a")));
    assert_int_equal(second.rows.len, 1);
    assert_true(yyjson_is_str(yyjson_obj_get(second.rows.data[0], "a")));
}

static void broken_lines_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *complaint;
    } broken[] = {{"a\n1\n1,2\n", "a.csv:3: expected 1 fields, found 2"},
                  {"a\n\"1\n2\n", "a.csv:2: a quote without its partner"}};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        CsvRows reader;
        AUTO_DONE(json_rows) JsonRows rows = {0};
        assert_ok(csv_rows_open(arena, str_from(broken[i].text), STR("a.csv"), ',', &reader));
        Error *err = csv_rows_next(&reader, &rows);
        assert_non_null(err);
        assert_string_equal(str_to_c(arena, error_message(err)), broken[i].complaint);
        error_discard(err, "looked at");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_out_as_of_pandas),
        cmocka_unit_test(chunks_have_types_of_their_own),
        cmocka_unit_test(broken_lines_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
