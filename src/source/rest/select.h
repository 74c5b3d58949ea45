/* source/rest/select.h - the rows in an answer: where `data_selector` says, or where they seem to
 * be. */
#ifndef SOURCE_REST_SELECT_H
#define SOURCE_REST_SELECT_H

#include <yyjson.h>

#include "base/error.h"
#include "value/json_path.h"

typedef struct PageRows {
    JsonMatches rows; /* in the arena given */
    bool is_list;     /* a list was found, not a single value */
} PageRows;

/* The rows at `path`. */
void rest_select(const JsonPath *path, yyjson_val *root, Arena *arena, PageRows *out);
/* The path of what looks most like rows: a list called data, items and the like, at most three keys
 * deep, else the first list, else the whole answer. In `arena`. */
MUST_CHECK Error *rest_detect_rows(Arena *arena, yyjson_val *root, const JsonPath **out);

/* "a" and "b c" -> "a.['b c']": as json_path_parse() reads it. */
Str rest_join_path(Arena *arena, Str path, Str key);

#endif
