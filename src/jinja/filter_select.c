#include "jinja/attribute.h"
#include "jinja/builtin.h"

/* These filters give generators: nothing is looked at before the first item is asked for, not even
 * the arguments. Until then `over` is the value and `at` 0; then `over` is its iterator. */

/* How far the walk is, in JIterator.at. */
enum { NOT_BEGUN, BEGUN, PREPARED };

/* Begins the walk over what `value` holds. */
static Error *begin(JinjaState *s, JIterator *it, JValue *value)
{
    JIterator *inner = NULL;
    TRY(jiterate(s, *value, &inner));
    *value = jobj(inner);
    it->at = BEGUN;
    return NULL;
}

static JValue rest_args(JinjaState *s, const JCall *call)
{
    return jtuple_value(jtuple_from(jinja_heap(s), call->args + 1, call->argc - 1));
}

static JValue kwargs_value(const JCall *call)
{
    return call->kwargs != NULL ? jdict_value(call->kwargs) : JMISSING;
}

/* `count` arguments from number `first` of args, behind a place for the subject. */
static JValue args_behind_subject(JinjaState *s, const JTuple *args, size_t first)
{
    size_t count = args->len > first ? args->len - first : 0;
    JTuple *behind = jtuple_new(jinja_heap(s), count + 1);
    behind->items[0] = JNONE;
    for (size_t i = 0; i < count; i++) {
        behind->items[i + 1] = args->items[first + i];
    }
    return jtuple_value(behind);
}

/* Fails as the environment does when a filter or test of that name does not exist. */
static Error *unknown_builtin(JinjaState *s, const char *kind, JValue name)
{
    Error *cause = name.type == J_UNDEFINED ? jundefined_error(name) : NULL;
    if (cause != NULL) {
        Str why = str_dup(jinja_scratch(s), error_message(cause));
        error_discard(cause, "its text goes into another message");
        return jraise("TemplateRuntimeError",
                      "No %s named Undefined. (" STR_FMT "; did you forget to quote the callable "
                      "name?)",
                      kind, STR_ARG(why));
    }
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
    TRY(jrepr(s, name, &text));
    return jraise("TemplateRuntimeError", "No %s named " STR_FMT ".", kind,
                  STR_ARG(strbuf_str(&text)));
}

static JValue builtin_value(JinjaState *s, const JBuiltin *builtin)
{
    return jfunction_new(jinja_heap(s), builtin, JMISSING);
}

/* Runs extra[2], a filter or test, with the arguments extra[0] (subject first) and extra[1] by
 * name. */
static Error *apply(JinjaState *s, JIterator *it, JValue item, JValue *out)
{
    JTuple *args = it->extra[0].tuple;
    args->items[0] = item; /* nobody else sees this tuple */
    JDict *kwargs = it->extra[1].type == J_DICT ? it->extra[1].dict : NULL;
    const JFunction *function = (JFunction *)it->extra[2].obj;
    return jinja_call_builtin(s, function->builtin, args->items, args->len, kwargs, out);
}

/* ---- map ---- */

enum { MAP_FILTER, MAP_ATTRIBUTE }; /* JIterator.end */

static Error *prepare_map_attribute(JinjaState *s, JIterator *it, JDict *kwargs)
{
    JValue key, value, path = JNONE, fallback = JNONE;
    for (size_t at = 0; jdict_next(kwargs, &at, &key, &value);) {
        if (str_is(jtext(key), "attribute")) {
            path = value;
        } else if (str_is(jtext(key), "default")) {
            fallback = value;
        } else {
            StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
            jrepr_text(jtext(key), &text);
            return jraise("FilterArgumentError", "Unexpected keyword argument " STR_FMT,
                          STR_ARG(strbuf_str(&text)));
        }
    }
    JTuple *parts = NULL;
    attribute_parse(s, path, &parts);
    it->extra[0] = parts != NULL ? jobj(parts) : JMISSING;
    it->extra[1] = fallback;
    it->end = MAP_ATTRIBUTE;
    return NULL;
}

static bool maps_attribute(const JIterator *it)
{
    return it->extra[0].tuple->len == 0 && it->extra[1].type == J_DICT &&
           !jis_absent(jdict_get_text(it->extra[1].dict, STR("attribute")));
}

static Error *begin_map(JinjaState *s, JIterator *it)
{
    if (maps_attribute(it)) {
        TRY(prepare_map_attribute(s, it, it->extra[1].dict));
    } else if (it->extra[0].tuple->len == 0) {
        return jraise("FilterArgumentError", "map requires a filter argument");
    }
    return begin(s, it, &it->over);
}

static Error *find_map_filter(JinjaState *s, JIterator *it)
{
    const JTuple *args = it->extra[0].tuple;
    JValue name = args->items[0];
    const JBuiltin *filter = name.type == J_STR ? jinja_find_filter(s, jtext(name)) : NULL;
    if (filter == NULL) {
        return unknown_builtin(s, "filter", name);
    }
    it->extra[2] = builtin_value(s, filter);
    it->extra[0] = args_behind_subject(s, args, 1);
    it->at = PREPARED;
    return NULL;
}

static Error *next_mapped(JinjaState *s, JIterator *it, JValue *out_item)
{
    JValue item = JMISSING;
    *out_item = item;
    if (it->at == NOT_BEGUN && !jtruth(it->over)) {
        return NULL;
    }
    if (it->at == NOT_BEGUN) {
        TRY(begin_map(s, it));
    }
    TRY(jnext(s, (JIterator *)it->over.obj, &item));
    if (jis_absent(item)) {
        return NULL;
    }
    if (it->end == MAP_ATTRIBUTE) {
        Attribute attribute = {.path = jis_absent(it->extra[0]) ? NULL : it->extra[0].tuple,
                               .fallback = it->extra[1]};
        return attribute_get(s, &attribute, item, out_item);
    }
    if (it->at == BEGUN) {
        TRY(find_map_filter(s, it));
    }
    return apply(s, it, item, out_item);
}

static const JIteratorClass class_map = {"generator", next_mapped};

static Error *filter_map(JinjaState *s, const JCall *call, JValue *out)
{
    JIterator *it = jiterator_new(jinja_heap(s), &class_map, call->args[0]);
    it->extra[0] = rest_args(s, call);
    it->extra[1] = kwargs_value(call);
    *out = jobj(it);
    return NULL;
}

/* ---- select and its kin ---- */

enum { KEEP_FALSE = 1, BY_ATTRIBUTE = 2 }; /* bits of JIterator.end */

/* With an attribute `over` becomes a pair: the iterator, and the attribute's path. */
static Error *begin_select(JinjaState *s, JIterator *it)
{
    const JTuple *args = it->extra[0].tuple;
    it->extra[2] = JMISSING;
    if ((it->end & BY_ATTRIBUTE) == 0) {
        return begin(s, it, &it->over);
    }
    if (args->len == 0) {
        return jraise("FilterArgumentError", "Missing parameter for attribute name");
    }
    JTuple *path = NULL;
    attribute_parse(s, args->items[0], &path);
    it->over = jtuple_pair(jinja_heap(s), it->over, path != NULL ? jobj(path) : JMISSING);
    return begin(s, it, &it->over.tuple->items[0]);
}

static Error *find_select_test(JinjaState *s, JIterator *it)
{
    const JTuple *args = it->extra[0].tuple;
    size_t first = (it->end & BY_ATTRIBUTE) != 0 ? 1 : 0;
    it->at = PREPARED;
    if (args->len == first) {
        return NULL;
    }
    JValue name = args->items[first];
    const JBuiltin *test = name.type == J_STR ? jinja_find_test(s, jtext(name)) : NULL;
    if (test == NULL) {
        return unknown_builtin(s, "test", name);
    }
    it->extra[2] = builtin_value(s, test);
    it->extra[0] = args_behind_subject(s, args, first + 1);
    return NULL;
}

/* Whether the test, or truth without one, holds for what the attribute says of `item`. */
static Error *holds(JinjaState *s, JIterator *it, JValue item, bool *out)
{
    if ((it->end & BY_ATTRIBUTE) != 0) {
        JValue path = it->over.tuple->items[1];
        Attribute attribute = {.path = jis_absent(path) ? NULL : path.tuple};
        TRY(attribute_get(s, &attribute, item, &item));
    }
    if (it->at == BEGUN) {
        TRY(find_select_test(s, it));
    }
    if (!jis_absent(it->extra[2])) {
        TRY(apply(s, it, item, &item));
    }
    *out = jtruth(item);
    return NULL;
}

static Error *next_selected(JinjaState *s, JIterator *it, JValue *out_item)
{
    *out_item = JMISSING;
    if (it->at == NOT_BEGUN && !jtruth(it->over)) {
        return NULL;
    }
    if (it->at == NOT_BEGUN) {
        TRY(begin_select(s, it));
    }
    JValue inner = (it->end & BY_ATTRIBUTE) != 0 ? it->over.tuple->items[0] : it->over;
    for (;;) {
        JValue item = JMISSING;
        bool kept = false;
        TRY(jnext(s, (JIterator *)inner.obj, &item));
        if (!jis_absent(item)) {
            TRY(holds(s, it, item, &kept));
            kept = kept != ((it->end & KEEP_FALSE) != 0);
        }
        if (kept || jis_absent(item)) {
            *out_item = item;
            return NULL;
        }
    }
}

static const JIteratorClass class_select = {"generator", next_selected};

static Error *select_items(JinjaState *s, const JCall *call, int bits, JValue *out)
{
    JIterator *it = jiterator_new(jinja_heap(s), &class_select, call->args[0]);
    it->extra[0] = rest_args(s, call);
    it->extra[1] = kwargs_value(call);
    it->end = bits;
    *out = jobj(it);
    return NULL;
}

static Error *filter_select(JinjaState *s, const JCall *call, JValue *out)
{
    return select_items(s, call, 0, out);
}

static Error *filter_reject(JinjaState *s, const JCall *call, JValue *out)
{
    return select_items(s, call, KEEP_FALSE, out);
}

static Error *filter_selectattr(JinjaState *s, const JCall *call, JValue *out)
{
    return select_items(s, call, BY_ATTRIBUTE, out);
}

static Error *filter_rejectattr(JinjaState *s, const JCall *call, JValue *out)
{
    return select_items(s, call, BY_ATTRIBUTE | KEEP_FALSE, out);
}

enum { CALLS_BACK = JB_KWARGS | JB_CONTEXT };

const JBuiltin jinja_filters_select[] = {
    {"map", filter_map, 1, JARGS_ANY, "value", CALLS_BACK, NULL},
    {"reject", filter_reject, 1, JARGS_ANY, "value", CALLS_BACK, NULL},
    {"rejectattr", filter_rejectattr, 1, JARGS_ANY, "value", CALLS_BACK, NULL},
    {"select", filter_select, 1, JARGS_ANY, "value", CALLS_BACK, NULL},
    {"selectattr", filter_selectattr, 1, JARGS_ANY, "value", CALLS_BACK, NULL},
    {0},
};
