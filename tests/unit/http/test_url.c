#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "http/url.h"

static void assert_text(Str found, const char *expected)
{
    if (!str_is(found, expected)) {
        fail_msg("expected: %s\nfound:    " STR_FMT, expected, STR_ARG(found));
    }
}

static void links_are_joined_to_the_page_they_stand_in(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"http://a/b/c?d=1", "http://x/y", "http://x/y"},
        {"http://a/b/c?d=1", "HTTPS://x", "HTTPS://x"},
        {"http://a/b/c?d=1", "/e?f#g", "http://a/e?f#g"},
        {"http://a/b/c?d=1", "e", "http://a/b/e"},
        {"http://a/b/c?d=1", "../e", "http://a/e"},
        {"http://a/b/c?d=1", "../../../e", "http://a/e"},
        {"http://a/b/c?d=1", "./e/./f/..", "http://a/b/e/"},
        {"http://a/b/c?d=1", "?page=2", "http://a/b/c?page=2"},
        {"http://a/b/c?d=1#x", "", "http://a/b/c?d=1"},
        {"http://a", "e", "http://a/e"},
        {"https://a:8/b", "//x/y", "https://x/y"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_text(url_join(arena, str_from(cases[i][0]), str_from(cases[i][1])), cases[i][2]);
    }
}

static void addresses_are_escaped_once(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"http://a/b c", "http://a/b%20c"},
        {"http://a/b%20c", "http://a/b%20c"},
        {"http://a/100%", "http://a/100%25"},
        {"http://a/\xc3\xbc?x=[1]", "http://a/%C3%BC?x=[1]"},
        {"http://a/\"<>", "http://a/%22%3C%3E"},
        {"http://a/%4", "http://a/%254"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_text(url_quote(arena, str_from(cases[i][0])), cases[i][1]);
    }
    StrBuf buf = strbuf_init(arena, KIB);
    url_add_encoded(&buf, STR("a b&c=d/\xc3\xbc~"));
    assert_text(strbuf_str(&buf), "a+b%26c%3Dd%2F%C3%BC~");
}

static void paths_are_added_with_one_slash(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    assert_text(url_append_path(arena, STR("http://a/v1/"), STR("/b")), "http://a/v1/b");
    assert_text(url_append_path(arena, STR("http://a/v1"), STR("")), "http://a/v1");
    assert_text(url_append_path(arena, STR("http://a"), STR("https://b/c")), "https://b/c");
    assert_text(url_origin(arena, STR("HTTP://me:pw@Host:80/x?y@z")), "http://host:80");
    assert_text(url_origin(arena, STR("file:///etc")), "");
}

static void credentials_are_not_shown(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrVec secrets = {0};
    VEC_PUSH(arena, &secrets, STR("p&w"));
    VEC_PUSH(arena, &secrets, STR(""));
    assert_text(url_shown(arena, STR("https://me:pw@h/x?key=p%26w&also=p&w"), &secrets),
                "https://*****@h/x?key=*****&also=*****");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_joined_to_the_page_they_stand_in),
        cmocka_unit_test(addresses_are_escaped_once),
        cmocka_unit_test(paths_are_added_with_one_slash),
        cmocka_unit_test(credentials_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
