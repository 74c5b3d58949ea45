/* jinja/pause.h - the places where a running template may be stopped and its garbage collected. */
#ifndef JINJA_PAUSE_H
#define JINJA_PAUSE_H

#include "jinja/vm.h"

enum { CANCEL_EVERY = 4096 }; /* steps; a power of two */

/* Collects if it is due, looks at cancellation and ceilings. */
MUST_CHECK Error *vm_pause(JinjaState *s);

/* Loops and calls pass here: a step is counted, and now and then there is more to do. */
static inline Error *vm_safe_point(JinjaState *s)
{
    s->steps_left--;
    if (LIKELY((s->steps_left & (CANCEL_EVERY - 1)) != 0 && !jheap_due(s->heap))) {
        return NULL;
    }
    return vm_pause(s);
}

#endif
