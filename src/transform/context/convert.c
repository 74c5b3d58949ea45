#include "transform/context/convert.h"

#include "base/limits.h"
#include "base/number.h"
#include "jinja/ops.h"
#include "transform/python/modules.h"
#include "transform/python/text.h"

static JValue list_to_jinja(JHeap *heap, const Value *value)
{
    JList *list = jlist_new(heap, value_len(value));
    for (VALUE_EACH(item, value)) {
        jlist_append(list, convert_to_jinja(heap, item));
    }
    return jlist_value(list);
}

static JValue map_to_jinja(JHeap *heap, const Value *value)
{
    JDict *dict = jdict_new(heap);
    for (VALUE_EACH_ENTRY(entry, value)) {
        JValue key = convert_to_jinja(heap, &entry->key);
        error_discard(jdict_set(dict, key, convert_to_jinja(heap, &entry->value)),
                      "keys of documents are scalars, which can be hashed");
    }
    return jdict_value(dict);
}

static JValue text_to_jinja(JHeap *heap, const Value *value)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("value text");
    return jstr_value(heap, python_str(value, scratch));
}

JValue convert_to_jinja(JHeap *heap, const Value *value)
{
    switch (value_kind(value)) {
    case VALUE_NULL:
        return JNONE;
    case VALUE_BOOL:
        return jbool(value->as.boolean);
    case VALUE_INT:
        return jint(value->as.integer);
    case VALUE_FLOAT:
        return jfloat(value->as.number);
    case VALUE_BIG_INT: {
        JValue integer = JNONE;
        return jint_from_text(heap, value->as.text, 10, &integer) ? integer : JNONE;
    }
    case VALUE_STRING:
    case VALUE_BYTES:
        return jstr_value(heap, value->as.text);
    case VALUE_DECIMAL:
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
        return text_to_jinja(heap, value);
    case VALUE_LIST:
        return list_to_jinja(heap, value);
    case VALUE_MAP:
        return map_to_jinja(heap, value);
    }
    return JNONE;
}

/* ---- Back ---- */

Error *convert_to_text(JinjaState *s, Arena *arena, JValue value, Str *out)
{
    StrBuf text = strbuf_init(arena, LIMIT_STRING_BYTES);
    TRY(jprint(s, value, &text));
    *out = strbuf_str(&text);
    return NULL;
}

static Error *from_value(JinjaState *s, Arena *arena, JValue value, int depth, Value *out);

static Error *from_dict(JinjaState *s, Arena *arena, JDict *dict, int depth, Value *out)
{
    ValueMapBuilder builder = value_map_begin(arena);
    size_t position = 0;
    JValue key, item;
    while (jdict_next(dict, &position, &key, &item)) {
        Value key_value, item_value;
        TRY(from_value(s, arena, key, depth, &key_value));
        if (value_is(&key_value, VALUE_LIST) || value_is(&key_value, VALUE_MAP)) {
            return jraise("TypeError", "keys must be str, int, float, bool or None, not %s",
                          jtype_name(key));
        }
        TRY(from_value(s, arena, item, depth, &item_value));
        value_map_put(&builder, key_value, item_value);
    }
    *out = value_map_end(&builder);
    return NULL;
}

static Error *from_iterable(JinjaState *s, Arena *arena, JValue value, int depth, Value *out)
{
    JList *list = NULL;
    TRY(jcollect(s, value, &list));
    ValueVec items = {0};
    for (size_t i = 0; i < jlist_len(list); i++) {
        Value item;
        TRY(from_value(s, arena, jlist_at(list, i), depth, &item));
        VEC_PUSH(arena, &items, item);
    }
    *out = value_list_of(&items);
    return NULL;
}

static Error *from_text(JinjaState *s, Arena *arena, JValue value, ValueKind kind, Value *out)
{
    Str text;
    TRY(convert_to_text(s, arena, value, &text));
    *out = value_text(kind, text);
    return NULL;
}

bool convert_has_decimal(JValue value)
{
    Str text;
    bool found = python_decimal_of(value, &text);
    size_t position = 0;
    JValue key, item;
    while (value.type == J_DICT && !found && jdict_next(value.dict, &position, &key, &item)) {
        found = convert_has_decimal(item);
    }
    size_t count = value.type == J_LIST    ? jlist_len(value.list)
                   : value.type == J_TUPLE ? value.tuple->len
                                           : 0;
    const JValue *items = value.type == J_LIST ? value.list->items : NULL;
    items = value.type == J_TUPLE ? value.tuple->items : items;
    for (size_t i = 0; i < count && !found; i++) {
        found = convert_has_decimal(items[i]);
    }
    return found;
}

static Error *from_value(JinjaState *s, Arena *arena, JValue value, int depth, Value *out)
{
    Str decimal;
    if (depth > LIMIT_DOCUMENT_DEPTH) {
        return error_new(ERR_LIMIT, "a value is nested more than %d levels deep",
                         LIMIT_DOCUMENT_DEPTH);
    }
    if (value.type == J_NONE || value.type == J_UNDEFINED || value.type == J_MISSING) {
        *out = value_null();
    } else if (value.type == J_BOOL) {
        *out = value_bool(value.b);
    } else if (value.type == J_INT) {
        *out = value_int(value.i);
    } else if (value.type == J_FLOAT) {
        *out = value_float(value.f);
    } else if (value.type == J_STR) {
        *out = value_string(str_dup(arena, jtext(value)));
    } else if (value.type == J_BIGINT) {
        return from_text(s, arena, value, VALUE_BIG_INT, out);
    } else if (value.type == J_DICT) {
        return from_dict(s, arena, value.dict, depth + 1, out);
    } else if (python_decimal_of(value, &decimal)) {
        double number = 0;
        (void)number_parse_double(decimal, &number);
        *out = value_float(number);
    } else if (value.type == J_HOST || !jis_iterable(value)) {
        return from_text(s, arena, value, VALUE_STRING, out);
    } else {
        return from_iterable(s, arena, value, depth + 1, out);
    }
    return NULL;
}

Error *convert_from_jinja(JinjaState *s, Arena *arena, JValue value, Value *out)
{
    return from_value(s, arena, value, 0, out);
}
