#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "jinja/jinja.h"

/* Renders with `options`; the error or NULL, and the text in *out. */
static Error *render(const char *source, const JinjaRunOptions *options, Arena *arena, Str *out)
{
    AUTO_FREE(jinja_env) JinjaEnv *env = jinja_env_new(&(JinjaOptions){.tags = NULL});
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(env, STR("t"), str_from(source), &tpl));
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(env, NULL);
    jinja_configure(s, options);
    return jinja_render(s, tpl, NULL, arena, out);
}

static void ceilings_end_a_render(void **state)
{
    (void)state;
    static const char *const endless[] = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}0123456789{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 'a' * 99999999999 }}",
        "{{ [0] * 99999999999 }}",
        "{{ 9 ** 99999999 }}",
    };
    JinjaRunOptions options = {.max_steps = 100000, .max_output_bytes = 1000};
    for (size_t i = 0; i < ARRAY_LEN(endless); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Str text = {0};
        AUTO_FREE(error) Error *err = render(endless[i], &options, arena, &text);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_LIMIT);
    }
}

static void a_million_rows_run_in_little_memory(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    JinjaRunOptions options = {.max_heap_bytes = 32 * MIB};
    Str text = {0};
    AUTO_FREE(error)
    Error *err =
        render("{% set ns = namespace(s='') %}{% for a in range(1000) %}{% for b in range(1000) %}"
               "{% set ns.s = 'row ' ~ a ~ ':' ~ b %}{% endfor %}{% endfor %}{{ ns.s }}",
               &options, arena, &text);
    assert_null(err);
    assert_true(str_is(text, "row 999:999"));
}

static void permissive_undefined_is_silent(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    JinjaRunOptions options = {.permissive_undefined = true};
    Str text = {0};
    AUTO_FREE(error)
    Error *err = render("[{{ nope.a['b'](1).c ~ 'x' }}{% for i in nope() %}{{ i }}{% endfor %}]",
                        &options, arena, &text);
    assert_null(err);
    assert_true(str_is(text, "[x]"));
}

static void an_error_tells_every_place_it_passed(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str text = {0};
    AUTO_FREE(error)
    Error *err = render("{% macro m() %}\n{{ 1 / 0 }}{% endmacro %}\n\n{{ m() }}",
                        &(JinjaRunOptions){0}, arena, &text);
    assert_non_null(err);
    assert_string_equal(error_class(err), "ZeroDivisionError");
    assert_true(str_is(error_full_message(err, arena), "t:4: t:2: in macro 'm': division by zero"));
}

static Error *host_return(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    return jinja_unwind(s, call->args[0]);
}

static const JBuiltin test_globals[] = {
    {"return", host_return, 1, 1, NULL, JB_CONTEXT, NULL},
    {0},
};

static void a_macro_can_return_a_typed_value_to_the_embedder(void **state)
{
    (void)state;
    static const JBuiltin *const tables[] = {test_globals, NULL};
    AUTO_FREE(jinja_env) JinjaEnv *env = jinja_env_new(&(JinjaOptions){.globals = tables});
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    AUTO_FREE(error)
    Error *err =
        jinja_compile(env, STR("m"),
                      STR("{% macro m(x) %}text{% for i in x %}{{ return([i, 'y']) }}{% endfor %}"
                          "{% endmacro %}"),
                      &tpl);
    assert_null(err);
    assert_int_equal(jinja_macro_count(tpl), 1);
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(env, NULL);
    JValue arg = jrange_new(jinja_heap(s), 5, 9, 1), out = JNONE;
    JCall call = {.args = &arg, .argc = 1};
    AUTO_FREE(error) Error *failed = jinja_call_macro(s, tpl, 0, NULL, &call, &out);
    assert_null(failed);
    assert_int_equal(out.type, J_LIST);
    assert_int_equal(jlist_at(out.list, 0).i, 5);
}

static void calls_with_constants_are_found_without_rendering(void **state)
{
    (void)state;
    AUTO_FREE(jinja_env) JinjaEnv *env = jinja_env_new(&(JinjaOptions){.tags = NULL});
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    AUTO_FREE(error)
    Error *err = jinja_compile(env, STR("m"),
                               STR("{% if x %}{{ ref('a', v=2) }}{% endif %}{{ ref(x) }}"
                                   "{{ adapter.dispatch('b')() }}{{ a.b.c() }}"),
                               &tpl);
    assert_null(err);
    assert_int_equal(jinja_static_call_count(tpl), 3);
    JinjaStaticCall first = jinja_static_call(tpl, 0);
    assert_true(str_is(first.name, "ref") && first.constant && first.argc == 2);
    assert_true(str_is(jtext(first.args[0]), "a") && str_is(first.kwarg_names[0], "v"));
    assert_false(jinja_static_call(tpl, 1).constant);
    assert_true(str_is(jinja_static_call(tpl, 2).name, "adapter.dispatch"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ceilings_end_a_render),
        cmocka_unit_test(a_million_rows_run_in_little_memory),
        cmocka_unit_test(permissive_undefined_is_silent),
        cmocka_unit_test(an_error_tells_every_place_it_passed),
        cmocka_unit_test(a_macro_can_return_a_typed_value_to_the_embedder),
        cmocka_unit_test(calls_with_constants_are_found_without_rendering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
