#include "jinja/run.h"

#include "jinja/vm.h"

/* ---- For the heap ---- */

static void mark_pointer(JMarker *marker, void *object)
{
    if (object != NULL) {
        jmark_object(marker, object);
    }
}

static void mark_context(JMarker *marker, const JContext *context)
{
    mark_pointer(marker, context->exported);
    mark_pointer(marker, context->locals);
    mark_pointer(marker, context->outer);
    mark_pointer(marker, context->blocks);
    mark_pointer(marker, context->scope.vars);
}

static void mark_loop(JMarker *marker, const JLoop *loop)
{
    mark_pointer(marker, loop->it);
    mark_pointer(marker, loop->function);
    jmark_value(marker, loop->source);
    jmark_value(marker, loop->previous);
    jmark_value(marker, loop->current);
    jmark_value(marker, loop->ahead);
    jmark_value(marker, loop->changed);
}

void jrun_mark(JMarker *marker, JObj *obj)
{
    if (obj->type == J_MACRO) {
        mark_pointer(marker, ((JMacro *)obj)->cells);
        mark_pointer(marker, ((JMacro *)obj)->context);
    } else if (obj->type == J_CELLS) {
        mark_pointer(marker, ((JCells *)obj)->parent);
        jmark_values(marker, ((JCells *)obj)->values, ((JCells *)obj)->count);
    } else if (obj->type == J_CONTEXT) {
        mark_context(marker, (JContext *)obj);
    } else if (obj->type == J_LOOP) {
        mark_loop(marker, (JLoop *)obj);
    } else if (obj->type == J_MODULE) {
        mark_pointer(marker, ((JModule *)obj)->exported);
        jmark_value(marker, ((JModule *)obj)->body);
    } else if (obj->type == J_BLOCK) {
        mark_pointer(marker, ((JBlock *)obj)->context);
        mark_pointer(marker, ((JBlock *)obj)->super);
    }
}

/* ---- Contexts ---- */

JContext *jcontext_new(JinjaState *s, const JinjaTemplate *tpl, const JinjaScope *scope)
{
    JContext *context = JHEAP_NEW(s->heap, J_CONTEXT, JContext);
    context->tpl = tpl;
    if (scope != NULL) {
        context->scope = *scope;
    }
    return context;
}

void jcontext_add_blocks(JinjaState *s, JContext *context, const JinjaTemplate *tpl)
{
    for (size_t i = 0; i < tpl->blocks.len; i++) {
        if (context->blocks == NULL) {
            context->blocks = jdict_new(s->heap);
        }
        JBlock *block = JHEAP_NEW(s->heap, J_BLOCK, JBlock);
        block->proto = tpl->blocks.data[i].proto;
        block->context = context;
        JValue known = jdict_get_str(context->blocks, tpl->blocks.data[i].name);
        if (jis_absent(known)) {
            jdict_set_str(context->blocks, tpl->blocks.data[i].name, jobj(block));
            continue;
        }
        JBlock *last = (JBlock *)known.obj;
        while (last->super != NULL) {
            last = last->super;
        }
        last->super = block;
    }
}

/* What a context knows of a name; MISSING when nothing. */
static Error *find_name(JinjaState *s, JContext *context, JStr *name, JValue *out)
{
    *out = JMISSING;
    for (; context != NULL && jis_absent(*out); context = context->outer) {
        if (context->exported != NULL) {
            *out = jdict_get_str(context->exported, name);
        }
        if (jis_absent(*out) && context->locals != NULL) {
            *out = jdict_get_str(context->locals, name);
        }
        const JinjaScope *scope = &context->scope;
        if (jis_absent(*out) && context->outer == NULL && scope->vars != NULL) {
            *out = jdict_get_str(scope->vars, name);
        }
        if (jis_absent(*out) && context->outer == NULL && scope->find != NULL) {
            TRY(scope->find(s, scope->data, name, out));
        }
    }
    if (jis_absent(*out)) {
        *out = jinja_env_global(s->env, jstr_str(name));
    }
    return NULL;
}

Error *jcontext_resolve(JinjaState *s, JContext *context, JStr *name, JValue *out)
{
    JValue found = JMISSING;
    TRY(find_name(s, context, name, &found));
    *out = !jis_absent(found) ? found : jundefined_name(s, name);
    return NULL;
}

Error *jinja_resolve(JinjaState *s, JStr *name, JValue *out)
{
    JContext *context = s->frame_count > 0 ? s->frames[s->frame_count - 1].context : NULL;
    return find_name(s, context, name, out);
}

/* ---- Loops ---- */

Error *jloop_new(JinjaState *s, JValue source, JMacro *function, JValue *out)
{
    JIterator *it = NULL;
    TRY(jiterate(s, source, &it));
    JLoop *loop = JHEAP_NEW(s->heap, J_LOOP, JLoop);
    loop->it = it;
    loop->source = source;
    loop->function = function;
    loop->index0 = -1;
    loop->length = -1;
    *out = jobj(loop);
    return NULL;
}

static Error *peek(JinjaState *s, JLoop *loop)
{
    if (!loop->peeked) {
        TRY(jnext(s, loop->it, &loop->ahead));
        loop->peeked = true;
    }
    return NULL;
}

Error *jloop_next(JinjaState *s, JLoop *loop, JValue *out_item)
{
    TRY(peek(s, loop));
    loop->peeked = false;
    loop->previous = loop->current;
    loop->current = loop->ahead;
    loop->index0++;
    *out_item = loop->current;
    return NULL;
}

Error *jloop_iterate(JinjaState *s, JIterator *it, JValue *out_item)
{
    return jloop_next(s, (JLoop *)it->over.obj, out_item);
}

/* Something without a length is read to its end. */
static Error *loop_read_all(JinjaState *s, JLoop *loop)
{
    JList *rest = jlist_new(s->heap, 0);
    while (!loop->peeked || !jis_absent(loop->ahead)) {
        TRY(peek(s, loop));
        if (jis_absent(loop->ahead)) {
            break;
        }
        jlist_append(rest, loop->ahead);
        loop->peeked = false;
    }
    loop->length = loop->index0 + 1 + (int64_t)jlist_len(rest);
    loop->peeked = false;
    return jiterate(s, jlist_value(rest), &loop->it);
}

static Error *loop_length(JinjaState *s, JLoop *loop, int64_t *out)
{
    if (loop->length < 0) {
        size_t len = 0;
        Error *err = loop->source.type == J_ITERATOR ? NULL : jlength(s, loop->source, &len);
        if (err != NULL) {
            error_discard(err, "what has no length is read to its end");
        }
        if (err != NULL || loop->source.type == J_ITERATOR) {
            TRY(loop_read_all(s, loop));
        } else {
            loop->length = (int64_t)len;
        }
    }
    *out = loop->length;
    return NULL;
}

Error *jloop_length(JinjaState *s, JValue loop, size_t *out)
{
    int64_t length = 0;
    TRY(loop_length(s, (JLoop *)loop.obj, &length));
    *out = (size_t)length;
    return NULL;
}

typedef enum LoopAttr {
    LOOP_INDEX,
    LOOP_INDEX0,
    LOOP_REVINDEX,
    LOOP_REVINDEX0,
    LOOP_FIRST,
    LOOP_LAST,
    LOOP_LENGTH,
    LOOP_DEPTH,
    LOOP_DEPTH0,
    LOOP_PREVITEM,
    LOOP_NEXTITEM,
} LoopAttr;

static Error *loop_attr(JinjaState *s, JLoop *loop, LoopAttr attr, JValue *out)
{
    int64_t length = 0;
    if (attr == LOOP_REVINDEX || attr == LOOP_REVINDEX0 || attr == LOOP_LENGTH) {
        TRY(loop_length(s, loop, &length));
    } else if (attr == LOOP_LAST || attr == LOOP_NEXTITEM) {
        TRY(peek(s, loop));
    }
    switch (attr) {
    case LOOP_INDEX:
        *out = jint(loop->index0 + 1);
        break;
    case LOOP_INDEX0:
        *out = jint(loop->index0);
        break;
    case LOOP_REVINDEX:
        *out = jint(length - loop->index0);
        break;
    case LOOP_REVINDEX0:
        *out = jint(length - loop->index0 - 1);
        break;
    case LOOP_FIRST:
        *out = jbool(loop->index0 == 0);
        break;
    case LOOP_LAST:
        *out = jbool(jis_absent(loop->ahead));
        break;
    case LOOP_LENGTH:
        *out = jint(length);
        break;
    case LOOP_DEPTH:
        *out = jint(loop->depth0 + 1);
        break;
    case LOOP_DEPTH0:
        *out = jint(loop->depth0);
        break;
    case LOOP_PREVITEM:
        *out = loop->index0 > 0 ? loop->previous
                                : jundefined_message(s, STR("there is no previous item"));
        break;
    case LOOP_NEXTITEM:
        *out = !jis_absent(loop->ahead) ? loop->ahead
                                        : jundefined_message(s, STR("there is no next item"));
        break;
    }
    return NULL;
}

static Error *get_loop_attr(JinjaState *s, JLoop *loop, JStr *name, JValue *out)
{
    static const Str names[] = {STR_INIT("index"),     STR_INIT("index0"),  STR_INIT("revindex"),
                                STR_INIT("revindex0"), STR_INIT("first"),   STR_INIT("last"),
                                STR_INIT("length"),    STR_INIT("depth"),   STR_INIT("depth0"),
                                STR_INIT("previtem"),  STR_INIT("nextitem")};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(jstr_str(name), names[i])) {
            return loop_attr(s, loop, (LoopAttr)i, out);
        }
    }
    return NULL;
}

static Error *loop_cycle(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    if (call->argc < 2) {
        return jraise("TypeError", "no items for cycling given");
    }
    const JLoop *loop = (JLoop *)call->args[0].obj;
    *out = call->args[1 + (size_t)loop->index0 % (call->argc - 1)];
    return NULL;
}

static Error *loop_changed(JinjaState *s, const JCall *call, JValue *out)
{
    JLoop *loop = (JLoop *)call->args[0].obj;
    JValue now = jtuple_value(jtuple_from(s->heap, call->args + 1, call->argc - 1));
    bool same = false;
    if (!jis_absent(loop->changed)) {
        TRY(jequal(loop->changed, now, &same));
    }
    loop->changed = now;
    *out = jbool(!same);
    return NULL;
}

const JBuiltin jinja_loop_methods[] = {
    {"cycle", loop_cycle, 1, JARGS_ANY, NULL, 0, NULL},
    {"changed", loop_changed, 1, JARGS_ANY, NULL, 0, NULL},
    {0},
};

/* ---- Cyclers ---- */

static Error *cycler_next(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    JCycler *cycler = (JCycler *)call->args[0].obj;
    *out = cycler->items->items[cycler->at];
    cycler->at = (cycler->at + 1) % cycler->items->len;
    return NULL;
}

static Error *cycler_reset(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    ((JCycler *)call->args[0].obj)->at = 0;
    *out = JNONE;
    return NULL;
}

const JBuiltin jinja_cycler_methods[] = {
    {"next", cycler_next, 1, 1, NULL, 0, NULL},
    {"reset", cycler_reset, 1, 1, NULL, 0, NULL},
    {0},
};

/* ---- Attributes and items ---- */

static JValue macro_arguments(JinjaState *s, const Proto *proto)
{
    JTuple *names = jtuple_new(s->heap, proto->param_count);
    for (size_t i = 0; i < proto->param_count; i++) {
        names->items[i] = jobj(proto->params[i]);
    }
    return jtuple_value(names);
}

static JValue macro_attr(JinjaState *s, const JMacro *macro, Str name)
{
    const Proto *proto = macro->proto;
    if (str_is(name, "name")) {
        return proto->kind == PROTO_MACRO ? jobj(proto->name) : JNONE;
    }
    if (str_is(name, "arguments")) {
        return macro_arguments(s, proto);
    }
    if (str_is(name, "catch_kwargs")) {
        return jbool(proto->kwargs_slot != NO_SLOT);
    }
    if (str_is(name, "catch_varargs")) {
        return jbool(proto->varargs_slot != NO_SLOT);
    }
    return str_is(name, "caller") ? jbool(proto->caller_slot != NO_SLOT) : JMISSING;
}

Error *jrun_get_attr(JinjaState *s, JValue value, JStr *name, JValue *out)
{
    switch (JTYPE_OF(value)) {
    case J_LOOP:
        return get_loop_attr(s, (JLoop *)value.obj, name, out);
    case J_MACRO:
        *out = macro_attr(s, (JMacro *)value.obj, jstr_str(name));
        break;
    case J_MODULE:
        if (((JModule *)value.obj)->exported != NULL && name->text[0] != '_') {
            *out = jdict_get_str(((JModule *)value.obj)->exported, name);
        }
        break;
    case J_CONTEXT:
        if (((JContext *)value.obj)->blocks != NULL) {
            *out = jdict_get_str(((JContext *)value.obj)->blocks, name);
        }
        break;
    case J_BLOCK:
        if (str_is(jstr_str(name), "super") && ((JBlock *)value.obj)->super != NULL) {
            *out = jobj(((JBlock *)value.obj)->super);
        }
        break;
    case J_CYCLER:
        if (str_is(jstr_str(name), "current")) {
            const JCycler *cycler = (JCycler *)value.obj;
            *out = cycler->items->items[cycler->at];
        }
        break;
    default:
        break;
    }
    return NULL;
}

Error *jrun_get_item(JinjaState *s, JValue value, JValue key, JValue *out)
{
    bool blocks = value.type == J_CONTEXT && jis_str(key);
    return blocks ? jrun_get_attr(s, value, key.str, out) : NULL;
}

/* ---- Calls ---- */

static Error *call_block(JinjaState *s, JBlock *block, JValue *out)
{
    Frame frame = {
        .proto = block->proto, .context = block->context, .block = block, .captures = true};
    return vm_call(s, &frame, NULL, 0, out);
}

static Error *call_loop(JinjaState *s, const JLoop *loop, const JCall *call, JValue *out)
{
    if (loop->function == NULL) {
        return jraise("TypeError",
                      "The loop must have the 'recursive' marker to be called recursively.");
    }
    if (call->argc != 1) {
        return jraise("TypeError",
                      "LoopContext.__call__() takes 2 positional arguments but %zu were "
                      "given",
                      call->argc + 1);
    }
    JValue args[2] = {call->args[0], jint(loop->depth0 + 1)};
    return jinja_call(s, jobj(loop->function), args, 2, NULL, out);
}

Error *jrun_call(JinjaState *s, JValue callee, const JCall *call, JValue *out)
{
    if (callee.type == J_LOOP) {
        return call_loop(s, (JLoop *)callee.obj, call, out);
    }
    if (callee.type == J_BLOCK) {
        return call_block(s, (JBlock *)callee.obj, out);
    }
    if (callee.type == J_JOINER) {
        JJoiner *joiner = (JJoiner *)callee.obj;
        *out = joiner->used ? joiner->separator : jstr_value(s->heap, STR(""));
        joiner->used = true;
        return NULL;
    }
    if (callee.type == J_MACRO) {
        return jinja_call(s, callee, call->args, call->argc, call->kwargs, out);
    }
    return jraise("TypeError", "'%s' object is not callable", jtype_name(callee));
}

/* ---- Printing ---- */

Error *jrun_print(JinjaState *s, JValue value, StrBuf *out)
{
    if (value.type == J_MODULE) {
        return jprint(s, ((JModule *)value.obj)->body, out);
    }
    return jrun_repr(s, value, out);
}

Error *jrun_repr(JinjaState *s, JValue value, StrBuf *out)
{
    (void)s;
    if (value.type == J_MACRO) {
        const Proto *proto = ((JMacro *)value.obj)->proto;
        bool named = proto->kind == PROTO_MACRO;
        strbuf_printf(out, named ? "<Macro '" STR_FMT "'>" : "<Macro anonymous" STR_FMT ">",
                      STR_ARG(named ? jstr_str(proto->name) : STR("")));
    } else if (value.type == J_MODULE) {
        strbuf_printf(out, "<TemplateModule '" STR_FMT "'>",
                      STR_ARG(((JModule *)value.obj)->tpl->name));
    } else if (value.type == J_LOOP) {
        int64_t length = 0;
        TRY(loop_length(s, (JLoop *)value.obj, &length));
        strbuf_printf(out, "<LoopContext %lld/%lld>", (long long)((JLoop *)value.obj)->index0 + 1,
                      (long long)length);
    } else {
        strbuf_printf(out, "<%s>", jtype_name(value));
    }
    return NULL;
}
