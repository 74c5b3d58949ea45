#include "base_fixture.h"

#include <inttypes.h>
#include <math.h>

#include "base/number.h"

static uint64_t bits_of(double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static double from_bits(uint64_t bits)
{
    double value = 0;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void whole_numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_signed, is_unsigned;
        int64_t value;
    } cases[] = {
        {"0", true, true, 0},
        {"007", true, true, 7},
        {"-0", true, false, 0},
        {"+5", true, false, 5},
        {"-5", true, false, -5},
        {"9223372036854775807", true, true, INT64_MAX},
        {"-9223372036854775807", true, false, -INT64_MAX},
        {"-9223372036854775808", true, false, INT64_MIN},
        {"9223372036854775808", false, true, INT64_MIN},
        {"-9223372036854775809", false, false, 0},
        {"18446744073709551615", false, true, -1},
        {"18446744073709551616", false, false, 0},
        {"18446744073709551620", false, false, 0},
        {"99999999999999999999", false, false, 0},
        {"", false, false, 0},
        {"-", false, false, 0},
        {"+", false, false, 0},
        {"--1", false, false, 0},
        {"+-1", false, false, 0},
        {" 1", false, false, 0},
        {"1 ", false, false, 0},
        {"1.0", false, false, 0},
        {"1e3", false, false, 0},
        {"0x1", false, false, 0},
        {"1/", false, false, 0},
        {"1:", false, false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t value = 4242;
        uint64_t magnitude = 4242;
        Str text = str_from(cases[i].text);
        assert_int_equal(number_parse_int64(text, &value), cases[i].is_signed);
        assert_int_equal(value, cases[i].is_signed ? cases[i].value : 4242);
        assert_int_equal(number_parse_uint64(text, &magnitude), cases[i].is_unsigned);
        assert_int_equal(magnitude, cases[i].is_unsigned ? (uint64_t)cases[i].value : 4242);
    }
    int64_t value = 0;
    assert_false(number_parse_int64((Str){NULL, 0}, &value));
}

static void integers_are_written_as_python_writes_them(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "number/integers.txt"), fields[2];
    while (next_row(&table, fields, 2)) {
        int64_t value = 0;
        char text[NUMBER_TEXT_BYTES];
        assert_true(number_parse_int64(fields[0], &value));
        size_t len = number_format_int64(value, text);
        assert_true(str_eq((Str){text, len}, fields[0]));
        assert_int_equal(text[len], '\0');
        assert_true(str_eq(number_with_commas(arena, value), fields[1]));
    }
}

static void doubles_are_read_as_python_reads_them(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "number/parse_double.txt"), fields[2];
    while (next_row(&table, fields, 2)) {
        double value = 4242;
        bool parsed = number_parse_double(fields[0], &value);
        char bits[32];
        snprintf(bits, sizeof(bits), parsed ? "%016" PRIx64 : "-", bits_of(value));
        /* only the sign of what is not a number is nobody's business */
        if (!(parsed && isnan(value) && str_ends_with(fields[1], STR("ff8000000000000")))) {
            if (!str_is(fields[1], bits)) {
                fprintf(stderr, "'" STR_FMT "':\n", STR_ARG(fields[0]));
            }
            assert_text(fields[1], bits);
        }
        assert_true(parsed || value == 4242);
    }
    double value = 0;
    assert_false(number_parse_double((Str){NULL, 0}, &value));
}

static void doubles_are_written_as_python_writes_them(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "number/format_double.txt"), fields[2];
    while (next_row(&table, fields, 2)) {
        char text[NUMBER_TEXT_BYTES];
        uint64_t bits = strtoull(str_to_c(arena, fields[0]), NULL, 16);
        size_t len = number_format_double(from_bits(bits), text);
        assert_int_equal(strlen(text), len);
        assert_text(fields[1], text);
    }
}

static void a_million_doubles_survive_the_way_to_text_and_back(void **state)
{
    (void)state;
    Random random = random_seeded("doubles");
    for (size_t i = 0; i < 1000000; i++) {
        double value = from_bits(random_next(&random)), back = 0;
        if (isnan(value)) {
            continue;
        }
        char text[NUMBER_TEXT_BYTES];
        size_t len = number_format_double(value, text);
        if (len >= NUMBER_TEXT_BYTES || !number_parse_double((Str){text, len}, &back) ||
            bits_of(back) != bits_of(value)) {
            fprintf(stderr, "%a became '%s'\n", value, text);
            fail();
        }
    }
}

static void the_shortest_digits_and_where_their_point_is(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *digits;
        int point;
    } cases[] = {
        {0, "0", 1},
        {1, "1", 1},
        {10, "1", 2},
        {0.1, "1", 0},
        {0.001, "1", -2},
        {123.456, "123456", 3},
        {1e22, "1", 23},
        {5e-324, "5", -323},
        {1.7976931348623157e308, "17976931348623157", 309},
        {0.30000000000000004, "30000000000000004", 0},
        {1e300, "1", 301},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        NumberDigits number;
        number_shortest_digits(cases[i].value, &number);
        assert_string_equal(number.digits, cases[i].digits);
        assert_int_equal(number.len, strlen(cases[i].digits));
        assert_int_equal(number.point, cases[i].point);
    }
}

static void sizes_are_read_exactly(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "number/parse_bytes.txt"), fields[2];
    while (next_row(&table, fields, 2)) {
        uint64_t bytes = 0;
        char text[NUMBER_TEXT_BYTES] = "-";
        if (number_parse_bytes(fields[0], &bytes)) {
            snprintf(text, sizeof(text), "%" PRIu64, bytes);
        }
        if (!str_is(fields[1], text)) {
            fprintf(stderr, "'" STR_FMT "':\n", STR_ARG(fields[0]));
        }
        assert_text(fields[1], text);
    }
    uint64_t bytes = 0;
    assert_false(number_parse_bytes((Str){NULL, 0}, &bytes));
}

static void sizes_are_written_with_one_decimal(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "number/human_bytes.txt"), fields[2];
    while (next_row(&table, fields, 2)) {
        uint64_t bytes = strtoull(str_to_c(arena, fields[0]), NULL, 10);
        assert_text(fields[1], number_human_bytes(arena, bytes).data);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(integers_are_written_as_python_writes_them),
        cmocka_unit_test(doubles_are_read_as_python_reads_them),
        cmocka_unit_test(doubles_are_written_as_python_writes_them),
        cmocka_unit_test(a_million_doubles_survive_the_way_to_text_and_back),
        cmocka_unit_test(the_shortest_digits_and_where_their_point_is),
        cmocka_unit_test(sizes_are_read_exactly),
        cmocka_unit_test(sizes_are_written_with_one_decimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
