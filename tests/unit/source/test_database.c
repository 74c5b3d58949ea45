#include "unit/base/base_fixture.h"

#include "source/database/address.h"
#include "source/database/batch.h"
#include "source/database/query.h"

/* ---- Addresses ---- */

static void connection_strings_say_where_a_database_is(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        const char *path;
    } cases[] = {
        {"sqlite:///shop.db", "shop.db"},
        {"sqlite+pysqlite:////data/shop.db?timeout=5", "/data/shop.db"},
        {"data/shop.db", "data/shop.db"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const DatabaseDialect *dialect = NULL;
        DatabaseAddress address;
        assert_ok(database_address_parse(arena, str_from(cases[i].url), DATABASE_SQLITE, NULL,
                                         &dialect, &address));
        assert_text(address.path, cases[i].path);
        assert_string_equal(dialect->title, "SQLite");
    }
}

static void a_connection_string_of_nothing_known_is_refused_without_showing_it(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    const DatabaseDialect *dialect = NULL;
    DatabaseAddress address;
    assert_fails(database_address_parse(arena, STR("sqlit://u:secret@h/d"), DATABASE_ANY, NULL,
                                        &dialect, &address),
                 ERR_CONFIG, "the connection string is of the unknown kind 'sqlit'");
    assert_fails(
        database_address_parse(arena, STR("u:secret@h/d"), DATABASE_ANY, NULL, &dialect, &address),
        ERR_CONFIG, "the connection string does not say what database it is of");
}

static void servers_are_found_by_the_parts_of_their_strings(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        const char *shown; /* "user password host port database parameters"; NULL: malformed */
    } cases[] = {
        {"postgresql://ann:s3cret@db.shop:5433/shop", "ann s3cret db.shop 5433 shop"},
        {"postgres+psycopg2://ann:p%40s%3A%2F%25@h/d?sslmode=require&options=-c%20a%3Db",
         "ann p@s:/% h 0 d sslmode=require options=-c a=b"},
        {"postgresql://ann:a/b?c@h/d", "ann a/b?c h 0 d"},
        {"postgresql://h", "  h 0 "},
        {"postgresql:///d?host=/var/run", "   0 d host=/var/run"},
        {"postgresql://ann@[::1]:5432/d", "ann  ::1 5432 d"},
        {"postgresql://ann:x@y@h/d", NULL},
        {"postgresql://h:many/d", NULL},
        {"postgresql://h:0/d", NULL},
        {"postgresql://h:65536/d", NULL},
        {"postgresql://[::1/d", NULL},
        {"postgresql://[::1]x/d", NULL},
        {"host=h password=s3cret", NULL},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const DatabaseDialect *dialect = NULL;
        DatabaseAddress at;
        Error *err = database_address_parse(arena, str_from(cases[i].url), DATABASE_POSTGRES, NULL,
                                            &dialect, &at);
        if (cases[i].shown == NULL) {
            assert_fails(err, ERR_CONFIG, "the connection string");
            continue;
        }
        assert_ok(err);
        StrBuf shown = strbuf_init(arena, 1000);
        strbuf_printf(&shown, STR_FMT " " STR_FMT " " STR_FMT " %lld " STR_FMT, STR_ARG(at.user),
                      STR_ARG(at.password), STR_ARG(at.host), (long long)at.port,
                      STR_ARG(at.database));
        for (VEC_EACH(const DatabaseParameter, it, &at.parameters)) {
            strbuf_printf(&shown, " " STR_FMT "=" STR_FMT, STR_ARG(it->name), STR_ARG(it->value));
        }
        assert_text(strbuf_str(&shown), cases[i].shown);
    }
}

/* ---- Statements ---- */

static void statements_ask_for_what_is_new(void **state)
{
    (void)state;
    static const struct {
        const char *missing;
        const char *start;
        const char *order;
        const char *expected;
    } cases[] = {
        {"raise", "closed", NULL, " where ((\"a\"\"b\" >= 'it''s'))"},
        {"include", "open", NULL, " where ((\"a\"\"b\" > 'it''s') or \"a\"\"b\" is null)"},
        {"exclude", "closed", "desc", " where ((\"a\"\"b\" >= 'it''s')) order by \"a\"\"b\" desc"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DatabaseColumn column = {.name = STR("a\"b")};
    DatabaseTable table = {.schema = STR("s"), .name = STR("t"), .columns = {&column, 1, 1}};
    Value from = value_string(STR("it's"));
    StreamRequest request = {.from = &from};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str sql;
        ValueMapBuilder hint = value_map_begin(arena);
        value_map_set(&hint, STR("cursor_path"), value_string(column.name));
        value_map_set(&hint, STR("on_cursor_value_missing"),
                      value_string(str_from(cases[i].missing)));
        value_map_set(&hint, STR("range_start"), value_string(str_from(cases[i].start)));
        if (cases[i].order != NULL) {
            value_map_set(&hint, STR("row_order"), value_string(str_from(cases[i].order)));
        }
        Value incremental = value_map_end(&hint);
        TableQuery asked = {'"', &table, &incremental, &request, NULL};
        assert_ok(table_query(arena, &asked, &sql));
        Str expected = str_printf(arena, "select \"a\"\"b\" from \"s\".\"t\"%s", cases[i].expected);
        assert_text(sql, str_to_c(arena, expected));
    }
}

static void statements_ask_for_what_the_database_knows_to_be_new(void **state)
{
    (void)state;
    const struct {
        DatabaseWindow window;
        const char *missing;
        const char *expected;
    } cases[] = {
        {{.condition = STR("w < 3")}, "raise", " where ((\"c\" >= 5)) and w < 3"},
        {{.condition = STR("w < 3"), .is_complete = true}, "raise", " where w < 3"},
        {{.condition = STR("w < 3"), .is_complete = true, .floor = STR("4")},
         "raise",
         " where (\"c\" >= '4') and w < 3"},
        {{.condition = STR("w < 3"), .is_complete = true, .floor = STR("4")},
         "include",
         " where (\"c\" >= '4' or \"c\" is null) and w < 3"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DatabaseColumn column = {.name = STR("c")};
    DatabaseTable table = {.name = STR("t"), .columns = {&column, 1, 1}};
    Value from = value_int(5);
    StreamRequest request = {.from = &from};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str sql;
        ValueMapBuilder hint = value_map_begin(arena);
        value_map_set(&hint, STR("cursor_path"), value_string(column.name));
        value_map_set(&hint, STR("on_cursor_value_missing"),
                      value_string(str_from(cases[i].missing)));
        Value incremental = value_map_end(&hint);
        TableQuery asked = {'"', &table, &incremental, &request, &cases[i].window};
        assert_ok(table_query(arena, &asked, &sql));
        Str expected = str_printf(arena, "select \"c\" from \"t\"%s", cases[i].expected);
        assert_text(sql, str_to_c(arena, expected));
    }
}

/* ---- Chunks ---- */

/* Writes down what chunks hold: "int 3" for each. */
typedef struct Listener {
    ChunkTaker taker;
    StrBuf seen;
} Listener;

static Error *listen(ChunkTaker *taker, const Chunk *chunk, bool *out_enough)
{
    Listener *listener = (Listener *)(void *)taker;
    for (size_t row = 0; row < chunk->row_count; row++) {
        column_add_text(&chunk->columns[0], row, STR("null"), &listener->seen);
        strbuf_add_char(&listener->seen, ' ');
    }
    strbuf_add_char(&listener->seen, '|');
    *out_enough = false;
    return NULL;
}

static void full_chunks_are_handed_over_and_a_new_kind_begins_another(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Listener listener = {{listen}, strbuf_init(arena, 1024)};
    DatabaseColumn column = {.name = STR("v"), .type = {.kind = COLUMN_INT}};
    DatabaseTable table = {.name = STR("t"), .columns = {&column, 1, 1}};
    DatabaseRead read = {.table = &table, .rows = 3};
    AUTO_DONE(batch) Batch batch;
    batch_init(&batch, &read, &listener.taker);
    for (int64_t i = 0; i < 5; i++) {
        assert_ok(batch_begin_row(&batch));
        if (i != 1) {
            batch_set_int(&batch, 0, i);
        }
    }
    assert_ok(batch_begin_row(&batch));
    assert_ok(batch_retype(&batch, 0, (ColumnType){.kind = COLUMN_TEXT}));
    batch_set_text(&batch, 0, batch_text(&batch, STR("five")));
    assert_ok(batch_flush(&batch));
    assert_text(strbuf_str(&listener.seen), "0 null 2 |3 4 |five |");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_strings_say_where_a_database_is),
        cmocka_unit_test(a_connection_string_of_nothing_known_is_refused_without_showing_it),
        cmocka_unit_test(servers_are_found_by_the_parts_of_their_strings),
        cmocka_unit_test(statements_ask_for_what_is_new),
        cmocka_unit_test(statements_ask_for_what_the_database_knows_to_be_new),
        cmocka_unit_test(full_chunks_are_handed_over_and_a_new_kind_begins_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
