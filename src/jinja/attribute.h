/* jinja/attribute.h - what filters such as map, sort and sum look at in each item: the item itself
 * or the value at the end of a path such as 'config.tags.0', perhaps lowered so that case does not
 * count. */
#ifndef JINJA_ATTRIBUTE_H
#define JINJA_ATTRIBUTE_H

#include "jinja/state.h"

typedef struct Attribute {
    JTuple *path;    /* names and indices, outermost first; NULL: the item itself */
    JValue fallback; /* for what is undefined; NONE or MISSING: undefined stays */
    bool lowered;    /* texts are compared without case */
} Attribute;

/* Reads a path: a name, an index, or several of them with dots between; NONE or MISSING is the
 * item. The tuple lives on the render's heap, for iterators that keep it. */
void attribute_parse(JinjaState *s, JValue path, JTuple **out);
/* What `attribute` says of `item`. */
MUST_CHECK Error *attribute_get(JinjaState *s, const Attribute *attribute, JValue item,
                                JValue *out);

#endif
