#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/seed/csv_rows.h"
#include "transform/seed/type.h"

typedef struct RowsCase {
    const char *text;
    const char *rows; /* cells with | between, rows with ; behind */
} RowsCase;

/* What Python's csv module makes of them. */
static const RowsCase rows_cases[] = {
    {"", ""},
    {"a,b\n1,2\n", "a|b;1|2;"},
    {"a,b\r\n1,2\r3,4", "a|b;1|2;3|4;"},
    {"a,\n,b\n", "a|;|b;"},
    {"a\n\nb\n", "a;;b;"},
    {"\"a,b\",\"c\"\"d\"\n", "a,b|c\"d;"},
    {"\"two\r\nlines\",x\n", "two\nlines|x;"},
    {"\"a\"b,c\"d\"\n", "ab|c\"d\";"},
    {"\"open,1\n", "open,1\n;"},
};

static void rows_are_read_as_python_reads_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows_cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        CsvRowVec rows = {0};
        csv_rows_parse(arena, str_from(rows_cases[i].text), ',', &rows);
        StrBuf shown = strbuf_init(arena, 1000);
        for (VEC_EACH(const CsvRow, row, &rows)) {
            strbuf_add(&shown, str_join(arena, row->cells.data, row->cells.len, STR("|")));
            strbuf_add_char(&shown, ';');
        }
        assert_string_equal(strbuf_c(&shown), rows_cases[i].rows);
    }
}

static void a_row_knows_its_line(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    CsvRowVec rows = {0};
    csv_rows_parse(arena, STR("a\n\"two\nlines\"\nb"), ',', &rows);
    assert_int_equal(rows.len, 3);
    assert_int_equal(rows.data[1].line, 2);
    assert_int_equal(rows.data[2].line, 4);
}

typedef struct TypeCase {
    const char *cells; /* with | between */
    const char *sql;
} TypeCase;

/* What real dbt infers. */
static const TypeCase type_cases[] = {
    {"", "integer"},
    {"null|NULL| ", "integer"},
    {"1|-2|+3", "integer"},
    {"1.0|2.00|1.5e3", "integer"},
    {"1|1.5", "float8"},
    {"1e-2", "float8"},
    {"$1,000|12%|€3", "integer"},
    {"1|x", "text"},
    {"2024-02-29|2024-1-5", "date"},
    {"2023-02-29", "text"},
    {"2024-01-01 10:00:00", "timestamp without time zone"},
    {"2024-01-01T10:00:00Z|2024-01-01T10:00:00.123+01:00", "timestamp without time zone"},
    {"2024-01-01|2024-01-01 10:00:00", "text"},
    {"2024-01-01 24:00:00", "text"},
    {"true|FALSE|null", "boolean"},
    {"true|1", "text"},
    {"yes", "text"},
};

static void a_column_has_the_first_type_that_fits_all_cells(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(type_cases); i++) {
        SeedGuess guess = SEED_GUESS_START;
        Str cell;
        for (Str rest = str_from(type_cases[i].cells); str_next_piece(&rest, '|', &cell);) {
            seed_guess_add(&guess, cell);
        }
        assert_string_equal(seed_guess_sql(&guess).data, type_cases[i].sql);
    }
}

static void a_column_whose_type_is_given_stays_text(void **state)
{
    (void)state;
    SeedGuess guess = SEED_GUESS_TEXT;
    seed_guess_add(&guess, STR("00123"));
    assert_string_equal(seed_guess_sql(&guess).data, "text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_as_python_reads_them),
        cmocka_unit_test(a_row_knows_its_line),
        cmocka_unit_test(a_column_has_the_first_type_that_fits_all_cells),
        cmocka_unit_test(a_column_whose_type_is_given_stays_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
