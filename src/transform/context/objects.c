#include "transform/context/objects.h"

const JBuiltin *object_method(const JBuiltin *methods, Str name)
{
    for (const JBuiltin *row = methods; row != NULL && row->name != NULL; row++) {
        if (str_is(name, row->name)) {
            return row;
        }
    }
    return NULL;
}

Error *object_text_arg(const JCall *call, size_t index, Str *out)
{
    if (!jis_str(call->args[index])) {
        return jraise("TypeError", "expected a str, not '%s'", jtype_name(call->args[index]));
    }
    *out = jtext(call->args[index]);
    return NULL;
}

static Error *object_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const ObjectClass *object = self->data;
    const JBuiltin *method = object_method(object->methods, jstr_str(name));
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
        return NULL;
    }
    *out = JMISSING;
    return object->find != NULL ? object->find(s, name, out) : NULL;
}

static Error *object_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    *out = JMISSING;
    return jis_str(key) ? object_get_attr(s, self, key.str, out) : NULL;
}

static Error *object_call(JinjaState *s, JHost *self, const JCall *call, JValue *out)
{
    const ObjectClass *object = self->data;
    if (object->call == NULL) {
        return jraise("TypeError", "'%s' object is not callable", object->name);
    }
    return object->call(s, call, out);
}

static Error *object_str(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    const ObjectClass *object = self->data;
    strbuf_printf(out, "<%s>", object->name);
    return NULL;
}

static bool object_equal(JHost *self, JValue other)
{
    return other.type == J_HOST && ((const JHost *)other.obj)->data == self->data;
}

static const JHostClass object_host_class = {
    .name = "object",
    .get_attr = object_get_attr,
    .get_item = object_get_item,
    .call = object_call,
    .str = object_str,
    .repr = object_str,
    .equal = object_equal,
};

JValue object_new(JHeap *heap, const ObjectClass *object_class)
{
    /* The host's data is not const, but this class never writes to it. */
    union {
        const ObjectClass *constant;
        void *plain;
    } data = {.constant = object_class};
    return jhost_new(heap, &object_host_class, data.plain);
}
