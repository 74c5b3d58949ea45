/* transform/graph/doc.h - documents of artifacts under construction: a map with one function per
 * kind of value, since they are long rather than deep. What they say lies in the arena they are
 * made in. */
#ifndef TRANSFORM_GRAPH_DOC_H
#define TRANSFORM_GRAPH_DOC_H

#include "value/value.h"

typedef struct Doc {
    Arena *arena;
    ValueMapBuilder map;
} Doc;

Doc doc_begin(Arena *arena);
void doc_set(Doc *doc, const char *key, Value value);
void doc_text(Doc *doc, const char *key, Str text);
/* Null when there is none. */
void doc_optional(Doc *doc, const char *key, Str text);
/* The finished map. */
Value doc_end(Doc *doc);

Value doc_texts(Arena *arena, const StrVec *texts);
/* {} where `value` is NULL. */
Value doc_map_or_empty(Arena *arena, const Value *value);
/* Null where `map` has no such key. */
Value doc_find(const Value *map, const char *key);
/* Who answers for a group or an exposure: the two known keys, then all others. */
Value doc_owner(Arena *arena, const Value *given);

#endif
