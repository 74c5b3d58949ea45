#include "jinja/output.h"

/* ---- Finding templates ---- */

static Error *load_one(JinjaState *s, Str name, const JinjaTemplate **out)
{
    const JinjaOptions *options = jinja_env_options(s->env);
    if (options->load == NULL) {
        return jraise("TypeError", "no loader for this environment specified");
    }
    *out = NULL;
    return options->load(options->load_data, name, out);
}

/* The first of several names that exists; *out NULL when none does. */
static Error *load_any(JinjaState *s, JValue names, const JinjaTemplate **out, StrBuf *tried)
{
    JList *list = NULL;
    TRY(jcollect(s, names, &list));
    *out = NULL;
    for (size_t i = 0; i < jlist_len(list) && *out == NULL; i++) {
        JValue name = jlist_at(list, i);
        if (name.type == J_UNDEFINED) {
            TRY(jundefined_error(name));
        }
        TRY(jto_str(s, name, &name));
        strbuf_printf(tried, "%s" STR_FMT, i > 0 ? ", " : "", STR_ARG(jtext(name)));
        TRY(load_one(s, jtext(name), out));
    }
    return NULL;
}

/* *out NULL when the template is missing and may be. */
static Error *find_template(JinjaState *s, JValue name, bool may_miss, bool several,
                            const JinjaTemplate **out)
{
    if (name.type == J_UNDEFINED) {
        TRY(jundefined_error(name));
    }
    bool list = several && (name.type == J_LIST || name.type == J_TUPLE);
    StrBuf tried = strbuf_init(s->scratch, LIMIT_ERROR_BYTES);
    TRY(list ? load_any(s, name, out, &tried) : NULL);
    if (!list) {
        JValue text = JNONE;
        TRY(jto_str(s, name, &text));
        strbuf_add(&tried, jtext(text));
        TRY(load_one(s, jtext(text), out));
    }
    if (*out != NULL || may_miss) {
        return NULL;
    }
    if (list && tried.len == 0) {
        return jraise("TemplatesNotFound", "Tried to select from an empty list of templates");
    }
    return list ? jraise("TemplatesNotFound", "none of the templates given were found: " STR_FMT,
                         STR_ARG(strbuf_str(&tried)))
                : jraise("TemplateNotFound", STR_FMT, STR_ARG(strbuf_str(&tried)));
}

/* ---- Running them ---- */

Error *vm_run_template(JinjaState *s, JContext *context)
{
    jcontext_add_blocks(s, context, context->tpl);
    JValue ignored = JNONE;
    for (const JinjaTemplate *tpl = context->tpl; tpl != NULL; tpl = context->parent) {
        context->parent = NULL;
        size_t mark = vm_output_mark(s);
        Frame frame = {.proto = tpl->protos.data[0], .context = context};
        TRY(vm_call(s, &frame, NULL, 0, &ignored));
        if (context->parent !=
            NULL) { /* what a child prints outside blocks after extends is void */
            vm_output_drop(s, mark + context->kept_output);
        }
    }
    return NULL;
}

static JContext *inner_context(JinjaState *s, const Frame *frame, const JinjaTemplate *tpl,
                               JValue locals, bool with_context)
{
    const JContext *outer = frame->context;
    JContext *context = jcontext_new(s, tpl, outer != NULL ? &outer->scope : NULL);
    if (with_context) {
        context->locals = locals.type == J_DICT ? locals.dict : NULL;
        context->outer = frame->context;
    } else {
        context->scope = (JinjaScope){0};
    }
    return context;
}

Error *vm_include(JinjaState *s, const Frame *frame, JValue name, JValue locals, int flags)
{
    const JinjaTemplate *tpl = NULL;
    TRY(find_template(s, name, (flags & IMPORT_IGNORE_MISSING) != 0, true, &tpl));
    if (tpl == NULL) {
        return NULL;
    }
    return vm_run_template(
        s, inner_context(s, frame, tpl, locals, (flags & IMPORT_WITH_CONTEXT) != 0));
}

Error *vm_import(JinjaState *s, const Frame *frame, JValue name, JValue locals, int flags,
                 JValue *out)
{
    const JinjaTemplate *tpl = NULL;
    bool with_context = (flags & IMPORT_WITH_CONTEXT) != 0;
    TRY(find_template(s, name, false, false, &tpl));
    CHECK(tpl != NULL);
    if (s->modules == NULL) {
        s->modules = jdict_new(s->heap);
    }
    *out = with_context ? JMISSING : jdict_get_text(s->modules, tpl->name);
    if (!jis_absent(*out)) {
        return NULL;
    }
    size_t mark = vm_output_mark(s);
    JContext *context = inner_context(s, frame, tpl, locals, with_context);
    TRY(vm_run_template(s, context));
    JModule *module = JHEAP_NEW(s->heap, J_MODULE, JModule);
    module->tpl = tpl;
    module->exported = context->exported;
    TRY(vm_take_output(s, mark, &module->body));
    if (!with_context) {
        jdict_set_text(s->heap, s->modules, tpl->name, jobj(module));
    }
    *out = jobj(module);
    return NULL;
}

Error *vm_import_name(JinjaState *s, const Frame *frame, JValue module, JStr *name, JValue *out)
{
    JValue found = JMISSING;
    TRY(jrun_get_attr(s, module, name, &found));
    if (jis_absent(found)) {
        JBuild build = jbuild_begin(s);
        size_t at = (size_t)(frame->ip - frame->proto->code) - 1;
        strbuf_printf(&build.buf,
                      "the template '" STR_FMT
                      "' (imported on line %u) does not export the requested "
                      "name '" STR_FMT "'",
                      STR_ARG(((JModule *)module.obj)->tpl->name), frame->proto->places[at].line,
                      STR_ARG(jstr_str(name)));
        found = jundefined_message(s, strbuf_str(&build.buf));
    }
    *out = found;
    return NULL;
}

Error *vm_extend(JinjaState *s, Frame *frame, JValue name)
{
    const JinjaTemplate *tpl = NULL;
    JContext *context = frame->context;
    if (context->parent != NULL) {
        return jraise("TemplateRuntimeError", "extended multiple times");
    }
    TRY(find_template(s, name, false, false, &tpl));
    context->parent = tpl;
    context->kept_output = vm_output_mark(s) - frame->out_mark;
    jcontext_add_blocks(s, context, tpl);
    return NULL;
}
