#include "transform/context/context.h"
#include "transform/context/convert.h"
#include "transform/graph/node_value.h"

/* The field is made when it is asked for: most macros look at one or two. */
static Error *node_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    Value field;
    bool known = node_value_field(jinja_scratch(s), self->data, jstr_str(name), &field);
    *out = known ? convert_to_jinja(jinja_heap(s), &field) : JMISSING;
    return NULL;
}

static Error *node_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    *out = JMISSING;
    return jis_str(key) ? node_get_attr(s, self, key.str, out) : NULL;
}

static const JHostClass node_class = {
    .name = "ParsedNode",
    .get_attr = node_get_attr,
    .get_item = node_get_item,
};

JValue node_object(JHeap *heap, Node *node)
{
    return jhost_new(heap, &node_class, node);
}

JValue context_node_dict(JHeap *heap, const Node *node)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("node dict");
    Value value = node_value(scratch, node);
    return convert_to_jinja(heap, &value);
}
