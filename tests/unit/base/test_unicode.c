#include "base_fixture.h"

#include <utf8proc.h>

#include "base/unicode.h"

enum { CODEPOINTS = 0x110000 };

/* Takes "first-last" off a comma separated list. */
static bool next_pair(Str *list, uint32_t *out_first, uint32_t *out_last)
{
    Str pair;
    char text[32] = "";
    if (list->len == 0 || !str_next_piece(list, ',', &pair)) {
        return false;
    }
    assert_true(pair.len < sizeof(text));
    memcpy(text, pair.data, pair.len);
    char *end = NULL;
    *out_first = (uint32_t)strtoul(text, &end, 16);
    *out_last = *end == '-' ? (uint32_t)strtoul(end + 1, &end, 16) : *out_first;
    assert_int_equal(*end, '\0');
    return true;
}

static void predicates_answer_as_python_for_every_code_point(void **state)
{
    (void)state;
    /* The tables are of this version; with another utf8proc they would have to be made anew. */
    if (strncmp(utf8proc_unicode_version(), "15.0", 4) != 0) {
        skip();
    }
    static const struct {
        const char *name;
        bool (*answers)(uint32_t codepoint);
    } predicates[] = {
        {"alpha", unicode_is_alpha},
        {"lower", unicode_is_lower},
        {"upper", unicode_is_upper},
        {"title", unicode_is_title},
        {"decimal", unicode_is_decimal},
        {"space", unicode_is_space},
        {"printable", unicode_is_printable},
        {"identifier_start", unicode_is_identifier_start},
        {"identifier_part", unicode_is_identifier_part},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(predicates); i++) {
        Str table = read_table(arena, "unicode/predicates.txt"), fields[2] = {{NULL, 0}};
        while (next_row(&table, fields, 2) && !str_is(fields[0], predicates[i].name)) {
        }
        assert_text(fields[0], predicates[i].name);
        uint32_t first = 0, last = 0;
        bool more = next_pair(&fields[1], &first, &last);
        for (uint32_t codepoint = 0; codepoint < CODEPOINTS; codepoint++) {
            bool expected = more && codepoint >= first && codepoint <= last;
            if (predicates[i].answers(codepoint) != expected) {
                fprintf(stderr, "%s: U+%04X\n", predicates[i].name, codepoint);
                fail();
            }
            more = more && (codepoint != last || next_pair(&fields[1], &first, &last));
        }
        assert_false(predicates[i].answers(CODEPOINTS));
        assert_false(predicates[i].answers(UINT32_MAX));
    }
}

/* Where Python gives several letters, UnicodeData.txt has a single one only for the dotted I and
 * for Greek vowels with a subscript, whose capitals stand 8 or 9 further on. */
static bool may_become(uint32_t codepoint, uint32_t mapped)
{
    bool is_greek = codepoint >= 0x1F80 && codepoint <= 0x1FFC;
    return mapped == codepoint || (codepoint == 0x130 && mapped == 'i') ||
           (is_greek && mapped - codepoint >= 8 && mapped - codepoint <= 9);
}

static void mappings_are_those_of_python_where_they_give_one_letter(void **state)
{
    (void)state;
    if (strncmp(utf8proc_unicode_version(), "15.0", 4) != 0) {
        skip();
    }
    static const struct {
        const char *name;
        uint32_t (*map)(uint32_t codepoint);
    } mappings[] = {{"lower", unicode_lower}, {"upper", unicode_upper}, {"title", unicode_title}};
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "unicode/mappings.txt"), fields[3];
    for (size_t i = 0; next_row(&table, fields, 3); i++) {
        assert_text(fields[0], mappings[i].name);
        uint32_t from = 0, to = 0, many = 0, same = 0;
        bool more = next_pair(&fields[1], &from, &to),
             more_many = next_pair(&fields[2], &many, &same);
        for (uint32_t codepoint = 0; codepoint < CODEPOINTS; codepoint++) {
            uint32_t mapped = mappings[i].map(codepoint);
            bool is_many = more_many && codepoint == many;
            uint32_t expected = more && codepoint == from ? to : codepoint;
            if (is_many ? !may_become(codepoint, mapped) : mapped != expected) {
                fprintf(stderr, "%s: U+%04X became U+%04X, not U+%04X\n", mappings[i].name,
                        codepoint, mapped, expected);
                fail();
            }
            more = more && (codepoint != from || next_pair(&fields[1], &from, &to));
            more_many = more_many && (codepoint != many || next_pair(&fields[2], &many, &same));
        }
        assert_int_equal(mappings[i].map(CODEPOINTS), CODEPOINTS);
    }
}

static void bytes_are_utf8_when_python_decodes_them(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "unicode/utf8.txt"), fields[2];
    while (next_row(&table, fields, 2)) {
        Str bytes = field_bytes(arena, fields[0]);
        int64_t bad = field_int(fields[1]);
        size_t found = utf8_find_invalid(bytes);
        if (found != (bad < 0 ? SIZE_MAX : (size_t)bad)) {
            fprintf(stderr, STR_FMT ": %zu\n", STR_ARG(fields[0]), found);
            fail();
        }
        /* Whatever the bytes are, walking through them ends, and sees what is valid as it is. */
        StrBuf again = strbuf_init(arena, 1000);
        for (size_t at = 0; at < bytes.len;) {
            utf8_add(&again, utf8_next(bytes, &at));
            assert_true(at <= bytes.len);
        }
        assert_int_equal(str_eq(strbuf_str(&again), bytes), bad < 0);
        assert_int_equal(utf8_find_invalid(strbuf_str(&again)), SIZE_MAX);
    }
    assert_int_equal(utf8_find_invalid((Str){NULL, 0}), SIZE_MAX);
}

static void every_code_point_is_encoded_and_decoded(void **state)
{
    (void)state;
    for (uint32_t codepoint = 0; codepoint < CODEPOINTS + 10; codepoint++) {
        char bytes[4];
        size_t at = 0, len = utf8_encode(codepoint, bytes);
        Str text = {bytes, len};
        bool is_valid = codepoint < CODEPOINTS && (codepoint < 0xD800 || codepoint > 0xDFFF);
        assert_int_equal(utf8_next(text, &at), is_valid ? codepoint : 0xFFFD);
        assert_int_equal(at, len);
        assert_int_equal(utf8_count(text), 1);
        assert_int_equal(utf8_find_invalid(text), SIZE_MAX);
        assert_int_equal(utf8_is_ascii(text), codepoint < 0x80);
    }
}

static void ascii_is_seen_at_any_length_and_place(void **state)
{
    (void)state;
    char text[40];
    memset(text, 'a', sizeof(text));
    for (size_t len = 0; len < sizeof(text); len++) {
        assert_true(utf8_is_ascii((Str){text, len}));
        for (size_t at = 0; at < len; at++) {
            text[at] = (char)0x80;
            assert_false(utf8_is_ascii((Str){text, len}));
            text[at] = 'a';
        }
    }
    assert_true(utf8_is_ascii((Str){NULL, 0}));
}

static void positions_in_code_points_and_widths_in_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count, offset_of_2, width;
    } cases[] = {
        {"", 0, 0, 0},
        {"ab", 2, 2, 2},
        {"abc", 3, 2, 3},
        {"\xC3\xA9\xE2\x82\xAC"
         "a",
         3, 5, 3},
        {"\xE4\xB8\xAD\xE6\x96\x87", 2, 6, 4}, /* wide */
        {"e\xCC\x81x", 3, 3, 2},               /* combining */
        {"\xF0\x9F\x98\x80!", 2, 5, 3},        /* emoji */
        {"a\tb\n", 4, 2, 2},                   /* controls have no width */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str text = str_from(cases[i].text);
        assert_int_equal(utf8_count(text), cases[i].count);
        assert_int_equal(utf8_offset(text, 0), 0);
        assert_int_equal(utf8_offset(text, 2), cases[i].offset_of_2);
        assert_int_equal(utf8_offset(text, cases[i].count), text.len);
        assert_int_equal(utf8_offset(text, SIZE_MAX), text.len);
        assert_int_equal(utf8_display_width(text), cases[i].width);
    }
}

static void utf16_is_decoded_as_python_decodes_it(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str table = read_table(arena, "unicode/utf16.txt"), fields[3];
    while (next_row(&table, fields, 3)) {
        Str text = utf16_to_utf8(arena, field_bytes(arena, fields[1]), str_is(fields[0], "be"));
        assert_true(str_eq(text, field_bytes(arena, fields[2])));
    }
    assert_text(utf16_to_utf8(arena, STR("a"), false), "\xEF\xBF\xBD");
    assert_text(utf16_to_utf8(arena, (Str){"a\0b", 3}, false), "a\xEF\xBF\xBD");
    assert_text(utf16_to_utf8(arena, (Str){NULL, 0}, true), "");
}

static void every_latin1_byte_is_a_character(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    char bytes[256];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char)i;
    }
    Str text = latin1_to_utf8(arena, (Str){bytes, sizeof(bytes)});
    assert_int_equal(text.len, 384);
    size_t at = 0;
    for (uint32_t i = 0; i < 256; i++) {
        assert_int_equal(utf8_next(text, &at), i);
    }
    assert_int_equal(latin1_to_utf8(arena, (Str){NULL, 0}).len, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(predicates_answer_as_python_for_every_code_point),
        cmocka_unit_test(mappings_are_those_of_python_where_they_give_one_letter),
        cmocka_unit_test(bytes_are_utf8_when_python_decodes_them),
        cmocka_unit_test(every_code_point_is_encoded_and_decoded),
        cmocka_unit_test(ascii_is_seen_at_any_length_and_place),
        cmocka_unit_test(positions_in_code_points_and_widths_in_columns),
        cmocka_unit_test(utf16_is_decoded_as_python_decodes_it),
        cmocka_unit_test(every_latin1_byte_is_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
