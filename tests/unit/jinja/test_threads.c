#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "jinja/jinja.h"

enum { THREADS = 4, ROUNDS = 50 };

/* What the threads share. */
typedef struct Shared {
    const JinjaEnv *env;
    const JinjaTemplate *tpl;
    JSharedHeap *heap;
    JDict *vars;
    bool rendered[THREADS];
} Shared;

/* Each thread sets keys of its own, and one that all set, while it walks what the others add. */
static const char *const source =
    "{% macro note(key, value) %}{% do graph.update({key: value}) %}{{ graph[key].name }}"
    "{% endmacro %}"
    "{% for i in range(20) %}{{ note(who ~ i, {'name': 'n' ~ i, 'uses': [i, who]}) }}"
    "{% do graph.update({'last': {'name': who}}) %}{% do log.append(who ~ ':' ~ i) %}"
    "{{ graph.get('last').name|length }}{{ graph|length > 0 }}{{ log|length > 0 }}"
    "{% endfor %}";

static void render_often(void *context, size_t item, size_t worker)
{
    Shared *shared = context;
    (void)worker;
    AUTO_FREE(arena) Arena *arena = arena_new("thread");
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(shared->env, shared->heap);
    bool rendered = true;
    for (size_t round = 0; round < ROUNDS && rendered; round++) {
        JDict *vars = jdict_copy(jinja_heap(s), shared->vars);
        jdict_set_text(jinja_heap(s), vars, STR("who"),
                       jstr_value(jinja_heap(s), str_printf(arena, "thread%zu_", item)));
        Str text = {0};
        AUTO_FREE(error)
        Error *err = jinja_render(s, shared->tpl, &(JinjaScope){.vars = vars}, arena, &text);
        rendered = err == NULL && str_starts_with(text, STR("n08TrueTrue"));
        jinja_reset(s);
    }
    shared->rendered[item] = rendered;
}

static void threads_render_one_template_and_change_one_dict(void **state)
{
    (void)state;
    AUTO_FREE(jshared) JSharedHeap *heap = jshared_new();
    AUTO_FREE(jinja_env) JinjaEnv *env = jinja_env_new(&(JinjaOptions){.tags = NULL});
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    AUTO_FREE(error) Error *err = jinja_compile(env, STR("t"), str_from(source), &tpl);
    assert_null(err);
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(env, heap);
    JDict *vars = jdict_new(jinja_heap(s)), *graph = jdict_new(jinja_heap(s));
    JList *log = jlist_new(jinja_heap(s), 0);
    jdict_set_text(jinja_heap(s), vars, STR("graph"), jdict_value(graph));
    jdict_set_text(jinja_heap(s), vars, STR("log"), jlist_value(log));
    jshare(jinja_heap(s), heap, jdict_value(vars));
    Shared shared = {.env = env, .tpl = tpl, .heap = heap, .vars = vars};
    thread_for_each(THREADS, THREADS, render_often, &shared);
    for (size_t i = 0; i < THREADS; i++) {
        assert_true(shared.rendered[i]);
    }
    assert_int_equal(jdict_len(graph), THREADS * 20 + 1);
    assert_int_equal(jlist_len(log), THREADS * ROUNDS * 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_render_one_template_and_change_one_dict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
