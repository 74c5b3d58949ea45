#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/console/fold.h"

static void texts_are_folded_at_blanks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        const char *folded;
    } cases[] = {
        {"", 10, ""},
        {"one two", 10, "one two"},
        {"one two three", 7, "one two\nthree"},
        {"one  two three", 8, "one  two\nthree"},
        {"one\ntwo", 10, "one two"},
        {"one\n\ntwo\n\n- three", 10, "one\ntwo\n- three"},
        {"abcdefgh", 3, "abc\ndef\ngh"},
        {"a bcdefgh i", 4, "a bc\ndefg\nh i"},
        {"abc defgh", 3, "abc\ndef\ngh"},
        {"äöü äö", 6, "äöü äö"},
        {"a b", 0, "a\nb"},
        {"trailing ", 20, "trailing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Str folded = text_fold(arena, str_from(cases[i].text), cases[i].width);
        assert_true(str_is(folded, cases[i].folded));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_folded_at_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
