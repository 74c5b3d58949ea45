#include "transform/graph/doc.h"

Doc doc_begin(Arena *arena)
{
    return (Doc){.arena = arena, .map = value_map_begin(arena)};
}

void doc_set(Doc *doc, const char *key, Value value)
{
    value_map_set(&doc->map, str_from(key), value);
}

void doc_text(Doc *doc, const char *key, Str text)
{
    doc_set(doc, key, value_string(text.data != NULL ? text : STR("")));
}

void doc_optional(Doc *doc, const char *key, Str text)
{
    doc_set(doc, key, text.len > 0 ? value_string(text) : value_null());
}

Value doc_end(Doc *doc)
{
    return value_map_end(&doc->map);
}

Value doc_texts(Arena *arena, const StrVec *texts)
{
    ValueVec items = {0};
    for (VEC_EACH(const Str, it, texts)) {
        VEC_PUSH(arena, &items, value_string(*it));
    }
    return value_list_of(&items);
}

Value doc_map_or_empty(Arena *arena, const Value *value)
{
    if (value != NULL) {
        return *value;
    }
    Doc empty = doc_begin(arena);
    return doc_end(&empty);
}

Value doc_find(const Value *map, const char *key)
{
    const Value *found = value_find(map, str_from(key));
    return found != NULL ? *found : value_null();
}

Value doc_owner(Arena *arena, const Value *given)
{
    static const char *const known[] = {"email", "name"};
    Doc owner = doc_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        doc_set(&owner, known[i], doc_find(given, known[i]));
    }
    for (VALUE_EACH_ENTRY(entry, given)) {
        value_map_put(&owner.map, entry->key, entry->value);
    }
    return doc_end(&owner);
}
