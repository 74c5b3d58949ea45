#include "jinja/output.h"
#include "jinja/vm.h"

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

Error *vm_unwind(JinjaState *s, Error *err, size_t floor)
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
