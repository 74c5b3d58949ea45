#include "transform/run/node_run.h"
#include "transform/seed/table.h"

/* load_result(), store_result() and write(): what macros keep of their statements; and
 * load_agate_table(), what a seed's file holds. */

static NodeRun *run_of(JinjaState *s)
{
    return context_of(s)->run;
}

static JValue table_rows(JinjaState *s, JValue table)
{
    JList *rows = NULL;
    Error *err = table.type == J_HOST ? jcollect(s, table, &rows) : NULL;
    if (err != NULL) {
        error_discard(err, "what cannot be walked has no rows");
    }
    return jlist_value(rows != NULL ? rows : jlist_new(jinja_heap(s), 0));
}

static Error *fn_load_result(JinjaState *s, const JCall *call, JValue *out)
{
    NodeRun *run = run_of(s);
    Str name;
    *out = JNONE;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &name));
    if (run == NULL) {
        return NULL;
    }
    JValue found = jdict_get_text(run->results, name);
    if (jis_absent(found)) {
        return NULL;
    }
    if (strmap_has(&run->loaded, name) && !str_is(name, "main")) {
        return jraise("CompilationError",
                      "The 'statement' result named '" STR_FMT
                      "' has already been loaded into a variable",
                      STR_ARG(name));
    }
    strmap_set_copy(&run->loaded, name, NULL);
    if (jdict_get_text(found.dict, STR("data")).type == J_NONE) {
        JValue table = jdict_get_text(found.dict, STR("table"));
        jdict_set_text(jinja_heap(s), found.dict, STR("data"), table_rows(s, table));
    }
    *out = found;
    return NULL;
}

static Error *store(JinjaState *s, JValue name, JValue response, JValue table, JValue *out)
{
    NodeRun *run = run_of(s);
    JHeap *heap = jinja_heap(s);
    *out = jstr_value(heap, STR(""));
    if (run == NULL) {
        return NULL;
    }
    JDict *result = jdict_new(heap);
    jdict_set_text(heap, result, STR("response"), response);
    /* rows that nobody looked at yet wait for load_result() */
    jdict_set_text(heap, result, STR("data"), table_is_later(table) ? JNONE : table_rows(s, table));
    jdict_set_text(heap, result, STR("table"), table);
    Str key;
    TRY(convert_to_text(s, jinja_scratch(s), name, &key));
    strmap_remove(&run->loaded, key);
    jdict_set_text(heap, run->results, key, jdict_value(result));
    return NULL;
}

static Error *fn_store_result(JinjaState *s, const JCall *call, JValue *out)
{
    return store(s, call->args[0], call->args[1], jarg_or(call, 2, JNONE), out);
}

static Error *fn_store_raw_result(JinjaState *s, const JCall *call, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    JDict *response = jdict_new(heap);
    static const char *const keys[] = {"_message", "code", "rows_affected"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        jdict_set_text(heap, response, str_from(keys[i]), jarg_or(call, i + 1, JNONE));
    }
    return store(s, call->args[0], jdict_value(response), jarg_or(call, 4, JNONE), out);
}

static Error *fn_write(JinjaState *s, const JCall *call, JValue *out)
{
    NodeRun *run = run_of(s);
    *out = jstr_value(jinja_heap(s), STR(""));
    if (run == NULL) {
        return NULL;
    }
    run->has_written = true;
    return convert_to_text(s, context_of(s)->arena, call->args[0], &run->written);
}

static Error *fn_load_agate_table(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    const Context *ctx = context_of(s);
    if (ctx->node == NULL || ctx->node->type != RESOURCE_SEED) {
        Str type = ctx->node != NULL ? resource_type_name(ctx->node->type) : STR("None");
        return jraise("CompilationError", "can only load_agate_table for seeds (got a " STR_FMT ")",
                      STR_ARG(type));
    }
    return seed_table_load(s, ctx, out);
}

const JBuiltin context_result_functions[] = {
    {"load_agate_table", fn_load_agate_table, 0, 0, NULL, JB_CONTEXT, NULL},
    {"load_result", fn_load_result, 1, 1, "name", JB_CONTEXT, NULL},
    {"store_result", fn_store_result, 2, 3, "name response agate_table", JB_CONTEXT, NULL},
    {"store_raw_result", fn_store_raw_result, 1, 5, "name message code rows_affected agate_table",
     JB_CONTEXT, NULL},
    {"write", fn_write, 1, 1, "payload", JB_CONTEXT, NULL},
    {0},
};
