#include "base/limits.h"
#include "jinja/arg_error.h"
#include "jinja/output.h"

enum { STACK_MARGIN = 512 }; /* room that builtins' absent arguments may take */

Error *vm_push_frame(JinjaState *s, const Frame *frame, size_t given)
{
    const Proto *proto = frame->proto;
    JValue *slots_end = frame->base + proto->slots;
    if (s->frame_count == LIMIT_CALL_DEPTH ||
        slots_end + proto->stack + STACK_MARGIN > s->stack_end) {
        return error_as(
            error_new(ERR_LIMIT, "maximum recursion depth exceeded while calling a Python object"),
            "RecursionError");
    }
    for (JValue *slot = frame->base + given; slot < slots_end; slot++) {
        *slot = JMISSING;
    }
    Frame *pushed = &s->frames[s->frame_count++];
    *pushed = *frame;
    pushed->ip = proto->code;
    pushed->out_mark = vm_output_mark(s);
    s->sp = slots_end;
    return NULL;
}

/* ---- Macros ---- */

static Frame macro_frame(JMacro *macro, JValue *base, JValue *result)
{
    return (Frame){.proto = macro->proto,
                   .base = base,
                   .cells = macro->cells,
                   .context = macro->context,
                   .function = macro->proto->kind == PROTO_LOOP ? macro : NULL,
                   .result = result,
                   .captures = true};
}

/* A call block has no name. */
static Error *too_many(const Proto *proto)
{
    const char *quote = proto->kind == PROTO_CALLER ? "" : "'";
    return jraise("TypeError", "macro %s" STR_FMT "%s takes not more than %u argument(s)", quote,
                  STR_ARG(proto->kind == PROTO_CALLER ? STR("None") : jstr_str(proto->name)), quote,
                  proto->param_count);
}

static Error *unknown_keyword(const Proto *proto, JStr *name)
{
    if (str_is(jstr_str(name), "caller")) {
        return jraise("TypeError",
                      "macro '" STR_FMT
                      "' was invoked with two values for the special caller argument. "
                      "This is most likely a bug.",
                      STR_ARG(jstr_str(proto->name)));
    }
    return jraise("TypeError", "macro '" STR_FMT "' takes no keyword argument '" STR_FMT "'",
                  STR_ARG(jstr_str(proto->name)), STR_ARG(jstr_str(name)));
}

/* `caller` when none was given. */
static JValue no_caller(JinjaState *s)
{
    JValue value = jundefined_message(s, STR("No caller defined"));
    ((JUndefined *)value.obj)->name = jstr_value(s->heap, STR("caller"));
    return value;
}

static size_t find_param(const Proto *proto, const JStr *name)
{
    for (size_t i = 0; i < proto->param_count; i++) {
        const JStr *param = proto->params[i];
        if (param == name ||
            (param->len == name->len && memcmp(param->text, name->text, name->len) == 0)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* What a macro is called with. */
typedef struct Given {
    JValue *args;
    size_t argc;
    const JTuple *names; /* of the last of `args`; may be NULL */
    JDict *named;        /* or names with their values; may be NULL */
} Given;

/* A macro's parameters on their way to its slots. */
typedef struct Binding {
    JinjaState *s;
    const Proto *proto;
    JValue *base;
    size_t positional; /* how many were given by position */
    JDict *kwargs;     /* those it has no parameter for; NULL until there is one */
} Binding;

/* One argument by name. */
static Error *bind_keyword(Binding *binding, JStr *name, JValue value)
{
    const Proto *proto = binding->proto;
    size_t at = find_param(proto, name);
    if (at != SIZE_MAX && at >= binding->positional) {
        binding->base[at] = value;
        return NULL;
    }
    if (proto->caller_slot != NO_SLOT && str_is(jstr_str(name), "caller")) {
        binding->base[proto->caller_slot] = value;
        return NULL;
    }
    if (proto->kwargs_slot == NO_SLOT) {
        return unknown_keyword(proto, name);
    }
    if (binding->kwargs == NULL) {
        binding->kwargs = jdict_new(binding->s->heap);
    }
    jdict_set_str(binding->kwargs, name, value);
    return NULL;
}

/* Lays out a macro's parameters at `base`. */
static Error *bind_macro(JinjaState *s, const Proto *proto, JValue *base, const Given *given)
{
    const JValue *args = given->args;
    const JTuple *names = given->names;
    size_t by_name = names != NULL ? names->len : 0;
    size_t positional = given->argc - by_name;
    size_t taken = positional < proto->param_count ? positional : proto->param_count;
    if (base + proto->slots + STACK_MARGIN > s->stack_end) {
        return error_as(
            error_new(ERR_LIMIT, "maximum recursion depth exceeded while calling a Python object"),
            "RecursionError");
    }
    for (size_t i = 0; i < proto->slots; i++) {
        base[i] = i < taken ? args[i] : JMISSING;
    }
    Binding binding = {.s = s, .proto = proto, .base = base, .positional = positional};
    for (size_t i = 0; i < by_name; i++) {
        TRY(bind_keyword(&binding, names->items[i].str, args[positional + i]));
    }
    JValue key, value;
    for (size_t at = 0; given->named != NULL && jdict_next(given->named, &at, &key, &value);) {
        TRY(bind_keyword(&binding, key.str, value));
    }
    if (proto->varargs_slot != NO_SLOT) {
        base[proto->varargs_slot] =
            jtuple_value(jtuple_from(s->heap, args + taken, positional - taken));
    } else if (positional > taken) {
        return too_many(proto);
    }
    if (proto->kwargs_slot != NO_SLOT) {
        JDict *kwargs = binding.kwargs != NULL ? binding.kwargs : jdict_new(s->heap);
        base[proto->kwargs_slot] = jdict_value(kwargs);
    }
    if (proto->caller_slot != NO_SLOT && jis_absent(base[proto->caller_slot])) {
        base[proto->caller_slot] = no_caller(s);
    }
    return NULL;
}

static bool has_specials(const Proto *proto)
{
    return (proto->caller_slot & proto->kwargs_slot & proto->varargs_slot) != NO_SLOT;
}

/* The arguments become the macro's first slots where they stand. */
static Error *push_macro_plain(JinjaState *s, JMacro *macro, JValue *args, size_t argc)
{
    const Proto *proto = macro->proto;
    if (argc <= proto->param_count && !has_specials(proto)) {
        Frame frame = macro_frame(macro, args, args - 1);
        return vm_push_frame(s, &frame, argc);
    }
    JValue *base = args + argc;
    TRY(bind_macro(s, proto, base, &(Given){.args = args, .argc = argc}));
    Frame frame = macro_frame(macro, base, args - 1);
    return vm_push_frame(s, &frame, proto->slots);
}

static Error *push_macro_bound(JinjaState *s, JMacro *macro, const Given *given, JValue *result)
{
    JValue *base = s->sp;
    TRY(bind_macro(s, macro->proto, base, given));
    Frame frame = macro_frame(macro, base, result);
    return vm_push_frame(s, &frame, macro->proto->slots);
}

/* ---- Builtins ---- */

/* Position of a parameter in "value width=..." names; SIZE_MAX when it has none of that name. */
static size_t param_position(const JBuiltin *builtin, Str name)
{
    Str rest = str_from(builtin->params != NULL ? builtin->params : ""), piece;
    for (size_t at = 0; rest.len > 0 && str_next_piece(&rest, ' ', &piece); at++) {
        if (str_eq(piece, name)) {
            return at;
        }
    }
    return SIZE_MAX;
}

/* Moves what stands in `kwargs` to its parameters; what is left goes on as keywords, if allowed. */
static Error *bind_builtin(JinjaState *s, const JBuiltin *builtin, JValue *args, size_t argc,
                           JDict *kwargs, JDict **out_rest)
{
    JValue key, value;
    *out_rest = NULL;
    for (size_t at = 0; jdict_next(kwargs, &at, &key, &value);) {
        size_t position = param_position(builtin, jtext(key));
        if (position != SIZE_MAX && position < argc) {
            return arg_error_twice(s, builtin, args, jtext(key), position);
        }
        if (position != SIZE_MAX && position < builtin->max_args) {
            args[position] = value;
            continue;
        }
        if ((builtin->flags & JB_KWARGS) == 0) {
            return arg_error_unknown(s, builtin, args, jtext(key));
        }
        if (*out_rest == NULL) {
            *out_rest = jdict_new(s->heap);
        }
        jdict_set_str(*out_rest, key.str, value);
    }
    return NULL;
}

Error *vm_call_builtin(JinjaState *s, const JBuiltin *builtin, JValue *args, size_t argc,
                       JDict *kwargs, JValue *out)
{
    bool any = builtin->max_args == JARGS_ANY;
    size_t wanted = any ? builtin->min_args : builtin->max_args;
    if (UNLIKELY(!any && argc > wanted)) {
        return arg_error_count(s, builtin, args, argc);
    }
    for (size_t i = argc; i < wanted; i++) {
        args[i] = JMISSING;
    }
    size_t used = argc > wanted ? argc : wanted;
    s->sp = args + used;
    JCall call = {.args = args, .argc = argc};
    if (UNLIKELY(kwargs != NULL)) {
        TRY(bind_builtin(s, builtin, args, argc, kwargs, &call.kwargs));
    }
    for (size_t i = argc; i < builtin->min_args; i++) {
        if (UNLIKELY(jis_absent(args[i]))) {
            return arg_error_count(s, builtin, args, argc);
        }
    }
    s->callee = builtin;
    return builtin->run(s, &call, out);
}

/* ---- Calls with names and spreads ---- */

/* Names and spreads of a site laid out: all positional arguments at s->sp, the rest as a dict. */
typedef struct Spread {
    JValue *args;
    size_t argc;
    JDict *kwargs;
} Spread;

static Error *spread_sequence(JinjaState *s, JValue sequence, Spread *spread)
{
    JList *items = NULL;
    if (!jis_iterable(sequence)) {
        return jraise("TypeError", "Value after * must be an iterable, not %s",
                      jtype_name(sequence));
    }
    TRY(jcollect(s, sequence, &items));
    if (spread->args + spread->argc + items->len + STACK_MARGIN > s->stack_end) {
        return jinja_check_items(SIZE_MAX);
    }
    for (size_t i = 0; i < items->len; i++) {
        spread->args[spread->argc++] = items->items[i];
    }
    s->sp = spread->args + spread->argc;
    return NULL;
}

static Error *spread_mapping(JinjaState *s, JValue mapping, Spread *spread)
{
    if (mapping.type == J_UNDEFINED) {
        TRY(jundefined_error(mapping));
    }
    if (mapping.type != J_DICT) {
        return jraise("TypeError", "argument after ** must be a mapping, not %s",
                      jtype_name(mapping));
    }
    JValue key, value, known;
    (void)s;
    for (size_t at = 0; jdict_next(mapping.dict, &at, &key, &value);) {
        if (key.type != J_STR) {
            return jraise("TypeError", "keywords must be strings");
        }
        TRY(jdict_get(spread->kwargs, key, &known));
        if (!jis_absent(known)) {
            return jraise("TypeError", "got multiple values for keyword argument '" STR_FMT "'",
                          STR_ARG(jtext(key)));
        }
        jdict_set_str(spread->kwargs, key.str, value);
    }
    return NULL;
}

static Error *spread_site(JinjaState *s, const Site *site, const JValue *args, size_t argc,
                          Spread *out)
{
    size_t names = site->names != NULL ? site->names->len : 0;
    size_t positional = argc - names - site->star - site->star_star;
    *out = (Spread){.args = s->sp, .argc = positional, .kwargs = jdict_new(s->heap)};
    for (size_t i = 0; i < positional; i++) {
        out->args[i] = args[i];
    }
    s->sp = out->args + positional;
    for (size_t i = 0; i < names; i++) {
        jdict_set_str(out->kwargs, site->names->items[i].str, args[positional + i]);
    }
    const JValue *rest = args + positional + names;
    if (site->star) {
        TRY(spread_sequence(s, *rest++, out));
    }
    if (site->star_star) {
        TRY(spread_mapping(s, *rest, out));
    }
    if (jdict_len(out->kwargs) == 0) {
        out->kwargs = NULL;
    }
    return NULL;
}

Error *vm_call_site(JinjaState *s, const Site *site, JValue *args, size_t argc, JValue *out)
{
    Spread spread;
    s->sp = args + argc;
    TRY(spread_site(s, site, args, argc, &spread));
    return vm_call_builtin(s, site->builtin, spread.args, spread.argc, spread.kwargs, out);
}

/* ---- Any callee ---- */

/* What is neither macro nor function. `args` stand on the stack, s->sp behind them. */
static Error *call_other(JinjaState *s, JValue callee, const JValue *args, size_t argc,
                         JDict *kwargs, JValue *out)
{
    JCall call = {.args = args, .argc = argc, .kwargs = kwargs};
    if (callee.type == J_HOST && ((JHost *)callee.obj)->class->call != NULL) {
        return ((JHost *)callee.obj)->class->call(s, (JHost *)callee.obj, &call, out);
    }
    if (callee.type == J_UNDEFINED) {
        TRY(jundefined_error(callee));
        *out = callee;
        return NULL;
    }
    return jrun_call(s, callee, &call, out);
}

/* A function's self goes before the arguments: into the callee's place. */
static Error *call_function(JinjaState *s, const JFunction *function, JValue *args, size_t argc,
                            JDict *kwargs, JValue *out)
{
    if (jis_absent(function->self)) {
        return vm_call_builtin(s, function->builtin, args, argc, kwargs, out);
    }
    args[-1] = function->self;
    return vm_call_builtin(s, function->builtin, args - 1, argc + 1, kwargs, out);
}

Error *vm_call_value(JinjaState *s, JValue *args, size_t argc, const Site *site, bool *out_pushed)
{
    JValue callee = args[-1], result = JNONE;
    *out_pushed = false;
    s->sp = args + argc;
    if (callee.type == J_MACRO) {
        JMacro *macro = (JMacro *)callee.obj;
        *out_pushed = true;
        if (site == NULL) {
            return push_macro_plain(s, macro, args, argc);
        }
        if (!site->star && !site->star_star) {
            Given given = {.args = args, .argc = argc, .names = site->names};
            return push_macro_bound(s, macro, &given, args - 1);
        }
        Spread spread;
        TRY(spread_site(s, site, args, argc, &spread));
        Given given = {.args = spread.args, .argc = spread.argc, .named = spread.kwargs};
        return push_macro_bound(s, macro, &given, args - 1);
    }
    Spread spread = {.args = args, .argc = argc};
    if (site != NULL) {
        *s->sp++ = callee; /* its place is where call_function puts self */
        TRY(spread_site(s, site, args, argc, &spread));
    }
    if (callee.type == J_FUNCTION) {
        TRY(call_function(s, (JFunction *)callee.obj, spread.args, spread.argc, spread.kwargs,
                          &result));
    } else {
        TRY(call_other(s, callee, spread.args, spread.argc, spread.kwargs, &result));
    }
    args[-1] = result;
    return NULL;
}

/* ---- From C ---- */

Error *jinja_call(JinjaState *s, JValue callee, const JValue *args, size_t argc, JDict *kwargs,
                  JValue *out)
{
    JValue *sp = s->sp, *base = sp + 1, result = JNONE;
    if (sp + argc + STACK_MARGIN > s->stack_end) {
        return error_as(
            error_new(ERR_LIMIT, "maximum recursion depth exceeded while calling a Python object"),
            "RecursionError");
    }
    *sp = callee;
    for (size_t i = 0; i < argc; i++) {
        base[i] = args[i];
    }
    s->sp = base + argc;
    Error *err = NULL;
    if (callee.type == J_MACRO) {
        size_t floor = s->frame_count;
        Given given = {.args = base, .argc = argc, .named = kwargs};
        err = push_macro_bound(s, (JMacro *)callee.obj, &given, sp);
        err = err != NULL ? err : vm_run(s, floor);
        result = *sp;
    } else if (callee.type == J_FUNCTION) {
        err = call_function(s, (JFunction *)callee.obj, base, argc, kwargs, &result);
    } else {
        err = call_other(s, callee, base, argc, kwargs, &result);
    }
    s->sp = sp;
    if (err != NULL) {
        return err;
    }
    jheap_adopt(s->heap, result);
    *out = result;
    return NULL;
}

Error *jinja_call_builtin(JinjaState *s, const JBuiltin *builtin, const JValue *args, size_t argc,
                          JDict *kwargs, JValue *out)
{
    JValue *sp = s->sp;
    if (sp + argc + STACK_MARGIN > s->stack_end) {
        return error_as(
            error_new(ERR_LIMIT, "maximum recursion depth exceeded while calling a Python object"),
            "RecursionError");
    }
    for (size_t i = 0; i < argc; i++) {
        sp[i] = args[i];
    }
    const JBuiltin *callee = s->callee;
    Error *err = vm_call_builtin(s, builtin, sp, argc, kwargs, out);
    s->callee = callee;
    s->sp = sp;
    return err;
}
