#include "jinja/builtin.h"
#include "jinja/literal.h"
#include "jinja/vm.h"

/* Text that a filter marked in native rendering. In a text render the filters hand their argument
 * on. */
typedef enum Marker { MARKER_TEXT, MARKER_NATIVE, MARKER_BOOL, MARKER_NUMBER } Marker;

static Error *marked_str(JinjaState *s, JHost *self, StrBuf *out)
{
    return jprint(s, self->value, out);
}

static const JHostClass class_marked[] = {
    [MARKER_TEXT] = {.name = "str", .str = marked_str},
    [MARKER_NATIVE] = {.name = "str", .str = marked_str},
    [MARKER_BOOL] = {.name = "str", .str = marked_str},
    [MARKER_NUMBER] = {.name = "str", .str = marked_str},
};

static const JHostClass *marker_class(JValue value)
{
    const JHostClass *class = value.type == J_HOST ? ((JHost *)value.obj)->class : NULL;
    return class >= class_marked && class < class_marked + ARRAY_LEN(class_marked) ? class : NULL;
}

static Error *mark_text(JinjaState *s, const JCall *call, Marker marker, JValue *out)
{
    if (s->native != JINJA_NATIVE_MARKED) {
        *out = call->args[0];
        return NULL;
    }
    JValue text = jstr_value(s->heap, STR(""));
    if (marker != MARKER_TEXT || call->args[0].type != J_NONE) {
        TRY(jto_str(s, call->args[0], &text));
    }
    *out = jhost_new(s->heap, &class_marked[marker], NULL);
    ((JHost *)out->obj)->value = text;
    return NULL;
}

static Error *filter_as_text(JinjaState *s, const JCall *call, JValue *out)
{
    return mark_text(s, call, MARKER_TEXT, out);
}

static Error *filter_as_native(JinjaState *s, const JCall *call, JValue *out)
{
    return mark_text(s, call, MARKER_NATIVE, out);
}

static Error *filter_as_bool(JinjaState *s, const JCall *call, JValue *out)
{
    return mark_text(s, call, MARKER_BOOL, out);
}

static Error *filter_as_number(JinjaState *s, const JCall *call, JValue *out)
{
    return mark_text(s, call, MARKER_NUMBER, out);
}

const JBuiltin jinja_filters_native[] = {
    {"as_text", filter_as_text, 1, 1, "value", JB_CONTEXT, NULL},
    {"as_native", filter_as_native, 1, 1, "value", JB_CONTEXT, NULL},
    {"as_bool", filter_as_bool, 1, 1, "value", JB_CONTEXT, NULL},
    {"as_number", filter_as_number, 1, 1, "value", JB_CONTEXT, NULL},
    {0},
};

/* What marked text is: the literal in it, which must be of the wanted kind. */
static Error *read_marked(JinjaState *s, JValue marked, JValue *out)
{
    const JHostClass *class = marker_class(marked);
    JValue text = ((JHost *)marked.obj)->value, value = text;
    if (class != &class_marked[MARKER_TEXT] && !literal_read(s->heap, jtext(text), &value)) {
        value = text;
    }
    bool fits = class == &class_marked[MARKER_BOOL]     ? value.type == J_BOOL
                : class == &class_marked[MARKER_NUMBER] ? jis_number(value) && value.type != J_BOOL
                                                        : true;
    if (!fits) {
        return jraise("ValueError", "Could not convert value '" STR_FMT "' into type '%s'",
                      STR_ARG(jtext(text)),
                      class == &class_marked[MARKER_BOOL] ? "bool" : "number");
    }
    *out = value;
    return NULL;
}

static Error *join_parts(JinjaState *s, JList *parts, size_t first, JValue *out)
{
    JBuild build = jbuild_begin(s);
    for (size_t i = first; i < jlist_len(parts); i++) {
        TRY(jprint(s, jlist_at(parts, i), &build.buf));
    }
    return jbuild_take(s, &build, out);
}

Error *native_concat(JinjaState *s, JList *parts, size_t first, JValue *out)
{
    size_t count = jlist_len(parts) - first;
    bool marked = s->native == JINJA_NATIVE_MARKED;
    if (count == 0) {
        *out = marked ? jstr_value(s->heap, STR("")) : JNONE;
        return NULL;
    }
    JValue only = jlist_at(parts, first);
    if (count == 1 && marker_class(only) != NULL) {
        return read_marked(s, only, out);
    }
    if (count == 1 && (marked || only.type != J_STR)) {
        *out = only;
        return NULL;
    }
    TRY(join_parts(s, parts, first, out));
    if (!marked && !literal_read(s->heap, jtext(*out), &only)) {
        return NULL;
    }
    *out = marked ? *out : only;
    return NULL;
}
