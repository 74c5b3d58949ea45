#include "jinja/pause.h"

#include "jinja/output.h"

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

Error *vm_pause(JinjaState *s)
{
    if (s->steps_left <= 0) {
        return error_hint(error_new(ERR_LIMIT, "the template ran for more than %lld steps",
                                    (long long)s->options.max_steps),
                          "look for a loop inside a loop that goes over too many things");
    }
    TRY(cancel_check(s->options.cancel));
    TRY(vm_check_output(s));
    if (jheap_due(s->heap) && s->depth <= JMARK_DEPTH_MAX && !s->constants) {
        jheap_collect(s->heap, mark_roots, s);
        if (jheap_held_bytes(s->heap) > s->options.max_heap_bytes) {
            return error_new(ERR_LIMIT, "the values of the template take more than %zu bytes",
                             s->options.max_heap_bytes);
        }
    }
    return NULL;
}
