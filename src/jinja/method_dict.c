#include "jinja/builtin.h"
#include "jinja/dict_fill.h"

static JDict *self(const JCall *call)
{
    return call->args[0].dict;
}

static Error *none(JValue *out)
{
    *out = JNONE;
    return NULL;
}

static Error *missing_key(JinjaState *s, JValue key)
{
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
    TRY(jrepr(s, key, &text));
    return jraise("KeyError", STR_FMT, STR_ARG(strbuf_str(&text)));
}

/* ---- Views ---- */

static Error *dict_items(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jview_new(jinja_heap(s), self(call), JVIEW_ITEMS);
    return NULL;
}

static Error *dict_keys(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jview_new(jinja_heap(s), self(call), JVIEW_KEYS);
    return NULL;
}

static Error *dict_values(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jview_new(jinja_heap(s), self(call), JVIEW_VALUES);
    return NULL;
}

/* ---- One key ---- */

static Error *dict_get(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    JValue value = JMISSING;
    TRY(jdict_get(self(call), call->args[1], &value));
    *out = jis_absent(value) ? jarg_or(call, 2, JNONE) : value;
    return NULL;
}

static Error *dict_pop(JinjaState *s, const JCall *call, JValue *out)
{
    JValue value = JMISSING;
    if (jdict_len(self(call)) > 0) { /* Python asks an empty dict for nothing, so any key will do */
        TRY(jdict_remove(self(call), call->args[1], &value));
    }
    value = jis_absent(value) ? call->args[2] : value;
    if (jis_absent(value)) {
        return missing_key(s, call->args[1]);
    }
    *out = value;
    return NULL;
}

static Error *dict_popitem(JinjaState *s, const JCall *call, JValue *out)
{
    JValue key = JMISSING, value = JMISSING;
    if (!jdict_pop_last(self(call), &key, &value)) {
        return jraise("KeyError", "'popitem(): dictionary is empty'");
    }
    *out = jtuple_pair(jinja_heap(s), key, value);
    return NULL;
}

static Error *dict_setdefault(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    TRY(jinja_check_items(jdict_len(self(call)) + 1));
    return jdict_setdefault(self(call), call->args[1], jarg_or(call, 2, JNONE), out);
}

/* ---- The whole dict ---- */

static Error *dict_update(JinjaState *s, const JCall *call, JValue *out)
{
    TRY(dict_fill(s, self(call), call->args[1], call->kwargs));
    return none(out);
}

static Error *dict_clear(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    jdict_clear(self(call));
    return none(out);
}

static Error *dict_copy(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jdict_value(jdict_copy(jinja_heap(s), self(call)));
    return NULL;
}

static Error *dict_fromkeys(JinjaState *s, const JCall *call, JValue *out)
{
    JList *keys = NULL;
    TRY(jcollect(s, call->args[1], &keys));
    JDict *dict = jdict_new(jinja_heap(s));
    for (size_t i = 0; i < jlist_len(keys); i++) {
        TRY(jdict_set(dict, jlist_at(keys, i), jarg_or(call, 2, JNONE)));
    }
    *out = jdict_value(dict);
    return NULL;
}

/* Of the class: dict.fromkeys(keys). */
const JBuiltin jinja_dict_class_methods[] = {
    {"fromkeys", dict_fromkeys, 2, 3, NULL, 0, NULL},
    {0},
};

const JBuiltin jinja_dict_methods[] = {
    {"clear", dict_clear, 1, 1, NULL, 0, NULL},
    {"copy", dict_copy, 1, 1, NULL, 0, NULL},
    {"fromkeys", dict_fromkeys, 2, 3, NULL, 0, NULL},
    {"get", dict_get, 2, 3, NULL, 0, NULL},
    {"items", dict_items, 1, 1, NULL, 0, NULL},
    {"keys", dict_keys, 1, 1, NULL, 0, NULL},
    {"pop", dict_pop, 2, 3, NULL, 0, NULL},
    {"popitem", dict_popitem, 1, 1, NULL, 0, NULL},
    {"setdefault", dict_setdefault, 2, 3, NULL, 0, NULL},
    {"update", dict_update, 1, 2, NULL, JB_KWARGS, NULL},
    {"values", dict_values, 1, 1, NULL, 0, NULL},
    {0},
};
