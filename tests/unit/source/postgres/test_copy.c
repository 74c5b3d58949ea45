#include "unit/base/base_fixture.h"

#include "source/postgres/copy.h"
#include "source/postgres/postgres_internal.h"

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
    (void)out_enough;
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

static void moments_beyond_the_range_are_refused_and_infinities_kept(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    DatabaseTable table = table_of(arena, COLUMN_TIMESTAMP);
    Taken taken;
    CopyReader reader;
    assert_fails(
        feed(&table, BYTES(HEAD "\0\1\0\0\0\10\177\377\377\377\377\377\377\376"), &taken, &reader),
        ERR_INPUT, "");
    assert_ok(
        feed(&table, BYTES(HEAD "\0\1\0\0\0\10\177\377\377\377\377\377\377\377"), &taken, &reader));
    assert_true(taken.sum == INT64_MAX);
    assert_ok(feed(&table, BYTES(HEAD "\0\1\0\0\0\10\200\0\0\0\0\0\0\0"), &taken, &reader));
    assert_true(taken.sum == -INT64_MAX);
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
        cmocka_unit_test(moments_beyond_the_range_are_refused_and_infinities_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
