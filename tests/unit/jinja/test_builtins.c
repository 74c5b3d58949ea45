#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "jinja/html_text.h"
#include "jinja/jinja.h"
#include "jinja/json.h"

static Error *render(const char *source, Arena *arena, Str *out)
{
    AUTO_FREE(jinja_env) JinjaEnv *env = jinja_env_new(&(JinjaOptions){.tags = NULL});
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(env, STR("t"), str_from(source), &tpl));
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(env, NULL);
    return jinja_render(s, tpl, NULL, arena, out);
}

static void sizes_that_templates_choose_have_ceilings(void **state)
{
    (void)state;
    static const char *const greedy[] = {
        "{{ 'x'|center(10 ** 12) }}",
        "{{ 'x'.ljust(10 ** 12) }}",
        "{{ 'x'.zfill(10 ** 12) }}",
        "{{ 'a\\tb'.expandtabs(10 ** 12) }}",
        "{{ 'x'|indent(10 ** 12, true) }}",
        "{{ '{:1000000000000}'.format(1) }}",
        "{{ '{:01000000000000,}'.format(1) }}",
        "{{ '{:.1000000000f}'.format(1.5) }}",
        "{{ '%1000000000000d' % 1 }}",
        "{{ '%.1000000000d' % 1 }}",
        "{{ '%*s' % (10 ** 12, 'x') }}",
        "{{ ('x' * 100000).replace('x', 'y' * 100000) }}",
        "{{ ('x' * 100000).replace('', 'y' * 100000) }}",
        "{{ ('x' * 100000).join('x' * 100000) }}",
        "{{ (['x' * 100000] * 10000)|join }}",
        "{{ [1]|batch(10 ** 12, 0)|list }}",
        "{{ [1]|tojson(10 ** 12) }}",
        "{{ ([[]] * 100000)|tojson(indent='x' * 100000) }}",
        "{{ ('a ' * 100000)|wordwrap(1, wrapstring='x' * 100000) }}",
    };
    for (size_t i = 0; i < ARRAY_LEN(greedy); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Str text = {0};
        AUTO_FREE(error) Error *err = render(greedy[i], arena, &text);
        if (err == NULL || error_kind(err) != ERR_LIMIT) {
            fail_msg("no ceiling: %s", greedy[i]);
        }
    }
}

static void random_takes_one_of_the_items(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Str text = {0};
        AUTO_FREE(error)
        Error *err = render("{{ ['a', 'b', 'c']|random in 'abc' }} {{ 'xyz'|random in 'xyz' }}",
                            arena, &text);
        assert_null(err);
        assert_true(str_is(text, "True True"));
    }
}

/* Sorting calls the key for each item, and the key may change the list meanwhile. */
static void a_key_function_may_change_the_list(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str text = {0};
    AUTO_FREE(error)
    Error *err =
        render("{% set l = [3, 1, 2] %}{% macro k(x) %}{% do l.clear() %}{{ x }}{% endmacro %}"
               "{% do l.sort(key=k) %}{{ l }}",
               arena, &text);
    assert_null(err);
    assert_true(str_is(text, "[1, 2, 3]"));
}

static void html_references_are_resolved(void **state)
{
    (void)state;
    static const struct {
        const char *html, *text;
    } cases[] = {
        {"", ""},
        {"a & b", "a & b"},
        {"&", "&"},
        {"&amp;&lt;&gt;&quot;&apos;", "&<>\"'"},
        {"&amp", "&"},
        {"&ampere", "&ere"},
        {"&hellip;&hellip", "\xE2\x80\xA6&hellip"},
        {"&#65;&#x41;&#X41", "AAA"},
        {"&#0;&#xD800;&#x110000;", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"&#128;", "\xE2\x82\xAC"},
        {"&#1;", ""},
        {"&#;&#x;", "&#;&#x;"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        StrBuf text = strbuf_init(arena, 1000);
        html_unescape(str_from(cases[i].html), &text);
        assert_string_equal(strbuf_c(&text), cases[i].text);
    }
}

static void tags_without_an_end_stay(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf text = strbuf_init(arena, 1000);
    html_strip_tags(arena, STR("<p>a <b>b</p> 1 < 2 <!-- x"), &text);
    assert_string_equal(strbuf_c(&text), "a b 1 < 2 <!-- x");
}

/* The function tojson() of the embedder differs from the filter: no HTML, no order of its own. */
static void json_keeps_order_and_marks_when_told(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_FREE(jinja_env) JinjaEnv *env = jinja_env_new(&(JinjaOptions){.tags = NULL});
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(env, NULL);
    JHeap *heap = jinja_heap(s);
    JDict *dict = jdict_new(heap);
    jdict_set_text(heap, dict, STR("b"), jstr_value(heap, STR("<'\xC3\xA9")));
    jdict_set_text(heap, dict, STR("a"), jint(1));
    StrBuf text = strbuf_init(arena, 1000);
    JsonOptions options = {.sort_keys = false};
    assert_null(json_dump(s, jdict_value(dict), &options, &text));
    assert_string_equal(strbuf_c(&text), "{\"b\": \"<'\\u00e9\", \"a\": 1}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_templates_choose_have_ceilings),
        cmocka_unit_test(random_takes_one_of_the_items),
        cmocka_unit_test(a_key_function_may_change_the_list),
        cmocka_unit_test(html_references_are_resolved),
        cmocka_unit_test(tags_without_an_end_stay),
        cmocka_unit_test(json_keeps_order_and_marks_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
