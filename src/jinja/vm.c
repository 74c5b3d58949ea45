#include "jinja/vm.h"

#include "jinja/output.h"
#include "jinja/pause.h"
#include "jinja/quick.h"
#include "jinja/step.h"

#define FAIL_IF(expression) \
    do { \
        frame->ip = ip; \
        s->sp = sp; \
        err = (expression); \
        if (UNLIKELY(err != NULL)) { \
            goto failed; \
        } \
    } while (0)

/* Goes on after a comparison: mostly a jump follows, which then needs no value. */
#define BRANCH(truth) \
    do { \
        if (ip->op == OP_JUMP_IF_FALSE) { \
            ip = (truth) ? ip + 1 : frame->proto->code + ip->a; \
        } else if (ip->op == OP_JUMP_IF_TRUE) { \
            ip = (truth) ? frame->proto->code + ip->a : ip + 1; \
        } else { \
            sp->type = J_BOOL; \
            sp->b = (truth); \
            sp++; \
        } \
    } while (0)

/* Goes on after something was put out as text: mostly more of it follows. */
#define EMIT_FOLLOWING() \
    do { \
        if (LIKELY(ip->op == OP_EMIT_TEXT)) { \
            emit_str(&s->out, constants[ip++->a].str); \
        } \
        DISPATCH(); \
    } while (0)

/* Where the operands of a shortcut for ints are. */
#define INT_LEFT (in->c & INT_LEFT_IN_SLOT ? &base[in->b] : &sp[-1])
#define INT_RIGHT (&(in->c & INT_RIGHT_CONSTANT ? constants : base)[in->a])

/* A shortcut past an operator and its operands. */
#define INT_SHORTCUT(operator) \
    do { \
        const JValue *left = INT_LEFT, *right = INT_RIGHT; \
        size_t fresh = in->c & INT_LEFT_IN_SLOT; \
        if (LIKELY(left->type == J_INT && right->type == J_INT && \
                   int_arithmetic((operator), left->i, right->i, sp - 1 + fresh))) { \
            sp += fresh; \
            ip += 2 + fresh; \
        } \
        DISPATCH(); \
    } while (0)

/* Continues with the newest frame. */
#define ENTER() \
    do { \
        frame = &s->frames[s->frame_count - 1]; \
        ip = frame->ip; \
        base = frame->base; \
        sp = s->sp; \
        constants = frame->proto->tpl->constants.data; \
        sites = frame->proto->tpl->sites.data; \
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
    const Site *sites = NULL;
    Error *err = NULL;
    JValue value = JMISSING;
    bool flag = false;
    const Instr *in = NULL;
    ENTER();
    DISPATCH();
    CASE(CONST)
    *sp++ = constants[in->a]; /* at once: nobody wrote it lately, which put() is about */
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
    frame->cells = step_cells(s, frame->cells, in->b);
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
        int_arithmetic((JBinaryOp)in->c, sp[-2].i, sp[-1].i, &sp[-2])) {
        sp--;
        DISPATCH();
    }
    FAIL_IF(jbinary(s, (JBinaryOp)in->c, sp[-2], sp[-1], &value));
    sp--;
    put(&sp[-1], &value);
    DISPATCH();
    CASE(INT_ADD)
    INT_SHORTCUT(JBIN_ADD);
    CASE(INT_SUB)
    INT_SHORTCUT(JBIN_SUB);
    CASE(INT_MUL)
    INT_SHORTCUT(JBIN_MUL);
    CASE(INT_DIV)
    INT_SHORTCUT(JBIN_DIV);
    CASE(INT_FLOORDIV)
    INT_SHORTCUT(JBIN_FLOORDIV);
    CASE(INT_MOD)
    INT_SHORTCUT(JBIN_MOD);
    CASE(INT_COMPARE)
    {
        const JValue *left = INT_LEFT, *right = INT_RIGHT;
        size_t fresh = in->c & INT_LEFT_IN_SLOT;
        if (LIKELY(left->type == J_INT && right->type == J_INT)) {
            bool holds =
                int_compare((CompareOperator)(in->c >> INT_OPERATOR_SHIFT), left->i, right->i);
            sp -= 1 - fresh;
            ip += 2 + fresh;
            BRANCH(holds);
        }
        DISPATCH();
    }
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
    } else {
        FAIL_IF(step_compare(s, (CompareOperator)in->c, sp[-2], sp[-1], &flag));
    }
    sp -= 2;
    BRANCH(flag);
    DISPATCH();
    CASE(COMPARE_CHAIN)
    FAIL_IF(step_compare(s, (CompareOperator)in->c, sp[-2], sp[-1], &flag));
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
    CASE(BRANCH_SLOT)
    if (LIKELY(base[in->b].type == J_BOOL)) {
        ip++;
        BRANCH(base[in->b].b);
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
    if (sp[-1].type == J_INT && sp[-2].type == J_LIST && sp[-1].i >= 0) {
        value = jlist_at(sp[-2].list, (size_t)sp[-1].i);
        if (LIKELY(value.type != J_MISSING)) {
            sp--;
            put(&sp[-1], &value);
            DISPATCH();
        }
    }
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
    FAIL_IF(step_dict(s, sp - in->b, in->b, &value));
    sp -= in->b;
    put(sp++, &value);
    DISPATCH();
    CASE(CALL)
    FAIL_IF(vm_safe_point(s));
    FAIL_IF(vm_call_value(s, sp - in->b, in->b, in->c ? &sites[in->a] : NULL, &flag));
    if (flag) {
        ENTER();
    } else {
        sp -= in->b;
    }
    DISPATCH();
    CASE(METHOD)
    FAIL_IF(vm_safe_point(s));
    FAIL_IF(step_method(s, sp - in->b - 1, in->b, constants[in->a].str, &flag));
    if (flag) {
        ENTER();
    } else {
        sp -= in->b;
    }
    DISPATCH();
    CASE(FILTER)
    if (LIKELY(in->c == FILTER_EXACT)) {
        FAIL_IF(call_exact(s, sites[in->a].builtin, sp - in->b, in->b, &value));
    } else {
        FAIL_IF(step_filter(s, in, &sites[in->a], sp - in->b, &value));
    }
    sp -= in->b;
    put(sp++, &value);
    DISPATCH();
    CASE(TEST)
    if (LIKELY(in->c == FILTER_EXACT)) {
        FAIL_IF(call_exact(s, sites[in->a].builtin, sp - in->b, in->b, &value));
    } else {
        FAIL_IF(step_filter(s, in, &sites[in->a], sp - in->b, &value));
    }
    sp -= in->b;
    {
        bool holds = is_true(&value);
        BRANCH(holds);
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
    FAIL_IF(step_unpack(s, value, in->b, sp));
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
    FAIL_IF(vm_safe_point(s));
    if (LIKELY(next_of_range(sp[-1], sp))) {
        if (ip->op == OP_STORE) {
            put(&base[ip++->b], sp);
        } else {
            sp++;
        }
        DISPATCH();
    }
    FAIL_IF(step_next(s, sp[-1], sp));
    if (sp->type == J_MISSING) {
        sp--;
        ip = frame->proto->code + in->a;
    } else {
        sp++;
    }
    DISPATCH();
    CASE(NEXT_PAIR)
    FAIL_IF(vm_safe_point(s));
    FAIL_IF(step_next_pair(s, sp[-1], sp, &flag));
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
        emit_str(&s->out, sp->str);
        EMIT_FOLLOWING();
    }
    if (LIKELY(sp[-1].type == J_INT && !in->c && s->native == JINJA_TEXT)) {
        sp--;
        emit_int(&s->out, sp->i);
        EMIT_FOLLOWING();
    }
    FAIL_IF(vm_emit(s, sp[-1], in->c));
    sp--;
    DISPATCH();
    CASE(EMIT_SLOT)
    if (LIKELY(s->native == JINJA_TEXT)) {
        if (base[in->b].type == J_INT) {
            emit_int(&s->out, base[in->b].i);
            ip += 2;
            EMIT_FOLLOWING();
        }
        if (base[in->b].type == J_STR) {
            emit_str(&s->out, base[in->b].str);
            ip += 2;
            EMIT_FOLLOWING();
        }
    }
    DISPATCH();
    CASE(EMIT_TEXT)
    if (LIKELY(s->native == JINJA_TEXT)) {
        emit_str(&s->out, constants[in->a].str);
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
    *sp++ = step_macro(s, frame, in->a);
    DISPATCH();
    CASE(DEFAULT)
    if (base[in->b].type != J_MISSING) {
        ip = frame->proto->code + in->a;
    }
    DISPATCH();
    CASE(PARAM_UNSET)
    if (UNLIKELY(base[in->b].type == J_MISSING)) {
        base[in->b] = step_missing_param(s, constants[in->a].str);
    }
    DISPATCH();
    CASE(NS_SET)
    FAIL_IF(step_namespace_set(sp[-1], constants[in->a].str, sp[-2]));
    sp -= 2;
    DISPATCH();
    CASE(NS_CHECK)
    FAIL_IF(step_namespace_check(sp[-1]));
    sp--;
    DISPATCH();
    CASE(TEXT_CHECK)
    FAIL_IF(step_text_check(s, sp[-1]));
    DISPATCH();
    CASE(APPEND)
    jlist_append(base[in->b].list, *--sp);
    DISPATCH();
    CASE(SELF)
    *sp++ = step_self(s, frame, in->c);
    DISPATCH();
    CASE(EXTENDS)
    FAIL_IF(vm_extend(s, frame, sp[-1]));
    sp--;
    DISPATCH();
    CASE(BLOCK)
    value = *--sp;
    FAIL_IF(step_block(s, frame, constants[in->a].str, value, &flag));
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
    return vm_unwind(s, err, floor);
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
