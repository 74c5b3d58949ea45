#include "base/unicode.h"
#include "jinja/ops.h"
#include "jinja/run.h"
#include "jinja/state.h"

/* ---- One class per thing that can be walked ---- */

static Error *next_list(JinjaState *s, JIterator *it, JValue *out_item)
{
    (void)s;
    *out_item = jlist_at(it->over.list, (size_t)it->at++);
    return NULL;
}

static Error *next_tuple(JinjaState *s, JIterator *it, JValue *out_item)
{
    (void)s;
    *out_item = it->at < it->end ? it->over.tuple->items[it->at++] : JMISSING;
    return NULL;
}

static Error *next_codepoint(JinjaState *s, JIterator *it, JValue *out_item)
{
    Str text = jtext(it->over);
    size_t start = (size_t)it->at, end = start;
    if (start == text.len) {
        *out_item = JMISSING;
        return NULL;
    }
    utf8_next(text, &end);
    it->at = (int64_t)end;
    *out_item = jstr_value(jinja_heap(s), str_slice(text, start, end));
    return NULL;
}

static Error *next_range(JinjaState *s, JIterator *it, JValue *out_item)
{
    (void)s;
    const JRange *range = (JRange *)it->over.obj;
    *out_item = it->at < it->end ? jint(range->start + it->at++ * range->step) : JMISSING;
    return NULL;
}

/* The next entry of a dict or set; an error when its size changed since the walk began. */
static Error *next_entry(JIterator *it, JDict *dict, JValue *out_key, JValue *out_value)
{
    if ((int64_t)jdict_len(dict) != it->end) {
        return jraise("RuntimeError", "%s changed size during iteration",
                      dict->obj.type == J_SET ? "Set" : "dictionary");
    }
    size_t position = (size_t)it->at;
    if (!jdict_next(dict, &position, out_key, out_value)) {
        *out_key = JMISSING;
    }
    it->at = (int64_t)position;
    return NULL;
}

static Error *next_key(JinjaState *s, JIterator *it, JValue *out_item)
{
    (void)s;
    JValue value = JMISSING;
    return next_entry(it, it->over.dict, out_item, &value);
}

static Error *next_view(JinjaState *s, JIterator *it, JValue *out_item)
{
    const JView *view = (JView *)it->over.obj;
    JValue key = JMISSING, value = JMISSING;
    TRY(next_entry(it, view->dict, &key, &value));
    if (jis_absent(key) || view->kind == JVIEW_KEYS) {
        *out_item = key;
    } else {
        *out_item = view->kind == JVIEW_VALUES ? value : jtuple_pair(jinja_heap(s), key, value);
    }
    return NULL;
}

static Error *next_nothing(JinjaState *s, JIterator *it, JValue *out_item)
{
    (void)s;
    (void)it;
    *out_item = JMISSING;
    return NULL;
}

static const JIteratorClass class_list = {"list_iterator", next_list};
static const JIteratorClass class_tuple = {"tuple_iterator", next_tuple};
static const JIteratorClass class_str = {"str_iterator", next_codepoint};
const JIteratorClass jiterator_range = {"range_iterator", next_range};
static const JIteratorClass class_dict = {"dict_keyiterator", next_key};
static const JIteratorClass class_set = {"set_iterator", next_key};
static const JIteratorClass class_view = {"dict_itemiterator", next_view};
static const JIteratorClass class_empty = {"generator", next_nothing};
static const JIteratorClass class_loop = {"LoopContext", jloop_iterate};

static const JIteratorClass *const classes[J_TYPE_COUNT] = {
    [J_LIST] = &class_list,       [J_TUPLE] = &class_tuple,     [J_STR] = &class_str,
    [J_RANGE] = &jiterator_range, [J_DICT] = &class_dict,       [J_SET] = &class_set,
    [J_VIEW] = &class_view,       [J_UNDEFINED] = &class_empty, [J_LOOP] = &class_loop,
};

/* How many steps the walk has, for the classes that count. */
static int64_t walk_end(JValue value)
{
    if (value.type == J_TUPLE) {
        return value.tuple->len;
    }
    if (value.type == J_RANGE) {
        return ((JRange *)value.obj)->len;
    }
    if (value.type == J_DICT || value.type == J_SET) {
        return (int64_t)jdict_len(value.dict);
    }
    return value.type == J_VIEW ? (int64_t)jdict_len(((JView *)value.obj)->dict) : 0;
}

bool jis_iterable(JValue value)
{
    return value.type == J_ITERATOR || classes[value.type] != NULL ||
           (value.type == J_HOST && ((JHost *)value.obj)->class->iterate != NULL);
}

Error *jiterate(JinjaState *s, JValue value, JIterator **out)
{
    while (value.type == J_HOST && ((JHost *)value.obj)->class->iterate != NULL) {
        JHost *host = (JHost *)value.obj;
        TRY(host->class->iterate(s, host, &value));
    }
    if (value.type == J_ITERATOR) {
        *out = (JIterator *)value.obj;
        return NULL;
    }
    const JIteratorClass *class = classes[value.type];
    if (class == NULL) {
        return jraise("TypeError", "'%s' object is not iterable", jtype_name(value));
    }
    *out = jiterator_new(jinja_heap(s), class, value);
    (*out)->end = walk_end(value);
    return NULL;
}

Error *jnext(JinjaState *s, JIterator *it, JValue *out_item)
{
    if (it->done) {
        *out_item = JMISSING;
        return NULL;
    }
    TRY(it->class->next(s, it, out_item));
    it->done = jis_absent(*out_item);
    return NULL;
}

Error *jcollect(JinjaState *s, JValue iterable, JList **out)
{
    if (iterable.type == J_LIST) {
        *out = jlist_copy(jinja_heap(s), iterable.list);
        return NULL;
    }
    if (iterable.type == J_TUPLE) {
        *out = jlist_from(jinja_heap(s), iterable.tuple->items, iterable.tuple->len);
        return NULL;
    }
    JIterator *it = NULL;
    TRY(jiterate(s, iterable, &it));
    JList *list = jlist_new(jinja_heap(s), 0);
    for (;;) {
        JValue item = JMISSING;
        TRY(jnext(s, it, &item));
        if (jis_absent(item)) {
            break;
        }
        jlist_append(list, item);
        TRY(jinja_check_items(jlist_len(list)));
    }
    *out = list;
    return NULL;
}

Error *jlength(JinjaState *s, JValue value, size_t *out)
{
    switch (JTYPE_OF(value)) {
    case J_STR:
        *out = jstr_chars(value.str);
        return NULL;
    case J_LIST:
        *out = jlist_len(value.list);
        return NULL;
    case J_TUPLE:
    case J_RANGE:
    case J_DICT:
    case J_SET:
    case J_VIEW:
        *out = (size_t)walk_end(value);
        return NULL;
    case J_UNDEFINED:
        *out = 0;
        return NULL;
    case J_LOOP:
        return jloop_length(s, value, out);
    default:
        break;
    }
    if (value.type == J_HOST && ((JHost *)value.obj)->class->length != NULL) {
        return ((JHost *)value.obj)->class->length(s, (JHost *)value.obj, out);
    }
    return jraise("TypeError", "object of type '%s' has no len()", jtype_name(value));
}
