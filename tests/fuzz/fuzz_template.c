/* tests/fuzz/fuzz_template.c - any bytes as a template: compiled, rendered as text and natively
 * under small ceilings, and taken apart by the disassembler. */
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "jinja/jinja.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

/* Variables of the usual kinds, so that methods and loops find something. */
static JDict *make_vars(JHeap *heap)
{
    JDict *vars = jdict_new(heap);
    JList *list = jlist_new(heap, 0);
    for (int64_t i = 0; i < 3; i++) {
        jlist_append(list, jint(i));
    }
    jdict_set_text(heap, vars, STR("x"), jint(7));
    jdict_set_text(heap, vars, STR("s"), jstr_value(heap, STR("text \xc3\xa9")));
    jdict_set_text(heap, vars, STR("l"), jlist_value(list));
    jdict_set_text(heap, vars, STR("d"), jdict_value(jdict_new(heap)));
    return vars;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str source = {(const char *)data, size};
    AUTO_FREE(jinja_env) JinjaEnv *env = jinja_env_new(&(JinjaOptions){.tags = NULL});
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    AUTO_FREE(error) Error *refused = jinja_compile(env, STR("fuzz"), source, &tpl);
    if (refused != NULL) {
        return 0;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    StrBuf listing = strbuf_init(arena, LIMIT_TEMPLATE_BYTES);
    jinja_disassemble(tpl, &listing);
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(env, NULL);
    jinja_configure(s, &(JinjaRunOptions){.max_steps = 5000,
                                          .max_output_bytes = 64 * KIB,
                                          .max_heap_bytes = 16 * MIB});
    JinjaScope scope = {.vars = make_vars(jinja_heap(s))};
    Str text = {0};
    JValue value = JNONE;
    AUTO_FREE(error) Error *as_text = jinja_render(s, tpl, &scope, arena, &text);
    AUTO_FREE(error) Error *as_value = jinja_render_native(s, tpl, &scope, JINJA_NATIVE, &value);
    return 0;
}
