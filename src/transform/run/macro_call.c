#include "transform/run/macro_call.h"

#include "transform/context/failure.h"

Error *macro_call(Worker *worker, Context *ctx, const char *name, const JValue *args, size_t argc,
                  JValue *out)
{
    const Macro *macro = macro_find(worker->session->macros, ctx->package, str_from(name));
    if (macro == NULL) {
        return error_new(ERR_BUG, "there is no macro '%s'", name);
    }
    JCall call = {.args = args, .argc = argc};
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    Error *err = jinja_call_macro(worker->state, macro->tpl, macro->tpl_index, &scope, &call, out);
    if (err != NULL) {
        failure_left_macro(ctx, macro, err);
    }
    return err;
}

Error *macro_call_text(Worker *worker, Context *ctx, const char *name, const JValue *args,
                       size_t argc, Str *out)
{
    JValue text = JNONE;
    TRY(macro_call(worker, ctx, name, args, argc, &text));
    return convert_to_text(worker->state, worker->scratch, text, out);
}

Error *macro_call_table(Worker *worker, Context *ctx, const char *name, const JValue *args,
                        size_t argc, TableParts *out)
{
    JValue given = JNONE;
    TRY(macro_call(worker, ctx, name, args, argc, &given));
    JValue table = given.type == J_DICT ? jdict_get_text(given.dict, STR("table")) : given;
    if (!table_is(table)) {
        return jraise("CompilationError",
                      "The macro '%s' must return a table, as run_query() and load_result() give "
                      "it, not '%s'",
                      name, jtype_name(given));
    }
    return table_parts(worker->state, table, out);
}
