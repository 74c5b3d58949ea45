/* value/json_path.h - where in a document something lies: the JSONPath of jsonpath-ng as
 * far as it names places (members, indices, wildcards, descendants):
 *
 *     id    a.b    $.a.b    items[0].id    items[*].id    $..next    ['key with blanks']
 *
 * Filters and arithmetic of its extensions are refused. Immutable; thread-safe. */
#ifndef VALUE_JSON_PATH_H
#define VALUE_JSON_PATH_H

#include <yyjson.h>

#include "base/error.h"
#include "base/vec.h"

typedef struct JsonPath JsonPath;
typedef VEC(yyjson_val *) JsonMatches;

/* In `arena`. ERR_CONFIG says where the path is wrong. */
MUST_CHECK Error *json_path_parse(Arena *arena, Str text, const JsonPath **out);
/* All matches in the order of the document. */
void json_path_find(const JsonPath *path, yyjson_val *root, Arena *arena, JsonMatches *out);
/* The first match, or NULL. */
yyjson_val *json_path_first(const JsonPath *path, yyjson_val *root);

/* A member by its key; NULL when there is none, or `object` is no object. */
yyjson_val *json_path_member(yyjson_val *object, Str key);

#endif
