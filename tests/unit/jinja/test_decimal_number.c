#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "jinja/decimal_number.h"

/* What Python 3.11 gives; a list of classes is the text of its error. */
static void decimals_compute_as_in_python(void **state)
{
    (void)state;
    static const struct {
        char op;
        const char *a, *b, *wanted;
    } rows[] = {
        {'-', "100000", "-0", "100000"},
        {'/', "-0.5", "1E+20", "-5E-21"},
        {'/', "1E+20", "1E-400", "1E+420"},
        {'+', "2.5", "1E+400", "1.000000000000000000000000000E+400"},
        {'*', "3", "-0", "-0"},
        {'%', "2.5", "1", "0.5"},
        {'/', "2.5", "99999999999999999999999999999", "2.500000000000000000000000000E-29"},
        {'*', "7", "1E-400", "7E-400"},
        {'/', "7", "1", "7"},
        {'/', "99999999999999999999999999999", "-0", "[<class 'decimal.DivisionByZero'>]"},
        {'+', "1E+20", "1E-7", "100000000000000000000.0000001"},
        {'/', "2.5", "1E-400", "2.5E+400"},
        {'+', "-0", "1E-7", "1E-7"},
        {'%', "-0.5", "1E+20", "-0.5"},
        {'%', "-7.25", "-7.25", "-0.00"},
        {'*', "7", "3", "21"},
        {'-', "12345678901234567890.123456789", "100000", "12345678901234467890.12345679"},
        {'/', "1E-7", "99999999999999999999999999999", "1.000000000000000000000000000E-36"},
        {'-', "1E-7", "12345678901234567890.123456789", "-12345678901234567890.12345669"},
        {'-', "1", "2.5", "-1.5"},
        {'|', "100000", "0.000001", "100000000000"},
        {'*', "7", "100000", "700000"},
        {'/', "1E+20", "100000", "1E+15"},
        {'%', "-7.25", "1", "-0.25"},
        {'/', "1E-7", "100000", "1E-12"},
        {'/', "0", "1", "0"},
        {'*', "100000", "1", "100000"},
        {'|', "0", "99999999999999999999999999999", "0"},
        {'%', "1E+20", "7", "2"},
        {'+', "7", "0.00", "7.00"},
        {'-', "1E-7", "3", "-2.9999999"},
        {'|', "0", "1.10", "0"},
        {'+', "7", "1.10", "8.10"},
        {'%', "1E-7", "-0.5", "1E-7"},
        {'%', "1E+400", "3", "[<class 'decimal.DivisionImpossible'>]"},
        {'/', "-7.25", "100000", "-0.0000725"},
        {'*', "1E-7", "3", "3E-7"},
        {'|', "99999999999999999999999999999", "3", "[<class 'decimal.DivisionImpossible'>]"},
        {'+', "-0", "-0.5", "-0.5"},
        {'|', "1.10", "1E+20", "0"},
        {'|', "1E-400", "1E+20", "0"},
        {'+', "1E+20", "-7.25", "99999999999999999992.75"},
        {'-', "0", "0.00", "0.00"},
        {'|', "2.5", "1.10", "2"},
        {'/', "-0.5", "1.10", "-0.4545454545454545454545454545"},
        {'+', "1.10", "1E+400", "1.000000000000000000000000000E+400"},
        {'-', "1E-400", "1.10", "-1.100000000000000000000000000"},
        {'|', "1E-400", "-0.5", "-0"},
        {'+', "1", "100000", "100001"},
        {'%', "1", "99999999999999999999999999999", "1"},
        {'%', "1E-7", "1E-7", "0E-7"},
        {'-', "99999999999999999999999999999", "12345678901234567890.123456789",
         "9.999999998765432109876543211E+28"},
        {'*', "7", "2.5", "17.5"},
        {'/', "-0.5", "99999999999999999999999999999", "-5.000000000000000000000000000E-30"},
        {'|', "100000", "2.5", "40000"},
        {'%', "2.5", "99999999999999999999999999999", "2.5"},
        {'%', "100000", "7", "5"},
        {'*', "1E-7", "-0", "-0E-7"},
        {'|', "100000", "1.10", "90909"},
        {'|', "7", "99999999999999999999999999999", "0"},
        {'%', "2.5", "2.5", "0.0"},
        {'*', "99999999999999999999999999999", "0.000001", "100000000000000000000000.0000"},
        {'*', "1E-7", "1E-400", "1E-407"},
        {'|', "0.000001", "1E+400", "0"},
        {'%', "-0", "0.00", "[<class 'decimal.DivisionUndefined'>]"},
        {'/', "12345678901234567890.123456789", "12345678901234567890.123456789", "1"},
        {'*', "2.5", "0.000001", "0.0000025"},
        {'%', "1E-400", "1E-7", "1E-400"},
        {'+', "1E+400", "1.10", "1.000000000000000000000000000E+400"},
        {'*', "-7.25", "0.000001", "-0.00000725"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        AUTO_DONE(decimal) Decimal a = decimal_new();
        AUTO_DONE(decimal) Decimal b = decimal_new();
        AUTO_DONE(decimal) Decimal result = decimal_new();
        assert_true(decimal_parse(str_from(rows[i].a), &a));
        assert_true(decimal_parse(str_from(rows[i].b), &b));
        AUTO_FREE(error) Error *err = decimal_compute(rows[i].op, &a, &b, &result);
        Str got = err != NULL ? error_message(err) : decimal_text(&result, arena);
        if (!str_is(got, rows[i].wanted)) {
            fail_msg("%s %c %s: " STR_FMT ", not %s", rows[i].a, rows[i].op, rows[i].b,
                     STR_ARG(got), rows[i].wanted);
        }
    }
}

static void texts_are_canonical(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"1.50", "1.50"},      {"1e5", "1E+5"},
        {"1E-7", "1E-7"},      {"0.000001", "0.000001"},
        {"0.0000001", "1E-7"}, {"-0.0", "-0.0"},
        {"+3", "3"},           {"00012.50", "12.50"},
        {"1e300", "1E+300"},   {".5", "0.5"},
        {"5.", "5"},           {"NaN", "NaN"},
        {"-inf", "-Infinity"}, {"Infinity", "Infinity"},
        {"123e-2", "1.23"},    {"0e10", "0E+10"},
        {"0E-10", "0E-10"},
    };
    static const char *const wrong[] = {"",          "-",   "1e",  "abc", "1.2.3",
                                        "1e9999999", "--1", "1_0", "1 0"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        AUTO_DONE(decimal) Decimal number = decimal_new();
        assert_true(decimal_parse(str_from(rows[i][0]), &number));
        assert_string_equal(str_to_c(arena, decimal_text(&number, arena)), rows[i][1]);
    }
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        AUTO_DONE(decimal) Decimal number = decimal_new();
        assert_false(decimal_parse(str_from(wrong[i]), &number));
    }
}

static void doubles_are_exact(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *wanted;
    } rows[] = {
        {0.1, "0.1000000000000000055511151231257827021181583404541015625"},
        {0.5, "0.5"},
        {-2.25, "-2.25"},
        {1e22, "10000000000000000000000"},
        {5e-324, NULL},
        {0.0, "0"},
        {123456789.125, "123456789.125"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        AUTO_DONE(decimal) Decimal number = decimal_new();
        decimal_set_double(rows[i].number, &number);
        assert_true(decimal_to_double(&number) == rows[i].number);
        if (rows[i].wanted != NULL) {
            assert_string_equal(str_to_c(arena, decimal_text(&number, arena)), rows[i].wanted);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_compute_as_in_python),
        cmocka_unit_test(texts_are_canonical),
        cmocka_unit_test(doubles_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
