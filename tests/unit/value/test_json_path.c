#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "value/json_page.h"
#include "value/json_path.h"

static const char document[] =
    "{\"a\": {\"list\": [{\"k\": 1, \"e\": \"x\"}, {\"k\": 2, \"e\": \"y\"}, {\"k\": 3.5}]},"
    " \"big\": 123456789012345678901234567890, \"no\": null, \"yes\": true,"
    " \"with blanks\": 7, \"m\": {\"p\": {\"s\": \"open\"}, \"q\": {\"s\": \"shut\"}}}";

/* The matches as JSON, joined by blanks; or the message of the error. */
static Str found(Arena *arena, yyjson_val *root, const char *path_text)
{
    const JsonPath *path = NULL;
    Error *err = json_path_parse(arena, str_from(path_text), &path);
    if (err != NULL) {
        Str message = error_full_message(err, arena);
        error_discard(err, "the message is the result");
        return message;
    }
    JsonMatches matches = {0};
    json_path_find(path, root, arena, &matches);
    StrBuf buf = strbuf_init(arena, MIB);
    for (size_t i = 0; i < matches.len; i++) {
        size_t len = 0;
        char *text = yyjson_val_write(matches.data[i], 0, &len);
        strbuf_add_c(&buf, buf.len > 0 ? " " : "");
        strbuf_add(&buf, (Str){text, len});
        free(text);
    }
    return strbuf_str(&buf);
}

static void paths_find_places(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *matches;
    } cases[] = {
        {"a.list[*].e", "\"x\" \"y\""},
        {"$.a.list[-1].k", "3.5"},
        {"$..k", "1 2 3.5"},
        {"['with blanks']", "7"},
        {"none.here", ""},
        {"a.list[?(@.k > 1)]", "{\"k\":2,\"e\":\"y\"} {\"k\":3.5}"},
        {"a.list[?k >= 2 & e == 'y'].k", "2"},
        {"a.list[?(@.e)].k", "1 2"},
        {"a.list[?(!@.e)].k", "3.5"},
        {"a.list[?(@.e != 'x')].k", "2"},
        {"a.list[?(@.e =~ '^[xz]')].k", "1"},
        {"a.list[?(@.e > 1)].k", ""},
        {"m[?(@.s = \"open\")].s", "\"open\""},
        {"$[?(@ > 1000)]", "123456789012345678901234567890"},
        {"$[?(@ == true)]", "true"},
        {"$[?(@ == null)]", "null"},
        {"a.list[?(@.k > )]", "the condition '@.k > ': '' in a condition is no value"},
        {"a.list[?(@.e =~ 1)]", "the condition '@.e =~ 1': =~ needs a pattern in quotes, not '1'"},
        {"a.list[x]", "the path 'a.list[x]' is wrong at character 8: expected a number, *, a name "
                      "in quotes or ?(condition)"},
        {"a.list[?(@.k > 1)", "the path 'a.list[?(@.k > 1)' is wrong at character 18: expected ]"},
    };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(json_page) JsonPage page = {0};
    yyjson_val *root = NULL;
    assert_null(json_page_read(&page, str_from(document), &root));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Str matches = found(arena, root, cases[i].path);
        if (!str_is(matches, cases[i].matches)) {
            fail_msg("%s\nexpected: %s\nfound:    " STR_FMT, cases[i].path, cases[i].matches,
                     STR_ARG(matches));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(paths_find_places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
