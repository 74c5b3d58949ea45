#include "base/limits.h"
#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/environment.h"
#include "jinja/ops.h"
#include "jinja/run.h"
#include "jinja/state.h"

/* ---- Undefined values ---- */

static JUndefined *new_undefined(JinjaState *s)
{
    JUndefined *undefined = JHEAP_NEW(jinja_heap(s), J_UNDEFINED, JUndefined);
    undefined->permissive = jinja_is_permissive(s);
    return undefined;
}

JValue jundefined_name(JinjaState *s, JStr *name)
{
    JUndefined *undefined = new_undefined(s);
    undefined->name = jobj(name);
    return jobj(undefined);
}

/* "'dict object'", as Jinja2 names the owner of a missing attribute. */
static void add_owner(const JUndefined *undefined, bool quoted, StrBuf *out)
{
    const char *type = undefined->owner;
    static const char *const modules[][2] = {
        {"Namespace", "jinja2.utils."},        {"Cycler", "jinja2.utils."},
        {"Joiner", "jinja2.utils."},           {"LoopContext", "jinja2.runtime."},
        {"Macro", "jinja2.runtime."},          {"TemplateModule", "jinja2.environment."},
        {"BlockReference", "jinja2.runtime."}, {"Markup", "markupsafe."},
    };
    if (strcmp(type, "NoneType") == 0) {
        strbuf_add_c(out, quoted ? "'None'" : "None");
        return;
    }
    const char *module = "";
    for (size_t i = 0; i < ARRAY_LEN(modules); i++) {
        module = strcmp(type, modules[i][0]) == 0 ? modules[i][1] : module;
    }
    const char *quote = quoted ? "'" : "";
    strbuf_add_c(out, quote);
    if (undefined->module != NULL) {
        strbuf_printf(out, "%s.", undefined->module);
    }
    strbuf_printf(out, "%s%s object%s", module, type, quote);
}

/* Puts into words now that there is no such element. */
static void explain_element(JinjaState *s, JUndefined *undefined)
{
    JBuild build = jbuild_begin(s);
    add_owner(undefined, false, &build.buf);
    strbuf_add_c(&build.buf, " has no element ");
    Error *err = jrepr(s, undefined->name, &build.buf);
    if (err != NULL) {
        error_discard(err, "the message ends before what cannot be printed");
    }
    undefined->message = jstr_new(jinja_heap(s), strbuf_str(&build.buf));
    arena_rewind(jinja_scratch(s), build.mark);
}

JValue jundefined_attr(JinjaState *s, JValue value, JValue name)
{
    JUndefined *undefined = new_undefined(s);
    undefined->name = name;
    undefined->owner = jtype_name(value);
    undefined->module = value.type == J_HOST ? ((JHost *)value.obj)->class->module : NULL;
    if (name.type > J_STR) { /* jundefined_error cannot print what takes a state to print */
        explain_element(s, undefined);
    }
    return jobj(undefined);
}

JValue jundefined_message(JinjaState *s, Str message)
{
    JUndefined *undefined = new_undefined(s);
    undefined->message = jstr_new(jinja_heap(s), message);
    return jobj(undefined);
}

/* What the sandbox hides: exists in Python, and raises SecurityError when it is used. */
static JValue undefined_unsafe(JinjaState *s, JValue value, JStr *name)
{
    JBuild build = jbuild_begin(s);
    strbuf_add_c(&build.buf, "access to attribute ");
    jrepr_text(jstr_str(name), &build.buf);
    strbuf_printf(&build.buf, " of '%s' object is unsafe.", jtype_name(value));
    JUndefined *undefined = new_undefined(s);
    undefined->message = jstr_new(jinja_heap(s), strbuf_str(&build.buf));
    undefined->error_class = "SecurityError";
    arena_rewind(jinja_scratch(s), build.mark);
    return jobj(undefined);
}

Error *jundefined_error(JValue value)
{
    const JUndefined *undefined = (JUndefined *)value.obj;
    if (undefined == NULL) {
        return jraise("UndefinedError", "a value is undefined");
    }
    if (undefined->permissive) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("undefined error");
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    if (undefined->message != NULL) {
        strbuf_add(&text, jstr_str(undefined->message));
    } else if (undefined->owner == NULL) {
        jrepr_text(jis_str(undefined->name) ? jtext(undefined->name) : STR("?"), &text);
        strbuf_add_c(&text, " is undefined");
    } else {
        bool attribute = jis_str(undefined->name);
        add_owner(undefined, attribute, &text);
        strbuf_add_c(&text, attribute ? " has no attribute " : " has no element ");
        TRY(jrepr(NULL, undefined->name, &text));
    }
    const char *class = undefined->error_class;
    return jraise(class != NULL ? class : "UndefinedError", STR_FMT, STR_ARG(strbuf_str(&text)));
}

/* An access to an undefined value: itself when it is permissive, else its error. */
static Error *access_undefined(JValue value, JValue *out)
{
    TRY(jundefined_error(value));
    *out = value;
    return NULL;
}

/* ---- Attributes ---- */

/* Names that every Python object has and the sandbox hides. */
static bool is_hidden_name(Str name)
{
    static const char *const names[] = {
        "__class__",
        "__doc__",
        "__init__",
        "__dict__",
        "__module__",
        "__subclasses__",
        "__mro__",
        "__base__",
        "__bases__",
        "__globals__",
        "__getattribute__",
        "__reduce__",
        "__reduce_ex__",
        "__str__",
        "__repr__",
        "__hash__",
        "__eq__",
        "__new__",
        "__setattr__",
        "__delattr__",
        "__dir__",
        "__format__",
        "__init_subclass__",
        "__sizeof__",
        "__subclasshook__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
    };
    static const char *const of_containers[] = {
        "__len__", "__iter__", "__getitem__", "__contains__", "__add__", "__mul__",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_is(name, names[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(of_containers); i++) {
        if (str_is(name, of_containers[i])) {
            return true;
        }
    }
    return false;
}

/* What the objects of one type have besides, and the sandbox hides. */
static bool is_hidden_of_type(JValue value, Str name)
{
    static const struct {
        const char *type, *name;
    } hidden[] = {
        {"LoopContext", "_iterator"},
        {"LoopContext", "_iterable"},
        {"LoopContext", "_length"},
        {"LoopContext", "_after"},
        {"LoopContext", "_before"},
        {"LoopContext", "_current"},
        {"LoopContext", "_recurse"},
        {"LoopContext", "_undefined"},
        {"Macro", "_func"},
        {"Macro", "_environment"},
        {"generator", "gi_frame"},
        {"generator", "gi_code"},
        {"type", "mro"},
    };
    const char *type = jtype_name(value);
    for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
        if (strcmp(hidden[i].type, type) == 0 && str_is(name, hidden[i].name)) {
            return true;
        }
    }
    return false;
}

/* A method of a class, such as dict.fromkeys. */
static JValue class_attr(JinjaState *s, JValue value, JStr *name)
{
    const JBuiltinClass *class = jfunction_class((JFunction *)value.obj);
    const JBuiltin *row = class != NULL ? class->methods : NULL;
    for (; row != NULL && row->name != NULL; row++) {
        if (str_is(jstr_str(name), row->name)) {
            return jfunction_new(jinja_heap(s), row, value);
        }
    }
    return JMISSING;
}

Error *jget_attr_only(JinjaState *s, JValue value, JStr *name, JValue *out)
{
    if (value.type == J_UNDEFINED) {
        const JUndefined *undefined = (JUndefined *)value.obj;
        bool unsafe = undefined != NULL && undefined->error_class != NULL;
        if (!unsafe && name->text[0] == '_' && is_hidden_name(jstr_str(name))) {
            *out = undefined_unsafe(s, value, name);
            return NULL;
        }
        return access_undefined(value, out);
    }
    *out = JMISSING;
    const JBuiltin *method = jinja_find_method(s, value.type, name);
    if (method != NULL && (method->flags & JB_PROPERTY) != 0) {
        return method->run(s, &(JCall){.args = &value, .argc = 1}, out);
    }
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, value);
        return NULL;
    }
    if (value.type == J_NAMESPACE) {
        *out = jdict_get_str(((JNamespace *)value.obj)->dict, name);
    } else if (value.type == J_HOST && ((JHost *)value.obj)->class->get_attr != NULL) {
        TRY(((JHost *)value.obj)->class->get_attr(s, (JHost *)value.obj, name, out));
    } else if (value.type == J_FUNCTION) {
        *out = class_attr(s, value, name);
    } else if (value.type >= J_MACRO) {
        TRY(jrun_get_attr(s, value, name, out));
    }
    if (!jis_absent(*out) && name->text[0] == '_' && value.type != J_HOST) {
        *out = undefined_unsafe(s, value, name);
    }
    bool common = name->len > 2 && name->text[0] == '_' && is_hidden_name(jstr_str(name));
    bool typed = value.type >= J_ITERATOR && is_hidden_of_type(value, jstr_str(name));
    if (jis_absent(*out) && (common || typed)) {
        *out = undefined_unsafe(s, value, name);
    }
    return NULL;
}

Error *jget_attr(JinjaState *s, JValue value, JStr *name, JValue *out)
{
    TRY(jget_attr_only(s, value, name, out));
    if (!jis_absent(*out)) {
        return NULL;
    }
    if (value.type == J_DICT) {
        *out = jdict_get_str(value.dict, name);
    } else if (value.type == J_HOST) {
        TRY(jget_item_only(s, value, jobj(name), out));
    }
    if (jis_absent(*out)) {
        *out = jundefined_attr(s, value, jobj(name));
    }
    return NULL;
}

/* ---- Items ---- */

/* The item at a Python index, which may be negative. */
static Error *item_by_index(JinjaState *s, JValue value, int64_t index, JValue *out)
{
    size_t len = 0;
    TRY(jlength(s, value, &len));
    index = index < 0 ? index + (int64_t)len : index;
    if (index < 0 || (size_t)index >= len) {
        return NULL;
    }
    switch (JTYPE_OF(value)) {
    case J_STR:
        *out = jstr_sub(jinja_heap(s), value.str, (size_t)index, (size_t)index + 1);
        return NULL;
    case J_LIST:
        *out = jlist_at(value.list, (size_t)index);
        return NULL;
    case J_TUPLE:
        *out = value.tuple->items[index];
        return NULL;
    default:
        *out = jint(((JRange *)value.obj)->start + index * ((JRange *)value.obj)->step);
        return NULL;
    }
}

Error *jget_item_only(JinjaState *s, JValue value, JValue key, JValue *out)
{
    *out = JMISSING;
    switch (JTYPE_OF(value)) {
    case J_UNDEFINED:
        return access_undefined(value, out);
    case J_DICT: {
        Error *err = jdict_get(value.dict, key, out);
        if (err != NULL) {
            error_discard(err, "an unhashable key is in no dict");
        }
        return NULL;
    }
    case J_STR:
    case J_LIST:
    case J_TUPLE:
    case J_RANGE: {
        int64_t index = 0;
        return jto_int64(key, &index) ? item_by_index(s, value, index, out) : NULL;
    }
    case J_HOST:
        if (((JHost *)value.obj)->class->get_item != NULL) {
            return ((JHost *)value.obj)->class->get_item(s, (JHost *)value.obj, key, out);
        }
        return NULL;
    case J_MODULE:
    case J_BLOCK:
    case J_CONTEXT:
        return jrun_get_item(s, value, key, out);
    default:
        return NULL;
    }
}

Error *jget_item(JinjaState *s, JValue value, JValue key, JValue *out)
{
    TRY(jget_item_only(s, value, key, out));
    if (jis_absent(*out) && key.type == J_STR) {
        TRY(jget_attr_only(s, value, key.str, out));
    }
    if (jis_absent(*out)) {
        *out = jundefined_attr(s, value, key);
    }
    return NULL;
}

/* ---- Slices ---- */

/* A bound of a slice: `fallback` for None; cut to [low, high] after a negative one counted from the
 * end. */
static Error *slice_bound(JValue bound, int64_t len, int64_t low, int64_t high, int64_t fallback,
                          int64_t *out)
{
    int64_t at = fallback;
    if (bound.type != J_NONE) {
        if (!jto_int64(bound, &at)) {
            return jraise("TypeError", "slice indices must be integers or None or have an "
                                       "__index__ method");
        }
        at = at < 0 ? at + len : at;
        at = at < low ? low : at > high ? high : at;
    }
    *out = at;
    return NULL;
}

Error *jslice_bounds(JValue start, JValue stop, JValue step, int64_t len, JSlice *out)
{
    int64_t stride = 1, from = 0, to = 0;
    if (step.type != J_NONE && !jto_int64(step, &stride)) {
        return jraise("TypeError",
                      "slice indices must be integers or None or have an __index__ method");
    }
    if (stride == 0) {
        return jraise("ValueError", "slice step cannot be zero");
    }
    stride = stride < -INT64_MAX ? -INT64_MAX : stride;
    int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? len : len - 1;
    TRY(slice_bound(start, len, low, high, stride > 0 ? low : high, &from));
    TRY(slice_bound(stop, len, low, high, stride > 0 ? high : low, &to));
    int64_t distance = stride > 0 ? to - from : from - to;
    int64_t width = stride > 0 ? stride : -stride;
    *out = (JSlice){
        .start = from, .step = stride, .count = distance > 0 ? (distance - 1) / width + 1 : 0};
    return NULL;
}

static Error *slice_str(JinjaState *s, JStr *str, int64_t start, int64_t step, int64_t count,
                        JValue *out)
{
    bool safe = (str->obj.flags & JOBJ_SAFE) != 0;
    if (step == 1) {
        JValue part = jstr_sub(jinja_heap(s), str, (size_t)start, (size_t)(start + count));
        *out = jstr_as_safe(jinja_heap(s), part, safe);
        return NULL;
    }
    JBuild build = jbuild_begin(s);
    Str text = jstr_str(str);
    for (int64_t i = 0; i < count; i++) {
        size_t from = jstr_offset(str, (size_t)(start + i * step));
        size_t to = from;
        utf8_next(text, &to);
        strbuf_add(&build.buf, str_slice(text, from, to));
    }
    TRY(jbuild_take(s, &build, out));
    *out = jstr_as_safe(jinja_heap(s), *out, safe);
    return NULL;
}

/* A sequence of the host that is walked as a tuple is sliced as one; anything else stays. */
static Error *host_as_tuple(JinjaState *s, JValue *value)
{
    JHost *host = value->type == J_HOST ? (JHost *)value->obj : NULL;
    if (host == NULL || !host->class->is_sequence) {
        return NULL;
    }
    JValue walked = JNONE;
    TRY(host->class->iterate(s, host, &walked));
    if (walked.type == J_TUPLE) {
        *value = walked;
    }
    return NULL;
}

Error *jslice(JinjaState *s, JValue value, JValue start, JValue stop, JValue step, JValue *out)
{
    if (value.type == J_UNDEFINED) {
        return access_undefined(value, out);
    }
    TRY(host_as_tuple(s, &value));
    if (value.type != J_STR && value.type != J_LIST && value.type != J_TUPLE &&
        value.type != J_RANGE) {
        return value.type == J_DICT
                   ? jraise("TypeError", "unhashable type: 'slice'")
                   : jraise("TypeError", "'%s' object is not subscriptable", jtype_name(value));
    }
    size_t len = 0;
    JSlice slice = {0};
    TRY(jlength(s, value, &len));
    TRY(jslice_bounds(start, stop, step, (int64_t)len, &slice));
    int64_t from = slice.start, stride = slice.step, count = slice.count;
    if (value.type == J_STR) {
        return slice_str(s, value.str, from, stride, count, out);
    }
    if (value.type == J_RANGE) {
        const JRange *range = (JRange *)value.obj;
        int64_t first = range->start + from * range->step;
        *out = jrange_new(jinja_heap(s), first, first + count * stride * range->step,
                          stride * range->step);
        return NULL;
    }
    JTuple *tuple = value.type == J_TUPLE ? jtuple_new(jinja_heap(s), (size_t)count) : NULL;
    JList *list = tuple == NULL ? jlist_new(jinja_heap(s), (size_t)count) : NULL;
    for (int64_t i = 0; i < count; i++) {
        size_t at = (size_t)(from + i * stride);
        if (tuple != NULL) {
            tuple->items[i] = value.tuple->items[at];
        } else {
            jlist_append(list, jlist_at(value.list, at));
        }
    }
    *out = tuple != NULL ? jtuple_value(tuple) : jlist_value(list);
    return NULL;
}
