#include "jinja/dict_fill.h"

#include "jinja/ops.h"

static Error *fill_pair(JinjaState *s, JDict *dict, JValue item, size_t number)
{
    JList *pair = NULL;
    if (!jis_iterable(item)) {
        return jraise("TypeError",
                      "cannot convert dictionary update sequence element #%zu to a sequence",
                      number);
    }
    TRY(jcollect(s, item, &pair));
    if (jlist_len(pair) != 2) {
        return jraise("ValueError",
                      "dictionary update sequence element #%zu has length %zu; 2 is required",
                      number, jlist_len(pair));
    }
    return jdict_set(dict, jlist_at(pair, 0), jlist_at(pair, 1));
}

/* A mapping of the embedder: its keys, and an item for each. */
static Error *fill_host(JinjaState *s, JDict *dict, JValue host)
{
    JIterator *it = NULL;
    TRY(jiterate(s, host, &it));
    for (;;) {
        JValue key = JMISSING, value = JMISSING;
        TRY(jnext(s, it, &key));
        if (jis_absent(key)) {
            return NULL;
        }
        TRY(jget_item_only(s, host, key, &value));
        TRY(jdict_set(dict, key, jis_absent(value) ? JNONE : value));
    }
}

static Error *fill_from(JinjaState *s, JDict *dict, JValue from)
{
    if (from.type == J_DICT) {
        jdict_update(dict, from.dict);
        return NULL;
    }
    if (from.type == J_HOST && ((JHost *)from.obj)->class->is_mapping) {
        return fill_host(s, dict, from);
    }
    if (from.type == J_UNDEFINED) {
        return jundefined_error(from);
    }
    JList *pairs = NULL;
    TRY(jcollect(s, from, &pairs));
    for (size_t i = 0; i < jlist_len(pairs); i++) {
        TRY(fill_pair(s, dict, jlist_at(pairs, i), i));
    }
    return NULL;
}

Error *dict_fill(JinjaState *s, JDict *dict, JValue from, JDict *kwargs)
{
    if (!jis_absent(from)) {
        TRY(fill_from(s, dict, from));
    }
    if (kwargs != NULL) {
        jdict_update(dict, kwargs);
    }
    return jinja_check_items(jdict_len(dict));
}
