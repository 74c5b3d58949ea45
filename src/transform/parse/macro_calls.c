#include "transform/parse/macro_calls.h"

static Str text_arg(const JinjaStaticCall *call, size_t index, const char *keyword)
{
    size_t positional = call->argc - call->kwarg_count;
    for (size_t i = 0; i < call->kwarg_count; i++) {
        if (str_is(call->kwarg_names[i], keyword)) {
            index = positional + i;
        }
    }
    bool given = index < call->argc && jis_str(call->args[index]);
    return given ? jtext(call->args[index]) : (Str){0};
}

/* adapter.dispatch('name', 'namespace') */
static const Macro *dispatched(const MacroLibrary *library, Str package,
                               const JinjaStaticCall *call)
{
    const Macro *found = NULL;
    Str name = text_arg(call, 0, "macro_name");
    if (name.len == 0) {
        return NULL;
    }
    Error *err =
        macro_dispatch(library, package, name, text_arg(call, 1, "macro_namespace"), &found);
    if (err != NULL) {
        error_discard(err, "it is told when the macro is called");
    }
    return found;
}

static const Macro *called(const MacroLibrary *library, Str package, const JinjaStaticCall *call)
{
    if (str_is(call->name, "adapter.dispatch")) {
        return dispatched(library, package, call);
    }
    size_t dot = str_find_char(call->name, '.');
    if (dot == SIZE_MAX) {
        return macro_find(library, package, call->name);
    }
    const PackageMacros *macros = macro_namespace(library, str_slice(call->name, 0, dot));
    return macros != NULL ? macro_in(macros, str_from_offset(call->name, dot + 1)) : NULL;
}

static void add_dependency(Arena *arena, Macro *macro, const Macro *other)
{
    for (VEC_EACH(const Str, id, &macro->depends_on)) {
        if (str_eq(*id, other->unique_id)) {
            return;
        }
    }
    VEC_PUSH(arena, &macro->depends_on, other->unique_id);
}

/* Macros stand one after the other in a file: a call is of the last that began before it. */
static bool stands_in(const Macro *macro, uint32_t line)
{
    const JinjaTemplate *tpl = macro->tpl;
    uint32_t next = UINT32_MAX;
    if (macro->tpl_index + 1 < jinja_macro_count(tpl)) {
        next = jinja_macro_info(tpl, macro->tpl_index + 1).line;
    }
    uint32_t first = jinja_macro_info(tpl, macro->tpl_index).line;
    return line >= first && (line < next || line == first);
}

void macro_calls_find(Arena *arena, const Manifest *manifest, const MacroLibrary *library)
{
    for (VEC_EACH(const MacroPtr, it, &manifest->macros)) {
        Macro *macro = *it;
        for (size_t i = 0; macro->tpl != NULL && i < jinja_static_call_count(macro->tpl); i++) {
            JinjaStaticCall call = jinja_static_call(macro->tpl, i);
            const Macro *other =
                stands_in(macro, call.line) ? called(library, macro->package, &call) : NULL;
            if (other != NULL && other != macro) {
                add_dependency(arena, macro, other);
            }
        }
    }
}
