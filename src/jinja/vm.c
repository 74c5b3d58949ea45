#include "jinja/vm.h"

#include "base/number.h"

/* ---- Output ---- */

size_t vm_output_mark(const JinjaState *s)
{
    return s->native == JINJA_TEXT ? s->out.len : jlist_len(s->parts);
}

void vm_output_drop(JinjaState *s, size_t mark)
{
    if (s->native == JINJA_TEXT) {
        s->out.len = mark;
        return;
    }
    while (jlist_len(s->parts) > mark) {
        jlist_remove(s->parts, jlist_len(s->parts) - 1);
    }
}

static Error *check_output(const JinjaState *s)
{
    return !s->out.overflowed
               ? NULL
               : error_new(ERR_LIMIT, "the output is larger than %zu bytes", s->out.limit);
}

Error *vm_take_output(JinjaState *s, size_t mark, JValue *out)
{
    if (s->native != JINJA_TEXT) {
        TRY(native_concat(s, s->parts, mark, out));
        vm_output_drop(s, mark);
        return NULL;
    }
    TRY(check_output(s));
    Str text = s->out.len > mark ? (Str){s->out.data + mark, s->out.len - mark} : STR("");
    *out = jstr_value(s->heap, text);
    s->out.len = mark;
    return NULL;
}

static void emit_bytes(StrBuf *out, const char *data, size_t len)
{
    if (LIKELY(out->capacity - out->len > len && out->data != NULL)) {
        memcpy(out->data + out->len, data, len);
        out->len += len;
    } else {
        strbuf_add(out, (Str){data, len});
    }
}

static void emit_int(StrBuf *out, int64_t number)
{
    if (out->data != NULL && out->capacity - out->len > NUMBER_TEXT_BYTES) {
        char *at = out->data + out->len;
        if (number >= 0 && number < 10) {
            *at = (char)('0' + number);
            out->len++;
        } else {
            out->len += number_format_int64(number, at);
        }
        return;
    }
    char digits[NUMBER_TEXT_BYTES];
    strbuf_add(out, (Str){digits, number_format_int64(number, digits)});
}

static Error *emit_value(JinjaState *s, JValue value, bool escaped)
{
    if (s->native != JINJA_TEXT) {
        jlist_append(s->parts, value);
        return NULL;
    }
    if (escaped && !jis_safe(value)) {
        JValue text = JNONE;
        TRY(jto_str(s, value, &text));
        jescape(jtext(text), &s->out);
        return NULL;
    }
    if (value.type == J_STR) {
        emit_bytes(&s->out, value.str->text, value.str->len);
        return NULL;
    }
    return jprint(s, value, &s->out);
}

/* ---- Safe points ---- */

static void mark_frame(JMarker *marker, const Frame *frame)
{
    if (frame->cells != NULL) {
        jmark_object(marker, &frame->cells->obj);
    }
    if (frame->context != NULL) {
        jmark_object(marker, &frame->context->obj);
    }
    if (frame->block != NULL) {
        jmark_object(marker, &frame->block->obj);
    }
    if (frame->function != NULL) {
        jmark_object(marker, &frame->function->obj);
    }
}

static void mark_roots(JMarker *marker, void *context)
{
    JinjaState *s = context;
    jmark_values(marker, s->stack, (size_t)(s->sp - s->stack));
    for (size_t i = 0; i < s->frame_count; i++) {
        mark_frame(marker, &s->frames[i]);
    }
    if (s->parts != NULL) {
        jmark_object(marker, (JObj *)s->parts);
    }
    if (s->modules != NULL) {
        jmark_object(marker, (JObj *)s->modules);
    }
    jmark_value(marker, s->unwind_value);
}

enum { CANCEL_EVERY = 4096 }; /* steps; a power of two */

/* Collects if it is due, looks at cancellation and ceilings. */
static Error *pause_at_safe_point(JinjaState *s)
{
    if (s->steps_left <= 0) {
        return error_new(ERR_LIMIT, "the template ran for too many steps");
    }
    TRY(cancel_check(s->options.cancel));
    TRY(check_output(s));
    if (jheap_due(s->heap) && s->depth <= JMARK_DEPTH_MAX && !s->constants) {
        jheap_collect(s->heap, mark_roots, s);
        if (jheap_held_bytes(s->heap) > s->options.max_heap_bytes) {
            return error_new(ERR_LIMIT, "the values of the template take more than %zu bytes",
                             s->options.max_heap_bytes);
        }
    }
    return NULL;
}

/* Loops and calls pass here: a step is counted, and now and then there is more to do. */
static inline Error *safe_point(JinjaState *s)
{
    s->steps_left--;
    if (LIKELY((s->steps_left & (CANCEL_EVERY - 1)) != 0 && !jheap_due(s->heap))) {
        return NULL;
    }
    return pause_at_safe_point(s);
}

/* ---- Instructions that need more than a line ---- */

static Error *compare(JinjaState *s, CompareOperator op, JValue a, JValue b, bool *out)
{
    switch (op) {
    case COMPARE_EQ:
        return jequal(a, b, out);
    case COMPARE_NE:
        TRY(jequal(a, b, out));
        *out = !*out;
        return NULL;
    case COMPARE_LT:
    case COMPARE_LE:
    case COMPARE_GT:
    case COMPARE_GE:
        return jcompare(s, (JCompareOp)(op - COMPARE_LT), a, b, out);
    case COMPARE_IN:
        return jcontains(s, b, a, out);
    case COMPARE_NOT_IN:
        TRY(jcontains(s, b, a, out));
        *out = !*out;
        return NULL;
    }
    return NULL;
}

/* The items of an iterable onto the stack, the first on top. */
static Error *unpack(JinjaState *s, JValue value, size_t count, JValue *sp)
{
    if (value.type == J_TUPLE && value.tuple->len == count) {
        for (size_t i = 0; i < count; i++) {
            sp[count - 1 - i] = value.tuple->items[i];
        }
        return NULL;
    }
    JIterator *it = NULL;
    if (!jis_iterable(value)) {
        return jraise("TypeError", "cannot unpack non-iterable %s object", jtype_name(value));
    }
    TRY(jiterate(s, value, &it));
    for (size_t i = 0; i <= count; i++) {
        JValue item = JMISSING;
        TRY(jnext(s, it, &item));
        if (i == count && !jis_absent(item)) {
            return jraise("ValueError", "too many values to unpack (expected %zu)", count);
        }
        if (i < count && jis_absent(item)) {
            return jraise("ValueError", "not enough values to unpack (expected %zu, got %zu)",
                          count, i);
        }
        if (i < count) {
            sp[count - 1 - i] = item;
        }
    }
    return NULL;
}

/* The next item of what a loop walks: an iterator or a loop object. */
static Error *next_item(JinjaState *s, JValue walk, JValue *out)
{
    if (walk.type == J_ITERATOR) {
        return jnext(s, (JIterator *)walk.obj, out);
    }
    return jloop_next(s, (JLoop *)walk.obj, out);
}

static Error *next_pair(JinjaState *s, JValue walk, JValue *sp, bool *out_more)
{
    JValue item = JMISSING;
    TRY(next_item(s, walk, &item));
    *out_more = !jis_absent(item);
    if (!*out_more) {
        return NULL;
    }
    JValue both[2];
    TRY(unpack(s, item, 2, both));
    sp[0] = both[1];
    sp[1] = both[0];
    return NULL;
}

static Error *make_dict(JinjaState *s, const JValue *items, size_t count, JValue *out)
{
    JDict *dict = jdict_new(s->heap);
    for (size_t i = 0; i < count; i += 2) {
        if (!jis_absent(items[i + 1])) {
            TRY(jdict_set(dict, items[i], items[i + 1]));
        }
    }
    *out = jdict_value(dict);
    return NULL;
}

static Error *namespace_check(JValue namespace)
{
    if (namespace.type != J_NAMESPACE) {
        return jraise("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
    }
    return NULL;
}

/* Jinja2 joins what a template puts out and fails on what is no text; it prints all but the result
 * of a filter block. */
static Error *text_check(const JinjaState *s, JValue value)
{
    if (s->native == JINJA_TEXT && value.type != J_STR) {
        return jraise("TypeError", "sequence item 0: expected str instance, %s found",
                      jtype_name(value));
    }
    return NULL;
}

static Error *namespace_set(JValue namespace, JStr *name, JValue value)
{
    TRY(namespace_check(namespace));
    jdict_set_str(((JNamespace *)namespace.obj)->dict, name, value);
    return NULL;
}

static JValue make_macro(JinjaState *s, const Frame *frame, uint32_t index)
{
    JMacro *macro = jheap_alloc(s->heap, J_MACRO, sizeof(JMacro));
    macro->proto = frame->proto->tpl->protos.data[index];
    macro->cells = frame->cells;
    macro->context = frame->context;
    macro->depth = 0;
    return jobj(macro);
}

static JCells *make_cells(JinjaState *s, JCells *parent, uint32_t count)
{
    JCells *cells = jheap_alloc_zeroed(s->heap, J_CELLS, sizeof(JCells) + count * sizeof(JValue));
    cells->count = count;
    cells->parent = parent;
    return cells;
}

static JValue *cell_at(JCells *cells, const Instr *in)
{
    for (uint8_t up = in->c; up > 0; up--) {
        cells = cells->parent;
    }
    return &cells->values[in->b];
}

/* A method of a value, called where the value and its arguments stand. */
static Error *call_method(JinjaState *s, JValue *self, size_t argc, JStr *name, bool *out_pushed)
{
    const JBuiltin *method = jinja_env_method(s->env, self->type, name);
    *out_pushed = false;
    if (method != NULL) {
        JValue result = JNONE;
        TRY(vm_call_builtin(s, method, self, argc + 1, NULL, &result));
        *self = result;
        return NULL;
    }
    JValue callee = JMISSING;
    s->sp = self + argc + 1;
    TRY(jget_attr(s, *self, name, &callee));
    *self = callee;
    return vm_call_value(s, self + 1, argc, NULL, out_pushed);
}

/* `self` of the template, or `super` of the block that runs. */
static JValue self_value(JinjaState *s, const Frame *frame, bool super)
{
    if (!super) {
        return jobj(frame->context);
    }
    if (frame->block != NULL && frame->block->super != NULL) {
        return jobj(frame->block->super);
    }
    JBuild build = jbuild_begin(s);
    strbuf_printf(&build.buf, "there is no parent block called '" STR_FMT "'.",
                  STR_ARG(jstr_str(frame->proto->name)));
    JValue value = jundefined_message(s, strbuf_str(&build.buf));
    arena_rewind(s->scratch, build.mark);
    return value;
}

/* Runs a block where it stands: the newest of its name, unless a template is extended. */
static Error *push_block(JinjaState *s, const Frame *frame, JStr *name, JValue locals,
                         bool *out_pushed)
{
    *out_pushed = false;
    JContext *context = frame->context;
    if (context->parent != NULL && frame->proto->kind == PROTO_ROOT) {
        return NULL;
    }
    JValue block = context->blocks != NULL ? jdict_get_str(context->blocks, name) : JMISSING;
    CHECK(block.type == J_BLOCK);
    if (((JBlock *)block.obj)->proto->required) {
        return jraise("TemplateRuntimeError", "Required block '" STR_FMT "' not found",
                      STR_ARG(jstr_str(name)));
    }
    if (locals.type == J_DICT) {
        JContext *inner = jcontext_new(s, context->tpl, context->scope);
        inner->locals = locals.dict;
        inner->outer = context;
        inner->blocks = context->blocks;
        context = inner;
    }
    Frame pushed = {.proto = ((JBlock *)block.obj)->proto,
                    .base = s->sp,
                    .context = context,
                    .block = (JBlock *)block.obj};
    *out_pushed = true;
    return vm_push_frame(s, &pushed, 0);
}

/* ---- Errors ---- */

/* The name of what a frame runs, for the chain of messages; NULL for a template itself. */
static const char *frame_kind(const Proto *proto)
{
    static const char *const kinds[] = {[PROTO_ROOT] = "template",
                                        [PROTO_MACRO] = "macro",
                                        [PROTO_CALLER] = "call block",
                                        [PROTO_BLOCK] = "block",
                                        [PROTO_LOOP] = "loop"};
    return kinds[proto->kind];
}

/* Adds to an error where it happened in this frame. */
static Error *locate(JinjaState *s, Error *err, const Frame *frame)
{
    const Proto *proto = frame->proto;
    size_t at = frame->ip > proto->code ? (size_t)(frame->ip - proto->code) - 1 : 0;
    Place place = proto->places[at];
    if (!s->located) {
        s->located = true;
        err = error_excerpt(err, template_line(proto->tpl, place.line), place.column);
    }
    if (proto->kind == PROTO_ROOT) {
        return error_wrap(err, STR_FMT ":%u", STR_ARG(proto->tpl->name), place.line);
    }
    return error_wrap(err, STR_FMT ":%u: in %s '" STR_FMT "'", STR_ARG(proto->tpl->name),
                      place.line, frame_kind(proto), STR_ARG(jstr_str(proto->name)));
}

/* Takes the frames down to `floor` off, telling the error each place. */
static Error *unwind(JinjaState *s, Error *err, size_t floor)
{
    while (s->frame_count > floor) {
        Frame *frame = &s->frames[--s->frame_count];
        if (frame->captures) {
            vm_output_drop(s, frame->out_mark);
        }
        if (!s->unwinding) {
            err = locate(s, err, frame);
        }
    }
    return err;
}

/* ---- The common cases, without a call ---- */

/* Copies the two halves of a value one by one: a copy of all 16 bytes at once would have to wait
 * for the separate writes of the halves. */
static inline void put(JValue *to, const JValue *from)
{
    to->type = from->type;
    to->i = from->i;
}

static inline bool is_true(const JValue *value)
{
    return value->type == J_BOOL ? value->b : jtruth(*value);
}

static inline bool int_compare(CompareOperator op, int64_t a, int64_t b)
{
    static const uint8_t holds[] = {2, 5, 1, 3, 4, 6}; /* bits: less, equal, greater */
    unsigned order = a < b ? 1 : a == b ? 2 : 4;
    return (holds[op] & order) != 0;
}

/* *a op= b; false, and *a untouched, where the result may not fit or is no int. */
static inline bool small_arithmetic(JBinaryOp op, int64_t *a, int64_t b)
{
    int64_t result = 0;
    switch (op) {
    case JBIN_ADD:
        if (__builtin_add_overflow(*a, b, &result)) {
            return false;
        }
        break;
    case JBIN_SUB:
        if (__builtin_sub_overflow(*a, b, &result)) {
            return false;
        }
        break;
    case JBIN_MUL:
        if (__builtin_mul_overflow(*a, b, &result)) {
            return false;
        }
        break;
    case JBIN_MOD:
        if (b <= 0 || *a < 0) {
            return false;
        }
        result = *a % b;
        break;
    case JBIN_FLOORDIV:
        if (b <= 0 || *a < 0) {
            return false;
        }
        result = *a / b;
        break;
    case JBIN_DIV:
    case JBIN_POW:
        return false;
    }
    *a = result;
    return true;
}

/* The next number when a range is walked; false otherwise, and at its end. */
static inline bool next_of_range(JValue walk, JValue *out)
{
    JIterator *it = (JIterator *)walk.obj;
    if (walk.type != J_ITERATOR || it->class != &jiterator_range || it->at >= it->end) {
        return false;
    }
    const JRange *range = (JRange *)it->over.obj;
    out->type = J_INT;
    out->i = range->start + it->at++ * range->step;
    return true;
}

/* ---- The loop ---- */

#define FAIL_IF(expression) \
    do { \
        frame->ip = ip; \
        s->sp = sp; \
        err = (expression); \
        if (UNLIKELY(err != NULL)) { \
            goto failed; \
        } \
    } while (0)

/* Continues with the newest frame. */
#define ENTER() \
    do { \
        frame = &s->frames[s->frame_count - 1]; \
        ip = frame->ip; \
        base = frame->base; \
        sp = s->sp; \
        constants = frame->proto->tpl->constants.data; \
    } while (0)

/* One jump per instruction instead of a common one, so that the processor learns which follows
 * which. This is the one place that needs labels as values, which gcc and clang have and ISO C
 * lacks. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#define CASE(name) do_##name:
#define DISPATCH() \
    do { \
        in = ip++; \
        goto *labels[in->op]; \
    } while (0)

static Error *run(JinjaState *s, size_t floor)
{
    static const void *const labels[] = {
#define X(name, pops, pushes, operand, meaning) &&do_##name,
        JINJA_OPCODES(X)
#undef X
    };
    Frame *frame = NULL;
    const Instr *ip = NULL;
    JValue *base = NULL, *sp = NULL;
    const JValue *constants = NULL;
    Error *err = NULL;
    JValue value = JMISSING;
    bool flag = false;
    const Instr *in = NULL;
    ENTER();
    DISPATCH();
    CASE(CONST)
    put(sp++, &constants[in->a]);
    DISPATCH();
    CASE(LOAD)
    put(sp++, &base[in->b]);
    DISPATCH();
    CASE(LOAD_SET)
    put(sp++, &base[in->b]);
    if (UNLIKELY(sp[-1].type == J_MISSING)) {
        sp[-1] = jundefined_name(s, constants[in->a].str);
    }
    DISPATCH();
    CASE(LOAD_NAME)
    if (UNLIKELY(base[in->b].type == J_MISSING)) {
        FAIL_IF(jcontext_resolve(s, frame->context, constants[in->a].str, &base[in->b]));
    }
    put(sp++, &base[in->b]);
    DISPATCH();
    CASE(LOAD_CELL)
    put(sp++, cell_at(frame->cells, in));
    DISPATCH();
    CASE(LOAD_CELL_SET)
    put(sp++, cell_at(frame->cells, in));
    if (sp[-1].type == J_MISSING) {
        sp[-1] = jundefined_name(s, constants[in->a].str);
    }
    DISPATCH();
    CASE(LOAD_CELL_NAME)
    {
        JValue *cell = cell_at(frame->cells, in);
        if (cell->type == J_MISSING) {
            FAIL_IF(jcontext_resolve(s, frame->context, constants[in->a].str, cell));
        }
        put(sp++, cell);
        DISPATCH();
    }
    CASE(STORE)
    put(&base[in->b], --sp);
    DISPATCH();
    CASE(STORE_CELL)
    put(cell_at(frame->cells, in), --sp);
    DISPATCH();
    CASE(CLEAR)
    base[in->b] = JMISSING;
    DISPATCH();
    CASE(CLEAR_CELL)
    *cell_at(frame->cells, in) = JMISSING;
    DISPATCH();
    CASE(CELLS)
    frame->cells = make_cells(s, frame->cells, in->b);
    DISPATCH();
    CASE(EXPORT)
    if (frame->context->exported == NULL) {
        frame->context->exported = jdict_new(s->heap);
    }
    jdict_set_str(frame->context->exported, constants[in->a].str, sp[-1]);
    DISPATCH();
    CASE(POP)
    sp--;
    DISPATCH();
    CASE(DUP)
    put(sp, &sp[-1]);
    sp++;
    DISPATCH();
    CASE(BINARY)
    if (sp[-1].type == J_INT && sp[-2].type == J_INT &&
        small_arithmetic((JBinaryOp)in->c, &sp[-2].i, sp[-1].i)) {
        sp--;
        DISPATCH();
    }
    FAIL_IF(jbinary(s, (JBinaryOp)in->c, sp[-2], sp[-1], &value));
    sp--;
    put(&sp[-1], &value);
    DISPATCH();
    CASE(NEGATE)
    FAIL_IF(jnegate(s, sp[-1], &sp[-1]));
    DISPATCH();
    CASE(POSITIVE)
    FAIL_IF(jpositive(s, sp[-1], &sp[-1]));
    DISPATCH();
    CASE(NOT)
    sp[-1] = jbool(!is_true(&sp[-1]));
    DISPATCH();
    CASE(CONCAT)
    FAIL_IF(jconcat(s, sp - in->b, in->b, &value));
    sp -= in->b;
    put(sp++, &value);
    DISPATCH();
    CASE(COMPARE)
    if (sp[-1].type == J_INT && sp[-2].type == J_INT && in->c <= COMPARE_GE) {
        flag = int_compare((CompareOperator)in->c, sp[-2].i, sp[-1].i);
        sp--;
        if (LIKELY(ip->op == OP_JUMP_IF_FALSE)) { /* what mostly follows */
            sp--;
            ip = flag ? ip + 1 : frame->proto->code + ip->a;
            DISPATCH();
        }
        if (ip->op == OP_JUMP_IF_TRUE) {
            sp--;
            ip = flag ? frame->proto->code + ip->a : ip + 1;
            DISPATCH();
        }
        sp[-1].type = J_BOOL;
        sp[-1].b = flag;
        DISPATCH();
    }
    FAIL_IF(compare(s, (CompareOperator)in->c, sp[-2], sp[-1], &flag));
    sp--;
    sp[-1] = jbool(flag);
    DISPATCH();
    CASE(COMPARE_CHAIN)
    FAIL_IF(compare(s, (CompareOperator)in->c, sp[-2], sp[-1], &flag));
    sp--;
    sp[-1] = flag ? sp[0] : jbool(false);
    ip = flag ? ip : frame->proto->code + in->a;
    DISPATCH();
    CASE(JUMP)
    ip = frame->proto->code + in->a;
    DISPATCH();
    CASE(JUMP_IF_FALSE)
    if (!is_true(--sp)) {
        ip = frame->proto->code + in->a;
    }
    DISPATCH();
    CASE(JUMP_IF_TRUE)
    if (is_true(--sp)) {
        ip = frame->proto->code + in->a;
    }
    DISPATCH();
    CASE(AND)
    if (is_true(&sp[-1])) {
        sp--;
    } else {
        ip = frame->proto->code + in->a;
    }
    DISPATCH();
    CASE(OR)
    if (!is_true(&sp[-1])) {
        sp--;
    } else {
        ip = frame->proto->code + in->a;
    }
    DISPATCH();
    CASE(ATTR)
    FAIL_IF(jget_attr(s, sp[-1], constants[in->a].str, &value));
    put(&sp[-1], &value);
    DISPATCH();
    CASE(ITEM)
    FAIL_IF(jget_item(s, sp[-2], sp[-1], &value));
    sp--;
    put(&sp[-1], &value);
    DISPATCH();
    CASE(SLICE)
    FAIL_IF(jslice(s, sp[-4], sp[-3], sp[-2], sp[-1], &value));
    sp -= 3;
    put(&sp[-1], &value);
    DISPATCH();
    CASE(TUPLE)
    value = jtuple_value(jtuple_from(s->heap, sp - in->b, in->b));
    sp -= in->b;
    put(sp++, &value);
    DISPATCH();
    CASE(LIST)
    value = jlist_value(jlist_from(s->heap, sp - in->b, in->b));
    sp -= in->b;
    put(sp++, &value);
    DISPATCH();
    CASE(DICT)
    FAIL_IF(make_dict(s, sp - in->b, in->b, &value));
    sp -= in->b;
    put(sp++, &value);
    DISPATCH();
    CASE(CALL)
    FAIL_IF(safe_point(s));
    FAIL_IF(vm_call_value(s, sp - in->b, in->b,
                          in->c ? &frame->proto->tpl->sites.data[in->a] : NULL, &flag));
    if (flag) {
        ENTER();
    } else {
        sp -= in->b;
    }
    DISPATCH();
    CASE(METHOD)
    FAIL_IF(safe_point(s));
    FAIL_IF(call_method(s, sp - in->b - 1, in->b, constants[in->a].str, &flag));
    if (flag) {
        ENTER();
    } else {
        sp -= in->b;
    }
    DISPATCH();
    CASE(FILTER)
    CASE(TEST)
    {
        const Site *site = &frame->proto->tpl->sites.data[in->a];
        if (LIKELY(!in->c)) {
            FAIL_IF(vm_call_builtin(s, site->builtin, sp - in->b, in->b, NULL, &value));
        } else {
            FAIL_IF(vm_call_site(s, site, sp - in->b, in->b, &value));
        }
        sp -= in->b;
        *sp++ = in->op == OP_TEST ? jbool(jtruth(value)) : value;
        DISPATCH();
    }
    CASE(FAIL)
    if (in->c) {
        *sp++ = jundefined_message(s, jtext(constants[in->a]));
        DISPATCH();
    }
    FAIL_IF(jraise("TemplateRuntimeError", STR_FMT, STR_ARG(jtext(constants[in->a]))));
    DISPATCH();
    CASE(UNPACK)
    value = *--sp;
    FAIL_IF(unpack(s, value, in->b, sp));
    sp += in->b;
    DISPATCH();
    CASE(ITER)
    {
        JIterator *it = NULL;
        FAIL_IF(jiterate(s, sp[-1], &it));
        sp[-1] = jobj(it);
        DISPATCH();
    }
    CASE(LOOP)
    FAIL_IF(jloop_new(s, sp[-1], in->c ? frame->function : NULL, &value));
    if (in->c) {
        ((JLoop *)value.obj)->depth0 = base[1].i;
    }
    put(&sp[-1], &value);
    DISPATCH();
    CASE(NEXT)
    FAIL_IF(safe_point(s));
    if (LIKELY(next_of_range(sp[-1], sp))) {
        if (ip->op == OP_STORE) {
            put(&base[ip++->b], sp);
        } else {
            sp++;
        }
        DISPATCH();
    }
    FAIL_IF(next_item(s, sp[-1], sp));
    if (sp->type == J_MISSING) {
        sp--;
        ip = frame->proto->code + in->a;
    } else {
        sp++;
    }
    DISPATCH();
    CASE(NEXT_PAIR)
    FAIL_IF(safe_point(s));
    FAIL_IF(next_pair(s, sp[-1], sp, &flag));
    if (flag) {
        sp += 2;
    } else {
        sp--;
        ip = frame->proto->code + in->a;
    }
    DISPATCH();
    CASE(EMIT)
    if (LIKELY(sp[-1].type == J_STR && !in->c && s->native == JINJA_TEXT)) {
        sp--;
        emit_bytes(&s->out, sp->str->text, sp->str->len);
        DISPATCH();
    }
    if (LIKELY(sp[-1].type == J_INT && !in->c && s->native == JINJA_TEXT)) {
        sp--;
        emit_int(&s->out, sp->i);
        DISPATCH();
    }
    FAIL_IF(emit_value(s, sp[-1], in->c));
    sp--;
    DISPATCH();
    CASE(EMIT_TEXT)
    if (LIKELY(s->native == JINJA_TEXT)) {
        emit_bytes(&s->out, constants[in->a].str->text, constants[in->a].str->len);
    } else {
        jlist_append(s->parts, constants[in->a]);
    }
    DISPATCH();
    CASE(CAPTURE)
    *sp++ = jint((int64_t)vm_output_mark(s));
    DISPATCH();
    CASE(CAPTURED)
    FAIL_IF(vm_take_output(s, (size_t)sp[-1].i, &value));
    put(&sp[-1], &value);
    DISPATCH();
    CASE(CAPTURE_DROP)
    sp--;
    vm_output_drop(s, (size_t)sp->i);
    DISPATCH();
    CASE(MACRO)
    *sp++ = make_macro(s, frame, in->a);
    DISPATCH();
    CASE(DEFAULT)
    if (base[in->b].type != J_MISSING) {
        ip = frame->proto->code + in->a;
    }
    DISPATCH();
    CASE(PARAM_UNSET)
    if (UNLIKELY(base[in->b].type == J_MISSING)) {
        base[in->b] = vm_missing_param(s, constants[in->a].str);
    }
    DISPATCH();
    CASE(NS_SET)
    FAIL_IF(namespace_set(sp[-1], constants[in->a].str, sp[-2]));
    sp -= 2;
    DISPATCH();
    CASE(NS_CHECK)
    FAIL_IF(namespace_check(sp[-1]));
    sp--;
    DISPATCH();
    CASE(TEXT_CHECK)
    FAIL_IF(text_check(s, sp[-1]));
    DISPATCH();
    CASE(APPEND)
    jlist_append(base[in->b].list, *--sp);
    DISPATCH();
    CASE(SELF)
    *sp++ = self_value(s, frame, in->c);
    DISPATCH();
    CASE(EXTENDS)
    FAIL_IF(vm_extend(s, frame, sp[-1]));
    sp--;
    DISPATCH();
    CASE(BLOCK)
    value = *--sp;
    FAIL_IF(push_block(s, frame, constants[in->a].str, value, &flag));
    if (flag) {
        s->frames[s->frame_count - 1].result = NULL;
        ENTER();
    }
    DISPATCH();
    CASE(INCLUDE)
    FAIL_IF(vm_include(s, frame, sp[-2], sp[-1], in->c));
    sp -= 2;
    DISPATCH();
    CASE(IMPORT)
    FAIL_IF(vm_import(s, frame, sp[-2], sp[-1], in->c, &value));
    sp--;
    put(&sp[-1], &value);
    DISPATCH();
    CASE(IMPORT_NAME)
    FAIL_IF(vm_import_name(s, frame, sp[-1], constants[in->a].str, sp));
    sp++;
    DISPATCH();
    CASE(RETURN)
    {
        size_t count = s->frame_count - 1;
        JValue *result = frame->result;
        if (frame->captures) {
            bool stays = count > floor && s->native == JINJA_TEXT &&
                         s->frames[count - 1].ip->op == OP_EMIT && s->frames[count - 1].ip->c == 0;
            if (stays) { /* the caller would output it at once: it is there already */
                s->frame_count = count;
                s->frames[count - 1].ip++;
                s->sp = result;
                ENTER();
                DISPATCH();
            }
            FAIL_IF(vm_take_output(s, frame->out_mark, &value));
            *result = value;
        }
        s->sp = result != NULL ? result + (frame->captures ? 1 : 0) : base;
        s->frame_count = count;
        if (count == floor) {
            return NULL;
        }
        ENTER();
        DISPATCH();
    }
    CASE(RETURN_VALUE)
    value = sp[-1];
    s->sp = frame->result;
    *s->sp++ = value;
    s->frame_count--;
    return NULL;
failed:
    return unwind(s, err, floor);
}
#pragma GCC diagnostic pop

Error *vm_run(JinjaState *s, size_t floor)
{
    if (s->depth >= LIMIT_CALL_DEPTH) {
        return error_as(
            error_new(ERR_LIMIT, "maximum recursion depth exceeded while calling a Python object"),
            "RecursionError");
    }
    uint8_t birth = s->heap->birth;
    jheap_set_depth(s->heap, ++s->depth);
    Error *err = run(s, floor);
    s->depth--;
    s->heap->birth = birth;
    return err;
}

Error *vm_call(JinjaState *s, const Frame *frame, const JValue *args, size_t count, JValue *out)
{
    JValue *sp = s->sp;
    Frame pushed = *frame;
    pushed.result = sp;
    pushed.base = sp + 1;
    *sp = JNONE;
    for (size_t i = 0; i < count; i++) {
        pushed.base[i] = args[i];
    }
    size_t floor = s->frame_count;
    Error *err = vm_push_frame(s, &pushed, count);
    err = err != NULL ? err : vm_run(s, floor);
    s->sp = sp;
    if (err == NULL) {
        jheap_adopt(s->heap, *sp);
        *out = *sp;
    }
    return err;
}

Error *vm_run_constant(JinjaState *s, const Proto *proto, JValue *out)
{
    Frame frame = {.proto = proto};
    s->located = false;
    Error *err = vm_call(s, &frame, NULL, 0, out);
    s->sp = s->stack;
    return err;
}

JValue vm_missing_param(JinjaState *s, JStr *name)
{
    JBuild build = jbuild_begin(s);
    strbuf_printf(&build.buf, "parameter '" STR_FMT "' was not provided", STR_ARG(jstr_str(name)));
    JValue value = jundefined_message(s, strbuf_str(&build.buf));
    ((JUndefined *)value.obj)->name = jobj(name);
    arena_rewind(s->scratch, build.mark);
    return value;
}
