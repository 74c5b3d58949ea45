#include "unit/base/base_fixture.h"

#include "source/postgres/copy.h"
#include "source/postgres/postgres_internal.h"
#include "source/postgres/types.h"

/* ---- Numbers ---- */

static void numerics_are_taken_to_the_scale_of_their_column(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        unsigned scale;
        int64_t expected;
    } cases[] = {
        {"\0\0\0\0\0\0\0\0", 8, 2, 0},
        {"\0\2\0\0\0\0\0\2\0\14\15\254", 12, 2, 1235},   /* 12.35 */
        {"\0\2\0\0\100\0\0\2\0\14\15\254", 12, 1, -124}, /* -12.35, rounded away from zero */
        {"\0\2\0\0\0\0\0\2\0\14\15\254", 12, 0, 12},     /* 12.35 */
        {"\0\1\0\1\0\0\0\0\0\5", 10, 0, 50000},          /* zeros at the end do not travel */
        {"\0\1\0\1\0\0\0\0\0\5", 10, 3, 50000000},       /* 50000.000 */
        {"\0\1\377\377\0\0\0\4\0\5", 10, 4, 5},          /* 0.0005 */
        {"\0\1\377\377\0\0\0\4\0\5", 10, 3, 1},          /* 0.0005 */
        {"\0\1\377\376\0\0\0\10\47\17", 10, 4, 1},       /* 0.00009999 */
        {"\0\1\377\375\0\0\0\14\47\17", 10, 4, 0},       /* far behind the scale */
        {"\0\1\0\0\0\0\0\0\47\17", 10, 0, 9999},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Int128 value = -1;
        assert_ok(postgres_numeric((Str){cases[i].bytes, cases[i].len}, cases[i].scale, &value));
        assert_int_equal((int64_t)value, cases[i].expected);
    }
}

static void numbers_that_are_no_decimals_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        unsigned scale;
        ErrorKind kind;
    } cases[] = {
        {"", 0, 0, ERR_SOURCE},
        {"\0\0\0\0\0\0\0", 7, 0, ERR_SOURCE},
        {"\377\377\0\0\0\0\0\0", 8, 0, ERR_SOURCE},    /* more digits than bytes */
        {"\0\1\0\0\0\0\0\0\47\20", 10, 0, ERR_SOURCE}, /* a digit of 10000 */
        {"\0\0\0\0\1\0\0\0", 8, 0, ERR_SOURCE},        /* a sign there is not */
        {"\0\0\0\0\300\0\0\0", 8, 0, ERR_INPUT},       /* NaN */
        {"\0\0\0\0\320\0\0\0", 8, 0, ERR_INPUT},       /* Infinity */
        {"\0\0\0\0\360\0\0\0", 8, 0, ERR_INPUT},       /* -Infinity */
        {"\0\1\0\11\0\0\0\0\0\144", 10, 0, ERR_INPUT}, /* 10^38 */
        {"\0\1\177\377\0\0\0\0\0\1", 10, 38, ERR_INPUT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Int128 value = -1;
        assert_fails(postgres_numeric((Str){cases[i].bytes, cases[i].len}, cases[i].scale, &value),
                     cases[i].kind, "");
        assert_true(value == -1);
    }
}

/* ---- Rows ---- */

typedef struct Taken {
    ChunkTaker taker;
    size_t rows;
    int64_t sum;
    bool last_is_null;
} Taken;

static Error *take(ChunkTaker *taker, const Chunk *chunk, bool *out_enough)
{
    Taken *taken = (Taken *)(void *)taker;
    *out_enough = false;
    for (size_t i = 0; i < chunk->row_count; i++) {
        taken->last_is_null = column_is_null(&chunk->columns[0], i);
        taken->sum += taken->last_is_null ? 0 : column_int(&chunk->columns[0], i);
    }
    taken->rows += chunk->row_count;
    return NULL;
}

static DatabaseTable table_of(Arena *arena, ColumnKind kind)
{
    DatabaseTable table = {.name = STR("t")};
    DatabaseColumn column = {.name = STR("c"), .type = {.kind = kind, .name = STR("int8")}};
    VEC_PUSH(arena, &table.columns, column);
    return table;
}

#define HEAD "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
#define BYTES(literal) ((Str){(literal), sizeof(literal) - 1})

static Error *feed(const DatabaseTable *table, Str message, Taken *taken, CopyReader *out)
{
    DatabaseRead read = {.table = table, .rows = 2};
    AUTO_DONE(batch) Batch batch;
    *taken = (Taken){.taker = {take}};
    batch_init(&batch, &read, &taken->taker);
    *out = (CopyReader){.batch = &batch, .table = table};
    TRY(copy_take(out, message));
    TRY(batch_flush(&batch));
    out->batch = NULL;
    return NULL;
}

static void rows_become_chunks(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DatabaseTable table = table_of(arena, COLUMN_INT);
    Taken taken;
    CopyReader reader;
    assert_ok(feed(&table,
                   BYTES(HEAD "\0\1\0\0\0\2\377\376" /* -2 */
                              "\0\1\0\0\0\4\0\0\0\7"
                              "\0\1\0\0\0\10\0\0\0\1\0\0\0\0"
                              "\0\1\377\377\377\377" /* NULL */
                              "\377\377"),
                   &taken, &reader));
    assert_ok(copy_finish(&reader));
    assert_int_equal(taken.rows, 4);
    assert_int_equal(taken.sum, INT64_C(0x100000005));
    assert_true(taken.last_is_null);
}

static void broken_rows_are_refused(void **state)
{
    (void)state;
    const Str cases[] = {
        BYTES("PGCOPY"),
        BYTES("PGCOPY\n\377\r\r\0\0\0\0\0\0\0\0\0"),
        BYTES("PGCOPY\n\377\r\n\0\0\1\0\0\0\0\0\0"),         /* a flag that must be known */
        BYTES("PGCOPY\n\377\r\n\0\0\0\0\0\177\377\377\377"), /* a head of 2 GiB */
        BYTES(HEAD "\0"),
        BYTES(HEAD "\0\2\0\0\0\0\0\0\0\0"),   /* two columns */
        BYTES(HEAD "\0\1\0\0"),               /* no length */
        BYTES(HEAD "\0\1\177\377\377\377\0"), /* a value of 2 GiB */
        BYTES(HEAD "\0\1\377\377\377\376\0"), /* a negative length */
        BYTES(HEAD "\0\1\0\0\0\3\0\0\1"),     /* no integer has three bytes */
        BYTES(HEAD "\377\377\0\1"),           /* rows after the end */
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DatabaseTable table = table_of(arena, COLUMN_INT);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Taken taken;
        CopyReader reader;
        assert_fails(feed(&table, cases[i], &taken, &reader), ERR_SOURCE, "");
    }
}

static void rows_that_break_off_are_told(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DatabaseTable table = table_of(arena, COLUMN_INT);
    Taken taken;
    CopyReader reader;
    assert_ok(feed(&table, BYTES(HEAD "\0\1\0\0\0\2\0\1"), &taken, &reader));
    assert_fails(copy_finish(&reader), ERR_NETWORK, "");
}

static void texts_must_be_utf8(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DatabaseTable table = table_of(arena, COLUMN_TEXT);
    Taken taken;
    CopyReader reader;
    assert_fails(feed(&table, BYTES(HEAD "\0\1\0\0\0\2a\377"), &taken, &reader), ERR_INPUT, "");
}

static void moments_are_within_the_years_that_python_has(void **state)
{
    (void)state;
    static const struct {
        int64_t us; /* since 2000 */
        bool fails;
        int64_t expected;
    } cases[] = {
        {0, false, INT64_C(946684800000000)},
        {-INT64_C(946684800000000), false, 0},
        {INT64_MAX, false, INT64_C(253402300799999999)}, /* infinity */
        {INT64_MIN, false, -INT64_C(62135596800000000)},
        {INT64_MAX - 1, true, 0},
        {INT64_C(253402300800000000), true, 0},
        {-INT64_C(63082281600000001), true, 0}, /* one before the year 1 */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char bytes[8];
        int64_t us = 0;
        for (size_t b = 0; b < sizeof(bytes); b++) {
            bytes[b] = (char)((uint64_t)cases[i].us >> (8 * (7 - b)) & 0xFF);
        }
        Error *err = postgres_moment((Str){bytes, sizeof(bytes)}, &us);
        if (!cases[i].fails) {
            assert_ok(err);
            assert_true(us == cases[i].expected);
        } else {
            assert_fails(err, ERR_INPUT, "years 1 to 9999");
        }
    }
}

/* ---- Arrays ---- */

#define INTS "\0\0\0\1\0\0\0\0\0\0\0\27" /* one dimension, no NULLs, int4 */

static void arrays_become_lists(void **state)
{
    (void)state;
    const struct {
        Str bytes;
        const char *expected; /* NULL: malformed */
    } cases[] = {
        {BYTES("\0\0\0\0\0\0\0\0\0\0\0\27"), "[]"},
        {BYTES(INTS "\0\0\0\2\0\0\0\1\0\0\0\4\0\0\0\7\377\377\377\377"), "[7,null]"},
        {BYTES("\0\0\0\2\0\0\0\0\0\0\0\31\0\0\0\2\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1a\0\0\0\1\""),
         "[[\"a\"],[\"\\\"\"]]"},
        {BYTES(INTS "\0\0\0\2\0\0\0\1\0\0\0\4\0\0\0\7"), NULL},         /* cut off */
        {BYTES(INTS "\0\0\0\1\0\0\0\1\0\0\0\3\0\0\7"), NULL},           /* of three bytes */
        {BYTES(INTS "\177\377\377\377\0\0\0\1\0\0\0\4\0\0\0\7"), NULL}, /* a long lie */
        {BYTES(INTS "\0\0\0\0\0\0\0\1"), NULL},                         /* a dimension of none */
        {BYTES(INTS "\0\0\0\1\0\0\0\1\0\0\0\4\0\0\0\7\0"), NULL},       /* more than it says */
        {BYTES("\0\0\0\7\0\0\0\0\0\0\0\27"), NULL},                     /* seven dimensions */
        {BYTES("\0\0\0\1\0\0\0\0\0\0\3\350\0\0\0\1\0\0\0\1\0\0\0\0"), NULL}, /* of another type */
        {BYTES("\0\0\0\1"), NULL},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        StrBuf out = strbuf_init(arena, 1000);
        Error *err = postgres_array_json(cases[i].bytes, &out);
        if (cases[i].expected == NULL) {
            assert_fails(err, ERR_SOURCE, "array");
        } else {
            assert_ok(err);
            assert_text(strbuf_str(&out), cases[i].expected);
        }
    }
}

/* ---- Types ---- */

static void columns_are_selected_so_that_their_bytes_are_known(void **state)
{
    (void)state;
    const struct {
        PostgresType type;
        ColumnKind kind;
        const char *data_type;
        const char *selected;
    } cases[] = {
        {{.name = STR("int2"), .modifier = -1}, COLUMN_INT, "bigint", ""},
        {{.name = STR("uuid"), .modifier = -1}, COLUMN_TEXT, "text", "\"a\"\"b\"::text"},
        {{.name = STR("unheard"), .modifier = -1}, COLUMN_TEXT, "", "\"a\"\"b\"::text"},
        {{.name = STR("mood"), .kind = 'e', .modifier = -1}, COLUMN_TEXT, "text", ""},
        {{.name = STR("int4"), .is_domain = true, .modifier = -1}, COLUMN_INT, "", ""},
        {{.name = STR("_mood"), .element = STR("mood"), .modifier = -1},
         COLUMN_JSON,
         "json",
         "\"a\"\"b\"::text::text[]"},
        {{.name = STR("int4range"), .kind = 'r', .modifier = -1}, COLUMN_STRUCT, "", ""},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        DatabaseColumn column = {.name = STR("a\"b")};
        postgres_type_column(arena, &cases[i].type, &column);
        assert_int_equal(column.type.kind, cases[i].kind);
        assert_text(column.data_type, cases[i].data_type);
        assert_text(column.expression, cases[i].selected);
    }
}

static void decimals_have_at_most_38_digits(void **state)
{
    (void)state;
    static const struct {
        int64_t modifier;
        int64_t precision;
        int64_t scale;
    } cases[] = {
        {(10 << 16 | 2) + 4, 10, 2},      {(5 << 16 | 0x7fe) + 4, 7, 0}, /* 5, -2 */
        {(2 << 16 | 5) + 4, 5, 5},        {(1000 << 16 | 10) + 4, 38, 10},
        {(1000 << 16 | 500) + 4, 38, 38},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        DatabaseColumn column = {.name = STR("n")};
        PostgresType type = {.name = STR("numeric"), .modifier = cases[i].modifier};
        postgres_type_column(arena, &type, &column);
        assert_int_equal(column.precision, cases[i].precision);
        assert_int_equal(column.scale, cases[i].scale);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numerics_are_taken_to_the_scale_of_their_column),
        cmocka_unit_test(numbers_that_are_no_decimals_are_refused),
        cmocka_unit_test(rows_become_chunks),
        cmocka_unit_test(broken_rows_are_refused),
        cmocka_unit_test(rows_that_break_off_are_told),
        cmocka_unit_test(texts_must_be_utf8),
        cmocka_unit_test(moments_are_within_the_years_that_python_has),
        cmocka_unit_test(arrays_become_lists),
        cmocka_unit_test(columns_are_selected_so_that_their_bytes_are_known),
        cmocka_unit_test(decimals_have_at_most_38_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
