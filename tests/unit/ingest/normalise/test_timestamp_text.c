#include "ingest/normalise/timestamp_text.h"

#include "unit/ingest/vectors.h"

static Str utc_text(Arena *arena, const DateTime *time)
{
    DateTime utc = {0};
    char *text = arena_alloc_raw(arena, DATETIME_TEXT_BYTES);
    if (!datetime_from_us(datetime_to_us(time), &utc)) {
        return STR("out of range");
    }
    utc.has_offset = true;
    return (Str){text, datetime_format(&utc, 'T', text)};
}

/* `utc` is null for what stays text, and an error where dlt's own detector gives up. */
static void moments_are_those_of_dlt(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "timestamps");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        Str expected = value_text_or(value_find(vector, STR("utc")), STR("none"));
        DateTime time;
        bool found = timestamp_text_parse(vector_text(vector, "text"), &time);
        vectors_expect(&vectors, vector, expected,
                       found ? utc_text(vectors.arena, &time) : STR("none"));
    }
    vectors_done(&vectors);
}

static void days_have_many_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *day; /* NULL: none */
    } rows[] = {
        {"2024-01-02", "2024-01-02"}, {"20240102", "2024-01-02"},   {"2024-02", "2024-02-01"},
        {"2024", "2024-01-01"},       {"2024-002", "2024-01-02"},   {"2024-366", "2024-12-31"},
        {"2023-366", NULL},           {"2024-W01-2", "2024-01-02"}, {"2024W53", NULL},
        {"2020W53", "2020-12-28"},    {"2024/01/02", "2024-01-02"}, {"2024:01:02", "2024-01-02"},
        {"2024-1-2", NULL},           {"2024-02-30", NULL},         {" 2024-01-02", NULL},
        {"2024-01-02T03", NULL},      {"0000-01-01", NULL},         {"", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        DateTime day;
        char text[DATETIME_TEXT_BYTES];
        bool found = day_text_parse(str_from(rows[i].text), &day);
        assert_int_equal(found, rows[i].day != NULL);
        if (found) {
            assert_true(str_is((Str){text, date_format(&day, text)}, rows[i].day));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_those_of_dlt),
        cmocka_unit_test(days_have_many_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
